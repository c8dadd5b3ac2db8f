"""What holds of every task: shapes, seeds, baselines, texts, probes."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from gates.text import LANGUAGES, translator
from gates.training.errors import TrainingError
from gates.training.recipe import CELLS, Recipe
from gates.training.tasks.generators import CHUNK
from gates.training.tasks.measures import by_symbol, mean_squared_error
from gates.training.tasks.model import Batch, Probe, Task
from gates.training.tasks.registry import FROM_SOURCE, TASKS, make_task
from tests.training.tasks.sources import SOURCES

SIZE = 6


@pytest.fixture(scope="module", params=TASKS)
def task(request: pytest.FixtureRequest) -> Task:
    return make_task(request.param, SOURCES.get(request.param))


def some(task: Task, seed: int = 0, size: int = SIZE, count: int = 3) -> list[Batch]:
    return list(islice(task.batches(np.random.default_rng(seed), size), count))


def arrays(batch: Batch) -> list[np.ndarray]:
    return [part for part in (batch.x, batch.target, batch.read, batch.lengths) if part is not None]


Plan = tuple[int, int, float, int, int, dict[str, dict[str, float]]]
BY_CLASS, BY_NUMBER = ("cross_entropy", "accuracy", "higher"), ("mse", "mse", "lower")
FORGET: dict[str, dict[str, float]] = {"lstm": {"forget_bias": 1.0}}
RECIPES: dict[str, tuple[tuple[str, str, str], float, Plan]] = {
    "parity": (BY_CLASS, 0.3, (2, 2, 0.02, 4, 64, {"": {"steps": 500}, "gru": {"steps": 1000}})),
    "recall": (
        BY_CLASS,
        0.3,
        (9, 4, 0.01, 8, 64, {"": {"steps": 400}, "lstm": {"forget_bias": 4.0}, "gru": {"forget_bias": 3.0}}),
    ),
    "adding": (BY_NUMBER, 0.1, (2, 1, 0.01, 16, 64, {"": {"steps": 1000}, **FORGET})),
    "temporal-order": (
        BY_CLASS,
        0.3,
        (8, 4, 0.01, 12, 64, {"": {"steps": 400}, **FORGET, "gru": {"steps": 800}}),
    ),
    "dyck1": (
        ("mse", "accuracy", "higher"),
        0.3,
        (2, 1, 0.01, 4, 64, {"": {"steps": 1000}, "lstm": {"forget_bias": 4.0}}),
    ),
    "dyck2": (BY_CLASS, 0.2, (4, 3, 0.01, 16, 32, {"": {"steps": 600}, **FORGET})),
    "reber": (
        ("cross_entropy", "strict", "higher"),
        0.5,
        (7, 7, 0.01, 12, 32, {"": {"steps": 400}, **FORGET}),
    ),
    "embedded-reber": (
        ("cross_entropy", "outer", "higher"),
        0.3,
        (7, 7, 0.01, 16, 32, {"": {"steps": 800}, **FORGET}),
    ),
    "sine": (BY_NUMBER, 0.03, (1, 1, 0.01, 12, 64, {"": {"steps": 600}, **FORGET})),
    "sentiment": (BY_CLASS, 0.3, (22, 2, 0.01, 8, 64, {"": {"steps": 600}, **FORGET})),
    "prices": (BY_NUMBER, -0.005, (1, 1, 0.01, 12, 64, {"": {"steps": 400}, **FORGET})),
    "series": (BY_NUMBER, 0.0, (1, 1, 0.01, 12, 64, {"": {"steps": 400}, **FORGET})),
}
"""Of each task: loss, metric, which way is up; the margin; inputs, outputs, then what its recipe says: the
learning rate, units, batch, and by family what else differs. Those of a text are tested with it."""


def marks(batch: Batch | Probe) -> list[float]:
    """A number each for inputs and targets, which any other order or value changes."""
    x = batch.x if isinstance(batch, Batch) else batch.sequence.x
    flat = [np.asarray(part, dtype=np.float64).ravel() for part in (x, batch.target)]
    return [float(part @ np.cos(np.arange(part.size))) for part in flat]


DRAWN: dict[str, tuple[float, tuple[float, ...], tuple[float, ...], tuple[float, ...], tuple[str, str]]] = {
    "parity": (
        0.530078125, (20, 512, 10240, 18.65, -22.03), (20, 6, 120, 0.475, 2.698),
        (20, 2.045, 1.834), ("1", "0"),
    ),
    "recall": (
        0.23828125, (30, 512, 512, 121.512, -13.15), (30, 6, 6, -1.554, 8.872),
        (30, -0.73, -1.444), ("D", "?"),
    ),
    "adding": (
        0.169055326, (20, 512, 512, 20.255, 5.183), (20, 6, 6, 2.926, -1.08),
        (20, 0.38, 0.835), ("0.45", "0.12"),
    ),
    "temporal-order": (
        0.251953125, (30, 512, 512, 112.968, -8.153), (30, 6, 6, -7.459, 1.294),
        (30, 0.926, -0.963), ("E", "!"),
    ),
    "dyck1": (
        0.194140625, (30, 512, 15360, -16.956, 35.456), (30, 6, 180, 8.606, 1.701),
        (30, 5.285, 0.032), ("(", ")"),
    ),
    "dyck2": (
        0.690234375, (20, 512, 10240, -8.943, -26.627), (20, 6, 120, 3.673, -12.877),
        (20, 1.498, -0.867), ("[", ")"),
    ),
    "reber": (
        0, (22, 512, 3535, 11.099, -101.777), (14, 6, 46, 4.14, 12.146),
        (15, 0.139, 5.576), ("B", "S"),
    ),
    "embedded-reber": (
        0.51171875, (26, 512, 5591, -45.123, -234.141), (18, 6, 70, 0.597, 21.734),
        (19, -3.098, 0.633), ("B", "T"),
    ),
    "sine": (
        0.0592859008, (50, 512, 23040, 6.539, -1.062), (50, 6, 270, -2.723, -11.581),
        (50, 0.084, 0.334), ("0.9923", "0.4559"),
    ),
    "sentiment": (
        0.484375, (12, 512, 512, 9.527, 1.05), (9, 6, 6, -1.957, 7.612),
        (10, 5.083, 0.422), ("film", "."),
    ),
    "prices": (
        0.0481226108, (20, 72, 1440, -10.563, -10.037), (20, 6, 120, 27.683, 26.429),
        (20, 0.978, 0.715), ("2019-08-12", "2019-12-23"),
    ),
    "series": (
        0.091818037, (59, 2, 60, 0.345, 0.15), (30, 6, 180, 25.639, 19.737),
        (60, -0.435, -0.014), ("20.32", "20.69"),
    ),
}  # fmt: skip
"""Of each task, as it is without options: its baseline; of the held-out data, and of a first batch, steps,
sequences, steps that are read, and marks; the probe's steps and marks, and its ends."""


def test_a_task_has_the_measure_and_the_recipes_that_its_documents_speak_of(task: Task) -> None:
    if task.id not in RECIPES:
        return
    measured, margin, (inputs, outputs, rate, hidden, batch, others) = RECIPES[task.id]
    assert (task.loss, task.metric, task.better) == measured
    assert (task.margin, task.inputs, task.outputs) == (margin, inputs, outputs)
    general = {"hidden": hidden, "lr": rate, "batch": batch, **others[""]}
    assert task.recipes == {cell: general | others.get(cell.partition("-")[0], {}) for cell in CELLS}
    tokens = task.probe.sequence.tokens
    first = next(task.batches(np.random.default_rng(0), SIZE))
    found = [(*batch.x.shape[:2], batch.read.sum(), *marks(batch)) for batch in (task.held_out(), first)]
    probe = (len(tokens), *marks(task.probe))
    baseline, *drawn, ends = DRAWN[task.id]
    assert task.baseline == pytest.approx(baseline, rel=1e-5, abs=1e-9)
    assert (tokens[0], tokens[-1]) == ends
    for one, expected in zip([*found, probe], drawn, strict=True):
        assert one == pytest.approx(expected, abs=2e-3)


def test_batches_have_the_shapes_that_the_task_says(task: Task) -> None:
    for batch in [*some(task), task.held_out()]:
        steps, size, inputs = batch.x.shape
        assert inputs == task.inputs and batch.x.dtype == np.float32
        assert batch.read.shape == (steps, size) and batch.read.dtype == np.bool_
        assert batch.read.any()
        if task.loss == "cross_entropy":
            assert batch.target.shape == (steps, size) and batch.target.dtype == np.int64
            assert set(np.unique(batch.target[batch.read])) <= set(range(task.outputs))
        else:
            assert batch.target.shape == (steps, size, task.outputs) and batch.target.dtype == np.float32
        if batch.lengths is not None:
            assert batch.lengths.max() == steps and batch.lengths.min() >= 1
            assert not batch.read[np.arange(steps)[:, None] >= batch.lengths].any()
    assert all(batch.x.shape[1] == SIZE for batch in some(task))


def test_a_seed_gives_the_same_batches_and_another_seed_others(task: Task) -> None:
    count = CHUNK + 2  # beyond what is drawn at once
    for one, again in zip(some(task, 3, count=count), some(task, 3, count=count), strict=True):
        assert all(map(np.array_equal, arrays(one), arrays(again)))
    first, other = some(task, 3)[0], some(task, 4)[0]
    assert first.x.shape != other.x.shape or (first.x != other.x).any()


def test_no_two_batches_of_a_run_are_alike(task: Task) -> None:
    inputs = [batch.x.tobytes() for batch in some(task, count=CHUNK + 2)]
    assert len(set(inputs)) == len(inputs)


def test_held_out_data_are_always_the_same_and_not_those_of_a_small_seed(task: Task) -> None:
    again = make_task(task.id, SOURCES.get(task.id)).held_out()
    assert all(map(np.array_equal, arrays(task.held_out()), arrays(again)))
    for seed in range(3):
        drawn = some(task, seed, size=task.held_out().x.shape[1] if task.id not in FROM_SOURCE else 2)[0]
        assert drawn.x.shape != again.x.shape or (drawn.x != again.x).any()


def test_perfect_answers_score_as_well_as_can_be(task: Task) -> None:
    batch = task.held_out()
    if task.loss == "mse":
        assert task.score(batch.target, batch) == (0 if task.metric == "mse" else 1)
        return
    sure = np.eye(task.outputs)[batch.target] * 50
    if task.metric == "strict":  # two symbols are possible, and one target names only one of them
        assert task.score(sure, batch) < 1
        return
    assert task.score(sure, batch) == pytest.approx(1)
    wrong = task.score(np.roll(sure, 1, axis=-1), batch)
    assert task.beats(1.0, wrong) and not task.beats(wrong, 1.0)


def test_a_constant_answer_does_no_better_than_the_baseline(task: Task) -> None:
    """Whatever one class or number is always given, among all in the data, beats what the baseline does.

    Chance in the draws may favour a constant by a little: the baseline is fitted to training data.
    """
    batch = task.held_out()
    shape = (*batch.x.shape[:2], task.outputs)
    if task.loss == "mse":
        seen = batch.target[batch.read]
        answers = [np.broadcast_to(value, shape) for value in (seen.mean(axis=0), np.median(seen, axis=0))]
    else:
        answers = [np.broadcast_to(np.eye(task.outputs)[k] * 5, shape) for k in range(task.outputs)]
    slack = 0.06 * (1 + task.baseline)
    assert not any(task.beats(task.score(answer, batch), task.baseline, slack) for answer in answers)


def test_the_probe_is_a_sequence_that_the_task_could_have_drawn(task: Task) -> None:
    probe = task.probe
    steps = len(probe.sequence)
    assert probe.sequence.x.shape == (steps, task.inputs) and steps <= 60
    assert probe.read.shape == (steps,) and probe.read.any()
    assert probe.target.shape == ((steps,) if task.loss == "cross_entropy" else (steps, task.outputs))
    if task.loss == "cross_entropy":
        assert probe.target[probe.read].max() < len(task.answers) == task.outputs
    for language in LANGUAGES:
        shown = probe.sequence_for(translator(language))
        assert shown.x is probe.sequence.x and len(shown.tokens) == steps
        assert not shown.keyed or all(column in translator(language) for column in shown.columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_texts_are_there(task: Task, language: str) -> None:
    t = translator(language)
    keys = [f"task.{task.id}{part}" for part in ("", ".about", ".gates", ".baseline")]
    assert all(t(key) for key in [*keys, f"metric.{task.metric}"])


@pytest.mark.parametrize("cell", CELLS)
def test_every_kind_of_cell_has_a_recipe(task: Task, cell: str) -> None:
    recipe = Recipe.of(task.id, cell, source=SOURCES.get(task.id))
    assert recipe.hidden == task.recipes[cell]["hidden"] and recipe.steps == task.recipes[cell]["steps"]


LENGTHS = {
    "parity": (2, 500), "recall": (3, 500), "adding": (4, 500), "temporal-order": (10, 500),
    "dyck1": (2, 500), "dyck2": (2, 500), "reber": (8, 500), "embedded-reber": (12, 500),
    "sine": (10, 500), "prices": (5, 30),
}  # fmt: skip


@pytest.mark.parametrize("id", sorted(set(TASKS) - FROM_SOURCE - {"sentiment", "characters"}))
def test_a_length_is_heeded_and_checked(id: str) -> None:
    task = make_task(id, length=16)
    assert len(some(task)[0].x) <= 16 and len(some(task)[0].x) >= 7
    least, most = LENGTHS.get(id, (2, 500))
    make_task(id, length=least)
    for length in (-5, 0, 1, least - 1, most + 1):
        with pytest.raises(TrainingError, match=f"Sequences of {length} .* from {least} to {most}\\."):
            make_task(id, length=length)
    assert len(make_task(id, length=None).probe.sequence) == len(make_task(id).probe.sequence)


def test_an_unknown_task_is_named_with_those_there_are() -> None:
    with pytest.raises(TrainingError, match=r"xor.*parity.*embedded-reber"):
        make_task("xor")


def test_a_balanced_string_has_an_even_length() -> None:
    for id in ("dyck1", "dyck2"):
        with pytest.raises(TrainingError, match="15 is odd"):
            make_task(id, length=15)


def test_the_guess_from_a_symbol_is_its_most_frequent_class() -> None:
    """Symbol 0 goes with class 1 three times of four, symbol 1 always with class 2."""

    def stream(rng: np.random.Generator, size: int):  # type: ignore[no-untyped-def]
        while True:
            symbol = np.array([[0, 0, 0, 0, 1]])
            target = np.array([[1, 1, 1, 0, 2]])
            yield Batch(np.eye(2, dtype=np.float32)[symbol], target, np.ones((1, 5), dtype=np.bool_))

    evaluation = next(stream(np.random.default_rng(0), 5))
    seen = []

    def measure(output: np.ndarray, batch: Batch) -> float:
        seen.append(output.argmax(axis=-1).tolist())
        assert np.exp(output[0, 0]) == pytest.approx([41 / 163, 121 / 163, 1 / 163])  # of 40 batches
        return 0.5

    assert by_symbol(stream, evaluation, measure, 3) == 0.5
    assert seen == [[[1, 1, 1, 1, 2]]]


def test_the_squared_error_looks_at_read_steps_alone() -> None:
    target = np.zeros((2, 1, 2), dtype=np.float32)
    batch = Batch(np.zeros((2, 1, 2), dtype=np.float32), target, np.array([[False], [True]]))
    output = np.array([[[9.0, 9.0]], [[1.0, 3.0]]])
    assert mean_squared_error(output, batch) == 5
