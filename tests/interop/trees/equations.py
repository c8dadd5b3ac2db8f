"""The steps of other frameworks' cells, each as its own document or code has it, in plain NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from gates.interop import LoadedNetwork
from tests.interop.trees.steps import Array, Step, X, σ


def assert_gives(network: LoadedNetwork, wanted: Array) -> None:
    assert np.abs(network.run(X).output - wanted).max() < 1e-12


def tf1_lstm(forget_bias: float, kernel: str, bias: str) -> Step:
    """rnn_cell_impl.py: LSTMCell.call with use_peepholes, c_prev seen by f and i, the new c by o."""

    def step(x: Array, h: Array, c: Array, p: Mapping[str, Array]) -> tuple[Array, ...]:
        i, j, f, o = np.split(np.concatenate([x, h], axis=1) @ p[kernel] + p[bias], 4, axis=1)
        w = [p.get(f"{kernel.rpartition('/')[0]}/w_{gate}_diag", 0) for gate in "fio"]
        c = σ(f + forget_bias + w[0] * c) * c + σ(i + w[1] * c) * np.tanh(j)
        return σ(o + w[2] * c) * np.tanh(c), c

    return step


def tf1_gru(owner: str) -> Step:
    """rnn_cell_impl.py: GRUCell.call."""

    def step(x: Array, h: Array, p: Mapping[str, Array]) -> tuple[Array, ...]:
        both = np.concatenate([x, h], axis=1) @ p[f"{owner}/gates/kernel"] + p[f"{owner}/gates/bias"]
        r, u = np.split(σ(both), 2, axis=1)
        c = np.concatenate([x, r * h], axis=1) @ p[f"{owner}/candidate/kernel"]
        return (u * h + (1 - u) * np.tanh(c + p[f"{owner}/candidate/bias"]),)

    return step


def haiku_lstm(x: Array, h: Array, c: Array, p: Mapping[str, Array]) -> tuple[Array, ...]:
    i, g, f, o = np.split(np.concatenate([x, h], axis=-1) @ p["w"] + p["b"], 4, axis=-1)
    c = σ(f + 1) * c + σ(i) * np.tanh(g)
    return σ(o) * np.tanh(c), c


def haiku_gru(x: Array, h: Array, p: Mapping[str, Array]) -> tuple[Array, ...]:
    x_z, x_r, x_a = np.split(x @ p["w_i"], 3, axis=-1)
    w_z, w_r, w_a = np.split(p["w_h"], 3, axis=1)
    b_z, b_r, b_a = np.split(p["b"], 3)
    z, r = σ(x_z + h @ w_z + b_z), σ(x_r + h @ w_r + b_r)
    return ((1 - z) * h + z * np.tanh(x_a + (r * h) @ w_a + b_a),)


def sonnet_lstm(x: Array, h: Array, c: Array, p: Mapping[str, Array]) -> tuple[Array, ...]:
    i, f, g, o = np.split(x @ p["w_i"] + h @ p["w_h"] + p["b"], 4, axis=1)
    c = σ(f) * c + σ(i) * np.tanh(g)
    return σ(o) * np.tanh(c), c


def mlx_lstm(x: Array, h: Array, c: Array, p: Mapping[str, Array]) -> tuple[Array, ...]:
    i, f, g, o = np.split(x @ p["Wx"].T + h @ p["Wh"].T + p.get("bias", 0), 4, axis=-1)
    c = σ(f) * c + σ(i) * np.tanh(g)
    return σ(o) * np.tanh(c), c


def mlx_gru(x: Array, h: Array, p: Mapping[str, Array]) -> tuple[Array, ...]:
    x_r, x_z, x_n = np.split(x @ p["Wx"].T + p.get("b", 0), 3, axis=-1)
    h_r, h_z, h_n = np.split(h @ p["Wh"].T, 3, axis=-1)
    r, z = σ(x_r + h_r), σ(x_z + h_z)
    return ((1 - z) * np.tanh(x_n + r * (h_n + p.get("bhn", 0))) + z * h,)


def lstm_by_gate(gates: Mapping[str, Callable[[Array, Array], Array]]) -> Step:
    """An LSTM whose gates are given as functions of x and h."""

    def step(x: Array, h: Array, c: Array, p: Mapping[str, Array]) -> tuple[Array, ...]:
        i, f, g, o = (gates[part](x, h) for part in "ifgo")
        c = σ(f) * c + σ(i) * np.tanh(g)
        return σ(o) * np.tanh(c), c

    return step
