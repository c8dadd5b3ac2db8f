"""Train from a terminal: ``gatescope train adding --cell lstm --steps 1000 --seed 0``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from io import TextIOWrapper
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import TextIO

from gates import commands
from gates.errors import GatesError
from gates.interop import InteropError, save
from gates.network import Network
from gates.text import Translator, translator
from gates.training.errors import TrainingError
from gates.training.loop import Progress, train
from gates.training.recipe import Recipe
from gates.training.tasks.corpus import python_documentation
from gates.training.tasks.language import PROMPTS, Vocabulary, continuation
from gates.training.tasks.model import Task
from gates.training.tasks.registry import FROM_SOURCE, TASKS, make_task
from gates.training.terminal import Bar, figure

DIVERGED, INTERRUPTED = 1, 130
"""Exit statuses beside those of every command."""
PYTHON = "python"
"""The ``--source`` that stands for Python's own documentation."""

TAKES_SOURCE = (*sorted(FROM_SOURCE), "characters")

MAX_SOURCE = 5_000_000
"""Bytes that a person's own text or numbers may have."""


def main(arguments: Sequence[str] | None = None, prog: str = "python -m gates.training") -> int:
    """Train as the arguments say; return the exit status. ``prog`` is how the command is called."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may not know every sign
    t = translator("en")
    parser = _parser(t, prog)
    options = parser.parse_args(arguments)
    if options.list:
        for id in TASKS:
            print(f"{id:<15} {t(f'task.{id}')}. {t(f'task.{id}.about')}")
        return commands.DONE
    if options.task is None:
        parser.error(t("training.cli.no_task", known=", ".join(TASKS)))
    try:
        return _run(options, t)
    except GatesError as error:
        return commands.refuse(t, error)
    except BrokenPipeError:  # whoever read the records has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return commands.DONE


def _parser(t: Translator, prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=t("training.cli.about"), allow_abbrev=False)
    parser.add_argument("task", nargs="?", help=t("training.cli.task"))
    for field in fields(Recipe):
        name, option = field.name, f"--{field.name.replace('_', '-')}"
        if name == "scratch":
            parser.add_argument(option, action="store_true", default=None, help=t(f"training.cli.{name}"))
        elif name != "task":
            parser.add_argument(option, type=_value, metavar="…", help=t(f"training.cli.{name}"))
    parser.add_argument("--source", metavar="FILE", help=t("training.cli.source", python=PYTHON))
    parser.add_argument("--json", action="store_true", help=t("training.cli.json"))
    parser.add_argument("--out", metavar="FILE", type=Path, help=t("training.cli.out"))
    parser.add_argument("--list", action="store_true", help=t("training.cli.list"))
    return parser


def _value(text: str) -> int | float | str | tuple[None]:
    """A number where ``text`` is one; the recipe says what is wrong with anything else."""
    if text.lower() == "none":
        return (None,)  # argparse takes None for an option that was not given
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _run(options: argparse.Namespace, t: Translator) -> int:
    if options.source is not None and options.task in TASKS and options.task not in TAKES_SOURCE:
        raise TrainingError("error.training.no_source", task=options.task, known=", ".join(TAKES_SOURCE))
    source = None if options.source is None else _source(options.source)
    changes = {
        field.name: None if value == (None,) else value
        for field in fields(Recipe)
        if field.name not in {"task", "cell"} and (value := getattr(options, field.name)) is not None
    }
    recipe = Recipe.of(options.task, options.cell or "lstm", source=source, **changes)
    run = train(recipe, source)
    task = make_task(recipe.task, source, **({} if recipe.length is None else {"length": recipe.length}))
    bar, output = Bar(sys.stderr, t, t(f"metric.{task.metric}")), Output(options.out)
    try:
        last, shown = _follow(run, bar, output, options.json)
    finally:
        bar.close()
    if last.diverged:
        output.drop()
        print(t("training.cli.diverged", step=last.step), file=sys.stderr)
        return DIVERGED
    _print_result(task, recipe, last, shown, bar.seconds, sys.stderr if options.json else sys.stdout, t)
    if output.place():
        print(t("training.cli.saved", path=options.out, step=shown.step), file=sys.stderr)
    return commands.DONE if last.ending else INTERRUPTED


def _follow(run: Iterator[Progress], bar: Bar, output: Output, as_json: bool) -> tuple[Progress, Progress]:
    """Show a run until it ends or is interrupted; return where it stood, and its last checkpoint."""
    import torch

    torch.set_num_threads(1)  # the same curve to the bit wherever it is run
    first = last = shown = next(run)
    more: dict[str, float] = {}
    with suppress(KeyboardInterrupt):
        for progress in chain([first], run):
            last = progress
            if last.network is not None:
                shown = last
                output.keep(last.network)
            bar.show(last)
            more |= last.more
            if as_json and last.metric is not None and isfinite(last.metric):
                record = {"step": last.step, "loss": last.loss, "metric": last.metric, **more}
                print(json.dumps(record), flush=True)
    return last, shown


def _print_result(
    task: Task, recipe: Recipe, last: Progress, shown: Progress, seconds: float, stream: TextIO, t: Translator
) -> None:
    """Say how far the run came, and let a model of a text continue d2l's beginnings."""
    assert shown.metric is not None and shown.network is not None  # at every checkpoint
    values = {
        "task": t(f"task.{task.id}"),
        "cell": recipe.cell,
        "step": shown.step,
        "name": t(f"metric.{task.metric}"),
        "metric": figure(shown.metric),
        "baseline": figure(task.baseline),
        "seconds": f"{seconds:.1f}",
        "rate": f"{last.tokens / seconds:,.0f}",
    }
    print(t("training.cli.done" if last.ending else "training.cli.interrupted", **values), file=stream)
    if task.metric == "perplexity":
        for prompt in PROMPTS:
            print(f"  {continuation(shown.network, Vocabulary(task.answers), prompt)}", file=stream)


class Output:
    """The file that the weights go to, if any.

    They are written beside it at every checkpoint and moved into its place at the end, so that a place that
    cannot be written is found at the beginning, and what stood there before stays until then.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._part = None if path is None else path.parent / f".{path.stem}.{os.getpid()}{path.suffix}"

    def keep(self, network: Network) -> None:
        """Write ``network`` beside the file. InteropError where that is not possible."""
        if self._path is None or self._part is None:
            return
        if self._path.is_dir():
            raise InteropError("interop.error.folder.save", path=self._path)
        try:
            save(network, self._part)
        except InteropError as error:
            raise InteropError(error.key, **{**error.values, "path": self._path}) from error

    def place(self) -> bool:
        """Move what was written last into its place; return whether there was anything to move."""
        if self._path is None or self._part is None:
            return False
        self._part.replace(self._path)
        return True

    def drop(self) -> None:
        """Remove what was written."""
        if self._part is not None:
            self._part.unlink(missing_ok=True)


def _source(name: str) -> str:
    if name == PYTHON:
        return python_documentation()
    try:
        with Path(name).open("rb") as file:
            content = file.read(MAX_SOURCE + 1)
    except OSError as error:
        raise TrainingError("error.training.source", path=name, reason=error.strerror or error) from error
    if len(content) > MAX_SOURCE:
        raise TrainingError("error.training.source_large", path=name, limit=MAX_SOURCE // 1_000_000)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TrainingError("error.training.source_binary", path=name) from None


if __name__ == "__main__":
    sys.exit(main())
