"""The engine against PyTorch: ``python -m tests.bench engine``.

Each row runs both sides by turns in this process, float32, one thread on one core, and compares their least
times. Ours records every gate of every step; ``torch.nn`` records none; the hand-written loops record the
same gates. Three tables say what NumPy itself takes: a run's matrix-vector products alone, and as many calls
as it makes on arrays of four numbers.
"""

from __future__ import annotations

import numpy as np
import torch

from gates import GRU, LSTM
from tests.bench._timing import Comparison, compare, on_one_core, show

I = 16  # inputs


def cell_and_input(kind, B, T, H):
    """One of our cells and its input, single or batched."""
    rng = np.random.default_rng(0)
    cell = kind.init(I, H, rng, dtype=np.float32)
    return cell, rng.normal(size=(T, I) if B == 1 else (T, B, I)).astype(np.float32)


def module_and_input(kind, B, T, H):
    module = {LSTM: torch.nn.LSTM, GRU: torch.nn.GRU}[kind](I, H)
    return module, torch.randn(T, B, I)


def no_grad(program):
    def run():
        with torch.no_grad():
            return program()

    return run


def lstm_loop(module, x):
    """An LSTM as one writes it in PyTorch to see its gates."""
    W, U, b = module.weight_ih_l0, module.weight_hh_l0, module.bias_ih_l0 + module.bias_hh_l0
    h = c = torch.zeros(x.shape[1], module.hidden_size)
    record = []
    for x_t in x:
        i, f, g, o = (x_t @ W.T + h @ U.T + b).chunk(4, -1)
        i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
        c = f * c + i * g
        h = o * torch.tanh(c)
        record.append((i, f, g, o, c, h))
    return record


def gru_loop(module, x):
    """A GRU as one writes it in PyTorch to see its gates."""
    W, U, b, b_h = module.weight_ih_l0, module.weight_hh_l0, module.bias_ih_l0, module.bias_hh_l0
    h = torch.zeros(x.shape[1], module.hidden_size)
    record = []
    for x_t in x:
        x_r, x_z, x_n = (x_t @ W.T + b).chunk(3, -1)
        h_r, h_z, h_n = (h @ U.T + b_h).chunk(3, -1)
        r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
        n = torch.tanh(x_n + r * h_n)
        h = (1 - z) * n + z * h
        record.append((r, z, n, h))
    return record


LOOPS = {LSTM: lstm_loop, GRU: gru_loop}


def against_module(kind, B, T, H, target):
    cell, x = cell_and_input(kind, B, T, H)
    module, x_t = module_and_input(kind, B, T, H)
    name = f"{cell.kind.upper()} B {B} T {T} H {H}"
    return compare(name, lambda: cell.run(x), no_grad(lambda: module(x_t)), target)


def against_loop(kind, B, T, H, target):
    cell, x = cell_and_input(kind, B, T, H)
    module, x_t = module_and_input(kind, B, T, H)
    name = f"{cell.kind.upper()} B {B} T {T} H {H}"
    return compare(name, lambda: cell.run(x), no_grad(lambda: LOOPS[kind](module, x_t)), target)


def products(cell, x):
    """Nothing but the matrix-vector products of a run."""
    M = np.asfortranarray(np.concatenate([cell.U, cell.W, cell.b[:, None]], axis=1))
    rows = np.random.default_rng(1).normal(size=(len(x), M.shape[1])).astype(np.float32)
    out = np.empty(len(M), np.float32)

    def run():
        for row in rows:
            M.dot(row, out)

    return run


def calls(steps):
    """As many calls of NumPy as an LSTM's run makes, each on next to nothing."""
    one, row, out = np.ones((4, 4), np.float32), np.ones(4, np.float32), np.ones(4, np.float32)

    def run():
        for _ in range(steps):
            one.dot(row, out)
            np.exp(out, out)
            np.add(out, row, out)
            np.tanh(row, out)
            np.divide(out, row, out)
            np.subtract(out, row, out)
            np.tanh(row, out)
            np.divide(out, row, out)

    return run


def against_products(T, H, target):
    cell, x = cell_and_input(LSTM, 1, T, H)
    return compare(f"LSTM B 1 T {T} H {H}", lambda: cell.run(x), products(cell, x), target)


def products_against_module(T, H, target):
    cell, x = cell_and_input(LSTM, 1, T, H)
    module, x_t = module_and_input(LSTM, 1, T, H)
    return compare(f"LSTM B 1 T {T} H {H}", products(cell, x), no_grad(lambda: module(x_t)), target)


def calls_against_module(T, H, target):
    module, x_t = module_and_input(LSTM, 1, T, H)
    return compare(f"LSTM B 1 T {T} H {H}", calls(T), no_grad(lambda: module(x_t)), target)


def run_and_backprop(cell, x):
    d = np.random.default_rng(2).normal(size=(*x.shape[:-1], cell.hidden)).astype(np.float32)
    return lambda: cell.backward(cell.run(x), d)


def back_against_module(kind, B, T, H, target):
    cell, x = cell_and_input(kind, B, T, H)
    module, x_t = module_and_input(kind, B, T, H)
    d = torch.randn(T, B, H)

    def theirs():
        module.zero_grad()
        module(x_t.detach().requires_grad_())[0].backward(d)

    name = f"{cell.kind.upper()} B {B} T {T} H {H}"
    return compare(name, run_and_backprop(cell, x), theirs, target)


def back_against_loop(kind, B, T, H, target):
    cell, x = cell_and_input(kind, B, T, H)
    module, x_t = module_and_input(kind, B, T, H)
    d = torch.randn(T, B, H)

    def theirs():
        module.zero_grad()
        record = LOOPS[kind](module, x_t.detach().requires_grad_())
        for signals in record:
            for signal in signals:
                signal.retain_grad()
        torch.stack([signals[-1] for signals in record]).backward(d)

    name = f"{cell.kind.upper()} B {B} T {T} H {H}"
    return compare(name, run_and_backprop(cell, x), theirs, target)


SIZES = (16, 64, 256)
TARGETS = {16: 1.8, 64: 2.5, 256: 1.4}
"""The greatest ratio to torch.nn.LSTM at batch 1, by hidden units."""
TABLES = [
    (
        "Every gate of every step, against torch.nn.LSTM that shows none",
        against_module,
        [
            *((LSTM, 1, T, H, target) for H, target in TARGETS.items() for T in (100, 1000)),
            *((LSTM, 32, 100, H, None) for H in SIZES),
        ],
    ),
    (
        "The same, against nothing but its own matrix-vector products",
        against_products,
        [(T, H, None) for H in TARGETS for T in (100, 1000)],
    ),
    (
        "These products alone, against torch.nn.LSTM",
        products_against_module,
        [(T, H, None) for H in TARGETS for T in (100, 1000)],
    ),
    (
        "As many calls of NumPy on arrays of four numbers, against torch.nn.LSTM",
        calls_against_module,
        [(T, H, None) for H in TARGETS for T in (100, 1000)],
    ),
    (
        "Every gate of every step, against torch.nn.GRU that shows none",
        against_module,
        [(GRU, B, 100, H, 0.5 if B == 1 else 0.7) for B in (1, 32) for H in SIZES],
    ),
    (
        "Every gate of every step, against a torch loop that records them",
        against_loop,
        [(kind, B, 100, H, 0.4 if B == 1 else 1.0) for kind in (LSTM, GRU) for B in (1, 32) for H in SIZES],
    ),
    (
        "Forward and back with every signal's gradient, against autograd through torch.nn",
        back_against_module,
        [(kind, B, 100, H, 2.0) for kind in (LSTM, GRU) for B in (1, 32) for H in SIZES],
    ),
    (
        "Forward and back, against autograd through a loop that retains every signal's gradient",
        back_against_loop,
        [(kind, B, 100, H, 0.5) for kind in (LSTM, GRU) for B in (1, 32) for H in (16, 64)],
    ),
]


def main() -> list[Comparison]:
    """Print all tables; return their rows."""
    on_one_core()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    everything = []
    for title, benchmark, cases in TABLES:
        rows = [benchmark(*case) for case in cases]
        print(f"\n{title}")
        show(rows)
        everything += rows
    with_target = [row for row in everything if row.target is not None]
    missed = [row for row in with_target if row.ratio > row.target]
    print(f"\n{len(with_target) - len(missed)} of {len(with_target)} targets reached")
    return everything


if __name__ == "__main__":
    main()
