"""``.h5``: whole models of Keras 1 to 3 in HDF5, and weights alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gates.interop.files.format import Format, Source
from gates.interop.files.hdf5.format import MAGIC
from gates.interop.files.hdf5.tree import Tree, opened_tree
from gates.interop.files.keras_weights import contents_of_weights, has_old, in_groups, parts_in
from gates.interop.keras.config import LayerDescription, described_layers, major, parsed
from gates.interop.keras.keras1 import is_keras1, upgraded_config
from gates.interop.keras.model import contents_of_model
from gates.interop.stacks import SourceContents


def match(source: Source) -> bool:
    """Whether it begins as HDF5 does."""
    return source.head.startswith(MAGIC)


def read(source: Source) -> SourceContents:
    """Return what the file holds: a model with its configuration, or weights alone.

    Raises:
        InteropError: it is damaged or too large, or holds no recurrent layer.
    """
    label = source.label
    source.file.seek(0)
    with opened_tree(source.file, label, source.max_bytes) as tree:
        config = tree.text("", "model_config")
        root = "model_weights" if "model_weights" in tree.groups else ""
        version = major(tree.text(root, "keras_version") or tree.text("", "keras_version") or "")
        if config is None:
            return contents_of_weights(tree, version, label, root)
        model = parsed(config, label, "model_config")
        layers = described_layers(model, label)
        if not layers:
            return contents_of_weights(tree, version, label, root)
        if version == 1 or has_old(tree, root):
            layers = [replace(layer, config=upgraded_config(layer.config)) for layer in layers]
            version = 2  # whose activations are those of Keras 1
        return _grouped(tree, root, layers, version, label)


def _grouped(
    tree: Tree, root: str, layers: Sequence[LayerDescription], version: int | None, label: str
) -> SourceContents:
    """A model whose arrays stand in a group for each layer, named in the group's ``weight_names``."""
    groups = in_groups(tree, root)

    def lookup(layer: LayerDescription) -> list[dict[str, Any]]:
        outermost, _, inner_name = layer.name.partition(".")
        paths = groups.get(outermost, {})
        if inner_name:  # a layer of a model inside the model: its name is a part of its arrays' paths
            leaf = inner_name.rpartition(".")[2]
            paths = {path: name for path, name in paths.items() if leaf in path.split("/")[1:]}
        if is_keras1(paths.values()):
            return list(parts_in(tree, paths).values())
        parts: list[dict[str, Any]] = []
        for path, name in paths.items():
            if name == "kernel":
                parts.append({})
            if parts:
                parts[-1][name] = tree.array(path)
        return parts

    names = [f"{name}.{path.rpartition('/')[2]}" for name, paths in groups.items() for path in paths]
    return contents_of_model(layers, lookup, version, names, label)


FORMAT = Format(".h5", (".h5", ".hdf5"), match, read)
