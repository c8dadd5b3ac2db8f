"""The LSTM (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000), with its classic variants.

    i = σ(W_i x + U_i h₋₁ + b_i)        f = σ(W_f x + U_f h₋₁ + b_f)
    g = tanh(W_g x + U_g h₋₁ + b_g)     o = σ(W_o x + U_o h₋₁ + b_o)
    c = f⊙c₋₁ + i⊙g                     h = o⊙tanh c

Variants (Greff et al. 2017, "LSTM: A Search Space Odyssey"): peepholes, coupled gates, a gate left out, no
tanh at the candidate (NIAF: candidate_activation="identity") or at the output (NOAF: cell_activation=
"identity"); and the projection of Sak et al. 2014, which is PyTorch's ``proj_size``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import DTypeLike

from gates.cells import bptt, kernels
from gates.cells.base import Arrays, StateGated, check_choice, uniform
from gates.core.activations import AnyActivation, FloatArray, Squash
from gates.core.arrays import check_shape, concat_last, matvec, state_part
from gates.core.clamps import Hold, ResolvedClamps
from gates.core.gradients import flat, over_time
from gates.core.signals import LSTM_PARTS, LSTM_SIGNALS, State, Terms
from gates.core.trace import HiddenTrace
from gates.errors import OptionError, ShapeError

GATES = ("input", "forget", "output")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class LSTMTrace(HiddenTrace):
    """The trace of an LSTM: gates i, f, o and candidate g, cell c and hidden h = o⊙tanh c.

    cell, previous_cell, tanh_cell: c, c₋₁ and tanh c (or what another cell_activation makes of c), (T, …, H).
    initial_cell: (H,) or (B, H).
    """

    over_time: ClassVar[tuple[str, ...]] = (*HiddenTrace.over_time, "cell", "previous_cell", "tanh_cell")

    source: LSTM
    cell: FloatArray
    previous_cell: FloatArray
    initial_cell: FloatArray
    tanh_cell: FloatArray

    @property
    def input(self) -> FloatArray:
        """The input gate i, (T, …, H)."""
        return self._rows(self.part_block, "input")

    @property
    def forget(self) -> FloatArray:
        """The forget gate f, (T, …, H): 1 keeps, 0 forgets."""
        return self._rows(self.part_block, "forget")

    @property
    def candidate(self) -> FloatArray:
        """The candidate g, (T, …, H)."""
        return self._rows(self.part_block, "candidate")

    @property
    def output(self) -> FloatArray:
        """The output gate o, (T, …, H)."""
        return self._rows(self.part_block, "output")

    @property
    def kept(self) -> FloatArray:
        """What the forget gate kept: f⊙c₋₁, (T, …, H)."""
        return self.forget * self.previous_cell

    @property
    def written(self) -> FloatArray:
        """What the input gate let in: i⊙g, (T, …, H)."""
        return self.input * self.candidate

    @property
    def shown(self) -> FloatArray:
        """What the output gate showed: o⊙tanh c, (T, …, H). ``hidden``, unless projected or clamped."""
        return self.output * self.tanh_cell

    @property
    def final_cell(self) -> FloatArray:
        """The cell after the step that was read last: (H,) or (B, H)."""
        return self.reading.at_last(self.cell)

    @property
    def state(self) -> State:
        """The state (h, c) that each step gave; for a single step, what goes into the next."""
        return State(self.hidden, self.cell)

    @property
    def final_state(self) -> State:
        """The state to begin the next run with."""
        return State(self.final_hidden, self.final_cell)

    @property
    def memory(self) -> FloatArray:
        """What carries the memory from step to step: c, (T, …, H)."""
        return self.cell

    def terms(self, part: str) -> Terms:
        """Return the terms of ``pre.<part>``, which is their sum up to rounding."""
        terms = super().terms(part)
        if self.source.peephole is None or part == "candidate":
            return terms
        weights = self.source.peephole[("input", "forget", "output").index(part)]
        return terms._replace(peephole=weights * (self.cell if part == "output" else self.previous_cell))


@dataclass(frozen=True, eq=False, repr=False)
class LSTM(StateGated[LSTMTrace]):
    """An LSTM.

    W: (4H, I), U: (4H, P), b: (4H,), rows i, f, g, o. P = H unless it projects.
    peephole: (3, H), rows p_i, p_f, p_o, or None. i and f see c₋₁, o sees c.
    coupled: i = 1 − f; the rows of i are not used.
    without: gates that are left out, and always 1; their rows are not used. Any of input, forget, output.
    projection: R (P, H) or None: h = R (o⊙tanh c), of size P.
    gate_activation, candidate_activation, cell_activation: what stands for σ, for the tanh of g and for the
        tanh of c; any of ``gates.core.activations``, by name or with parameters.
    clip: what pre-activations are clipped to first, ±clip (ONNX); c is not. None clips nothing.
    """

    peephole: FloatArray | None = None
    coupled: bool = False
    without: Collection[str] = frozenset()
    projection: FloatArray | None = None
    gate_activation: AnyActivation = "sigmoid"
    candidate_activation: AnyActivation = "tanh"
    cell_activation: AnyActivation = "tanh"
    clip: float | None = None

    kind: ClassVar[str] = "lstm"
    parts: ClassVar[tuple[str, ...]] = LSTM_PARTS
    signals: ClassVar[tuple[str, ...]] = LSTM_SIGNALS
    squash_options: ClassVar[tuple[str, ...]] = (
        "gate_activation", "candidate_activation", "cell_activation", "clip",
    )  # fmt: skip
    option_names: ClassVar[tuple[str, ...]] = ("coupled", "without", *squash_options)

    @classmethod
    def init(
        cls,
        inputs: int,
        hidden: int,
        rng: np.random.Generator | int,
        *,
        forget_bias: float | None = None,
        dtype: DTypeLike = np.float64,
    ) -> Self:
        """Return a cell with random weights, uniform in ±1/√hidden as PyTorch's.

        forget_bias: what to set all forget biases to; None leaves them random, near 0.
        """
        cell = cls(**uniform(cls.shapes(inputs, hidden), hidden, rng, dtype))
        return cell if forget_bias is None else cell.with_bias("forget", forget_bias)

    def equations(self, x: FloatArray, state: State, hold: Hold) -> LSTMTrace:
        """One timestep, in the order i, f, g, c, o, h."""
        σ, φ, ψ = (self.squashes[name] for name in ("forget", "candidate", "cell"))  # φ = ψ = tanh by default
        h, c = state
        p_i, p_f, p_o = np.zeros((3, self.hidden), self.dtype) if self.peephole is None else self.peephole
        a = matvec(self.W, x) + matvec(self.U, h) + self.b
        a_i, a_f, a_g, a_o = (a[..., self.rows(part)] for part in self.parts)
        a_i += p_i * c
        a_f += p_f * c

        f = hold("forget", σ(a_f) if "forget" not in self.without else np.ones_like(a_f))
        i = hold("input", self._input_gate(a_i, f))
        g = hold("candidate", φ(a_g))
        c_new = hold("cell", f * c + i * g)
        a_o += p_o * c_new
        o = hold("output", σ(a_o) if "output" not in self.without else np.ones_like(a_o))
        h_new = hold("hidden", self._project(o * ψ(c_new)))

        return LSTMTrace(
            source=self, x=x, hidden=h_new, previous_hidden=h, initial_hidden=h,
            cell=c_new, previous_cell=c, initial_cell=c, tanh_cell=ψ(c_new),
            pre_block=a, part_block=concat_last(i, f, g, o),
        )  # fmt: skip

    @property
    def outputs(self) -> int:
        """The size of the hidden state: P if the LSTM projects, else H."""
        return self.hidden if self.projection is None else int(self.projection.shape[0])

    def arrays(self) -> Arrays:
        """Return the weights by name, those that the cell does not have left out."""
        options = {"peephole": self.peephole, "projection": self.projection}
        return super().arrays() | {name: array for name, array in options.items() if array is not None}

    def as_state(self, state: Any, batch: tuple[int, ...]) -> State:
        """Return (h, c) checked: (P,) and (H,), or (B, P) and (B, H); zeros for None."""
        h, c = _pair(state)
        return State(
            state_part("h₀", h, (self.outputs,), batch, self.dtype),
            state_part("c₀", c, (self.hidden,), batch, self.dtype),
        )

    def _forward(self, x: FloatArray, state: State, clamps: ResolvedClamps) -> Arrays:
        if clamps or self._options() or self.other_squashes:
            return super()._forward(x, state, clamps)
        return kernels.lstm(self._negated, x, *state)

    @cached_property
    def _negated(self) -> FloatArray:
        return -kernels.fused_matrix(self.W, self.U, self.b)

    def upstream(self, trace: LSTMTrace, d_hidden: Any, d_cell: Any, d_final: Any) -> tuple[Any, ...]:
        """Return what the loss asks of each step's h and c, in sequence order, the final state's included."""
        d_h, d_c = _pair(d_final)
        of_cell = None if d_cell is None and d_c is None else self._upstream_of(trace, "cell", d_cell, d_c)
        return self._upstream_of(trace, "hidden", d_hidden, d_h), of_cell

    def _backward(self, trace: LSTMTrace, *upstream: Any) -> Arrays:
        gradients = bptt.backpropagate(bptt.lstm, self, trace, *upstream)
        return gradients | {"state": State(*gradients["state"])}

    def _weight_gradients(self, trace: LSTMTrace, d: FloatArray, more: Arrays) -> Arrays:
        gradients = super()._weight_gradients(trace, d, more)
        if self.peephole is not None:
            seen = {"input": trace.previous_cell, "forget": trace.previous_cell, "output": trace.cell}
            gradients["peephole"] = np.stack(
                [(d[self.rows(gate)] * flat(c)).sum(axis=1) for gate, c in seen.items()]
            )
        if self.projection is not None:
            gradients["projection"] = over_time(flat(more["projected"]), trace.shown)
        return gradients

    def _squashes(self) -> Mapping[str, Squash]:
        gate = Squash.of(self.gate_activation, self.clip)
        candidate = Squash.of(self.candidate_activation, self.clip)
        return dict.fromkeys(GATES, gate) | {"candidate": candidate, "cell": Squash.of(self.cell_activation)}

    def _input_gate(self, a_i: FloatArray, f: FloatArray) -> FloatArray:
        if "input" in self.without:
            return np.ones_like(a_i)
        return 1 - f if self.coupled else self.squashes["input"](a_i)

    def _project(self, shown: FloatArray) -> FloatArray:
        return shown if self.projection is None else matvec(self.projection, shown)

    def _options(self) -> list[str]:
        options = ["peephole"] if self.peephole is not None else []
        options += ["coupled"] if self.coupled else []
        options += [f"without={sorted(self.without)}"] if self.without else []
        return options + ([f"projection={self.outputs}"] if self.projection is not None else [])

    def _check(self) -> None:
        object.__setattr__(self, "without", frozenset(self.without))
        for gate in self.without:
            check_choice("without", gate, GATES)
        if self.coupled and {"input", "forget"} & set(self.without):
            raise OptionError("error.engine.coupled")
        R = self.projection
        if R is not None and (R.ndim != 2 or len(R) == 0):
            raise ShapeError("error.engine.shape", name="projection", shape=R.shape, expected="(P, H)")
        super()._check()
        H = self.hidden
        if self.peephole is not None:
            check_shape("peephole", self.peephole, (3, H))
        if self.projection is not None:
            check_shape("projection", self.projection, (self.outputs, H))

    def _trace(self, arrays: Arrays, initial: State, **about: Any) -> LSTMTrace:
        return LSTMTrace(
            source=self, initial_hidden=initial.hidden, initial_cell=initial.cell, **arrays, **about
        )


def _pair(state: Any) -> tuple[Any, Any]:
    """Return h and c of a given state; None for both if there is none."""
    if state is None:
        return None, None
    if not isinstance(state, (tuple, list)) or len(state) != 2:
        raise ShapeError("error.engine.pair", given=type(state).__name__)
    return state[0], state[1]
