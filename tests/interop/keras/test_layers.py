"""Keras 3: live layers and models, and what it writes, against its own output."""

import re
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates import GRU, LSTM, RNN
from gates.core.activations import Activation
from gates.interop import AmbiguousError, InteropError, load
from tests.interop.compare import assert_equal
from tests.interop.keras.models import (
    assert_same,
    close,
    filled,
    given_by,
    keras,
    sequence,
    sequential,
    written,
)

L = keras.layers
KINDS: dict[str, dict[str, Any]] = {
    "LSTM": {},
    "GRU": {"reset_after": True},
    "GRU before": {"reset_after": False},
    "SimpleRNN": {},
}
WHOLE = (".keras", ".h5")


def layer(kind: str, units: int = 4, **options: Any) -> Any:
    return getattr(L, kind.split()[0])(units, return_sequences=True, **KINDS[kind], **options)


def every_way(model: Any, folder: Path) -> list[Any]:
    """The network from the live model and from each whole file of it."""
    return [load(model), *(load(written(model, folder, suffix)) for suffix in WHOLE)]


PAIRS = [(kind, both, both == (k % 2 == 0)) for k, kind in enumerate(KINDS) for both in (False, True)]
"""Kinds, two directions, biases: each two of them in each combination."""


@pytest.mark.parametrize(("kind", "both", "bias"), PAIRS)
def test_every_layer_gives_keras_output(kind: str, both: bool, bias: bool, tmp_path: Path) -> None:
    inner = layer(kind, use_bias=bias)
    model = sequential(L.Bidirectional(inner) if both else inner)
    for network in every_way(model, tmp_path):
        assert_same(network, model)
        assert network.difference is not None and network.difference <= 1e-6
        assert f"from that of Keras {keras.__version__}" in str(network.report)


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_alone_is_read_too_and_keeps_its_precision(kind: str) -> None:
    for dtype in ("float32", "float64"):
        one = filled(layer(kind, dtype=dtype))
        assert_same(load(one), one, dtype)


SQUASHES = (
    "tanh", "sigmoid", "hard_sigmoid", "relu", "linear", "softsign", "elu", "selu", "softplus", "silu",
    "gelu", "mish", "exponential", "relu6", "leaky_relu", "hard_silu", "hard_tanh", "log_sigmoid",
    "tanh_shrink", "celu",
)  # fmt: skip


@pytest.mark.parametrize("squash", SQUASHES)
def test_every_activation_is_keras_own(squash: str) -> None:
    place = SQUASHES.index(squash)
    kind = list(KINDS)[place % len(KINDS)]  # in turn, for the name means the same in each
    gates = {} if kind == "SimpleRNN" else {"recurrent_activation": SQUASHES[place - 1]}
    one = filled(layer(kind, activation=squash, **gates))
    one.set_weights([0.3 * w for w in one.get_weights()])  # a squash without bounds would run away
    assert_same(load(one), one)


def test_hard_sigmoid_is_that_of_keras_3() -> None:
    cell = load(filled(L.LSTM(2, recurrent_activation="hard_sigmoid"))).cells[0]
    assert cell.gate_activation == Activation("hard_sigmoid", alpha=1 / 6, beta=0.5)


@pytest.mark.parametrize("squash", ["softmax", "sparsemax", "log_softmax", "squareplus"])
def test_an_activation_that_no_cell_has_is_named(squash: str) -> None:
    with pytest.raises(InteropError, match=rf"lstm.* uses the activation {squash}"):
        load(filled(L.LSTM(2, activation=squash)))


def test_unit_forget_bias_is_in_the_forget_gate() -> None:
    one = L.LSTM(4, unit_forget_bias=True)
    one.build((None, None, 3))
    trace = load(one).run(np.zeros((1, 3), np.float32)).layers[0].forward
    np.testing.assert_allclose(trace.forget, 1 / (1 + np.exp(-1)), rtol=1e-6)
    np.testing.assert_allclose(trace.input, 0.5)
    np.testing.assert_allclose(trace.output, 0.5)


def test_weights_land_in_the_gates_they_belong_to() -> None:
    one = filled(L.GRU(2))
    kernel = one.get_weights()[0]
    cell = load(one).cells[0]
    for k, part in enumerate(("update", "reset", "candidate")):
        np.testing.assert_array_equal(cell.part(part).W, kernel[:, 2 * k : 2 * k + 2].T)


def test_stacked_layers_are_read_in_order_with_their_readout(tmp_path: Path) -> None:
    model = sequential(
        L.Bidirectional(layer("LSTM")),
        L.Dropout(0.2),
        layer("GRU before", 5),
        L.SpatialDropout1D(0.1),
        layer("SimpleRNN", 3),
        L.Dense(2, name="head"),
    )
    for network in every_way(model, tmp_path):
        assert [type(cell) for cell in network.cells] == [LSTM, LSTM, GRU, RNN]
        x = sequence()
        close(network.run(x).scores, given_by(model, x))
        assert "Its read-out is head: 2 scores from 3 numbers" in str(network.report)
        assert network.difference <= 1e-6


def test_a_readout_over_time_and_its_squash_are_told(tmp_path: Path) -> None:
    model = sequential(layer("LSTM"), L.TimeDistributed(L.Dense(3, activation="softmax"), name="words"))
    for network in every_way(model, tmp_path):
        close(network.run(sequence()).probabilities, given_by(model, sequence()))
        assert "words then squashes its scores by softmax" in str(network.report)


def test_a_layer_of_a_stack_can_be_chosen(tmp_path: Path) -> None:
    model = sequential(layer("LSTM", name="low"), layer("GRU", name="high"))
    for source in (model, *(written(model, tmp_path, suffix) for suffix in WHOLE)):
        assert_equal(load(source, name="high"), load(model.layers[1]))
        assert_equal(load(source, name=["low", "high"]), load(model))
        with pytest.raises(InteropError, match="'low', 'high'"):
            load(source, name="middle")


@pytest.mark.parametrize(
    "turns",
    [(False, False, False), (False, True, True), (True, False, True), (True, True, False), (True,) * 3],
)
def test_go_backwards_at_any_height_gives_the_same_numbers(turns: tuple[bool, ...], tmp_path: Path) -> None:
    kinds = ("LSTM", "GRU", "SimpleRNN")
    model = sequential(*(layer(kind, go_backwards=turn) for kind, turn in zip(kinds, turns, strict=True)))
    for network in every_way(model, tmp_path):
        ours, theirs = network.run(sequence()).output, given_by(model, sequence())
        close(ours[::-1] if sum(turns) % 2 else ours, theirs)
        assert network.difference <= 1e-6
        assert ("(go_backwards)" in str(network.report)) == any(turns)


def test_two_directions_above_go_backwards_are_refused() -> None:
    model = sequential(layer("LSTM", go_backwards=True), L.Bidirectional(layer("GRU"), name="both"))
    with pytest.raises(InteropError, match="both reads in two directions"):
        load(model)
    assert load(model, name="both").inputs == 4


@pytest.mark.parametrize("mode", ["sum", "mul", "ave"])
def test_a_merge_that_no_network_does_is_named_with_the_way_out(mode: str, tmp_path: Path) -> None:
    model = sequential(L.Bidirectional(layer("LSTM"), merge_mode=mode, name="both"))
    for source in (model, *(written(model, tmp_path, suffix) for suffix in WHOLE)):
        with pytest.raises(InteropError, match=rf"both merges its two directions by {mode}"):
            load(source, name="both")
        with pytest.raises(AmbiguousError) as caught:
            load(source)
        assert [reading.name for reading in caught.value.readings] == [
            "both.forward_layer",
            "both.backward_layer",
        ]
        x = sequence()
        halves = [load(source, name=reading.name).run(x).output for reading in caught.value.readings]
        merged = {
            "sum": halves[0] + halves[1],
            "mul": halves[0] * halves[1],
            "ave": (halves[0] + halves[1]) / 2,
        }
        close(merged[mode], given_by(model, x))


def test_the_two_halves_may_differ(tmp_path: Path) -> None:
    forward, backward = layer("LSTM", 3), layer("LSTM", 4, activation="relu", go_backwards=True)
    model = sequential(L.Bidirectional(forward, backward_layer=backward))
    for network in every_way(model, tmp_path):
        assert_same(network, model)
    other = layer("GRU", activation="softsign", go_backwards=True)
    model = sequential(L.Bidirectional(layer("GRU"), backward_layer=other, merge_mode="sum", name="both"))
    x, names = sequence(), ("both.forward_layer", "both.backward_layer")
    for source in (model, *(written(model, tmp_path, suffix) for suffix in WHOLE)):
        close(sum(load(source, name=name).run(x).output for name in names), given_by(model, x))


def test_what_keras_does_otherwise_is_told() -> None:
    last = str(load(sequential(L.LSTM(4, dropout=0.25, stateful=False))).report)
    assert "return_sequences=False" in last and "Dropout of 0.25" in last and "time first" in last
    model = sequential(L.Masking(), L.LSTM(4))
    assert "marks steps to be skipped" in str(load(model).report)
    close(load(model).run(sequence()).final_hidden[0], given_by(model, sequence()))
    half = str(load(filled(L.LSTM(4, dtype="mixed_float16"))).report)
    assert "Keras computes this layer in mixed_float16" in half


def functional(seed: int = 0) -> Any:
    """An encoder whose states begin the decoder, beside a layer of its own."""
    inputs = keras.Input((None, 3))
    low = layer("LSTM", name="low")(inputs)
    _, h, c = L.LSTM(5, return_state=True, name="encoder")(low)
    decoded = L.LSTM(5, return_sequences=True, name="decoder")(low, initial_state=[h, c])
    aside = layer("GRU", name="aside")(inputs)
    return filled(keras.Model(inputs, L.Concatenate()([decoded, aside])), seed)


def test_branches_of_a_model_are_listed_from_the_bottom_up(tmp_path: Path) -> None:
    model = functional()
    for source in (model, *(written(model, tmp_path, suffix) for suffix in WHOLE)):
        with pytest.raises(AmbiguousError) as caught:
            load(source)
        assert {reading.names for reading in caught.value.readings} == {
            ("low", "encoder"), ("low", "decoder"), ("aside",),
        }  # fmt: skip
        network = load(source, name=["low", "decoder"])
        assert "decoder is also given a state" in str(network.report)
        x = sequence()
        encoded = load(source, name=["low", "encoder"]).run(x)
        state = encoded.final_state[1]
        output = network.run(x, [None, state]).output
        close(np.concatenate([output, load(source, name="aside").run(x).output], -1), given_by(model, x))


def test_layers_of_models_inside_models_are_found(tmp_path: Path) -> None:
    inner = keras.Sequential([keras.Input((None, 4)), layer("GRU", 3, name="deep")], name="inner")
    model = sequential(layer("LSTM", name="low"), inner)
    for source in (model, *(written(model, tmp_path, suffix) for suffix in WHOLE)):
        network = load(source, name=["low", "inner.deep"])
        assert_same(network, model)


class Own(keras.Model):
    """A model of somebody's own, whose configuration describes no layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = L.LSTM(4, return_sequences=True), L.Bidirectional(L.GRU(3))

    def call(self, x: Any) -> Any:
        return self.second(self.first(x))


def test_a_model_of_ones_own_is_read_layer_by_layer(tmp_path: Path) -> None:
    model = Own()
    model(np.zeros((1, 2, 3), np.float32))
    filled(model)
    names = [one.name for one in model.layers]
    network = load(model, name=names)
    close(network.run(sequence()).layers[0].forward.hidden, given_by(model.first, sequence()))
    with pytest.raises(AmbiguousError):
        load(model)
    written(model, tmp_path, ".keras")
    again = load(tmp_path / "model.keras", name=names, activation="tanh", gate_activation="sigmoid")
    assert_equal(again, network)


def test_rnn_around_a_cell_is_that_layer(tmp_path: Path) -> None:
    for cell in (L.LSTMCell(4), L.GRUCell(4), L.SimpleRNNCell(4)):
        model = sequential(L.RNN(cell, return_sequences=True))
        for network in every_way(model, tmp_path):
            assert_same(network, model)


def test_what_has_no_cell_here_is_refused_by_name(tmp_path: Path) -> None:
    stacked = sequential(L.RNN([L.LSTMCell(4), L.LSTMCell(3)], name="tower"))
    for source in (stacked, *(written(stacked, tmp_path, suffix) for suffix in WHOLE)):
        with pytest.raises(InteropError, match="tower is a RNN"):
            load(source)
    grid = keras.Sequential([keras.Input((None, 5, 5, 1)), L.ConvLSTM2D(2, 3, name="grid")])
    with pytest.raises(InteropError, match="grid is a ConvLSTM2D"):
        load(grid)
    each = keras.Sequential([keras.Input((None, 5, 3)), L.TimeDistributed(L.LSTM(2), name="each")])
    for source in (each, *(written(each, tmp_path, suffix) for suffix in WHOLE)):
        with pytest.raises(InteropError, match=r"each is a TimeDistributed\(LSTM\)"):
            load(source)
    with pytest.raises(InteropError, match=r"holds no recurrent layer of Keras.* It has: InputLayer, Dense"):
        load(written(sequential(L.Dense(2)), tmp_path, ".keras"))
    with pytest.raises(InteropError, match=r"lstm.* has no kernel"):
        load(L.LSTM(3))


# Weights alone


def test_weights_alone_list_every_reading_and_guess_none(tmp_path: Path) -> None:
    model = sequential(layer("GRU", name="mine", activation="relu", recurrent_activation="hard_sigmoid"))
    path = written(model, tmp_path, ".weights.h5")
    with pytest.raises(AmbiguousError) as caught:
        load(path)
    readings = caught.value.readings
    assert readings[0].options == {"activation": "tanh", "gate_activation": "sigmoid"}
    right = {"activation": "relu", "gate_activation": "hard_sigmoid"}
    call = next(reading.call for reading in readings if reading.options == right)
    network = eval(call, {"load": load})
    assert_same(network, model)
    assert network.difference <= 1e-6
    assert "As asked for: activation=relu, gate_activation=hard_sigmoid" in str(network.report)
    assert "do not tell whether Keras read the sequence from the end" in str(network.report)
    for wrong in readings:
        if wrong.options != right:
            x = sequence()
            assert np.abs(load(path, **wrong.options).run(x).output - given_by(model, x)).max() > 1e-3


def test_the_form_of_a_gru_is_open_only_without_biases(tmp_path: Path) -> None:
    told = {"activation": "tanh", "gate_activation": "sigmoid"}
    for kind, bias in product(("GRU", "GRU before"), (True, False)):
        model = sequential(layer(kind, use_bias=bias))
        path = written(model, tmp_path, ".weights.h5")
        reset = "before" if "before" in kind else "after"
        if not bias:
            with pytest.raises(AmbiguousError, match='reset="before"'):
                load(path, **told)
        assert_same(load(path, **told, **({} if bias else {"reset": reset})), model)


def test_the_order_of_layers_is_asked_for(tmp_path: Path) -> None:
    model = sequential(
        layer("LSTM", name="b"), L.Bidirectional(layer("GRU", 5), name="a"), L.Dense(2, name="head")
    )
    path = written(model, tmp_path, ".weights.h5")
    told = {"activation": "tanh", "gate_activation": "sigmoid"}
    with pytest.raises(AmbiguousError) as caught:
        load(path, **told)
    assert {reading.names for reading in caught.value.readings} == {("b",), ("a",)}
    network = load(path, name=["b", "a"], readout="head", **told)
    close(network.run(sequence()).scores, given_by(model, sequence()))


def test_a_plain_rnn_has_no_gates_to_ask_for(tmp_path: Path) -> None:
    model = sequential(layer("SimpleRNN", activation="softsign"))
    path = written(model, tmp_path, ".weights.h5")
    assert_same(load(path, activation="softsign"), model)
    with pytest.raises(InteropError, match="gate_activation=sigmoid does not fit"):
        load(path, gate_activation="sigmoid")
    with pytest.raises(ValueError, match="gate_activation cannot be 'sine'"):
        load(path, gate_activation="sine")


def test_a_bidirectional_of_two_kinds_leads_to_its_halves() -> None:
    forward, backward = (
        keras.layers.LSTM(4, return_sequences=True),
        keras.layers.GRU(4, return_sequences=True, go_backwards=True),
    )
    model = keras.Sequential(
        [keras.Input((5, 3)), keras.layers.Bidirectional(forward, backward_layer=backward)]
    )
    name = model.layers[0].name
    with pytest.raises(
        InteropError, match=rf"{name} has layers of two kinds.*LSTM, GRU.*forward_layer"
    ) as caught:
        load(model, name=name)
    halves = re.findall(rf"{name}\.\w+", str(caught.value))
    assert halves == [f"{name}.forward_layer", f"{name}.backward_layer"]
    x = np.random.default_rng(0).standard_normal((2, 5, 3)).astype(np.float32)
    theirs = model.predict(x, verbose=0).swapaxes(0, 1)
    ours = [load(model, name=half).run(x.swapaxes(0, 1)).output for half in halves]
    assert np.abs(np.concatenate(ours, axis=-1) - theirs).max() < 1e-6


@pytest.mark.parametrize(
    "behind", [[keras.layers.Activation("softmax")], [keras.layers.ReLU(), keras.layers.Softmax()]]
)
def test_an_activation_behind_the_scores_is_mentioned(behind: list[Any]) -> None:
    model = keras.Sequential(
        [keras.Input((5, 3)), keras.layers.LSTM(4), keras.layers.Dense(2, name="scores"), *behind]
    )
    network = load(model)
    said = "softmax" if len(behind) == 1 else "ReLU, Softmax"
    assert f"scores then squashes its scores by {said};" in str(network.report)
    x = np.random.default_rng(0).standard_normal((2, 5, 3)).astype(np.float32)
    scores = network.run(x.swapaxes(0, 1)).scores[-1]
    scores = scores if len(behind) == 1 else np.maximum(scores, 0)
    shares = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    assert np.abs(shares - model.predict(x, verbose=0)).max() < 1e-6


@pytest.mark.parametrize("spoil", [np.nan, np.inf])
def test_a_spoilt_dense_does_not_block_the_layer(spoil: float) -> None:
    model = keras.Sequential(
        [keras.Input((5, 3)), keras.layers.LSTM(4), keras.layers.Dense(2, name="scores")]
    )
    kernel, bias = model.layers[1].get_weights()
    model.layers[1].set_weights([np.full_like(kernel, spoil), bias])
    network = load(model)
    assert network.readout is None and network.layers
    assert "The read-out scores was left out. scores.kernel contains NaN or infinity" in str(network.report)
    with pytest.raises(InteropError, match="NaN or infinity"):
        load(model, readout="scores")
