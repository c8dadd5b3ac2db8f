"""A Keras model's configuration as data: names, places in a store, what each call of a layer reads."""

from typing import Any

import pytest

from gates.interop.errors import InteropError
from gates.interop.keras.config import (
    MAX_LAYERS,
    LayerDescription,
    described_layers,
    inside,
    major,
    parsed,
    snake_case,
)


def layer(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name}, **more}


def tensor(name: str) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}


def calls(*nodes: Any) -> list[tuple[tuple[str, ...], bool]]:
    found = described_layers({"config": {"layers": [layer("LSTM", "a", inbound_nodes=list(nodes))]}}, "m")
    return [(one.inputs, one.has_initial_state) for one in found]


def test_layers_one_after_another_and_models_in_models() -> None:
    inner = {"class_name": "Sequential", "name": "in", "config": [layer("GRU", "g"), layer("GRU", "h")]}
    own = layer("LSTM", "mine", module="shop.layers")
    model = {
        "config": {"layers": [layer("SimpleRNN", "r"), inner, own, layer("LSTM", "l", module="keras.layers")]}
    }
    assert described_layers(model, "m") == [
        LayerDescription("r", "SimpleRNN", {"name": "r"}, "layers/simple_rnn", ()),
        LayerDescription("in", "Sequential", {}, "layers/sequential", ("r",)),
        LayerDescription("in.g", "GRU", {"name": "g"}, "layers/sequential/layers/gru", ()),
        LayerDescription("in.h", "GRU", {"name": "h"}, "layers/sequential/layers/gru_1", ("in.g",)),
        LayerDescription("mine", "shop.layers>LSTM", {"name": "mine"}, "layers/lstm", ("in",)),
        LayerDescription("l", "LSTM", {"name": "l"}, "layers/lstm_1", ("mine",)),
    ]
    assert (
        described_layers({"config": {"layers": [{"class_name": "LSTM", "config": []}]}}, "m")[0].name
        == "lstm"
    )
    assert described_layers({"config": {"name": "no layers"}}, "m") == []


def test_what_each_call_reads_and_whether_it_begins_with_a_state() -> None:
    assert calls() == [((), False)]
    for plain in ({"args": [tensor("x")], "kwargs": {}}, [["x", 0, 0, {}]], [["x", 0, 0]]):
        assert calls(plain) == [(("x",), False)]
        assert calls(plain, plain) == [(("x", "x"), False)]
    begun = (
        {"args": [tensor("x")], "kwargs": {"initial_state": [tensor("h"), tensor("c")]}},
        {"args": [tensor("x"), tensor("h")]},
        {"args": [[tensor("x"), tensor("h")]], "kwargs": {"initial_state": None}},
        [["x", 0, 0, {"initial_state": ["h", 0, 0]}]],
        [["x", 0, 0, {}], ["h", 0, 0, {}]],
    )
    for node in begun:
        assert calls(node) == [(("x",), True)]
        assert calls(node, [["y", 0, 0, {}]]) == [(("x", "y"), True)]  # one call of two is enough
    assert calls({"args": []}) == [((), False)]


def test_what_is_no_configuration_or_too_long_a_one_is_named() -> None:
    for wrong in ("", "[]", "3", "{", "[" * 9999, '{"a": "\\ud800"}'):
        with pytest.raises(InteropError, match=r"m\.keras.*config\.json"):
            parsed(wrong, "m.keras", "config.json")
    assert parsed('{"a": Infinity, "b": 1e999}', "m", "c") == {"a": float("inf"), "b": float("inf")}
    for layers in ([3], [{}], [{"class_name": "LSTM"}], [layer("LSTM", "a", inbound_nodes=[[[]]])]):
        with pytest.raises(InteropError, match=r"m.*config"):
            described_layers({"config": {"layers": layers}}, "m")
    many = [layer("LSTM", "a")] * MAX_LAYERS
    assert len(described_layers({"config": {"layers": many}}, "m")) == MAX_LAYERS
    with pytest.raises(InteropError, match=str(MAX_LAYERS)):
        described_layers({"config": {"layers": [*many, many[0]]}}, "m")


def test_a_cell_in_rnn_is_its_layer() -> None:
    cell = {"class_name": "GRUCell", "config": {"units": 3, "name": "c"}}
    assert inside("RNN", {"cell": cell, "name": "r"}) == ("GRU", {"units": 3, "name": "r"})
    for kind, config in (
        ("LSTM", {"cell": cell}),
        ("RNN", {"cell": 3}),
        ("RNN", {"cell": {"class_name": "Own"}}),
    ):
        assert inside(kind, config) == (kind, config)


def test_names_and_versions() -> None:
    assert [snake_case(name) for name in ("SimpleRNN", "LSTM", "TimeDistributed", "Conv1D", "My>Own")] == [
        "simple_rnn", "lstm", "time_distributed", "conv1d", "my_own",
    ]  # fmt: skip
    assert [major(version) for version in ("2.15.0", "3.", "1.0", "4.1", "tf2.1", "3")] == [
        2,
        3,
        1,
        *[None] * 3,
    ]
