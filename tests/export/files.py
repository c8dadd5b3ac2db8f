"""An exported file as a browser reads it, and what its script answers."""

import json
import subprocess
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from gates.export.packed import unpacked
from tests.node import NODE, kinds

LARGEST = 350_000
"""Bytes of the file of a step page."""


def unpacked_data(told: dict[str, Any]) -> Any:
    """The data of a file as its script takes them out."""
    data = json.loads(unpacked(told.pop("packed")))
    words = data.pop("words")
    named = {lang: dict(zip(words["keys"], texts, strict=True)) for lang, texts in words["texts"].items()}
    return told | data | {"strings": named}


class Parsed(HTMLParser):
    """A file as a browser reads it: its elements with their attributes, and the texts in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = "data" if dict(attrs).get("id") == "gatescope" else tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        self.texts[self.inside] = self.texts.get(self.inside, "") + data

    @cached_property
    def data(self) -> Any:
        told = json.loads(self.texts["data"])
        return unpacked_data(told) if "packed" in told else told


def numbers(body: str, entries: list[dict[str, Any]]) -> bytes:
    """The bytes of arrays, which lie in a file by their place in a number."""
    size = 4 if all("offset" not in entry or entry.get("single") for entry in entries) else 8
    return np.frombuffer(unpacked(body), dtype=np.uint8).reshape(size, -1).T.tobytes()


def arrays(data: Any, run: int, language: str) -> dict[str, np.ndarray]:
    """The numbers of a run in a file, read as the stage reads them."""
    told = data["runs"][run]
    entries = (told["common"] | told["own"][language])["arrays"]
    body = numbers(data["bodies"][told["body"][language]], entries)
    return {
        entry["name"]: np.frombuffer(
            body, "<f4" if entry.get("single") else "<f8", int(np.prod(entry["shape"])), entry["offset"]
        ).reshape(entry["shape"])
        for entry in entries
        if "offset" in entry
    }


SCRIPT = Path(__file__).with_name("answers.mjs")


AGREED = 1e-12


Asked = list[dict[str, Any]]


def answers(data: Any, asked: Asked) -> list[Any]:
    """What a file with these data answers."""
    return answers_of_files([(data, asked)])[0]


def answers_of_files(files: list[tuple[Any, Asked]]) -> list[list[Any]]:
    """What several files answer, each to what it is asked; in one process, which takes long to begin."""
    given = json.dumps([{"data": data, "asked": asked} for data, asked in files])
    done = subprocess.run(
        [NODE, SCRIPT], input=given, capture_output=True, text=True, check=True, env=kinds()
    )
    found: list[list[Any]] = json.loads(done.stdout)
    return found
