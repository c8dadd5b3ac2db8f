"""Files of Keras: ``.keras``, whole models in HDF5 of Keras 2 and 3, and weights alone in HDF5."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from gates.interop.errors import InteropError
from gates.interop.files.archives import check_size, opened
from gates.interop.files.hdf5_tree import MAX_TEXT, Tree, opened_tree
from gates.interop.files.keras_weights import found_in_weights, in_groups
from gates.interop.keras.cells import NAMES
from gates.interop.keras.config import Described, described_layers, parsed
from gates.interop.keras.model import found_in_model
from gates.interop.stacks import Found

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"

INNER = ("", "cell/", "layer/", "layer/cell/", "forward_layer/", "forward_layer/cell/", "backward_layer/",
         "backward_layer/cell/")  # fmt: skip
"""Where below a layer a Keras 3 store keeps its arrays, forward before backward."""


def read_archive(file: BinaryIO, label: str, max_bytes: int) -> Found:
    """Return what a ``.keras`` file holds. Its configuration is read, and nothing of it is built or run."""
    with opened(file, label, max_bytes) as archive:
        held = set(archive.namelist())
        if WEIGHTS not in held:
            raise InteropError("interop.keras.error.weights", path=label, expected=WEIGHTS)
        texts = {}
        for name in (CONFIG, METADATA):
            if name in held:
                check_size(label, archive.getinfo(name).file_size, MAX_TEXT)
                texts[name] = archive.read(name).decode("utf8", "replace")
        weights = io.BytesIO(archive.read(WEIGHTS))
    config = parsed(texts.get(CONFIG, "{}"), label, CONFIG)
    version = major(str(parsed(texts.get(METADATA, "{}"), label, METADATA).get("keras_version")))
    with opened_tree(weights, label, max_bytes) as tree:
        layers = described_layers(config, label)
        return _stored(tree, layers, version, label) if layers else found_in_weights(tree, version, label)


def read_hdf5(file: BinaryIO, label: str, max_bytes: int) -> Found:
    """Return what an HDF5 file of Keras holds: a model with its configuration, or weights alone."""
    file.seek(0)
    with opened_tree(file, label, max_bytes) as tree:
        config = tree.text("", "model_config")
        root = "model_weights" if "model_weights" in tree.groups else ""
        version = major(tree.text(root, "keras_version") or tree.text("", "keras_version") or "")
        if config is None:
            return found_in_weights(tree, version, label, root)
        model = parsed(config, label, "model_config")
        layers = described_layers(model, label)
        if not layers:
            return found_in_weights(tree, version, label, root)
        return _grouped(tree, root, layers, version, label)


def major(version: str) -> int | None:
    """Return Keras' version as its first number, None if it is not one that is read here."""
    found = re.match(r"([23])\.", version)
    return int(found[1]) if found else None


def _stored(tree: Tree, layers: Sequence[Described], version: int | None, label: str) -> Found:
    """A model whose arrays are numbered, in a store that follows the model's structure."""
    old = "_layer_checkpoint_dependencies" in tree.groups  # Keras 2.12 called the list of layers so

    def lookup(layer: Described) -> list[dict[str, Any]]:
        place = layer.store.replace("layers/", "_layer_checkpoint_dependencies/", 1) if old else layer.store
        told = tree.text(f"{place}/vars", "name") if f"{place}/vars" in tree.groups else None
        if told not in (None, layer.name.rpartition(".")[2]):  # Keras 3 tells whose place it is
            return []
        names = ("kernel", "bias") if layer.kind in ("Dense", "TimeDistributed") else NAMES
        found = []
        for inner in INNER:
            group = f"{place}/{inner}vars"
            numbers = [name for name in tree.below(group) if name.isdecimal()]
            if numbers:
                found.append({_name(names, k): tree.array(f"{group}/{n}") for k, n in enumerate(numbers)})
        return found

    places = {layer.store: layer.name for layer in layers}
    names = [_owned(path, places) for path in tree.arrays]
    return found_in_model(layers, lookup, version, names, label)


def _name(names: Sequence[str], k: int) -> str:
    return names[k] if k < len(names) else str(k)


def _owned(path: str, places: Mapping[str, str]) -> str:
    """An array's name after that of its layer, or its path if it belongs to none."""
    head = path
    while head := head.rpartition("/")[0]:
        if head in places:
            return f"{places[head]}.{path.removeprefix(f'{head}/').replace('.', '_')}"
    return path


def _grouped(tree: Tree, root: str, layers: Sequence[Described], version: int | None, label: str) -> Found:
    """A model whose arrays stand in a group for each layer, named in the group's ``weight_names``."""
    groups = in_groups(tree, root)

    def lookup(layer: Described) -> list[dict[str, Any]]:
        outermost, _, rest = layer.name.partition(".")
        paths = groups.get(outermost, {})
        if rest:  # a layer of a model inside the model: its name is a part of its arrays' paths
            own = rest.rpartition(".")[2]
            paths = {path: name for path, name in paths.items() if own in path.split("/")[1:]}
        parts: list[dict[str, Any]] = []
        for path, name in paths.items():
            if name == "kernel":
                parts.append({})
            if parts:
                parts[-1][name] = tree.array(path)
        return parts

    names = [f"{name}.{path.rpartition('/')[2]}" for name, paths in groups.items() for path in paths]
    return found_in_model(layers, lookup, version, names, label)


def is_archive(names: Sequence[str]) -> bool:
    """Whether a zip with these entries is a ``.keras`` file."""
    return CONFIG in names and (WEIGHTS in names or METADATA in names)
