"""Own numbers as people have them: typed, pasted from a table, or from a file of comma-separated values."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Sequence as Several
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gates.inputs.sequence import (
    LARGEST,
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_STEPS,
    InputError,
    Note,
    Sequence,
    check_length,
    check_size,
    is_number,
    number_label,
)

_ITEM = "\x1f"
"""Stands for a comma that is no decimal one in any country: a full-width one."""
_PLAIN = dict.fromkeys("−–—‒﹣", "-") | dict.fromkeys("、，", _ITEM) | {"；": ";", "’": "'"}
_BRACKETS = str.maketrans("[]", "  ")
_NEXT_ROW = re.compile(rf"\][ ]*+[,{_ITEM}]?+[ ]*+\[")
_MISSING = re.compile(r"[+-]?nan|#?n/?a|null|none", re.IGNORECASE)
"""How tables write that a number is missing, beside an empty cell."""
_NOT_FINITE = re.compile(r"[+-]?(inf(inity)?|∞)", re.IGNORECASE)
_GROUPS = re.compile(r"[+-]?+[1-9]\d{0,2}(?:([ '.,])\d{3}(?:\1\d{3})*+)(?:(?!\1)[.,]\d*+)?+")
"""Digits in groups of three, whatever parts them, and perhaps a decimal sign of another kind."""
_QUOTES = "\"'“”"

Row = tuple[int, list[str]]
"""The cells of a line, and its number in the text box, from 1."""


SingleRow = Literal["steps", "inputs"]
Scale = Literal["none", "standard"]


def parse_numbers(
    text: str, limit: int = MAX_STEPS, *, row: SingleRow = "steps", scale: Scale = "none"
) -> Sequence:
    """Read numbers: a row a timestep, a column an input; a single row is one input over time.

    Columns are separated by semicolons or tabs where there are any, so that a comma may be a decimal one;
    else by commas or spaces. A first row of words names the columns. Columns of words, such as times, and
    rows with empty cells, NaN or NA are left out, and notes say so; the square brackets of a Python list are
    ignored. Raises InputError (``error.numbers.*``).

    Args:
        text: as it was typed or stands in a file.
        limit: the most steps that are read.
        row: what a single row without names is: the steps of one input, or one step of many inputs.
        scale: ``"standard"`` brings each column to mean 0 and variance 1 (over its steps, divided by their
            number); a column of one value becomes 0. The labels of steps stay as typed.
    """
    check_size(text)
    rows = _rows(text)
    form = _NumberFormat.of(cell for _, cells in rows for cell in cells)
    names: list[str] = []
    if len(rows) > 1 and not any(form.is_value(cell) for cell in rows[0][1]):
        names, rows = [cell.strip(_QUOTES) for cell in rows[0][1]], rows[1:]
    if not rows:
        raise InputError("error.numbers.empty")
    rows = [(number, ["" if _MISSING.fullmatch(cell) else cell for cell in cells]) for number, cells in rows]
    lone = len(rows) == 1 and len(names) <= 1
    single = lone and (row == "steps" or len(names) == 1)
    check_length(len(rows[0][1]) if single else len(rows), "error.numbers.too_long", limit)
    table = _Table(names, rows, form, form.notes)
    table = table.without_gaps_in_row() if single else table.without_words().without_gaps()
    x = table.numbers().T if single else table.numbers()
    columns, notes = _columns(table.names, x.shape[1]), table.notes
    if lone and x.size > 1:
        notes += (Note(f"note.numbers.row.{'steps' if single else 'inputs'}", {"count": x.size}),)
    labels = _labels(x)
    if scale == "standard":
        x, how = _standard(x, columns)
        notes += (how,)
    return Sequence(x, labels, columns, notes=notes)


def is_one_row(text: str) -> bool:
    """Tell whether numbers stand in a single row without names, which may be many steps or one."""
    if len(text) > MAX_CHARACTERS or text.strip().count("\n") > 1:
        return False
    rows = _rows(text)
    return len(rows) == 1 and len(rows[0][1]) > 1


def _standard(x: NDArray[np.float64], columns: tuple[str, ...]) -> tuple[NDArray[np.float64], Note]:
    """Return each column of ``x`` (T, I) with mean 0 and variance 1, and what is said of it."""
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    constant = x.max(axis=0) == x.min(axis=0)  # rounding may leave such a column a tiny deviation
    scaled = np.where(constant, 0.0, (x - mean) / np.where(constant, 1.0, deviation))
    parts = [
        f"{name}: {number_label(average)}, {number_label(scale)}"
        for name, average, scale in zip(columns[:5], mean, np.where(constant, 0.0, deviation), strict=False)
    ]
    columns_text = "; ".join(parts) + (" …" if len(columns) > 5 else "")
    return scaled, Note("note.numbers.scaled", {"columns": columns_text})


def _rows(text: str) -> list[Row]:
    plain = _NEXT_ROW.sub("\n", _plain(text)).translate(_BRACKETS)
    lines = [(number, line.strip(" ")) for number, line in enumerate(plain.splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line]
    strong = any(mark in plain for mark in ";\t")
    rows = [(number, _cells(line, strong)) for number, line in lines]
    # Lists and spreadsheets leave separators at the end of a row.
    width = max((_used_length(cells) for _, cells in rows), default=0)
    rows = [(number, cells if _used_length(cells) == len(cells) else cells[:width]) for number, cells in rows]
    return [(number, cells) for number, cells in rows if any(cells)]


def _used_length(cells: list[str]) -> int:
    """Return the number of cells up to the last one that is not empty."""
    return next((count for count in range(len(cells), 0, -1) if cells[count - 1]), 0)


def _plain(text: str) -> str:
    """Return the text with full-width digits and marks as ASCII has them, each character by itself.

    Normalising a text as a whole sorts its combining marks, which takes minutes for a line of nothing else.
    """
    table = {ord(mark): _plain_mark(mark) for mark in set(text) if not mark.isascii()}
    return text.translate(table) if table else text


def _plain_mark(mark: str) -> str:
    normal = unicodedata.normalize("NFKC", _PLAIN.get(mark, mark))
    return _PLAIN.get(normal, normal) if len(normal) == 1 else mark


def _cells(line: str, by_marks: bool) -> list[str]:
    """Cut a line into cells: at semicolons and tabs if the text has any, else at commas, else at spaces."""
    if by_marks:
        parted = line.replace("\t", ";").replace(_ITEM, ";")
        return [cell.strip() for cell in _split(parted, ";")]
    parted = line.replace(_ITEM, ",")
    if "," not in parted:
        return parted.split() if '"' not in parted else _split(parted, " ")
    cells = [cell.strip() for cell in _split(parted, ",")]
    # "1, 2 3" are three numbers, but "2024-01-01 12:00, 3" are a time and a number.
    whole = ([cell] if not all(map(is_number, cell.split())) else cell.split() or [""] for cell in cells)
    return [piece for pieces in whole for piece in pieces]


def _split(line: str, separator: str) -> list[str]:
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True))
    except (csv.Error, StopIteration):  # a field of more than 131,072 characters
        return line.split(separator)


@dataclass(frozen=True)
class _NumberFormat:
    """How the numbers of a text are written. One cell alone may not tell: 1,234 is two things."""

    comma: bool = False  # a comma is the decimal sign
    grouped: bool = False  # digits stand in groups

    @classmethod
    def of(cls, cells: Iterable[str]) -> _NumberFormat:
        """Find out from all cells together."""
        comma = point = grouped = False
        for cell in cells:
            if not any(mark in cell for mark in ",.' "):
                continue
            match = _GROUPS.fullmatch(cell)
            by = match[1] if match else ""
            # 1.234 and 1,234 alone may be one and a bit; 1.234.567 and 1.234,5 may not.
            if by in (" ", "'") or (by and (cell.count(by) > 1 or {",", "."} <= set(cell))):
                grouped = True
                point |= by == "," or (by != "." and "." in cell)
                comma |= by == "." or (by != "," and "," in cell)
            else:
                comma |= "," in cell and is_number(cell.replace(",", "."))
        return cls(comma and not point, grouped)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a reader is told of it."""
        notes = {"note.numbers.comma": self.comma, "note.numbers.grouped": self.grouped}
        return tuple(Note(key) for key, true in notes.items() if true)

    @property
    def decimal(self) -> str:
        """The decimal sign."""
        return "," if self.comma else "."

    def is_value(self, cell: str) -> bool:
        """Tell whether a cell is a number, or stands for one that is none."""
        return is_number(self.plain(cell)) or _NOT_FINITE.fullmatch(cell) is not None

    def plain(self, cell: str) -> str:
        """Return a cell with a decimal point and without groups."""
        if self.grouped and (match := _GROUPS.fullmatch(cell)) and match[1] != self.decimal:
            cell = cell.replace(match[1], "")
        return cell.replace(",", ".") if self.comma and cell.count(",") == 1 else cell


@dataclass(frozen=True)
class _Table:
    """Cells as they were written, and what is said of how they are read."""

    names: Several[str]
    rows: Several[Row]
    form: _NumberFormat
    notes: tuple[Note, ...]

    def without_words(self) -> _Table:
        """Leave out the columns in which no cell is a number, if others are left."""
        width = len(self.rows[0][1])
        if any(len(cells) != width for _, cells in self.rows) or len(self.names) not in (0, width):
            return self  # what is ragged is named where the numbers are read
        words = {
            column
            for column in range(width)
            if not any(self.form.is_value(cells[column]) for _, cells in self.rows)
        }
        numeric = [column for column in range(width) if column not in words]
        if not words or not numeric:
            return self
        left_out = ", ".join(
            self.names[column][:40] if self.names else str(column + 1) for column in sorted(words)
        )
        return replace(
            self,
            names=[self.names[column] for column in numeric] if self.names else (),
            rows=[(row, [cells[column] for column in numeric]) for row, cells in self.rows],
            notes=(*self.notes, Note("note.numbers.words", {"columns": left_out})),
        )

    def without_gaps(self) -> _Table:
        """Leave out the rows that have an empty cell, if others are left."""
        whole = [(row, cells) for row, cells in self.rows if all(cells)]
        gaps = [row for row, cells in self.rows if not all(cells)]
        if not gaps or not whole or len({len(cells) for _, cells in self.rows}) > 1:
            return self
        values = {"count": len(gaps), "rows": _quoted_places(gaps)}
        return replace(self, rows=whole, notes=(*self.notes, Note("note.numbers.gaps", values)))

    def without_gaps_in_row(self) -> _Table:
        """Leave out the empty cells of a single row, where each cell is a step, if others are left."""
        number, cells = self.rows[0]
        gaps = [index for index, cell in enumerate(cells, start=1) if not cell]
        if not gaps or len(gaps) == len(cells):
            return self
        values = {"count": len(gaps), "places": _quoted_places(gaps)}
        filled = [cell for cell in cells if cell]
        return replace(
            self, rows=[(number, filled)], notes=(*self.notes, Note("note.numbers.gaps.row", values))
        )

    def numbers(self) -> NDArray[np.float64]:
        """Return the values, (rows, columns); raises InputError for the first cell that is none."""
        expected = len(self.rows[0][1])
        values = [self._row(row, cells) for row, cells in self.rows]
        for (row, _), numbers in zip(self.rows, values, strict=True):
            if len(numbers) != expected:
                raise InputError("error.numbers.ragged", row=row, count=len(numbers), expected=expected)
        return np.array(values)

    def _row(self, row: int, cells: list[str]) -> list[float]:
        return [self._value(row, column, cell) for column, cell in enumerate(cells, start=1)]

    def _value(self, row: int, column: int, cell: str) -> float:
        if not cell:
            raise InputError("error.numbers.missing", row=row, column=column)
        if _NOT_FINITE.fullmatch(cell):
            raise InputError("error.numbers.not_finite", row=row, token=cell)
        plain = self.form.plain(cell)
        if not is_number(plain):
            raise InputError("error.numbers.letters", row=row, token=cell[:40])
        value = float(plain)
        if abs(value) > LARGEST:
            raise InputError("error.numbers.huge", row=row, token=cell[:40], limit=f"{LARGEST:,.0f}")
        return value


def _quoted_places(places: list[int]) -> str:
    return ", ".join(map(str, places[:5])) + (" …" if len(places) > 5 else "")


def _columns(names: Several[str], count: int) -> tuple[str, ...]:
    if count > MAX_COLUMNS:
        raise InputError("error.numbers.too_many_columns", count=count, limit=MAX_COLUMNS)
    if names and len(names) != count:
        raise InputError("error.numbers.header", count=len(names), expected=count)
    plain = ("x",) if count == 1 else tuple(f"x{_subscript(n + 1)}" for n in range(count))
    return tuple(name or other for name, other in zip(names, plain, strict=True)) if names else plain


def _subscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _labels(x: NDArray[np.float64]) -> tuple[str, ...]:
    """Label a step by its numbers while they are few, else by its place."""
    if x.shape[1] > 3:
        return tuple(str(step + 1) for step in range(len(x)))
    return tuple(" ".join(number_label(value) for value in row) for row in x)
