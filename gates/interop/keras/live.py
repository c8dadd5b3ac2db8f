"""Live layers and models of Keras, or of TensorFlow's: asked for their configuration and their weights."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from gates.interop.keras.config import LayerDescription, described_layers, major
from gates.interop.keras.model import contents_of_model
from gates.interop.stacks import SourceContents

PACKAGES = ("keras", "tf_keras", "tensorflow")


def is_keras(source: object) -> bool:
    """Whether ``source`` is a layer or model of Keras, of whichever version; Keras is not imported for it."""
    return any(
        kind.__name__ == "Layer" and kind.__module__.partition(".")[0] in PACKAGES
        for kind in type(source).__mro__
    )


def read_keras(source: Any) -> SourceContents:
    """Return what a live layer or model holds."""
    label = str(source.name)
    if isinstance(getattr(source, "layers", None), (list, tuple)):
        layers, parts = _model(source, label)
    else:
        layers, parts = [_alone(source, label)], {label: source}
    names = [f"{name}.{_last(weight)}" for name, part in parts.items() for weight in _own(part)]

    def lookup(layer: LayerDescription) -> list[dict[str, Any]]:
        return _arrays(parts[layer.name])

    return contents_of_model(layers, lookup, _version(source), names, label)


def _model(model: Any, label: str) -> tuple[list[LayerDescription], dict[str, Any]]:
    """A model's layers as its configuration describes them, or one by one where it describes none."""
    parts = dict(_parts(model, ""))
    try:
        layers = described_layers({"config": model.get_config()}, label)
    except NotImplementedError:
        layers = []
    if not parts.keys() <= {layer.name for layer in layers}:  # a model of somebody's own class
        layers = [_alone(part, name) for name, part in parts.items()]
    return layers, parts


def _parts(model: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for layer in model.layers:
        yield f"{prefix}{layer.name}", layer
        if isinstance(getattr(layer, "layers", None), (list, tuple)):
            yield from _parts(layer, f"{prefix}{layer.name}.")


def _alone(layer: Any, name: str) -> LayerDescription:
    kind = type(layer)
    custom = kind.__module__.partition(".")[0] not in PACKAGES
    class_name = f"{kind.__module__}>{kind.__name__}" if custom else kind.__name__
    return LayerDescription(name, class_name, {} if custom else layer.get_config(), "", ())


def _arrays(layer: Any) -> list[dict[str, Any]]:
    """A layer's arrays by Keras' names, one mapping for each direction."""
    halves = [getattr(layer, f"{half}_layer", None) for half in ("forward", "backward")]
    parts = []
    for part in [half for half in halves if half is not None] or [layer]:
        values = {
            _last(weight): value for weight, value in zip(part.weights, part.get_weights(), strict=True)
        }
        parts.append(values)
    return parts


def _own(part: Any) -> Sequence[Any]:
    """The weights of a layer that is no model: those of a model are counted with its layers."""
    return () if isinstance(getattr(part, "layers", None), (list, tuple)) else list(part.weights)


def _last(weight: Any) -> str:
    """A variable's own name: ``kernel`` of ``lstm/lstm_cell/kernel:0``."""
    return str(getattr(weight, "path", weight.name)).rpartition("/")[2].partition(":")[0]


def _version(source: Any) -> int | None:
    """The version of Keras that a layer belongs to: TensorFlow's own, and tf_keras, are Keras 2."""
    packages = {
        kind.__module__.partition(".")[0] for kind in type(source).__mro__ if kind.__name__ == "Layer"
    }
    if "keras" not in packages:
        return 2
    return major(str(getattr(sys.modules.get("keras"), "__version__", "")))
