"""Gradient flow: how a change of the state travels through time, exactly.

Everything is made of the step's Jacobian, which has a closed form. For an LSTM on (h, c), with

    A = diag(c₋₁ f′)U_f + diag(g i′)U_i + diag(i g′)U_g        B = diag(tanh c ⊙ o′)U_o
    D = diag(o (1 − tanh² c))                                 F = diag f

it is [[D A + B, D F], [A, F]]. Often only F + A D is multiplied over time, which leaves out B, the way
through the output gate; that product is not the gradient. Options and clamps are respected throughout: the
slopes are those of the backward pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gates.cells import bptt
from gates.cells.bptt import BackwardRun
from gates.cells.gru import GRU
from gates.cells.kernels import batch_last
from gates.cells.lstm import LSTM, LSTMTrace
from gates.cells.rnn import RNN
from gates.cells.stepwise import Stepwise, steps_of
from gates.core.activations import FloatArray, sigmoid
from gates.core.gradients import Gradients
from gates.core.trace import Trace
from gates.errors import OptionError, ShapeError


class StepMaps(NamedTuple):
    """The derivatives of one step: of the state by the state before, (n, n), and by the input, (n, I).

    The state is h; for an LSTM h and c one below the other, for other cells what their ``state_type`` lists.
    """

    state: FloatArray
    inputs: FloatArray


def step_jacobians(trace: Trace) -> FloatArray:
    """Return ∂state_t/∂state_{t−1} of every step of a single sequence's run, (T, n, n), in sequence order.

    The state is h, n = H; for an LSTM it is (h, c), n = P + H. A run in reverse has ∂state_t/∂state_{t+1}.

    Raises:
        ShapeError: the trace is a batch's.
    """
    steps = np.stack([maps.state for maps in step_maps(trace)])
    return steps[::-1] if trace.reverse else steps


def input_map(trace: Trace, at: int | None = None) -> FloatArray:
    """Return ∂h_at/∂x_t for every step t of a single sequence's run, (T, P, I); by default of the last h.

    It is 0 for the steps that were read after ``at``.
    """
    T = trace.steps
    at = (0 if trace.reverse else T - 1) if at is None else range(T)[at]
    order = range(T)[::-1] if trace.reverse else range(T)
    order = order[: order.index(at) + 1]
    maps = list(step_maps(trace))[: len(order)]
    P = trace.hidden.shape[-1]
    derivatives = np.zeros((T, P, trace.x.shape[-1]), trace.hidden.dtype)
    onward = np.eye(P, len(maps[0].state), dtype=derivatives.dtype)  # ∂h_at/∂state_t
    for t, step in zip(order[::-1], maps[::-1], strict=True):
        derivatives[t] = onward @ step.inputs
        onward = onward @ step.state
    return derivatives


class Norms(NamedTuple):
    """‖∂L/∂h_t‖ and ‖∂L/∂c_t‖ at every step, (T,) or (T, B); cell is None without a cell."""

    hidden: FloatArray
    cell: FloatArray | None


def norms(gradients: Gradients) -> Norms:
    """Return how much gradient arrives at each step's state."""
    signals = gradients.signals
    return Norms(vector_norms(signals.hidden), vector_norms(signals.cell) if "cell" in signals else None)


def vector_norms(vectors: FloatArray) -> FloatArray:
    """Return the Euclidean norm of each vector, (…, n) to (…).

    Squares never leave the number format: a gradient of 1e-200 has a norm, and so has one of 1e200.
    """
    largest = np.max(np.abs(vectors), axis=-1, initial=0)
    usable = np.where((largest > 0) & np.isfinite(largest), largest, 1)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(usable * np.linalg.norm(vectors / usable[..., None], axis=-1))


@dataclass(frozen=True, eq=False)
class GradientPaths:
    """∂L/∂c_t of an LSTM by the ways it took, (T, …, H): total = cell_path + gate_paths.

    cell_path came back along c alone, multiplied with nothing but forget gates, after leaving c through
    tanh where the loss read it. gate_paths is the rest: all that went through a gate, a candidate or a
    hidden state on its way, the output gate's B included.
    """

    total: FloatArray
    cell_path: FloatArray
    gate_paths: FloatArray


def split_by_path(
    trace: LSTMTrace,
    d_hidden: ArrayLike | None = None,
    d_cell: ArrayLike | None = None,
    *,
    d_final: Any = None,
) -> GradientPaths:
    """Split ∂L/∂c_t into the cell path and the gate paths; the loss is given as for ``LSTM.backward``.

    Raises:
        GatesError: the trace is not an LSTM's, or an array does not fit it.
    """
    cell: Any = trace.source
    if not isinstance(cell, LSTM):
        raise OptionError("error.engine.cell_path", kind=cell.kind.upper())
    total = cell.backward(trace, d_hidden, d_cell, d_final=d_final).signals.cell
    reorder = trace.reading.reorder
    run = BackwardRun(trace)
    slopes = bptt.lstm_slopes(cell, run)
    upstream_h, upstream_c = cell.upstream(trace, d_hidden, d_cell, d_final)
    upstream_h, upstream_c = (
        batch_last(reorder(upstream_h)),
        None if upstream_c is None else batch_last(reorder(upstream_c)),
    )
    kept, path = slopes[:, 0], np.empty_like(slopes[:, 0])
    back = np.zeros_like(kept[0])
    for t in range(trace.steps - 1, -1, -1):
        path[t] = back + slopes[t, 5] * _d_shown(cell, run, t, upstream_h[t])
        if upstream_c is not None:
            path[t] += upstream_c[t]
        back = kept[t] * path[t]
    cell_path = reorder(batch_last(path))
    return GradientPaths(total, cell_path, total - cell_path)


def forget_product(trace: LSTMTrace) -> FloatArray:
    """Return ∏f from each step to the run's last: what of c_t the forget gates keep to the end, (T, …, H).

    The last step read has 1: nothing has been forgotten after it.
    """
    reorder = trace.reading.reorder
    f = reorder(trace.forget)
    if trace.lengths is not None:
        f = np.where(reorder(trace.valid[..., None]), f, 1)
    after = np.concatenate([f[1:], np.ones_like(f[:1])])
    products: FloatArray = np.cumprod(after[::-1], axis=0)[::-1]
    return trace.reading.zero_padding(reorder(products))


def decay(bias: ArrayLike, steps: ArrayLike) -> FloatArray:
    """Return σ(bias)^steps: what a gate that only its bias moves keeps after so many steps.

    bias and steps may be arrays whose shapes go together, as NumPy broadcasts them.
    """
    return np.asarray(sigmoid(np.asarray(bias, dtype=np.float64)) ** np.asarray(steps))


def _d_shown(cell: LSTM, run: BackwardRun, t: int, upstream: FloatArray) -> FloatArray:
    """Return ∂L/∂(o⊙tanh c) of what the loss asks of h at step t (in reading order)."""
    if cell.projection is None:
        return upstream
    open_h = np.ones_like(run["hidden"])
    run.zero_clamped(open_h, "hidden")
    return np.asarray(cell.projection.T @ (open_h[t] * upstream))


def step_maps(trace: Trace) -> Iterator[StepMaps]:
    """Yield every step's derivatives in reading order.

    Raises:
        ShapeError: the trace is a batch's.
    """
    if trace.x.ndim != 2:
        raise ShapeError("error.engine.single", shape=trace.x.shape)
    cell: Any = trace.source
    run = BackwardRun(trace)
    if isinstance(cell, Stepwise):
        return _stepwise_maps(cell, trace)
    if isinstance(cell, RNN):
        return _rnn_maps(cell, run)
    return _lstm_maps(cell, run) if isinstance(cell, LSTM) else _gru_maps(cell, run)


def _stepwise_maps(cell: Stepwise[Any], trace: Trace) -> Iterator[StepMaps]:
    """Go back through each step from every entry of its state alone: what arrives are the Jacobian's rows."""
    shapes = cell.state_shapes
    if any(len(shape) > 1 for shape in shapes.values()):
        raise OptionError("error.engine.matrix_state", kind=type(cell).__name__)
    n = sum(size for (size,) in shapes.values())
    ends = np.cumsum([size for (size,) in shapes.values()])[:-1]
    units = dict(zip(shapes, np.split(np.eye(n, dtype=cell.dtype), ends, axis=1), strict=True))
    gradients = [
        cell.step_back(step, units, trace.clamps.gradient_mask(t)) for t, step in list(steps_of(trace))[::-1]
    ]
    for back in gradients:
        rows = np.concatenate([back.state[name] for name in shapes], axis=1)
        yield StepMaps(rows, np.broadcast_to(back.pre, (n, back.pre.shape[-1])) @ cell.W)


def _rnn_maps(cell: RNN, run: BackwardRun) -> Iterator[StepMaps]:
    for slope in bptt.rnn_slopes(cell, run):
        yield StepMaps(slope[:, None] * cell.U, slope[:, None] * cell.W)


def _lstm_maps(cell: LSTM, run: BackwardRun) -> Iterator[StepMaps]:
    U, W = np.split(cell.U, 4), np.split(cell.W, 4)
    p_i, p_f, p_o = np.zeros((3, cell.hidden)) if cell.peephole is None else cell.peephole
    open_h = np.ones_like(run["hidden"])
    run.zero_clamped(open_h, "hidden")
    R = np.eye(cell.hidden, dtype=cell.dtype) if cell.projection is None else cell.projection
    for (f, a_i, a_f, a_g, a_o, d), open_t in zip(bptt.lstm_slopes(cell, run), open_h, strict=True):
        F = np.diag(f + a_i * p_i + a_f * p_f)
        D = (d + a_o * p_o)[:, None]
        R_t = open_t[:, None] * R
        A, A_x = (a_i[:, None] * M[0] + a_f[:, None] * M[1] + a_g[:, None] * M[2] for M in (U, W))
        B, B_x = a_o[:, None] * U[3], a_o[:, None] * W[3]
        yield StepMaps(
            np.block([[R_t @ (D * A + B), R_t @ (D * F)], [A, F]]),
            np.concatenate([R_t @ (D * A_x + B_x), A_x]),
        )


def _gru_maps(cell: GRU, run: BackwardRun) -> Iterator[StepMaps]:
    (U_r, U_z, U_n), (W_r, W_z, W_n) = np.split(cell.U, 3), np.split(cell.W, 3)
    after = cell.reset == "after"
    for slopes in bptt.gru_slopes(cell, run, after):
        a_n, z, a_z, *of_reset = (slope[:, None] for slope in slopes)
        r, a_r = of_reset if after else of_reset[::-1]
        if after:
            K, K_x = r * U_n + a_r * U_r, W_n + a_r * W_r
        else:
            K, K_x = U_n @ (np.diag(r[:, 0]) + a_r * U_r), W_n + U_n @ (a_r * W_r)
        yield StepMaps(np.diag(z[:, 0]) + a_z * U_z + a_n * K, a_z * W_z + a_n * K_x)
