"""The command ``gatescope class``: a class's exported results as a table, and as CSV."""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from gates import commands
from gates.course.classroom import counts
from gates.course.classroom.counts import VERDICTS, WHERE, Student
from gates.course.classroom.read import ClassError, files, read
from gates.course.gatetest import reader as gatetest
from gates.errors import GatesError
from gates.text import LANGUAGES, Translator, escape, translator

LONGEST_NAME = 32


def main(words: Sequence[str], prog: str = "gatescope class") -> int:
    """Read the folder that ``words`` name; return the exit status."""
    arguments = _parser(translator("en"), prog).parse_args(words)
    t = translator(arguments.language)
    students = []
    try:
        for path in files(arguments.folder):
            try:
                students.append(counts.student(read(path)))
            except ClassError as wrong:  # the others are read all the same
                print(t(wrong.key, **wrong.values), file=sys.stderr)
        if not students:
            raise ClassError("error.class.none", folder=arguments.folder)
        print("\n".join(report(students, t)))
        if arguments.csv is not None:
            commands.write(arguments.csv, table(students), "utf-8-sig")
            print(t("command.written", file=arguments.csv))
    except GatesError as wrong:
        return commands.refuse(t, wrong)
    return commands.DONE


def _parser(t: Translator, prog: str) -> argparse.ArgumentParser:
    usage = f"FOLDER [--csv FILE] [--language {{{','.join(LANGUAGES)}}}]"
    parser = commands.parser(prog, usage, t, "command.class", t("command.class.more"))
    parser.add_argument("folder", type=Path, metavar="FOLDER", help=t("command.class.folder"))
    parser.add_argument("--csv", type=Path, metavar="FILE", help=t("command.class.csv"))
    commands.add_language(parser, t)
    return parser


def report(students: Sequence[Student], t: Translator) -> list[str]:
    """Return the lines for a terminal: a row a student, the class's change, misconceptions' shares."""
    of = len(gatetest.items())
    heads = [
        t(f"class.column.{name}") for name in ("student", "lessons", *VERDICTS, "before", "after", "change")
    ]
    rows = [heads]
    for student in students:
        tests = [_shown(student.before), _shown(student.after), _signed(student.change)]
        rows.append(
            [_name(student.name), str(student.lessons), *(str(student.verdicts[v]) for v in VERDICTS), *tests]
        )
    lines = [*_aligned(rows), "", t("class.students", count=len(students))]
    both = [
        (student.before, student.after)
        for student in students
        if student.before is not None and student.after is not None
    ]
    if both:
        before, after = (sum(side) / len(both) for side in zip(*both, strict=True))
        changes = {
            "before": f"{before:.1f}",
            "after": f"{after:.1f}",
            "change": _signed(round(after - before, 1)),
        }
        lines += [t("class.change", count=len(both), of=of, **changes), t("course.gatetest.validated")]
    shares = [
        (number, [counts.share(students, number, place) for place in WHERE])
        for number in counts.misconceptions()
    ]
    measured = [(number, by_place) for number, by_place in shares if any(each.of for each in by_place)]
    if measured:
        measured.sort(key=lambda entry: -max(each.misled / each.of for each in entry[1] if each.of))
        table = [[t("class.misconception"), *(t(f"class.{place}") for place in WHERE)]]
        table += [
            [f"{number} {t(f'misconception.{number}')}", *map(str, by_place)] for number, by_place in measured
        ]
        lines += ["", *_aligned(table)]
    return lines


def table(students: Sequence[Student]) -> str:
    """Return the results as CSV, a row a student.

    Of each misconception and place, 1 where an answer fell for it, 0 where none did,
    nothing where it was not asked.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = [(number, place) for number in counts.misconceptions() for place in WHERE]
    named = [f"misconception_{number}_{place}" for number, place in columns]
    writer.writerow(["student", "lessons", *VERDICTS, "before", "after", "change", *named])
    for student in students:
        cells: list[object] = [student.name, student.lessons, *(student.verdicts[v] for v in VERDICTS)]
        cells += ["" if value is None else value for value in (student.before, student.after, student.change)]
        cells += [int(student.misled[where]) if where in student.misled else "" for where in columns]
        writer.writerow([escape.table_cell(cell) for cell in cells])
    return out.getvalue()


def _name(name: str) -> str:
    plain = re.sub(r"\s", " ", escape.visible(name))
    return plain if len(plain) <= LONGEST_NAME else f"{plain[: LONGEST_NAME - 1]}…"


def _shown(value: int | None) -> str:
    return "–" if value is None else str(value)


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+g}".replace("-", "−")


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines with their columns under each other; the first one at the left, numbers at the right."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_padded(row[k], widths[k], k > 0) for k in range(len(row))).rstrip() for row in rows]


def _padded(text: str, width: int, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap


def _width(text: str) -> int:
    """How many columns of a terminal a text takes: Chinese characters take two."""
    return sum(
        2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
        if not unicodedata.combining(sign)
    )
