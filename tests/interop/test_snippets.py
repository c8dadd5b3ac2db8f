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
from tests.interop.networks import NETWORKS as SAYABLE
from tests.interop.networks import gru, lstm, rnn, vector, weights

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


def with_activation(name: str) -> Network:
    given = {"alpha": 0.3, "beta": 0.6}
    own = {key: value for key, value in given.items() if getattr(FUNCTIONS[name], key) is not None}
    return Network((Layer(rnn(activation=Activation(name, **own))),))


ACTIVATIONS = {f"activation {name}": with_activation(name) for name in FUNCTIONS}
WRITERS = {"numpy": numpy_code, "torch": torch_code}


def inputs(name: str) -> Any:
    if name in ACTIVATIONS:
        return vector(1, 99, 3, seed=3) * np.float32(
            3
        )  # one step: what has no bounds grows beyond all of them
    return vector(6, 2, 3, seed=len(name))


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Any]:
    """What the script of each network leaves, by writer: all run in one interpreter without this package."""
    folders: dict[tuple[str, str], Path] = {}
    for name, network in (NETWORKS | ACTIVATIONS).items():
        for writer, write in WRITERS.items():
            folder = folders[writer, name] = tmp_path_factory.mktemp("script")
            save(network, folder / "weights.npz")
            np.save(folder / "x.npy", inputs(name))
            (folder / "script.py").write_text(write(network) + AFTER_RUN, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUNNER, *map(str, folders.values())],
        cwd=tmp_path_factory.getbasetemp(),
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return {case: np.load(folder / "output.npy") for case, folder in folders.items()}


@pytest.mark.parametrize("writer", WRITERS)
def test_scripts_compute_what_the_network_does(writer: str, outputs: dict[tuple[str, str], Any]) -> None:
    for name, network in NETWORKS.items():
        ours, out = outputs[writer, name], network.run(inputs(name))
        theirs = out.output if network.readout is None else out.scores
        assert ours.shape == theirs.shape and ours.dtype == theirs.dtype, name
        assert np.abs(ours - theirs).max() <= EXACT[theirs.dtype.type], name


@pytest.mark.parametrize("writer", WRITERS)
def test_every_activation_is_written_out(writer: str, outputs: dict[tuple[str, str], Any]) -> None:
    assert FORMULAS.keys() == FUNCTIONS.keys()
    for name, network in ACTIVATIONS.items():
        theirs = network.run(inputs(name)).output
        assert np.allclose(outputs[writer, name], theirs, rtol=2e-6, atol=1e-6), name


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
