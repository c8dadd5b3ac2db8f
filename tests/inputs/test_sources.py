from collections import Counter

import numpy as np
import pytest

from gates.inputs.parse import PRICE_COLUMNS, SIGNALS, InputError, price_dates, prices, signal
from gates.text import LANGUAGES, translator


def test_impulse_and_step_happen_at_the_step_the_screen_counts() -> None:
    assert signal("impulse", 5, at=2).x[:, 0].tolist() == [0, 1, 0, 0, 0]
    assert signal("step", 5, at=4).x[:, 0].tolist() == [0, 0, 0, 1, 1]
    assert signal("impulse", 5, at=5).x[:, 0].tolist() == [0, 0, 0, 0, 1]


def test_sine_has_its_period() -> None:
    x = signal("sine", 60, period=20).x[:, 0]
    assert x[5] == pytest.approx(1) and x[15] == pytest.approx(-1)
    np.testing.assert_allclose(x[20:], x[:-20], atol=1e-12)


def test_noise_is_reproducible_by_its_seed_alone() -> None:
    np.testing.assert_array_equal(signal("noise", 50, seed=3).x, signal("noise", 50, seed=3).x)
    assert (signal("noise", 50, seed=3).x != signal("noise", 50, seed=4).x).all()
    assert signal("noise", 1000, seed=1).x.std() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("steps", [1, 2, 7, 40, 1000])
def test_brackets_are_balanced(steps: int) -> None:
    sequence = signal("brackets", steps, seed=steps)
    assert sequence.columns == ("(", ")") and len(sequence) == max(2, steps - steps % 2)
    depth = np.cumsum(sequence.x[:, 0] - sequence.x[:, 1])
    assert depth.min() >= 0 and depth[-1] == 0


def test_every_balanced_string_is_equally_likely() -> None:
    seen = Counter("".join(signal("brackets", 6, seed=seed).tokens) for seed in range(2000))
    assert len(seen) == 5  # The third Catalan number.
    assert min(seen.values()) > 330 and max(seen.values()) < 470


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"kind": "saw"}, "error.signal.kind"),
        ({"kind": "sine", "steps": 0}, "error.signal.steps"),
        ({"kind": "noise", "steps": 1001}, "error.signal.steps"),
        ({"kind": "impulse", "steps": 10, "at": 11}, "error.signal.at"),
        ({"kind": "step", "steps": 10, "at": 0}, "error.signal.at"),
        ({"kind": "sine", "period": 1.0}, "error.signal.period"),
        ({"kind": "sine", "period": float("nan")}, "error.signal.period"),
        ({"kind": "brackets", "seed": -1}, "error.signal.seed"),
    ],
)
def test_wrong_signals_are_named(arguments: dict[str, object], key: str) -> None:
    with pytest.raises(InputError) as caught:
        signal(**arguments)  # type: ignore[arg-type]
    assert caught.value.key == key
    assert all(translator(language)(key, **caught.value.values) for language in LANGUAGES)


def test_every_signal_and_parameter_has_a_name() -> None:
    for language in LANGUAGES:
        t = translator(language)
        assert all(t(f"input_signal.{kind}") for kind in SIGNALS)
        assert all(t(f"input_signal.{name}") for names in SIGNALS.values() for name in names)
        assert all(t(f"price.{column}") for column in PRICE_COLUMNS)


@pytest.mark.parametrize("column", PRICE_COLUMNS)
def test_a_year_of_prices_is_normalised_and_keeps_its_dates(column: str) -> None:
    sequence = prices(column, "2018-01-01", "2018-12-31")
    assert sequence.columns == (column,)
    assert sequence.tokens[0] == "2018-01-01" and sequence.tokens[-1] == "2018-12-31"
    assert len(sequence) == 53
    assert sequence.x.mean() == pytest.approx(0, abs=1e-12) and sequence.x.std() == pytest.approx(1)


def test_prices_say_how_they_were_normalised() -> None:
    import plotly.data

    (note,) = prices("NFLX").notes
    raw = plotly.data.stocks()["NFLX"].to_numpy()
    assert note.values["mean"] == f"{raw.mean():.3f}" and note.values["deviation"] == f"{raw.std():.3f}"
    for language in LANGUAGES:
        assert f"{raw.mean():.3f}" in translator(language)(note.key, **note.values)
    assert len(prices("NFLX")) == len(price_dates()) == 105


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("TSLA",), "error.prices.column"),
        (("AAPL", "2030-01-01"), "error.prices.range"),
        (("AAPL", "2018-06-01", "2018-06-04"), "error.prices.range"),
    ],
)
def test_wrong_prices_are_named(arguments: tuple[str, ...], key: str) -> None:
    with pytest.raises(InputError) as caught:
        prices(*arguments)
    assert caught.value.key == key
    assert all(translator(language)(key, **caught.value.values) for language in LANGUAGES)
