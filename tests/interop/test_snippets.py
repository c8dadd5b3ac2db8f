"""The scripts compute what the network computes, run by an interpreter that knows nothing of this package."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates import LSTM, Layer, Network, Readout
from gates.core.activations import FUNCTIONS, Activation
from gates.interop import LoadedNetwork, load, numpy_code, save, torch_code
from gates.interop.snippets import FORMULAS
from gates.text import translator
from tests.interop.compare import module
from tests.interop.onnx.test_saving import NETWORKS as SAYABLE
from tests.interop.onnx.test_saving import gru, lstm, rnn, vector, weights

H = 4
EXACT = {np.float64: 1e-12, np.float32: 1e-6}
RUNNER = """
import os, runpy, sys
for name in sys.argv[1:]:
    os.chdir(name)
    runpy.run_path("script.py")
assert "gates" not in sys.modules
"""
AFTER_RUN = "\nnp.save('output.npy', np.asarray(scores if 'scores' in dir() else output))\n"


def more() -> dict[str, Network]:
    cells: dict[str, Any] = {
        "without": lstm(without={"forget", "output"}),
        "without input": lstm(without={"input"}),
        "projection": LSTM(**weights("lstm") | {"U": vector(4 * H, 2)}, projection=vector(2, H)),
        "projection and peephole": LSTM(
            **weights("lstm") | {"U": vector(4 * H, 2)}, projection=vector(2, H), peephole=vector(3, H)
        ),
        "clipped twice": lstm(clip=0.5, candidate_activation="sigmoid"),
        "clipped before": gru(clip=0.3, reset="before"),
    }
    networks = {name: Network((Layer(cell),)) for name, cell in cells.items()}
    for kind, options in {
        "LSTM": {"num_layers": 2, "bidirectional": True},
        "GRU": {"num_layers": 2},
        "RNN": {"nonlinearity": "relu", "bidirectional": True},
    }.items():
        networks[f"float64 {kind}"] = load(module(kind, 3, H, **options))
    layers = (Layer(lstm(), lstm(seed=1)), Layer(gru(2 * H)))
    states: Any = ((vector(H), vector(H, seed=1)), None, vector(H, seed=2))
    networks["begins elsewhere"] = LoadedNetwork(layers, initial=states)
    networks["begins elsewhere in a batch"] = LoadedNetwork((Layer(lstm()),), initial=((None, vector(2, H)),))
    networks["torch's with a read-out"] = Network(
        (Layer(gru(b_hn=vector(H))),), Readout(vector(3, H), vector(3))
    )
    return networks


NETWORKS = SAYABLE | more()


def results(tmp_path: Path, scripts: dict[str, str]) -> dict[str, Any]:
    """What each script leaves in its folder, all run in one interpreter that cannot import this package."""
    for name, script in scripts.items():
        (tmp_path / name / "script.py").write_text(script + AFTER_RUN, encoding="utf-8")
    folders = [str(tmp_path / name) for name in scripts]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUNNER, *folders],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return {name: np.load(tmp_path / name / "output.npy") for name in scripts}


@pytest.mark.parametrize("write", [numpy_code, torch_code])
def test_scripts_compute_what_the_network_does(tmp_path: Path, write: Any) -> None:
    scripts, wanted = {}, {}
    for k, (name, network) in enumerate(NETWORKS.items()):
        folder = tmp_path / str(k)
        folder.mkdir()
        x = vector(6, 2, 3, seed=k)
        save(network, folder / "weights.npz")
        np.save(folder / "x.npy", x)
        scripts[str(k)] = write(network)
        out = network.run(x)
        wanted[str(k)] = (name, out.output if network.readout is None else out.scores)
    for k, ours in results(tmp_path, scripts).items():
        name, theirs = wanted[k]
        assert ours.shape == theirs.shape and ours.dtype == theirs.dtype, name
        assert np.abs(ours - theirs).max() <= EXACT[theirs.dtype.type], name


@pytest.mark.parametrize("write", [numpy_code, torch_code])
def test_every_activation_is_written_out(tmp_path: Path, write: Any) -> None:
    assert FORMULAS.keys() == FUNCTIONS.keys()
    scripts, wanted = {}, {}
    for name, function in FUNCTIONS.items():
        given = {"alpha": 0.3, "beta": 0.6}
        own = {key: value for key, value in given.items() if getattr(function, key) is not None}
        network = Network((Layer(rnn(activation=Activation(name, **own))),))
        folder = tmp_path / name
        folder.mkdir()
        x = vector(1, 99, 3, seed=3) * np.float32(3)  # one step: what has no bounds grows beyond all of them
        save(network, folder / "weights.npz")
        np.save(folder / "x.npy", x)
        scripts[name], wanted[name] = write(network), network.run(x).output
    for name, ours in results(tmp_path, scripts).items():
        assert np.allclose(ours, wanted[name], rtol=2e-6, atol=1e-6), name


def test_torch_uses_its_own_module_where_it_has_one() -> None:
    own = {name for name, network in NETWORKS.items() if "torch.nn." in torch_code(network)}
    assert own == {
        "lstm", "gru after", "rnn", "relu", "both", "read-out", "projection", "float64 LSTM", "float64 GRU",
        "float64 RNN", "torch's with a read-out",
    }  # fmt: skip


def test_names_files_and_languages() -> None:
    cell = lstm()
    script = numpy_code(cell, "my.npz", "in.npy", name="enc.rnn", t=translator("zh"))
    assert 'weights["enc.rnn.weight_ih_l0"]' in script
    assert "np.load('my.npz')" in script and "np.load('in.npy')" in script
    assert "权重" in script and "权重" not in numpy_code(cell)
    assert 'weights[f"enc.rnn.{own}"]' in torch_code(cell, name="enc.rnn")
