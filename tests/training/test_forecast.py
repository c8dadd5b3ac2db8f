"""A free run reads its own answers."""

from __future__ import annotations

import numpy as np
import pytest

from gates import GRU, LSTM, RNN
from gates.network import Layer, Network, Readout
from gates.training.forecast import free_run, free_running_error
from gates.training.tasks.model import Batch


def network(kind: type[RNN] | type[LSTM] | type[GRU]) -> Network:
    rng = np.random.default_rng(3)
    cells = kind.init(inputs=2, hidden=4, rng=rng), kind.init(inputs=4, hidden=3, rng=rng)
    return Network(tuple(map(Layer, cells)), Readout(rng.normal(size=(2, 3)), rng.normal(size=2)))


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_it_says_what_the_whole_sequence_would_say(kind: type[RNN] | type[LSTM] | type[GRU]) -> None:
    net, x = network(kind), np.random.default_rng(0).normal(size=(5, 3, 2))
    ahead = free_run(net, x, 4)
    whole = net.run(np.concatenate([x, ahead[:-1]])).scores
    np.testing.assert_allclose(ahead, whole[4:], atol=1e-12)
    np.testing.assert_allclose(free_run(net, x[:, 1], 4), ahead[:, 1], atol=1e-12)


def test_its_error_counts_from_what_was_seen() -> None:
    net, rng = network(LSTM), np.random.default_rng(1)
    x = rng.normal(size=(6, 2, 2)).astype(np.float32)
    batch = Batch(x[:-1], x[1:], np.ones((5, 2), dtype=np.bool_))
    expected = np.mean((free_run(net, x[:2], 4) - x[2:]) ** 2)
    assert free_running_error(net, batch, seen=2) == pytest.approx(expected)
