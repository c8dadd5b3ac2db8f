"""Values: the cells against PyTorch, and the GRU that PyTorch does not have against plain Python."""

import math

import numpy as np
import pytest
import torch

from gates import GRU, LSTM
from tests.cells.torch_cells import KINDS, pair, run

LIMITS = {np.float64: 1e-12, np.float32: 1e-6}


@pytest.mark.parametrize("dtype", LIMITS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("inputs", "hidden", "shape"), [(3, 5, (9,)), (1, 1, (30,)), (7, 32, (20, 4))])
def test_cells_agree_with_torch(kind, dtype, inputs, hidden, shape):
    module, cell = pair(kind, inputs, hidden, dtype)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(*shape, inputs)).astype(dtype)
    start = [rng.normal(size=(*shape[1:], hidden)).astype(dtype) for _ in range(2 if kind == "lstm" else 1)]
    theirs = tuple(torch.from_numpy(part)[None] for part in start)
    output, final = run(module, x, theirs if kind == "lstm" else theirs[0])

    trace = cell.run(x, tuple(start) if kind == "lstm" else start[0])

    assert trace.hidden.dtype == dtype
    scale = max(1, abs(output).max())  # a relu state has no bound
    assert abs(trace.hidden - output).max() <= LIMITS[dtype] * scale
    assert abs(trace.final_hidden - final[0][0]).max() <= LIMITS[dtype] * scale
    if kind == "lstm":
        assert abs(trace.final_cell - final[1][0]).max() <= LIMITS[dtype]


def test_gru_with_reset_before_agrees_with_plain_python():
    cell = GRU.init(inputs=3, hidden=4, rng=2, reset="before")
    x = np.random.default_rng(3).normal(size=(8, 3))
    W, U, b = cell.W.tolist(), cell.U.tolist(), cell.b.tolist()
    h = [0.1, -0.2, 0.3, -0.4]

    def row(k, x_t, state):
        dot = lambda w, v: sum(a * b for a, b in zip(w, v, strict=True))  # noqa: E731
        return b[k] + dot(W[k], x_t) + dot(U[k], state)

    def σ(a):
        return 1 / (1 + math.exp(-a))

    expected = []
    for x_t in x.tolist():
        r = [σ(row(k, x_t, h)) for k in range(4)]
        z = [σ(row(4 + k, x_t, h)) for k in range(4)]
        n = [math.tanh(row(8 + k, x_t, [a * b for a, b in zip(r, h, strict=True)])) for k in range(4)]
        h = [z[k] * h[k] + (1 - z[k]) * n[k] for k in range(4)]
        expected.append(h)

    assert abs(cell.run(x, [0.1, -0.2, 0.3, -0.4]).hidden - expected).max() <= 1e-12


def test_gru_before_and_after_differ():
    before = GRU.init(inputs=3, hidden=4, rng=2, reset="before")
    after = GRU(before.W, before.U, before.b, reset="after")
    x = np.random.default_rng(3).normal(size=(8, 3))
    assert abs(before.run(x).hidden - after.run(x).hidden).max() > 1e-3


def test_trace_adds_up():
    cell = LSTM.init(inputs=3, hidden=4, rng=0)
    trace = cell.run(np.random.default_rng(1).normal(size=(6, 3)))
    for part in cell.parts:
        terms = trace.terms(part)
        assert abs(terms.x + terms.bias + terms.h - trace.pre[part]).max() < 1e-15
    assert abs(trace.kept + trace.written - trace.cell).max() < 1e-15
    assert abs(trace.output * np.tanh(trace.cell) - trace.hidden).max() < 1e-15
