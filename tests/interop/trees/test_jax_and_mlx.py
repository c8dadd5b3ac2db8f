"""Haiku's, Sonnet's and MLX' arrays, against their equations in NumPy."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates.interop import InteropError, load
from tests.interop.compare import assert_equal
from tests.interop.trees.equations import assert_gives, haiku_gru, haiku_lstm, mlx_gru, mlx_lstm, sonnet_lstm
from tests.interop.trees.steps import BATCH, H, I, X, numbers, run, σ


def joined() -> dict[str, Any]:
    return {"w": numbers(I + H, 4 * H), "b": numbers(4 * H)}


def gated(parts: int) -> dict[str, Any]:
    return {"w_i": numbers(I, parts * H), "w_h": numbers(H, parts * H), "b": numbers(parts * H)}


@pytest.mark.parametrize("owner", ["lstm/linear", "agent/~/lstm_1/linear"])
def test_haikus_lstm(owner: str) -> None:
    network = load(
        {owner: joined(), "agent/linear": {"w": numbers(H, 2), "b": numbers(2)}}, readout="agent.linear"
    )
    assert_gives(network, run(haiku_lstm, joined(), 2))
    assert network.readout is not None and np.array_equal(network.readout.V, numbers(H, 2).T)
    assert "adds 1 to the forget gate" in str(network.report)
    other = {"memory/linear": joined()}
    with pytest.raises(InteropError, match="holds no recurrent layer"):
        load(other)
    assert_equal(load(other, layout="haiku"), load({owner: joined()}))
    with pytest.raises(InteropError, match="forget_bias=0 does not fit"):
        load({owner: joined()}, forget_bias=0)
    for more in ({owner: joined() | {"gamma": numbers(H)}}, {"x": joined() | {"w_i_diag": numbers(H)}}):
        with pytest.raises(InteropError, match=r"linear\.gamma.*of Haiku has|of Haiku: w_f_diag is missing"):
            load(more, layout="haiku")
    with pytest.raises(InteropError, match=r"linear\.gamma.*of Haiku has"):
        load({owner: joined() | {"gamma": numbers(H)}})


@pytest.mark.parametrize("owner", ["gru", "core/gru_2"])
def test_haikus_gru_whose_z_writes(owner: str) -> None:
    network = load({owner: gated(3)})
    assert_gives(network, run(haiku_gru, gated(3), 1))
    assert "Haiku's z writes" in str(network.report)
    with pytest.raises(InteropError, match="holds no recurrent layer"):
        load({"memory": gated(3)})
    assert_equal(load({"memory": gated(3)}, layout="haiku"), network)


def test_sonnets_lstm_has_its_forget_bias_among_the_weights() -> None:
    arrays = {f"lstm/{name}:0": array for name, array in gated(4).items()}
    assert_gives(load(arrays), run(sonnet_lstm, gated(4), 2))


@pytest.mark.parametrize("double", [True, False])
def test_haikus_plain_rnn_is_a_relu(double: bool) -> None:
    low, high = {"w": numbers(I, H), "b": numbers(H)}, {"w": numbers(H, H, seed=2), "b": numbers(H, seed=3)}
    if not double:
        del high["b"]
    h, wanted = np.zeros((BATCH, H)), []
    for x in X:
        h = np.maximum(x @ low["w"] + low["b"] + h @ high["w"] + high.get("b", 0), 0)
        wanted.append(h)
    assert_gives(load({"vanilla_rnn/linear": low, "vanilla_rnn/linear_1": high}), np.stack(wanted))


# MLX


def mlx(kind: str, bias: bool = True) -> dict[str, Any]:
    parts = {"lstm": 4, "gru": 3}[kind]
    arrays = {"Wx": numbers(parts * H, I), "Wh": numbers(parts * H, H)}
    own = {"bias": numbers(4 * H)} if kind == "lstm" else {"b": numbers(3 * H), "bhn": numbers(H)}
    return arrays | (own if bias else {})


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_mlx_today_and_before(kind: str, bias: bool) -> None:
    arrays = mlx(kind, bias)
    wanted = run(mlx_lstm if kind == "lstm" else mlx_gru, arrays, 2 if kind == "lstm" else 1)
    network = load({f"layers.0.{name}": array for name, array in arrays.items()})
    assert_gives(network, wanted)
    before = {name: array.T if array.ndim == 2 else array for name, array in arrays.items()}
    assert_equal(load(before), network)
    assert ("bhn is in the first step too" in str(network.report)) == (kind == "gru" and bias)
    h = network.run(X, [np.zeros((BATCH, H))] if kind == "gru" else None).output
    assert np.abs(h - wanted).max() < 1e-12


def test_a_file_that_mlx_saved(tmp_path: Path) -> None:
    """Its header says null where others say what they noted."""
    arrays = {name: array.astype("f4") for name, array in mlx("lstm").items()}
    table, start = {}, 0
    for name, array in arrays.items():
        ends = [start, start := start + array.nbytes]
        table[name] = {"data_offsets": ends, "dtype": "F32", "shape": array.shape}
    header = json.dumps(table | {"__metadata__": None}).encode()
    data = len(header).to_bytes(8, "little") + header + b"".join(array.tobytes() for array in arrays.values())
    (tmp_path / "w.safetensors").write_bytes(data)
    assert_equal(load(tmp_path / "w.safetensors"), load(arrays))


def test_mlx_plain_rnn_asks_which_way_a_square_matrix_stands() -> None:
    W, U, b = numbers(H, I), numbers(H, H), numbers(H)
    h, wanted = np.zeros((BATCH, H)), []
    for x in X:
        h = np.tanh(x @ W.T + h @ U.T + b)
        wanted.append(h)
    network = load({"Wxh": W, "Whh": U, "bias": b})
    assert_gives(network, np.stack(wanted))
    assert_equal(load({"Wxh": W.T, "Whh": U.T, "bias": b}), network)
    assert load({"Wxh": W, "Whh": U, "bias": b}, activation="relu").cells[0].options["activation"] == "relu"
    square = {"rnn.Wxh": numbers(H, H, seed=4), "rnn.Whh": U, "rnn.bias": b}
    with pytest.raises(InteropError, match=r"rnn\.Wxh has shape \(4, 4\) and does not tell") as caught:
        load(square)
    call = str(caught.value).partition("today's: ")[2].partition(";")[0].replace("…", "arrays")
    today = eval(call, {"load": load, "arrays": square})
    assert np.array_equal(today.cells[0].W, square["rnn.Wxh"])
    turned = {name: array.T for name, array in square.items()}
    assert np.array_equal(load(turned, layout="mlx").cells[0].W, square["rnn.Wxh"].T)


@pytest.mark.parametrize("order", ["ifog", "ifgo", "iofg"])
def test_cs231ns_lstm_asks_for_its_order(order: str) -> None:
    arrays = {"Wx": numbers(I, 4 * H), "Wh": numbers(H, 4 * H), "b": numbers(4 * H)}
    layout = {"ifog": "d2l", "ifgo": "pytorch", "iofg": "onnx"}[order]
    with pytest.raises(InteropError, match=f'layout="{layout}"'):
        load(arrays)

    def step(x: Any, h: Any, c: Any, p: Any) -> Any:
        gates = np.split(x @ p["Wx"] + h @ p["Wh"] + p["b"], 4, axis=1)
        i, f, g, o = (gates[order.index(gate)] for gate in "ifgo")
        c = σ(f) * c + σ(i) * np.tanh(g)
        return σ(o) * np.tanh(c), c

    assert_gives(load(arrays, layout=layout), run(step, arrays, 2))
    assert_gives(
        load({f"rnn.{name}": array for name, array in arrays.items()}, layout=layout), run(step, arrays, 2)
    )


def test_the_plain_rnns_of_courses() -> None:
    """CS231n's with x from the left, and min-char-rnn's with columns and an output layer beside."""
    W, U, b = numbers(I, H), numbers(H, H), numbers(H)
    h, wanted = np.zeros((BATCH, H)), []
    for x in X:
        h = np.tanh(x @ W + h @ U + b)
        wanted.append(h)
    network = load({"Wx": W, "Wh": U, "b": b})
    assert_gives(network, np.stack(wanted))
    beside = {"Why": numbers(2, H), "by": numbers(2, 1)}
    assert_equal(load({"Wxh": W.T, "Whh": U.T, "bh": b[:, None]} | beside), network)


@pytest.mark.parametrize(
    "arrays",
    [
        {"Wxh": numbers(H, I), "Whh": numbers(H, H), "bx": numbers(H)},
        {"Wx": numbers(4 * H, I), "Wh": numbers(4 * H, H), "bias": numbers(4 * H), "Wci": numbers(H)},
        {"a.w_i": numbers(I, 4 * H), "a.w_h": numbers(H, 4 * H), "a.b": numbers(4 * H)},
    ],
)
def test_the_same_letters_in_other_hands_are_not_taken_for_it(arrays: dict[str, Any]) -> None:
    with pytest.raises(InteropError):
        load(arrays)
