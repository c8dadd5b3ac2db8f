"""Cells, clamps and losses for tests of gradients, and what a gradient is compared with."""

from dataclasses import replace

import numpy as np
import torch

from gates import GRU, LSTM, RNN, Clamp
from gates.core.activations import Activation
from tests.cells.torch_loops import gradient, loop

T, B, I, H, P = 7, 3, 2, 4, 3


RNG = np.random.default_rng(0)


LSTM_CELL = LSTM.init(I, H, 2)


PEEPHOLE = RNG.normal(size=(3, H))


R = RNG.normal(size=(P, H))


PROJECTS = LSTM(LSTM_CELL.W, RNG.normal(size=(4 * H, P)), LSTM_CELL.b, projection=R)


CELLS = {
    "rnn tanh": RNN.init(I, H, 0),
    "rnn relu": RNN.init(I, H, 1, activation="relu"),
    "lstm": LSTM_CELL,
    "lstm peephole": replace(LSTM_CELL, peephole=PEEPHOLE),
    "lstm coupled": replace(LSTM_CELL, coupled=True),
    "lstm coupled peephole": replace(LSTM_CELL, coupled=True, peephole=PEEPHOLE),
    "lstm no forget": replace(LSTM_CELL, without={"forget"}),
    "lstm no input": replace(LSTM_CELL, without={"input"}),
    "lstm no output": replace(LSTM_CELL, without={"output"}),
    "lstm no gates, peephole": replace(LSTM_CELL, without={"input", "forget", "output"}, peephole=PEEPHOLE),
    "lstm projection": PROJECTS,
    "lstm projection peephole": replace(PROJECTS, peephole=PEEPHOLE),
    "gru after": GRU.init(I, H, 3, reset="after"),
    "gru before": GRU.init(I, H, 4, reset="before"),
    "lstm niaf": replace(LSTM_CELL, candidate_activation="identity"),
    "lstm noaf": replace(LSTM_CELL, cell_activation="identity"),
    "lstm onnx": replace(
        LSTM_CELL,
        gate_activation=Activation("hard_sigmoid", 0.3, 0.4),
        candidate_activation="softsign",
        cell_activation=Activation("scaled_tanh", 1.7, 0.6),
        clip=0.9,
        peephole=PEEPHOLE,
    ),
    "gru onnx": replace(GRU.init(I, H, 5), gate_activation="softsign", candidate_activation="elu", clip=0.7),
    "gru before hard": replace(GRU.init(I, H, 6, reset="before"), gate_activation="hard_sigmoid"),
    "rnn softplus clip": replace(RNN.init(I, H, 7, activation="softplus"), clip=0.8),
}


CLAMPS = {
    "none": lambda cell: [],
    "one of each": lambda cell: [
        Clamp(signal, 0.3 + 0.1 * k, units=[k % 3, 1], steps=range(k % 4, 6))
        for k, signal in enumerate(cell.signals)
        if signal != "x"
    ],
    "whole states": lambda cell: [
        Clamp(signal, 0.25, steps=[3]) for signal in cell.signals if signal in ("hidden", "cell")
    ],
}


def in_pairs(names, clamps, last):
    """Each name with each kind of clamps, and each of both with each of two values of a third."""
    return [(name, kind, last[(i + j) % 2]) for i, name in enumerate(names) for j, kind in enumerate(clamps)]


def problem(cell, batch, rng):
    """An input, a state and random weights of a loss that reads every h and c."""
    x = rng.normal(size=(T, *batch, cell.inputs))
    shapes = state_shapes(cell)
    state = {name: rng.normal(size=(*batch, *shape)) for name, shape in shapes.items()}
    if "normaliser" in state:
        state["normaliser"] = 1 + abs(
            state["normaliser"]
        )  # what c is divided by is a sum of positive numbers
    read = {"hidden": (cell.outputs,)} | {name: shapes[name] for name in shapes if name == "cell"}
    return x, tuple(state.values()), tuple(rng.normal(size=(T, *batch, *shape)) for shape in read.values())


def state_shapes(cell):
    if cell.kind == "lstm":
        return {"hidden": (cell.outputs,), "cell": (cell.hidden,)}
    return getattr(cell, "state_shapes", {"hidden": (cell.outputs,)})


def as_state(state):
    return state if len(state) > 1 else state[0]


def as_parts(state):
    return state if isinstance(state, tuple) else (state,)


def assert_gradients_equal_autograd(cell, clamps, batch):
    x, state, upstream = problem(cell, batch, np.random.default_rng(5))
    weights, x_t, state_t, signals, keep = loop(cell, x, state, clamps)
    read = zip(upstream, ("hidden", "cell"), strict=False)
    sum((torch.from_numpy(d) * signals[name]).sum() for d, name in read).backward()

    trace = cell.run(x, as_state(state), clamps)
    grads = cell.backward(trace, *upstream)

    for signal, expected in signals.items():
        ours = trace.pre[signal[4:]] if signal.startswith("pre.") else getattr(trace, signal)
        assert gap(ours, expected.detach().numpy()) <= 1e-12, signal
    for signal, parts in keep.signals.items():
        ours = grads.signals.pre[signal[4:]] if signal.startswith("pre.") else grads.signals[signal]
        assert gap(ours, gradient(parts)) <= 1e-10, signal
    for weight, tensor in weights.items():
        expected = np.zeros(tensor.shape) if tensor.grad is None else tensor.grad.numpy()
        assert gap(grads.weights[weight], expected) <= 1e-10, weight
    assert gap(grads.inputs, x_t.grad.numpy()) <= 1e-10
    for d, part in zip(as_parts(grads.state), state_t, strict=True):
        assert gap(d, part.grad.numpy()) <= 1e-10


def gap(ours, expected):
    """The largest difference, relative to the largest number where that is beyond 1."""
    return abs(ours - expected).max() / max(1, abs(expected).max())


def assert_gradients_equal_central_differences(cell):
    rng = np.random.default_rng(6)
    x, state, upstream = problem(cell, (), rng)

    def loss(cell, x, state):
        trace = cell.run(x, as_state(state))
        return sum(np.vdot(d, getattr(trace, s)) for d, s in zip(upstream, ("hidden", "cell"), strict=False))

    grads = cell.backward(cell.run(x, as_state(state)), *upstream)
    ε = 1e-5
    for weight, array in cell.arrays().items():
        direction = rng.normal(size=array.shape)
        if weight == "b_hn" and cell.reset == "before":
            continue  # there is none to vary
        up, down = (loss(replace(cell, **{weight: array + s * ε * direction}), x, state) for s in (1, -1))
        assert np.isclose(
            (up - down) / (2 * ε), np.vdot(grads.weights[weight], direction), rtol=1e-6, atol=1e-8
        )
    direction = rng.normal(size=x.shape)
    slope = (loss(cell, x + ε * direction, state) - loss(cell, x - ε * direction, state)) / (2 * ε)
    assert np.isclose(slope, np.vdot(grads.inputs, direction), rtol=1e-6, atol=1e-8)


def assert_lengths_are_a_loop_over_single_sequences(cell, reverse, clamps):
    lengths = [T, 1, 4]
    x, state, upstream = problem(cell, (B,), np.random.default_rng(7))
    final = tuple(np.random.default_rng(8).normal(size=part.shape) for part in state)
    whole = cell.backward(
        cell.run(x, as_state(state), clamps, lengths, reverse=reverse), *upstream, d_final=as_state(final)
    )
    total = 0
    for b, length in enumerate(lengths):
        own = [Clamp(c.signal, c.value, c.units, [t for t in c.steps if t < length]) for c in clamps]
        trace = cell.run(x[:length, b], as_state([part[b] for part in state]), own, reverse=reverse)
        d_final = as_state([part[b] for part in final])
        alone = cell.backward(trace, *(d[:length, b] for d in upstream), d_final=d_final)
        assert abs(whole.inputs[:length, b] - alone.inputs).max() < 1e-12
        assert not whole.inputs[length:, b].any()
        for signal, d in alone.signals.items():
            assert abs(whole.signals[signal][:length, b] - d).max() < 1e-12
            assert not whole.signals[signal][length:, b].any()
        for d, own_d in zip(as_parts(whole.state), as_parts(alone.state), strict=True):
            assert abs(d[b] - own_d).max() < 1e-12
        total += alone.weights.W
    assert abs(whole.weights.W - total).max() < 1e-12


def assert_one_state_is_for_each_sequence(cell):
    x, state, _ = problem(cell, (B,), np.random.default_rng(3))
    one = as_state([part[1] for part in state])
    together = cell.run(x, one)
    for b in range(B):
        alone = cell.run(x[:, b], one)
        for signal in alone.signals:
            assert gap(getattr(together, signal)[:, b], getattr(alone, signal)) <= 1e-12, signal
