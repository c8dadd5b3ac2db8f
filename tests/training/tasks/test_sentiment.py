"""Sentiment, checked by a reader who goes word by word."""

from __future__ import annotations

import numpy as np
import pytest

from gates.text import LANGUAGES, translator
from gates.training.tasks.registry import make_task
from gates.training.tasks.sentiment import NEGATIVE, NEGATORS, NEITHER, NOUNS, POSITIVE, VOCABULARY, reviews


def verdict(words: list[str]) -> int | None:
    """The last verdict: 1 positive, 0 negative."""
    last, turned = None, False
    for word in words:
        if word in NOUNS:
            turned = False
        turned = turned or word in NEGATORS
        if word in POSITIVE + NEGATIVE:
            last = int((word in POSITIVE) != turned)
        if word in POSITIVE + NEGATIVE + NEITHER:
            turned = False
    return last


def read_reviews(size: int = 2000) -> list[tuple[list[str], int, int]]:
    """The words of each review, its verdict and where it is read."""
    batch = reviews(np.random.default_rng(7), size)
    assert batch.lengths is not None
    indices = batch.x.argmax(axis=-1)
    return [
        (
            [VOCABULARY[index] for index in indices[:length, k]],
            int(batch.target[length - 1, k]),
            int(np.flatnonzero(batch.read[:, k]).item()),
        )
        for k, length in enumerate(batch.lengths)
    ]


def test_the_verdict_is_that_of_the_last_adjective_that_has_one() -> None:
    for words, told, read in read_reviews():
        assert words[-1] == "." and words.count(".") == 1 and read == len(words) - 1
        assert verdict(words) == told, words


def test_but_joins_opposite_verdicts_and_and_equal_ones() -> None:
    joined = 0
    for words, _, _ in read_reviews():
        for joint in {"and", "but"} & set(words):
            place = words.index(joint)
            first, second = verdict(words[:place]), verdict(words[place:])
            if first is not None and second is not None:
                assert (first != second) == (joint == "but"), words
                joined += 1
    assert joined > 500


def test_no_single_word_and_no_bag_of_words_tells_the_verdict() -> None:
    reviews = read_reviews()
    assert make_task("sentiment").baseline == pytest.approx(0.5, abs=0.05)
    good = [told for words, told, _ in reviews if "good" in words]
    assert 0.3 < np.mean(good) < 0.7
    told_by_words: dict[tuple[str, ...], set[int]] = {}
    for words, told, _ in reviews:
        told_by_words.setdefault(tuple(sorted(set(words) - set(NOUNS))), set()).add(told)
    assert any(len(verdicts) == 2 for verdicts in told_by_words.values())


def test_every_word_occurs() -> None:
    assert {word for words, _, _ in read_reviews() for word in words} == set(VOCABULARY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_there_in_both_languages(language: str) -> None:
    t, task = translator(language), make_task("sentiment")
    shown = task.probe.sequence_for(t)
    assert len(set(shown.columns)) == len(VOCABULARY)
    told = [shown.columns[index] for index in shown.x.argmax(axis=-1)]
    assert list(shown.tokens) == told  # each token is the word of its column
