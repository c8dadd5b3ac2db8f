"""What is asked of a run in the lab: what is read of it, what that should be, and how a miss is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gates.core.activations import FloatArray
from gates.core.losses import LOSSES, OUTPUT_FUNCTIONS, loss, show
from gates.examples.lab.numbers import Floats, checked_numbers
from gates.inputs.sequence import InputError
from gates.network import Readout

MOST_OUTPUTS = 8
LARGEST_RATE = 1e3


class Outcome(NamedTuple):
    """What a run comes to: what is shown of it (T, K), each step's loss (T,), ∂L/∂ the scores (T, K).

    The last two are None where no loss is asked for.
    """

    outputs: FloatArray
    losses: FloatArray | None
    d_scores: FloatArray | None


@dataclass(frozen=True, eq=False)
class Task:
    """A read-out y = ψ(V·h + b), targets for it, and a loss; each of them may be missing.

    V (K, H), b (K,): None for none, the loss then reads h. biased: where it is not, b is 0 and an update
    leaves it. activation: ψ, one of ``gates.core.losses.OUTPUT_FUNCTIONS``. targets: (T, K), or (T, H)
    without a read-out; NaN for what does not count. None where no loss is asked for. loss: one of
    ``gates.core.losses.LOSSES``.
    learning_rate: of one update.

    Raises:
        InputError: ``error.lab.*``, if something is out of bounds or does not fit together.
    """

    V: Floats | None = None
    b: Floats | None = None
    activation: str = "identity"
    biased: bool = True
    targets: Floats | None = None
    loss: str = "half_squared"
    learning_rate: float = 0.1

    def __post_init__(self) -> None:
        for name, letter in (("V", "V"), ("b", "V, b"), ("targets", "targets")):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, checked_numbers(letter, value, open_places=name == "targets"))
        known = {
            "activation": self.activation in OUTPUT_FUNCTIONS
            and (self.V is not None or self.activation == "identity"),
            "loss": self.loss in LOSSES,
            "learning_rate": 0 < self.learning_rate <= LARGEST_RATE,
        }
        for name, right in known.items():
            if not right:
                raise InputError("error.lab.option", name=name)
        if (self.V is None) != (self.b is None):
            raise InputError("error.lab.shape", name="V, b")
        if self.V is not None and self.b is not None:
            outputs = len(self.b) if self.b.ndim == 1 else 0
            if not self.biased and self.b.any():
                raise InputError("error.lab.option", name="b")
            if self.V.ndim != 2 or len(self.V) != outputs or not 1 <= outputs <= MOST_OUTPUTS:
                raise InputError("error.lab.shape", name="V, b")
        if self.targets is not None and (self.targets.ndim != 2 or not len(self.targets)):
            raise InputError("error.lab.shape", name="targets")

    def check(self, hidden: int) -> None:
        """Raise an InputError if it does not fit a cell of so many units."""
        if self.V is not None and self.V.shape[1] != hidden:
            raise InputError("error.lab.shape", name="V")
        width = hidden if self.V is None else len(self.V)
        if self.targets is not None and self.targets.shape[1] != width:
            raise InputError("error.lab.shape", name="targets")

    @property
    def is_asked(self) -> bool:
        """Whether anything is read or measured."""
        return self.V is not None or self.targets is not None

    def scores(self, hidden: FloatArray) -> FloatArray:
        """Return V·h + b of hidden states (T, H), or these themselves: (T, K)."""
        if self.V is None or self.b is None:
            return hidden
        return Readout(self.V, self.b).scores(hidden)

    def outcome(self, hidden: FloatArray) -> Outcome:
        """Return what hidden states (T, H) come to."""
        scores = self.scores(hidden)
        if self.targets is None:
            return Outcome(show(scores, self.activation), None, None)
        result = loss(self.loss, scores, self.targets, self.activation)
        return Outcome(result.outputs, result.steps, result.d_scores)

    def bits(self) -> tuple[object, ...]:
        """Return everything that it holds, numbers as bytes; two tasks are equal if these are."""
        arrays = (self.V, self.b, self.targets)
        named = tuple(None if array is None else (array.shape, array.tobytes()) for array in arrays)
        return (
            *named,
            self.activation,
            self.biased or self.V is None,
            self.loss,
            float(self.learning_rate).hex(),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Task) and self.bits() == other.bits()

    def __hash__(self) -> int:
        return hash(self.bits())
