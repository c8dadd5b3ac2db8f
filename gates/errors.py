"""Errors that name the problem and the way out.

Each error carries a ``key`` and ``values``, so that an application can say the sentence in the reader's
language; ``str(error)`` is the English sentence.
"""

from __future__ import annotations

from gates.text import english


class GatesError(ValueError):
    """Something that cannot be worked with, in one sentence.

    ``key`` is the sentence's name in a catalogue of translations and ``values`` fills its placeholders.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values: dict[str, object] = values
        super().__init__(english(key, **values))

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
