"""Matrices as people have them: from MATLAB, NumPy, LaTeX, a spreadsheet or a page of text."""

from __future__ import annotations

import math
import re

from gates.exercises.errors import ExerciseError

LONGEST = 100_000
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("，、﹐&", ","),
        **dict.fromkeys("；", ";"),
        **dict.fromkeys("【［〔（(", "["),
        **dict.fromkeys("】］〕）)", "]"),
        **dict.fromkeys("−–—－﹣", "-"),
        **dict.fromkeys("．", "."),
        "\u3000": " ",
        "$": " ",
    }
)
_WORDS = re.compile(
    r"\\(?:begin|end) ?\{[a-zA-Z]{1,12}\*?\}(?: ?\{[clr| ]{0,40}\})?|\\(?:left|right)"
    r"|,\s*+dtype ?= ?[\w.]{1,20}|(?:np\.|numpy\.|torch\.)?(?:array|matrix|tensor|Matrix)(?=[ ]?[\[(])"
)
_LOGARITHM = re.compile(r"(?:\\ln|ln|log)[ ]?(\d{1,9})")
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?")


def matrix(text: str, where: str) -> list[list[float]]:
    """Return the rows of a matrix that is written as text.

    Rows end with a semicolon, a line, LaTeX's two backslashes or a bracket of their own; numbers are parted
    by commas, blanks, tabs or ampersands, of Chinese text too. 1/3 and ln 3 are numbers. where: its place,
    for sentences.

    Raises:
        ExerciseError: there is no number, or something that is none; the sentence names row and column.
    """
    if len(text) > LONGEST:
        raise ExerciseError("error.exercise.text", where=where, limit=LONGEST)
    plain = _WORDS.sub(" ", text.replace("\\\\", ";")).translate(_SIGNS)
    plain = _LOGARITHM.sub(lambda match: repr(math.log(int(match[1]))) if int(match[1]) else "ln0", plain)
    nested = "[[" in "".join(plain.split())
    lines = plain.replace("\n", " ").split("]") if nested else re.split(r"[;\n]|\]\s*+,?\s*+\[", plain)
    rows = [row for line in lines if (row := re.sub(r"[\[\],;]", " ", line).split())]
    if not rows:
        raise ExerciseError("error.exercise.rows", where=where, found=repr(text[:40]))
    return [
        [_number(token, where, at, column) for column, token in enumerate(row, 1)]
        for at, row in enumerate(rows, 1)
    ]


def vector(text: str, where: str) -> list[float]:
    """Return the numbers of a row or a column that is written as text.

    Raises:
        ExerciseError: as ``matrix``, or for a matrix of several rows and columns.
    """
    rows = matrix(text, where)
    if len(rows) > 1 and any(len(row) > 1 for row in rows):
        raise ExerciseError("error.exercise.vector", where=where, found=repr(text[:40]))
    return [value for row in rows for value in row]


def _number(token: str, where: str, row: int, column: int) -> float:
    above, slash, below = token.partition("/")
    parts = [above, below] if slash else [above]
    if all(_NUMBER.fullmatch(part) for part in parts):
        numbers = [float(part) for part in parts]
        if len(numbers) == 1:
            return numbers[0]
        if numbers[1]:
            return numbers[0] / numbers[1]
    raise ExerciseError(
        "error.exercise.number.in_row", where=where, row=row, column=column, found=repr(token[:40])
    )
