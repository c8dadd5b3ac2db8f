"""Cells of Flax, Equinox and d2l: their documents' equations in plain NumPy, and trees to run them on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gates import GRU, LSTM, RNN
from tests.interop.trees.steps import Array, H, I, Step, numbers, σ

K = 2
EXACT = {np.float64: 1e-12, np.float32: 1e-6}


# The equations of flax/linen/recurrent.py


def flax_lstm(x: Array, h: Array, c: Array, p: Any) -> tuple[Array, ...]:
    i = σ(x @ p["ii"]["kernel"] + h @ p["hi"]["kernel"] + p["hi"]["bias"])
    f = σ(x @ p["if"]["kernel"] + h @ p["hf"]["kernel"] + p["hf"]["bias"])
    g = np.tanh(x @ p["ig"]["kernel"] + h @ p["hg"]["kernel"] + p["hg"]["bias"])
    o = σ(x @ p["io"]["kernel"] + h @ p["ho"]["kernel"] + p["ho"]["bias"])
    c = f * c + i * g
    return o * np.tanh(c), c


def flax_gru(x: Array, h: Array, p: Any) -> tuple[Array, ...]:
    r = σ(x @ p["ir"]["kernel"] + p["ir"]["bias"] + h @ p["hr"]["kernel"])
    z = σ(x @ p["iz"]["kernel"] + p["iz"]["bias"] + h @ p["hz"]["kernel"])
    n = np.tanh(x @ p["in"]["kernel"] + p["in"]["bias"] + r * (h @ p["hn"]["kernel"] + p["hn"]["bias"]))
    return ((1 - z) * n + z * h,)


def flax_simple(x: Array, h: Array, p: Any) -> tuple[Array, ...]:
    return (np.tanh(x @ p["i"]["kernel"] + p["i"]["bias"] + h @ p["h"]["kernel"]),)


def flax_tree(kind: str, inputs: int = I, seed: int = 0) -> dict[str, Any]:
    ends = {"lstm": "ifgo", "gru": "rzn", "simple": [""]}[kind]
    tree: dict[str, Any] = {}
    for k, end in enumerate(ends, start=10 * seed):
        tree["i" + end] = {"kernel": numbers(inputs, H, seed=k), "bias": numbers(H, seed=k)}
        tree["h" + end] = {"kernel": numbers(H, H, seed=k + 50), "bias": numbers(H, seed=k + 50)}
    for name, dense in tree.items():
        has_bias = name[0] == "h" if kind == "lstm" else name[0] == "i" or name == "hn"
        if not has_bias:
            del dense["bias"]
    return tree


# Those of flax/nnx/nn/recurrent.py, where the gates are put together


def nnx_lstm(x: Array, h: Array, c: Array, p: Any) -> tuple[Array, ...]:
    y = x @ p["dense_i"]["kernel"] + h @ p["dense_h"]["kernel"] + p["dense_h"]["bias"]
    i, f, g, o = np.split(y, 4, axis=-1)
    c = σ(f) * c + σ(i) * np.tanh(g)
    return σ(o) * np.tanh(c), c


def nnx_gru(x: Array, h: Array, p: Any) -> tuple[Array, ...]:
    x_r, x_z, x_n = np.split(x @ p["dense_i"]["kernel"] + p["dense_i"]["bias"], 3, axis=-1)
    h_r, h_z, h_n = np.split(h @ p["dense_h"]["kernel"], 3, axis=-1)
    r, z = σ(x_r + h_r), σ(x_z + h_z)
    return ((1 - z) * np.tanh(x_n + r * h_n) + z * h,)


def nnx_simple(x: Array, h: Array, p: Any) -> tuple[Array, ...]:
    return (np.tanh(x @ p["dense_i"]["kernel"] + p["dense_i"]["bias"] + h @ p["dense_h"]["kernel"]),)


def nnx_tree(kind: str) -> dict[str, Any]:
    parts = {"lstm": 4, "gru": 3, "simple": 1}[kind]
    tree = {"dense_i": {"kernel": numbers(I, parts * H)}, "dense_h": {"kernel": numbers(H, parts * H)}}
    tree["dense_h" if kind == "lstm" else "dense_i"]["bias"] = numbers(parts * H)
    return tree


def nnx_lstm_by_gate() -> dict[str, Any]:
    tree = flax_tree("lstm")
    return {("if_" if name == "if" else name): dense for name, dense in tree.items()}


# Those of equinox/nn/_rnn.py


def equinox_lstm(x: Array, h: Array, c: Array, p: Any) -> tuple[Array, ...]:
    i, f, g, o = np.split(x @ p["weight_ih"].T + h @ p["weight_hh"].T + p["bias"], 4, axis=-1)
    c = σ(f) * c + σ(i) * np.tanh(g)
    return σ(o) * np.tanh(c), c


def equinox_gru(x: Array, h: Array, p: Any) -> tuple[Array, ...]:
    x_r, x_i, x_n = np.split(x @ p["weight_ih"].T + p["bias"], 3, axis=-1)
    h_r, h_i, h_n = np.split(h @ p["weight_hh"].T, 3, axis=-1)
    reset, inp = σ(x_r + h_r), σ(x_i + h_i)
    new = np.tanh(x_n + reset * (h_n + p["bias_n"]))
    return (new + inp * (h - new),)


def equinox_tree(kind: str, inputs: int = I) -> dict[str, Any]:
    rows = {"lstm": 4, "gru": 3}[kind] * H
    tree = {"weight_ih": numbers(rows, inputs), "weight_hh": numbers(rows, H), "bias": numbers(rows)}
    return tree | ({"bias_n": numbers(H)} if kind == "gru" else {})


# d2l 0.17, chapters "GRU", "LSTM" and "RNN from scratch"


def d2l_lstm(x: Array, h: Array, c: Array, p: Any) -> tuple[Array, ...]:
    i = σ(x @ p["W_xi"] + h @ p["W_hi"] + p["b_i"])
    f = σ(x @ p["W_xf"] + h @ p["W_hf"] + p["b_f"])
    o = σ(x @ p["W_xo"] + h @ p["W_ho"] + p["b_o"])
    c = f * c + i * np.tanh(x @ p["W_xc"] + h @ p["W_hc"] + p["b_c"])
    return o * np.tanh(c), c


def d2l_gru(x: Array, h: Array, p: Any) -> tuple[Array, ...]:
    z = σ(x @ p["W_xz"] + h @ p["W_hz"] + p["b_z"])
    r = σ(x @ p["W_xr"] + h @ p["W_hr"] + p["b_r"])
    tilde = np.tanh(x @ p["W_xh"] + (r * h) @ p["W_hh"] + p["b_h"])
    return (z * h + (1 - z) * tilde,)


def d2l_rnn(x: Array, h: Array, p: Any) -> tuple[Array, ...]:
    return (np.tanh(x @ p["W_xh"] + h @ p["W_hh"] + p["b_h"]),)


def d2l_tree(kind: str) -> dict[str, Array]:
    tree: dict[str, Array] = {}
    for k, end in enumerate({"lstm": "ifoc", "gru": "zrh", "rnn": "h"}[kind]):
        tree[f"W_x{end}"], tree[f"W_h{end}"] = numbers(I, H, seed=k), numbers(H, H, seed=k)
        tree[f"b_{end}"] = numbers(H, seed=k)
    return tree | {"W_hq": numbers(H, K), "b_q": numbers(K)}


CASES: list[tuple[str, Step, dict[str, Any], type]] = [
    ("Flax LSTM", flax_lstm, flax_tree("lstm"), LSTM),
    ("Flax GRU", flax_gru, flax_tree("gru"), GRU),
    ("Flax simple", flax_simple, flax_tree("simple"), RNN),
    ("NNX LSTM", nnx_lstm, nnx_tree("lstm"), LSTM),
    ("NNX GRU", nnx_gru, nnx_tree("gru"), GRU),
    ("NNX simple", nnx_simple, nnx_tree("simple"), RNN),
    ("Equinox LSTM", equinox_lstm, equinox_tree("lstm"), LSTM),
    ("Equinox GRU", equinox_gru, equinox_tree("gru"), GRU),
    ("d2l LSTM", d2l_lstm, d2l_tree("lstm"), LSTM),
    ("d2l GRU", d2l_gru, d2l_tree("gru"), GRU),
    ("d2l RNN", d2l_rnn, d2l_tree("rnn"), RNN),
]
BY_NAME = {name: tree for name, _, tree, _ in CASES}


def mapped(tree: Any, change: Callable[[Array], Any]) -> Any:
    if isinstance(tree, Mapping):
        return {name: mapped(part, change) for name, part in tree.items()}
    return change(tree)


def flat(tree: Any, joined: str = ".", prefix: str = "") -> dict[str, Array]:
    found: dict[str, Array] = {}
    for name, part in tree.items():
        found |= (
            flat(part, joined, f"{prefix}{name}{joined}") if isinstance(part, dict) else {prefix + name: part}
        )
    return found
