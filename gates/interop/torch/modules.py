"""Reading live PyTorch modules: which of their parts are recurrent, and what those were told to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gates.interop.errors import InteropError
from gates.interop.groups import NAME, CellPlace, Group
from gates.interop.report import Note
from gates.interop.torch.finding import completed
from gates.interop.torch.folding import Folded, fold
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
    folded = fold(named_arrays(module))
    for name, part in module.named_modules():
        if (kind := _kind(part)) is not None:
            groups.append(
                completed(_group(name, part, kind, folded), _siblings(name, folded.arrays), not name)
            )
        elif "quantiz" in type(part).__module__ and type(part).__name__ in LAYERS + CELLS:
            quantised.append(name or type(part).__name__)
    if quantised and not groups:
        raise InteropError("interop.error.quantised", layer=", ".join(quantised))
    return tuple(groups)


def module_arrays(module: Any) -> dict[str, Value]:
    """Return all parameters of ``module`` by name."""
    return dict(module.named_parameters())


def named_arrays(module: Any) -> dict[str, Value]:
    """Return all parameters and buffers of ``module`` by name, as a state dict has them."""
    return {**dict(module.named_parameters()), **dict(module.named_buffers())}


def is_program(module: Any) -> bool:
    """Whether a module was traced, scripted or exported: its weights alone tell its layers."""
    torch = sys.modules["torch"]
    return isinstance(module, (torch.jit.ScriptModule, torch.fx.GraphModule))


def is_exported(source: object) -> bool:
    """Whether ``source`` is a program of ``torch.export``, and no module."""
    kind = type(source)
    return kind.__name__ == "ExportedProgram" and kind.__module__.startswith("torch.export")


def _kind(part: Any) -> str | None:
    """The name of the recurrent class that ``part`` is, derives from, or was compiled from."""
    import torch

    for name in LAYERS + CELLS:
        if isinstance(part, getattr(torch.nn, name)):
            return name
    scripted: str = getattr(part, "original_name", "")
    return scripted if scripted in LAYERS + CELLS and hasattr(part, "hidden_size") else None


def _siblings(name: str, arrays: Mapping[str, Value]) -> dict[str, Value]:
    """What stands below a layer's name beside the weights that every such layer has."""
    start = f"{name}." if name else ""
    return {
        full: value
        for full, value in arrays.items()
        if full.startswith(start) and not NAME.fullmatch(full.removeprefix(start))
    }


def _group(name: str, part: Any, kind: str, folded: Folded) -> Group:
    layered = kind in LAYERS
    places = list(_places(part)) if layered else [CellPlace(0)]
    start = f"{name}." if name else ""
    with _in_eval_mode(part):
        arrays = {place: dict(_parameters(part, _suffix(place) if layered else "")) for place in places}
    for place, parameters in arrays.items():
        for parameter in parameters:
            full = f"{start}{parameter}{_suffix(place) if layered else ''}"
            if full in folded.made and not hasattr(part, "parametrizations"):
                parameters[parameter] = folded.arrays[full]
    options: Mapping[str, Any] = {"activation": _activation(part)} if kind.startswith("RNN") else {}
    return Group(
        name,
        layered,
        arrays,
        options=dict.fromkeys(places, options),
        notes=(*folded.notes.get(name, ()), *_notes(part, kind)),
    )


@contextmanager
def _in_eval_mode(part: Any) -> Iterator[None]:
    """Put a layer into eval mode and back: a spectral norm that trains takes a step whenever it is read."""
    modes = [(inner, inner.training) for inner in part.modules()]
    try:
        for inner, _ in modes:
            inner.training = False
        yield
    finally:
        for inner, training in modes:
            inner.training = training


def _places(part: Any) -> Iterator[CellPlace]:
    for layer in range(part.num_layers):
        yield CellPlace(layer)
        if part.bidirectional:
            yield CellPlace(layer, True)


def _suffix(place: CellPlace) -> str:
    return f"_l{place.layer}" + "_reverse" * place.backward


def _parameters(part: Any, suffix: str) -> Iterator[tuple[str, Value]]:
    """The parameters as attributes, so that a parametrisation has been applied.

    What a hook puts together before each forward pass, as older ways do, may be from before the last change
    of its parts, so that is folded.
    """
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
