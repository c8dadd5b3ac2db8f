"""Reading live PyTorch modules: which of their parts are recurrent, and what those were told to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from gates.interop.errors import InteropError
from gates.interop.groups import Group, Place
from gates.interop.report import Note
from gates.interop.values import Value

LAYERS = ("RNN", "LSTM", "GRU")
CELLS = ("RNNCell", "LSTMCell", "GRUCell")


def is_module(source: object) -> bool:
    """Whether ``source`` is a PyTorch module; if PyTorch was never imported, nothing is."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(source, torch.nn.Module)


def module_groups(module: Any) -> tuple[Group, ...]:
    """Return the recurrent layers and cells of ``module``, itself or its parts, by their names in it.

    Raises:
        InteropError: the only recurrent layers are quantised.
    """
    groups: list[Group] = []
    quantised: list[str] = []
    for name, part in module.named_modules():
        if (kind := _kind(part)) is not None:
            groups.append(_group(name, part, kind))
        elif "quantiz" in type(part).__module__ and type(part).__name__ in LAYERS + CELLS:
            quantised.append(name or type(part).__name__)
    if quantised and not groups:
        raise InteropError("interop.error.quantised", layer=", ".join(quantised))
    return tuple(groups)


def module_arrays(module: Any) -> dict[str, Value]:
    """Return all parameters of ``module`` by name."""
    return dict(module.named_parameters())


def _kind(part: Any) -> str | None:
    """The name of the recurrent class that ``part`` is, derives from, or was compiled from."""
    import torch

    for name in LAYERS + CELLS:
        if isinstance(part, getattr(torch.nn, name)):
            return name
    scripted: str = getattr(part, "original_name", "")
    return scripted if scripted in LAYERS + CELLS and hasattr(part, "hidden_size") else None


def _group(name: str, part: Any, kind: str) -> Group:
    layered = kind in LAYERS
    places = list(_places(part)) if layered else [Place(0)]
    arrays = {place: dict(_parameters(part, _suffix(place) if layered else "")) for place in places}
    options: Mapping[str, Any] = {"activation": _activation(part)} if kind.startswith("RNN") else {}
    return Group(
        name, layered, arrays, options=dict.fromkeys(places, options), notes=tuple(_notes(part, kind))
    )


def _places(part: Any) -> Iterator[Place]:
    for layer in range(part.num_layers):
        yield Place(layer)
        if part.bidirectional:
            yield Place(layer, True)


def _suffix(place: Place) -> str:
    return f"_l{place.layer}" + "_reverse" * place.backward


def _parameters(part: Any, suffix: str) -> Iterator[tuple[str, Value]]:
    """The parameters as the module uses them, so that a weight norm or the like has been applied."""
    yield "weight_ih", getattr(part, f"weight_ih{suffix}")
    yield "weight_hh", getattr(part, f"weight_hh{suffix}")
    if part.bias:
        yield "bias_ih", getattr(part, f"bias_ih{suffix}")
        yield "bias_hh", getattr(part, f"bias_hh{suffix}")
    if getattr(part, "proj_size", 0):
        yield "weight_hr", getattr(part, f"weight_hr{suffix}")


def _activation(part: Any) -> str:
    mode: str = getattr(part, "mode", "") or part.nonlinearity
    return mode.removeprefix("RNN_").lower()


def _notes(part: Any, kind: str) -> Iterator[Note]:
    import torch

    if getattr(part, "batch_first", False):
        yield Note("interop.report.batch_first")
    if getattr(part, "dropout", 0):
        yield Note("interop.report.dropout", share=part.dropout)
    base = getattr(torch.nn, kind)
    if type(part) is not base and isinstance(part, base):
        yield Note("interop.report.subclass", type=type(part).__name__, base=kind)
