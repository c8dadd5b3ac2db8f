"""The command ``gatescope solve``: an exercise file's numbers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from gates.exercises import classics
from gates.exercises.errors import ExerciseError
from gates.exercises.file import LARGEST_FILE, loads
from gates.exercises.model import Exercise
from gates.exercises.solve import Solution
from gates.text import LANGUAGES, Translator, translator

DONE, REFUSED = 0, 2


def main(words: Sequence[str], prog: str = "gatescope solve") -> int:
    """Solve the exercise that ``words`` name; return the exit status."""
    given = _parser(translator("en"), prog).parse_args(words)
    t = translator(given.language)
    try:
        print(_printed(t, Solution(read(given.file)), given.json))
    except ExerciseError as wrong:
        print(t(wrong.key, **wrong.values), file=sys.stderr)
        return REFUSED
    return DONE


def read(name: str) -> Exercise:
    """Return the exercise of a file, or a published one by its id.

    Raises:
        ExerciseError: there is no such file, or no exercise in it.
    """
    if name in classics.CLASSICS:
        return classics.classic(name)
    try:
        with Path(name).open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        ids = ", ".join(classics.CLASSICS)
        raise ExerciseError(
            "error.exercise.unread", file=name, reason=error.strerror or error, ids=ids
        ) from None
    return loads(content)


def _parser(t: Translator, prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        usage=f"{prog} [-h] FILE [--json] [--language {{{','.join(LANGUAGES)}}}]",
        description=t("command.solve"),
        epilog=t("command.solve.classics", ids=", ".join(classics.CLASSICS)),
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE", help=t("command.solve.file"))
    parser.add_argument("--json", action="store_true", help=t("command.solve.json"))
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0], help=t("command.language"))
    return parser


def _printed(t: Translator, solution: Solution, as_json: bool) -> str:
    """Return the numbers as JSON, or the signals of each step and the loss in a few lines."""
    found = solution.to_json()
    if as_json:
        return json.dumps(found, ensure_ascii=False, allow_nan=False)
    shown = [*solution.exercise.cell.signals, *(["y"] if solution.exercise.readout is not None else [])]
    lines = []
    for number, step in enumerate(found["steps"], 1):
        lines.append(t("exercise.step", step=number))
        lines += [f"  {name:<10}" + "".join(f" {value:>10.6f}" for value in step[name]) for name in shown]
    if solution.loss is not None:
        lines.append(f"{t('exercise.loss')} {solution.loss.value:.6f}")
    if solution.loss_after is not None:
        lines.append(f"{t('exercise.loss_after')} {solution.loss_after:.6f}")
    return "\n".join(lines)
