"""Keras 1: an array for each gate, called after layer and gate, made into what later versions keep.

``lstm_1_W_i`` (in, units), ``lstm_1_U_i`` (units, units) and ``lstm_1_b_i`` (units,) stand for the input
gate, and so on; with ``consume_less="gpu"`` all gates are side by side in W, U and b, in today's order. The
GRU resets before the product; hard_sigmoid is .2a + .5, and the gates' own where a layer does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gates.interop.errors import InteropError
from gates.interop.orders import ORDERS
from gates.interop.values import Value, as_floats, shape

NAME = re.compile(r"(?P<owner>[^/]+)_(?P<array>[WUb])(?P<gate>_[icfozrh])?")
AUTOMATIC = re.compile(r"(?:(?:forward|backward)_)?(?:lstm|gru|simplernn)_\d+")
"""How Keras 1 calls a recurrent layer that was given no name; other frameworks' arrays end in W and U too."""

ENDS: Mapping[str, Mapping[str, str]] = {
    "lstm": {"input": "_i", "forget": "_f", "candidate": "_c", "output": "_o"},
    "gru": {"update": "_z", "reset": "_r", "candidate": "_h"},
}
CURRENT_NAMES = {"W": "kernel", "U": "recurrent_kernel", "b": "bias"}


def is_keras1(names: Iterable[str]) -> bool:
    """Whether arrays are called as Keras 1 calls those of a layer."""
    return any(NAME.fullmatch(name) for name in names)


def upgraded(arrays: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """Return arrays of Keras 1 by owner and today's name, those of the gates put side by side.

    What is not complete keeps its own name.

    Raises:
        InteropError: the arrays of the gates are not of one shape, or hold no numbers.
    """
    owners: dict[str, dict[str, dict[str, str]]] = {}
    by_owner: dict[str, dict[str, Value]] = {}
    for name in arrays:
        if match := NAME.fullmatch(name):
            gates = owners.setdefault(match["owner"], {}).setdefault(match["array"], {})
            gates[match["gate"] or ""] = name
    for owner, by_array in owners.items():
        by_owner[owner] = {}
        for array, gates in by_array.items():
            kind = next((kind for kind, ends in ENDS.items() if gates.keys() == set(ends.values())), None)
            if kind is not None:
                ends = [ENDS[kind][part] for part in ORDERS["keras"][kind]]
                by_owner[owner][CURRENT_NAMES[array]] = _side_by_side(
                    {gates[end]: arrays[gates[end]] for end in ends}
                )
            elif gates.keys() == {""}:
                by_owner[owner][CURRENT_NAMES[array]] = arrays[gates[""]]
            else:
                by_owner[owner] |= {name: arrays[name] for name in gates.values()}
    return by_owner


def _side_by_side(gates: Mapping[str, Value]) -> Value:
    expected = shape(next(iter(gates.values())))
    for name, value in gates.items():
        if shape(value) != expected or not expected:
            raise InteropError("interop.error.shape", array=name, shape=shape(value), expected=expected)
    return np.concatenate([as_floats(name, value) for name, value in gates.items()], axis=-1)


def upgraded_config(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a layer's configuration in today's words, also that of a layer that it wraps."""
    upgraded = {**config}
    if "recurrent_activation" not in config and ("inner_activation" in config or "output_dim" in config):
        upgraded["recurrent_activation"] = config.get("inner_activation", "hard_sigmoid")
    inner = config.get("layer")
    if isinstance(inner, Mapping) and isinstance(inner.get("config"), Mapping):
        upgraded["layer"] = {**inner, "config": upgraded_config(inner["config"])}
    return upgraded
