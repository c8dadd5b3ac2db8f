"""A cell's steps run in plain NumPy, and distinct random weights for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Step = Callable[..., tuple[Array, ...]]

I, H, STEPS, BATCH = 3, 4, 7, 2
X = np.random.default_rng(7).standard_normal((STEPS, BATCH, I))


def numbers(*shape: int, seed: int = 0) -> Array:
    return 0.6 * np.random.default_rng((seed, *shape)).standard_normal(shape)


def σ(a: Array) -> Array:
    return 1 / (1 + np.exp(-a))


def run(step: Step, tree: Any, states: int, x: Array = X) -> Array:
    """The hidden states (T, B, H) of a step that takes x, the states (h first) and the tree of arrays."""
    state: tuple[Array, ...] = (np.zeros((x.shape[1], H)),) * states
    shown = []
    for x_t in x:
        state = step(x_t, *state, tree)
        shown.append(state[0])
    return np.stack(shown)
