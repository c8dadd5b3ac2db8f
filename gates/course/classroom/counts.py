"""Counts a class's results: lessons, answers, the gate test before and after, misconceptions' shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gates.course import reader
from gates.course.classroom.read import Answer, Attempt, Results, Sitting
from gates.course.gatetest import reader as gatetest
from gates.course.worked import asks_nothing

VERDICTS = ("right", "close", "off", "unknown")
WHERE = ("lessons", "before", "after")
"""Where a misconception shows: in first answers to a lesson, or in a form of the gate test."""


@dataclass(frozen=True)
class Student:
    """What is known of one student.

    verdicts: how many first answers are of each. before, after: right answers to the gate test, None where it
    was not finished. fell: by misconception and place of ``WHERE``, whether an answer fell for it; places
    where nothing was asked about it are missing.
    """

    name: str
    lessons: int
    verdicts: Mapping[str, int]
    before: int | None
    after: int | None
    misled: Mapping[tuple[int, str], bool]

    @property
    def change(self) -> int | None:
        """How many more were right after than before."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Share:
    """How many fell for a misconception, of how many who were asked about it."""

    misled: int
    of: int

    def __str__(self) -> str:
        return f"{100 * self.misled / self.of:.0f}% ({self.misled}/{self.of})" if self.of else "–"


def student(results: Results) -> Student:
    """Count one student's results."""
    verdicts = dict.fromkeys(VERDICTS, 0)
    misled: dict[tuple[int, str], bool] = {}
    done = 0
    for name in reader.names():
        attempts = results.lessons.get(name, ())
        steps = reader.structure(name)["steps"]
        done += any(_finished(steps, attempt) for attempt in attempts)
        for step, answer in _first(steps, attempts):
            if answer.verdict:
                verdicts[answer.verdict] += 1
            _add(misled, "lessons", *_refuted(step, answer))
    before, after = (_last_complete(results.sittings, form) for form in (1, 2))
    for place, sitting in (("before", before), ("after", after)):
        for item in gatetest.items() if sitting else ():
            assert sitting is not None
            chosen = item["refutes"].get(sitting.options.get(item["id"]))
            _add(misled, place, set(item["refutes"].values()), {chosen} - {None})
    right = [None if sitting is None else _right(sitting) for sitting in (before, after)]
    return Student(results.name, done, verdicts, right[0], right[1], misled)


def share(students: Iterable[Student], number: int, place: str) -> Share:
    """Return how many of those who were asked about a misconception fell for it."""
    misled = [student.misled[number, place] for student in students if (number, place) in student.misled]
    return Share(sum(misled), len(misled))


def misconceptions() -> tuple[int, ...]:
    """Return the misconceptions that an answer can show, by their numbers."""
    numbers = {number for item in gatetest.items() for number in item["refutes"].values()}
    for name in reader.names():
        for step in reader.structure(name)["steps"]:
            numbers |= set(_by_choice(step).values())
    return tuple(sorted(numbers))


def _add(misled: dict[tuple[int, str], bool], place: str, asked: set[int], chosen: set[int]) -> None:
    for number in asked:
        misled[number, place] = misled.get((number, place), False) or number in chosen


def _by_choice(step: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """Which misconception a choice in a step shows, by where it is chosen and its name."""
    mistakes = {
        name: option["refutes"]
        for name, option in step.get("mistakes", {}).items()
        if isinstance(option, Mapping) and "refutes" in option
    }
    places = {
        "guess": step.get("refutes", {}),
        "why": step.get("why", {}).get("refutes", {}),
        "mistake": mistakes,
    }
    return {(place, name): number for place, named in places.items() for name, number in named.items()}


def _refuted(step: Mapping[str, Any], answer: Answer) -> tuple[set[int], set[int]]:
    """The misconceptions that a step asks about, and those that an answer to it shows."""
    named = _by_choice(step)
    chosen = {("guess", answer.guess), ("why", answer.why), ("mistake", answer.mistake)}
    return set(named.values()), {number for choice, number in named.items() if choice in chosen}


def _first(
    steps: Sequence[Mapping[str, Any]], attempts: Sequence[Attempt]
) -> Iterator[tuple[Mapping[str, Any], Answer]]:
    """Each step with the first answer that was given to it, in whichever attempt."""
    for step in steps:
        first_answers = [attempt.answers[step["id"]] for attempt in attempts if step["id"] in attempt.answers]
        if first_answers:
            yield step, first_answers[0]


def _finished(steps: Iterable[Mapping[str, Any]], attempt: Attempt) -> bool:
    asks = [step for step in steps if not asks_nothing(step)]
    answers = [(step, attempt.answers.get(step["id"])) for step in asks]
    return bool(asks) and all(
        answer is not None and (answer.explained or not answer.verdict or "why" not in step)
        for step, answer in answers
    )


def _last_complete(sittings: Sequence[Sitting], form: int) -> Sitting | None:
    """The sitting that counts: the first form's first that was finished, the second form's last."""
    ids = {item["id"] for item in gatetest.items()}
    done = [sitting for sitting in sittings if sitting.form == form and ids <= sitting.options.keys()]
    return None if not done else done[0] if form == 1 else done[-1]


def _right(sitting: Sitting) -> int:
    return sum(sitting.options[item["id"]] == item["right"] for item in gatetest.items())
