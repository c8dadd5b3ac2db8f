"""Experiments over seeds: what a seed draws, what a loss asks, and how results spread."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gates import GRU, LSTM, RNN
from gates.analysis.ensembles import (
    AIMS,
    INITS,
    KINDS,
    Loss,
    Setting,
    band,
    exploded_at,
    loss_gradient,
    noise,
    orthogonal,
    overflowed_at,
    run_and_backprop,
    stream,
    underflowed_at,
)
from gates.analysis.flow import norms, vector_norms


def test_a_seed_makes_the_cell_that_init_makes():
    for kind, cell in zip(KINDS, (RNN, LSTM, GRU), strict=True):
        made = Setting(hidden=5).cell(kind, 3, seed=4)
        plain = cell.init(3, 5, 4)
        for name, array in plain.arrays().items():
            assert np.array_equal(made.arrays()[name], array)


@pytest.mark.parametrize("kind", KINDS)
def test_gain_and_init_change_every_block_of_U_and_nothing_else(kind):
    H = 6
    plain = Setting(hidden=H).cell(kind, 3, 1)
    for init in INITS:
        cell = Setting(hidden=H, init=init, gain=3.0).cell(kind, 3, 1)
        assert np.array_equal(cell.W, plain.W) and np.array_equal(cell.b, plain.b)
        for part in cell.parts:
            U = cell.part(part).U / 3.0
            if init == "default":
                assert np.allclose(U, plain.part(part).U, rtol=1e-15)
            elif init == "identity":
                assert np.allclose(U, np.eye(H))
            else:
                assert abs(U @ U.T - np.eye(H)).max() < 1e-14


def test_orthogonal_blocks_differ_and_turn_both_ways():
    cell = Setting(hidden=4, init="orthogonal").cell("lstm", 2, 0)
    assert not np.allclose(cell.part("input").U, cell.part("forget").U)
    signs = {round(float(np.linalg.det(orthogonal(3, np.random.default_rng(k))))) for k in range(12)}
    assert signs == {-1, 1}


def test_biases_reach_the_gate_they_are_named_after():
    setting = Setting(hidden=4, forget_bias=3.0, update_bias=-2.0, activation="relu", reset="before")
    lstm, gru, rnn = (setting.cell(kind, 2, 0) for kind in ("lstm", "gru", "rnn"))
    assert np.all(lstm.part("forget").b == 3) and not np.any(lstm.part("input").b == 3)
    assert np.all(gru.part("update").b == -2) and not np.any(gru.part("reset").b == -2)
    assert rnn.activation == "relu" and gru.reset == "before"


def test_streams_of_a_seed_are_independent_of_each_other_and_of_the_kind():
    assert np.array_equal(noise(3, 5, 2), noise(3, 5, 2))
    assert not np.array_equal(noise(3, 5, 2), noise(4, 5, 2))
    assert len({stream(3, purpose).random() for purpose in range(3)}) == 3
    assert np.array_equal(noise(3, 5, 2), np.random.default_rng((3, 1)).normal(size=(5, 2)))
    aimed = np.random.default_rng((3, 2)).normal(size=6)
    found = loss_gradient(Loss(), np.zeros((4, 6)), 3).gradient[-1]
    assert np.allclose(found, aimed / np.linalg.norm(aimed), rtol=1e-14)
    readout, rng = Loss("readout", symbols=3).readout(16, 3), np.random.default_rng((3, 2))
    assert np.array_equal(readout.V, rng.uniform(-0.25, 0.25, (3, 16)))
    assert np.array_equal(readout.b, rng.uniform(-0.25, 0.25, 3))


TARGETS = [0, 2, 1, 1, 3, 0]


@pytest.mark.parametrize("reads", ["hidden", "cell"])
@pytest.mark.parametrize("aim", AIMS)
def test_a_losss_gradient_equals_autograd_through_its_definition(aim, reads):
    T, H, seed = 7, 5, 3
    states = np.random.default_rng(0).normal(size=(T, H))
    loss = Loss(aim, at=4, unit=2, reads=reads, symbols=4)
    asked = loss_gradient(loss, states, seed, TARGETS)
    s = torch.tensor(states, requires_grad=True)
    if loss.reads_out:
        readout = loss.readout(H, seed)
        scores = s @ torch.tensor(readout.V).T + torch.tensor(readout.b)
        each = torch.nn.functional.cross_entropy(scores[:-1], torch.tensor(TARGETS), reduction="none")
        value = each.sum() if aim == "every" else each[4]
        assert abs(asked.probabilities - torch.softmax(scores, -1).detach().numpy()).max() < 1e-15
    elif aim == "unit":
        value = s[4, 2]
    else:
        v = asked.gradient[-1 if aim == "last" else 4]
        assert vector_norms(v) == pytest.approx(1)
        value = s[-1 if aim == "last" else 4] @ torch.tensor(v)
    value.backward()
    assert asked.value == pytest.approx(value.item(), abs=1e-12)
    assert abs(asked.gradient - s.grad.numpy()).max() < 1e-15


def test_the_loss_looks_the_same_way_for_every_kind_of_cell():
    found = [loss_gradient(Loss(), np.zeros((4, 6)), 5).gradient for _ in KINDS]
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], loss_gradient(Loss(), np.zeros((4, 6)), 6).gradient)


def test_a_loss_on_the_cell_enters_at_the_cell():
    x, setting = noise(0, 9, 3), Setting(hidden=4)
    from_cell = run_and_backprop(setting.cell("lstm", 3, 0), Loss(reads="cell"), x, 0)
    signals = from_cell.gradients.signals
    assert np.array_equal(signals.cell[-1], from_cell.loss.gradient[-1])
    assert not signals.hidden[-1].any()
    gru = run_and_backprop(setting.cell("gru", 3, 0), Loss(reads="cell"), x, 0)
    assert np.array_equal(gru.gradients.signals.hidden[-1], gru.loss.gradient[-1])


def test_a_readout_reads_no_further_than_the_last_symbol_that_is_followed_by_one():
    assert Loss("readout", symbols=4).step(7) == 5
    assert Loss("readout", at=6, symbols=4).step(7) == 5
    assert Loss("every", symbols=4).step(7) is None
    assert Loss("step", at=99).step(7) == 6
    alone = loss_gradient(Loss("readout", symbols=4), np.ones((1, 3)), 0, [])
    assert alone.value == 0 and not alone.gradient.any()


def test_band_is_the_geometric_mean_with_the_range():
    spread = band(np.array([[1e-2, 4.0], [1e-4, 9.0]]))
    assert spread.mean == pytest.approx([1e-3, 6.0])
    assert spread.low.tolist() == [1e-4, 4] and spread.high.tolist() == [1e-2, 9]


def test_band_says_infinity_where_a_seed_exploded_and_zero_where_one_vanished():
    spread = band(np.array([[np.nan, 0.0, 0.0], [1.0, 1.0, np.inf]]))
    assert np.isinf(spread.mean[0]) and spread.mean[1] == 0 and np.isinf(spread.mean[2])
    assert np.isinf(spread.high[0]) and spread.low[1] == 0


def test_where_a_gradient_leaves_the_numbers_is_found_from_the_loss_backwards():
    assert exploded_at(np.array([np.nan, np.inf, np.inf, 1e300, 1.0])) == 2
    assert exploded_at(np.array([1e300, 1.0])) is None
    assert underflowed_at(np.array([0.0, 0.0, 1e-320, 1.0, 0.0]), start=3) == 1
    assert underflowed_at(np.array([1e-320, 1.0]), start=1) is None


def test_a_relu_network_with_a_gain_explodes_on_the_way_there_and_back():
    setting = Setting(hidden=8, gain=1e9, activation="relu", init="identity")
    passed = run_and_backprop(setting.cell("rnn", 3, 0), Loss(), noise(0, 60, 3), 0)
    overran = overflowed_at(passed.trace)
    assert np.isfinite(passed.trace.hidden[:overran]).all()
    assert not np.isfinite(passed.trace.hidden[overran]).all()
    assert np.isnan(passed.norms().hidden).all()  # without a loss there is no gradient
    assert passed.norms().cell is None
    for aim in ("readout", "every"):
        read = loss_gradient(Loss(aim, symbols=4), passed.trace.hidden, 0, [1] * 59)
        assert not np.isfinite(read.value) and np.isnan(read.probabilities[-1]).all()
    tanh = run_and_backprop(Setting(hidden=8, gain=8.0).cell("rnn", 3, 0), Loss(), noise(0, 60, 3), 0)
    assert overflowed_at(tanh.trace) is None


def test_a_loss_that_is_no_number_leaves_no_lengths_of_either_state():
    passed = run_and_backprop(Setting(hidden=3).cell("lstm", 3, 0), Loss(), noise(0, 5, 3), 0)
    assert passed.norms().cell.shape == (5,) and np.isfinite(passed.norms().cell).all()
    lost = replace(passed, loss=passed.loss._replace(value=float("inf"))).norms()
    assert np.isnan(lost.hidden).all() and np.isnan(lost.cell).all() and lost.cell.shape == (5,)


def test_a_symbol_that_seems_impossible_costs_infinitely_much():
    readout = Loss("readout", symbols=2).readout(1, 0)
    states = np.full((2, 1), 1e6 * np.sign(readout.V[0, 0] - readout.V[1, 0]))
    assert loss_gradient(Loss("readout", symbols=2), states, 0, [1]).value == np.inf
    assert loss_gradient(Loss("readout", symbols=2), states, 0, [0]).value == 0


def test_gradients_beyond_the_square_root_of_the_smallest_number_still_have_a_length():
    assert vector_norms(np.array([3e-200, 4e-200])) == pytest.approx(5e-200)
    assert vector_norms(np.array([3e200, 4e200])) == pytest.approx(5e200)
    assert vector_norms(np.zeros((2, 3))).tolist() == vector_norms(np.zeros((2, 0))).tolist() == [0, 0]
    assert np.isnan(vector_norms(np.array([np.nan, 1.0]))) and np.isinf(vector_norms(np.array([np.inf, 1.0])))
    passed = run_and_backprop(Setting(hidden=16, gain=0.1).cell("rnn", 3, 0), Loss(), noise(0, 200, 3), 0)
    assert 0 < norms(passed.gradients).hidden[0] < 1e-160
