"""Losses against PyTorch: values, shares of the steps, gradients by the scores and through a network."""

from itertools import product

import numpy as np
import pytest
import torch

from gates import LSTM, GatesError, Layer, Network, Readout
from gates.core.losses import LOSSES, OUTPUT_FUNCTIONS, loss, show
from tests.cells.torch_cells import cell_of

T, B, K = 6, 3, 4


def numbers(name, rng):
    """Scores and targets in which one number and one whole step do not count."""
    scores = rng.normal(size=(T, B, K)) * 2
    targets = rng.dirichlet(np.ones(K), (T, B)) if name == "cross_entropy" else rng.uniform(size=(T, B, K))
    targets[2] = np.nan
    if name != "cross_entropy":
        targets[4, 1, 3] = np.nan
    return scores, targets


def by_torch(name, s, t, activation):
    y = {
        "identity": lambda s: s, "sigmoid": torch.sigmoid, "tanh": torch.tanh,
        "softmax": lambda s: torch.softmax(s, -1),
    }[activation](s)  # fmt: skip
    counts = ~torch.isnan(t)
    y, t = y[counts], t[counts]
    match name:
        case "half_squared":
            return torch.nn.functional.mse_loss(y, t, reduction="sum") / 2
        case "squared":
            return torch.nn.functional.mse_loss(y, t, reduction="sum")
        case "mean_squared":
            return torch.nn.functional.mse_loss(y, t)
        case "binary_cross_entropy":
            return torch.nn.functional.binary_cross_entropy(y, t, reduction="sum")
        case _:
            return -(t * torch.log(y)).sum()


MEANT = [
    pair
    for pair in product(LOSSES, OUTPUT_FUNCTIONS)
    if "entropy" not in pair[0] or pair[1] in ("sigmoid", "softmax")
]


@pytest.mark.parametrize(("name", "activation"), MEANT)
def test_a_loss_is_pytorchs(name, activation):
    scores, targets = numbers(name, np.random.default_rng(2))
    found = loss(name, scores, targets, activation)
    s = torch.tensor(scores, requires_grad=True)
    expected = by_torch(name, s, torch.tensor(targets), activation)
    expected.backward()
    assert abs(found.value - expected.item()) <= 1e-13 * abs(expected.item())
    np.testing.assert_allclose(found.d_scores, s.grad.numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found.steps.sum(), found.value, rtol=1e-14)
    assert found.steps.shape == (T, B) and (found.steps[2] == 0).all() and (found.d_scores[2] == 0).all()
    np.testing.assert_array_equal(found.outputs, show(scores, activation))


@pytest.mark.parametrize(
    ("name", "activation", "by"),
    [
        ("cross_entropy", "softmax", lambda s, t: torch.nn.functional.cross_entropy(s, t, reduction="sum")),
        (
            "binary_cross_entropy", "sigmoid",
            lambda s, t: torch.nn.functional.binary_cross_entropy_with_logits(s, t, reduction="sum"),
        ),
    ],
)  # fmt: skip
def test_saturated_scores_lose_nothing(name, activation, by):
    scores = np.array([[900.0, -900, 3], [-40, 0, 41], [17, 17, -800]])
    targets = np.array([[0.0, 1, 0], [1, 0, 0], [0.25, 0.25, 0.5]])
    found = loss(name, scores, targets, activation)
    s = torch.tensor(scores, requires_grad=True)
    expected = by(s, torch.tensor(targets))
    expected.backward()
    assert np.isfinite(found.value)
    assert abs(found.value - expected.item()) <= 1e-13 * expected.item()
    np.testing.assert_allclose(found.d_scores, s.grad.numpy(), atol=1e-14)


def test_certainty_that_is_right_costs_nothing_and_one_that_is_wrong_everything():
    y = np.array([[0.0, 1.0]])
    assert loss("binary_cross_entropy", y, y).value == 0
    assert loss("binary_cross_entropy", y, 1 - y).value == np.inf
    assert loss("cross_entropy", y, y).value == 0
    assert loss("cross_entropy", y, 1 - y).value == np.inf


def test_a_loss_goes_through_a_network():
    torch.manual_seed(3)
    module, top = torch.nn.LSTM(2, 3).double(), torch.nn.Linear(3, K).double()
    rng = np.random.default_rng(7)
    x, (_, targets) = rng.normal(size=(T, B, 2)), numbers("cross_entropy", rng)
    network = Network(
        (Layer(cell_of(module)),), Readout(top.weight.detach().numpy(), top.bias.detach().numpy())
    )
    run = network.run(x)
    found = loss("cross_entropy", run.scores, targets, "softmax")
    grads = network.backward(run, d_scores=found.d_scores)
    by_torch("cross_entropy", top(module(torch.tensor(x))[0]), torch.tensor(targets), "softmax").backward()
    np.testing.assert_allclose(grads.readout.V, top.weight.grad.numpy(), rtol=1e-11)
    np.testing.assert_allclose(
        grads.layers[0].forward.weights.W, module.weight_ih_l0.grad.numpy(), rtol=1e-11, atol=1e-15
    )


def test_without_a_read_out_it_is_the_hidden_states():
    cell = LSTM.init(2, 3, 1)
    trace = cell.run(np.random.default_rng(1).normal(size=(T, 2)))
    targets = np.full((T, 3), np.nan)
    targets[-1] = [0.5, -0.5, 0]
    found = loss("half_squared", trace.hidden, targets)
    assert found.value == ((trace.hidden[-1] - targets[-1]) ** 2).sum() / 2
    assert (
        np.array_equal(found.d_scores[-1], trace.hidden[-1] - targets[-1]) and not found.d_scores[:-1].any()
    )


@pytest.mark.parametrize(
    ("name", "targets", "activation", "said"),
    [
        ("hinge", np.ones((2, 2)), "identity", "half_squared, squared"),
        ("squared", np.ones((2, 2)), "relu", "identity, sigmoid, tanh, softmax"),
        ("squared", np.ones((2, 3)), "identity", "targets"),
    ],
)
def test_what_does_not_fit_is_refused(name, targets, activation, said):
    with pytest.raises(GatesError, match=said):
        loss(name, np.zeros((2, 2)), targets, activation)
