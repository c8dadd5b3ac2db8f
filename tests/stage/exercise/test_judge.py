"""The browser's judge says what Python's does: of right answers, of slips, and of every usual mistake."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates.exercises.check import Verdict, judge
from gates.exercises.classics import classic
from gates.exercises.file import from_json
from gates.exercises.generate import TEMPLATES, generate
from gates.exercises.judging import TooLarge, judging
from gates.exercises.mistakes import SolutionPaths
from tests.exercises.cases import STRUCTURED
from tests.node import NODE

SCRIPT = Path(__file__).with_name("judge_check.mjs")
CLASSICS = (
    "hkust",
    "gru-integers-before",
    "gru-integers-after",
    "lee-lstm",
    "rnn-readout",
    "yeh-rnn",
    "bptt",
)

Case = tuple[SolutionPaths, dict[str, Any], list[dict[str, str]]]
"""The ways through an exercise, what judges it in a browser, and answers of several people."""


def typed_answers(
    ways: SolutionPaths, made: Counter[tuple[str, str]], rng: np.random.Generator
) -> list[dict[str, str]]:
    """Right answers, answers with a slip in the middle, and mistakes made in every line, rounded.

    Each mistake is made in two exercises of a kind of cell: ``made`` counts in how many it could be.
    """
    names = list(ways.right)

    def said(values: Any, digits: int) -> dict[str, str]:
        return {name: f"{values[name]:.{digits}f}" for name in names}

    found = [said(ways.right, 2), said(ways.right, 4)]
    slip = names[len(names) // 3]
    follows = ways.follow({slip: ways.right[slip] + 0.3})
    found.append(said(follows | {slip: ways.right[slip] + 0.3}, 3))
    for mistake, wrong in ways.wrong({}):
        made[ways.exercise.kind, mistake] += 1
        if made[ways.exercise.kind, mistake] <= 2:
            found.append(said(wrong, 3))
    some = said(ways.right, 2)
    for name in rng.choice(names, len(names) // 2, replace=False):
        some.pop(str(name))
    return [*found, some | {names[-1]: "0,5"}, {names[0]: "½", names[-1]: "−0．25"}]


def cases() -> list[Case]:
    rng = np.random.default_rng(3)
    exercises = [classic(name) for name in CLASSICS] + [generate(name, 11) for name in TEMPLATES]
    exercises += [from_json(value) for value in STRUCTURED[1::2]]
    ways = [SolutionPaths(exercise) for exercise in exercises]
    made: Counter[tuple[str, str]] = Counter()
    return [
        (each, judging(exercise), typed_answers(each, made, rng))
        for each, exercise in zip(ways, exercises, strict=True)
    ]


def test_every_line_gets_the_verdict_and_the_cause_that_python_gives_it() -> None:
    every = cases()
    sent = json.dumps([{"judging": told, "answers": answers} for _, told, answers in every])
    ran = subprocess.run([NODE, SCRIPT], input=sent, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    causes = set()
    for (ways, _, answers), judged in zip(every, json.loads(ran.stdout), strict=True):
        for typed, found in zip(answers, judged, strict=True):
            expected = judge(ways, typed, tuple(ways.right))
            assert [_short(one) for one in expected] == [
                (one["name"], one["status"].replace("text", "missing"), one["cause"]) for one in found
            ]
            numbers = [[one["expected"], one["follows"]] for one in found]
            own = [[one.expected, one.follows] for one in expected]
            np.testing.assert_allclose(numbers, own, rtol=1e-12, atol=1e-12)
            causes |= {one.cause for one in expected}
    assert len(causes) > 15  # most of the usual mistakes are named by now, and by both


def _short(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.name, verdict.status, verdict.cause


def test_what_is_not_given_is_not_in_what_judges() -> None:
    exercise = classic("hkust")
    told = judging(exercise, ("c1", "h1"))
    given = {name for name in told["given"] if name.startswith("signal:")}
    assert given == {f"signal:x:{t}:{k}" for t in (0, 1) for k in (0, 1)} | {
        "signal:hidden:-1:0", "signal:cell:-1:0",
    }  # fmt: skip
    assert told["lines"][-1]["name"] == "h1" and told["asked"] == ["c1", "h1"]
    text = json.dumps(told, allow_nan=False)
    assert all(f"{value:.6f}"[:-1] not in text for value in SolutionPaths(exercise).right.values())


def test_a_large_exercise_is_refused_before_anything_is_computed() -> None:
    own = classic("lee-lstm")
    with pytest.raises(TooLarge):
        judging(replace(own, x=np.tile(own.x, (200, 1))))
