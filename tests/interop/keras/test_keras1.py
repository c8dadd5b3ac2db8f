"""Files and names of Keras 1, against its equations in NumPy: it kept an array for each gate."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from gates.interop import InteropError, LoadedNetwork, load
from tests.interop.compare import assert_equal

ORDER = {"lstm": "icfo", "gru": "zrh", "simplernn": ""}
"""In which Keras 1.2 lists the gates of ``trainable_weights``."""

CLASSES = {"lstm": "LSTM", "gru": "GRU", "simplernn": "SimpleRNN"}
Arrays = dict[str, Any]


def numbers(*shape: int, seed: int) -> Any:
    return (0.5 * np.random.default_rng((seed, *shape)).standard_normal(shape)).astype("f4")


def weights(kind: str, name: str, inputs: int = 3, units: int = 4, seed: int = 0) -> Arrays:
    """``lstm_1_W_i``, ``lstm_1_U_i``, ``lstm_1_b_i`` and so on, gate by gate."""
    made: Arrays = {}
    for k, end in enumerate([f"_{gate}" for gate in ORDER[kind]] or [""], start=10 * seed):
        for array, shape in (("W", (inputs, units)), ("U", (units, units)), ("b", (units,))):
            made[f"{name}_{array}{end}"] = numbers(*shape, seed=3 * k + "WUb".index(array))
    return made


def hard(a: Any) -> Any:
    return np.clip(0.2 * a + 0.5, 0, 1)


def by_hand(kind: str, p: Mapping[str, Any], name: str, x: Any, gate: Any = hard) -> Any:
    """keras/layers/recurrent.py of Keras 1.2, step(), in its defaults."""
    units = p[f"{name}_U{'_i' if kind == 'lstm' else '_z' if kind == 'gru' else ''}"].shape[0]
    h = c = np.zeros((x.shape[1], units))

    def part(x: Any, end: str, h: Any) -> Any:
        return x @ p[f"{name}_W{end}"] + h @ p[f"{name}_U{end}"] + p[f"{name}_b{end}"]

    for x_t in x:
        if kind == "lstm":
            i, f, o = (gate(part(x_t, end, h)) for end in ("_i", "_f", "_o"))
            c = f * c + i * np.tanh(part(x_t, "_c", h))
            h = o * np.tanh(c)
        elif kind == "gru":
            z, r = gate(part(x_t, "_z", h)), gate(part(x_t, "_r", h))
            h = z * h + (1 - z) * np.tanh(part(x_t, "_h", r * h))
        else:
            h = np.tanh(part(x_t, "", h))
        yield h


def saved(
    path: Path, layers: list[tuple[dict[str, Any], Arrays]], whole: bool = True, version: bool = True
) -> Path:
    """A file as ``model.save`` and ``save_weights`` of Keras 1.2 lay it out."""
    with h5py.File(path, "w") as file:
        group = file.create_group("model_weights") if whole else file
        if whole:
            described = {"class_name": "Sequential", "config": [config for config, _ in layers]}
            file.attrs["model_config"] = json.dumps(described).encode()
            if version:
                file.attrs["keras_version"] = b"1.2.2"
        names = [config["config"].get("name") for config, _ in layers]
        group.attrs["layer_names"] = [name.encode() for name in names]
        for name, (_, arrays) in zip(names, layers, strict=True):
            own = group.create_group(name)
            own.attrs["weight_names"] = [weight.encode() for weight in arrays]
            for weight, array in arrays.items():
                own[weight] = array
    return path


def config(kind: str, name: str, **options: Any) -> dict[str, Any]:
    own = {"name": name, "output_dim": 4, "activation": "tanh", "return_sequences": True,
           "go_backwards": False, "stateful": False, "consume_less": "cpu"}  # fmt: skip
    own |= {} if kind == "simplernn" else {"inner_activation": "hard_sigmoid"}
    return {"class_name": CLASSES[kind], "config": own | options}


def agrees(network: LoadedNetwork, wanted: Any, x: Any) -> None:
    assert np.abs(network.run(x).output - np.stack(list(wanted))).max() < 1e-6


X = np.random.default_rng(9).standard_normal((6, 2, 3)).astype("f4")


@pytest.mark.parametrize("version", [True, False])
@pytest.mark.parametrize("kind", ORDER)
def test_a_model_of_keras_1(kind: str, version: bool, tmp_path: Path) -> None:
    name = f"{kind}_1"
    arrays = weights(kind, name)
    V, b = numbers(4, 2, seed=70), numbers(2, seed=71)
    dense = {"class_name": "Dense", "config": {"name": "dense_1", "output_dim": 2, "activation": "softmax"}}
    layers = [(config(kind, name), arrays), (dense, {"dense_1_W": V, "dense_1_b": b})]
    network = load(saved(tmp_path / "m.h5", layers, version=version))
    hidden = np.stack(list(by_hand(kind, arrays, name, X)))
    agrees(network, hidden, X)
    assert np.abs(network.run(X).scores - (hidden @ V + b)).max() < 1e-6
    assert ("hard_sigmoid(0.2, 0.5)" in str(network.report)) == (kind != "simplernn")
    assert network.difference is not None and network.difference < 1e-6
    if kind != "simplernn":
        soft = [(config(kind, name, inner_activation="sigmoid"), arrays), layers[1]]
        network = load(saved(tmp_path / "s.h5", soft))
        agrees(network, by_hand(kind, arrays, name, X, lambda a: 1 / (1 + np.exp(-a))), X)


@pytest.mark.parametrize("kind", ORDER)
def test_weights_of_keras_1_alone(kind: str, tmp_path: Path) -> None:
    name = f"{kind}_1"
    arrays = weights(kind, name)
    options = {"activation": "tanh"} | ({} if kind == "simplernn" else {"gate_activation": "hard_sigmoid"})
    whole = load(saved(tmp_path / "m.h5", [(config(kind, name), arrays)]))
    path = saved(tmp_path / "w.h5", [(config(kind, name), arrays)], whole=False)
    assert_equal(load(path, **options), whole)
    assert_equal(load(arrays, **options), whole)
    assert_equal(load({f"{own}:0": array for own, array in arrays.items()}, **options), whole)
    np.savez(tmp_path / "w.npz", **arrays)
    assert_equal(load(tmp_path / "w.npz", **options), whole)


def test_gates_side_by_side_as_for_a_gpu(tmp_path: Path) -> None:
    apart = weights("lstm", "lstm_1")
    together = {
        f"lstm_1_{array}": np.concatenate([apart[f"lstm_1_{array}_{gate}"] for gate in "ifco"], axis=-1)
        for array in "WUb"
    }
    described = config("lstm", "lstm_1", consume_less="gpu")
    network = load(saved(tmp_path / "gpu.h5", [(described, together)]))
    assert_equal(network, load(saved(tmp_path / "cpu.h5", [(config("lstm", "lstm_1"), apart)])))


def test_both_directions_of_keras_1(tmp_path: Path) -> None:
    forward, backward = weights("gru", "forward_gru_1"), weights("gru", "backward_gru_1", seed=3)
    own = {"name": "bidirectional_1", "merge_mode": "concat", "layer": config("gru", "gru_1")}
    wrapper = {"class_name": "Bidirectional", "config": own}
    network = load(saved(tmp_path / "m.h5", [(wrapper, forward | backward)]))
    there = np.stack(list(by_hand("gru", forward, "forward_gru_1", X)))
    back = np.stack(list(by_hand("gru", backward, "backward_gru_1", X[::-1])))[::-1]
    agrees(network, np.concatenate([there, back], axis=-1), X)
    options = {"activation": "tanh", "gate_activation": "hard_sigmoid"}
    assert_equal(load(forward | backward, **options), network)
    assert_equal(
        load(saved(tmp_path / "w.h5", [(wrapper, forward | backward)], whole=False), **options), network
    )


def test_a_gate_that_is_missing_or_does_not_fit(tmp_path: Path) -> None:
    arrays = weights("lstm", "lstm_1")
    del arrays["lstm_1_W_f"]
    with pytest.raises(InteropError, match=r"lstm_1.* (has no kernel|stands lstm_1_W_i)"):
        load(saved(tmp_path / "m.h5", [(config("lstm", "lstm_1"), arrays)]))
    with pytest.raises(InteropError, match=r"lstm_1_W_f has shape \(5, 4\)"):
        load(saved(tmp_path / "m.h5", [(config("lstm", "lstm_1"), arrays | {"lstm_1_W_f": np.ones((5, 4))})]))


def test_arrays_of_other_hands_with_such_endings_are_left() -> None:
    """``lstm_W``, ``lstm_U`` and ``lstm_b`` of the Theano tutorial have the gates in another order."""
    arrays = {"lstm_W": np.ones((4, 16)), "lstm_U": np.ones((4, 16)), "lstm_b": np.ones(16)}
    with pytest.raises(InteropError, match="holds no recurrent layer"):
        load(arrays)
