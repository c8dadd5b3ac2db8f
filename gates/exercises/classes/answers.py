"""The answers of a class, from the CSV file that was filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from gates.exercises.errors import ExerciseError

LARGEST = 2_000_000
MOST_STUDENTS = 1000
LONGEST_ID = 80


class Assignment(Protocol):
    """What was handed out: ``exercises`` by number, who has which, and what is asked of each."""

    @property
    def exercises(self) -> Mapping[int, Any]:
        """Exercises by number."""

    @property
    def students(self) -> Mapping[str, int]:
        """The number of each student's exercise; empty where the number is the id."""

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of the lines."""

    def of(self, student: str) -> int | None:
        """Return the number of a student's exercise."""


def assigned(student: str, students: Mapping[str, int], exercises: Mapping[int, Any]) -> int | None:
    """Return the number of a student's exercise, None for nobody of these."""
    if students:
        return students.get(student)
    named = student.isdecimal() and len(student) < 10 and int(student) in exercises
    return int(student) if named else None


def answers(assignment: Assignment, text: str) -> Iterator[tuple[str, int, dict[str, str]]]:
    """Yield (id, number, answers) of each row of a CSV file: a column ``student``, and one for each line.

    Raises:
        ExerciseError: a column, a student or an exercise is unknown, or a student stands there twice.
    """
    if len(text) > LARGEST:
        raise ExerciseError("error.exercise.size", size=len(text), limit=LARGEST)
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), dialect=_dialect(text)))
    except csv.Error as wrong:
        raise ExerciseError("error.mark.csv", reason=wrong) from None
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise ExerciseError("error.mark.student", names=", ".join(assignment.asked))
    header = [name.strip() for name in rows[0]]
    for name in header:
        if name not in ("student", "exercise", *assignment.asked):
            raise ExerciseError("error.mark.column", name=name[:40], names=", ".join(assignment.asked))
    if "student" not in header:
        raise ExerciseError("error.mark.student", names=", ".join(assignment.asked))
    if len(rows) - 1 > MOST_STUDENTS:
        raise ExerciseError("error.generate.many", count=len(rows) - 1, most=MOST_STUDENTS)
    seen: set[str] = set()
    for line, row in enumerate(rows[1:], 2):
        cells = dict(zip(header, [cell.strip() for cell in row], strict=False))
        student = cells.pop("student", "").removeprefix("'")[:LONGEST_ID]
        if student in seen:
            raise ExerciseError("error.mark.twice", student=student)
        seen.add(student)
        yield student, _number(assignment, student, cells.pop("exercise", ""), line), cells


def _dialect(text: str) -> type[csv.Dialect]:
    """Return how the file separates its cells: a spreadsheet of a decimal comma writes semicolons or tabs."""
    first = text.partition("\n")[0]

    class Cells(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Cells


def _number(assignment: Assignment, student: str, named: str, line: int) -> int:
    expected = assignment.of(student)
    if named:
        number = int(named) if named.isdecimal() and len(named) < 10 else -1
        if number not in assignment.exercises or (
            expected is not None and number != expected and assignment.students
        ):
            raise ExerciseError("error.mark.exercise", line=line, student=student, found=named[:40])
        return number
    if expected is None:
        raise ExerciseError("error.mark.unknown", line=line, student=student)
    return expected
