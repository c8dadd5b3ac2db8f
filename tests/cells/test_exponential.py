"""sLSTM and mLSTM: the stabilised form against the naive one, and what exponential gates are for."""

import numpy as np
import pytest
import torch

from gates import MLSTM, Clamp
from gates.core.activations import sigmoid
from tests.cells.gradients import H, gap
from tests.cells.test_variants import VARIANTS, X
from tests.cells.torch_loops import tensors


def naive_slstm(cell, x):
    """The paper's sLSTM without a stabiliser: what h must be."""
    h = c = n = np.zeros(cell.hidden)
    forget = sigmoid if cell.forget_activation == "sigmoid" else np.exp
    shown = []
    for x_t in x:
        a_z, a_i, a_f, a_o = np.split(cell.W @ x_t + cell.U @ h + cell.b, 4)
        i, f = np.exp(a_i), forget(a_f)
        c, n = f * c + i * np.tanh(a_z), f * n + i
        h = sigmoid(a_o) * c / n
        shown.append(h)
    return np.array(shown)


def naive_mlstm(cell, x):
    d = cell.hidden
    C, n = np.zeros((d, d)), np.zeros(d)
    forget = sigmoid if cell.forget_activation == "sigmoid" else np.exp
    shown = []
    for x_t in x:
        q, k, v, a_i, a_f, a_o = np.split(cell.W @ x_t + cell.b, [d, 2 * d, 3 * d, 3 * d + 1, 3 * d + 2])
        k, i, f = k / np.sqrt(d), np.exp(a_i), forget(a_f)
        C, n = f * C + i * np.outer(v, k), f * n + i * k
        shown.append(sigmoid(a_o) * (C @ q) / max(abs(n @ q), 1))
    return np.array(shown)


NAIVE = {"slstm": naive_slstm, "mlstm": naive_mlstm}
EXPONENTIAL = [name for name in VARIANTS if name.split()[0] in NAIVE]


@pytest.mark.parametrize("name", EXPONENTIAL)
def test_the_stabilised_form_is_the_naive_one_to_the_last_digit(name):
    cell = VARIANTS[name]
    worst = abs(cell.run(X).hidden - NAIVE[cell.kind](cell, X)).max()
    assert worst <= (2.3e-16 if cell.kind == "slstm" else 5e-14)  # an mLSTM divides by a sum that may cancel


@pytest.mark.parametrize("name", EXPONENTIAL)
def test_where_the_naive_form_overflows_the_stabilised_one_does_not(name):
    cell = VARIANTS[name].with_bias("input", 800)
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan(NAIVE[cell.kind](cell, X)).any()
    trace = cell.run(X)
    assert np.isinf(trace.input).all()  # e^800 is no float64
    for array in (trace.hidden, trace.cell, trace.normaliser, trace.stabiliser, trace.stable_input):
        assert np.isfinite(array).all()
    assert np.all(np.maximum(trace.stable_input, trace.stable_forget) == 1)
    grads = cell.backward(trace, np.ones_like(trace.hidden))
    assert all(np.isfinite(d).all() for d in (*grads.weights.values(), *grads.signals.values()))
    if cell.kind == "slstm":  # only quotients count: one factor on all i is none, if no f stands beside them
        alike = VARIANTS[name].with_bias("input", 0)
        assert abs(alike.with_bias("input", 800).run(X).hidden - alike.run(X).hidden).max() < 1e-12


@pytest.mark.parametrize("name", EXPONENTIAL)
def test_gradients_from_an_empty_memory_are_those_of_the_naive_form(name):
    """The reference has no stabiliser and no −∞: autograd through the equations as the paper begins them."""
    cell = VARIANTS[name]
    d = np.random.default_rng(4).normal(size=(30, H))
    weights, x = tensors(cell), torch.tensor(X, requires_grad=True)
    loss = (torch.tensor(d) * torch.stack(NAIVE_TORCH[cell.kind](cell, weights, x))).sum()
    loss.backward()
    grads = cell.backward(cell.run(X), d)
    for weight, tensor in weights.items():
        assert gap(grads.weights[weight], tensor.grad.numpy()) <= 1e-10, weight
    assert gap(grads.inputs, x.grad.numpy()) <= 1e-10
    if cell.kind == "slstm":  # m is a scale: h does not depend on it
        assert abs(grads.signals.stabiliser).max() < 1e-12


def naive_slstm_torch(cell, p, x):
    h = c = n = torch.zeros(H, dtype=torch.float64)
    forget = torch.sigmoid if cell.forget_activation == "sigmoid" else torch.exp
    for x_t in x:
        a_z, a_i, a_f, a_o = (p["W"] @ x_t + p["U"] @ h + p["b"]).chunk(4)
        c, n = forget(a_f) * c + torch.exp(a_i) * torch.tanh(a_z), forget(a_f) * n + torch.exp(a_i)
        h = torch.sigmoid(a_o) * c / n
        yield h


def naive_mlstm_torch(cell, p, x):
    C, n = torch.zeros(H, H, dtype=torch.float64), torch.zeros(H, dtype=torch.float64)
    forget = torch.sigmoid if cell.forget_activation == "sigmoid" else torch.exp
    for x_t in x:
        q, k, v, a_i, a_f, a_o = (p["W"] @ x_t + p["b"]).split([H, H, H, 1, 1, H])
        k, i, f = k / H**0.5, torch.exp(a_i), forget(a_f)
        C, n = f * C + i * torch.outer(v, k), f * n + i * k
        yield torch.sigmoid(a_o) * (C @ q) / torch.clamp((n @ q).abs(), min=1)


NAIVE_TORCH = {
    "slstm": lambda *given: list(naive_slstm_torch(*given)),
    "mlstm": lambda *given: list(naive_mlstm_torch(*given)),
}


def test_the_slstm_shows_a_weighted_mean_of_its_candidates():
    cell = VARIANTS["slstm"]
    open_ = cell.run(10 * X, clamps=[Clamp("output", 1)])
    assert np.array_equal(open_.hidden, open_.mean)
    low, high = (f.accumulate(open_.candidate) for f in (np.minimum, np.maximum))
    assert np.all((low - 1e-15 <= open_.mean) & (open_.mean <= high + 1e-15))
    first = cell.run(X[:1], clamps=[Clamp("output", 1)])
    assert abs(first.hidden - first.candidate).max() < 1e-15  # the first write is the whole memory


def test_an_exponential_gate_can_overrule_all_that_was_stored():
    cell = VARIANTS["slstm"]
    loud = cell.run(X, clamps=[Clamp("input", 1e12, steps=20)])
    assert abs(loud.mean[20] - loud.candidate[20]).max() < 1e-10
    assert abs(cell.run(X).mean[20] - cell.run(X).candidate[20]).max() > 0.01


def test_a_memory_that_nothing_was_written_to_shows_nothing():
    for name in EXPONENTIAL:
        cell = VARIANTS[name]
        for clamps in ([Clamp("input", 0)], [Clamp("input", 0), Clamp("forget", 0)]):
            trace = cell.run(X, clamps=clamps)
            assert not trace.hidden.any() and not trace.cell.any()
            grads = cell.backward(trace, np.ones_like(trace.hidden))
            assert all(np.isfinite(d).all() for d in grads.signals.values()), name


def test_the_stabiliser_is_only_a_scale():
    cell = VARIANTS["slstm"]
    moved = cell.run(X, clamps=[Clamp("stabiliser", 3, steps=[4, 5])])
    assert abs(moved.hidden - cell.run(X).hidden).max() < 1e-15
    assert abs(moved.cell[4] - cell.run(X).cell[4]).max() > 0.01


@pytest.mark.parametrize("name", EXPONENTIAL)
def test_the_first_write_alone_sets_the_scale_of_an_empty_memory(name):
    trace = VARIANTS[name].run(X)
    assert np.array_equal(trace.stabiliser[0], trace.pre.input[0])
    assert not trace.stable_forget[0].any()


@pytest.mark.parametrize("gate", ["input", "forget"])
@pytest.mark.parametrize("name", EXPONENTIAL)
def test_a_gate_held_at_0_has_the_gradient_that_opening_it_a_little_shows(name, gate):
    cell, t, ε = VARIANTS[name], 7, 1e-7
    d = np.random.default_rng(5).normal(size=(30, H))
    shut, ajar = (cell.run(X, clamps=[Clamp(gate, value, steps=t)]) for value in (0, ε))
    found = cell.backward(shut, d).signals[gate][t]
    change = np.vdot(d, ajar.hidden - shut.hidden) / ε
    assert found.sum() == pytest.approx(change, rel=1e-4)
    assert abs(change) > 0.01


def test_the_mlstm_finds_a_value_by_its_key():
    """Two values under two keys: the query brings back the one whose key it is, and its sign."""
    d, big = 2, 40.0
    W = np.zeros((4 * d + 2, 6))  # inputs: query, key and value, two numbers each
    for part, first in (("query", 0), ("key", 2), ("value", 4)):
        W[MLSTM(W, np.ones(4 * d + 2)).rows(part), first : first + 2] = np.eye(2)
    cell = MLSTM(W, np.zeros(4 * d + 2)).with_bias("forget", big).with_bias("output", big)
    store = [[0, 0, 9, 0, 0.5, -1], [0, 0, 0, 9, 2, 3]]
    trace = cell.run([*store, [1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]])
    assert abs(trace.hidden[2:] - [[0.5, -1], [2, 3]]).max() < 1e-12
