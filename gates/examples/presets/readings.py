"""Numbers that a preset's text says, read off a run: where the sliders move the run, the text moves along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from gates.inputs.sequence import Sequence
from gates.text.numbers import gate, number

GATES = frozenset({"forget", "input", "output", "update", "reset"})


class Opening(float):
    """How far a gate stands open, which is never written as 0 or 1 unless it is exactly that."""


class SetWeight(float):
    """A weight, which is written as it was set."""


@dataclass(frozen=True, eq=False)
class PresetRun:
    """A preset's own sequence as its cell reads it."""

    cell: Any
    sequence: Sequence
    trace: Any

    @classmethod
    def of(cls, cell: Any, sequence: Sequence) -> PresetRun:
        """Return the run of ``cell`` over ``sequence``."""
        return cls(cell, sequence, cell.run(sequence.x))

    def at(self, signal: str, step: int, unit: int = 1) -> float:
        """Return a signal at a step of a unit, both from 1; a negative step counts from the end."""
        values = getattr(self.trace, signal)[:, unit - 1]
        value = float(values[step - 1 if step > 0 else step])
        return Opening(value) if signal in GATES else value

    def token(self, token: str) -> int:
        """Return the step, from 1, at which the input of ``token`` first comes; its spelling may differ."""
        return 1 + int(np.argmax(self.sequence.x[:, self.sequence.columns.index(token)] == 1))


Figure = Callable[[PresetRun], float | int]
"""What one number of a text says: an int is a count."""


def at(signal: str, step: int, unit: int = 1) -> Figure:
    """Return the figure that is a signal at a step of a unit, both from 1."""
    return lambda run: run.at(signal, step, unit)


def at_steps(signal: str, *steps: int, letter: str = "h") -> dict[str, Figure]:
    """Return the figures of a signal of unit 1 at some steps, by letter and step: ``h1``, ``h4``."""
    return {f"{letter}{step}": at(signal, step) for step in steps}


NEGATED: Mapping[str, Figure] = MappingProxyType(
    {
        "n": lambda run: run.at("hidden", run.token("column.not")),
        "kept": lambda run: run.at("hidden", run.token("column.good") - 1),
        "score": lambda run: run.at("hidden", -1, 2) + run.at("hidden", -1, 3),
    }
)
"""Of a cell that turns the verdict after a “not”: unit 1 holds the “not”, units 2 and 3 the two verdicts."""


def figure_text(value: float | int) -> str:
    """Return a figure as a sentence writes it: two decimals, gates by their distance from 0 or 1."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, SetWeight):
        return f"{value:.4g}".replace("-", "−")
    return gate(float(value)) if isinstance(value, Opening) else number(value)
