"""Cells written with nn.Linear, and MXNet's, which are PyTorch's under other names."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from gates.interop import AmbiguousError, InteropError, load
from gates.interop.orders import ORDERS, PARTS
from tests.interop.compare import assert_equal, module
from tests.interop.trees.equations import assert_gives, lstm_by_gate
from tests.interop.trees.steps import H, I, numbers, run

STACKED = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def by_parts(arrays: Any, kind: str, order: tuple[str, ...]) -> Any:
    """Rows in PyTorch's order put into another."""
    blocks = dict(zip(PARTS[kind], np.split(arrays, len(PARTS[kind])), strict=True))
    return np.concatenate([blocks[part] for part in order])


def two_layers(layer: Any, kind: str, order: tuple[str, ...], side: str = "i2h") -> dict[str, Any]:
    names = dict(zip(STACKED, (f"{side}.weight", "h2h.weight", f"{side}.bias", "h2h.bias"), strict=True))
    state = {name: value.numpy() for name, value in layer.state_dict().items()}
    return {f"cell.{names[name]}": by_parts(state[name], kind, order) for name in STACKED}


@pytest.mark.parametrize("layout", ["pytorch", "keras", "d2l", "onnx"])
@pytest.mark.parametrize("side", ["i2h", "x2h"])
def test_two_linear_layers_for_all_gates_need_an_order(layout: str, side: str) -> None:
    layer = module("LSTMCell", I, H)
    arrays = two_layers(layer, "lstm", ORDERS[layout]["lstm"], side)
    with pytest.raises(InteropError, match="in an order that names do not tell") as caught:
        load(arrays)
    assert layout == "keras" or f'layout="{layout}"' in str(caught.value)
    assert_equal(load(arrays, layout=layout), load(layer))


def test_tensorflows_order_has_its_forget_bias() -> None:
    layer = module("LSTMCell", I, H)
    arrays = two_layers(layer, "lstm", ORDERS["tf1"]["lstm"])
    assert_equal(load(arrays, layout="tf1", forget_bias=0), load(layer))
    one = load(arrays, layout="tf1").cells[0]
    assert np.array_equal(one.b - load(layer).cells[0].b, np.repeat([0.0, 1.0, 0.0, 0.0], H))


def test_a_gru_of_two_linear_layers_is_told_whole() -> None:
    layer = module("GRUCell", I, H)
    arrays = two_layers(layer, "gru", PARTS["gru"])
    for layout in (None, "d2l", "tf1"):
        with pytest.raises(InteropError, match=r'load\(…, layout="pytorch"\)'):
            load(arrays, layout=layout)
    assert_equal(load(arrays, layout="pytorch"), load(layer))


def test_a_plain_rnn_of_two_linear_layers_asks_for_its_squash() -> None:
    layer = module("RNNCell", I, H)
    arrays = two_layers(layer, "rnn", PARTS["rnn"])
    with pytest.raises(AmbiguousError) as caught:
        load(arrays)
    assert {reading.activation for reading in caught.value.readings} >= {"tanh", "relu", "linear"}
    assert_equal(load(arrays, activation="tanh"), load(layer))
    del arrays["cell.h2h.bias"]
    assert load(arrays, activation="tanh").cells[0].hidden == H
    top = {name.removeprefix("cell."): array for name, array in arrays.items()} | {
        "h2o.weight": numbers(2, H)
    }
    assert_equal(load(top, activation="tanh"), load(arrays, activation="tanh"))
    read = load(top, activation="tanh", readout="h2o")
    assert read.readout is not None and np.array_equal(read.readout.V, top["h2o.weight"])


NAMES = {
    "of PyTorch's document": ("W_i{}", "W_h{}"),
    "with x": ("W_x{}", "W_h{}"),
    "without a line": ("Wx{}", "Wh{}"),
    "W and U": ("W_{}", "U_{}"),
    "W and U alone": ("W{}", "U{}"),
    "with to": ("x2{}", "h2{}"),
}


@pytest.mark.parametrize("candidate", ["g", "c"])
@pytest.mark.parametrize("form", NAMES)
def test_two_linear_layers_a_gate(form: str, candidate: str) -> None:
    layers = nn.ModuleDict()
    gates: dict[str, Any] = {}
    torch.manual_seed(0)
    for part in "ifgo":
        end = candidate if part == "g" else part
        x2, h2 = nn.Linear(I, H, dtype=torch.float64), nn.Linear(H, H, bias=part == "i", dtype=torch.float64)
        layers[NAMES[form][0].format(end)], layers[NAMES[form][1].format(end)] = x2, h2

        def gate(x: Any, h: Any, x2: Any = x2, h2: Any = h2) -> Any:
            with torch.no_grad():
                return (x2(torch.as_tensor(x)) + h2(torch.as_tensor(h))).numpy()

        gates[part] = gate
    network = load(layers.state_dict())
    assert_gives(network, run(lstm_by_gate(gates), {}, 2))
    assert "Each gate has a linear layer for x and one for h" in str(network.report)
    assert_equal(load({f"model.core.{name}": value for name, value in layers.state_dict().items()}), network)
    assert load(layers.state_dict(), gate_activation="hard_sigmoid").cells[0] != network.cells[0]


@pytest.mark.parametrize("first", ["xh", "hx"])
@pytest.mark.parametrize("names", ["{}_gate", "{}_layer", "W_{}"])
def test_one_linear_layer_a_gate_asks_what_it_reads_first(first: str, names: str) -> None:
    words = {"i": "input", "f": "forget", "g": "cell", "o": "output"}
    ends = {part: part if names == "W_{}" else word for part, word in words.items()}
    arrays: dict[str, Any] = {}
    gates: dict[str, Any] = {}
    for k, part in enumerate("ifgo"):
        W, b = numbers(H, I + H, seed=k), numbers(H, seed=k)
        arrays |= {f"{names.format(ends[part])}.weight": W, f"{names.format(ends[part])}.bias": b}

        def gate(x: Any, h: Any, W: Any = W, b: Any = b) -> Any:
            return np.concatenate([x, h] if first == "xh" else [h, x], axis=1) @ W.T + b

        gates[part] = gate
    with pytest.raises(InteropError, match="do not tell which comes first") as caught:
        load(arrays)
    end = f'layout="{first}")'
    call = next(part for part in str(caught.value).split("load(")[1:] if end in part).partition(")")[0]
    network = eval(f"load({call})".replace("…", "arrays"), {"load": load, "arrays": arrays})
    assert_gives(network, run(lstm_by_gate(gates), {}, 2))


def test_a_gru_of_a_linear_layer_a_gate_is_given_d2ls_names() -> None:
    a = {f"W_{gate}.weight": numbers(H, I, seed=k) for k, gate in enumerate("rz")}
    a |= {f"U_{gate}.weight": numbers(H, H, seed=k) for k, gate in enumerate("rz")}
    with pytest.raises(InteropError, match="d2l's names for r, z and h"):
        load(a)
    named = {f"W_x{end}": numbers(I, H, seed=k) for k, end in enumerate("zrh")}
    named |= {f"W_h{end}": numbers(H, H, seed=k) for k, end in enumerate("zrh")}
    assert load(named | {f"b_{end}": numbers(H) for end in "zrh"}).cells[0].kind == "gru"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"W_o.weight": None}, "but none for output"),
        ({"W_i.weight": np.ones((5, 3))}, "has shape"),
        ({"norm.weight": np.ones(H)}, "stands norm"),
        ({"W_c.weight": np.ones((H, I))}, "two linear layers for one part"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, Any], said: str) -> None:
    arrays = {f"a.{side}_{gate}.weight": numbers(H, n, seed=k) for k, gate in enumerate("ifgo")
              for side, n in (("W", I), ("U", H))}  # fmt: skip
    assert load(arrays).cells[0].kind == "lstm"
    changed = arrays | {f"a.{name}": array for name, array in change.items()}
    with pytest.raises(InteropError, match=said):
        load({name: array for name, array in changed.items() if array is not None})


@pytest.mark.parametrize("name", ["V_i.weight", "ln_i.weight", "peep_f", "b_i"])
def test_what_is_called_after_a_gate_is_no_other_layers(name: str) -> None:
    arrays = {f"{side}_{gate}.weight": numbers(H, n, seed=k) for k, gate in enumerate("ifgo")
              for side, n in (("W", I), ("U", H))}  # fmt: skip
    assert load(arrays | {"fc.weight": numbers(2, H), "embed.weight": numbers(9, I)}).cells[0].kind == "lstm"
    with pytest.raises(InteropError, match=f"stands {name}"):
        load(arrays | {name: numbers(H, H)})


# MXNet


def mxnet(layer: Any, form: str) -> dict[str, Any]:
    """A state dict of PyTorch's under the names that Gluon gives the same arrays."""
    sides = {"ih": "i2h", "hh": "h2h", "hr": "h2r"}
    named = {}
    for name, value in layer.state_dict().items():
        what, side, *place = name.split("_")
        way = "" if not place else f"{'r' if 'reverse' in place else 'l'}{place[0][1:]}_"
        named[form.format(f"{way}{sides[side]}_{what}")] = value.numpy()
    return named


@pytest.mark.parametrize("form", ["lstm0_{}", "arg:lstm0_{}", "encoder.{}", "{}"])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("LSTM", {"num_layers": 2, "bidirectional": True}),
        ("GRU", {"num_layers": 2}),
        ("LSTM", {"proj_size": 2}),
        ("LSTMCell", {}),
        ("GRUCell", {}),
    ],
)
def test_mxnets_names(kind: str, options: dict[str, Any], form: str) -> None:
    layer = module(kind, I, H, **options)
    network = load(mxnet(layer, form))
    assert_equal(network, load(layer))
    assert "The arrays have MXNet's names" in str(network.report)


def test_mxnets_rnn_asks_for_its_squash_and_what_is_missing_is_named() -> None:
    arrays = mxnet(module("RNN", I, H), "rnn0_{}")
    with pytest.raises(AmbiguousError):
        load(arrays)
    assert_equal(load(arrays, activation="relu"), load(module("RNN", I, H, nonlinearity="relu")))
    del arrays["rnn0_l0_h2h_weight"]
    with pytest.raises(InteropError, match="rnn0 is incomplete"):
        load(arrays)
