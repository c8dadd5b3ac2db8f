"""The fast way through time: the same numbers as the cells' ``equations``, with few calls a step.

What makes it fast, in all three cells:

- W, U and b stand side by side in one matrix M = [U | W | b], the run's h₋₁, x and 1 one below another in one
  row, so that a step's pre-activations are one product. h is written where the next step's row reads it.
- Gates use the negated matrix, for σ(a) = 1/(1+e⁻ᵃ) begins with −a.
- All results go into arrays made before the loop, and the loop's views are made by ``zip``, not by indexing.
- A batch is laid out (T, n, B): blocks of rows, such as one gate, then are contiguous.

The equations remain the definition: a test holds every array here equal to them.
"""

from __future__ import annotations

import math
from itertools import accumulate
from typing import Any

import numpy as np

from gates.core.activations import FloatArray
from gates.core.sequences import AnyArray

Arrays = dict[str, Any]


def batch_last(array: AnyArray) -> AnyArray:
    """Turn a batch (T, B, n) into the layout (T, n, B) and back; leave a single sequence (T, n) alone."""
    return array if array.ndim == 2 else array.swapaxes(1, 2)


def fused_matrix(W: FloatArray, U: FloatArray, b: FloatArray) -> FloatArray:
    """Return [U | W | b], (G·H, H + I + 1).

    It lies column by column in memory, which suits a product with one vector.
    """
    return np.asfortranarray(np.concatenate([U, W, b[:, None]], axis=1))


def allocate(dtype: np.dtype[Any], *shapes: tuple[int, ...]) -> list[FloatArray]:
    """Return uninitialised arrays of these shapes in one block of memory.

    The system hands out and takes back one large block far more cheaply than several smaller ones, whose
    pages it would map anew in each run; that can cost more than all the arithmetic.
    """
    ends = list(accumulate(math.prod(shape) for shape in shapes))
    block = np.empty(ends[-1], dtype)
    return [
        block[start:end].reshape(shape) for start, end, shape in zip([0, *ends], ends, shapes, strict=False)
    ]


def fill_inputs(rows: FloatArray, x: FloatArray, h: FloatArray) -> None:
    """Fill the rows [h₋₁, x, 1] of all steps, (T+1, H+I+1, …), with x, 1 and the first h."""
    H = h.shape[-1]
    rows[0, :H] = h.T
    rows[:-1, H:-1] = batch_last(x)
    rows[:, -1] = 1


def rnn(M: FloatArray, φ: np.ufunc | Any, x: FloatArray, h: FloatArray) -> Arrays:
    """Run h = φ(M [h₋₁, x, 1]); M is (H, H+I+1), φ takes an ``out``."""
    T, H, I, batch = _sizes(x, h)
    rows, pre = allocate(x.dtype, (T + 1, H + I + 1, *batch), (T, H, *batch))
    fill_inputs(rows, x, h)
    product = M.dot
    for row, a, h_t in zip(rows, pre, rows[1:, :H], strict=False):
        product(row, a)
        φ(a, h_t)
    hidden = batch_last(rows[1:, :H])
    return {
        "hidden": hidden,
        "previous_hidden": batch_last(rows[:-1, :H]),
        "pre_block": batch_last(pre),
        "part_block": hidden,
    }


def lstm(negated: FloatArray, x: FloatArray, h: FloatArray, c: FloatArray) -> Arrays:
    """Run an LSTM; ``negated`` is −[U | W | b], (4H, H+I+1), rows i, f, g, o.

    With e = e⁻ᵃ a gated value is a quotient, i⊙g = g/(1+e_i), which saves the reciprocals; and −g stands
    beside c₋₁, so that both quotients of c = c₋₁/(1+e_f) − (−g)/(1+e_i) are one division.
    """
    T, H, I, batch = _sizes(x, h)
    rows, g_and_c, pre, parts, quotients, tanh_c, ones = allocate(
        x.dtype, (T + 1, H + I + 1, *batch), (T + 1, 2 * H, *batch), *2 * [(T, 4 * H, *batch)],
        (2 * H, *batch), (H, *batch), (4 * H, *batch),
    )  # fmt: skip
    fill_inputs(rows, x, h)
    g_and_c[0, H:] = c.T  # −g beside c₋₁; and pre is −a until the end
    ones[...] = 1
    # 1 + e of each step is wanted again at the end; where it is short, e⁻ᵃ anew costs less than views here.
    short = ones.size < 256
    e: list[Any] = [parts, parts[:, : 2 * H], parts[:, 3 * H :]]
    if short:
        e = [[part] * T for part in (e[0][0], e[1][0], e[2][0])]
    written, kept = quotients[:H], quotients[H:]
    product, exp, add, subtract, divide, tanh = (
        negated.dot, np.exp, np.add, np.subtract, np.divide, np.tanh,
    )  # fmt: skip

    for row, h_t, a, a_g, both, g, c_t, one_e, one_e_if, one_e_o in zip(
        rows, rows[1:, :H], pre, pre[:, 2 * H : 3 * H],
        g_and_c, g_and_c[:, :H], g_and_c[1:, H:], *e, strict=False,
    ):  # fmt: skip
        product(row, a)
        exp(a, one_e)
        add(one_e, ones, one_e)
        tanh(a_g, g)
        divide(both, one_e_if, quotients)
        subtract(kept, written, c_t)
        tanh(c_t, tanh_c)
        divide(tanh_c, one_e_o, h_t)

    if short:
        np.exp(pre, parts)
        np.add(parts, 1, parts)
    np.reciprocal(parts, parts)
    np.negative(g_and_c[:-1, :H], parts[:, 2 * H : 3 * H])
    np.negative(pre, pre)
    cell = g_and_c[1:, H:]
    return {
        "hidden": batch_last(rows[1:, :H]), "previous_hidden": batch_last(rows[:-1, :H]),
        "cell": batch_last(cell), "previous_cell": batch_last(g_and_c[:-1, H:]),
        "tanh_cell": batch_last(np.tanh(cell)),
        "pre_block": batch_last(pre), "part_block": batch_last(parts),
    }  # fmt: skip


def gru(
    negated: FloatArray, M_n: FloatArray, W_n: FloatArray, b_n: FloatArray,
    after: bool, x: FloatArray, h: FloatArray,
) -> Arrays:  # fmt: skip
    """Run a GRU; ``negated`` is −[U | W | b] of r and z, (2H, H+I+1).

    The reset after the product: M_n is [U_n | b_hn], (H, H+I+1) with 0 for x. Before it: U_n, (H, H).
    """
    T, H, I, batch = _sizes(x, h)
    rows, recurrent, pre, parts, e, ones, kept, written = allocate(
        x.dtype, (T + 1, H + I + 1, *batch), (T, H, *batch), *2 * [(T, 3 * H, *batch)],
        *2 * [(2 * H, *batch)], *2 * [(H, *batch)],
    )  # fmt: skip
    fill_inputs(rows, x, h)
    ones[...] = 1
    ones_h = ones[:H]
    x_n = batch_last(x @ W_n.T + b_n)
    exp, add, subtract, multiply, reciprocal, tanh = (
        np.exp, np.add, np.subtract, np.multiply, np.reciprocal, np.tanh,
    )  # fmt: skip
    look, propose = negated.dot, M_n.dot

    for row, h_last, h_t, a_rz, a_n, r, z, rz, n, u, x_t in zip(
        rows, rows[:, :H], rows[1:, :H], pre[:, : 2 * H], pre[:, 2 * H :],
        parts[:, :H], parts[:, H : 2 * H], parts[:, : 2 * H], parts[:, 2 * H :], recurrent, x_n, strict=False,
    ):  # fmt: skip
        look(row, a_rz)
        exp(a_rz, e)
        add(e, ones, e)
        reciprocal(e, rz)
        if after:
            propose(row, u)
            multiply(r, u, a_n)
            add(a_n, x_t, a_n)
        else:
            multiply(r, h_last, kept)
            propose(kept, u)
            add(u, x_t, a_n)
        tanh(a_n, n)
        multiply(z, h_last, kept)
        subtract(ones_h, z, written)
        multiply(written, n, written)
        add(kept, written, h_t)

    np.negative(pre[:, : 2 * H], pre[:, : 2 * H])
    return {
        "hidden": batch_last(rows[1:, :H]), "previous_hidden": batch_last(rows[:-1, :H]),
        "recurrent": batch_last(recurrent), "pre_block": batch_last(pre), "part_block": batch_last(parts),
    }  # fmt: skip


def _sizes(x: FloatArray, h: FloatArray) -> tuple[int, int, int, tuple[int, ...]]:
    """Return T, H, I and the batch's shape, () or (B,)."""
    return len(x), h.shape[-1], x.shape[-1], x.shape[1:-1]
