"""The marks of a class: each student's answers against their own exercise, with follow-through."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gates.exercises.check import Verdict, judge
from gates.exercises.classes.sets import LONGEST_ID, MOST_STUDENTS, ClassSet
from gates.exercises.errors import ExerciseError
from gates.exercises.mistakes import Ways
from gates.text import Translator, escape

LARGEST = 2_000_000


@dataclass(frozen=True)
class Marked:
    """A student's verdicts, line by line."""

    student: str
    number: int
    verdicts: tuple[Verdict, ...]

    @property
    def earned(self) -> int:
        """How many lines earn their points."""
        return sum(verdict.earns for verdict in self.verdicts)

    @property
    def first_wrong(self) -> Verdict | None:
        """The first line that is wrong, None if there is none."""
        return next((own for own in self.verdicts if own.status == "wrong"), None)


def mark(own: ClassSet, text: str) -> tuple[Marked, ...]:
    """Mark a CSV file of answers: a row a student with a column ``student`` and one for each line.

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
        raise ExerciseError("error.mark.student", names=", ".join(own.asked))
    header = [name.strip() for name in rows[0]]
    for name in header:
        if name not in ("student", "exercise", *own.asked):
            raise ExerciseError("error.mark.column", name=name[:40], names=", ".join(own.asked))
    if "student" not in header:
        raise ExerciseError("error.mark.student", names=", ".join(own.asked))
    if len(rows) - 1 > MOST_STUDENTS:
        raise ExerciseError("error.generate.many", count=len(rows) - 1, most=MOST_STUDENTS)
    marked: dict[str, Marked] = {}
    for line, row in enumerate(rows[1:], 2):
        cells = dict(zip(header, [cell.strip() for cell in row], strict=False))
        student = cells.pop("student", "").removeprefix("'")[:LONGEST_ID]
        if student in marked:
            raise ExerciseError("error.mark.twice", student=student)
        number = _number(own, student, cells.pop("exercise", ""), line)
        ways = Ways(own.exercises[number], own.asked)
        marked[student] = Marked(student, number, judge(ways, cells, own.asked, own.decimals))
    return tuple(marked.values())


def _dialect(text: str) -> type[csv.Dialect]:
    """Return how the file separates its cells: a spreadsheet of a decimal comma writes semicolons or tabs."""
    first = text.partition("\n")[0]

    class Cells(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Cells


def _number(own: ClassSet, student: str, named: str, line: int) -> int:
    expected = own.of(student)
    if named:
        number = int(named) if named.isdecimal() and len(named) < 10 else -1
        if number not in own.exercises or (expected is not None and number != expected and own.students):
            raise ExerciseError("error.mark.exercise", line=line, student=student, found=named[:40])
        return number
    if expected is None:
        raise ExerciseError("error.mark.unknown", line=line, student=student)
    return expected


def table(own: ClassSet, marked: Sequence[Marked], t: Translator) -> str:
    """Return the marks as CSV: points, each line's verdict, the first wrong line and its likely cause."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = ("student", "exercise", "points", "of", *own.asked, "first_wrong", "cause")
    writer.writerow(names)
    for each in marked:
        wrong = each.first_wrong
        by_name = {verdict.name: verdict.status for verdict in each.verdicts}
        cells: list[object] = [each.student, each.number, _points(own, each.earned)]
        cells += [_points(own, len(own.asked)), *(by_name[name] for name in own.asked)]
        cells += ["", ""] if wrong is None else [wrong.name, t(f"mistake.{wrong.cause}")]
        writer.writerow([escape.table_cell(cell) for cell in cells])
    return out.getvalue()


def summary(own: ClassSet, marked: Sequence[Marked], t: Translator) -> str:
    """Return a few lines on the whole class: the mean, the hardest line, the commonest causes."""
    if not marked:
        return t("mark.nobody")
    mean = sum(each.earned for each in marked) / len(marked)
    lines = [
        t(
            "mark.mean",
            count=len(marked),
            mean=_points(own, round(mean, 2)),
            of=_points(own, len(own.asked)),
        )
    ]
    firsts = [wrong for each in marked if (wrong := each.first_wrong) is not None]
    for name, count in Counter(wrong.name for wrong in firsts).most_common(1):
        lines.append(t("mark.hardest", line=name, count=count))
    named = Counter(wrong.cause for wrong in firsts if wrong.cause not in ("none", "several"))
    lines += [
        t("mark.cause", count=count, cause=t(f"mistake.{cause}")) for cause, count in named.most_common(3)
    ]
    return "\n".join(lines)


def _points(own: ClassSet, lines: float) -> str:
    return f"{lines * own.points:g}"
