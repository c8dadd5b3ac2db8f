from dataclasses import replace

import numpy as np
import pytest

from gates import LSTM
from gates.examples.challenges import model as machinery
from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.challenges.model import (
    FREE,
    Challenge,
    Measurement,
    Miss,
    Score,
    above,
    around,
    bands,
    changed,
    measure,
    signed,
)
from gates.examples.lab.state import Clamped, LabState
from gates.text import LANGUAGES, translator

EACH = pytest.mark.parametrize("task", CHALLENGES.values(), ids=CHALLENGES)


def judged(task: Challenge, lab: LabState | None = None) -> machinery.Result:
    return task.judge(lab or LabState.of(task.start), task.sequence.x)


def weight(lab: LabState, name: str, place: tuple[int, ...], value: float) -> LabState:
    array = lab.weights[name].copy()
    array[place] = value
    return replace(lab, **{name: array})


def scaled(lab: LabState, factor: float) -> LabState:
    return replace(lab, **{name: factor * array for name, array in lab.weights.items()})


def test_there_are_at_least_ten_of_every_kind_of_cell():
    assert len(CHALLENGES) >= 10
    assert {task.start.kind for task in CHALLENGES.values()} == {"lstm", "gru", "rnn"}


@EACH
def test_the_start_fails_but_is_not_nowhere(task):
    result = judged(task)
    assert not result.solved
    assert result.hidden.right < result.hidden.of
    assert result.shown.right < result.shown.of, "the failure must be seen on the screen"
    assert 0 < result.near < 0.9
    assert result.changes == 0
    tokens, x, bands = task.hidden
    read = task.reads.of(LabState.of(task.start).run(x, clamped=False))
    low, high = bands[..., 0], bands[..., 1]
    wrong = ~np.isnan(low) & ~((low <= read) & (read <= high))
    which = int(np.argmax(wrong.any(axis=0)))
    step = int(np.argmax(wrong[:, which]))
    assert result.miss == Miss(tokens[which], step, read[step, which], tuple(bands[step, which]))
    assert result.hidden.right == np.count_nonzero(~wrong.any(axis=0))


@EACH
def test_the_solution_solves_and_lies_within_the_limit(task):
    result = judged(task, LabState.of(task.solution))
    assert result.solved
    assert result.near == 1
    assert (result.hidden.right, result.shown.right) == (result.hidden.of, result.shown.of)
    assert result.miss is None and result.note is None
    assert 1 <= result.changes <= (task.limit or 6), "a few weights are enough to change"


def other_solutions() -> dict[str, LabState]:
    """Solutions that are not ours: found by other ways, or ours with every weight larger."""
    found = {name: scaled(LabState.of(task.solution), 1.25) for name, task in CHALLENGES.items()}
    tick = LabState.of(CHALLENGES["timer"].solution).b[2]  # the clock's own step must stay
    found["timer"] = weight(found["timer"], "b", (2,), tick)
    start = {name: LabState.of(task.start) for name, task in CHALLENGES.items()}
    found["hold again"] = weight(start["hold"], "U", (2, 0), 10)  # written anew at every step
    found["parity again"] = weight(start["parity"], "U", (0, 0), -20)  # written only if nothing is there
    found["break"] = weight(start["break"], "U", (1, 0), -20)  # the state itself shuts the forget gate
    found["hold"] = replace(start["hold"], without={"forget"})  # surgery: a gate that is always 1
    found["forget"] = weight(weight(start["forget"], "W", (0, 1), 20), "b", (0,), -10)
    found["forget"] = weight(found["forget"], "W", (1, 1), -20)
    return found


@pytest.mark.parametrize(("name", "lab"), other_solutions().items(), ids=other_solutions())
def test_another_solution_counts_as_well(name, lab):
    task = CHALLENGES[name.split()[0]]
    assert lab != LabState.of(task.solution)
    assert judged(task, lab).solved


def test_a_solution_with_more_units_counts():
    task = CHALLENGES["hold"]
    one = LabState.of(task.solution)
    rng = np.random.default_rng(0)
    rows = [slice(2 * part, 2 * part + 1) for part in range(4)]
    W, U, b = rng.normal(size=(8, 1)), rng.normal(size=(8, 2)), rng.normal(size=8)
    for part, row in enumerate(rows):
        W[row], U[row], b[row] = one.W[part], 0, one.b[part]
    assert judged(task, LabState("lstm", W=W, U=U, b=b)).solved


@EACH
def test_hidden_sequences_are_the_same_every_time_and_differ_from_each_other(task):
    tokens, x, bands = task.hidden
    assert x.shape[1:] == (task.count, len(task.columns))
    assert bands.shape == (*x.shape[:2], 2)
    assert np.array_equal(replace(task).hidden[1], x)
    assert len(set(tokens)) > task.count / 4
    assert len(x) >= len(task.sequence), "hidden sequences ask for no less than the shown one"
    assert machinery.asked_steps(bands).any(axis=0).all(), "each asks something"


def test_the_first_bit_is_hidden_in_both_signs():
    _, x, _ = CHALLENGES["hold"].hidden
    assert set(x[0, :, 0]) == {-1, 1}


@EACH
def test_always_saying_the_same_is_not_near(task):
    _, x, bands = task.hidden
    for value in (-0.76, 0.0, 0.76):
        right, near = measure(np.full(x.shape[:2], value), bands, task.scale)
        assert not right.all()
        assert near < 0.75, value


def test_a_value_in_its_band_counts_1_and_beside_it_a_half_and_less_with_the_distance():
    wanted = bands([above(0.5), (1, 2), signed(-1), around(0, 0.5), FREE, (1, 2)])
    right, near = measure(np.array([0.5, 2.5, -0.5, 0.5, 9.0, np.nan]), wanted, 2.0)
    assert right.tolist() == [True, False, True, True, False, False]
    assert near == (1 + 0.375 + 0) / 3  # of what is to be positive, the worst of the three kinds
    for value, band, share in ((-0.25, signed(-1), 0.4375), (0.625, around(0, 0.5), 0.46875), (4, (1, 2), 0)):
        assert measure(np.array([value]), bands([band]), 2.0)[1] == share
    for edge in (1.0, 2.0):
        assert measure(np.array([edge]), bands([(1, 2)]), 2.0) == (np.array([True]), 1.0)


@EACH
def test_nearer_weights_are_nearer(task):
    """On the straight way from start to solution the meter ends higher than it began, and says so before."""
    start, end = LabState.of(task.start), LabState.of(task.solution)
    names = start.weights

    def at(share):
        mixed = {name: (1 - share) * start.weights[name] + share * end.weights[name] for name in names}
        return judged(task, replace(start, **mixed)).near

    assert at(0) < max(at(0.25), at(0.5), at(0.75)) or at(0.9) == 1
    assert at(1) == 1


def test_clamps_do_not_help():
    task = CHALLENGES["hold"]
    lab = replace(LabState.of(task.start), clamps=(Clamped("hidden", 0.9),))
    result = judged(task, lab)
    assert result.note == "challenge.note.clamps"
    assert (result.near, result.shown) == (judged(task).near, judged(task).shown)


def test_more_weights_than_allowed_do_not_count():
    task = CHALLENGES["break"]
    lab = weight(LabState.of(task.solution), "W", (0, 0), 13)
    result = judged(task, lab)
    assert result.changes == 2 and not result.solved
    assert result.note == "challenge.note.limit"
    assert result.near == pytest.approx(0.5)


def test_another_cell_or_other_inputs_get_a_sentence():
    task = CHALLENGES["copy"]
    lstm = LabState.of(LSTM.init(inputs=2, hidden=1, rng=0))
    result = judged(task, lstm)
    assert (result.note, result.solved, result.near) == ("challenge.note.kind", False, 0.0)
    assert (result.shown, result.hidden) == (Score(0, 0, 0.0), Score(0, task.count, 0.0))
    narrow = replace(LabState.of(task.start), W=np.zeros((3, 1)))
    assert task.judge(narrow, np.zeros((4, 1))).note == "challenge.note.inputs"


def test_a_missing_unit_is_a_miss_and_no_error():
    task = CHALLENGES["delay"]
    small = LabState("rnn", W=np.ones((1, 1)), U=np.zeros((1, 1)), b=np.zeros(1))
    result = judged(task, small)
    assert result.hidden.right == 0 and np.isnan(result.miss.value)


def test_a_cell_that_overflows_is_only_wrong():
    task = CHALLENGES["delay"]
    wild = LabState("rnn", W=np.full((3, 1), 1e6), U=np.full((3, 3), 1e6), b=np.zeros(3), activation="relu")
    assert not judged(task, wild).solved


@EACH
def test_the_shown_sequence_may_be_edited_to_anything(task):
    rng = np.random.default_rng(1)
    for x in (np.zeros((1, len(task.columns))), rng.normal(size=(9, len(task.columns)))):
        result = task.judge(LabState.of(task.solution), x)
        assert 0 <= result.shown.right <= result.shown.of <= len(x)
        assert result.solved, "the hidden sequences decide"


def test_nothing_in_the_first_step_is_no_unit_to_count_in():
    read = Measurement("memory", relative=True)
    task = CHALLENGES["count"]
    silent = replace(LabState.of(task.solution), W=np.zeros((4, 1)))
    assert np.isnan(read.of(silent.run(task.sequence.x))).all()
    assert judged(task, silent).near == 0


@EACH
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_challenge_is_told_in_full(task, language):
    t = translator(language)
    keys = ["title", "goal", "why", *(f"hint.{number + 1}" for number in range(task.HINTS))]
    for key in keys:
        assert t(f"challenge.{task.id}.{key}")
    assert f"challenge.{task.id}.hint.{task.HINTS + 1}" not in t
    for name in (*task.columns, *task.units):
        assert t(name)
    assert len(task.units) == task.start.hidden


def test_what_a_text_says_of_numbers_is_so():
    """The figures in hints and explanations, computed."""
    sigmoid = lambda a: 1 / (1 + np.exp(-a))  # noqa: E731
    assert sigmoid(8) == pytest.approx(0.9997, abs=5e-5)
    assert sigmoid(8) ** 20 > 0.99
    assert np.tanh(2 * 0.9575) == pytest.approx(0.96, abs=5e-3)
    assert sigmoid(-2) == pytest.approx(0.12, abs=5e-3)
    assert sigmoid(-6) == pytest.approx(0.0025, abs=5e-5)
    assert sigmoid(12) == pytest.approx(0.999994, abs=5e-7)
    assert sigmoid(12) ** 100 == pytest.approx(0.9994, abs=5e-5)
    assert sigmoid(-8) == pytest.approx(0.0003, abs=5e-5)


def test_changes_count_weights_and_surgery():
    lab = LabState.of(CHALLENGES["forget"].start)
    assert changed(lab, lab) == 0
    assert changed(lab, weight(lab, "b", (0,), 1)) == 1
    assert changed(lab, replace(lab, coupled=True)) == 1
    assert changed(lab, replace(lab, peephole=np.array([[0.0], [1.0], [0.0]]))) == 1
    assert changed(lab, LabState.of(LSTM.init(inputs=2, hidden=2, rng=0))) == 16 + 16 + 8
