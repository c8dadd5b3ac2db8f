"""What a sheet is made of, before it is HTML, TeX or Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Maths:
    """A formula inside a sentence, as plain text; see ``gates.exercises.arithmetic.writers``."""

    text: str


Prose: TypeAlias = tuple[str | Maths, ...]


@dataclass(frozen=True)
class Heading:
    """A heading: level 1 is a sheet's, 2 a section's, 3 a step's."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Some sentences."""

    prose: Prose


@dataclass(frozen=True)
class Fields:
    """Lines to write a name and a date on."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Matrix:
    """Numbers in brackets, with their letter."""

    label: str
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Matrices:
    """Matrices side by side, behind a name."""

    name: str
    members: tuple[Matrix, ...]


@dataclass(frozen=True)
class Formulas:
    """Formulas, one a line, as plain text."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Equations:
    """Formulas in LaTeX, one a line."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: a head, and rows of the same length."""

    head: tuple[Prose, ...]
    rows: tuple[tuple[Prose, ...], ...]


@dataclass(frozen=True)
class Answer:
    """One line of arithmetic, plain and in TeX: letter, letters, numbers, result. asked: it is wanted."""

    plain: tuple[str, ...]
    tex: tuple[str, ...]
    asked: bool = False


@dataclass(frozen=True)
class Answers:
    """Lines of arithmetic."""

    lines: tuple[Answer, ...]


@dataclass(frozen=True)
class Blanks:
    """Lines to fill: a letter, room to compute, room for the result."""

    labels: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """A box with a word in its middle; y grows upwards, a unit is about a centimetre."""

    x: float
    y: float
    width: float
    height: float
    text: str


@dataclass(frozen=True)
class Arrow:
    """An arrow, and a letter beside its middle: above it where it lies, right of it where it stands."""

    start: tuple[float, float]
    end: tuple[float, float]
    text: str = ""


@dataclass(frozen=True)
class Picture:
    """A drawing of boxes and arrows. about: what it shows, for who does not see it."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    about: str


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


Block: TypeAlias = (
    Heading
    | Paragraph
    | Fields
    | Matrices
    | Formulas
    | Equations
    | Table
    | Answers
    | Blanks
    | Picture
    | PageBreak
)


@dataclass(frozen=True)
class Document:
    """A whole sheet.

    embedded: the exercise in one line of JSON, so that the sheet can be read again; "" where it is of none.
    dense: it is to fit on one page, and nothing is written on it.
    """

    title: str
    language: str
    paper: str
    blocks: tuple[Block, ...]
    embedded: str
    dense: bool = False
