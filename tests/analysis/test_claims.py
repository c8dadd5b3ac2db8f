"""The lessons' claims about fixed gates, as experiments (the numbers are SCIENCE's claims of section 2)."""

from dataclasses import replace

import numpy as np
import pytest

from gates import GRU, LSTM, RNN, Clamp, MinGRU
from gates.cells.variants import lstm_1997
from gates.core.activations import sigmoid, softplus

X = np.random.default_rng(0).normal(size=(100, 3))


def clamps(**values):
    return [Clamp(signal, value) for signal, value in values.items()]


def test_4_and_20_forget_one_input_zero_leaves_the_cell_bit_identical():
    cell = LSTM.init(3, 5, 1)
    c = np.random.default_rng(2).normal(size=5)
    trace = cell.run(X, (np.zeros(5), c), clamps(forget=1, input=0))
    assert np.array_equal(trace.cell, np.broadcast_to(c, (100, 5)))
    assert np.ptp(trace.hidden, axis=0).min() > 0.01  # h still varies, through o


def test_4_the_belt_carries_what_the_product_of_forget_gates_leaves():
    trace = LSTM.init(3, 5, 1).run(X, (np.zeros(5), np.ones(5)), clamps(input=0))
    assert abs(trace.cell / np.cumprod(trace.forget, axis=0) - 1).max() < 1e-12


def test_5_a_gate_blocks_at_zero_and_passes_at_one():
    cell = LSTM.init(3, 5, 1)
    shut, open_ = cell.run(X, clamps=clamps(output=0)), cell.run(X, clamps=clamps(output=1))
    assert not shut.hidden.any()
    assert np.array_equal(open_.hidden, np.tanh(open_.cell))


def test_13_a_gru_cannot_leave_the_range_of_its_candidates():
    trace = GRU.init(3, 5, 1, update_bias=2).run(3 * X, np.full(5, 0.5))
    assert abs(trace.hidden).max() < 1


def gap_to_rnn(K, seed=0):
    """How far a GRU with b_r = K, b_z = −K is from the RNN of its candidate."""
    rng = np.random.default_rng(seed)
    cell = GRU.init(3, 8, rng)
    n = cell.part("candidate")
    rnn = RNN(3 * n.W, 3 * n.U, n.b + cell.b_hn)
    U, W = cell.U.copy(), cell.W.copy()
    U[cell.rows("candidate")], W[cell.rows("candidate")] = rnn.U, rnn.W
    cell = replace(cell, U=U, W=W).with_bias("reset", K).with_bias("update", -K)
    return abs(cell.run(X).hidden - rnn.run(X).hidden).max()


def test_14_a_gru_becomes_the_plain_rnn_only_with_z_near_zero_too():
    gaps = [gap_to_rnn(K) for K in (0, 5, 10, 20)]
    assert gaps[0] > 0.5
    assert gaps[0] > gaps[1] > gaps[2] > gaps[3]
    assert gaps[3] < 1e-6


@pytest.mark.parametrize("reset", ["before", "after"])
def test_14_reset_one_update_zero_is_the_plain_rnn(reset):
    gru = GRU.init(3, 8, 0, reset=reset)
    n = gru.part("candidate")
    rnn = RNN(n.W, n.U, n.b + gru.b_hn)
    exact = gru.run(X, clamps=clamps(reset=1, update=0))
    assert abs(exact.hidden - rnn.run(X).hidden).max() < 1e-13
    half = gru.run(X, clamps=clamps(reset=1, update=0.5))
    assert abs(half.hidden - rnn.run(X).hidden).max() > 0.1


@pytest.mark.parametrize("reset", ["before", "after"])
def test_15_reset_zero_makes_the_candidate_a_function_of_x_alone(reset):
    cell = GRU.init(3, 5, 1, reset=reset)
    n = cell.part("candidate")
    trace = cell.run(X, np.ones(5), clamps(reset=0))
    assert np.array_equal(trace.candidate, np.tanh(X @ n.W.T + n.b)) or np.allclose(
        trace.candidate, np.tanh(X @ n.W.T + n.b), rtol=0, atol=1e-15
    )
    assert abs(trace.candidate - cell.run(X, np.ones(5)).candidate).max() > 0.01


def test_16_update_one_keeps_the_state_and_skips_x():
    h = np.random.default_rng(3).normal(size=5)
    trace = GRU.init(3, 5, 1).run(X, h, clamps(update=1))
    assert np.array_equal(trace.hidden, np.broadcast_to(h, (100, 5)))


def test_16_update_zero_replaces_it_by_the_candidate():
    trace = GRU.init(3, 5, 1).run(X, np.ones(5), clamps(update=0))
    assert np.array_equal(trace.hidden, trace.candidate)


def test_21_output_zero_hides_the_cell_which_goes_on_moving():
    cell = LSTM.init(3, 5, 1)
    trace = cell.run(X, clamps=clamps(output=0))
    assert not trace.hidden.any()
    assert abs(np.diff(trace.cell, axis=0)).min(axis=1).max() > 0


def autocorrelation(v):
    """Lag-1 autocorrelation over time, mean over units."""
    v = v - v.mean(axis=0)
    return np.mean((v[1:] * v[:-1]).sum(axis=0) / (v * v).sum(axis=0))


def test_26_the_cell_is_slow_and_the_hidden_state_fast_only_with_a_high_forget_bias():
    x = np.random.default_rng(4).normal(size=(500, 8))
    cells, hiddens = {}, {}
    for bias in (0, 1, 3, 5):
        traces = [LSTM.init(8, 8, seed, forget_bias=bias).run(x) for seed in range(10)]
        cells[bias] = np.mean([autocorrelation(trace.cell) for trace in traces])
        hiddens[bias] = np.mean([autocorrelation(trace.hidden) for trace in traces])
    for bias, measured in {0: 0.49, 1: 0.69, 3: 0.93, 5: 0.99}.items():
        assert cells[bias] == pytest.approx(measured, abs=0.05)
    assert cells[0] - hiddens[0] < 0.1  # without a bias c is hardly slower than h
    assert cells[5] - hiddens[5] > 0.4
    assert hiddens[5] < hiddens[1]


def test_18_with_no_bias_the_cell_forgets_half_at_each_step():
    cell = LSTM.init(3, 5, 1)
    cell = replace(cell, W=0.01 * cell.W, U=0.01 * cell.U, b=np.zeros(20))
    trace = cell.run(X, (np.zeros(5), np.ones(5)), clamps(candidate=0))
    assert abs(trace.cell[:10].T - 0.5 ** np.arange(1, 11)).max() < 0.02


def test_without_a_forget_gate_the_cell_only_adds_up():
    """The LSTM of 1997 on noise: max |c| is 2.2, 26.7, 179.7 at t 10, 100, 1000; with f, at most 2."""
    logs = []
    for seed in range(10):
        x = np.random.default_rng((seed, 1)).normal(size=(1000, 8))
        old, new = lstm_1997(8, 8, seed).run(x), LSTM.init(8, 8, seed).run(x)
        assert np.all(old.forget == 1)
        logs.append(np.log(abs(old.cell[[9, 99, 999]]).max(axis=1)))
        assert abs(new.cell).max() <= 2
    assert np.all(np.diff(logs, axis=1) > 1)
    assert abs(np.mean(logs, axis=0) - np.log([2.2, 26.7, 179.7])).max() < np.log(2)


def test_mambas_gate_is_a_sigmoid_in_disguise():
    """Δ = softplus(s), h = e^−Δ h₋₁ + (1 − e^−Δ) x: what is written is 1 − e^−Δ = σ(s), as a minGRU's z."""
    s = np.linspace(-30, 30, 4001)
    Δ = softplus(s)
    assert abs(1 - np.exp(-Δ) - sigmoid(s)).max() <= 2.3e-16
    cell = MinGRU(np.array([[0.7, -1.2], [0, 1]]), np.array([0.3, 0]))  # h̃ is the second input
    x = np.random.default_rng(0).normal(size=(50, 2))
    h, states = 0.0, []
    for s_t, (_, x_t) in zip(x @ cell.W[0] + cell.b[0], x, strict=True):
        keep = np.exp(-softplus(s_t))
        h = keep * h + (1 - keep) * x_t
        states.append(h)
    assert abs(cell.run(x).hidden[:, 0] - states).max() < 1e-15


def test_coupled_gates_sum_to_one():
    trace = replace(LSTM.init(3, 5, 1), coupled=True).run(X)
    assert np.array_equal(trace.input, 1 - trace.forget)


def test_peephole_timer_fires_at_10_20_30_40():
    """One unit counts to 1 by tenths; at 1 its output gate sees it, and its forget gate clears it."""
    W, U, b = np.zeros((4, 1)), np.zeros((4, 1)), np.array([20, 190, np.arctanh(0.1), -190])
    timer = LSTM(W, U, b, peephole=np.array([[0.0], [-200], [200]]))
    fired = np.flatnonzero(timer.run(np.zeros((45, 1))).hidden[:, 0] > 0.5) + 1
    assert fired.tolist() == [10, 20, 30, 40]
    blind = replace(timer, peephole=None)
    assert not np.any(blind.run(np.zeros((45, 1))).hidden > 0.5)


# What is often believed, each tried once.


def test_a_reset_gate_at_zero_does_not_erase_the_state():
    cell, h = GRU.init(3, 5, 1), np.full(5, 0.9)
    trace = cell.run(X, h, clamps(reset=0))
    kept = trace.update[0] * h + (1 - trace.update[0]) * trace.candidate[0]
    assert np.abs(trace.hidden[0] - kept).max() < 1e-15 and np.abs(trace.hidden[0]).min() > 0.05


def test_an_input_gate_at_zero_does_not_cut_off_the_input():
    cell, state = LSTM.init(3, 5, 1), (np.zeros(5), np.ones(5))
    here, there = (cell.run(x, state, clamps(input=0)) for x in (X, X + 1))
    assert np.abs(here.forget[0] - there.forget[0]).max() > 0.01
    assert np.abs(here.cell[0] - there.cell[0]).max() > 0.01


def test_a_gradient_that_vanishes_over_time_leaves_the_weights_theirs():
    """∂L/∂W is of ordinary size, and comes from the last steps."""
    x = np.random.default_rng(5).normal(size=(100, 8))
    cell = LSTM.init(8, 32, 0)
    trace = cell.run(x)
    last = np.zeros_like(trace.hidden)
    last[-1] = 1 / np.sqrt(32)
    grads = cell.backward(trace, last)
    assert np.linalg.norm(grads.signals.cell[0]) < 1e-15
    assert np.linalg.norm(grads.weights.W) > 0.05
    tail = cell.run(x[80:], (trace.hidden[79], trace.cell[79]))
    late = cell.backward(tail, last[80:]).weights.W
    assert np.abs(late - grads.weights.W).max() < 1e-3 * np.abs(grads.weights.W).max()


def test_a_state_within_one_has_a_gradient_that_explodes():
    """h = tanh(3 h₋₁), at rest in 0: ten steps multiply the gradient by 3¹⁰."""
    cell = RNN(np.zeros((1, 1)), np.full((1, 1), 3.0), np.zeros(1))
    trace = cell.run(np.zeros((10, 1)))
    assert np.abs(trace.hidden).max() == 0
    back = cell.backward(trace, d_final=np.ones(1)).state
    assert float(np.ravel(back)[0]) == pytest.approx(59_049)


def test_gates_are_no_weights_but_change_with_every_step():
    trace = LSTM.init(3, 5, 1).run(X)
    assert np.ptp(trace.forget, axis=0).min() > 0.1


def test_a_gate_in_float32_is_one_from_17_on_in_torch_and_not_here_by_rounding_right():
    import torch

    assert float(torch.sigmoid(torch.tensor(17.0))) == 1 > float(torch.sigmoid(torch.tensor(16.0)))
    exact = 1 / (1 + np.exp(-17.0))
    assert np.float32(exact) == np.nextafter(np.float32(1), np.float32(0))
