"""A Keras model's configuration, as it stands in its files: read as data, never handed to Keras."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gates import strict_json
from gates.interop.errors import InteropError

Config = Mapping[str, Any]

RECURRENT = ("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU")
CELLS = {"LSTMCell": "LSTM", "GRUCell": "GRU", "SimpleRNNCell": "SimpleRNN"}
OTHER_RECURRENT = re.compile(r"(?:.*\W)?+\w*?(?:RNN|LSTM|GRU)\w*+")
INERT = {
    "Dropout",
    "SpatialDropout1D",
    "GaussianDropout",
    "GaussianNoise",
    "AlphaDropout",
    "ActivityRegularization",
    "Identity",
    "Masking",
}
"""What lets its input pass as it is once training is over; Masking does, and marks steps to skip."""

DEPTH = 8
MAX_LAYERS = 2000


@dataclass(frozen=True)
class LayerDescription:
    """A layer as the configuration describes it.

    name: its name, with those of the models around it before it. kind: its class. store: where a Keras 3
    store keeps its arrays. inputs: the layer that each of its calls reads. has_initial_state: whether
    a state is given to it too.
    """

    name: str
    kind: str
    config: Config
    store: str
    inputs: tuple[str, ...]
    has_initial_state: bool = False


def parsed(text: str, label: str, where: str) -> Config:
    """Return a JSON text's object.

    Raises:
        InteropError: it is none.
    """
    try:
        config = json.loads(text)  # Keras writes Infinity and whole numbers of any size
        strict_json.check_texts(config, text)
    except (ValueError, RecursionError):
        config = None
    if not isinstance(config, dict):
        raise InteropError("interop.error.damaged", path=label, where=where)
    return config


def described_layers(model: Config, label: str) -> list[LayerDescription]:
    """Return all layers of a model's configuration, those of models inside it too; none if it lists none.

    Raises:
        InteropError: the configuration is not as Keras writes it, or describes unbelievably many layers.
    """
    try:
        layers = list(islice(_layers(model.get("config"), "", "", 0), MAX_LAYERS + 1))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise InteropError("interop.error.damaged", path=label, where="config") from None
    if len(layers) > MAX_LAYERS:
        raise InteropError("interop.keras.error.many", path=label, count=MAX_LAYERS)
    return layers


def inside(kind: str, config: Config) -> tuple[str, Config]:
    """Return the class and configuration of a recurrent layer; of ``RNN(LSTMCell(…))`` those of an LSTM."""
    cell = config.get("cell")
    if kind == "RNN" and isinstance(cell, Mapping) and cell.get("class_name") in CELLS:
        return CELLS[cell["class_name"]], {
            **cell["config"],
            **{k: v for k, v in config.items() if k != "cell"},
        }
    return kind, config


def is_model(config: object) -> bool:
    """Whether a layer's configuration is that of a model that lists its layers."""
    return isinstance(config, list) or (
        isinstance(config, Mapping) and isinstance(config.get("layers"), list)
    )


def snake_case(name: str) -> str:
    """Return a class's name as Keras spells it in a store: ``SimpleRNN`` is ``simple_rnn``."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _layers(config: Any, prefix: str, store: str, depth: int) -> Iterator[LayerDescription]:
    if not is_model(config) or depth > DEPTH:
        return
    layers = config if isinstance(config, list) else config["layers"]
    counts: dict[str, int] = {}
    previous = ""
    for layer in layers:
        kind, options = _class(layer), layer["config"]
        spelled = snake_case(kind.rpartition(">")[2])
        counts[spelled] = counts.get(spelled, -1) + 1
        place = f"{store}layers/{spelled}" + f"_{counts[spelled]}" * (counts[spelled] > 0)
        name = str(layer.get("name") or (options["name"] if isinstance(options, Mapping) else spelled))
        inputs, has_initial_state = (
            ((previous,), False) if "inbound_nodes" not in layer else _inbound(layer["inbound_nodes"])
        )
        yield LayerDescription(
            prefix + name, kind, {} if isinstance(options, list) else options, place,
            tuple(prefix + input for input in inputs if input), has_initial_state,
        )  # fmt: skip
        yield from _layers(options, f"{prefix}{name}.", f"{place}/", depth + 1)
        previous = name


def _class(layer: Config) -> str:
    """Return a layer's class; one of somebody's own, which may bear any name, with ``>`` in it."""
    kind, module = str(layer["class_name"]), layer.get("module")
    custom = isinstance(module, str) and not module.startswith(("keras", "tf_keras", "tensorflow"))
    return f"{module}>{kind}" if custom else kind


def _inbound(nodes: Any) -> tuple[tuple[str, ...], bool]:
    """Return what each call of a layer reads, and whether any of them is given a state too."""
    inputs, has_initial_state = [], False
    for node in nodes:
        if isinstance(node, Mapping):  # Keras 3: {"args": [tensor, …], "kwargs": {…}}
            histories = [list(_histories(argument)) for argument in node.get("args", [])]
            tensors = [name for names in histories for name in names]
            has_initial_state |= any(_histories(node.get("kwargs", {}).get("initial_state")))
        else:  # Keras 2: [[layer, node, tensor, {…}], …]
            tensors = [tensor[0] for tensor in node]
            has_initial_state |= any(
                len(tensor) > 3 and bool(tensor[3].get("initial_state")) for tensor in node
            )
        has_initial_state |= len(tensors) > 1
        inputs.append(str(tensors[0]) if tensors else "")
    return tuple(inputs), has_initial_state


def _histories(argument: Any) -> Iterator[str]:
    """Yield the layers that an argument's tensors come from, in order."""
    if isinstance(argument, Mapping):
        history = (argument.get("config") or {}).get("keras_history")
        if history:
            yield str(history[0])
    elif isinstance(argument, list):
        for part in argument:
            yield from _histories(part)


def major(version: str) -> int | None:
    """Return Keras' version as its first number, None if it is not one that is read here."""
    match = re.match(r"([123])\.", version)
    return int(match[1]) if match else None
