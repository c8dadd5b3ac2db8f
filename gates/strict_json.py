"""Untrusted JSON, read so that nothing in it surprises what comes after."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

LARGEST = 2**53
"""Magnitude up to which every whole number is a float too, in a browser as here."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")


def loads(text: str | bytes, *, unique: bool = False, finite: bool = True) -> Any:
    """Return what a JSON text says.

    unique: refuse an object that says a key twice, of which the first would be lost.
    finite: refuse what no float holds; else it comes as NaN or an infinity, and a whole number beyond
    ``LARGEST`` as a float, for a reader that names its place.

    Beyond Python's own reader this refuses NaN and infinities, numbers that no float holds (``1e999``), whole
    numbers beyond ``LARGEST``, and halves of surrogate pairs, which can be neither shown nor sent.

    Raises:
        ValueError: it is no JSON, or one of these, or nested without end.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        pairs = _once if unique else None
        if finite:
            parsed = json.loads(
                text, parse_constant=_refused, parse_float=_finite, parse_int=_whole, object_pairs_hook=pairs
            )
        else:
            parsed = json.loads(text, parse_int=_whole_or_float, object_pairs_hook=pairs)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    check_texts(parsed, text)
    return parsed


def check_texts(parsed: Any, text: str) -> None:
    """Raise a ValueError if what was found in a JSON text holds half of a surrogate pair."""
    suspicious = not well_formed(text) or _ESCAPED.search(text)
    if suspicious and not well_formed(json.dumps(parsed, ensure_ascii=False)):
        raise ValueError("half of a surrogate pair")


def well_formed(text: str) -> bool:
    """Tell whether a text is made of whole characters, so that it can be encoded, shown and sent."""
    return _SURROGATE.search(text) is None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"{key[:40]!r} stands there twice")
        result[key] = value
    return result


def _refused(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("a number that no float holds")
    return value


def _whole(digits: str) -> int:
    value = _whole_or_float(digits)
    if isinstance(value, float):
        raise ValueError("a whole number that is too large")
    return value


def _whole_or_float(digits: str) -> int | float:
    if len(digits) > 17 or abs(value := int(digits)) > LARGEST:
        return float(digits)
    return value
