"""The hand-made GRUs, in both reset forms: exact numbers, and the story at the soft default."""

import numpy as np
import pytest

from gates import GRUTrace
from gates.examples.notation.letters import Reset
from gates.examples.presets.registry import PRESETS, preset

SOFT: dict[str, float] = {}
EXACT = {"sharpness": 1.0}
BOTH = pytest.mark.parametrize("values", [SOFT, EXACT], ids=["soft", "exact"])
FORMS = pytest.mark.parametrize("reset", ["before", "after"])


def run(
    name: str, values: dict[str, float], reset: Reset | None = None, tokens: str | list[str] | None = None
) -> GRUTrace:
    chosen = preset("gru", name)
    sequence = chosen.sequence if tokens is None else chosen.sequence_of(tokens)
    return chosen.build(values, reset).run(sequence.x)


def test_the_page_opens_on_a_latch_and_who_is_silenced_in_the_form_that_silences() -> None:
    assert [one.id for one in PRESETS["gru"][:2]] == ["latch", "silenced"]
    assert preset("gru", "silenced").build().reset == "before"


@BOTH
def test_before_silences_a_speaker_and_after_deafens_a_listener(values: dict[str, float]) -> None:
    near = 1e-3 if values else 0.08
    before, after = run("silenced", values, "before"), run("silenced", values, "after")
    np.testing.assert_allclose(before.hidden[:, 1], [0, 1, 1, 0, 0, 1], atol=near)
    np.testing.assert_allclose(after.hidden[:, 1], [0, 1, 1, 1, 1, 1], atol=near)
    np.testing.assert_allclose(before.hidden[:, 0], 1, atol=near)


def test_the_mute_button_fails_where_the_reset_bias_outweighs_it() -> None:
    assert run("silenced", {"reset_shift": 8.0}, "before").hidden[3, 1] > 0.9
    assert abs(run("silenced", {"coupling": 0.0}, "before").hidden[:, 1]).max() == 0


@FORMS
@BOTH
def test_latch(values: dict[str, float], reset: Reset) -> None:
    h = run("latch", values, reset).hidden[:, 0]
    np.testing.assert_allclose(h, [0, 1, 1, 1, 0, 0, 1, 1], atol=3e-4 if values else 0.03)


@FORMS
@BOTH
def test_delay_line(values: dict[str, float], reset: Reset) -> None:
    x = np.random.default_rng(2).choice([-1.0, 1.0], (60, 1))
    h = preset("gru", "delay").build(values, reset).run(x).hidden
    for lag in range(4):
        np.testing.assert_allclose(h[lag:, lag], x[: len(x) - lag, 0], atol=1e-3 if values else 0.03)


@FORMS
def test_a_gru_whose_z_is_far_from_one_counts_badly(reset: Reset) -> None:
    chosen = preset("gru", "counter")
    assert chosen.fails
    h = chosen.build(EXACT, reset).run(np.repeat([1.0, -1.0], 30)[:, None]).hidden[:, 0]
    assert h[29] == pytest.approx(0.958, abs=5e-4) and h[59] == pytest.approx(-0.917, abs=5e-4)
    shown = run("counter", SOFT, reset).hidden[:, 0]
    assert shown[9] == pytest.approx(0.65, abs=0.005) and shown[19] == pytest.approx(-0.42, abs=0.005)
    left = 1 - np.concatenate([[0], shown[:10]])
    np.testing.assert_allclose(1 - left[1:] / left[:-1], 0.1, atol=1e-6, err_msg="a tenth of what is left")


@FORMS
@BOTH
def test_parity(values: dict[str, float], reset: Reset) -> None:
    bits = np.random.default_rng(0).integers(0, 2, 5000) if values else np.array([1, 0, 1, 1, 0, 0, 1, 0])
    h = preset("gru", "parity").build(values, reset).run(bits[:, None].astype(float)).hidden[:, 0]
    odd = np.cumsum(bits) % 2 == 1
    np.testing.assert_array_equal(h > 0.5, odd)
    assert (h[odd] > 0.9).all() and (h[~odd] < 0.05).all()


@FORMS
@BOTH
@pytest.mark.parametrize("first", ["+", "−"])
def test_first_token(values: dict[str, float], reset: Reset, first: str) -> None:
    other = "−" if first == "+" else "+"
    h = run("first", values, reset, first + other * 200).hidden[:, 0]
    np.testing.assert_allclose(h, 1 if first == "+" else -1, atol=1e-3 if values else 0.02)


@FORMS
@BOTH
def test_last_token(values: dict[str, float], reset: Reset) -> None:
    sequence = preset("gru", "last").sequence
    h = run("last", values, reset).hidden[:, 0]
    np.testing.assert_allclose(h, sequence.x[:, 0], atol=1e-3 if values else 0.02)
    assert run("last", {"update_shift": 5.0}, reset).update[0, 0] == pytest.approx(0.5)


@FORMS
@BOTH
@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [("good", 1), ("bad", -1), ("not a very good movie", -1), ("not bad", 1), ("这 部 电影 并 不 太 好", -1)],
)
def test_not_good(values: dict[str, float], reset: Reset, sentence: str, verdict: int) -> None:
    score = run("not_good", values, reset, sentence.split()).hidden[-1, 1:].sum()
    assert score == pytest.approx(verdict, abs=1e-3 if values else 0.03)


@FORMS
def test_gated_reset_exact(reset: Reset) -> None:
    h = run("gated_reset", EXACT, reset).hidden[:, 0]
    np.testing.assert_allclose(h, [0.995, 0.904, 0.875, 0.865, 0, 0], atol=6e-4)
    open_all_along = run("gated_reset", EXACT | {"reset_shift": 40.0}, reset).hidden[:, 0]
    assert open_all_along[4] == pytest.approx(0.861, abs=5e-4)


@FORMS
def test_gated_reset_soft_echoes_until_the_delimiter(reset: Reset) -> None:
    h = run("gated_reset", SOFT, reset).hidden[:, 0]
    np.testing.assert_allclose(h[:4], [0.99, 0.90, 0.87, 0.86], atol=6e-3)
    assert (h[4:] < 0.03).all()


@pytest.mark.parametrize("name", ["latch", "counter", "parity", "first", "last", "not_good", "gated_reset"])
def test_a_diagonal_u_n_gives_the_same_numbers_in_both_forms(name: str) -> None:
    np.testing.assert_allclose(run(name, SOFT, "before").hidden, run(name, SOFT, "after").hidden, atol=1e-12)
    assert preset("gru", name).reset == "after"
