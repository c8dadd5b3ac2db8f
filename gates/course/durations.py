"""How long a lesson takes, by the words that are read in it and the answers that are given.

What reading takes is known; what answering takes is assumed, each as a constant below, so that a lesson that
has grown too long is found while it is written and not by its readers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from statistics import fmean
from typing import Any

from gates.course.worked import KIND, asks_nothing

Json = Mapping[str, Any]

READING = {"en": 215, "zh": 350}
"""Words a minute in English, characters a minute in Chinese.

Adults read English non-fiction silently at 175 to 300 words a minute, 238 on average (Brysbaert 2019,
doi 10.1016/j.jml.2019.104047); there are numbers to be compared in these texts, so somewhat less. Of
Chinese, China's curriculum asks 300 characters a minute of grades 5 and 6 and 500 of grades 7 to 9, of plain
reading matter; so the lower part of that.
"""
_SECONDS_TO_PLACE, _SECONDS_TO_CHOOSE = 25, 15
ANSWERING = dict.fromkeys(("value", "lane", "number"), _SECONDS_TO_PLACE) | dict.fromkeys(
    ("choice", "unit", "cell"), _SECONDS_TO_CHOOSE
)
ANSWERING |= {"draw": 45, "levels": 45, "do": 45, "tell": 0, KIND: 0}
"""Seconds for an answer of a kind once the question is read; assumed."""
WHY = 10
"""Seconds to choose a *why* once its options are read; assumed."""
LINE = 40
"""Seconds to compute a line and type it, with a calculator; assumed."""
SHOWN_LINE = 5
"""Seconds to follow a line that stands there; assumed."""
LOOK = 10
"""Seconds to look at the stage, at each step; assumed."""

SHORTEST, LONGEST = 6.0, 10.0
"""Minutes of a lesson."""
FIRST_QUESTION = 45.0
"""Seconds until the first question of a lesson is read: an equation and a solved case come before it."""
ARRIVAL = 30.0
"""The same of the first lesson, whose first step asks."""

_FIELD = re.compile(r"\{\w+\}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_OTHER = re.compile(r"[A-Za-z0-9_.]+")


def length(text: str, language: str) -> int:
    """Return how many words a text has, in Chinese characters; a number or a name is one, a sign none."""
    filled = _FIELD.sub("0.5", text)
    if language == "zh":
        return len(_HAN.findall(filled)) + len(_OTHER.findall(filled))
    return sum(any(map(str.isalnum, word)) for word in filled.split())


def minutes(plan: Json, texts: Json, language: str) -> float:
    """Return how many minutes a lesson takes, of its structure and its words in a language."""
    read = length(texts["lead"], language) + sum(
        _read(step, texts["steps"][step["id"]], language) for step in plan["steps"]
    )
    return read / READING[language] + sum(map(_done, plan["steps"])) / 60


def first_question(plan: Json, texts: Json, language: str) -> float:
    """Return after how many seconds of reading the first question of a lesson has been read."""
    read = length(texts["lead"], language)
    for step in plan["steps"]:
        read += _before_answer(texts["steps"][step["id"]], language)
        if not asks_nothing(step):
            break
    return 60 * read / READING[language]


def in_review(step: Json, sentences: Json, language: str) -> float:
    """Return how many minutes a question takes in a review, which asks for no *why*."""
    asked = {name: value for name, value in step.items() if name != "why"}
    return _read(asked, sentences, language) / READING[language] + _done(asked) / 60


def problems(plan: Json, texts: Json, language: str) -> list[str]:
    """Return which of the limits a lesson does not keep."""
    wrongs = []
    lasts, first = minutes(plan, texts, language), first_question(plan, texts, language)
    if not SHORTEST <= lasts <= LONGEST:
        wrongs.append(f"takes {lasts:.1f} minutes")
    opens = plan["number"] == 1
    if first > (ARRIVAL if opens else FIRST_QUESTION) or (opens and asks_nothing(plan["steps"][0])):
        wrongs.append(f"asks first after {first:.0f} seconds")
    return wrongs


def _before_answer(sentences: Json, language: str) -> int:
    """What stands there before an answer: title, text, question, task."""
    return sum(length(sentences.get(part, ""), language) for part in ("title", "text", "question", "task"))


def _read(step: Json, sentences: Json, language: str) -> float:
    """What one reader reads of a step: of what depends on the answer, as much as on average."""

    def of(text: str) -> int:
        return length(text, language)

    read: float = (
        _before_answer(sentences, language) + of(sentences.get("reason", "")) + of(sentences.get("done", ""))
    )
    if sentences.get("mistakes"):
        read += fmean(map(of, sentences["mistakes"].values()))
    read += sum(map(of, sentences.get("cells", {}).values()))
    if "options" in step:
        read += _options(step["options"], sentences, of)
    if "why" in step:
        why = sentences["why"]
        read += of(why["question"]) + _options(step["why"]["options"], why, of)
        read += 0.5 * of(why[step["why"]["right"]]["because"])  # who chose another reads that one too
    return read


def _options(options: list[str], words: Json, of: Any) -> float:
    texts: float = sum(of(words[option]["text"]) for option in options)
    return texts + fmean(of(words[option]["because"]) for option in options)


def _done(step: Json) -> float:
    """Seconds of a step that are not spent on reading its words."""
    seconds: float = LOOK + ANSWERING[step["kind"]] + (WHY if "why" in step else 0)
    if step["kind"] == KIND:
        shown_lines = [line for line in step["lines"] if line not in step["blank"]]
        seconds += len(step["blank"]) * LINE
        seconds += 0 if step["blank"] else len(shown_lines) * SHOWN_LINE  # else one looks up what is needed
    return seconds
