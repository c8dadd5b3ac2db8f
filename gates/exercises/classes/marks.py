"""The marks of a class: each student's answers against their own exercise, with follow-through."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gates.exercises.check import Verdict, judge
from gates.exercises.classes.answers import answers
from gates.exercises.classes.sets import ClassSet
from gates.exercises.mistakes import SolutionPaths
from gates.text import Translator, escape


@dataclass(frozen=True)
class SheetMark:
    """A student's verdicts, line by line."""

    student: str
    number: int
    verdicts: tuple[Verdict, ...]

    @property
    def earned(self) -> int:
        """How many lines earn their points."""
        return sum(verdict.earns_points for verdict in self.verdicts)

    @property
    def first_wrong(self) -> Verdict | None:
        """The first line that is wrong, None if there is none."""
        return next((verdict for verdict in self.verdicts if verdict.status == "wrong"), None)


def mark(class_set: ClassSet, text: str) -> tuple[SheetMark, ...]:
    """Mark a CSV file of answers: a row a student with a column ``student`` and one for each line.

    Raises:
        ExerciseError: a column, a student or an exercise is unknown, or a student stands there twice.
    """
    marked = []
    for student, number, cells in answers(class_set, text):
        ways = SolutionPaths(class_set.exercises[number], class_set.asked)
        marked.append(SheetMark(student, number, judge(ways, cells, class_set.asked, class_set.decimals)))
    return tuple(marked)


def table(class_set: ClassSet, marked: Sequence[SheetMark], t: Translator) -> str:
    """Return the marks as CSV: points, each line's verdict, the first wrong line and its likely cause."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = ("student", "exercise", "points", "of", *class_set.asked, "first_wrong", "cause")
    writer.writerow(names)
    for each in marked:
        wrong = each.first_wrong
        by_name = {verdict.name: verdict.status for verdict in each.verdicts}
        cells: list[object] = [each.student, each.number, _points(class_set, each.earned)]
        cells += [_points(class_set, len(class_set.asked)), *(by_name[name] for name in class_set.asked)]
        cells += ["", ""] if wrong is None else [wrong.name, t(f"mistake.{wrong.cause}")]
        writer.writerow([escape.table_cell(cell) for cell in cells])
    return out.getvalue()


def summary(class_set: ClassSet, marked: Sequence[SheetMark], t: Translator) -> str:
    """Return a few lines on the whole class: the mean, the hardest line, the commonest causes."""
    if not marked:
        return t("mark.nobody")
    mean = sum(each.earned for each in marked) / len(marked)
    lines = [
        t(
            "mark.mean",
            count=len(marked),
            mean=_points(class_set, round(mean, 2)),
            of=_points(class_set, len(class_set.asked)),
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


def _points(class_set: ClassSet, lines: float) -> str:
    return f"{lines * class_set.points:g}"
