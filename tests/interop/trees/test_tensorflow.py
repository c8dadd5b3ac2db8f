"""Cells with one matrix for [x; h]: TensorFlow 1's by their names or layout, against its equations."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates import GRU
from gates.interop import AmbiguousError, InteropError, load
from tests.interop.compare import assert_equal
from tests.interop.trees.equations import assert_gives, tf1_gru, tf1_lstm
from tests.interop.trees.steps import BATCH, H, I, X, numbers, run


def lstm(owner: str, kernel: str = "kernel", bias: str = "bias", seed: int = 0) -> dict[str, Any]:
    return {
        f"{owner}/{kernel}": numbers(I + H, 4 * H, seed=seed),
        f"{owner}/{bias}": numbers(4 * H, seed=seed),
    }


def gru(owner: str) -> dict[str, Any]:
    return {
        f"{owner}/gates/kernel": numbers(I + H, 2 * H),
        f"{owner}/gates/bias": numbers(2 * H),
        f"{owner}/candidate/kernel": numbers(I + H, H),
        f"{owner}/candidate/bias": numbers(H),
    }


@pytest.mark.parametrize(
    ("owner", "kernel", "bias"),
    [
        ("rnn/basic_lstm_cell", "kernel", "bias"),
        ("model/rnn/multi_rnn_cell/cell_0/lstm_cell", "kernel", "bias"),
        ("rnn/basic_lstm_cell", "weights", "biases"),
        ("RNN/rnn/lstm_cell_3", "kernel", "bias"),
    ],
)
def test_an_lstm_told_by_its_names(owner: str, kernel: str, bias: str, tmp_path: Path) -> None:
    arrays = lstm(owner, kernel, bias)
    network = load(arrays)
    wanted = run(tf1_lstm(1.0, f"{owner}/{kernel}", f"{owner}/{bias}"), arrays, 2)
    assert_gives(network, wanted)
    said = str(network.report)
    assert "forget_bias=1 was added to b_f" in said and "in the order i, j, f, o" in said
    assert_equal(load({f"{name}:0": array for name, array in arrays.items()}), network)
    slots = {
        f"{name}/{slot}": array for name, array in arrays.items() for slot in ("Adam", "Adam_1", "Momentum")
    }
    assert_equal(load(arrays | slots), network)
    np.savez(tmp_path / "m.npz", **arrays)
    assert_equal(load(tmp_path / "m.npz"), network)


@pytest.mark.parametrize("forget_bias", [0.0, 2.5])
def test_another_forget_bias_is_said_by_the_caller(forget_bias: float) -> None:
    arrays = lstm("rnn/basic_lstm_cell")
    wanted = run(tf1_lstm(forget_bias, *arrays), arrays, 2)
    network = load(arrays, forget_bias=forget_bias)
    assert_gives(network, wanted)
    assert f"forget_bias={forget_bias:g} was added" in str(network.report)
    with pytest.raises(InteropError, match="is no number"):
        load(arrays, forget_bias=float("nan"))
    with pytest.raises(InteropError, match=r"forget_bias=0 does not fit GRU"):
        load(gru("rnn/gru_cell"), forget_bias=0)


def test_the_cell_for_cudnn_has_a_forget_bias_of_0() -> None:
    arrays = lstm("rnn/cudnn_compatible_lstm_cell")
    assert_gives(load(arrays), run(tf1_lstm(0.0, *arrays), arrays, 2))


def test_peepholes_and_projection() -> None:
    owner, P = "rnn/lstm_cell", 2
    peepholes = {f"{owner}/w_{gate}_diag": numbers(H, seed=k) for k, gate in enumerate("ifo")}
    arrays = lstm(owner) | peepholes
    network = load(arrays)
    assert_gives(network, run(tf1_lstm(1.0, f"{owner}/kernel", f"{owner}/bias"), arrays, 2))
    assert "The peepholes w_i_diag" in str(network.report)
    kernel, projection = numbers(I + P, 4 * H), numbers(H, P)
    arrays = {
        f"{owner}/kernel": kernel,
        f"{owner}/bias": numbers(4 * H),
        f"{owner}/projection/kernel": projection,
    }
    m, c, wanted = np.zeros((BATCH, P)), np.zeros((BATCH, H)), []
    for x in X:
        (h, c) = tf1_lstm(1.0, f"{owner}/kernel", f"{owner}/bias")(x, m, c, arrays)
        m = h @ projection
        wanted.append(m)
    assert_gives(load(arrays), np.stack(wanted))


def test_a_gru_and_a_plain_rnn() -> None:
    arrays = gru("rnn/gru_cell")
    network = load(arrays)
    assert_gives(network, run(tf1_gru("rnn/gru_cell"), arrays, 1))
    assert isinstance(network.cells[0], GRU) and network.cells[0].reset == "before"
    W, b = numbers(I + H, H), numbers(H)
    plain = {"rnn/basic_rnn_cell/kernel": W, "rnn/basic_rnn_cell/bias": b}
    h, wanted = np.zeros((BATCH, H)), []
    for x in X:
        h = np.tanh(np.concatenate([x, h], axis=1) @ W + b)
        wanted.append(h)
    assert_gives(load(plain), np.stack(wanted))
    assert load(plain, activation="relu").cells[0].options["activation"] == "relu"


def test_two_directions_are_two_cells_and_one_reads_from_the_end() -> None:
    arrays = lstm("bidirectional_rnn/fw/lstm_cell") | lstm("bidirectional_rnn/bw/lstm_cell", seed=5)
    with pytest.raises(AmbiguousError) as caught:
        load(arrays)
    names = [reading.name for reading in caught.value.readings]
    assert names == ["bidirectional_rnn.fw.lstm_cell", "bidirectional_rnn.bw.lstm_cell"]
    owner = "bidirectional_rnn/bw/lstm_cell"
    wanted = run(tf1_lstm(1.0, f"{owner}/kernel", f"{owner}/bias"), arrays, 2, X[::-1])[::-1]
    assert_gives(load(arrays, name=names[1]), wanted)


@pytest.mark.parametrize("names", [("kernel", "bias"), ("w", "b"), ("W", "b"), ("enc/kernel", "enc/bias")])
def test_the_layout_settles_what_names_do_not(names: tuple[str, str]) -> None:
    arrays = dict(zip(names, lstm("x").values(), strict=True))
    with pytest.raises(InteropError):
        load(arrays)
    network = load(arrays, layout="tf1")
    assert_gives(network, run(tf1_lstm(1.0, *names), arrays, 2))
    assert_gives(load(arrays, layout="tf1", forget_bias=0), run(tf1_lstm(0.0, *names), arrays, 2))


def test_keras_cells_of_the_same_name_are_not_taken_for_it() -> None:
    arrays = lstm("lstm/lstm_cell")
    with pytest.raises(InteropError, match=r"an array is missing\. If it is TensorFlow 1's") as caught:
        load(arrays)
    call = str(caught.value).partition("TensorFlow 1's: ")[2].replace("…", "arrays")
    assert_gives(eval(call, {"load": load, "arrays": arrays}), run(tf1_lstm(1.0, *arrays), arrays, 2))
    kernel, recurrent = numbers(I, 4 * H), numbers(H, 4 * H)
    keras = {"lstm/lstm_cell/kernel": kernel, "lstm/lstm_cell/recurrent_kernel": recurrent}
    assert load(keras, activation="tanh", gate_activation="sigmoid").cells[0].inputs == I
    with pytest.raises(InteropError, match=r"layout=tf1 does not fit"):
        load(keras, activation="tanh", gate_activation="sigmoid", layout="tf1")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ({"kernel": np.ones((H, 4 * H))}, r"kernel has shape \(4, 16\)"),
        ({"bias": np.ones(3)}, r"bias has shape \(3,\)"),
        ({"input/gamma": np.ones(H)}, r"stands input\.gamma.*TensorFlow 1 has"),
        ({"w_i_diag": np.ones(H)}, r"TensorFlow 1.*w_f_diag is missing"),
        ({"kernel": np.full((I + H, 4 * H), np.nan)}, "NaN"),
    ],
)
def test_what_does_not_fit_is_named(spoil: dict[str, Any], said: str) -> None:
    owner = "rnn/basic_lstm_cell"
    with pytest.raises(InteropError, match=said):
        load(lstm(owner) | {f"{owner}/{name}": array for name, array in spoil.items()})
    short = gru("rnn/gru_cell") | {"rnn/gru_cell/candidate/kernel": np.ones((H, H))}
    with pytest.raises(InteropError, match=r"candidate\.kernel has shape \(4, 4\), but \(I \+ 4, 4\)"):
        load(short)
