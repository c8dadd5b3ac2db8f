"""Brackets, checked by a stack."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from gates.training.tasks.brackets import BRACKETS, ROUND, TOPS, balanced, nested, rounded
from gates.training.tasks.registry import make_task

OPENING = {")": "(", "]": "["}


def read(word: str) -> tuple[list[int], list[str]]:
    """Depth and top after each bracket; an AssertionError where ``word`` is not balanced."""
    stack: list[str] = []
    depths, tops = [], []
    for mark in word:
        if mark in OPENING:
            assert stack and stack.pop() == OPENING[mark], word
        else:
            stack.append(mark)
        depths.append(len(stack))
        tops.append(stack[-1] if stack else "∅")
    assert not stack, word
    return depths, tops


@pytest.mark.parametrize("length", [2, 10, 30, 100])
def test_depth_and_top_are_those_of_a_stack(length: int) -> None:
    deep, top = (
        next(make_task(id, length=length).batches(np.random.default_rng(2), 40)) for id in ("dyck1", "dyck2")
    )
    for k in range(40):
        depths, _ = read("".join(ROUND[index] for index in deep.x[:, k].argmax(axis=-1)))
        assert deep.target[:, k, 0].tolist() == depths
        _, tops = read("".join(BRACKETS[index] for index in top.x[:, k].argmax(axis=-1)))
        assert [TOPS[index] for index in top.target[:, k]] == tops
    assert deep.read.all() and top.read.all()


def test_every_balanced_string_of_both_kinds_is_equally_likely() -> None:
    rng = np.random.default_rng(0)
    indices, _ = nested(balanced(6, 8000, rng), rng)
    seen = Counter("".join(BRACKETS[index] for index in column) for column in indices.T)
    assert len(seen) == 5 * 2**3  # the third Catalan number, and two kinds for each pair
    assert min(seen.values()) > 140 and max(seen.values()) < 265


def test_a_depth_is_right_where_the_output_rounds_to_it() -> None:
    batch = make_task("dyck1").held_out()
    assert rounded(batch.target + 0.4, batch) == 1
    assert rounded(batch.target + 0.6, batch) == 0
