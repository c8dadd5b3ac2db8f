"""A set of exercises for a class: made of a template and seeds, written to a folder, and read from there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gates import strict_json
from gates.exercises.classes import puzzles
from gates.exercises.classes.answers import MOST_STUDENTS, assigned
from gates.exercises.classes.puzzles import PUZZLES, PuzzleSet
from gates.exercises.errors import ExerciseError
from gates.exercises.file import LARGEST_FILE, dumps, loads
from gates.exercises.generate import DIFFICULTIES, TEMPLATES, generate
from gates.exercises.json_value import JsonValue
from gates.exercises.model import Exercise
from gates.text import LANGUAGES, translator

SET = "set.json"
_SEEDS = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


@dataclass(frozen=True)
class ClassSet:
    """A set: its exercises by number, which is the seed of each.

    points: what a line is worth. decimals: how many digits are asked for. students: the number of each
    student's exercise by their id; where it is empty the number is the id.
    """

    template: str
    exercises: Mapping[int, Exercise]
    decimals: int
    points: float
    language: str
    students: Mapping[str, int]

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of the lines that are asked."""
        return TEMPLATES[self.template].asked

    def of(self, student: str) -> int | None:
        """Return the number of a student's exercise, None for nobody of this set."""
        return assigned(student, self.students, self.exercises)


def seeds(text: str) -> list[int]:
    """Return the seeds of "1-150" or "3,5,9-12".

    Raises:
        ExerciseError: it is none of these, or too many.
    """
    numbers: list[int] = []
    for part in text.replace(" ", "").split(","):
        match = _SEEDS.fullmatch(part)
        if match is None:
            raise ExerciseError("error.generate.seeds", found=text[:40])
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or last - first >= MOST_STUDENTS:
            raise ExerciseError("error.generate.seeds", found=text[:40])
        numbers += [seed for seed in range(first, last + 1) if seed not in numbers]
    if len(numbers) > MOST_STUDENTS:
        raise ExerciseError("error.generate.many", count=len(numbers), most=MOST_STUDENTS)
    return numbers


def make(
    template: str,
    numbers: Iterable[int],
    *,
    difficulty: str = DIFFICULTIES[0],
    decimals: int = 3,
    points: float = 1,
    language: str = LANGUAGES[0],
    students: Iterable[str] = (),
) -> ClassSet | PuzzleSet:
    """Return a set, an exercise a seed, or a puzzle; ``students`` get theirs in this order.

    Raises:
        ExerciseError: there is no such template, or there are more students than seeds.
    """
    t = translator(language)
    numbers = list(numbers)
    assigned = _assigned_numbers(list(students), numbers)
    if template in PUZZLES:
        return puzzles.make(template, numbers, points=points, language=language, students=assigned)
    if template not in TEMPLATES:
        choices = ", ".join((*TEMPLATES, *PUZZLES))
        raise ExerciseError("error.generate.template", name=template, choices=choices)
    exercises = {}
    for number in numbers:
        exercise = generate(template, number, difficulty)
        title = t("generate.title", title=t(f"template.{template}"), number=number)
        exercises[number] = replace(exercise, title=title)
    return ClassSet(template, exercises, decimals, points, language, assigned)


def _assigned_numbers(ids: Sequence[str], numbers: Sequence[int]) -> dict[str, int]:
    """Return the number of each student's exercise."""
    if len(ids) > len(numbers):
        raise ExerciseError("error.generate.students", students=len(ids), exercises=len(numbers))
    if len(set(ids)) != len(ids):
        raise ExerciseError("error.mark.twice", student=next(id for id in ids if ids.count(id) > 1))
    return dict(zip(ids, numbers, strict=False))


def write(class_set: ClassSet | PuzzleSet, folder: Path) -> None:
    """Write what marking needs: ``set.json`` and the exercises, a file each; a puzzle's seed says it all.

    Raises:
        ExerciseError: the folder holds a set already, with whose answers it would be lost.
    """
    if (folder / SET).exists():
        raise ExerciseError("error.generate.exists", folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(class_set, ClassSet):
        (folder / "exercises").mkdir(exist_ok=True)
        for number, exercise in class_set.exercises.items():
            path = folder / "exercises" / f"{number}.json"
            path.write_text(dumps(exercise), encoding="utf-8", newline="\n")
    about = {
        "template": class_set.template,
        "numbers": list(class_set.exercises),
        "decimals": class_set.decimals,
        "points": class_set.points,
        "language": class_set.language,
        "students": dict(class_set.students),
    }
    text = json.dumps(about, ensure_ascii=False, indent=1)
    (folder / SET).write_text(text + "\n", encoding="utf-8", newline="\n")


def read(folder: Path) -> ClassSet | PuzzleSet:
    """Return the set in a folder.

    Raises:
        ExerciseError: there is none, or something in it is wrong.
    """
    names = ("template", "numbers", "decimals", "points", "language", "students")
    try:
        value = strict_json.loads(_content(folder / SET), unique=True)
    except ValueError as wrong:
        raise ExerciseError("error.exercise.json", reason=wrong) from None
    fields = JsonValue("", value).fields(names, needed=names)
    language = fields["language"].choice(LANGUAGES)
    template = fields["template"].choice((*TEMPLATES, *PUZZLES))
    numbers = [_integer(fields["numbers"], each) for each in fields["numbers"].entries("vector")]
    if not numbers:
        fields["numbers"].fail("vector", found="[]")
    students: dict[str, int] = {}
    numbers_by_student: Any = fields["students"].value
    if not isinstance(numbers_by_student, dict):
        fields["students"].fail("object", found=str(numbers_by_student)[:40])
    for student, number in numbers_by_student.items():
        students[student] = _integer(fields["students"], number)
        if students[student] not in numbers:
            fields["students"].fail("choice", found=number, choices=f"{numbers[0]} … {numbers[-1]}")
    points = fields["points"].number()
    if template in PUZZLES:
        return puzzles.make(template, numbers, points=points, language=language, students=students)
    exercises = {number: loads(_content(folder / "exercises" / f"{number}.json")) for number in numbers}
    return ClassSet(template, exercises, int(fields["decimals"].number()), points, language, students)


def _integer(entry: JsonValue, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        entry.fail("number", found=str(value)[:40])
    return int(value)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE)
    except OSError as error:
        raise ExerciseError("error.mark.unread", file=path, reason=error.strerror or error) from None
