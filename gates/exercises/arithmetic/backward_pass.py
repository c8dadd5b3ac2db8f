"""The symbols of the way back, which the lines of signals and those of weights share."""

from __future__ import annotations

from gates.exercises.arithmetic.expressions import Expression, Symbol
from gates.exercises.arithmetic.forward import Line, Numbers
from gates.exercises.solve import ExerciseGradients

D = "∂"
"""∂h₂ is short for ∂L/∂h₂."""


class BackwardPass:
    """Symbols and lines of one way back."""

    def __init__(self, numbers: Numbers, gradients: ExerciseGradients) -> None:
        self.numbers, self.gradients = numbers, gradients
        self.exercise, self.labels = numbers.exercise, numbers.labels

    def d(self, name: str, t: int, unit: int) -> Symbol:
        """Return ∂L/∂ a signal or a sum."""
        label = D + self.numbers.signal(name, t, unit).label
        if t < 0:
            state = self.gradients.h0 if name == "hidden" else self.gradients.c0
            return Symbol(label, 0.0 if state is None else float(state[unit]), False, ("d", name, t, unit))
        return Symbol(label, float(self.gradients.signals[name][t, unit]), False, ("d", name, t, unit))

    def d_score(self, t: int, output: int) -> Symbol:
        """Return ∂L/∂ what the read-out adds up: ∂y, or ∂s where y is squashed."""
        loss = self.numbers.solution.loss
        squashed = self.exercise.readout is not None and self.exercise.readout.activation != "identity"
        mark = self.numbers.score(t, output) if squashed else self.numbers.prediction(t, output)
        value = 0.0 if loss is None else float(loss.d_scores[t, output])
        return Symbol(D + mark.label, value, False, ("d", "s", t, output))

    def line(self, name: str, t: int, unit: int, expression: Expression) -> Line:
        """Return the line of ∂L/∂ a signal or a sum."""
        short = f"d{self.labels.short(name, t + 1, unit)}"
        mark = self.d(name, t, unit)
        return Line(short, mark.label, expression, "backward", t + 1, mark.key)

    def has_gradient(self, name: str, t: int, unit: int) -> bool:
        """Tell whether anything goes back from a signal to what computes it: not where it is held."""
        return not self.numbers.is_clamped(name, t, unit)

    def has_loss(self, t: int) -> bool:
        """Whether a loss reads this step."""
        return any(self.numbers.target(t, k) is not None for k in range(self.exercise.outputs))
