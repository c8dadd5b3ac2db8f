"""A value in a file of JSON, and where it stands: what it must be, or a sentence that names the place."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

import numpy as np

from gates.exercises import paste
from gates.exercises.errors import ExerciseError
from gates.exercises.model import Floats

LARGEST_NUMBER = 1e6
LONGEST_TEXT = 2000


class JsonValue:
    """A value in a file, and where it stands."""

    def __init__(self, path: str, value: Any) -> None:
        self.path, self.value = path, value

    def fail(self, key: str, **values: object) -> NoReturn:
        """Raise the ExerciseError of a sentence about this place."""
        raise ExerciseError(f"error.exercise.{key}", where=self.path, **values)

    def fields(self, known: tuple[str, ...], needed: tuple[str, ...] = ()) -> dict[str, JsonValue]:
        """Return an object's values by key; every key is known, and those that are needed are there."""
        if not isinstance(self.value, dict):
            self.fail("object" if self.path else "whole", found=excerpt(self.value))
        for key in self.value:
            if key not in known:
                path = f"{self.path}.{key}" if self.path else key
                JsonValue(path[:80], None).fail("unknown", known=", ".join(known))
        for key in needed:
            if key not in self.value:
                path = f"{self.path}.{key}" if self.path else key
                JsonValue(path, None).fail("missing", needed=", ".join(needed))
        return {
            key: JsonValue(f"{self.path}.{key}" if self.path else key, value)
            for key, value in self.value.items()
        }

    def choice(self, choices: Any) -> str:
        """Return one of ``choices``."""
        if not isinstance(self.value, str) or self.value not in choices:
            self.fail("choice", found=excerpt(self.value), choices=", ".join(choices))
        return str(self.value)

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            self.fail("flag", found=excerpt(self.value))
        return bool(self.value)

    def integer(self, most: int, key: str) -> int:
        """Return a whole number from 1 to ``most``; ``key`` is the sentence for what is none."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            self.fail(key, found=excerpt(value), most=most)
        return int(value)

    def text(self) -> str:
        """Return a text that is not too long."""
        if not isinstance(self.value, str) or len(self.value) > LONGEST_TEXT:
            self.fail("text", limit=LONGEST_TEXT)
        return str(self.value)

    def number(self, row: int | None = None, column: int | None = None, *, nothing: bool = False) -> float:
        """Return a number, perhaps at a row and a column (from 1); NaN for a null that is allowed."""
        value = self.value
        if nothing and value is None:
            return math.nan
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._number("number", row, column, found=excerpt(value))
        limit = f"{LARGEST_NUMBER:,.0f}"
        if not math.isfinite(value):
            self._number("finite", row, column, limit=limit)
        if abs(value) > LARGEST_NUMBER:
            self._number("largest", row, column, found=excerpt(value), limit=limit)
        return float(value)

    def _number(self, key: str, row: int | None, column: int | None, **values: object) -> None:
        if row is not None:
            self.fail(f"{key}.in_row", row=row, column=column, **values)
        if column is not None:
            self.fail(f"{key}.in_list", column=column, **values)
        self.fail(key, **values)

    def entries(self, key: str) -> list[Any]:
        """Return a list that is not empty; ``key`` is the sentence for what is none."""
        if not isinstance(self.value, list) or not self.value:
            self.fail(key, found=excerpt(self.value))
        items: list[Any] = self.value
        return items

    def vector(self, count: int, each: str) -> Floats:
        """Return so many numbers, listed or as text; ``each`` names what they are one of each for."""
        values = self.numbers()
        if len(values) != count:
            self.fail(f"count.{each}", count=len(values), expected=count)
        return values

    def numbers(self) -> Floats:
        """Return a list of numbers, or those of a text."""
        if isinstance(self.value, str):
            return np.asarray(self._limited([paste.vector(self.value, self.path)])[0])
        values = self.entries("vector")
        if any(isinstance(value, list) for value in values):
            self.fail("vector", found=excerpt(values))
        return np.array([JsonValue(self.path, value).number(None, at) for at, value in enumerate(values, 1)])

    def rows(self) -> Floats:
        """Return a list of rows, all of as many numbers as the first, or a matrix that is written as text."""
        rows = paste.matrix(self.value, self.path) if isinstance(self.value, str) else self.entries("rows")
        for at, row in enumerate(rows, 1):
            if not isinstance(row, list):
                self.fail("row", row=at, found=excerpt(row))
            if len(row) != len(rows[0]) or not row:
                self.fail("ragged", row=at, count=len(row), expected=max(len(rows[0]), 1))
        return self._limited(rows)

    def _limited(self, rows: list[list[Any]]) -> Floats:
        limited = [
            [JsonValue(self.path, value).number(at, column) for column, value in enumerate(row, 1)]
            for at, row in enumerate(rows, 1)
        ]
        return np.array(limited, dtype=np.float64)


def excerpt(value: Any) -> str:
    """Return the beginning of a value as JSON, for a sentence."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:40]}…"


def plain(value: Any) -> Any:
    """Return numbers as JSON has them, whole ones without a point and NaN as null."""
    if isinstance(value, np.ndarray | tuple | list):
        return [plain(item) for item in value]
    number = float(value)
    if math.isnan(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else number
