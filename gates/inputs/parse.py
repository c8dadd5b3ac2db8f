"""Own input: numbers typed or pasted, own text, and (from ``sources``) signals, brackets and prices."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gates.inputs.sequence import (
    LARGEST,
    MAX_COLUMNS,
    MAX_STEPS,
    MAX_VOCABULARY,
    InputError,
    Note,
    Sequence,
    check_length,
    check_size,
    is_number,
    number_label,
    one_hot,
)
from gates.inputs.sources import (
    PRICE_COLUMNS,
    SIGNALS,
    brackets,
    price_dates,
    prices,
    signal,
)

__all__ = [
    "MAX_COLUMNS",
    "MAX_STEPS",
    "MAX_VOCABULARY",
    "PRICE_COLUMNS",
    "SIGNALS",
    "InputError",
    "Note",
    "Sequence",
    "brackets",
    "from_text",
    "parse_numbers",
    "price_dates",
    "prices",
    "signal",
]

_PLAIN = dict.fromkeys("−–—‒﹣", "-") | {"、": ",", "，": ",", "；": ";"}
_BRACKETS = str.maketrans("[]", "  ")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf(inity)?|∞|n/?a|null|none)", re.IGNORECASE)
_SEPARATOR = re.compile(r"[ ]*+[,;\t][ ]*+|[ ]++")
_NEXT_ROW = re.compile(r"\][ ]*+,?+[ ]*+\[")

Line = tuple[int, str]
"""A line with something on it, and its number in the text box, from 1."""


def parse_numbers(text: str, limit: int = MAX_STEPS) -> Sequence:
    """Read numbers: a row a timestep, a column an input; a single row is one input over time.

    Columns are separated by commas, semicolons, tabs or spaces, full-width ones included; a first row of
    words names the columns; the square brackets of a Python list are ignored. ``limit`` is the most steps
    that are read. Raises InputError (``error.numbers.*``).
    """
    check_size(text)
    lines = _lines(text)
    names: list[str] = []
    if len(lines) > 1 and not any(_is_number(word) for word in _header(lines[0][1])):
        names, lines = _header(lines[0][1]), lines[1:]
    if not lines:
        raise InputError("error.numbers.empty")
    single = len(lines) == 1 and len(names) <= 1
    rows = [_SEPARATOR.split(line) for _, line in lines]
    check_length(len(rows[0]) if single else len(rows), "error.numbers.too_long", limit)
    values = [_row(number, words) for (number, _), words in zip(lines, rows, strict=True)]
    x = np.array(values).T if single else _table(lines, values)
    return Sequence(x, _labels(x), _columns(names, x.shape[1]))


def _lines(text: str) -> list[Line]:
    plain = _NEXT_ROW.sub("\n", _plain(text)).translate(_BRACKETS)
    numbered = ((number, _trimmed(line)) for number, line in enumerate(plain.splitlines(), start=1))
    return [(number, line) for number, line in numbered if line]


def _plain(text: str) -> str:
    """Return the text with full-width digits and marks as ASCII has them, each character by itself.

    Normalising a text as a whole sorts its combining marks, which takes minutes for a line of nothing else.
    """
    table = {ord(mark): _plain_mark(mark) for mark in set(text) if not mark.isascii()}
    return text.translate(table) if table else text


def _plain_mark(mark: str) -> str:
    normal = unicodedata.normalize("NFKC", _PLAIN.get(mark, mark))
    return _PLAIN.get(normal, normal) if len(normal) == 1 else mark


def _trimmed(line: str) -> str:
    """Strip white space and the one separator that lists and spreadsheets leave at the end of a row."""
    line = line.strip()
    return line[:-1].rstrip() if line.endswith((",", ";")) else line


def _header(line: str) -> list[str]:
    words = re.split(r"[,;\t]", line) if re.search(r"[,;\t]", line) else line.split()
    return [word.strip().strip("\"'“”") for word in words]


def _is_number(word: str) -> bool:
    return is_number(word) or _NOT_FINITE.fullmatch(word) is not None


def _row(row: int, words: list[str]) -> list[float]:
    return [_value(row, column, word) for column, word in enumerate(words, start=1)]


def _value(row: int, column: int, word: str) -> float:
    if not word:
        raise InputError("error.numbers.missing", row=row, column=column)
    if _NOT_FINITE.fullmatch(word):
        raise InputError("error.numbers.not_finite", row=row, token=word)
    if not is_number(word):
        raise InputError("error.numbers.letters", row=row, token=word[:40])
    value = float(word)
    if abs(value) > LARGEST:
        raise InputError("error.numbers.huge", row=row, token=word[:40], limit=f"{LARGEST:,.0f}")
    return value


def _table(lines: list[Line], values: list[list[float]]) -> NDArray[np.float64]:
    expected = len(values[0])
    for (row, _), numbers in zip(lines, values, strict=True):
        if len(numbers) != expected:
            raise InputError("error.numbers.ragged", row=row, count=len(numbers), expected=expected)
    if expected > MAX_COLUMNS:
        raise InputError("error.numbers.too_many_columns", count=expected, limit=MAX_COLUMNS)
    return np.array(values)


def _columns(names: list[str], count: int) -> tuple[str, ...]:
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


def from_text(text: str, by: Literal["characters", "words"] = "characters") -> Sequence:
    """Read own text, one-hot over its own vocabulary in order of first appearance.

    ``by`` cuts it into characters (a space is shown as ␣) or into words and punctuation marks; scripts that
    put no spaces between words (Chinese, Japanese) are cut into characters in either case, and a note says
    so. Raises InputError (``error.text.*``).
    """
    if by not in ("characters", "words"):
        raise ValueError(f"by must be 'characters' or 'words', not {by!r}")
    check_size(text)
    clean = _clean(text)
    if not clean:
        raise InputError("error.text.empty")
    tokens = tuple(_characters(clean) if by == "characters" else _words(clean))
    longest = max(tokens, key=len)
    if len(longest) > MAX_TOKEN:
        raise InputError(f"error.text.token.{by}", token=longest[:20], count=len(longest), limit=MAX_TOKEN)
    check_length(len(tokens), f"error.text.too_long.{by}")
    vocabulary = tuple(dict.fromkeys(tokens))
    if len(vocabulary) > MAX_VOCABULARY:
        raise InputError("error.text.vocabulary", count=len(vocabulary), limit=MAX_VOCABULARY)
    unspaced = by == "words" and any(_unspaced(mark) for mark in set(clean))
    return one_hot(tokens, vocabulary, notes=(Note("note.words.unspaced"),) if unspaced else ())


WHITE = {" ": "␣", "\n": "↵", "\t": "⇥"}
"""How white space is shown where characters are symbols."""
MAX_TOKEN = 100
"""Code points of a word or character; longer ones are none, and no label has room for them."""
_JOINER = "\u200d"
_GRAPHEME_JOINER = "\u034f"
_MOST_MARKS = 30


def _clean(text: str) -> str:
    """Compose accents, unify line ends and drop invisible marks, except those that hold an emoji together."""
    text = unicodedata.normalize("NFC", _stream_safe(text.replace("\r\n", "\n").replace("\r", "\n")))
    return text.translate({ord(mark): _visible(mark) for mark in set(text)}).strip()


def _visible(mark: str) -> str:
    category = unicodedata.category(mark)
    if category == "Zs":
        return " "
    kept = mark in ("\n", "\t", _JOINER) or category not in {"Cc", "Cf", "Cs", "Co"}
    return mark if kept else ""


def _stream_safe(text: str) -> str:
    """Break a run of combining marks after 30 of them, as Unicode's Stream-Safe Text Format has it (UAX 15).

    Normalising sorts each run by insertion: 200,000 marks in one run would take a minute.
    """
    if text.isascii():
        return text
    combining = {mark for mark in set(text) if unicodedata.combining(mark)}
    if not combining:
        return text
    parts, run = [], 0
    for mark in text:
        run = run + 1 if mark in combining else 0
        if run > _MOST_MARKS:
            parts.append(_GRAPHEME_JOINER)
            run = 1
        parts.append(mark)
    return "".join(parts)


def _characters(text: str) -> Iterator[str]:
    """Yield what a reader calls one character: a letter with its accents, an emoji with its parts."""
    extends = {
        mark
        for mark in set(text)
        if mark == _JOINER or (not mark.isascii() and unicodedata.category(mark) in {"Mn", "Mc", "Me", "Sk"})
    }
    start = 0
    for place in range(1, len(text)):
        if text[place] in extends or text[place - 1] == _JOINER:
            continue
        whole, start = text[start:place], place
        yield WHITE.get(whole, whole)
    yield WHITE.get(text[start:], text[start:])


def _words(text: str) -> Iterator[str]:
    """Yield words and punctuation marks; a mark inside a word (don't, 3.14, well-known) belongs to it."""
    in_word = {mark for mark in set(text) if unicodedata.category(mark)[0] in "LMN" and not _unspaced(mark)}
    start = None  # of the word that is being read
    for place, mark in enumerate(text):
        if mark in in_word or (start is not None and _joins(text, place, in_word)):
            start = place if start is None else start
            continue
        if start is not None:
            yield text[start:place]
        start = None
        if not mark.isspace():
            yield mark
    if start is not None:
        yield text[start:]


def _joins(text: str, place: int, in_word: set[str]) -> bool:
    before, mark, after = text[place - 1], text[place], text[place + 1 : place + 2]
    if mark in ".,":
        return before.isdigit() and after.isdigit()
    return mark in "'’-_" and before in in_word and after in in_word


def _unspaced(mark: str) -> bool:
    """Tell whether ``mark`` is of a script that puts no spaces between words."""
    name = unicodedata.name(mark, "")
    return name.startswith(("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "HIRAGANA", "KATAKANA"))
