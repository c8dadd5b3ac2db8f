"""Forecasts: what comes next, split in time, and own numbers that are of no use."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from gates.inputs.sources import PRICE_COLUMNS, stocks
from gates.training.errors import TrainingError
from gates.training.tasks.registry import make_task
from gates.training.tasks.series import MAX_VALUES, MIN_VALUES, TRAINED_WEEKS, WARM_UP
from tests.training.tasks.sources import SERIES


def test_a_sine_follows_its_own_recurrence() -> None:
    """sin(a + d) = 2 cos(d) sin(a) − sin(a − d), with one d for each sequence."""
    batch = next(make_task("sine").batches(np.random.default_rng(0), 200))
    x = np.concatenate([batch.x, batch.target[-1:]])[..., 0].astype(float)
    ahead, here, before = x[2:], x[1:-1], x[:-2]
    cosine = ((ahead + before) * here).sum(axis=0) / (2 * here**2).sum(axis=0)
    np.testing.assert_allclose(ahead, 2 * cosine * here - before, atol=1e-5)
    periods = 2 * np.pi / np.arccos(cosine)
    assert 10 <= periods.min() + 1e-3 < 12 and 28 < periods.max() - 1e-3 <= 30
    assert not batch.read[:WARM_UP].any() and batch.read[WARM_UP:].all()


@pytest.mark.parametrize(("id", "source"), [("sine", None), ("prices", None), ("series", SERIES)])
def test_the_target_is_the_next_input_and_the_baseline_the_present_one(id: str, source: str | None) -> None:
    task = make_task(id, source)
    for batch in (next(task.batches(np.random.default_rng(0), 8)), task.held_out()):
        np.testing.assert_array_equal(batch.x[1:], batch.target[:-1])
    held = task.held_out()
    step = (held.target - held.x)[held.read].astype(float)
    assert task.baseline == pytest.approx((step**2).mean())


def test_prices_are_split_in_time() -> None:
    task = make_task("prices")
    dates, table = stocks()
    logs = np.stack([np.log(table[name]) for name in PRICE_COLUMNS], axis=1)

    def changes(rows: np.ndarray) -> set[float]:
        return set(np.round(np.diff(rows, axis=0).ravel() / scale, 4).tolist())

    held = np.concatenate([task.held_out().x, task.held_out().target[-1:]])[..., 0].astype(float)
    scale = np.diff(logs[TRAINED_WEEKS : TRAINED_WEEKS + 2], axis=0)[0, 0] / (held[1, 0] - held[0, 0])
    known, later = changes(logs[:TRAINED_WEEKS]), changes(logs[TRAINED_WEEKS:])
    for value in np.round(np.diff(held, axis=0).ravel(), 4):
        assert min(abs(value - other) for other in later) < 2e-4
    trained = next(task.batches(np.random.default_rng(0), 500))
    assert (trained.x[0] == 0).all()
    for value in np.round(np.diff(trained.x[..., 0].astype(float), axis=0).ravel(), 4)[::7]:
        assert min(abs(value - other) for other in known) < 2e-4
    days = [date.fromisoformat(token) for token in task.probe.sequence.tokens]
    assert (days[-1] - days[0]).days == 7 * (len(days) - 1) and days[-1].isoformat() == dates[-2]


def test_own_series_is_scaled_by_its_first_part_alone() -> None:
    given = np.concatenate([np.tile([1.0, 3.0], 40), np.tile([101.0, 103.0], 10)])
    task = make_task("series", "\n".join(map(str, given)), length=4)
    for length in (1, 80):
        with pytest.raises(TrainingError, match=rf"Sequences of {length} .* from 2 to 79\.$"):
            make_task("series", "\n".join(map(str, given)), length=length)
    assert set(np.unique(next(task.batches(np.random.default_rng(0), 50)).x)) == {-1, 1}
    assert task.held_out().target[task.held_out().read].min() == 99  # (101 − 2) / 1


def test_the_last_fifth_is_held_out_and_read_once() -> None:
    values = np.arange(100.0) ** 1.5
    task = make_task("series", "\n".join(map(str, values)), length=8)
    held = task.held_out()
    known = values[:80]
    told = np.sort(held.target[held.read].ravel().astype(float) * known.std() + known.mean())
    np.testing.assert_allclose(told, values[80:96], rtol=1e-4)  # two blocks of eight
    for seed in range(3):
        drawn = next(task.batches(np.random.default_rng(seed), 300))
        assert drawn.target.max() * known.std() + known.mean() <= values[79] + 1e-2


def test_columns_are_forecast_together() -> None:
    rows = "\n".join(f"{np.sin(k / 4):.3f},{k % 5}" for k in range(120))
    task = make_task("series", "wave,step\n" + rows)
    assert task.inputs == task.outputs == 2 and task.answers == ("wave", "step")
    assert task.probe.sequence.columns == ("wave", "step")


RISING = "\n".join(str(k) for k in range(MIN_VALUES))


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "no number here yet"),
        ("1 2 3", f"3 values are too few.*at least {MIN_VALUES}"),
        ("0.1\n" * 100, "same value in all of the first 80 rows"),
        ("a,b\n" + "\n".join(f"{k},7" for k in range(100)), "“b” has the same value"),
        (RISING + "\ninf", "“inf” is not a finite number"),
        (RISING + "\n1e999", "beyond"),
        (RISING + "\nhello", "“hello” is not a number"),
        ("1\n2\n" * (MAX_VALUES // 2 + 1), "20002 values.*too long.*20,000"),
        ("\n".join(" ".join(str(k * j) for j in range(1, 10)) for k in range(60)), "9 columns are too many"),
        ("1 2\n" * 200_000, "800,000 characters"),
    ],
)
def test_numbers_that_cannot_be_trained_on_are_refused_in_a_sentence(source: str, sentence: str) -> None:
    with pytest.raises(TrainingError, match=sentence):
        make_task("series", source)
