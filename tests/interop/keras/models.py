"""Keras models with distinct random weights, and whether a network gives what they give."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "torch")  # before Keras is imported, which would look for TensorFlow

import keras

TOLERANCE = 1e-6
"""In float64 too: on PyTorch, ``keras.ops.matmul`` of float64 arrays computes in float32."""

STEPS, BATCH, INPUTS = 6, 3, 3


def filled(model: Any, seed: int = 0) -> Any:
    """The model, built and with weights that are all different, about as large as trained ones."""
    rng = np.random.default_rng(seed)
    if not model.built:
        model.build((None, None, INPUTS))
    model.set_weights([rng.normal(size=w.shape).astype(w.dtype) * 0.4 for w in model.get_weights()])
    return model


def sequential(*layers: Any, seed: int = 0) -> Any:
    return filled(keras.Sequential([keras.Input((None, INPUTS)), *layers]), seed)


def written(model: Any, folder: Path, suffix: str) -> Path:
    path = folder / f"model{suffix}"
    (model.save_weights if suffix == ".weights.h5" else model.save)(path)
    return path


def sequence(dtype: str = "float32", seed: int = 1) -> Any:
    """(T, B, I), as the engine takes it; in float32's numbers, for that is what ``keras.Input`` passes on."""
    x = np.random.default_rng(seed).normal(size=(STEPS, BATCH, INPUTS))
    return x.astype("float32").astype(dtype)


def given_by(model: Any, x: Any) -> Any:
    """Keras' output of a time-major sequence, time-major."""
    output = keras.ops.convert_to_numpy(model(np.ascontiguousarray(x.swapaxes(0, 1)), training=False))
    return output.swapaxes(0, 1) if output.ndim == 3 else output


def assert_same(network: Any, model: Any, dtype: str = "float32") -> None:
    """The network gives Keras' output at every step, in the weights' precision."""
    x = sequence(dtype)
    ours, theirs = network.run(x).output, given_by(model, x)
    assert ours.dtype == theirs.dtype == dtype
    close(ours, theirs)


def close(ours: Any, theirs: Any) -> None:
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= TOLERANCE * max(1, np.abs(theirs).max())
