"""The letters of an exercise's numbers, in a notation, with step and place, and short names for answers."""

from __future__ import annotations

from functools import cached_property

from gates.examples.notation.letters import symbols
from gates.exercises.model import Exercise

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

SHORT = {
    "input": "i", "forget": "f", "output": "o", "reset": "r", "update": "z", "cell": "c", "hidden": "h",
}  # fmt: skip
"""The letters of answers' names, whatever the notation; a candidate's is g or n."""


class Labels:
    """The letters of one exercise in one of ``NOTATIONS``.

    Numbers of a kind of which there is one alone have no place: h₂, not h₂[1].
    """

    def __init__(self, exercise: Exercise, notation: str = "pytorch") -> None:
        self.exercise = exercise
        self.notation = notation

    @cached_property
    def letters(self) -> dict[str, str]:
        """The letters by name, without marks of time."""
        exercise = self.exercise
        named = symbols(exercise.kind, self.notation, exercise.update, exercise.reset)  # type: ignore[arg-type]
        plain = {"cell", "hidden", "x", "output", "input", "forget", "reset", "update", "candidate"}
        return {name: label.rstrip("ₜᵗ") if name in plain else label for name, label in named.labels.items()}

    def signal(self, name: str, step: int, unit: int | None = None, count: int = 1) -> str:
        """Return a signal's letter at a step (0 before the first), at a unit (from 0) of ``count``."""
        letter = self.letters.get(name, name)
        digits = str(step).translate(_RAISED if self._raised(name) else _LOWERED)
        return f"{letter}{digits}{place(count, unit)}"

    def signal_at(self, name: str, *, before: bool = False) -> str:
        """Return a signal's letter at step t, or at t − 1."""
        letter = self.letters[name]
        if self._raised(name):
            return letter + ("ᵗ⁻¹" if before else "ᵗ")
        return letter + ("ₜ₋₁" if before else "ₜ")

    def _raised(self, name: str) -> bool:
        return self.notation == "z" and self.exercise.kind == "lstm" and name in ("x", "cell", "hidden")

    def weight(self, name: str, part: str, unit: int, column: int) -> str:
        """Return a number of W or U, with its row and column in the printed form."""
        exercise = self.exercise
        matrix, row, at = exercise.printed.place(name, unit, column, exercise.inputs, exercise.hidden)
        letter = self._joined(part) if exercise.printed.joined else self.letters[f"{name}.{part}"]
        sizes = exercise.printed.shapes(exercise.inputs, exercise.hidden)[matrix]
        return letter if sizes == (1, 1) else f"{letter}[{row + 1},{at + 1}]"

    def matrix(self, name: str, part: str) -> str:
        """Return the letter of a printed matrix, or of b and b_h."""
        if name in ("b", "p"):
            return self.letters[f"{name}.{part}"]
        if name == "b_h":
            return self.letters[f"b.{part}"].replace("b", "b′", 1)
        return self._joined(part) if self.exercise.printed.joined else self.letters[f"{name}.{part}"]

    def bias(self, part: str, unit: int, name: str = "b") -> str:
        """Return the letter of a bias at a unit."""
        return f"{self.matrix(name, part)}{place(self.exercise.hidden, unit)}"

    def readout(self, name: str, output: int, unit: int = 0) -> str:
        """Return the letter of a read-out's V or b, with its row and column as printed."""
        exercise = self.exercise
        reading = exercise.readout
        if name == "b":
            return f"b_y{place(exercise.outputs, output)}"
        if exercise.outputs == exercise.hidden == 1:
            return "V"
        row, column = (unit, output) if reading is not None and reading.transposed else (output, unit)
        return f"V[{row + 1},{column + 1}]"

    def _joined(self, part: str) -> str:
        return self.letters[f"b.{part}"].replace("b", "W", 1)

    def short(self, name: str, step: int, unit: int = 0) -> str:
        """Return a signal's name in answers: i1, a_f2, h2[1]."""
        if name.startswith("pre."):
            return f"a_{self._short(name.removeprefix('pre.'))}{step}{place(self.exercise.hidden, unit)}"
        count = self.exercise.outputs if name in ("y", "s") else self.exercise.hidden
        return f"{self._short(name)}{step}{place(count, unit)}"

    def short_weight(self, name: str, part: str, row: int, column: int, single: bool) -> str:
        """Return a weight's name in answers: W_f, or W_f[1,2] by its printed place (from 0 here)."""
        letter = f"{name}_{self._short(part)}"
        return letter if single else f"{letter}[{row + 1},{column + 1}]"

    def _short(self, name: str) -> str:
        return SHORT.get(name) or ("g" if self.exercise.kind == "lstm" else "n") if name in _OWN else name


_OWN = {*SHORT, "candidate"}


def place(count: int, unit: int | None) -> str:
    """Return the place of a unit among ``count``: nothing where there is one alone."""
    return "" if count == 1 or unit is None else f"[{unit + 1}]"
