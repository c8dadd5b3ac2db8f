"""What PyTorch's modules and state dicts hold: groups of arrays under its names, made into stacks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gates.interop.errors import InteropError
from gates.interop.groups import CellPlace, Group
from gates.interop.hints import NO_HINTS, Hints
from gates.interop.keras.named import is_numbered, read_keras_names, read_weight_list
from gates.interop.mappings import flatten, state_dicts, unwrap
from gates.interop.mxnet import renamed
from gates.interop.report import Note
from gates.interop.stacks import SourceContents, Stack, described
from gates.interop.torch.convert import layers_of, notes_on, suffix_of
from gates.interop.torch.finding import find_groups
from gates.interop.torch.folding import fold
from gates.interop.torch.modules import is_program, module_arrays, module_groups, named_arrays
from gates.interop.trees.reading import read_parameter_list, read_tree
from gates.interop.values import Value, as_floats, shape
from gates.network import Readout

PACKED = re.compile(
    r"(?:(?P<owner>.*)\.)?(?P<kind>_all_weight_values|_all_params|_packed_weight_\w++)(\..*)?", re.DOTALL
)
"""How PyTorch's quantised recurrent layers name what they keep."""

SQUASHES = {"activation": {"tanh": "tanh", "relu": "relu"}}
"""What a state dict leaves open: it does not tell the squash of a plain RNN."""


def read_module(module: Any) -> SourceContents:
    """Return what a live module holds."""
    groups = module_groups(module)
    if groups:
        return _found(groups, module_arrays(module))
    notes = (Note("interop.report.program"),) if is_program(module) else ()
    return read_arrays(named_arrays(module), notes=notes)


def read_exported_program(program: Any) -> SourceContents:
    """Return what a program of ``torch.export`` holds, by the names of its weights."""
    return read_arrays({**program.state_dict}, notes=(Note("interop.report.program"),))


def read_arrays(
    mapping: Mapping[Any, Any],
    about: Mapping[str, Any] | None = None,
    notes: tuple[Note, ...] = (),
    hints: Hints = NO_HINTS,
) -> SourceContents:
    """Return what stands in a mapping, nested or not: PyTorch's names, or those of another framework.

    about: what ``save`` noted beside the arrays.

    Raises:
        InteropError: it is a list that NumPy numbered, of no known order; or nothing but quantised layers.
    """
    about = about or {}
    everything, unwrapped = unwrap(flatten(mapping))
    if is_numbered(everything):
        return listed_arrays(
            [everything[f"arr_{k}"] for k in range(len(everything)) if f"arr_{k}" in everything], hints
        )
    cell_options = about.get("cells", {})
    keras, taken = read_keras_names(everything)
    arrays = {name: value for name, value in everything.items() if name not in taken}
    arrays, mxnet = renamed(arrays)
    notes += (Note("interop.report.mxnet"),) if mxnet else ()
    trees, claimed = read_tree(arrays, hints)
    left = {name: value for name, value in arrays.items() if name not in claimed}
    folded = fold(left)
    packed = _packed(mapping)
    groups = tuple(
        _with_metadata(
            replace(
                group,
                notes=(*folded.notes.get(group.name, ()), *group.notes),
                problem=folded.problems.get(group.name),
            ),
            cell_options.get(group.name),
        )
        for group in find_groups(folded.arrays, state_dicts(mapping))
    )
    claimed_too = {name: arrays[name] for name in claimed}
    contents = _found(groups, folded.arrays | claimed_too)
    named = {group.name for group in groups}
    broken = [Stack(owner, problem=error) for owner, error in folded.problems.items() if owner not in named]
    contents = _with_trees(replace(contents, stacks=(*contents.stacks, *broken)), trees)
    contents = _with_names(contents, keras)
    if packed and not contents.stacks:
        raise InteropError("interop.error.quantised", layer=", ".join(packed))
    return replace(contents, readout=about.get("readout"), notes=notes + unwrapped)


def _packed(mapping: Mapping[Any, Any]) -> list[str]:
    """The layers of a quantised model's state dict, whose weights are no arrays any more."""
    matches = (PACKED.fullmatch(name) for name in mapping if isinstance(name, str))
    return list(dict.fromkeys(match["owner"] or match["kind"] for match in matches if match))


def _with_trees(contents: SourceContents, trees: SourceContents) -> SourceContents:
    """What was found under PyTorch's names, and with it the cells of other frameworks."""
    if not trees.stacks:
        return contents
    return replace(
        contents,
        stacks=contents.stacks + trees.stacks,
        arrays=trees.arrays,
        linear=lambda name: contents.linear(name) or trees.linear(name),
    )


def listed_arrays(arrays: Sequence[Any], hints: Hints) -> SourceContents:
    """Return what a bare list holds: with a kind, ``get_weights()`` of a Keras layer; else d2l's parameters.

    Raises:
        InteropError: it is neither.
    """
    contents = read_weight_list(arrays, hints.kind) if hints.kind is not None else None
    return read_parameter_list(arrays) if contents is None else contents


def _with_names(contents: SourceContents, named: SourceContents) -> SourceContents:
    """What was found besides, and with it the layers under Keras' names."""
    if not named.stacks:
        return contents
    added = {name for name in named.arrays if name not in contents.arrays}
    return replace(
        contents,
        stacks=contents.stacks + named.stacks,
        chains=() if contents.stacks else named.chains,
        arrays={**contents.arrays, **{name: named.arrays[name] for name in added}}
        if contents.stacks
        else named.arrays,
        linear=lambda name: contents.linear(name) or named.linear(name),
    )


def _with_metadata(group: Group, cells: Mapping[str, Any] | None) -> Group:
    """The group with what ``save`` noted about its cells, or with a note of what weights alone leave open."""
    if cells is not None:
        places = [CellPlace(layer, backward) for layer in range(len(cells)) for backward in (False, True)]
        return replace(
            group, options={place: cells[suffix_of(place)] for place in places if suffix_of(place) in cells}
        )
    open_layout = (Note("interop.report.unknown_layout"),) if group.layered else ()
    return replace(group, notes=group.notes + open_layout)


def _found(groups: tuple[Group, ...], arrays: Mapping[str, Value]) -> SourceContents:
    def linear(name: str) -> Readout | None:
        weight, bias = (arrays.get(f"{name}.{part}") for part in ("weight", "bias"))
        if weight is None or len(shape(weight)) != 2:
            return None
        V = as_floats(f"{name}.weight", weight)
        return Readout(V, np.zeros(len(V), V.dtype) if bias is None else as_floats(f"{name}.bias", bias))

    return SourceContents(tuple(map(_stack, groups)), arrays=arrays, linear=linear)


def _stack(group: Group) -> Stack:
    try:
        blocks = group.blocks()
        layers = layers_of(group)
    except InteropError as problem:
        return Stack(group.name, problem=problem)
    activation_open = any(
        block.kind == "rnn" and "activation" not in group.options.get(place, {})
        for place, block in blocks.items()
    )
    notes = [*notes_on(group, layers), *group.notes]
    if activation_open:
        notes = [note for note in notes if note.key != "interop.report.activation"]
    return Stack(
        group.name,
        layers,
        tuple(notes),
        word=described(layers, cell=not group.layered),
        open=SQUASHES if activation_open else {},
        unread=group.unread,
    )
