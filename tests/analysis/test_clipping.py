"""Clipping: what it keeps and what it changes."""

import numpy as np
import pytest
import torch

from gates.analysis.clipping import clip, norm

WEIGHTS = {"W": np.array([[3.0, 0.0]]), "U": np.array([[0.0, -4.0]]), "b": np.zeros(1)}


def test_by_norm_shortens_everything_by_one_factor_and_keeps_the_direction():
    clipped = clip(WEIGHTS, 1.0)
    assert (clipped.before, clipped.after) == (5.0, pytest.approx(1.0))
    assert clipped.weights["U"].tolist() == [[0.0, pytest.approx(-0.8)]]
    assert clipped.angle == pytest.approx(0, abs=1e-6)
    assert clip(WEIGHTS, 1e-3).angle == pytest.approx(0, abs=1e-6)  # of a short one too
    short = {name: w / 1e3 for name, w in WEIGHTS.items()}
    assert clip(short, 3.5e-3, "value").angle == pytest.approx(clip(WEIGHTS, 3.5, "value").angle)


def test_below_the_threshold_nothing_happens():
    for mode in ("norm", "value"):
        clipped = clip(WEIGHTS, 9.0, mode)
        assert all(np.array_equal(clipped.weights[name], WEIGHTS[name]) for name in WEIGHTS)
        assert clipped.before == clipped.after == 5.0


def test_by_value_cuts_single_entries_and_turns_the_direction():
    clipped = clip(WEIGHTS, 3.5, "value")
    assert clipped.weights["W"].tolist() == [[3, 0]] and clipped.weights["U"].tolist() == [[0, -3.5]]
    assert clipped.angle == pytest.approx(np.degrees(np.arctan(4 / 3) - np.arctan(3.5 / 3)))


@pytest.mark.parametrize("mode", ["norm", "value"])
def test_it_is_torchs_clipping(mode):
    rng = np.random.default_rng(0)
    weights = {"W": 5 * rng.normal(size=(4, 3)), "U": 5 * rng.normal(size=(4, 4))}
    parameters = [torch.nn.Parameter(torch.zeros(w.shape, dtype=torch.float64)) for w in weights.values()]
    for parameter, w in zip(parameters, weights.values(), strict=True):
        parameter.grad = torch.tensor(w)
    if mode == "norm":
        torch.nn.utils.clip_grad_norm_(parameters, 2.0)
    else:
        torch.nn.utils.clip_grad_value_(parameters, 2.0)
    clipped = clip(weights, 2.0, mode)
    for parameter, name in zip(parameters, weights, strict=True):
        assert (
            abs(clipped.weights[name] - parameter.grad.numpy()).max() < 1e-6
        )  # torch divides by norm + 1e-6


def test_an_infinite_gradient_is_beyond_repair_by_norm_but_not_by_value():
    exploded = {"W": np.array([np.inf, 1.0])}
    assert np.isnan(clip(exploded, 1.0).after)
    assert clip(exploded, 1.0, "value").weights["W"].tolist() == [1, 1]
    assert np.isnan(clip(exploded, 1.0).angle)


def test_a_gradient_of_nothing_stays_nothing():
    for mode in ("norm", "value"):
        clipped = clip({"W": np.zeros(3)}, 1.0, mode)
        assert clipped.after == 0 == norm({"W": np.zeros(3)}) and np.isnan(clipped.angle)
