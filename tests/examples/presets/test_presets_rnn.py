"""The hand-made plain RNNs: one holds itself, one fades, one counts exactly, one drifts."""

import numpy as np
import pytest

from gates import RNNTrace
from gates.examples.presets.registry import PRESETS, preset

DEPTH = [1, 2, 1, 2, 3, 4, 3, 2, 1, 0]


def run(name: str, values: dict[str, float] | None = None, tokens: str | None = None) -> RNNTrace:
    chosen = preset("rnn", name)
    sequence = chosen.sequence if tokens is None else chosen.sequence_of(tokens)
    return chosen.build(values or {}).run(sequence.x)


def test_the_page_opens_on_the_latch_and_the_one_that_fades_reads_the_same() -> None:
    latch, fading = PRESETS["rnn"][:2]
    assert (latch.id, fading.id) == ("latch", "fading")
    assert latch.sequence.tokens == fading.sequence.tokens


def test_latch_holds_itself() -> None:
    up = run("latch", tokens="S" + "–" * 500).hidden[:, 0]
    down = run("latch", tokens="SR" + "–" * 500).hidden[:, 0]
    assert up[-1] == pytest.approx(0.9575, abs=5e-4) and down[-1] == pytest.approx(-0.9575, abs=5e-4)
    h = run("latch").hidden[:, 0]
    assert h[0] == 0 and (h[1:7] > 0.95).all() and (h[7:] < -0.95).all()


def test_latch_fades_with_a_small_recurrent_weight() -> None:
    h = run("fading", tokens="S" + "–" * 19).hidden[:, 0]
    np.testing.assert_allclose(h[:5], [1.0, 0.72, 0.57, 0.47, 0.40], atol=5e-3)
    assert h[19] == pytest.approx(0.07, abs=5e-3)
    np.testing.assert_array_equal(run("latch", {"recurrent": 0.9}).hidden, run("fading").hidden)
    assert run("fading", {"recurrent": 2.0}).hidden[6, 0] > 0.95


@pytest.mark.parametrize("values", [{}, {"sharpness": 1.0}], ids=["soft", "exact"])
def test_delay_line(values: dict[str, float]) -> None:
    x = np.random.default_rng(2).choice([-1.0, 1.0], (60, 1))
    h = preset("rnn", "delay").build(values).run(x).hidden
    for lag in range(4):
        np.testing.assert_allclose(h[lag:, lag], x[: len(x) - lag, 0], atol=1e-3 if values else 0.01)


def test_relu_counter_is_exact_on_a_knifes_edge() -> None:
    assert run("relu_counter").hidden[:, 0].tolist() == DEPTH
    assert run("relu_counter", {"recurrent": 0.9}).hidden[5, 0] < 3.5
    assert run("relu_counter", {"recurrent": 1.1}).hidden[5, 0] > 4.5
    assert run("relu_counter", tokens=")))(").hidden[:, 0].tolist() == [0, 0, 0, 1], "nothing below 0"


def test_tanh_counter_drifts() -> None:
    chosen = preset("rnn", "tanh_counter")
    assert chosen.fails
    read = run("tanh_counter").hidden[:, 0] / 0.2
    np.testing.assert_allclose(read, [1.0, 1.9, 0.9, 1.8, 2.5, 3.0, 1.9, 0.9, -0.1, -1.1], atol=0.06)
