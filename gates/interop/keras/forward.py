"""Keras' own forward pass of a layer, for the measured difference.

Only Keras' three recurrent layers are ever built, from a few checked options and plain arrays; nothing of a
file's configuration is handed to Keras.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

import numpy as np

from gates.core.activations import Activation, AnyActivation, FloatArray
from gates.interop.keras.cells import NAMES, Floats
from gates.interop.stacks import Reference

LAYERS = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}


@dataclass(frozen=True)
class Direction:
    """One direction of a layer: its arrays in Keras' own layout, its activations in the engine's words."""

    kind: str
    arrays: Floats
    activations: Mapping[str, AnyActivation]
    reset: str = "after"
    backwards: bool = False


@cache
def framework() -> str:
    """Return Keras' name and version as installed."""
    try:
        return f"Keras {version('keras')}"
    except PackageNotFoundError:
        return "Keras"


def reference(halves: Sequence[Direction], both: bool) -> Reference | None:
    """Return Keras' forward pass of one or two directions, (T, B, I) to (T, B, n); None without Keras."""
    if find_spec("keras") is None or not framework().partition(" ")[2].startswith("3"):
        return None

    def run(x: FloatArray, **chosen: Any) -> FloatArray:
        halves_now = [_with(half, chosen) for half in halves]
        outputs = [_output(half, half.backwards or (both and k == 1), x) for k, half in enumerate(halves_now)]
        return np.concatenate(outputs, axis=-1)

    return run


def _with(half: Direction, chosen: Mapping[str, Any]) -> Direction:
    """The direction with what weights alone left open settled."""
    names = {"activation": "activation", "gate_activation": "gate"}
    activations = {names[option]: value for option, value in chosen.items() if option in names}
    return replace(
        half, activations={**half.activations, **activations}, reset=chosen.get("reset", half.reset)
    )


def _output(half: Direction, backwards: bool, x: FloatArray) -> FloatArray:
    keras = imported()
    dtype = str(half.arrays["kernel"].dtype)
    options: dict[str, Any] = {"activation": _function(keras, half.activations["activation"])}
    if half.kind != "rnn":
        options["recurrent_activation"] = _function(keras, half.activations["gate"])
    if half.kind == "gru":
        options["reset_after"] = half.reset == "after"
    layer = getattr(keras.layers, LAYERS[half.kind])(
        half.arrays["recurrent_kernel"].shape[0],
        use_bias="bias" in half.arrays,
        return_sequences=True,
        go_backwards=backwards,
        dtype=dtype,
        kernel_initializer="zeros",  # what they give is replaced, and an orthogonal one takes long
        recurrent_initializer="zeros",
        **options,
    )
    layer.build((None, None, x.shape[-1]))
    layer.set_weights([half.arrays[name] for name in NAMES if name in half.arrays])
    output = keras.ops.convert_to_numpy(layer(np.ascontiguousarray(x.swapaxes(0, 1), dtype), training=False))
    output = np.asarray(output).swapaxes(0, 1)
    return output[::-1] if backwards else output


def imported() -> Any:
    """Return Keras, imported with the backend that is set, or with PyTorch where its default is not there."""
    if "keras" not in sys.modules and "KERAS_BACKEND" not in os.environ and find_spec("tensorflow") is None:
        os.environ["KERAS_BACKEND"] = "torch"
    import keras

    return keras


def _function(keras: Any, activation: AnyActivation) -> Any:
    """Return Keras' function for an activation of the engine's."""
    form = activation if isinstance(activation, Activation) else Activation(activation)
    ops = keras.ops
    if form.name == "hard_sigmoid" and form.alpha != 1 / 6:  # Keras 2's
        return lambda a: ops.clip(form.alpha * a + form.beta, 0, 1)
    if form.name == "leaky_relu":
        return lambda a: ops.leaky_relu(a, form.alpha)
    return keras.activations.get({"identity": "linear"}.get(form.name, form.name))
