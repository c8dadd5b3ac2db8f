"""``.keras``: a zip of a model's configuration and a store of its weights."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from gates.interop.errors import InteropError
from gates.interop.files.archives import opened
from gates.interop.files.format import Format, Source
from gates.interop.files.hdf5.tree import MAX_TEXT, Tree, opened_tree
from gates.interop.files.keras_weights import contents_of_weights
from gates.interop.keras.cells import NAMES
from gates.interop.keras.config import LayerDescription, described_layers, major, parsed
from gates.interop.keras.model import contents_of_model
from gates.interop.limits import check_size
from gates.interop.stacks import SourceContents

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"

INNER = ("", "cell/", "layer/", "layer/cell/", "forward_layer/", "forward_layer/cell/", "backward_layer/",
         "backward_layer/cell/")  # fmt: skip
"""Where below a layer a Keras 3 store keeps its arrays, forward before backward."""


def match(source: Source) -> bool:
    """Whether it is a zip with a configuration and weights, or what tells Keras' version."""
    return CONFIG in source.entries and (WEIGHTS in source.entries or METADATA in source.entries)


def read(source: Source) -> SourceContents:
    """Return what the model holds. Its configuration is read, and nothing of it is built or run.

    Raises:
        InteropError: it is damaged or too large, or holds no recurrent layer.
    """
    file, label, max_bytes = source.file, source.label, source.max_bytes
    with opened(file, label, max_bytes) as archive:
        entries = set(archive.namelist())
        if WEIGHTS not in entries:
            raise InteropError("interop.keras.error.weights", path=label, expected=WEIGHTS)
        texts = {}
        for name in (CONFIG, METADATA):
            if name in entries:
                check_size(label, archive.getinfo(name).file_size, MAX_TEXT)
                texts[name] = archive.read(name).decode("utf8", "replace")
        weights = io.BytesIO(archive.read(WEIGHTS))
    config = parsed(texts.get(CONFIG, "{}"), label, CONFIG)
    version = major(str(parsed(texts.get(METADATA, "{}"), label, METADATA).get("keras_version")))
    with opened_tree(weights, label, max_bytes) as tree:
        layers = described_layers(config, label)
        return _stored(tree, layers, version, label) if layers else contents_of_weights(tree, version, label)


def _stored(
    tree: Tree, layers: Sequence[LayerDescription], version: int | None, label: str
) -> SourceContents:
    """A model whose arrays are numbered, in a store that follows the model's structure."""
    old = "_layer_checkpoint_dependencies" in tree.groups  # Keras 2.12 called the list of layers so

    def lookup(layer: LayerDescription) -> list[dict[str, Any]]:
        place = layer.store.replace("layers/", "_layer_checkpoint_dependencies/", 1) if old else layer.store
        owner = tree.text(f"{place}/vars", "name") if f"{place}/vars" in tree.groups else None
        if owner not in (None, layer.name.rpartition(".")[2]):  # Keras 3 tells whose place it is
            return []
        names = ("kernel", "bias") if layer.kind in ("Dense", "TimeDistributed") else NAMES
        parts = []
        for inner in INNER:
            group = f"{place}/{inner}vars"
            numbers = [name for name in tree.below(group) if name.isdecimal()]
            if numbers:
                parts.append({_name(names, k): tree.array(f"{group}/{n}") for k, n in enumerate(numbers)})
        return parts

    places = {layer.store: layer.name for layer in layers}
    names = [_owned(path, places) for path in tree.arrays]
    return contents_of_model(layers, lookup, version, names, label)


def _name(names: Sequence[str], k: int) -> str:
    return names[k] if k < len(names) else str(k)


def _owned(path: str, places: Mapping[str, str]) -> str:
    """An array's name after that of its layer, or its path if it belongs to none."""
    head = path
    while head := head.rpartition("/")[0]:
        if head in places:
            return f"{places[head]}.{path.removeprefix(f'{head}/').replace('.', '_')}"
    return path


FORMAT = Format(".keras", (".keras",), match, read)
