"""The browser's read-outs and losses against the engine's: values, and gradients back to each step's h."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from gates import LSTM, Layer, Network, Readout
from gates.core.losses import LOSSES, OUTPUT_FUNCTIONS, loss
from tests.stage.engine.cells import STEPS, answers

CHECK = Path(__file__).parent / "losses_check.mjs"
HIDDEN, OUTPUTS = 3, 4
STABLE = {("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax")}
MEANT = [
    pair
    for pair in product(LOSSES, OUTPUT_FUNCTIONS)
    if "entropy" not in pair[0] or pair[1] in ("sigmoid", "softmax")
]


def run_and_loss(name: str, activation: str, size: float, rng: np.random.Generator) -> dict[str, Any]:
    """A run with a read-out of some size, its loss, and what comes back; a number and a step do not count."""
    readout = Readout(rng.normal(size=(OUTPUTS, HIDDEN)) * size, rng.normal(size=OUTPUTS))
    network = Network((Layer(LSTM.init(2, HIDDEN, rng)),), readout)
    run = network.run(rng.normal(size=(STEPS, 2)))
    targets = rng.uniform(size=(STEPS, OUTPUTS))
    if name == "cross_entropy":
        targets /= targets.sum(axis=-1, keepdims=True)
    targets[3] = np.nan
    targets[5, 1] = np.nan
    found = loss(name, run.scores, targets, activation)
    grads = network.backward(run, d_scores=found.d_scores)
    assert grads.readout is not None
    expected = {
        "scores": run.scores, "value": found.value, "steps": found.steps, "outputs": found.outputs,
        "shown": found.outputs, "d_scores": found.d_scores, "V": grads.readout.V, "b": grads.readout.b,
        "hidden": found.d_scores @ readout.V,
    }  # fmt: skip
    return {
        "name": f"{name} of {activation}, size {size}",
        "loss": name,
        "activation": activation,
        "V": readout.V.ravel().tolist(),
        "b": readout.b.tolist(),
        "h": run.output.ravel().tolist(),
        "targets": [None if np.isnan(target) else target for target in targets.ravel().tolist()],
        "expected": {key: np.ravel(value).tolist() for key, value in expected.items()},
    }


def test_values_and_gradients_are_the_engines() -> None:
    rng = np.random.default_rng(9)
    sizes = [(pair, size) for pair in MEANT for size in (1.0, 3000.0) if size == 1 or pair in STABLE]
    found = answers(CHECK, [run_and_loss(*pair, size, rng) for pair, size in sizes])
    assert len(found) == len(MEANT) + len(STABLE)
    for each in found:
        assert not {key: d for key, d in each["apart"].items() if not d <= 1e-12}, each["name"]
