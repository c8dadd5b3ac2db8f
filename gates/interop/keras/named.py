"""Arrays of Keras without a file of Keras': under its names for them, or in the order of ``get_weights()``.

``lstm/lstm_cell/kernel:0`` as Keras 2 has it, ``lstm/lstm_cell/kernel`` as Keras 3 does, the keys of
TensorFlow's object checkpoints, and ``lstm_1_W_i`` of Keras 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gates.interop.errors import InteropError
from gates.interop.keras.cells import NAMES, kind_of
from gates.interop.keras.config import MAX_LAYERS
from gates.interop.keras.keras1 import AUTOMATIC, NAME, upgraded
from gates.interop.keras.model import dense_readout
from gates.interop.keras.stacks import Source, stacks_of
from gates.interop.report import Note
from gates.interop.stacks import SourceContents, Stack, chains_by_size
from gates.interop.values import Value, as_value, shape
from gates.network import Readout

VALUE, SLOT = "/.ATTRIBUTES/VARIABLE_VALUE", "/.OPTIMIZER_SLOT/"
"""How TensorFlow's object checkpoints end the key of a variable, and mark what an optimiser keeps."""

CELL = re.compile(r"(?:(?:lstm|gru|simple_rnn)_cell|cell)(?:_\d+)?")
HALF = re.compile(r"(?P<way>forward|backward)_(?P<rest>.+)")
MAX_HEADS = 32
NUMBERED = re.compile(r"arr_\d+")


def read_keras_names(arrays: Mapping[str, Value]) -> tuple[SourceContents, frozenset[str]]:
    """Return the recurrent layers whose arrays bear Keras' names, and the names that are theirs.

    Raises:
        InteropError: there are more than ``MAX_LAYERS`` layers.
    """
    plain_names = {name: _plain(name) for name in arrays if SLOT not in name}
    owners: dict[str, dict[str, str]] = {}
    for name, plain in plain_names.items():
        owner, leaf = _split(plain)
        owners.setdefault(owner, {})[leaf] = name
    cells = {owner: leaves for owner, leaves in owners.items() if "recurrent_kernel" in leaves}
    parts, used = _layers(cells, arrays, plain_names)
    old = {leaf: name for leaves in owners.values() for leaf, name in leaves.items() if _is_automatic(leaf)}
    dense = {owner: {leaf: arrays[name] for leaf, name in leaves.items()} for owner, leaves in owners.items()}
    if old:
        dense |= upgraded({leaf: arrays[name] for leaves in owners.values() for leaf, name in leaves.items()})
        for name, halves in _paired([*upgraded({leaf: arrays[name] for leaf, name in old.items()})]).items():
            parts[name] = [dense[half] for half in halves]
        used |= set(old.values())
    version = 2 if old else None
    if len(parts) > MAX_LAYERS:
        raise InteropError("interop.keras.error.many", path="arrays", count=MAX_LAYERS)
    stacks: list[Stack] = []
    for name, directions in parts.items():
        known = bool(old) or _is_known(name, directions, cells)
        stacks += _stacks(Source(name, "", None, directions, version)) if known else [_ambiguous(name)]

    def linear(name: str) -> Readout | None:
        return dense_readout(name, dense.get(name, {}))

    unread: dict[str, Value] = {}
    for name, plain in plain_names.items():
        owner, leaf = _split(plain)
        unread[f"{owner}.{leaf}" if name not in used and leaf in NAMES and owner else name] = arrays[name]
    unread = {name: value for name, value in unread.items() if name not in used}
    unread |= {
        f"{name}.{leaf}": value
        for name, halves in parts.items()
        for part in halves
        for leaf, value in part.items()
    }
    return SourceContents(tuple(stacks), tuple(chains_by_size(stacks)), unread, linear), frozenset(used)


def _is_known(name: str, parts: Sequence[Mapping[str, Value]], cells: Iterable[str]) -> bool:
    """Whether names say what it is: two matrices without gates may be any cell's, such as an echo state's."""
    if not name or {kind_of(part) for part in parts} != {"rnn"}:
        return True
    return any(owner.startswith(name) and "simple_rnn" in owner for owner in cells)


def _ambiguous(name: str) -> Stack:
    return Stack(name, problem=InteropError("interop.keras.error.untold", layer=name))


def _stacks(source: Source) -> list[Stack]:
    try:
        return stacks_of(source)
    except InteropError as problem:
        return [Stack(source.name, problem=problem)]


def _plain(name: str) -> str:
    return name.removesuffix(VALUE)


def _split(name: str) -> tuple[str, str]:
    """A name's owner and its last part, without the number that TensorFlow puts behind a variable."""
    name = name.partition(":")[0]
    at = max(name.rfind("/"), name.rfind("."))
    return name[: max(at, 0)], name[at + 1 :]


def _is_automatic(leaf: str) -> bool:
    match = NAME.fullmatch(leaf)
    return match is not None and AUTOMATIC.fullmatch(match["owner"]) is not None


def _layers(
    cells: Mapping[str, Mapping[str, str]], arrays: Mapping[str, Value], plain_names: Mapping[str, str]
) -> tuple[dict[str, list[dict[str, Value]]], set[str]]:
    """The arrays of each layer by direction, with what else stands below its name; and all their names."""
    layers = {owner: _without_cell(owner) for owner in cells}
    if len(set(layers.values())) < len(layers):
        layers = {owner: owner for owner in cells}
    by_layer = {layer: owner for owner, layer in layers.items()}
    parts: dict[str, list[dict[str, Value]]] = {}
    used: set[str] = set()
    for name, halves in _paired(list(by_layer)).items():
        parts[name] = []
        for half in halves:
            leaves = cells[by_layer[half]]
            part = {leaf: arrays[full] for leaf, full in leaves.items() if leaf in NAMES or by_layer[half]}
            used |= {leaves[leaf] for leaf in part}
            parts[name].append(part)
    inside = {
        half: name for name, halves in _paired(list(by_layer)).items() for half in (*halves, name) if half
    }
    for full, plain in plain_names.items():
        if full not in used and (layer := next((head for head in _heads(plain) if head in inside), None)):
            parts[inside[layer]][0][plain] = arrays[full]
            used.add(full)
    return parts, used


def _heads(name: str) -> Iterator[str]:
    """Yield what stands before each slash or dot of a name, from its end, as deep as models go."""
    for _ in range(MAX_HEADS):
        at = max(name.rfind("/"), name.rfind("."))
        if at <= 0:
            return
        name = name[:at]
        yield name


def _without_cell(owner: str) -> str:
    layer, leaf = _split(owner)
    return layer if layer and CELL.fullmatch(leaf) else owner


def _paired(names: Sequence[str]) -> dict[str, list[str]]:
    """The layers, each with itself, or a Bidirectional with its two halves."""
    halves: dict[str, dict[str, str]] = {}
    for name in names:
        parent, leaf = _split(name)
        if match := HALF.fullmatch(leaf):
            halves.setdefault(parent or match["rest"], {})[match["way"]] = name
    paired = {name: [both["forward"], both["backward"]] for name, both in halves.items() if len(both) == 2}
    inside = {half for both in paired.values() for half in both}
    return paired | {name: [name] for name in names if name not in inside}


def is_numbered(arrays: Mapping[str, Value]) -> bool:
    """Whether arrays have the names that NumPy gives those of a list."""
    return bool(arrays) and all(NUMBERED.fullmatch(name) for name in arrays)


def read_weight_list(weights: Sequence[object], kind: str) -> SourceContents | None:
    """Return the layer whose ``get_weights()`` a list is, None if it is none of this kind.

    Raises:
        InteropError: it may be two layers as well as one of two directions.
    """
    values = [as_value(value) for value in weights]
    half = {4: 2, 6: 3}.get(len(values), len(values))
    if half not in (2, 3) or any(value is None for value in values):
        return None
    parts = [dict(zip(NAMES, values[at : at + half], strict=False)) for at in range(0, len(values), half)]
    if any(kind_of(part) != kind for part in parts):
        return None
    shapes = [[shape(value) for value in part.values()] for part in parts]
    units = shapes[0][1][0]
    if len(parts) == 2 and (shapes[0] != shapes[1] or shapes[0][0][0] == units):
        raise InteropError("interop.keras.error.pair", count=len(values), kind=kind)
    stacks = _stacks(Source("", "", None, parts, None))
    return SourceContents(tuple(stacks), notes=(Note("interop.keras.report.list"),))
