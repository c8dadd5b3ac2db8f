"""A sheet as Markdown: tables for matrices, lines of text for arithmetic, the unrolled cell as one line."""

from __future__ import annotations

from collections.abc import Iterator

from gates.exercises.file import EMBEDDED
from gates.exercises.sheets.blocks import (
    Answers,
    Blanks,
    Block,
    Document,
    Equations,
    Fields,
    Formulas,
    Heading,
    Maths,
    Matrices,
    Matrix,
    PageBreak,
    Paragraph,
    Picture,
    Prose,
    Table,
)
from gates.text import escape

_ROOM = "………………………………………………"


def write(document: Document) -> str:
    """Return the Markdown text."""
    blocks = "\n\n".join(part for block in document.blocks for part in _block(block))
    exercise = f"<!-- {EMBEDDED} {document.embedded}\n-->\n\n" if document.embedded else ""
    return f"{exercise}{blocks}\n"


def _prose(prose: Prose) -> str:
    return escape.markdown("".join(piece.text if isinstance(piece, Maths) else piece for piece in prose))


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {escape.markdown(text)}"
        case Paragraph(prose):
            yield _prose(prose)
        case Fields(names):
            yield " ".join(f"{escape.markdown(name)} {_ROOM[:12]}" for name in names)
        case Matrices(name, members):
            yield f"**{escape.markdown(name)}**"
            for matrix in members:
                yield _matrix(matrix)
        case Formulas(lines):
            yield "  \n".join(escape.markdown(line) for line in lines)
        case Equations(lines):
            yield "\n\n".join(f"$${line}$$" for line in lines)
        case Table(head, listed):
            written = [f"| {' | '.join(map(_prose, row))} |" for row in (head, *listed)]
            yield "\n".join([written[0], "|" + "-|" * len(head), *written[1:]])
        case Answers(lines):
            rows = []
            for line in lines:
                *way, value = map(escape.markdown, line.plain)
                rows.append(f"{' = '.join(way)} = **{value}**")
            yield "  \n".join(rows)
        case Blanks(labels):
            for label in labels:
                yield f"{escape.markdown(label)} = {_ROOM} = {_ROOM[:8]}" if label else _ROOM
        case Picture():
            yield escape.markdown(_row(block))
        case PageBreak():
            yield "---"


def _matrix(matrix: Matrix) -> str:
    label = escape.markdown(matrix.label)
    if len(matrix.rows) == 1 and len(matrix.rows[0]) == 1:
        return f"{label} = {escape.markdown(matrix.rows[0][0])}"
    width = len(matrix.rows[0])
    head = f"| {label} |" + " |" * (width - 1)
    rows = [f"| {' | '.join(map(escape.markdown, row))} |" for row in matrix.rows]
    return "\n".join([head, "|" + "-|" * width, *rows])


def _row(picture: Picture) -> str:
    """Return the boxes and what goes into each from the left and from below, from left to right."""
    boxes = []
    for box in picture.boxes:
        if box.text == "V":
            continue
        lying = [arrow for arrow in picture.arrows if arrow.start[1] == arrow.end[1]]
        standing = [
            arrow for arrow in picture.arrows if arrow.start[0] == arrow.end[0] and arrow.end[1] == box.y
        ]
        into = [arrow.text for arrow in lying if abs(arrow.end[0] - box.x) < box.width / 2]
        below = [arrow.text for arrow in standing if box.x < arrow.end[0] < box.x + box.width]
        boxes.append(f"{', '.join(into)} → {box.text}({', '.join(below)})")
    return " → ".join(boxes) + " →"
