"""What holds of every item of the gate test, in all that it may draw."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

from gates.course import reader as lessons
from gates.course.checks import LEAST_DISTANCE, MISCONCEPTIONS, flat
from gates.course.gatetest import reader
from gates.text import LANGUAGES

ITEMS = 14
LEAST_VARIANTS = 2
"""One a form: the second never asks with the numbers of the first."""


def problems() -> Iterator[str]:
    """Yield what is wrong with the gate test."""
    items = reader.items()
    if len({item["id"] for item in items}) != ITEMS:
        yield f"{len(items)} items"
    for item in items:
        for wrong in _item(item):
            yield f"{item['id']}: {wrong}"
    for language in LANGUAGES:
        words = reader.words(language)
        for name in words.keys() ^ {item["id"] for item in items}:
            yield f"{language}: {name} is missing or left over"
        for item in items:
            for wrong in _words(item, words.get(item["id"], {})):
                yield f"{item['id']}.{language}: {wrong}"


def _item(item: Mapping[str, Any]) -> Iterator[str]:
    options, refuted = item["options"], item["refutes"]
    if len(set(options)) < 4 or item["right"] not in options:
        yield "needs four options, one of them right"
    if not refuted or not set(refuted) < set(options) or item["right"] in refuted:
        yield "refutes nothing, or what is no wrong option"
    if not set(refuted.values()) <= set(MISCONCEPTIONS):
        yield "refutes by what is no misconception"
    if item["lesson"] not in lessons.names():
        yield f"there is no lesson {item['lesson']}"
    variants = reader.variants(item)
    if len(variants) < LEAST_VARIANTS:
        yield "has no second form"
    for variant in variants:
        numbers, draws = variant["found"], variant["draws"]
        if variant["right"] != item["right"]:
            yield f"the runs say {variant['right'] or 'several'} for {draws}"
        if not all(math.isfinite(value) for value in numbers.values()):
            yield f"is not finite for {draws}"
        values = {name: _measured(item, numbers[name]) for name in reader.numeric(item)}
        for name, value in values.items():
            truth = values[item["right"]]
            if name != item["right"] and abs(value - truth) < LEAST_DISTANCE * item["within"] - 1e-9:
                yield f"{name}, {numbers[name]}, is too near to {numbers[item['right']]} for {draws}"
        texts = {reader.number_text(item, name, numbers[name]) for name in values}
        if len(texts) < len(values):
            yield f"two options read alike for {draws}"


def _measured(item: Mapping[str, Any], value: float) -> float:
    """A number on the scale on which ``within`` is meant: by powers of ten, or as it is."""
    return math.log10(value) if item.get("power") else value


def _words(item: Mapping[str, Any], words: Mapping[str, Any]) -> Iterator[str]:
    says = [f"question.{word}" for word in item["draw"]["say"]] if "say" in item["draw"] else ["question"]
    expected = {
        "title",
        *says,
        *(f"{name}.{part}" for name in item["options"] for part in ("text", "because")),
    }
    texts = flat(words)
    for key in expected ^ texts.keys():
        yield f"{key} is {'missing' if key in expected else 'left over'}"
    known = reader.placeholders(item)
    for key, text in texts.items():
        for field in {name for _, name, _, _ in Formatter().parse(text) if name is not None} - known:
            yield f"{key} cannot know {{{field}}}"
