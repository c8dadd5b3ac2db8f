"""Own input: numbers typed or pasted, own text, and (from ``sources``) signals, brackets and prices."""

import unicodedata
from collections.abc import Iterator
from typing import Literal

from gates.inputs.numbers import parse_numbers
from gates.inputs.sequence import (
    MAX_COLUMNS,
    MAX_STEPS,
    MAX_VOCABULARY,
    InputError,
    Note,
    Sequence,
    check_length,
    check_size,
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
    is_kept = mark in ("\n", "\t", _JOINER) or category not in {"Cc", "Cf", "Cs", "Co"}
    return mark if is_kept else ""


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
    for index in range(1, len(text)):
        if text[index] in extends or text[index - 1] == _JOINER:
            continue
        whole, start = text[start:index], index
        yield WHITE.get(whole, whole)
    yield WHITE.get(text[start:], text[start:])


def _words(text: str) -> Iterator[str]:
    """Yield words and punctuation marks; a mark inside a word (don't, 3.14, well-known) belongs to it."""
    in_word = {mark for mark in set(text) if unicodedata.category(mark)[0] in "LMN" and not _unspaced(mark)}
    start = None  # of the word that is being read
    for index, mark in enumerate(text):
        if mark in in_word or (start is not None and _joins(text, index, in_word)):
            start = index if start is None else start
            continue
        if start is not None:
            yield text[start:index]
        start = None
        if not mark.isspace():
            yield mark
    if start is not None:
        yield text[start:]


def _joins(text: str, index: int, in_word: set[str]) -> bool:
    before, mark, after = text[index - 1], text[index], text[index + 1 : index + 2]
    if mark in ".,":
        return before.isdigit() and after.isdigit()
    return mark in "'’-_" and before in in_word and after in in_word


def _unspaced(mark: str) -> bool:
    """Tell whether ``mark`` is of a script that puts no spaces between words."""
    name = unicodedata.name(mark, "")
    return name.startswith(("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "HIRAGANA", "KATAKANA"))
