"""The small trained networks that come with the app: ``make weights`` makes them again.

Each is trained by its recipe and saved with it, with the score on held-out data that the NumPy engine gives
it, and with the task's probe. ``python -m gates.training.make_pretrained lstm-parity`` makes one alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from gates.examples.presets.trained import FOLDER, NOTES, Notes
from gates.interop import load, save
from gates.network import Network
from gates.training.loop import train
from gates.training.recipe import Recipe
from gates.training.tasks.corpus import letters_only, time_machine
from gates.training.tasks.generators import symbol_probe
from gates.training.tasks.language import Vocabulary, reading
from gates.training.tasks.measures import by_symbol, perplexity
from gates.training.tasks.model import Batch, Task
from gates.training.tasks.registry import make_task

RECIPES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "lstm-parity": {"hidden": 1, "seed": 2},
        "lstm-recall": {"hidden": 4},
        "lstm-adding": {"hidden": 4, "steps": 2000},
        "lstm-temporal-order": {"hidden": 4, "steps": 600},
        "lstm-dyck1": {"hidden": 1, "steps": 2000, "seed": 1},
        "lstm-dyck2": {"hidden": 8, "steps": 1500},
        "lstm-embedded-reber": {"hidden": 8, "forget_bias": 3.0, "steps": 1000},
        "lstm-sine": {"hidden": 4, "steps": 1500},
        "lstm-sentiment": {"hidden": 4, "steps": 800},
        "lstm-characters": {"task": "text", "hidden": 64, "steps": 3000, "lr": 0.005},
        "gru-parity": {"hidden": 2},
        "gru-recall": {"hidden": 4},
        "gru-adding": {"hidden": 4, "steps": 2000},
        "gru-dyck1": {"hidden": 4, "steps": 1500, "seed": 1},
        "gru-sentiment": {"hidden": 4, "steps": 800},
        "gru-characters": {"task": "text", "hidden": 64, "steps": 3000, "lr": 0.005},
        "rnn-parity": {"hidden": 4, "steps": 1500, "seed": 1},
        "rnn-recall": {"hidden": 4},
        "rnn-reber": {"hidden": 6, "steps": 800},
        "rnn-characters": {"task": "text", "hidden": 64, "steps": 3000, "lr": 0.005},
    }
)
"""For each file, ``<cell>-<task>``, what differs from the task's own recipe: mostly fewer units, to be read.

The characters are those of the whole Time Machine, read as a text of one's own.
"""

UNSEEN = FOLDER / "unseen.txt"
"""A page written to score the networks of characters, and to watch them on: none was trained on it."""

SHOWN = 48
"""Characters of that page that are the sequence to watch."""


def make(name: str, folder: Path = FOLDER) -> Notes:
    """Train the network called ``name`` and write its file. Returns its notes."""
    changes = dict(RECIPES[name])
    cell, _, task = name.partition("-")
    task = changes.pop("task", task)
    source = letters_only(time_machine()) if task == "text" else None
    recipe = Recipe.of(task, cell, source=source, **changes)
    *_, last = train(recipe, source)
    assert last.network is not None
    path = folder / f"{name}.safetensors"
    save(last.network, path)
    evaluated = (
        make_task(task, source) if source is None else on_the_page(make_task(task, source), recipe.batch)
    )
    notes = notes_on(evaluated, recipe, score(load(path), evaluated.held_out(), evaluated))
    annotate(path, notes)
    return notes


def page(symbols: Sequence[str], count: int | None = None) -> Batch:
    """Return the page that no network has read, or its first characters, as one sequence to predict."""
    text = letters_only(" ".join(UNSEEN.read_text("utf-8").split()))
    return reading(Vocabulary(tuple(symbols)).encode(text)[: count and count + 1], len(symbols), 1)


def on_the_page(task: Task, size: int) -> Task:
    """Return a language model's task, held out and watched on the page; the baseline is the text's still."""
    unseen, classes = page(task.answers), len(task.answers)
    baseline = by_symbol(task.stream, unseen, perplexity, classes, size)
    shown = symbol_probe(page(task.answers, SHOWN), task.probe.sequence.columns)
    return replace(task, evaluation=unseen, baseline=baseline, probe=shown)


def score(network: Network, batch: Batch, task: Task) -> float:
    """Return the task's metric for ``network`` on ``batch``, computed by the NumPy engine."""
    return task.score(network.run(batch.x).scores, batch)


def notes_on(task: Task, recipe: Recipe, score: float) -> Notes:
    """Return what the file of a network says that learned ``task`` by ``recipe``."""
    probe, sequence = task.probe, task.probe.sequence
    symbols = sequence.kind == "symbols"
    return Notes(
        recipe=asdict(recipe),
        metric=task.metric,
        score=score,
        baseline=task.baseline,
        answers=task.answers,
        classes=task.loss == "cross_entropy",
        symbols=symbols,
        columns=sequence.columns,
        keyed=sequence.keyed,
        tokens=sequence.tokens,
        x=() if symbols else tuple(map(tuple, sequence.x.tolist())),
        target=tuple(np.asarray(probe.target).tolist()),
        read=tuple(probe.read.tolist()),
        words=probe.words,
    )


def annotate(path: Path, notes: Notes) -> None:
    """Put notes into the header of a .safetensors file, beside those of ``gates.interop.save``."""
    content = path.read_bytes()
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:end])
    header["__metadata__"] = header.get("__metadata__", {}) | {NOTES: notes.to_json()}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + content[end:])


def recomputed_score(name: str, folder: Path = FOLDER) -> float:
    """Return the score of a file as it comes out today, from its weights and held-out data alone."""
    path = folder / f"{name}.safetensors"
    notes, network = Notes.of(path), load(path)
    if notes.recipe["task"] != "text":
        task = make_task(notes.recipe["task"])
        return score(network, task.held_out(), task)
    batch = page(notes.answers)
    return perplexity(network.run(batch.x).scores, batch)


def main(names: Sequence[str]) -> None:
    """Make the networks called ``names``, or all."""
    import torch

    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names or RECIPES:
        notes = make(name)
        print(f"{name}: {notes.metric} {notes.score:.4g} (without memory {notes.baseline:.4g})", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
