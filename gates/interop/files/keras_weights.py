"""Weights of Keras without the model: layers found by the names and shapes of their arrays, and left open."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gates.interop.errors import InteropError
from gates.interop.files.hdf5.tree import Tree
from gates.interop.keras.cells import NAMES, kind_of
from gates.interop.keras.config import MAX_LAYERS
from gates.interop.keras.keras1 import is_keras1, upgraded
from gates.interop.keras.model import dense_readout
from gates.interop.keras.stacks import Source, stacks_of
from gates.interop.stacks import SourceContents, chains_by_size
from gates.interop.values import Value, shape
from gates.network import Readout

LISTS = ("layers", "_layer_checkpoint_dependencies")
"""What a Keras 3 store calls a model's list of layers; the second is Keras 2.12's word for it."""

HALVES = ("forward_layer", "backward_layer")
SPELLED = re.compile(r"(cu_dnn)?(lstm|gru)(_\d+)?|simple_rnn(_\d+)?")


@dataclass
class LayerArrays:
    """A layer's arrays by direction, forward first, and whether its name says that it is recurrent."""

    parts: list[dict[str, Value]] = field(default_factory=list)
    spelled: bool = False


def contents_of_weights(tree: Tree, version: int | None, label: str, root: str = "") -> SourceContents:
    """Return what a file of weights alone holds.

    Raises:
        InteropError: nothing in it is recurrent, or unbelievably much.
    """
    if groups := in_groups(tree, root):
        layers = _in_groups(tree, groups)
        version = 2 if any(map(is_keras1, _names(groups))) else version
    else:
        layers, has_names = _in_store(tree)
        version = 3 if has_names else version
    recurrent = {name: bare for name, bare in layers.items() if _is_recurrent(bare)}
    if not recurrent:
        raise InteropError("interop.keras.error.none", source=label, kinds=", ".join(list(layers)[:6]) or "–")
    if len(recurrent) > MAX_LAYERS:
        raise InteropError("interop.keras.error.many", path=label, count=MAX_LAYERS)
    stacks = [
        stack
        for name, bare in recurrent.items()
        for stack in stacks_of(Source(name, "", None, bare.parts, version))
    ]

    def linear(name: str) -> Readout | None:
        bare = layers.get(name)
        return None if bare is None or len(bare.parts) != 1 else dense_readout(name, bare.parts[0])

    names = {f"{name}.{leaf}": None for name, bare in layers.items() for part in bare.parts for leaf in part}
    return SourceContents(tuple(stacks), tuple(chains_by_size(stacks)), names, linear)


def in_groups(tree: Tree, root: str) -> dict[str, dict[str, str]]:
    """Return for each layer, in the model's order, the paths of its arrays and Keras' names for them."""
    prefix = f"{root}/" if root else ""
    return {
        name: {
            path: weight.rpartition("/")[2].partition(":")[0]
            for weight in tree.texts(f"{prefix}{name}", "weight_names")
            if (path := f"{prefix}{name}/{weight}") in tree.arrays
        }
        for name in tree.texts(root, "layer_names")
        if f"{prefix}{name}" in tree.groups
    }


def _names(groups: Mapping[str, Mapping[str, str]]) -> list[list[str]]:
    return [list(paths.values()) for paths in groups.values()]


def has_old(tree: Tree, root: str) -> bool:
    """Whether the arrays of a file's groups are called as Keras 1 calls them."""
    return any(map(is_keras1, _names(in_groups(tree, root))))


def parts_in(tree: Tree, paths: Mapping[str, str]) -> dict[str, dict[str, Value]]:
    """Return a group's arrays by owner and Keras' name for them; those of Keras 1 under today's names."""
    if is_keras1(paths.values()):
        return upgraded({name: tree.array(path) for path, name in paths.items()})
    owners: dict[str, dict[str, Value]] = {}
    for path, name in paths.items():
        owners.setdefault(path.rpartition("/")[0], {})[name] = tree.array(path)
    return owners


def _in_groups(tree: Tree, groups: Mapping[str, Mapping[str, str]]) -> dict[str, LayerArrays]:
    """The layers of a file of Keras 2, whose groups bear the layers' names and list the arrays in order."""
    by_layer: dict[str, LayerArrays] = {}
    for layer, paths in groups.items():
        owners = parts_in(tree, paths)
        both = len(owners) == 2 and all(
            f"/{half}_" in f"/{owner}" for half, owner in zip(("forward", "backward"), owners, strict=True)
        )
        if both or len(owners) == 1:
            by_layer[layer] = LayerArrays(list(owners.values()), spelled=True)
        else:
            names = {owner: owner.split(f"{layer}/", 1)[-1].replace("/", ".") for owner in owners}
            by_layer |= {
                f"{layer}.{names[owner]}": LayerArrays([part], spelled=True) for owner, part in owners.items()
            }
    return by_layer


def _in_store(tree: Tree) -> tuple[dict[str, LayerArrays], bool]:
    """The layers of a Keras 3 store, whose arrays are numbered; and whether the store tells layers' names.

    Only Keras 3 tells them. Where each layer has one of its own it goes by it, else by its place.
    """
    by_place: dict[str, LayerArrays] = {}
    stored: dict[str, str] = {}
    for group in sorted(tree.groups, key=_natural):
        owner, _, last = group.rpartition("/")
        numbers = [name for name in tree.below(group) if name.isdecimal()]
        if last != "vars" or not owner:
            continue
        if name := tree.text(group, "name"):
            stored[_place(owner)] = name
        if numbers:
            bare = by_place.setdefault(_place(_layer_of(owner)), LayerArrays())
            bare.spelled |= owner.endswith("/cell") or bool(SPELLED.fullmatch(owner.rpartition("/")[2]))
            values = [tree.array(f"{group}/{number}") for number in numbers]
            part = _numbered(values)
            bare.parts.insert(0 if HALVES[0] in owner.split("/") else len(bare.parts), part)
    names = {place: stored.get(place, place) for place in by_place}
    if len(set(names.values())) < len(names):
        names = {place: place for place in by_place}
    return {names[place]: bare for place, bare in by_place.items()}, bool(stored)


def _numbered(values: Sequence[Value]) -> dict[str, Value]:
    """Arrays by Keras' names: of a recurrent layer if the second is a matrix, else of a Dense."""
    names = NAMES if len(values) > 1 and len(shape(values[1])) == 2 else ("kernel", "bias")
    return {names[k] if k < len(names) else str(k): value for k, value in enumerate(values)}


def _layer_of(owner: str) -> str:
    """The layer that the owner of arrays is a part of: a cell, or a half of a Bidirectional."""
    owner = owner.removesuffix("/cell")
    head, _, last = owner.rpartition("/")
    return head if last in HALVES else owner


def _place(path: str) -> str:
    """A layer's place in the model, with a dot between a model's name and that of a layer in it."""
    return ".".join(part for part in path.split("/") if part not in LISTS)


def _natural(path: str) -> list[tuple[int, str]]:
    """Sort ``lstm_10`` after ``lstm_2``."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path)]


def _is_recurrent(bare: LayerArrays) -> bool:
    """Whether a layer's arrays are those of a recurrent one; two square matrices alone may be anything."""
    kinds = {kind_of(part) for part in bare.parts}
    fits = all(len(part) <= len(NAMES) for part in bare.parts) or bare.spelled
    return len(kinds) == 1 and kinds != {None} and fits and (kinds != {"rnn"} or bare.spelled)
