"""Texts in JSON files of their own: what no language changes, and beside it the words of each language."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class Documents:
    """A folder with ``<name>.json`` for each document and ``<name>.<language>.json`` for its words.

    Every document has a ``number``, its place among the others. Each file is read once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ids(self) -> tuple[str, ...]:
        """Return the names of all documents, by the alphabet."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.json") if "." not in path.stem))

    def names(self) -> tuple[str, ...]:
        """Return the names of all documents, by their numbers."""
        return tuple(sorted(self.ids(), key=lambda name: int(self.structure(name)["number"])))

    def structure(self, name: str) -> Json:
        """Return what a document is in every language."""
        return read(self.folder / f"{name}.json")

    def words(self, name: str, language: str) -> Json:
        """Return what a document says in a language."""
        return read(self.folder / f"{name}.{language}.json")


@cache
def read(path: Path) -> Json:
    """Return the object in a JSON file of the package, read once.

    Raises:
        ValueError: there is something else in it.
    """
    parsed = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(parsed, dict):
        raise ValueError(f"{path.name} is no object")
    return parsed
