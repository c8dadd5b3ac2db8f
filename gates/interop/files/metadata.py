"""What ``save`` notes beside the arrays, as JSON: all of a network that PyTorch's names do not tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from gates import strict_json
from gates.core.activations import Activation
from gates.interop.errors import InteropError
from gates.interop.torch.convert import places_of, suffix_of
from gates.interop.torch.state import READOUT
from gates.network import AnyCell, Network

METADATA = "gatescope"
"""The name under which the note is kept."""


def _is_number(value: object) -> bool:
    """Tell whether ``value`` is a number that a float can hold, as JSON's whole numbers need not be."""
    return isinstance(value, float) or (type(value) is int and abs(value) < 2**53)


def _is_activation(value: object) -> bool:
    """Tell whether ``value`` is a name, or a mapping of name, alpha and beta."""
    if not isinstance(value, dict):
        return isinstance(value, str)
    named = value.keys() == {"name", "alpha", "beta"} and isinstance(value["name"], str)
    return named and all(value[key] is None or _is_number(value[key]) for key in ("alpha", "beta"))


OPTIONS: Mapping[str, Callable[[object], bool]] = {
    "activation": _is_activation,
    "gate_activation": _is_activation,
    "candidate_activation": _is_activation,
    "cell_activation": _is_activation,
    "clip": _is_number,
    "reset": lambda value: isinstance(value, str),
    "coupled": lambda value: isinstance(value, bool),
    "without": lambda value: isinstance(value, list) and all(isinstance(gate, str) for gate in value),
}
"""Those that a cell has beside its arrays, and what each may be."""


def metadata_of(network: Network, name: str) -> str:
    """Return the note for a network that is saved under ``name``."""
    cells = {suffix_of(place): _options(cell) for place, cell in places_of(network)}
    return json.dumps({"cells": {name: cells}} | ({"readout": READOUT} if network.readout else {}))


def _options(cell: AnyCell) -> dict[str, Any]:
    """What a cell is beside its arrays, as JSON has it; activations and clip where they are unusual."""
    options: dict[str, Any] = {}
    for name, value in cell.options.items():
        if isinstance(value, Activation):
            options[name] = asdict(value)
        elif name == "without":
            options[name] = sorted(value)
        elif name not in cell.squash_options or name == "activation" or name in cell.other_squashes:
            options[name] = value
    return options


def parsed_metadata(text: object, label: str) -> Mapping[str, Any]:
    """Return what a note says: ``{"cells": {name: {"_l0": {option: value}}}, "readout": name}``.

    Raises:
        InteropError: it is of another hand, and not as it should be.
    """
    if text is None:
        return {}
    try:
        note = strict_json.loads(str(text))
        for cells in note["cells"].values():
            for options in cells.values():
                if not all(OPTIONS[option](value) for option, value in options.items()):
                    raise TypeError
        if not isinstance(note.get("readout", ""), str):
            raise TypeError
    except (AttributeError, KeyError, TypeError, ValueError):
        raise InteropError("interop.error.damaged", path=label, where=METADATA) from None
    return dict(note)
