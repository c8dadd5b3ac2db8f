"""Saving as ONNX: what ONNX Runtime makes of the file, and what comes back from it."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from gates import LSTM, Layer, Network
from gates.interop import InteropError, LoadedNetwork, load, save
from tests.interop.compare import module
from tests.interop.networks import NETWORKS, H, I, gru, lstm, rnn, vector, weights

EXACT = 1e-6


def answers(path: Path, x: NDArray[Any]) -> list[NDArray[Any]]:
    onnx.checker.check_model(onnx.load(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return [np.asarray(answer) for answer in session.run(None, {"x": x})]


@pytest.mark.parametrize("name", NETWORKS)
def test_onnx_runtime_computes_the_same_and_it_comes_back(tmp_path: Path, name: str) -> None:
    network, path, x = NETWORKS[name], tmp_path / "model.onnx", vector(7, 3, I, seed=9)
    save(network, path)
    out = network.run(x)
    theirs = answers(path, x)
    assert np.abs(out.output - theirs[0]).max() <= EXACT
    loaded = load(path)
    assert len(loaded.layers) == len(network.layers)
    assert loaded.difference is not None and loaded.difference <= EXACT
    assert np.abs(loaded.run(x).output - out.output).max() <= 1e-7, "a peephole of zeros may cost an ulp"
    if network.readout is not None:
        assert np.abs(out.scores - theirs[1]).max() <= EXACT
        assert np.array_equal(loaded.run(x).scores, out.scores)
    save(loaded, tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == path.read_bytes(), "a second time changes nothing"


def with_states(network: Network, states: Any) -> LoadedNetwork:
    return LoadedNetwork(network.layers, initial=states)


@pytest.mark.parametrize("batch", [(), (3,)])
def test_the_state_to_begin_in_is_written_too(tmp_path: Path, batch: tuple[int, ...]) -> None:
    h, c, other = vector(*batch, H), vector(*batch, H, seed=1), vector(*batch, H, seed=2)
    cases = [
        with_states(NETWORKS["lstm"], ((h, c),)),
        with_states(NETWORKS["lstm"], ((None, c),)),
        with_states(NETWORKS["both"], (h, other)),
        with_states(NETWORKS["both"], (None, other)),
        with_states(NETWORKS["stack"], ((h, c), None, other)),
    ]
    x = vector(7, 3, I, seed=9)
    for network in cases:
        path = tmp_path / "begins.onnx"
        save(network, path)
        wanted = network.run(x).output
        assert np.abs(answers(path, x)[0] - wanted).max() <= EXACT
        assert np.array_equal(load(path).run(x).output, wanted)
        assert np.abs(Network(network.layers).run(x).output - wanted).max() > 0.01


def test_float64_is_rounded(tmp_path: Path) -> None:
    network = load(module("LSTM", I, H, num_layers=2, bidirectional=True))
    save(network, tmp_path / "model.onnx")
    loaded, x = load(tmp_path / "model.onnx"), vector(7, 3, I)
    assert loaded.cells[0].dtype == np.float32
    assert np.abs(loaded.run(x).output - network.run(x).output).max() <= EXACT


def test_a_cell_and_a_name(tmp_path: Path) -> None:
    save(lstm(), tmp_path / "model.onnx", name="encoder.lstm")
    assert "encoder.lstm_l0" in str(load(tmp_path / "model.onnx").report)
    assert load(tmp_path / "model.onnx", name="encoder.lstm_l0").layers


UNSAID: list[tuple[Any, str]] = [
    (lstm(without={"forget"}), r"without=\['forget'\]"),
    (LSTM(**weights("lstm") | {"U": vector(4 * H, 2)}, projection=vector(2, H)), "projection=2"),
    (lstm(candidate_activation="gelu"), "candidate_activation='gelu'"),
    (lstm(coupled=True, gate_activation="softsign"), "coupled=True, gate_activation='softsign'"),
    (Layer(lstm(), gru(seed=1)), r"LSTM\(.*GRU\("),
    (Layer(gru(), gru(seed=1, reset="before")), r"reset='after'.*reset='before'"),
    (Layer(rnn(clip=1.0), rnn()), r"RNN\(.*RNN\("),
]


@pytest.mark.parametrize(("what", "said"), UNSAID)
def test_what_onnx_cannot_say_is_named(tmp_path: Path, what: Any, said: str) -> None:
    network = Network((what if isinstance(what, Layer) else Layer(what),))
    with pytest.raises(InteropError, match=said):
        save(network, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


def test_without_onnx_the_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(InteropError, match="pip install onnx"):
        save(lstm(), tmp_path / "model.onnx")
