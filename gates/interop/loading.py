"""From somebody's weights to a network of this engine's, with a report in words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from gates.cell import choose
from gates.interop.convert import layers_of, notes_on, suffix_of
from gates.interop.errors import AmbiguousError, InteropError, Reading
from gates.interop.files import MAX_BYTES, read
from gates.interop.groups import Group, Place, described, find_groups, flatten, unwrap
from gates.interop.modules import is_module, module_arrays, module_groups
from gates.interop.report import Note, Report
from gates.interop.values import Value, as_floats, shape
from gates.network import Layer, Network, Readout
from gates.rnn import ACTIVATIONS

SHOWN = 6
"""How many names a sentence lists before it breaks off."""


@dataclass(frozen=True, eq=False)
class LoadedNetwork(Network):
    """A network from elsewhere. ``report`` says what was converted, and how."""

    report: Report = field(default_factory=Report)


@dataclass(frozen=True)
class _Source:
    """What was handed in: its word in sentences and in calls, its layers, and all its arrays by name."""

    label: str
    groups: tuple[Group, ...]
    arrays: Mapping[str, Value]
    notes: tuple[Note, ...] = ()
    readout: str | None = None


@dataclass(frozen=True)
class _Way:
    """One way to read a source: the layers to stack, bottom first, and the squash of plain RNN cells."""

    groups: tuple[Group, ...]
    activation: str | None


def load(
    source: Any,
    *,
    name: str | Sequence[str] | None = None,
    kind: str | None = None,
    activation: str | None = None,
    readout: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> LoadedNetwork:
    """Return the recurrent layers of ``source`` as a network that shows every gate at every step.

    Nothing is guessed: where a source can be read in several ways, the error lists them with the call that
    chooses each. ``net.report`` says what was done, a sentence each.

    Args:
        source: a live PyTorch module, of which ``nn.RNN``, ``nn.LSTM``, ``nn.GRU`` and their cells are found
            wherever they are; a path or binary file of a state dict (.pt, .pth), .safetensors or .npz; or a
            mapping of PyTorch's names to arrays or tensors. Files are never executed.
        name: which layer, such as ``"encoder.lstm"``, if there are several. A list of names stacks them.
        kind: only layers that are ``"lstm"``, ``"gru"`` or ``"rnn"``.
        activation: ``"tanh"`` or ``"relu"``; a state dict does not tell it of a plain RNN.
        readout: the name of a linear layer to read the output with, such as ``"head"``.
        max_bytes: how much memory reading a file may take.

    Raises:
        AmbiguousError: there are several readings; they are in its ``readings``.
        InteropError: nothing recurrent is there, or something does not fit; the sentence names the way out.
    """
    if activation is not None:
        choose("activation", activation, ACTIVATIONS)
    found = _source(source, max_bytes)
    way = _only_way(found, name, kind, activation)
    layers: list[Layer] = []
    notes = [*_on_names(found, way), *found.notes]
    for group in way.groups:
        layers += (own := layers_of(group, way.activation))
        notes += [*notes_on(group, own), *group.notes]
    network = LoadedNetwork(tuple(layers))
    if readout := readout or found.readout:
        top = _readout(found, readout, network.outputs)
        network = replace(network, readout=top)
        notes.append(Note("interop.report.readout", name=readout, outputs=len(top.b), inputs=network.outputs))
    notes += _on_rest(found, way, readout)
    return replace(network, report=Report(tuple({str(note): note for note in notes}.values())))


def _source(source: Any, max_bytes: int) -> _Source:
    if is_module(source):
        return _Source("module", module_groups(source), module_arrays(source))
    if isinstance(source, Mapping):
        return _from_arrays("arrays", flatten(source), {}, ())
    if isinstance(source, (str, os.PathLike)) or _is_binary_file(source):
        readable = Path(source) if isinstance(source, os.PathLike) else source
        contents = read(readable, max_bytes)
        label = (
            json.dumps(os.fspath(source), ensure_ascii=False)
            if isinstance(source, (str, os.PathLike))
            else "file"
        )
        return _from_arrays(label, contents.arrays, contents.about, contents.notes)
    raise InteropError("interop.error.source", type=type(source).__name__)


def _is_binary_file(source: Any) -> bool:
    return hasattr(source, "readinto") and bool(source.seekable())


def _from_arrays(
    label: str, arrays: Mapping[str, Value], about: Mapping[str, Any], notes: tuple[Note, ...]
) -> _Source:
    arrays, unwrapped = unwrap(arrays)
    told = about.get("cells", {})
    groups = tuple(_told(group, told.get(group.name)) for group in find_groups(arrays))
    return _Source(label, groups, arrays, notes + unwrapped, about.get("readout"))


def _told(group: Group, cells: Mapping[str, Any] | None) -> Group:
    """The group with what ``save`` noted about its cells, or with a note of what weights alone leave open."""
    if cells is not None:
        places = [Place(layer, backward) for layer in range(len(cells)) for backward in (False, True)]
        return replace(
            group, options={place: cells[suffix_of(place)] for place in places if suffix_of(place) in cells}
        )
    open_layout = (Note("interop.report.unknown_layout"),) if group.layered else ()
    return replace(group, notes=group.notes + open_layout)


def _only_way(
    source: _Source, name: str | Sequence[str] | None, kind: str | None, activation: str | None
) -> _Way:
    candidates = _candidates(source, name)
    fitting = [groups for groups in candidates if kind is None or _kinds(groups) == {kind}]
    if not fitting:
        names = ", ".join(_described(groups) for groups in candidates)
        raise InteropError("interop.error.kind", source=source.label, kind=kind, names=names)
    ways = [way for groups in fitting for way in _ways(groups, activation)]
    if not ways:
        layers = ", ".join(_described(groups) for groups in fitting)
        raise InteropError("interop.error.activation", given=activation, layer=layers)
    if len(ways) > 1:
        by_name = len(source.groups) > 1
        readings = tuple(_reading(source.label, way, by_name, activation) for way in ways)
        raise AmbiguousError("interop.error.several", source=source.label, count=len(ways), readings=readings)
    return ways[0]


def _candidates(source: _Source, name: str | Sequence[str] | None) -> list[tuple[Group, ...]]:
    """What may be meant: the layers called ``name``, one on the other, or else any one that is readable."""
    if not source.groups:
        raise InteropError(
            "interop.error.none", source=source.label, count=len(source.arrays), names=_listed(source.arrays)
        )
    if name is not None:
        names = [name] if isinstance(name, str) else list(name)
        return [tuple(_named(source, own) for own in names)]
    readable = [group for group in source.groups if _problem(group) is None]
    if not readable:
        source.groups[0].blocks()  # raises what is wrong with it
    return [(group,) for group in readable]


def _named(source: _Source, name: str) -> Group:
    for group in source.groups:
        if group.name == name:
            group.blocks()
            return group
    names = ", ".join(repr(group.name) for group in source.groups)
    raise InteropError("interop.error.name", source=source.label, name=repr(name), names=names)


def _problem(group: Group) -> InteropError | None:
    try:
        group.blocks()
    except InteropError as error:
        return error
    return None


def _ways(groups: tuple[Group, ...], activation: str | None) -> list[_Way]:
    """The ways to read ``groups``: with each squash, where there are plain RNN cells and it is not told."""
    plain = [
        group.options.get(place, {}).get("activation")
        for group in groups
        for place, block in group.blocks().items()
        if block.kind == "rnn"
    ]
    if activation is not None:
        fits = plain and all(told in (None, activation) for told in plain)
        return [_Way(groups, activation)] if fits else []
    return [_Way(groups, own) for own in (ACTIVATIONS if None in plain else [None])]


def _reading(label: str, way: _Way, by_name: bool, given: str | None) -> Reading:
    names = [group.name for group in way.groups]
    arguments = [label]
    if by_name:
        arguments.append(f"name={json.dumps(names if len(names) > 1 else names[0], ensure_ascii=False)}")
    if way.activation is not None:
        arguments.append(f'activation="{way.activation}"')
    call = f"load({', '.join(arguments)})"
    return Reading(", ".join(names), _described(way.groups), call, way.activation)


def _described(groups: tuple[Group, ...]) -> str:
    return " + ".join(described(group.blocks(), group.layered) for group in groups)


def _kinds(groups: tuple[Group, ...]) -> set[str]:
    return {block.kind for group in groups for block in group.blocks().values()}


def _readout(source: _Source, name: str, inputs: int) -> Readout:
    weight, bias = (source.arrays.get(f"{name}.{part}") for part in ("weight", "bias"))
    if weight is None or len(shape(weight)) != 2 or shape(weight)[1] != inputs:
        raise InteropError("interop.error.readout", source=source.label, name=name, inputs=inputs)
    V = as_floats(f"{name}.weight", weight)
    return Readout(V, np.zeros(len(V), V.dtype) if bias is None else as_floats(f"{name}.bias", bias))


def _on_names(source: _Source, way: _Way) -> Iterator[Note]:
    layer, names = _described(way.groups), ", ".join(group.name for group in way.groups)
    if names:
        yield Note("interop.report.named", layer=layer, name=names, source=source.label)
    else:
        yield Note("interop.report.found", layer=layer, source=source.label)
    if len(way.groups) > 1:
        yield Note("interop.report.stacked", names=names)


def _on_rest(source: _Source, way: _Way, readout: str | None) -> Iterator[Note]:
    used = {group.name for group in way.groups} | ({readout} if readout else set())
    left = [name for name in source.arrays if _owner(name) not in used]
    if left:
        yield Note("interop.report.left", count=len(left), names=_listed(left))
    for group in source.groups:
        if group not in way.groups and (problem := _problem(group)):
            yield Note("interop.report.broken", problem=problem)


def _owner(name: str) -> str:
    """The module that a parameter belongs to, also if a parametrisation stands between them."""
    head, found, _ = f".{name}".partition(".parametrizations.")
    return (head if found else f".{name}".rpartition(".")[0]).removeprefix(".")


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:SHOWN]) + ", …" * (len(names) > SHOWN) or "–"
