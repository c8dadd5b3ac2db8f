"""The activations of Keras, in the words of this engine's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gates.core.activations import Activation, AnyActivation, canonical_activation
from gates.interop.errors import InteropError

NAMES: Mapping[str, AnyActivation] = {
    **{
        name: name
        for name in (
            "tanh", "sigmoid", "relu", "relu6", "elu", "selu", "softplus", "softsign", "silu", "gelu", "mish",
            "exponential", "hard_tanh", "hard_silu", "log_sigmoid", "tanh_shrink",
        )
    },
    "linear": "identity",
    "swish": "silu",
    "hard_swish": "hard_silu",
    "celu": "elu",
    "leaky_relu": Activation("leaky_relu", alpha=0.2),
}  # fmt: skip
"""By Keras' name. Not here is what looks at more than one unit, such as softmax, and hard_sigmoid."""

HARD_SIGMOIDS: Mapping[int, AnyActivation] = {
    2: Activation("hard_sigmoid", alpha=0.2, beta=0.5),
    3: Activation("hard_sigmoid", alpha=1 / 6, beta=0.5),
}
"""By Keras' version: the same name stands for .2a + .5 in Keras 2 and for a/6 + .5 in Keras 3."""


def activation_of(layer: str, config: Any, version: int | None) -> AnyActivation:
    """Return the engine's word for an activation in a layer's configuration.

    version: 2 or 3, of the Keras that the layer comes from; None if that is not known.

    Raises:
        InteropError: no cell has it, or it is a function of somebody's own, or a hard_sigmoid of unknown age.
    """
    name = "linear" if config is None else _name(config)
    if name == "hard_sigmoid" and version is not None:
        return HARD_SIGMOIDS[version]
    if name not in NAMES:
        raise InteropError("interop.keras.error.activation", layer=layer, activation=name)
    return NAMES[name]


def keras_name(activation: AnyActivation) -> str | None:
    """Return the name by which Keras 3 has an activation, None if it has it by none."""
    canonical = canonical_activation("activation", activation)
    if canonical == canonical_activation("activation", HARD_SIGMOIDS[3]):
        return "hard_sigmoid"
    return next(
        (name for name, known in NAMES.items() if canonical_activation("activation", known) == canonical),
        None,
    )


def choices(version: int | None) -> dict[str, dict[str, AnyActivation]]:
    """Return what weights alone leave open, by argument of ``load``: each choice, and the engine's word."""
    hard = {
        "hard_sigmoid": HARD_SIGMOIDS[version or 3],
        **({"hard_sigmoid_keras2": HARD_SIGMOIDS[2]} if version is None else {}),
    }
    squashes = ("tanh", "relu", "sigmoid", "linear", "softsign", "elu")
    return {
        "activation": {name: NAMES[name] for name in squashes},
        "gate_activation": {"sigmoid": "sigmoid", **hard},
    }


def _name(config: Any) -> str:
    """The name in a configuration: a text, or Keras' own function written out as an object."""
    if isinstance(config, Mapping) and str(config.get("module", "")).startswith(("keras", "tf_keras")):
        config = config.get("config")
    if isinstance(config, Mapping):
        return str(config.get("config") or config.get("class_name"))[:80] + "()"
    return str(config)[:80]
