"""Backpropagation through time, exact for every cell and every option.

One loop a cell goes back through the steps. Before it, everything that does not depend on the gradient is
computed for all steps at once: the local slopes, in blocks that one product a step multiplies with what comes
back. Clamped entries have slope 0 there: nothing flows through a value that was put in from outside.

All arrays here are in reading order and laid out as in ``gates.cells.kernels``, (T, n) or (T, n, B). In the
names, d_x is ∂L/∂x.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gates.cells.kernels import allocate, batch_last
from gates.core.activations import FloatArray
from gates.core.sequences import BoolArray

Arrays = dict[str, Any]


class BackwardRun:
    """A run's trace seen from the way back: its arrays in reading order and laid out for the loops."""

    def __init__(self, trace: Any) -> None:
        self._trace = trace
        self._clamped: Mapping[str, BoolArray] = trace.clamps.masks

    def __getitem__(self, name: str) -> FloatArray:
        """Return one of the trace's arrays."""
        return batch_last(self._trace.reading.reorder(getattr(self._trace, name)))

    def zero_clamped(self, slopes: FloatArray, *signals: str) -> None:
        """Set ``slopes`` (T, n, …) to 0 in place where one of ``signals`` was clamped."""
        for signal in signals:
            if signal in self._clamped:
                slopes[batch_last(self._clamped[signal])] = 0

    def mask_clamped(self, d: FloatArray, signal: str) -> FloatArray:
        """Return ``d`` (T, n, …) with 0 where ``signal`` was clamped: what goes on to its equation."""
        return (
            np.where(batch_last(self._clamped[signal]), d.dtype.type(0), d) if signal in self._clamped else d
        )


def backpropagate(loop: Any, cell: Any, trace: Any, *upstream: FloatArray | None) -> Arrays:
    """Go back through ``trace`` by one of the loops below: lay out what the loss asks, turn back what comes.

    Returns gradients in sequence order, time first: ``signals`` and ``more`` by name, ``pre``, and ``state``.
    """
    reorder = trace.reading.reorder
    gradients = loop(
        cell, BackwardRun(trace), *(None if d is None else batch_last(reorder(d)) for d in upstream)
    )
    state = gradients["state"]
    return {
        "signals": {name: reorder(batch_last(d)) for name, d in gradients["signals"].items()},
        "pre": reorder(batch_last(gradients["pre"])),
        "state": tuple(d.T for d in state) if isinstance(state, tuple) else state.T,
        "more": {name: reorder(batch_last(d)) for name, d in gradients["more"].items()},
    }


def slope(cell: Any, run: BackwardRun, part: str, y: FloatArray) -> FloatArray:
    """Return the slope of a gate or candidate ``y`` by its pre-activation at each step, (T, H, …)."""
    slopes: FloatArray = cell.squashes[part].derivative(y, lambda: run["pre_block"][:, cell.rows(part)])
    return slopes


def rnn_slopes(cell: Any, run: BackwardRun) -> FloatArray:
    """Return the slopes of h by its pre-activation, (T, H, …)."""
    slopes = slope(cell, run, "hidden", run["hidden"])
    run.zero_clamped(slopes, "hidden")
    return slopes


def rnn(cell: Any, run: BackwardRun, d_hidden: FloatArray) -> Arrays:
    """Go back through an RNN; ``d_hidden`` (T, H, …) is what the loss asks of each step."""
    slopes = rnn_slopes(cell, run)
    dh, da = allocate(d_hidden.dtype, *2 * [d_hidden.shape])
    back = np.zeros(d_hidden.shape[1:], d_hidden.dtype)
    U_T = cell.U.T
    for upstream, dh_t, da_t, slope_t in zip(d_hidden[::-1], dh[::-1], da[::-1], slopes[::-1], strict=True):
        np.add(upstream, back, dh_t)
        np.multiply(slope_t, dh_t, da_t)
        np.dot(U_T, da_t, back)
    return {"signals": {"hidden": dh}, "pre": da, "state": back, "more": {}}


def lstm(cell: Any, run: BackwardRun, d_hidden: FloatArray, d_cell: FloatArray | None) -> Arrays:
    """Go back through an LSTM with any options; ``d_cell`` is what the loss asks of each step's cell.

    Slopes lie in six blocks of H rows. Four meet ∂L/∂c: f, the way to c₋₁, then the ways to a_i, a_f, a_g.
    Two meet ∂L/∂(o⊙tanh c): the way to a_o, then the way to c. The products lie in the same order, so that
    the four pre-activations' gradients are neighbours.
    """
    slopes = lstm_slopes(cell, run)
    T, _, H, *batch = slopes.shape
    products, dh, dc = allocate(slopes.dtype, slopes.shape, d_hidden.shape, (T, H, *batch))
    back, carry = np.zeros(d_hidden.shape[1:], d_hidden.dtype), np.zeros_like(dc[0])
    d_pre = products.reshape(T, 6 * H, *batch)[:, H : 5 * H]
    unproject = _unprojection(cell, run, d_hidden)
    ds = dh if unproject is None else np.empty_like(dc)
    peephole = None if cell.peephole is None else cell.peephole.reshape(3, H, *(1 for _ in batch))
    U_T, add, multiply, dot = cell.U.T, np.add, np.multiply, np.dot

    for t, upstream, dh_t, dc_t, ds_t, c_slopes, s_slopes, to_c, to_s, da in zip(
        range(T - 1, -1, -1), d_hidden[::-1], dh[::-1], dc[::-1], ds[::-1],
        slopes[::-1, :4], slopes[::-1, 4:], products[::-1, :4], products[::-1, 4:], d_pre[::-1], strict=True,
    ):  # fmt: skip
        add(upstream, back, dh_t)
        if unproject is not None:
            unproject(t, dh_t, ds_t)
        to_s[...] = ds_t  # spread, then multiplied in place: faster than one broadcast product
        multiply(s_slopes, to_s, to_s)
        add(to_s[1], carry, dc_t)
        if d_cell is not None:
            dc_t += d_cell[t]
        if peephole is not None:
            dc_t += peephole[2] * to_s[0]
        to_c[...] = dc_t
        multiply(c_slopes, to_c, to_c)
        carry = to_c[0]
        if peephole is not None:
            carry += peephole[0] * to_c[1] + peephole[1] * to_c[2]
        dot(U_T, da, back)

    run_signals = _lstm_signals(run, dh, dc, ds, cell.coupled)
    more = {} if cell.projection is None else {"projected": run.mask_clamped(dh, "hidden")}
    return {"signals": run_signals, "pre": d_pre, "state": (back, carry), "more": more}


def lstm_slopes(cell: Any, run: BackwardRun) -> FloatArray:
    """Return the slopes at each step, (T, 6, H, …).

    Of c by c₋₁ (f alone), a_i, a_f, a_g; then of o⊙tanh c by a_o, c.
    """
    i, f, g, o = np.split(run["part_block"], 4, axis=1)
    c_last, tanh_c = run["previous_cell"], run["tanh_cell"]
    T, H, *batch = i.shape
    slopes = np.empty((T, 6, H, *batch), i.dtype)
    kept, a_i, a_f, a_g, a_o, c = (slopes[:, k] for k in range(6))
    kept[:] = f
    np.multiply(g, slope(cell, run, "input", i), a_i)
    np.multiply(c_last, slope(cell, run, "forget", f), a_f)
    np.multiply(i, slope(cell, run, "candidate", g), a_g)
    np.multiply(tanh_c, slope(cell, run, "output", o), a_o)
    np.multiply(o, cell.squashes["cell"].derivative(tanh_c, lambda: run["cell"]), c)
    if cell.coupled:  # i = 1 − f: what f adds of the old memory it takes from the candidate
        a_i[:] = -g
        run.zero_clamped(a_i, "input")
        a_f[:] = (c_last + a_i) * slope(cell, run, "forget", f)
        a_i[:] = 0
    for gate, to_a in (("input", a_i), ("forget", a_f), ("candidate", a_g)):
        run.zero_clamped(to_a, gate, "cell")
        if gate in cell.without:
            to_a[:] = 0
    run.zero_clamped(kept, "cell")
    run.zero_clamped(a_o, "output")
    if "output" in cell.without:
        a_o[:] = 0
    if cell.projection is None:
        run.zero_clamped(a_o, "hidden")
        run.zero_clamped(c, "hidden")
    return slopes


def _unprojection(cell: Any, run: BackwardRun, d_hidden: FloatArray) -> Any:
    """Return how a step's ∂L/∂h becomes ∂L/∂(o⊙tanh c) if the LSTM projects: Rᵀ, where h is not clamped."""
    if cell.projection is None:
        return None
    open_h, R_T = np.ones_like(d_hidden), cell.projection.T
    run.zero_clamped(open_h, "hidden")

    def unproject(t: int, dh: FloatArray, ds: FloatArray) -> None:
        np.dot(R_T, open_h[t] * dh, ds)

    return unproject


def _lstm_signals(run: BackwardRun, dh: FloatArray, dc: FloatArray, ds: FloatArray, coupled: bool) -> Arrays:
    i, _, g, _ = np.split(run["part_block"], 4, axis=1)
    d_written = run.mask_clamped(dc, "cell")
    d_shown = run.mask_clamped(ds, "hidden") if ds is dh else ds
    d_input, d_forget = d_written * g, d_written * run["previous_cell"]
    if coupled:
        d_forget -= run.mask_clamped(d_input, "input")
    return {
        "forget": d_forget, "input": d_input, "candidate": d_written * i,
        "cell": dc, "output": d_shown * run["tanh_cell"], "hidden": dh,
    }  # fmt: skip


def gru(cell: Any, run: BackwardRun, d_hidden: FloatArray) -> Arrays:
    """Go back through a GRU, its reset before or after the product.

    Slopes lie in five blocks of H rows. Three meet ∂L/∂h: the way to a_n, the way straight to h₋₁ (z), the
    way to a_z. Two meet what comes back to r and to its partner: ∂L/∂a_n (after) or U_nᵀ ∂L/∂a_n (before).
    """
    after = cell.reset == "after"
    slopes = gru_slopes(cell, run, after)
    T, _, H, *batch = slopes.shape
    products, dh, reset_back = allocate(slopes.dtype, slopes.shape, *2 * [d_hidden.shape])
    back = np.zeros(d_hidden.shape[1:], d_hidden.dtype)
    order = ("update", "candidate", "reset") if after else ("update", "reset")
    block = products.reshape(T, 5 * H, *batch)[:, 2 * H : (2 + len(order)) * H]
    U_T = np.concatenate([cell.part(name).U for name in order]).T
    U_n_T, add, multiply, dot = cell.part("candidate").U.T, np.add, np.multiply, np.dot

    for upstream, dh_t, q, h_slopes, r_slopes, to_h, to_r, da in zip(
        d_hidden[::-1], dh[::-1], reset_back[::-1], slopes[::-1, :3], slopes[::-1, 3:],
        products[::-1, :3], products[::-1, 3:], block[::-1], strict=True,
    ):  # fmt: skip
        add(upstream, back, dh_t)
        to_h[...] = dh_t  # spread, then multiplied in place: faster than one broadcast product
        multiply(h_slopes, to_h, to_h)
        if after:
            to_r[...] = to_h[0]
            multiply(r_slopes, to_r, to_r)
            dot(U_T, da, back)
        else:
            dot(U_n_T, to_h[0], q)
            to_r[...] = q
            multiply(r_slopes, to_r, to_r)
            dot(U_T, da, back)
            back += to_r[1]
        back += to_h[1]

    d_n, d_z, d_r = products[:, 0], products[:, 2], products[:, 4 if after else 3]
    if after:
        reset_back = d_n
    signals = _gru_signals(run, dh, reset_back * run["recurrent" if after else "previous_hidden"])
    d_recurrent = products[:, 3] if after else d_n
    d_pre = np.concatenate([d_r, d_z, d_n], axis=1)
    return {"signals": signals, "pre": d_pre, "state": back, "more": {"recurrent": d_recurrent}}


def gru_slopes(cell: Any, run: BackwardRun, after: bool) -> FloatArray:
    """Return the slopes at each step, (T, 5, H, …).

    Of h by a_n, h₋₁ (z alone), a_z. Then, after: of r⊙recurrent by recurrent, a_r;
    before: of r⊙h₋₁ by a_r, h₋₁.
    """
    r, z, n = np.split(run["part_block"], 3, axis=1)
    h_last = run["previous_hidden"]
    T, H, *batch = r.shape
    slopes = np.empty((T, 5, H, *batch), r.dtype)
    a_n, kept, a_z = (slopes[:, k] for k in range(3))
    np.multiply(1 - z, slope(cell, run, "candidate", n), a_n)
    kept[:] = z
    np.multiply(h_last - n, slope(cell, run, "update", z), a_z)
    run.zero_clamped(a_n, "hidden", "candidate")
    run.zero_clamped(kept, "hidden")
    run.zero_clamped(a_z, "hidden", "update")
    partner, a_r = (slopes[:, 3], slopes[:, 4]) if after else (slopes[:, 4], slopes[:, 3])
    partner[:] = r
    np.multiply(run["recurrent"] if after else h_last, slope(cell, run, "reset", r), a_r)
    run.zero_clamped(a_r, "reset")
    return slopes


def _gru_signals(run: BackwardRun, dh: FloatArray, d_reset: FloatArray) -> Arrays:
    _, z, n = np.split(run["part_block"], 3, axis=1)
    d_new = run.mask_clamped(dh, "hidden")
    return {
        "reset": d_reset, "update": d_new * (run["previous_hidden"] - n), "candidate": d_new * (1 - z),
        "hidden": dh,
    }  # fmt: skip
