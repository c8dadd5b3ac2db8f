"""Language models of characters: what is trained on, what is held out, and texts that are of no use."""

from __future__ import annotations

import numpy as np
import pytest

from gates.training.errors import TrainingError
from gates.training.tasks.corpus import letters_only, python_documentation
from gates.training.tasks.language import Vocabulary
from gates.training.tasks.model import Batch
from gates.training.tasks.registry import make_task
from gates.training.tasks.text import MIN_CHARACTERS, TRAINED, VALIDATED

PAGES = python_documentation()


def read(batch: Batch, symbols: tuple[str, ...]) -> list[str]:
    return ["".join(symbols[k] for k in column) for column in batch.x.argmax(axis=-1).T]


def test_the_first_characters_are_trained_on_and_the_next_held_out() -> None:
    task, text = make_task("characters", PAGES), letters_only(PAGES)
    assert set(task.answers) == {"<unk>", " ", *"abcdefghijklmnopqrstuvwxyz"}
    for part in read(next(task.batches(np.random.default_rng(0), 32)), task.answers):
        assert part in text[:TRAINED] and len(part) == 35
    unseen = text[TRAINED : TRAINED + VALIDATED]
    assert all(part in unseen for part in read(task.held_out(), task.answers))
    held = task.held_out()
    assert held.read.sum() > 0.98 * VALIDATED
    following = read(Batch(np.eye(task.inputs, dtype=np.float32)[held.target], held.target, held.read),
                     task.answers)  # fmt: skip
    assert all(
        later[:-1] == part[1:] for part, later in zip(read(held, task.answers), following, strict=True)
    )


def test_the_states_are_carried_on() -> None:
    task = make_task("characters", PAGES)
    batches = task.batches(np.random.default_rng(0), 32)
    first, second = next(batches), next(batches)
    assert not first.carry and second.carry
    np.testing.assert_array_equal(first.target[-1], second.x[0].argmax(axis=-1))


def test_own_text_keeps_its_characters() -> None:
    text = "Not good.\r\nNot bad!\tÜber-gut，不错。 " * 30
    task = make_task("text", text)
    kept = text.replace("\r\n", "\n").strip()
    assert set(task.answers) - {"<unk>"} == set(kept)
    trained, held = int(0.8 * len(kept)), task.held_out()
    assert all(part in kept[trained:] for part in read(held, task.answers))
    assert "↵" in task.probe.sequence.columns and "␣" in task.probe.sequence.tokens
    assert Vocabulary(task.answers).decode(Vocabulary(task.answers).encode("bad!\t不")) == "bad!\t不"


def test_accents_are_composed() -> None:
    assert "é" in make_task("text", "cafe\u0301 noir " * 30).answers


def test_a_short_text_gets_a_batch_that_fits_it() -> None:
    for times, batch, held in ((20, 4, (47, 1)), (30, 7, (71, 1)), (250, 32, (99, 6))):
        task = make_task("text", "so it goes. " * times)
        assert (task.recipes["lstm"]["batch"], task.held_out().x.shape[:2]) == (batch, held)
        assert next(task.batches(np.random.default_rng(0), batch)).x.shape[1] == batch


def test_rare_symbols_pass_for_one() -> None:
    text = "".join(chr(0x4E00 + k) for k in range(300)) + "ab" * 200
    task = make_task("text", text)
    assert task.inputs == 200 and task.answers[0] == "<unk>"


def test_knowing_the_present_character_is_worth_something() -> None:
    """After each of four letters comes one of two, so a bigram's perplexity is 2, a constant's 4."""
    rng = np.random.default_rng(0)
    place, text = 0, []
    for coin in rng.integers(2, size=9000):
        place = (2 * place + coin) % 4
        text.append("abcd"[place])
    task = make_task("text", "".join(text))
    assert task.baseline == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "no text here yet"),
        (" \n\t ", "no text here yet"),
        ("x", "repeats one character, “x”"),
        ("a" * 500, "repeats one character"),
        ("ab" * 50, f"100 characters are too few.*at least {MIN_CHARACTERS}"),
        ("ab" * 150_000, "300,000 characters is too long.*200,000"),
    ],
)
def test_texts_that_cannot_be_learned_are_refused_in_a_sentence(source: str, sentence: str) -> None:
    with pytest.raises(TrainingError, match=sentence):
        make_task("text", source)


def test_a_text_in_the_time_machines_place_must_be_long_enough() -> None:
    with pytest.raises(TrainingError, match="at least 15000"):
        make_task("characters", "too short")
    for task, source, most in (("characters", PAGES, 4999), ("text", "so it goes. " * 20, 95)):
        for length in (1, most + 1):
            with pytest.raises(TrainingError, match=rf"Sequences of {length} .* from 2 to {most}\.$"):
                make_task(task, source, length=length)
    assert len(make_task("text", "so it goes. " * 20, length=95).held_out().x) == 47
