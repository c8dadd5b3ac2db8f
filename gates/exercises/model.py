"""An exercise: a cell with its weights, what it reads, where it begins, and what is wanted of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from gates.cells.gru import GRU
from gates.cells.lstm import GATES, LSTM
from gates.cells.rnn import RNN
from gates.core.activations import AnyActivation, FloatArray
from gates.core.clamps import Clamp
from gates.examples.lab.numbers import decimal_difference
from gates.examples.lab.state import Clamped
from gates.exercises.forms import FORMS, Form
from gates.network import AnyCell, Network, Readout

Floats = FloatArray

CELLS: Mapping[str, type[RNN] | type[LSTM] | type[GRU]] = MappingProxyType(
    {"lstm": LSTM, "gru": GRU, "rnn": RNN}
)
ACTIVATIONS: Mapping[str, Mapping[str, tuple[str, AnyActivation]]] = MappingProxyType(
    {
        "lstm": {
            "gate": ("gate_activation", "sigmoid"),
            "candidate": ("candidate_activation", "tanh"),
            "cell": ("cell_activation", "tanh"),
        },
        "gru": {
            "gate": ("gate_activation", "sigmoid"),
            "candidate": ("candidate_activation", "tanh"),
        },
        "rnn": {"hidden": ("activation", "tanh")},
    }
)
"""A cell's activations by their names in files: the engine's option, and what stands there by default."""


@dataclass(frozen=True, eq=False)
class PartWeights:
    """One part's weights, a row a unit: W (H, I), U (H, H), b (H,), and a second bias b_h (H,) or None.

    An update gate's are those of the file's z, keeping or writing. Where not ``biased`` b is 0 and stays so.
    p: (H,), a gate's peephole into c, or None.
    """

    W: Floats
    U: Floats
    b: Floats
    b_h: Floats | None = None
    biased: bool = True
    p: Floats | None = None


@dataclass(frozen=True, eq=False)
class ExerciseReadout:
    """What is read out of h: y = ψ(V·h + b). V (K, H), b (K,); transposed: printed (H, K), as in h V + b.

    Where not ``biased`` b is 0 and stays so.
    """

    V: Floats
    b: Floats
    activation: str = "identity"
    transposed: bool = False
    biased: bool = True


@dataclass(frozen=True)
class Claim:
    """What somebody answered: a signal's values at a step (from 1), rounded to so many decimals."""

    step: int
    signal: str
    values: tuple[float, ...]
    decimals: int


@dataclass(frozen=True, eq=False)
class Exercise:
    """An exercise.

    parts: weights by part, of those that have any. x: (T, I). h0, c0: (H,) or None for zeros. targets:
    (T, K), NaN where nothing counts, or None. update: whether the file's z "keep"s the old state or "write"s
    the new one; a GRU's. reset: "before" or "after" the product; a GRU's. activations: by the names of
    ``ACTIVATIONS``, those that differ from the defaults. asked: the names of lines that are wanted, see
    ``gates.exercises.lines``; empty for all. clamps: signals that are held at a value, that of the file's z;
    where several meet the last one counts. coupled: an LSTM's i is 1 − f. without: gates that it has not.
    """

    kind: str
    parts: Mapping[str, PartWeights]
    x: Floats
    h0: Floats | None = None
    c0: Floats | None = None
    readout: ExerciseReadout | None = None
    targets: Floats | None = None
    loss: str = "half_squared"
    learning_rate: float | None = None
    form: str = "columns"
    reset: str = "before"
    update: str = "keep"
    activations: Mapping[str, AnyActivation] = field(default_factory=dict)
    title: str = ""
    source: str = ""
    asked: tuple[str, ...] = ()
    claim: Claim | None = None
    clamps: tuple[Clamped, ...] = ()
    coupled: bool = False
    without: tuple[str, ...] = ()

    @property
    def printed(self) -> Form:
        """The form in which the file has its weights."""
        return FORMS[self.form]

    @property
    def steps(self) -> int:
        """T."""
        return len(self.x)

    @property
    def inputs(self) -> int:
        """I."""
        return int(self.x.shape[1])

    @property
    def hidden(self) -> int:
        """H."""
        return len(next(iter(self.parts.values())).b)

    @property
    def outputs(self) -> int:
        """K, the numbers that a loss compares: the read-out's, or h itself."""
        return self.hidden if self.readout is None else len(self.readout.b)

    @property
    def has_b_h(self) -> bool:
        """Whether it prints second biases."""
        return any(part.b_h is not None for part in self.parts.values())

    @property
    def sees_new_cell(self) -> bool:
        """Whether the output gate has a peephole, and so comes after c."""
        return "output" in self.parts and self.parts["output"].p is not None

    @property
    def has_inner_bias(self) -> bool:
        """Whether the candidate's second bias stands inside r, and is no addend of the first."""
        return self.kind == "gru" and self.reset == "after"

    def activation(self, name: str) -> AnyActivation:
        """Return an activation by its name in files."""
        return self.activations.get(name, ACTIVATIONS[self.kind][name][1])

    @cached_property
    def cell(self) -> AnyCell:
        """The engine's cell: z keeps, biases are added up."""
        kind = CELLS[self.kind]
        parts = [self._engine(name) if name in self.parts else self._unused() for name in kind.parts]
        options: dict[str, Any] = {
            option: self.activation(name) for name, (option, _) in ACTIVATIONS[self.kind].items()
        }
        if self.kind == "lstm":
            options |= {"coupled": self.coupled, "without": self.without, "peephole": self._peephole()}
        if self.kind == "gru":
            options["reset"] = self.reset
            b_h = self.parts["candidate"].b_h
            options["b_hn"] = b_h if self.has_inner_bias else None
        return kind(
            W=np.concatenate([part.W for part in parts]),
            U=np.concatenate([part.U for part in parts]),
            b=np.concatenate([part.b for part in parts]),
            **options,
        )

    @cached_property
    def network(self) -> Network:
        """The cell with its read-out."""
        readout = None if self.readout is None else Readout(self.readout.V, self.readout.b)
        return Network((self.cell,), readout)  # type: ignore[arg-type]  # a bare cell is a layer

    @cached_property
    def state(self) -> Any:
        """The state before the first step, as the engine's cell takes it."""
        h = np.zeros(self.hidden) if self.h0 is None else self.h0
        c = np.zeros(self.hidden) if self.c0 is None else self.c0
        return (h, c) if self.kind == "lstm" else h

    @cached_property
    def clamped_values(self) -> Mapping[tuple[str, int, int], float]:
        """The values of signals that are clamped, by signal, step and unit (both from 0); z is the file's."""
        values: dict[tuple[str, int, int], float] = {}
        for clamp in self.clamps:
            first, last = clamp.steps or (0, self.steps - 1)
            units = range(self.hidden) if clamp.units is None else clamp.units
            for step in range(first, min(last + 1, self.steps)):
                values |= {(clamp.signal, step, unit): float(clamp.value) for unit in units}
        return MappingProxyType(values)

    @property
    def engine_clamps(self) -> tuple[Clamp, ...]:
        """What is clamped, for the engine's cell, whose z keeps."""
        clamps = (self.mirrored(clamp).within(self.steps) for clamp in self.clamps)
        return tuple(clamp for clamp in clamps if clamp is not None)

    def mirrored(self, clamp: Clamped) -> Clamped:
        """Return a clamp of the file's z as one of a z that keeps, and back."""
        if clamp.signal != "update" or self.update == "keep":
            return clamp
        return replace(clamp, value=float(decimal_difference(1.0, clamp.value)))

    def sign(self, part: str) -> float:
        """Return −1 for the weights of a z that writes, whose negatives are those of the engine's; else 1."""
        return -1.0 if part == "update" and self.update == "write" else 1.0

    def _engine(self, name: str) -> PartWeights:
        weights, sign = self.parts[name], self.sign(name)
        b = (
            weights.b
            if weights.b_h is None or (self.has_inner_bias and name == "candidate")
            else weights.b + weights.b_h
        )
        return PartWeights(sign * weights.W, sign * weights.U, sign * b)

    def _peephole(self) -> Floats | None:
        """Return the gates' peepholes as the engine has them, (3, H); None where no gate has one."""
        peepholes = [None if (weights := self.parts.get(gate)) is None else weights.p for gate in GATES]
        if all(each is None for each in peepholes):
            return None
        return np.stack([np.zeros(self.hidden) if each is None else each for each in peepholes])

    def _unused(self) -> PartWeights:
        H = self.hidden
        return PartWeights(np.zeros((H, self.inputs)), np.zeros((H, H)), np.zeros(H))
