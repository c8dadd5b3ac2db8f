"""Reads the gate test and computes it: each item with all that it may draw, as the browser gets it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gates.course import reader as lessons
from gates.course.gatetest.templates import TEMPLATES
from gates.paths import PACKAGE
from gates.text import LANGUAGES, documents, numbers

FOLDER = PACKAGE / "course" / "gatetest"
Json = dict[str, Any]


def items() -> tuple[Json, ...]:
    """Return what the items are in every language."""
    return tuple(documents.read(FOLDER / "items.json")["items"])


def words(language: str) -> Json:
    """Return what the items say in a language, by their ids."""
    return documents.read(FOLDER / f"{language}.json")


def variants(item: Mapping[str, Any]) -> list[Json]:
    """Return each draw of an item with what the engine makes of it: ``{"draws", "found", "right"}``."""
    drawn = []
    for draws in lessons.draws_of(item):
        numbers, right = TEMPLATES[item["id"]](draws)
        drawn.append({"draws": draws, "found": numbers, "right": right})
    return drawn


def numeric(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the options that are numbers."""
    named = item.get("numbers", ())
    return tuple(item["options"] if named is True else named)


def number_text(item: Mapping[str, Any], name: str, value: float) -> str:
    """Return a number as the item's sentences have it."""
    how = item.get("spelled", {}).get(name, "power" if item.get("power") else item.get("digits"))
    if how == "power" and 0 < abs(value) < 0.01:
        return numbers.scientific(value, 0)
    if how == "power" or how is None:
        return f"{value:g}"
    return numbers.fixed(value, how)


@lru_cache(maxsize=len(LANGUAGES))
def compiled(language: str) -> tuple[Json, ...]:
    """Return the gate test as the browser asks it, in one language.

    Each item is ``{id, lesson, right, options, refutes, variants, words}``; a variant is the numbers by
    name as they are written.
    """
    texts = words(language)
    return tuple(
        {name: item[name] for name in ("id", "lesson", "right", "options", "refutes")}
        | {"variants": _written(item["id"]), "words": texts[item["id"]]}
        for item in items()
    )


def placeholders(item: Mapping[str, Any]) -> set[str]:
    """Return the names of the numbers that an item's sentences may say."""
    return set(_written(item["id"])[0])


@lru_cache(maxsize=32)
def _written(name: str) -> list[dict[str, str]]:
    item = next(variant for variant in items() if variant["id"] == name)
    return [
        {key: _plain(value) for key, value in variant["draws"].items()}
        | {key: number_text(item, key, value) for key, value in variant["found"].items()}
        for variant in variants(item)
    ]


def _plain(value: Any) -> str:
    return str(value).replace("-", numbers.MINUS)
