"""Arrays and modules inside a layer that are not PyTorch's: used if they are known, else refused by name."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from gates import LSTM
from gates.interop import InteropError, load
from tests.interop.compare import assert_equal, module


def sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def peephole_lstm(state: dict[str, Any], x: Any, p: dict[str, Any]) -> Any:
    """h of every step, by the textbook: i and f see c₋₁, o sees c; rows i, f, g, o."""
    W, U = state["weight_ih"], state["weight_hh"]
    b = state["bias_ih"] + state["bias_hh"]
    h = c = np.zeros(U.shape[1])
    steps = []
    for x_t in x:
        i, f, g, o = np.split(W @ x_t + U @ h + b, 4)
        i, f = sigmoid(i + p["i"] * c), sigmoid(f + p["f"] * c)
        c = f * c + i * np.tanh(g)
        h = sigmoid(o + p["o"] * c) * np.tanh(c)
        steps.append(h)
    return np.array(steps)


NAMES = ["w_c{}", "W_c{}", "Wc{}", "weight_c{}", "w_{}c", "peephole_{}", "p_{}", "w_peep_{}"]
SHAPES: list[tuple[int, ...]] = [(4,), (1, 4), (4, 1)]


@pytest.mark.parametrize("pattern", NAMES)
@pytest.mark.parametrize("prefix", ["cell.", "", "net.blocks.1."])
def test_peepholes_under_common_names_are_used(pattern: str, prefix: str) -> None:
    own = {name: value.numpy() for name, value in module("LSTMCell", 3, 4).state_dict().items()}
    rng = np.random.default_rng(3)
    p = {gate: rng.standard_normal(4) for gate in "ifo"}
    shape = SHAPES[NAMES.index(pattern) % 3]
    named = {prefix + pattern.format(gate): value.reshape(shape) for gate, value in p.items()}
    network = load({prefix + name: value for name, value in own.items()} | named)
    x = rng.standard_normal((6, 3))
    assert np.abs(network.run(x).output - peephole_lstm(own, x, p)).max() < 1e-12
    assert f"The peepholes {', '.join(named)} are used" in str(network.report)


def test_peepholes_of_each_layer_and_direction_go_to_its_cell() -> None:
    layer = module("LSTM", 3, 4, num_layers=2, bidirectional=True)
    places = ["_l0", "_l0_reverse", "_l1", "_l1_reverse"]
    rng = np.random.default_rng(4)
    p = {f"rnn.w_c{gate}{place}": rng.standard_normal(4) for place in places for gate in "ifo"}
    network = load({f"rnn.{name}": value for name, value in layer.state_dict().items()} | p)
    for cell, place in zip(network.cells, places, strict=True):
        assert isinstance(cell, LSTM)
        assert np.array_equal(cell.peephole, [p[f"rnn.w_c{gate}{place}"] for gate in "ifo"])


def test_a_live_modules_own_peepholes_are_used_too() -> None:
    class Peephole(nn.LSTMCell):
        def __init__(self) -> None:
            super().__init__(3, 4, dtype=torch.float64)
            for gate in "ifo":
                self.register_parameter(f"w_c{gate}", nn.Parameter(torch.randn(4, dtype=torch.float64)))

    cell = Peephole()
    own = {name: value.numpy() for name, value in cell.state_dict().items()}
    x = np.random.default_rng(5).standard_normal((6, 3))
    wanted = peephole_lstm(own, x, {gate: own[f"w_c{gate}"] for gate in "ifo"})
    assert np.abs(load(cell).run(x).output - wanted).max() < 1e-12


FOREIGN: dict[str, dict[str, Any]] = {
    "one peephole of three": {"w_ci": torch.randn(4)},
    "four peepholes": {f"w_c{gate}": torch.randn(4) for gate in "ifog"},
    "peepholes by two names": {f"{w}_c{gate}": torch.randn(4) for w in "wW" for gate in "ifo"},
    "full peepholes": {f"w_c{gate}": torch.randn(4, 4) for gate in "ifo"},
    "a phase": {"tau": torch.randn(4), "phase": torch.randn(4)},
    "a learned state": {"h0": torch.randn(1, 1, 4)},
    "layer norm": {
        f"layernorm_{gate}.{part}": torch.ones(4) for gate in "ifgo" for part in ("weight", "bias")
    },
    "batch norm": {"bn_ih.running_mean": torch.zeros(16), "bn_ih.num_batches_tracked": torch.tensor(3)},
    "a cell inside": {f"inner.{name}": value for name, value in module("GRUCell", 3, 4).state_dict().items()},
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_not_known_is_refused_by_name_and_the_way_out_leads_out(what: str) -> None:
    own = module("LSTMCell", 3, 4)
    extra = {f"net.cell.{name}": value for name, value in FOREIGN[what].items()}
    arrays = {f"net.cell.{name}": value for name, value in own.state_dict().items()} | extra
    with pytest.raises(InteropError) as caught:
        load(arrays, name="net.cell")
    assert caught.value.key == "interop.error.extra"
    assert next(iter(extra)) in str(caught.value)
    advice = str(caught.value).partition("another network: ")[2]
    assert_equal(eval(advice, {"load": load, "arrays": arrays}), load(own))


def test_peepholes_of_another_kind_of_layer_are_refused() -> None:
    cell = {f"cell.{name}": value for name, value in module("GRUCell", 3, 4).state_dict().items()}
    for extra in ({f"cell.w_c{gate}": np.ones(4) for gate in "ifo"}, {"cell.peephole": np.ones((3, 4))}):
        with pytest.raises(InteropError, match=next(iter(extra))):
            load(cell | extra)


def test_peepholes_of_another_size_are_named() -> None:
    cell = {f"cell.{name}": value for name, value in module("LSTMCell", 3, 4).state_dict().items()}
    with pytest.raises(InteropError, match=r"cell\.w_ci has shape \(5,\), but \(4,\)"):
        load(cell | {f"cell.w_c{gate}": np.ones(5) for gate in "ifo"})


def test_the_rest_of_a_model_at_its_top_level_is_passed_over() -> None:
    own = module("LSTM", 3, 4)
    rest = {"head.weight": torch.ones(2, 4), "norm.weight": torch.ones(4), "scale": torch.ones(1)}
    for checkpoint in (own.state_dict() | rest, {"epoch": 3, "model": own.state_dict() | rest}):
        network = load(checkpoint)
        assert_equal(network, load(own))
        assert "3 other arrays were left aside" in str(network.report)
    beside = {f"lstm.{name}": value for name, value in own.state_dict().items()} | rest
    assert_equal(load(beside), load(own))


def test_a_live_layer_with_a_module_of_its_own_inside_is_refused() -> None:
    class Normed(nn.LSTM):
        def __init__(self) -> None:
            super().__init__(3, 4)
            self.norm = nn.LayerNorm(4)

    model = nn.ModuleDict({"core": Normed()})
    for source in (model, model.state_dict()):
        with pytest.raises(InteropError, match=r"core\.norm\.weight, core\.norm\.bias"):
            load(source)
