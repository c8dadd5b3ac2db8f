"""A Keras model with its configuration: its recurrent layers, which stand on which, and read-outs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gates.interop.errors import InteropError
from gates.interop.keras.cells import Arrays
from gates.interop.keras.config import INERT, OTHER_RECURRENT, RECURRENT, LayerDescription, inside, is_model
from gates.interop.keras.stacks import Source, stacks_of
from gates.interop.report import Note
from gates.interop.stacks import SourceContents, Stack
from gates.interop.values import as_floats, shape
from gates.network import Readout

SQUASHES = ("Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax", "ThresholdedReLU")
"""Layers of no other use than an activation."""

Lookup = Callable[[LayerDescription], Sequence[Arrays]]
"""Gives a layer's arrays by Keras' names: one mapping for each direction, kernel, recurrent_kernel, bias."""


def contents_of_model(
    layers: Sequence[LayerDescription], lookup: Lookup, version: int | None, names: Sequence[str], label: str
) -> SourceContents:
    """Return what a model holds. names: of all its arrays, each after its layer's name and a dot.

    Raises:
        InteropError: none of its layers is recurrent.
    """
    by_name = {layer.name: layer for layer in layers}
    sources = {layer.name: _source_of(layer, by_name) for layer in layers}
    tops = _tops(layers, sources)
    stacks: list[Stack] = []
    merged: list[str] = []  # the halves of a Bidirectional that cannot be read as one
    for layer in layers:
        of_layer = _stacks(layer, lookup, version, by_name, tops.get(layer.name))
        stacks += of_layer
        merged += [stack.name for stack in of_layer[1:]]
    if not stacks:
        kinds = ", ".join(dict.fromkeys(layer.kind for layer in layers if not is_model(layer.config))) or "–"
        raise InteropError("interop.keras.error.none", source=label, kinds=kinds)
    dense = {layer.name: next(iter(lookup(layer)), {}) for layer in layers if _dense(layer) is not None}

    def linear(name: str) -> Readout | None:
        return dense_readout(name, dense.get(name, {}))

    chains = (*_chains(stacks, sources), *((name,) for name in merged))
    return SourceContents(tuple(stacks), chains, dict.fromkeys(names), linear)


def dense_readout(name: str, arrays: Arrays) -> Readout | None:
    """Return the linear layer of a Dense's arrays, None if it is none that reads a vector."""
    if "kernel" not in arrays or len(shape(arrays["kernel"])) != 2:
        return None
    V = as_floats(f"{name}.kernel", arrays["kernel"]).T
    return Readout(V, np.zeros(len(V), V.dtype) if "bias" not in arrays else as_floats(name, arrays["bias"]))


def _stacks(
    layer: LayerDescription,
    lookup: Lookup,
    version: int | None,
    by_name: Mapping[str, LayerDescription],
    top: LayerDescription | None,
) -> list[Stack]:
    """A layer's stacks; none if it is not recurrent, one with a problem if its kind is not read."""
    wrapper, config = None, layer.config
    kind, config = inside(layer.kind, config)
    if layer.kind == "Bidirectional":
        wrapper, inner = config, config.get("layer") or {}
        kind, config = inside(str(inner.get("class_name")), inner.get("config") or {})
    if kind not in RECURRENT:
        wrapped = layer.kind != "Bidirectional" and config.get("layer")
        class_name = f"{layer.kind}({wrapped.get('class_name')})" if isinstance(wrapped, Mapping) else kind
        if OTHER_RECURRENT.fullmatch(class_name.replace("(", "").replace(")", "")):
            problem = InteropError("interop.keras.error.layer", layer=layer.name, kind=class_name)
            return [Stack(layer.name, problem=problem)]
        return []
    notes = [Note("interop.keras.report.begun", layer=layer.name)] if layer.has_initial_state else []
    if _masked(layer, by_name):
        notes.append(Note("interop.keras.report.masked"))
    if top is not None and (squashes := [*_squashes(top, by_name)]):
        listed = ", ".join(squashes)[:80]
        notes.append(Note("interop.keras.report.scores", name=top.name, activation=listed))
    source = Source(
        layer.name, kind, config, lookup(layer), version, wrapper, tuple(notes), top.name if top else None
    )
    try:
        return stacks_of(source)
    except InteropError as problem:
        return [Stack(layer.name, problem=problem)]
    except (AttributeError, KeyError, TypeError, ValueError):
        return [Stack(layer.name, problem=InteropError("interop.keras.error.config", layer=layer.name))]


def _squashes(top: LayerDescription, by_name: Mapping[str, LayerDescription]) -> Iterator[str]:
    """Yield what is done to a Dense's scores, by itself and by the layers behind it."""
    if (activation := (_dense(top) or {}).get("activation")) not in (None, "linear"):
        yield str(activation)
    name = top.name
    for layer in by_name.values():  # in the model's order, so one walk follows the whole chain
        if layer.inputs == (name,) and layer.kind in SQUASHES:
            yield str(layer.config.get("activation")) if layer.kind == "Activation" else layer.kind
            name = layer.name


def _dense(layer: LayerDescription) -> Mapping[str, Any] | None:
    """The configuration of a Dense, also of one that is TimeDistributed; None if the layer is none."""
    if layer.kind == "Dense":
        return layer.config
    inner = layer.config.get("layer") if layer.kind == "TimeDistributed" else None
    if isinstance(inner, Mapping) and inner.get("class_name") == "Dense":
        return dict(inner.get("config") or {})
    return None


def _chains(stacks: Sequence[Stack], sources: Mapping[str, str | None]) -> Iterator[tuple[str, ...]]:
    """Yield the recurrent layers that stand on each other, bottom first: each way up to a topmost one."""
    read = {stack.name for stack in stacks if stack.name in sources}
    below = {name: under for name in read if (under := sources[name]) in read}
    lower = set(below.values())
    for stack in stacks:
        if stack.name not in read or stack.name in lower:
            continue
        chain = [stack.name]
        while (name := below.get(chain[0])) is not None and name not in chain:
            chain.insert(0, name)
        yield tuple(chain)


def _source_of(layer: LayerDescription, by_name: Mapping[str, LayerDescription]) -> str | None:
    """The layer whose output a layer reads, past those that act in training only; None if several."""
    for _ in by_name:
        if len(set(layer.inputs)) != 1 or layer.inputs[0] not in by_name:
            return None
        layer = by_name[layer.inputs[0]]
        idle = layer.kind == "Activation" and layer.config.get("activation") == "linear"
        if layer.kind not in INERT and not idle:
            return layer.name
    return None


def _tops(
    layers: Sequence[LayerDescription], sources: Mapping[str, str | None]
) -> dict[str | None, LayerDescription]:
    """The Dense that reads a layer's output, by that layer's name, where there is one and no other."""
    readers: dict[str | None, list[LayerDescription]] = {}
    for layer in layers:
        if _dense(layer) is not None:
            readers.setdefault(sources[layer.name], []).append(layer)
    return {name: layers_above[0] for name, layers_above in readers.items() if len(layers_above) == 1}


def _masked(layer: LayerDescription, by_name: Mapping[str, LayerDescription]) -> bool:
    """Whether steps are marked to be skipped somewhere below a layer."""
    waiting, seen = [layer], {layer.name}
    while waiting:
        layer_below = waiting.pop()
        if layer_below.kind == "Masking" or layer_below.config.get("mask_zero"):
            return True
        below = [by_name[name] for name in layer_below.inputs if name in by_name and name not in seen]
        seen |= {layer_below.name for layer_below in below}
        waiting += below
    return False
