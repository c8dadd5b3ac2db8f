"""The gradient of a read-out in a batch of sequences of different lengths."""

import numpy as np

from gates import GRU, LSTM
from gates.network import Layer, Network, Readout

LENGTHS = (5, 2, 4)


def test_what_is_asked_of_scores_beyond_a_sequence_counts_nowhere():
    rng = np.random.default_rng(3)
    cells = LSTM.init(inputs=2, hidden=3, rng=rng), GRU.init(inputs=3, hidden=4, rng=rng)
    network = Network(tuple(map(Layer, cells)), Readout(rng.normal(size=(2, 4)), rng.normal(size=2)))
    x, asked = rng.normal(size=(5, 3, 2)), rng.normal(size=(5, 3, 2))
    found = network.backward(network.run(x, lengths=LENGTHS), d_scores=asked)

    V, b, inputs = np.zeros((2, 4)), np.zeros(2), np.zeros_like(x)
    for index, steps in enumerate(LENGTHS):  # each alone, with no step too many
        alone = network.run(x[:steps, index])
        back = network.backward(alone, d_scores=asked[:steps, index])
        V += asked[:steps, index].T @ alone.output
        b += asked[:steps, index].sum(axis=0)
        inputs[:steps, index] = back.inputs
    np.testing.assert_allclose(found.readout["V"], V, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.readout["b"], b, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.inputs, inputs, rtol=1e-12, atol=1e-12)
