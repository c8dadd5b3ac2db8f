"""Arrays for Keras: set in a layer of Keras', they give what the network gives, and come back."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gates import GRU, LSTM, RNN, Layer, Network, Readout
from gates.core.activations import Activation
from gates.interop import InteropError, keras_layers, keras_weights, load
from tests.interop.compare import assert_equal
from tests.interop.keras.models import INPUTS, close, given_by, keras, sequence


def built(described: list[tuple[str, dict[str, Any]]]) -> Any:
    layers = []
    for kind, options in described:
        if kind == "Bidirectional":
            inner, own = options["layer"]
            options = options | {"layer": getattr(keras.layers, inner)(**own)}
        layers.append(getattr(keras.layers, kind)(**options))
    return keras.Sequential([keras.Input((None, INPUTS)), *layers])


def cell(kind: Any, inputs: int, hidden: int, seed: int, **options: Any) -> Any:
    return kind.init(inputs, hidden, np.random.default_rng(seed), dtype=np.float32, **options)


NETWORKS = {
    "lstm": [Layer(cell(LSTM, INPUTS, 4, 0))],
    "gru after": [Layer(cell(GRU, INPUTS, 4, 1, reset="after"))],
    "gru before": [Layer(cell(GRU, INPUTS, 4, 2, reset="before"))],
    "rnn": [Layer(cell(RNN, INPUTS, 4, 3, activation="relu"))],
    "deep": [Layer(cell(LSTM, INPUTS, 4, 4), cell(LSTM, INPUTS, 4, 5)), Layer(cell(GRU, 8, 3, 6))],
    "both grus": [Layer(cell(GRU, INPUTS, 2, 7, reset="before"), cell(GRU, INPUTS, 2, 8, reset="before"))],
}


@pytest.mark.parametrize("name", NETWORKS)
def test_keras_gives_what_the_network_gives(name: str) -> None:
    network = Network(tuple(NETWORKS[name]))
    readout = np.random.default_rng(9).normal(size=(2, network.outputs)).astype(np.float32)
    network = Network(network.layers, Readout(readout, readout[:, 0]))
    model = built(keras_layers(network))
    for layer, arrays in zip(model.layers, keras_weights(network), strict=True):
        layer.set_weights(arrays)
    close(network.run(sequence()).scores, given_by(model, sequence()))
    assert_equal(load(model), network)


def test_a_layer_from_the_end_alone_goes_backwards() -> None:
    network = Network((Layer(None, cell(GRU, INPUTS, 4, 0)),))
    model = built(keras_layers(network))
    model.set_weights([array for arrays in keras_weights(network) for array in arrays])
    close(network.run(sequence()).output[::-1], given_by(model, sequence()))
    assert_equal(load(model), network)


def test_activations_go_along() -> None:
    hard = Activation("hard_sigmoid", alpha=1 / 6, beta=0.5)
    squashes = {"candidate_activation": "softsign", "cell_activation": "softsign"}
    network = Network((replace(cell(LSTM, INPUTS, 4, 0), gate_activation=hard, **squashes),))
    model = built(keras_layers(network))
    model.set_weights(keras_weights(network)[0])
    close(network.run(sequence()).output, given_by(model, sequence()))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"peephole": np.ones((3, 4))}, "peephole"),
        ({"coupled": True}, "coupled"),
        ({"without": ["forget"]}, r"without=\['forget'\]"),
        ({"projection": np.ones((4, 4))}, "projection"),
        ({"clip": 1.0}, "clip"),
        ({"candidate_activation": "relu"}, "cell_activation"),
        ({"gate_activation": "hard_sigmoid"}, "hard_sigmoid"),
    ],
)
def test_what_keras_cannot_build_is_named(options: dict[str, Any], said: str) -> None:
    W, U, b = (np.ones(shape) for shape in ((16, 3), (16, 4), (16,)))
    for give in (keras_weights, keras_layers):
        with pytest.raises(InteropError, match=rf"Keras has no such layers: {said}"):
            give(LSTM(W, U, b, **options))


def test_two_directions_of_different_kinds_are_no_layer_of_keras() -> None:
    with pytest.raises(InteropError, match=r"LSTM\(3, 4\) \+ GRU\(3, 4\)"):
        keras_weights(Network((Layer(cell(LSTM, 3, 4, 0), cell(GRU, 3, 4, 0)),)))
