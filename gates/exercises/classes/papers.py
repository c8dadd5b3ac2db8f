"""A set on paper: all worksheets in one file, all keys in another, and a form for the answers."""

from __future__ import annotations

import csv
import io

from gates.exercises.classes.answers import Assignment
from gates.exercises.classes.sets import ClassSet
from gates.exercises.sheets import html
from gates.exercises.sheets.blocks import Block, Document, PageBreak
from gates.exercises.sheets.content import Content, Options
from gates.exercises.solve import Solution
from gates.text import escape


def paper(class_set: ClassSet, options: Options) -> str:
    """Return worksheets or keys of all exercises, a page or more each, as one HTML page to be printed."""
    blocks: list[Block] = []
    document: Document | None = None
    for exercise in class_set.exercises.values():
        content = Content(Solution(exercise), options)
        document = document or content.document()
        blocks += [*([PageBreak()] if blocks else []), *content.blocks()]
    if document is None:
        return ""
    return html.write(
        Document(document.title, options.language, options.paper, tuple(blocks), document.embedded)
    )


def form(assignment: Assignment) -> str:
    """Return the CSV file to collect answers in: a row a student, a column a line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["student", "exercise", *assignment.asked])
    numbers = (
        assignment.students.items()
        if assignment.students
        else ((str(number), number) for number in assignment.exercises)
    )
    for student, number in numbers:
        writer.writerow([escape.table_cell(student), number, *("" for _ in assignment.asked)])
    return out.getvalue()
