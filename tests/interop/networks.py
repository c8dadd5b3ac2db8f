"""Networks of every kind that a file or a script can say, with distinct random weights."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates import GRU, LSTM, RNN, Layer, Network, Readout
from gates.core.activations import Activation

I, H = 3, 4


def weights(kind: str, inputs: int = I, hidden: int = H, seed: int = 0) -> dict[str, NDArray[np.float32]]:
    rng, rows = np.random.default_rng(seed), {"lstm": 4, "gru": 3, "rnn": 1}[kind] * hidden
    shapes = {"W": (rows, inputs), "U": (rows, hidden), "b": (rows,)}
    return {name: 0.4 * rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}


def vector(*shape: int, seed: int = 7) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def lstm(inputs: int = I, seed: int = 0, **options: Any) -> LSTM:
    return LSTM(**weights("lstm", inputs, seed=seed), **options)


def gru(inputs: int = I, seed: int = 0, **options: Any) -> GRU:
    return GRU(**weights("gru", inputs, seed=seed), **options)


def rnn(inputs: int = I, seed: int = 0, **options: Any) -> RNN:
    return RNN(**weights("rnn", inputs, seed=seed), **options)


NETWORKS: dict[str, Network] = {
    "lstm": Network((Layer(lstm()),)),
    "gru after": Network((Layer(gru(b_hn=vector(H))),)),
    "gru before": Network((Layer(gru(reset="before")),)),
    "rnn": Network((Layer(rnn()),)),
    "relu": Network((Layer(rnn(activation="relu")),)),
    "backward alone": Network((Layer(None, lstm()),)),
    "both": Network((Layer(gru(), gru(seed=1)),)),
    "stack": Network((Layer(lstm()), Layer(lstm(H, 1)), Layer(rnn(H, 2)))),
    "stack of both": Network((Layer(lstm(), lstm(seed=1)), Layer(gru(2 * H), gru(2 * H, 1)))),
    "peephole": Network((Layer(lstm(peephole=vector(3, H))),)),
    "one peephole of two": Network((Layer(lstm(), lstm(seed=1, peephole=vector(3, H))),)),
    "coupled": Network((Layer(lstm(coupled=True)),)),
    "coupled, hard, peephole, clip": Network(
        (Layer(lstm(coupled=True, gate_activation="hard_sigmoid", peephole=vector(3, H), clip=0.5)),)
    ),
    "activations": Network(
        (
            Layer(
                lstm(
                    gate_activation=Activation("hard_sigmoid", 0.3, 0.4),
                    candidate_activation="softsign",
                    cell_activation=Activation("scaled_tanh", 1.2, 0.7),
                )
            ),
        )
    ),
    "no squash": Network((Layer(lstm(candidate_activation="identity", cell_activation="identity")),)),
    "an activation for each direction": Network((Layer(rnn(activation="elu"), rnn(seed=1)),)),
    "clip": Network((Layer(gru(clip=0.4)),)),
    "read-out": Network((Layer(rnn()),), Readout(vector(2, H), vector(2, seed=8))),
}
