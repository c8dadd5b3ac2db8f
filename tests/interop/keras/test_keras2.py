"""Files that Keras 2 wrote, against the output that Keras 2 itself gave: see files/make_keras2.py."""

import shutil
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from gates import GRU, LSTM, RNN
from gates.core.activations import Activation
from gates.interop import AmbiguousError, InteropError, load
from tests.interop.compare import assert_equal
from tests.interop.keras.models import close

FILES = Path(__file__).parents[1] / "data"
PLAIN = {"activation": "tanh", "gate_activation": "sigmoid"}


@pytest.fixture(scope="module")
def outputs() -> dict[str, Any]:
    """Keras 2's own: time first, as the engine has it."""
    with np.load(FILES / "keras2_outputs.npz") as held:
        return {name: array.swapaxes(0, 1) for name, array in held.items()}


@pytest.mark.parametrize("name", ["keras2.h5", "keras2.keras"])
def test_whole_models_of_keras_2_give_its_output(name: str, outputs: dict[str, Any]) -> None:
    network = load(FILES / name)
    out = network.run(outputs["x"])
    close(out.output, outputs["plain"])
    close(out.probabilities, outputs["head"])
    assert [type(cell) for cell in network.cells] == [LSTM, LSTM, GRU, RNN]
    assert network.difference is not None and network.difference <= 1e-6
    report = str(network.report)
    assert "gates squash by hard_sigmoid(0.2, 0.5)" in report and "reset_after=False" in report


def test_the_hard_sigmoid_is_that_of_the_keras_that_wrote_the_file(tmp_path: Path) -> None:
    path = Path(shutil.copy(FILES / "keras2.h5", tmp_path))
    for version, gate in ((b"2.4.0", "hard_sigmoid"), (b"3.8.0", Activation("hard_sigmoid", 1 / 6, 0.5))):
        with h5py.File(path, "r+") as file:
            file["model_weights"].attrs["keras_version"] = version
        assert load(path).cells[0].gate_activation == gate
    with h5py.File(path, "r+") as file:
        file["model_weights"].attrs["keras_version"] = b"4.0.0"
        file.attrs["keras_version"] = b"4.0.0"
    with pytest.raises(InteropError, match=r"bidirectional.* uses the activation hard_sigmoid"):
        load(path)


def test_weights_of_keras_2_alone_ask_for_what_they_do_not_tell(outputs: dict[str, Any]) -> None:
    path = FILES / "keras2_weights.h5"
    with pytest.raises(AmbiguousError) as caught:
        load(path, **PLAIN)
    names = ("bidirectional", "middle", "simple_rnn")
    assert {reading.names for reading in caught.value.readings} == {names[:1], names[1:2], names}
    whole = load(FILES / "keras2.h5")
    hard = load(path, name="bidirectional", activation="tanh", gate_activation="hard_sigmoid")
    assert_equal(hard, load(FILES / "keras2.h5", name="bidirectional"))
    middle = load(path, name="middle", **PLAIN)
    assert_equal(middle, load(FILES / "keras2.h5", name="middle"))
    assert middle.cells[0].reset == "before"
    plain = load(path, name="simple_rnn", activation="relu", readout="head")
    assert plain.readout is not None and whole.readout is not None
    np.testing.assert_array_equal(plain.readout.V, whole.readout.V)
    x = outputs["x"]
    close(plain.run(middle.run(hard.run(x).output).output).scores, whole.run(x).scores)


@pytest.mark.parametrize("name", ["keras2_cudnn.h5", "keras2_cudnn_weights.h5"])
def test_cudnn_layers_give_what_keras_2_makes_of_their_weights(name: str, outputs: dict[str, Any]) -> None:
    network = load(FILES / name, name=["cu_dnnlstm", "cu_dnngru"])
    close(network.run(outputs["x"]).output, outputs["cudnn"])
    lstm, gru = network.cells
    assert isinstance(gru, GRU) and gru.reset == "after" and gru.b_hn.any()
    with h5py.File(FILES / name) as file:
        group = file.get("model_weights", file)["cu_dnnlstm/cu_dnnlstm"]
        bias, kernel = group["bias:0"][()], group["kernel:0"][()]
    assert bias.shape == (8 * 4,)
    np.testing.assert_array_equal(lstm.b, bias[:16] + bias[16:])
    np.testing.assert_array_equal(lstm.part("input").W, kernel[:, :4].reshape(4, 3))
    assert "arrays are those of a cuDNN layer" in str(network.report)
    assert network.difference is not None and network.difference <= 1e-6
    assert_equal(load(FILES / "keras2_cudnn.h5"), network)


def test_a_stores_age_is_open_where_it_tells_no_names(tmp_path: Path) -> None:
    """A store of Keras 2.12 and later looks like one of Keras 3, but does not name its layers."""
    path = tmp_path / "model.weights.h5"
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        for k, shape in enumerate([(3, 8), (2, 8), (8,)]):
            file[f"_layer_checkpoint_dependencies/lstm/cell/vars/{k}"] = rng.normal(size=shape)
    with pytest.raises(AmbiguousError) as caught:
        load(path, activation="tanh")
    gates = [reading.options["gate_activation"] for reading in caught.value.readings]
    assert gates == ["sigmoid", "hard_sigmoid", "hard_sigmoid_keras2"]
    slopes = [load(path, activation="tanh", gate_activation=gate).cells[0].gate_activation for gate in gates]
    assert slopes == ["sigmoid", Activation("hard_sigmoid", 1 / 6, 0.5), "hard_sigmoid"]


def keras_2_0(path: Path, weights: dict[str, list[Any]]) -> Path:
    """Weights as Keras 2.0 to 2.2 kept them: no cell's name in the arrays' names, bytes of fixed length."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in weights]
        file.attrs["backend"], file.attrs["keras_version"] = b"tensorflow", b"2.1.6"
        for layer, arrays in weights.items():
            group = file.create_group(layer)
            names = [f"{layer}/{name}:0" for name in ("kernel", "recurrent_kernel", "bias")][: len(arrays)]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, array in zip(names, arrays, strict=True):
                group[name] = array
    return path


def test_the_names_of_early_keras_2_are_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in ((3, 12), (4, 12), (12,))]
    path = keras_2_0(tmp_path / "w.h5", {"gru_1": arrays, "dropout_1": []})
    cell = load(path, activation="tanh", gate_activation="hard_sigmoid").cells[0]
    assert isinstance(cell, GRU) and cell.reset == "before" and cell.gate_activation == "hard_sigmoid"
    np.testing.assert_array_equal(cell.part("update").U, arrays[1][:, :4].T)


def test_shapes_that_do_not_fit_are_named(tmp_path: Path) -> None:
    def arrays(*shapes: tuple[int, ...]) -> list[Any]:
        return [np.ones(shape) for shape in shapes]

    for said, given in {
        r"lstm\.kernel has shape \(3, 15\), but \(3, 16\)": arrays((3, 15), (4, 16), (16,)),
        r"lstm\.bias has shape \(15,\), but \(16,\)": arrays((3, 16), (4, 16), (15,)),
        r"lstm\.bias has shape \(3, 16\), but \(16,\)": arrays((3, 16), (4, 16), (3, 16)),
        r"holds no recurrent layer": arrays((3, 16), (4, 15), (16,)),
    }.items():
        with pytest.raises(InteropError, match=said):
            load(keras_2_0(tmp_path / "w.h5", {"lstm": given}), **PLAIN)
    broken = arrays((3, 16), (4, 16), (16,))
    broken[1][0, 0] = np.nan
    with pytest.raises(InteropError, match=r"lstm\.recurrent_kernel contains NaN"):
        load(keras_2_0(tmp_path / "w.h5", {"lstm": broken}), **PLAIN)
