"""Saving: back into PyTorch, and back into an equal network."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from gates import GRU, LSTM, RNN, SLSTM, Layer, MinGRU, Network, Readout
from gates.core.activations import Activation
from gates.interop import InteropError, load, save, state_dict
from tests.interop.compare import assert_equal, assert_same, module

SUFFIXES = (".pt", ".pth", ".npz", ".safetensors")
LAYERS: list[tuple[str, dict[str, Any]]] = [
    ("RNN", {"nonlinearity": "relu", "num_layers": 2}),
    ("RNN", {"bidirectional": True, "bias": False}),
    ("LSTM", {"num_layers": 2, "bidirectional": True}),
    ("LSTM", {"num_layers": 2, "bidirectional": True, "proj_size": 3}),
    ("GRU", {"num_layers": 3, "bidirectional": True}),
    ("GRU", {"bias": False}),
]


def as_torch(path: Path) -> dict[str, torch.Tensor]:
    """A saved file as a PyTorch user reads it."""
    if path.suffix == ".npz":
        with np.load(path) as held:
            return {name: torch.from_numpy(held[name]) for name in held.files if name != "gatescope"}
    if path.suffix == ".safetensors":
        return load_file(path)
    return torch.load(path, weights_only=True)


def test_a_layer_that_reads_from_the_end_alone_comes_back(tmp_path: Path) -> None:
    network = Network((Layer(None, LSTM.init(3, 4, 0)), Layer(RNN.init(4, 2, 1, activation="relu"))))
    save(network, tmp_path / "net.npz")
    again = load(tmp_path / "net.npz")
    assert [layer.forward is None for layer in again.layers] == [True, False]
    assert_equal(again, network)
    assert "LSTM+RNN(3, 4, num_layers=2)" in str(again.report)
    with pytest.raises(InteropError, match="PyTorch cannot build this network"):
        save(network, tmp_path / "net.pt")


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize(("kind", "options"), LAYERS)
def test_what_is_saved_comes_back_and_fills_a_torch_module(
    tmp_path: Path, kind: str, options: Any, dtype: torch.dtype, suffix: str
) -> None:
    network = load(module(kind, 3, 5, dtype=dtype, **options))
    path = tmp_path / f"saved{suffix}"
    save(network, path)
    assert_equal(load(path), network)
    other = module(kind, 3, 5, dtype=dtype, seed=9, **options | {"bias": True})
    other.load_state_dict(as_torch(path))
    assert_same(network, other)


@pytest.mark.parametrize("kind", ["RNNCell", "LSTMCell", "GRUCell"])
def test_a_cell_is_saved_as_a_layer_of_its_own(tmp_path: Path, kind: str) -> None:
    cell = load(module(kind, 3, 4)).layers[0].forward
    save(cell, tmp_path / "cell.pt")
    layer = module(kind.removesuffix("Cell"), 3, 4, seed=9)
    layer.load_state_dict(torch.load(tmp_path / "cell.pt", weights_only=True))
    assert_same(Network((Layer(cell),)), layer)


def test_state_dict_is_the_same_without_a_file() -> None:
    layer = module("GRU", 3, 4, num_layers=2)
    arrays = state_dict(load(layer))
    assert arrays.keys() == layer.state_dict().keys()
    for name, array in arrays.items():
        assert array.shape == layer.state_dict()[name].shape
    assert np.array_equal(arrays["bias_hh_l1"][8:], layer.bias_hh_l1.detach()[8:]), "b_hn stays inside"
    assert not arrays["bias_hh_l1"][:8].any()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_name_stands_before_each_weight(tmp_path: Path, suffix: str) -> None:
    network = load(module("RNN", 3, 4, nonlinearity="relu"))
    path = tmp_path / f"named{suffix}"
    save(network, path, name="encoder.rnn")
    assert all(name.startswith("encoder.rnn.") for name in as_torch(path))
    assert_equal(load(path), network)
    model = torch.nn.ModuleDict({"encoder": torch.nn.ModuleDict({"rnn": torch.nn.RNN(3, 4).double()})})
    model.load_state_dict(as_torch(path))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_read_out_comes_back(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(0)
    network = Network.init(LSTM, 3, 4, rng)
    network = Network(network.layers, Readout(rng.standard_normal((2, 4)), rng.standard_normal(2)))
    save(network, tmp_path / f"read{suffix}", name="lstm")
    loaded = load(tmp_path / f"read{suffix}")
    assert_equal(loaded, network)
    x = rng.standard_normal((6, 3))
    assert np.array_equal(loaded.run(x).scores, network.run(x).scores)


def beyond_torch() -> dict[str, Network]:
    rng = np.random.default_rng(0)
    weights = {name: rng.standard_normal(size) for name, size in (("W", (16, 3)), ("U", (16, 4)), ("b", 16))}
    peephole = rng.standard_normal((3, 4))
    gru = GRU.init(3, 4, rng, reset="before")
    relu = RNN.init(3, 4, rng, activation="relu")
    cells = {
        "before": gru,
        "peephole": LSTM(**weights, peephole=peephole),
        "coupled": LSTM(**weights, coupled=True),
        "without": LSTM(**weights, without={"forget", "output"}),
        "squashes": LSTM(
            **weights,
            gate_activation=Activation("hard_sigmoid", alpha=1 / 6),
            candidate_activation="softsign",
            cell_activation="identity",
        ),
        "clip": replace(gru, clip=0.3),
        "scaled": replace(relu, activation=Activation("scaled_tanh", 1.7159, 2 / 3), clip=2.0),
    }
    networks = {name: Network((Layer(cell),)) for name, cell in cells.items()}
    networks["mixed kinds"] = Network((Layer(gru), Layer(LSTM.init(4, 4, rng))))
    networks["mixed sizes"] = Network((Layer(LSTM.init(3, 4, rng)), Layer(LSTM.init(4, 5, rng))))
    networks["mixed squashes"] = Network((Layer(relu), Layer(RNN.init(4, 4, rng))))
    both = Layer(GRU.init(3, 4, rng), GRU.init(3, 4, rng))
    networks["one direction on two"] = Network((both, Layer(GRU.init(8, 4, rng))))
    return networks


@pytest.mark.parametrize("name", beyond_torch())
def test_what_torch_cannot_build_is_saved_elsewhere(tmp_path: Path, name: str) -> None:
    network = beyond_torch()[name]
    for suffix in (".npz", ".safetensors"):
        path = tmp_path / f"beyond{suffix}"
        save(network, path)
        loaded = load(path)
        assert_equal(loaded, network)
        x = np.random.default_rng(1).standard_normal((5, 3))
        assert np.array_equal(loaded.run(x).output, network.run(x).output)
    with pytest.raises(InteropError, match=r"PyTorch cannot build this network .*\.npz or \.safetensors"):
        save(network, tmp_path / "beyond.pt")
    assert not (tmp_path / "beyond.pt").exists()


def test_a_cell_that_no_framework_has_is_refused_by_name(tmp_path: Path) -> None:
    for kind in (MinGRU, SLSTM):
        cell: Any = kind.init(3, 4, 0)
        for suffix in SUFFIXES:
            with pytest.raises(InteropError, match=f"weights of {kind.__name__}"):
                save(cell, tmp_path / f"cell{suffix}")
            assert not (tmp_path / f"cell{suffix}").exists()


def test_where_it_cannot_be_saved(tmp_path: Path) -> None:
    network = Network.init(LSTM, 3, 4, 0)
    for name in ("model", "model.h5"):
        with pytest.raises(InteropError, match="does not say in which format"):
            save(network, tmp_path / name)
    for suffix in SUFFIXES:
        with pytest.raises(InteropError, match="cannot be read or written"):
            save(network, tmp_path / "nowhere" / f"model{suffix}")
        save(network, tmp_path / f"model{suffix}")
        save(Network.init(LSTM, 3, 5, 1), tmp_path / f"model{suffix}")
        assert load(tmp_path / f"model{suffix}").layers[0].forward.hidden == 5, "the last one is there"
