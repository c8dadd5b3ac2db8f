"""Reads what the course's page exports (``assets/course/storage/progress.js``). Nothing in it is trusted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gates import strict_json
from gates.errors import GatesError

LARGEST_FILE = 4_000_000
"""Bytes; a file of the whole course, every lesson done several times, has some 400 kB."""
MOST_FILES = 1000
MOST_ENTRIES = 5000
"""Lessons, attempts, answers: of each no more than this in one place."""
LONGEST_ID = 100
VERSIONS = (1, 2)

Json = Mapping[str, Any]


class ClassError(GatesError):
    """A file or folder of results that cannot be used, and why."""


@dataclass(frozen=True)
class Answer:
    """An answer: what was chosen or named, None where nothing was; ``verdict`` "": it was done."""

    verdict: str = ""
    guess: str | None = None
    why: str | None = None
    mistake: str | None = None
    explained: bool = False


@dataclass(frozen=True)
class Attempt:
    """An attempt at a lesson: when it was begun, and its answers by step."""

    begun: float
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Sitting:
    """A form of the gate test, 1 or 2: the option chosen by item, None for "I don't know"."""

    begun: float
    form: int
    options: Mapping[str, str | None]


@dataclass(frozen=True)
class Results:
    """What one file holds. ``name`` is that of the file, and nothing else names anybody."""

    name: str
    lessons: Mapping[str, tuple[Attempt, ...]]
    sittings: tuple[Sitting, ...]


def files(folder: Path) -> list[Path]:
    """Return the JSON files that lie in a folder, by their names.

    Raises:
        ClassError: there is no such folder, no such file in it, or more than ``MOST_FILES``.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".json" and path.is_file())
    except OSError as error:
        raise ClassError("error.class.folder", folder=folder, reason=error.strerror or error) from None
    if not paths:
        raise ClassError("error.class.empty", folder=folder)
    if len(paths) > MOST_FILES:
        raise ClassError("error.class.many", count=len(paths), most=MOST_FILES)
    return paths


def read(path: Path) -> Results:
    """Read one exported file; what makes no sense in it is left out, as the page does.

    Raises:
        ClassError: it cannot be read, is too large, is no JSON, or is not an export of the course.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ClassError("error.class.unread", file=path.name, reason=error.strerror or error) from None
    if len(content) > LARGEST_FILE:
        raise ClassError("error.class.size", file=path.name, limit=LARGEST_FILE // 1_000_000)
    try:
        parsed = strict_json.loads(content)
    except ValueError:
        raise ClassError("error.class.json", file=path.name) from None
    if not isinstance(parsed, dict) or not isinstance(parsed.get("lessons"), dict):
        raise ClassError("error.class.other", file=path.name)
    if parsed.get("version") not in VERSIONS or isinstance(parsed["version"], bool):
        raise ClassError("error.class.version", file=path.name, known=VERSIONS[-1])
    return results(path.stem, parsed)


def results(name: str, parsed: Json) -> Results:
    """Return the results in an export that is JSON already."""
    lessons = {}
    for lesson, attempts in _entries(parsed["lessons"]):
        sound = [attempt for _, entry in _entries(attempts) if (attempt := _attempt(entry)) is not None]
        if sound:
            lessons[lesson] = tuple(sorted(sound, key=lambda attempt: attempt.begun))
    sat = [
        sitting for _, entry in _entries(parsed.get("sittings")) if (sitting := _sitting(entry)) is not None
    ]
    return Results(name, lessons, tuple(sorted(sat, key=lambda sitting: sitting.begun)))


def _entries(value: Any) -> list[tuple[str, Any]]:
    if not isinstance(value, dict) or len(value) > MOST_ENTRIES:
        return []
    return [(key, entry) for key, entry in value.items() if len(key) <= LONGEST_ID]


def _attempt(value: Any) -> Attempt | None:
    if not isinstance(value, dict) or not _is_time(value.get("begun")):
        return None
    answers = {step: answer for step, entry in _entries(value.get("answers")) if (answer := _answer(entry))}
    return Attempt(float(value["begun"]), answers)


def _answer(value: Any) -> Answer | None:
    if not isinstance(value, dict) or not _is_time(value.get("at")):
        return None
    verdict = value.get("verdict", "")
    if verdict not in ("", "right", "close", "off", "unknown"):
        return None
    guess, why, mistake = (_text(value.get(name)) for name in ("guess", "why", "mistake"))
    return Answer(verdict, guess, why, mistake, _is_time(value.get("explained")))


def _sitting(value: Any) -> Sitting | None:
    if not isinstance(value, dict) or not _is_time(value.get("begun")) or value.get("skipped") is True:
        return None
    form = value.get("form")
    if form not in (1, 2) or isinstance(form, bool):
        return None
    answers = [(item, entry) for item, entry in _entries(value.get("answers")) if isinstance(entry, dict)]
    return Sitting(
        float(value["begun"]), int(form), {item: _text(entry.get("option")) for item, entry in answers}
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= LONGEST_ID else None


def _is_time(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and value >= 0
