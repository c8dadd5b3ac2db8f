"""Forecasts further ahead than one step: a network that reads its own answers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gates.core.activations import FloatArray
from gates.network import Network
from gates.training.tasks.model import Batch


def free_run(network: Network, x: FloatArray, steps: int) -> FloatArray:
    """Return the ``steps`` values that follow ``x``, (T, I) or (T, B, I), each read as the next input.

    The network's read-out must give as many numbers as it takes. Returns (steps, …, I).
    """
    trace = network.run(x)
    values = [trace.scores[-1]]
    while len(values) < steps:
        trace = network.run(values[-1][None], state=trace.final_state)
        values.append(trace.scores[-1])
    return np.stack(values)


def free_running_error(network: Network, batch: Batch, seen: int) -> float:
    """Return the mean squared error of a free run over all steps of ``batch`` after the first ``seen``.

    A low error one step ahead is no good forecast: here errors are read again and grow.
    """
    true: NDArray[np.float32] = np.asarray(batch.target[seen - 1 :], dtype=np.float32)
    return float(np.mean((free_run(network, batch.x[:seen], len(true)) - true) ** 2))
