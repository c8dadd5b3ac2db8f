"""What came from where: which earlier inputs a state depends on, and by which ways a gradient returned.

Both are exact and made of the same slopes as the backward pass; nothing is sampled or approximated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from gates.analysis.flow import step_jacobians, step_maps, vector_norms
from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.core.activations import FloatArray
from gates.core.gradients import Gradients
from gates.core.signals import NamedArrays
from gates.core.trace import Trace
from gates.errors import OptionError, ShapeError


def influence(trace: Trace) -> FloatArray:
    """Return how much each hidden state depends on each input: ‖∂h_s/∂x_t‖ (Frobenius), (T, T).

    Row s is the state that listens, column t the input that it depends on; 0 for t > s.

    Raises:
        ShapeError: the trace is a batch's, or was read in reverse.
    """
    matrix = np.zeros((trace.steps, trace.steps))
    for s, row in enumerate(influence_rows(trace)):
        matrix[s, : s + 1] = row
    return matrix


def influence_rows(trace: Trace) -> Iterator[FloatArray]:
    """Yield the rows of :func:`influence` one after another: ‖∂h_s/∂x_t‖ for t ≤ s, (s + 1,).

    One pass forward carries ∂state/∂x_t of all t at once, where going back from every s would take T passes.

    Raises:
        ShapeError: the trace is a batch's, or was read in reverse.
    """
    if trace.reverse:
        raise ShapeError("error.engine.influence_reverse")
    T, I, P = trace.steps, trace.x.shape[-1], trace.hidden.shape[-1]
    for s, maps in enumerate(step_maps(trace)):
        if s == 0:
            carried = np.zeros((len(maps.state), T * I))  # ∂state_s/∂x_t, side by side for all t
        with np.errstate(over="ignore", invalid="ignore"):  # derivatives may explode: ∞ it is
            carried[:, : s * I] = maps.state @ carried[:, : s * I]
            carried[:, s * I : (s + 1) * I] = maps.inputs
            factors = carried[:P, : (s + 1) * I].reshape(P, s + 1, I)
            row = vector_norms(
                factors.transpose(1, 0, 2).reshape(s + 1, P * I)
            )  # squares of what vanished are 0
        yield row


class Spectrum(NamedTuple):
    """The step Jacobian of one step: its n eigenvalues, and its singular values, largest first."""

    eigenvalues: Any  # (n,) complex
    singular: FloatArray  # (n,)

    @property
    def radius(self) -> float:
        """The largest |eigenvalue|: what a repeated step of this kind multiplies with in the end."""
        return float(np.max(np.abs(self.eigenvalues)))


def spectra(trace: Trace, steps: range | None = None) -> list[Spectrum]:
    """Return the spectrum of ∂state_t/∂state_{t−1} at each of ``steps``, by default at all.

    Where a Jacobian is not finite, all its values are NaN.

    Raises:
        ShapeError: the trace is a batch's.
    """
    jacobians = step_jacobians(trace)
    return [_spectrum(jacobians[t]) for t in (steps if steps is not None else range(trace.steps))]


def _spectrum(J: FloatArray) -> Spectrum:
    if not np.isfinite(J).all():
        return Spectrum(np.full(len(J), np.nan + 0j), np.full(len(J), np.nan))
    return Spectrum(np.linalg.eigvals(J), np.linalg.svd(J, compute_uv=False))


def backward_paths(trace: Trace, gradients: Gradients) -> NamedArrays:
    """Return what each way brings back from step t to the state of step t−1, each (T, H).

    By the name of a part: what comes back to h₋₁ through that part's pre-activation. ``kept``: what came
    straight, an LSTM's f⊙∂L/∂c to c₋₁, a GRU's z⊙∂L/∂h to h₋₁; a plain RNN has no such way. So

        ∂L/∂h_{t−1} = Σ parts, for a GRU + kept, + what the loss itself asks of h_{t−1}
        ∂L/∂c_{t−1} = kept + o (1 − tanh² c) ∂L/∂h_{t−1} + what the loss itself asks of c_{t−1}

    An LSTM with peepholes has one way more to c₋₁, ``peephole``: p_i ∂L/∂a_i + p_f ∂L/∂a_f.

    Raises:
        OptionError: the trace is of another kind of cell.
    """
    cell: Any = trace.source
    if not isinstance(cell, RNN | LSTM | GRU):
        raise OptionError("error.engine.ways", kind=type(cell).__name__)
    run: Any = trace
    signals, pre = gradients.signals, gradients.signals.pre
    with np.errstate(over="ignore", invalid="ignore"):
        ways: dict[str, FloatArray] = {part: pre[part] @ cell.part(part).U for part in cell.parts}
        if isinstance(cell, GRU):
            ways["candidate"] = _after_reset(run, cell, pre["candidate"])
            ways["kept"] = _mask_clamped(run, "hidden", run.update * signals.hidden)
        elif isinstance(cell, LSTM):
            ways["kept"] = _mask_clamped(run, "cell", run.forget * signals.cell)
            if cell.peephole is not None:
                ways["peephole"] = cell.peephole[0] * pre["input"] + cell.peephole[1] * pre["forget"]
    return NamedArrays(ways)


def _after_reset(run: Any, cell: GRU, d_candidate: FloatArray) -> FloatArray:
    """Return what a GRU's candidate sends back to h₋₁ through r⊙(U_n h₋₁ + b_hn) or U_n (r⊙h₋₁)."""
    U_n = cell.part("candidate").U
    if cell.reset == "after":
        return np.asarray((run.reset * d_candidate) @ U_n)
    return np.asarray(run.reset * (d_candidate @ U_n))


def _mask_clamped(run: Any, signal: str, d: FloatArray) -> FloatArray:
    """Return ``d`` with 0 where ``signal`` was clamped, for there nothing flows."""
    mask = run.clamps.masks.get(signal)
    return d if mask is None else np.where(run.reading.reorder(mask), 0, d)
