"""Live PyTorch modules: every option, against PyTorch's own output."""

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from gates import GRU, LSTM, RNN
from gates.interop import AmbiguousError, InteropError, load
from tests.interop.compare import assert_same, close, module, sequence, states

KINDS: dict[str, dict[str, Any]] = {
    "tanh": {"kind": "RNN", "nonlinearity": "tanh"},
    "relu": {"kind": "RNN", "nonlinearity": "relu"},
    "lstm": {"kind": "LSTM"},
    "projected": {"kind": "LSTM", "proj_size": 2},
    "gru": {"kind": "GRU"},
}
GRID = [
    (kind, layers, both, bias, (torch.float64, torch.float32)[(k + layers // 2 + both + bias) % 2])
    for (k, kind), layers, both, bias in product(enumerate(KINDS), (1, 3), (False, True), (True, False))
]
LENGTHS = [4, 7, 2]


def make(kind: str, layers: int = 1, both: bool = False, bias: bool = True, **more: Any) -> Any:
    options = dict(KINDS[kind])
    return module(
        options.pop("kind"), 3, 4, num_layers=layers, bidirectional=both, bias=bias, **options, **more
    )


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
@pytest.mark.parametrize(("kind", "layers", "both", "bias", "dtype"), GRID)
def test_every_layer_gives_torchs_output(
    kind: str, layers: int, both: bool, bias: bool, dtype: torch.dtype
) -> None:
    layer = make(kind, layers, both, bias, dtype=dtype)
    network = load(layer)
    assert_same(network, layer)
    assert_same(network, layer, states(layer))
    assert_same(network, layer, states(layer), LENGTHS)


@pytest.mark.parametrize("kind", KINDS)
def test_batch_first_is_reported_and_not_applied(kind: str) -> None:
    layer = make(kind, 2, True, batch_first=True)
    network = load(layer)
    assert "batch_first=True is not applied" in str(network.report)
    assert_same(network, layer, states(layer), LENGTHS)
    assert "batch_first" not in str(load(make(kind)).report)


def test_dropout_is_reported_and_inactive() -> None:
    layer = make("lstm", 2, dropout=0.25)
    network = load(layer)
    assert "Dropout of 0.25" in str(network.report)
    assert_same(network, layer)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("kind", "options"),
    [("RNNCell", {}), ("RNNCell", {"nonlinearity": "relu"}), ("LSTMCell", {}), ("GRUCell", {})],
)
def test_every_cell_gives_torchs_steps(kind: str, options: Any, bias: bool, dtype: torch.dtype) -> None:
    cell = module(kind, 3, 4, bias=bias, dtype=dtype, **options)
    x = sequence(3, dtype)
    h = torch.randn(x.shape[1], 4, dtype=dtype)
    c = torch.randn(x.shape[1], 4, dtype=dtype)
    out = load(cell).run(x.numpy(), [(h.numpy(), c.numpy())] if kind == "LSTMCell" else [h.numpy()])
    with torch.no_grad():
        for step, row in enumerate(x):
            h, c = cell(row, (h, c)) if kind == "LSTMCell" else (cell(row, h), c)
            close(out.output[step], h.numpy(), dtype)


def test_weights_land_in_the_gates_they_belong_to() -> None:
    layer = module("LSTM", 3, 4)
    cell = load(layer).layers[0].forward
    assert isinstance(cell, LSTM)
    for index, gate in enumerate(("input", "forget", "candidate", "output")):
        rows = slice(4 * index, 4 * index + 4)
        assert np.array_equal(cell.part(gate).W, layer.weight_ih_l0.detach()[rows])
        assert np.array_equal(cell.part(gate).U, layer.weight_hh_l0.detach()[rows])
    layer = module("GRU", 3, 4)
    cell = load(layer).layers[0].forward
    assert isinstance(cell, GRU) and cell.reset == "after"
    for index, gate in enumerate(("reset", "update", "candidate")):
        assert np.array_equal(cell.part(gate).W, layer.weight_ih_l0.detach()[4 * index : 4 * index + 4])
    assert np.array_equal(cell.b_hn, layer.bias_hh_l0.detach()[8:])
    assert np.array_equal(cell.part("candidate").b, layer.bias_ih_l0.detach()[8:])


def test_a_grus_biases_may_not_simply_be_added() -> None:
    layer = module("GRU", 3, 4)
    x = sequence(3).numpy()
    right = load(layer).layers[0].forward
    merged = GRU(right.W, right.U, right.b + np.r_[np.zeros(8), layer.bias_hh_l0.detach()[8:]])
    assert np.abs(merged.run(x).hidden - right.run(x).hidden).max() > 0.01


def test_gates_of_a_deep_layer_are_the_ones_torch_hides() -> None:
    layer = module("LSTM", 3, 4, num_layers=2)
    x = sequence(3)
    out = load(layer).run(x.numpy())
    below, _ = nn.LSTM.forward(layer, x)  # only to know that PyTorch itself shows no gate
    hidden = out.layers[0].forward.hidden
    W, U = layer.weight_ih_l1.detach().numpy()[4:8], layer.weight_hh_l1.detach().numpy()[4:8]
    b = (layer.bias_ih_l1 + layer.bias_hh_l1).detach().numpy()[4:8]
    previous = out.layers[1].forward.previous_hidden
    forget = 1 / (1 + np.exp(-(hidden @ W.T + previous @ U.T + b)))
    close(out.layers[1].forward.forget, forget, torch.float64)
    close(out.output, below.detach().numpy(), torch.float64)


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, 3)
        self.encoder = nn.ModuleDict({"lstm": module("LSTM", 3, 4), "norm": nn.LayerNorm(4)})
        self.decoder = module("GRU", 4, 5, seed=1)
        self.head = nn.Linear(5, 6).double()


def test_a_layer_is_chosen_by_name() -> None:
    model = Model()
    assert_same(load(model, name="encoder.lstm"), model.encoder["lstm"])
    assert_same(load(model, name="decoder"), model.decoder)
    assert_same(load(model, kind="gru"), model.decoder)
    assert "called “encoder.lstm”" in str(load(model, name="encoder.lstm").report)


def test_several_layers_are_listed_and_none_is_guessed() -> None:
    with pytest.raises(AmbiguousError) as caught:
        load(Model())
    readings = caught.value.readings
    assert [(reading.name, reading.layer) for reading in readings] == [
        ("encoder.lstm", "LSTM(3, 4)"),
        ("decoder", "GRU(4, 5)"),
    ]
    for reading in readings:
        assert reading.call in str(caught.value)
        assert eval(reading.call, {"load": load, "module": Model()}).layers


def test_a_wrong_name_or_kind_lists_the_right_ones() -> None:
    with pytest.raises(InteropError, match=r"'encoder'\. .*'encoder\.lstm', 'decoder'"):
        load(Model(), name="encoder")
    with pytest.raises(InteropError, match=r"kind=rnn.*LSTM\(3, 4\), GRU\(4, 5\)"):
        load(Model(), kind="rnn")
    with pytest.raises(InteropError, match="activation=relu does not fit"):
        load(Model(), name="decoder", activation="relu")
    with pytest.raises(InteropError, match="activation=relu does not fit"):
        load(module("RNN", 3, 4), activation="relu")
    with pytest.raises(ValueError, match=r"sine.*tanh, relu"):
        load(Model(), activation="sine")


def test_a_list_of_names_stacks_cells() -> None:
    cells = nn.ModuleList([module("GRUCell", 3, 4), module("GRUCell", 4, 4, seed=1)])
    network = load(cells, name=["0", "1"])
    x, h = sequence(3), [torch.zeros(3, 4).double(), torch.zeros(3, 4).double()]
    out = network.run(x.numpy())
    with torch.no_grad():
        for step, row in enumerate(x):
            h[0] = cells[0](row, h[0])
            h[1] = cells[1](h[0], h[1])
            close(out.output[step], h[1].numpy(), torch.float64)
    assert "Stacked from 0, 1" in str(network.report)
    with pytest.raises(ValueError, match="Layer 1 reads 3 inputs"):
        load(cells, name=["1", "0"])


def test_a_linear_layer_becomes_the_read_out() -> None:
    model = Model()
    network = load(model, name="decoder", readout="head")
    x = sequence(4)
    with torch.no_grad():
        scores = model.head(model.decoder(x)[0])
    out = network.run(x.numpy())
    close(out.scores, scores.numpy(), torch.float64)
    close(out.probabilities, torch.softmax(scores, -1).numpy(), torch.float64)
    assert "Its read-out is head: 6 scores from 5 numbers" in str(network.report)
    for wrong in ("encoder.norm", "nothing", "embedding"):
        with pytest.raises(InteropError, match=wrong):
            load(model, name="decoder", readout=wrong)


def test_what_is_left_aside_is_named() -> None:
    report = str(load(Model(), name="decoder").report)
    assert "9 other arrays were left aside: embedding.weight" in report
    assert "left aside" not in str(load(module("LSTM", 3, 4)).report)


def test_weights_behind_a_parametrisation_are_those_in_use() -> None:
    layer = nn.utils.parametrizations.weight_norm(module("LSTM", 3, 4), "weight_hh_l0")
    with torch.no_grad():
        layer.parametrizations.weight_hh_l0.original0.mul_(2)
    assert_same(load(layer), layer)
    assert "left aside" not in str(load(layer).report)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch.jit")
def test_scripted_modules_are_read_like_any() -> None:
    layer = module("LSTM", 3, 4, num_layers=2, bidirectional=True)
    assert_same(load(torch.jit.script(layer)), layer)
    cell = module("RNNCell", 3, 4, nonlinearity="relu")
    network = load(torch.jit.script(cell))
    assert isinstance(network.layers[0].forward, RNN) and network.layers[0].forward.activation == "relu"


def test_a_subclass_is_read_with_a_warning() -> None:
    class Own(nn.LSTM):
        pass

    torch.manual_seed(0)
    assert "Own is a subclass of LSTM" in str(load(Own(3, 4)).report)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_becomes_float32(dtype: torch.dtype) -> None:
    layer = module("GRU", 3, 4).to(dtype)
    network = load(layer)
    assert network.layers[0].forward.dtype == np.float32
    assert np.array_equal(network.layers[0].forward.W, layer.weight_ih_l0.detach().float())
    assert f"{str(dtype)[6:]} became float32" in str(network.report)


def test_the_module_stays_as_it_was() -> None:
    layer = module("GRU", 3, 4)
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    network = load(layer)
    with torch.no_grad():
        layer.weight_ih_l0.zero_()
    assert np.array_equal(network.layers[0].forward.W, before["weight_ih_l0"])
    assert layer.weight_hh_l0.requires_grad


def test_what_cannot_be_read_says_why() -> None:
    with pytest.raises(InteropError, match="no recurrent layer"):
        load(nn.Linear(3, 4))
    with pytest.raises(InteropError, match=r"weight_ih_l0 is a placeholder"):
        load(nn.LSTM(3, 4, device="meta"))
    broken = module("LSTM", 3, 4)
    with torch.no_grad():
        broken.weight_hh_l0[2, 1] = float("nan")
    with pytest.raises(InteropError, match=r"weight_hh_l0 contains NaN or infinity \(1 of 64"):
        load(broken)
    for nothing in (None, 3, nn.LSTM, {1.0, 2.0}):
        with pytest.raises(InteropError, match=r"load\(\) takes"):
            load(nothing)


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor:UserWarning")
def test_quantised_layers_are_refused_by_name() -> None:
    torch_ao = pytest.importorskip("torch.ao.nn.quantized.dynamic")
    model = nn.Sequential(torch_ao.LSTM(3, 4))
    with pytest.raises(InteropError, match="0 is a quantised layer"):
        load(model)
