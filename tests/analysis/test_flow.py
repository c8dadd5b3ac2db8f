"""Gradient flow: closed forms against autograd and against the backward pass, and the measured figures."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gates import GRU, LSTM, RNN, Clamp, GatesError
from gates.analysis import flow
from tests.cells.gradients import CELLS, CLAMPS, as_parts, as_state, in_pairs, problem
from tests.cells.torch_loops import gru_step, lstm_step, rnn_step, tensors

STEPS = {"rnn": rnn_step, "lstm": lstm_step, "gru": gru_step}


def keep(name, value):
    return value


@pytest.mark.parametrize("name", CELLS)
def test_step_jacobians_equal_autograd(name):
    cell = CELLS[name]
    x, state, _ = problem(cell, (), np.random.default_rng(0))
    trace = cell.run(x, as_state(state))
    weights = {k: v.detach() for k, v in tensors(cell).items()}
    before = trace.initial_hidden if cell.kind != "lstm" else np.r_[trace.initial_hidden, trace.initial_cell]
    for t, J in enumerate(flow.step_jacobians(trace)):

        def step(flat, t=t):
            parts = (flat[: cell.outputs], flat[cell.outputs :]) if cell.kind == "lstm" else (flat,)
            return torch.cat(STEPS[cell.kind](cell, weights, torch.tensor(x[t]), parts, keep))

        expected = torch.autograd.functional.jacobian(step, torch.tensor(before))
        assert abs(J - expected.numpy()).max() < 1e-14
        before = np.concatenate([part[t] for part in as_parts(trace.state)])


@pytest.mark.parametrize(("name", "clamps", "reverse"), in_pairs(CELLS, CLAMPS, (False, True)))
def test_jacobians_multiply_to_the_backward_pass(name, clamps, reverse):
    cell = CELLS[name]
    x, state, _ = problem(cell, (), np.random.default_rng(1))
    trace = cell.run(x, as_state(state), CLAMPS[clamps](cell), reverse=reverse)
    total = np.eye(sum(part.size for part in state))
    for J in flow.step_jacobians(trace)[:: -1 if reverse else 1]:
        total = J @ total
    inputs = flow.input_map(trace)
    for k in range(cell.outputs):
        pick = np.eye(cell.outputs)[k]
        grads = cell.backward(trace, d_final=(pick, None) if cell.kind == "lstm" else pick)
        assert abs(total[k] - np.concatenate(as_parts(grads.state))).max() < 1e-13
        assert abs(inputs[:, k] - grads.inputs).max() < 1e-13


def test_input_map_of_an_earlier_step_ends_there():
    cell = LSTM.init(2, 3, 0)
    x = np.random.default_rng(2).normal(size=(6, 2))
    early = flow.input_map(cell.run(x), at=3)
    assert not early[4:].any()
    assert abs(early[:4] - flow.input_map(cell.run(x[:4]))).max() < 1e-15
    backward = flow.input_map(cell.run(x, reverse=True), at=3)
    assert not backward[:3].any()
    assert backward[3:].any()


def test_the_shortcut_without_the_output_gate_is_not_the_gradient():
    """F + A D over 19 steps, as often drawn, misses the way through o."""
    H, lag = 8, 19
    errors = []
    for seed in range(5):
        cell = LSTM.init(4, H, seed)
        trace = cell.run(np.random.default_rng(seed).normal(size=(lag + 1, 4)))
        D = trace.output * (1 - trace.tanh_cell**2)
        exact, shortcut = np.eye(2 * H), np.eye(H)
        for t, J in enumerate(flow.step_jacobians(trace)):
            if t > 0:
                exact = J @ exact
                shortcut = (J[H:, H:] + J[H:, :H] * D[t - 1]) @ shortcut
        # c_0 acts on c_T directly and through h_0 = o⊙tanh c_0
        true = exact[H:, H:] + exact[H:, :H] * D[0]
        errors.append(np.linalg.norm(shortcut - true) / np.linalg.norm(true))
    assert min(errors) > 0.01
    assert np.mean(errors) > 0.05


@pytest.mark.parametrize(
    ("name", "clamps", "reverse"),
    in_pairs([name for name in CELLS if name.startswith("lstm")], CLAMPS, (False, True)),
)
def test_split_adds_up_and_its_cell_path_is_forget_gates_alone(name, clamps, reverse):
    cell = CELLS[name]
    x, state, upstream = problem(cell, (3,), np.random.default_rng(3))
    trace = cell.run(x, state, CLAMPS[clamps](cell), lengths=[7, 2, 5], reverse=reverse)
    parts = flow.split_by_path(trace, *upstream)
    assert np.array_equal(parts.total, cell.backward(trace, *upstream).signals.cell)
    assert abs(parts.cell_path + parts.gate_paths - parts.total).max() < 1e-14
    # With the loss reading only c at the end, the cell path is ∏f.
    ones = np.ones((3, cell.hidden))
    only_end = flow.split_by_path(trace, d_final=(None, ones))
    if not any(clamp.signal == "cell" for clamp in CLAMPS[clamps](cell)):
        assert abs(only_end.cell_path - flow.forget_product(trace)).max() < 1e-14


def test_gate_paths_vanish_where_there_are_none():
    """Without recurrent weights only the cell carries anything back."""
    cell = LSTM.init(2, 3, 0)
    cell = replace(cell, U=np.zeros_like(cell.U))
    trace = cell.run(np.random.default_rng(4).normal(size=(9, 2)))
    parts = flow.split_by_path(trace, d_final=(np.ones(3), None))
    assert np.array_equal(parts.gate_paths, np.zeros_like(parts.total))
    assert abs(parts.total / (parts.total[-1] * flow.forget_product(trace)) - 1).max() < 1e-14
    alone = cell.run(np.ones((1, 2)))
    found = flow.split_by_path(alone, d_final=(np.ones(3), None))
    assert (
        np.array_equal(found.cell_path, alone.output * (1 - alone.tanh_cell**2))
        and not found.gate_paths.any()
    )


def test_nothing_passes_a_forget_gate_that_is_shut():
    cell = LSTM.init(2, 3, 0)
    cell = replace(cell, U=np.zeros_like(cell.U))
    trace = cell.run(np.ones((9, 2)), clamps=[Clamp("forget", 0, steps=5)])
    grads = cell.backward(trace, d_final=(np.ones(3), None))
    assert not flow.norms(grads).cell[:5].any()
    assert flow.norms(grads).cell[5:].all()


def test_decay_figures():
    measured = {0: 8.9e-16, 1: 1.6e-7, 3: 0.088, 5: 0.715}
    for bias, kept in measured.items():
        assert flow.decay(bias, 50) == pytest.approx(kept, rel=0.03)


def test_jacobians_of_a_batch_are_refused():
    cell = RNN.init(2, 3, 0)
    with pytest.raises(GatesError, match="one sequence"):
        flow.step_jacobians(cell.run(np.ones((4, 5, 2))))


def orthogonal(cell, rng):
    return replace(cell, U=np.linalg.qr(rng.normal(size=cell.U.shape))[0])


I, H, T = 8, 32, 100
INITS = {
    "rnn default": (lambda rng: RNN.init(I, H, rng), (1.5e-3, 1.1e-14, 3.9e-28)),
    "rnn orthogonal": (lambda rng: orthogonal(RNN.init(I, H, rng), rng), (0.15, 9e-5, 1e-8)),
    "lstm default": (lambda rng: LSTM.init(I, H, rng), (2.8e-3, 2.3e-11, 3.3e-21)),
    "lstm forget 1": (lambda rng: LSTM.init(I, H, rng, forget_bias=1), (4.9e-2, 3.6e-5, 5.9e-9)),
    "lstm forget 3": (lambda rng: LSTM.init(I, H, rng, forget_bias=3), (0.15, 0.085, 0.185)),
    "gru default": (lambda rng: GRU.init(I, H, rng), (6.2e-3, 4.3e-11, 5e-21)),
    "gru update 3": (lambda rng: GRU.init(I, H, rng, update_bias=3), (0.62, 0.11, 0.015)),
}


@pytest.mark.parametrize("name", INITS)
def test_gradients_vanish_as_measured(name):
    """‖∂L/∂c_t‖ (h without a cell) at lags 10, 50, 99: as in the table, in logarithms ±(2 + 10%)."""
    make, expected = INITS[name]
    logs = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        cell = make(rng)
        trace = cell.run(rng.normal(size=(T, I)))
        v = rng.normal(size=H)
        v /= np.linalg.norm(v)
        found = flow.norms(cell.backward(trace, d_final=(v, None) if cell.kind == "lstm" else v))
        logs.append(np.log((found.hidden if found.cell is None else found.cell)[[T - 11, T - 51, T - 100]]))
    tolerance = 2 + 0.1 * abs(np.log(expected))
    assert np.all(abs(np.mean(logs, axis=0) - np.log(expected)) < tolerance)
