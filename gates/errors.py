"""Errors that name the problem and the way out.

Each error carries a ``key`` and ``values``, so that an application can say the sentence in the reader's
language; ``str(error)`` is the English sentence.
"""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "error.engine.shape": "{name} has shape {shape}, but {expected} is needed. {hint}",
    "error.engine.dtype": "{name} holds {dtype}, but the engine computes in float32 or float64. "
    "Convert it first, for example with {name}.astype(np.float64).",
    "error.engine.finite": "{name} contains NaN or infinity ({count} of {size} values, the first at "
    "position {position}). Remove or replace them before the run.",
    "error.engine.ragged": "{name} is not a regular array of numbers: its rows differ in length or hold "
    "something that is not a number. Give every row the same number of numbers.",
    "error.engine.option": "{name} cannot be {value}. Choose one of: {choices}.",
    "error.engine.conflict": "{first} and {second} cannot be used together. {hint}",
    "error.engine.unused": "{name} has no place in this cell and must be all zeros. {hint}",
    "error.engine.state": "The state of this cell is {expected}, but {given} was given.",
    "error.engine.lengths": "lengths must be one whole number from 1 to {steps} for each of the {batch} "
    "sequences of a batch; {given} was given.",
    "error.engine.no_batch": "lengths need a batch: x must have shape (T, B, I), but it has shape {shape}.",
    "error.engine.clamp_signal": "{signal} cannot be clamped here. Choose one of: {choices}.",
    "error.engine.clamp_units": "{name} {given} is outside of this run, which has {count} of them, "
    "numbered from 0.",
    "error.engine.clamp_value": "A clamp's value must be one finite number, or one for each clamped unit; "
    "for {signal}, {given} was given.",
    "error.engine.single": "Jacobians are for one sequence at a time, (T, I), but the run's x has shape "
    "{shape}. Run one sequence of the batch alone.",
    "error.engine.no_cell": "A {kind} has no cell of its own: leave d_cell out.",
    "error.engine.trace": "This trace was made by another {kind}. Pass one that this one's own run returned.",
    "error.engine.stack": "The layers' final states cannot be stacked: their shapes are {given}. "
    "Take them from the layers' own traces.",
    "error.engine.layers": "Layer {layer} reads {given} inputs, but the layer below gives {expected}.",
}


class GatesError(ValueError):
    """Something the engine cannot work with, in one sentence.

    ``key`` is the sentence's name in a catalogue of translations and ``values`` fills its placeholders.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values: dict[str, object] = values
        super().__init__(SENTENCES[key].format(**values).strip())

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.key, self.values)


def _rebuild(kind: type[GatesError], key: str, values: dict[str, object]) -> GatesError:
    return kind(key, **values)


class ShapeError(GatesError):
    """An array's shape does not fit the cell or the run."""


class DtypeError(GatesError):
    """An array's values are not floating-point numbers of a kind the engine computes in."""


class NotFiniteError(GatesError):
    """An array contains NaN or infinity."""


class OptionError(GatesError):
    """An option has a value that does not exist, or two options contradict each other."""


class ClampError(GatesError):
    """A clamp names a signal, a unit, a step or a value that the run does not have."""
