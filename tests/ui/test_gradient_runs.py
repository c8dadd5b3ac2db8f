"""What the gradients page's settings come to: which step and unit the loss looks at, and what is read."""

from dataclasses import replace

import numpy as np
import pytest

from gates.scenes.gradients import experiment, read, run_with_gradients
from gates.scenes.links.gradients import GradientState

STATE = GradientState(steps=12, hidden=5, aim="unit", loss_step=7, loss_unit=3)


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
def test_the_loss_looks_at_the_step_and_unit_that_a_person_counts_from_one(kind: str) -> None:
    _, found = run_with_gradients(experiment(STATE), kind, 4)  # type: ignore[arg-type]
    asked = np.zeros((12, 5))
    asked[6, 2] = 1.0
    assert np.array_equal(found.loss.gradient, asked)
    assert found.loss.value == found.trace.hidden[6, 2]


@pytest.mark.parametrize(("loss_step", "index"), [(0, 11), (1, 0), (12, 11)])
def test_step_0_is_the_last_one(loss_step: int, index: int) -> None:
    _, found = run_with_gradients(experiment(replace(STATE, aim="step", loss_step=loss_step)), "gru", 1)
    at = np.flatnonzero(found.loss.gradient.any(axis=1))
    assert at.tolist() == [index]
    assert np.linalg.norm(found.loss.gradient[index]) == pytest.approx(1.0)


def test_a_unit_beyond_the_last_is_the_last() -> None:
    _, found = run_with_gradients(experiment(replace(STATE, loss_unit=9)), "rnn", 1)
    assert found.loss.gradient[6].tolist() == [0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("by", "tokens"), [("words", ("to", "be", "to", "do")), ("characters", tuple("to␣be␣to␣do"))]
)
def test_a_text_is_read_as_the_state_says(by: str, tokens: tuple[str, ...]) -> None:
    state = replace(STATE, source="text", text="to be to do", by=by, aim="last")
    sequence = read(state, 0)
    assert tuple(sequence.tokens) == tokens
    wanted = experiment(state)
    again, found = run_with_gradients(wanted, "lstm", 0)
    assert wanted.steps == len(tokens) == len(found.trace.hidden)
    assert np.array_equal(again.x, sequence.x) and sequence.x.shape[1] == len(set(tokens))
