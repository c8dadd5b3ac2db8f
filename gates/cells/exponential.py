"""Exponential gates and what keeps them from overflowing, as sLSTM and mLSTM have them (Beck et al. 2024).

    i = e^ĩ        f = σ(f̃), or e^f̃
    m = max(log f + m₋₁, log i)        i′ = e^{log i − m}        f′ = e^{log f + m₋₁ − m}

e^ĩ is beyond float64 from ĩ = 710 on. What is read from the memory is a quotient of two sums that i and f
enter alike, so both sums may be kept divided by e^m: i′ and f′, of which one is always 1, take the place of i
and f, and the quotient stays the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple, TypeVar, get_args

import numpy as np

from gates.cells.base import check_choice
from gates.cells.stepwise import Stepwise
from gates.core.activations import FloatArray, sigmoid, softplus
from gates.core.clamps import Hold
from gates.core.trace import Trace

AnyTrace = TypeVar("AnyTrace", bound=Trace)
ForgetActivation = Literal["sigmoid", "exponential"]


def log_sigmoid(a: FloatArray) -> FloatArray:
    """Return log σ(a), elementwise, which is finite where σ(a) itself would be 0."""
    return -softplus(-a)


def log_of(gate: FloatArray, computed: FloatArray, log: FloatArray) -> FloatArray:
    """Return the logarithm of a gate, elementwise: ``log``, except where the gate was clamped.

    That is where ``gate`` is not what was ``computed``.
    """
    with np.errstate(divide="ignore"):
        return np.where(gate == computed, log, np.log(gate))


class Gates(NamedTuple):
    """A step's exponential gates: i, f, m, i′ and f′."""

    input: FloatArray
    forget: FloatArray
    stabiliser: FloatArray
    stable_input: FloatArray
    stable_forget: FloatArray


class GateGradients(NamedTuple):
    """The way back through them: ∂L/∂ the signals by name, ĩ, f̃ and m₋₁."""

    signals: Mapping[str, FloatArray]
    a_i: FloatArray
    a_f: FloatArray
    stabiliser: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class ExponentialTrace(Trace):
    """What the traces of sLSTM and mLSTM share: the gates, and the memory with its scale.

    cell, normaliser: c/e^m and n/e^m, (T, …, n). stabiliser: m. stable_input, stable_forget: i′ and f′.
    previous_cell and so on: what a step read. initial_cell and so on: before the first step that was read.
    """

    over_time: ClassVar[tuple[str, ...]] = (
        *Trace.over_time, "cell", "normaliser", "stabiliser", "stable_input", "stable_forget",
        "previous_cell", "previous_normaliser", "previous_stabiliser",
    )  # fmt: skip

    cell: FloatArray
    normaliser: FloatArray
    stabiliser: FloatArray
    stable_input: FloatArray
    stable_forget: FloatArray
    previous_cell: FloatArray
    previous_normaliser: FloatArray
    previous_stabiliser: FloatArray
    initial_cell: FloatArray
    initial_normaliser: FloatArray
    initial_stabiliser: FloatArray

    @property
    def input(self) -> FloatArray:
        """The input gate i = e^ĩ: from 0 to ∞."""
        return self._rows(self.part_block, "input")

    @property
    def forget(self) -> FloatArray:
        """The forget gate f: σ of f̃, or e to it."""
        return self._rows(self.part_block, "forget")

    @property
    def output(self) -> FloatArray:
        """The output gate o, (T, …, H)."""
        return self._rows(self.part_block, "output")

    @property
    def state(self) -> Any:
        """The state that each step gave; for a single step, what goes into the next."""
        kind = self.source.state_type
        return kind(*(getattr(self, name) for name in kind._fields))

    @property
    def final_state(self) -> Any:
        """The state to begin the next run with."""
        return self.source.state_type(*map(self.reading.at_last, self.state))


class ExponentialGates(Stepwise[AnyTrace]):
    """What sLSTM and mLSTM share. forget_activation: f = "sigmoid" or "exponential" of f̃."""

    option_names: ClassVar[tuple[str, ...]] = ("forget_activation",)
    never_negative: ClassVar[frozenset[str]] = frozenset({"input", "forget"})

    forget_activation: ForgetActivation

    def gates(self, a_i: FloatArray, a_f: FloatArray, m: FloatArray, hold: Hold) -> Gates:
        """Return the gates of pre-activations ``a_i``, ``a_f`` and the old stabiliser ``m``."""
        i = hold("input", np.exp(a_i))
        f = hold("forget", self._forget(a_f))
        log_i, log_f = self._logs(a_i, a_f, i, f)
        m_new = hold("stabiliser", np.maximum(log_f + m, log_i))
        i_stable = hold("stable_input", np.exp(log_i - _finite(m_new)))
        f_stable = hold("stable_forget", np.exp(log_f + m - _finite(m_new)))
        return Gates(i, f, m_new, i_stable, f_stable)

    def gates_backward(
        self,
        step: Any,
        d_stable_input: FloatArray,
        d_stable_forget: FloatArray,
        d_m: FloatArray,
        unclamped: Hold,
    ) -> GateGradients:
        """Go back through the gates of a step; ``d_m`` is ∂L/∂m but for what i′ and f′ of this step add."""
        i, f, m_last, m = step.input, step.forget, step.previous_stabiliser, _finite(step.stabiliser)
        log_i, log_f = self._logs(step.pre.input, step.pre.forget, i, f)
        d_is, d_fs = unclamped("stable_input", d_stable_input), unclamped("stable_forget", d_stable_forget)
        to_log_i, to_log_f = d_is * step.stable_input, d_fs * step.stable_forget
        d_m = d_m - to_log_i - to_log_f
        old = _max_slope(log_f + m_last, log_i) * unclamped("stabiliser", d_m)
        new = unclamped("stabiliser", d_m) - old
        signals = {
            "input": _gate_gradient(to_log_i + new, log_i, i, d_is, -m),
            "forget": _gate_gradient(to_log_f + old, log_f, f, d_fs, m_last - m),
            "stabiliser": d_m, "stable_input": d_stable_input, "stable_forget": d_stable_forget,
        }  # fmt: skip
        slope = sigmoid(-step.pre.forget) if self.forget_activation == "sigmoid" else 1
        a_i, a_f = unclamped("input", to_log_i + new), unclamped("forget", (to_log_f + old) * slope)
        return GateGradients(signals, a_i, a_f, to_log_f + old)

    def empty(self, name: str) -> float:
        """Return what a part of the state is before anything was stored: −∞ for m, else 0."""
        return -np.inf if name == "stabiliser" else 0.0

    def _options(self) -> list[str]:
        return [f"forget_activation={self.forget_activation!r}"]

    def _check(self) -> None:
        check_choice("forget_activation", self.forget_activation, get_args(ForgetActivation))
        super()._check()

    def _forget(self, a_f: FloatArray) -> FloatArray:
        return sigmoid(a_f) if self.forget_activation == "sigmoid" else np.exp(a_f)

    def _logs(
        self, a_i: FloatArray, a_f: FloatArray, i: FloatArray, f: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        with np.errstate(over="ignore"):
            log_f = log_sigmoid(a_f) if self.forget_activation == "sigmoid" else a_f
            return log_of(i, np.exp(a_i), a_i), log_of(f, self._forget(a_f), log_f)


def _finite(m: FloatArray) -> FloatArray:
    """Return m with 0 for −∞, where nothing was ever stored and there is nothing to scale."""
    return np.where(np.isneginf(m), m.dtype.type(0), m)


def _max_slope(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the slope of max(a, b) by a: 1 where a is larger, ½ where they are equal."""
    return np.heaviside(np.where(a == b, 0, a - b), 0.5).astype(a.dtype)


def _gate_gradient(
    d_log: FloatArray, log: FloatArray, gate: FloatArray, d_stable: FloatArray, scale: FloatArray
) -> FloatArray:
    """Return ∂L/∂ a gate from that of its logarithm; where it is clamped to 0, from that of gate·e^scale."""
    with np.errstate(divide="ignore"):
        slope = np.where(d_log == 0, d_log.dtype.type(0), d_log / gate)
        at_0 = np.where(d_stable == 0, d_stable.dtype.type(0), d_stable * np.exp(scale))
    return np.where(np.isneginf(log), at_0, slope)
