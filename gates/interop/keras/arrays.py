"""From a network of this engine's to the arrays that Keras' layers take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.core.activations import AnyActivation, FloatArray
from gates.interop.errors import InteropError
from gates.interop.keras.activations import keras_name
from gates.interop.keras.cells import arrays_of
from gates.network import AnyCell, Layer, Network

CLASSES = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}


def keras_weights(network: Network | AnyCell) -> list[list[FloatArray]]:
    """Return each layer's arrays in Keras' order and layout, for ``layer.set_weights(arrays)``.

    A layer of one direction has kernel (I, G·U), recurrent_kernel (U, G·U) and bias; one of two directions
    has those of the forward cell, then of the backward one, as ``keras.layers.Bidirectional`` takes them. A
    read-out is one more entry: kernel (n, K) and bias (K,) of a Dense. ``keras_layers`` says which layers.

    Args:
        network: a network, or a cell for a layer of its own.

    Raises:
        InteropError: Keras has no such cell (peepholes, coupled gates, a gate left out, a projection, …).
    """
    network = network if isinstance(network, Network) else Network((Layer(network),))
    if obstacles := ", ".join(dict.fromkeys(_beyond_keras(network))):
        raise InteropError("interop.keras.error.save", what=obstacles)
    weights = [[array for cell in layer.cells for array in arrays_of(cell)] for layer in network.layers]
    if network.readout is not None:
        weights.append([network.readout.V.T.copy(), network.readout.b.copy()])
    return weights


def keras_layers(network: Network | AnyCell) -> list[tuple[str, dict[str, Any]]]:
    """Return the class and options of the Keras 3 layer that each entry of ``keras_weights`` belongs to.

    ``("LSTM", {"units": 4, …})`` stands for ``keras.layers.LSTM(units=4, …)``; ``("Bidirectional", {"layer":
    ("LSTM", {…}), …})`` for one around a layer; a layer that reads from the end alone has go_backwards, and
    gives its output last step first.

    Raises:
        InteropError: as ``keras_weights`` does.
    """
    network = network if isinstance(network, Network) else Network((Layer(network),))
    keras_weights(network)
    layers: list[tuple[str, dict[str, Any]]] = []
    for layer in network.layers:
        kind, options = CLASSES[layer.cells[0].kind], _options(layer.cells[0])
        if len(layer.cells) == 2:
            layers.append(("Bidirectional", {"layer": (kind, options), "merge_mode": "concat"}))
        else:
            layers.append((kind, options | ({"go_backwards": True} if layer.forward is None else {})))
    if network.readout is not None:
        layers.append(("Dense", {"units": len(network.readout.b)}))
    return layers


def _options(cell: AnyCell) -> dict[str, Any]:
    squashes = {name: keras_name(squash) for name, squash in _squashes(cell).items()}
    options = {"units": cell.hidden, **squashes, "return_sequences": True, "dtype": str(cell.dtype)}
    return options | ({"reset_after": cell.reset == "after"} if isinstance(cell, GRU) else {})


def _squashes(cell: AnyCell) -> dict[str, AnyActivation]:
    """A cell's squashes by Keras' option."""
    if isinstance(cell, RNN):
        return {"activation": cell.activation}
    return {"activation": cell.candidate_activation, "recurrent_activation": cell.gate_activation}


def _beyond_keras(network: Network) -> Iterator[str]:
    """Yield what keeps a network from being layers of Keras' own."""
    for cell in network.cells:
        if isinstance(cell, LSTM):
            yield from ["peephole"] if cell.peephole is not None else []
            yield from ["projection"] if cell.projection is not None else []
            yield from ["coupled"] if cell.coupled else []
            yield from [f"without={sorted(cell.without)}"] if cell.without else []
            yield from ["cell_activation"] if cell.cell_activation != cell.candidate_activation else []
        yield from ["clip"] if cell.clip is not None else []
        for squash in _squashes(cell).values():
            yield from [str(squash)] if keras_name(squash) is None else []
    for layer in network.layers:
        if len(layer.cells) == 2 and not _is_one_layer(*layer.cells):
            yield " + ".join(f"{cell.kind.upper()}({cell.inputs}, {cell.hidden})" for cell in layer.cells)


def _is_one_layer(forward: AnyCell, backward: AnyCell) -> bool:
    """Whether two cells are one layer of Keras' in two directions."""
    same = (forward.kind, forward.hidden) == (backward.kind, backward.hidden)
    return same and _options(forward) == _options(backward)
