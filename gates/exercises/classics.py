"""Published examples as exercise files, each with its source."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from gates.exercises.file import loads
from gates.exercises.model import Exercise

FOLDER = Path(__file__).resolve().parent / "data"

CLASSICS = (
    "one-two-three",
    "hkust",
    "lee-lstm",
    "mitx-first",
    "mitx-second",
    "gru-integers-before",
    "gru-integers-after",
    "lee-rnn",
    "rnn-readout",
    "yeh-rnn",
    "bptt",
    "mistake-hkust",
    "mistake-mitx",
    "mistake-bptt",
)
"""Their ids, in the order of a list; ``exercise.<id>.title`` names each and ``.about`` says what is in it."""


@lru_cache(maxsize=len(CLASSICS))
def classic(name: str) -> Exercise:
    """Return a published example by its id; KeyError for any other name."""
    return loads(text(name))


def text(name: str) -> str:
    """Return the text of its file; KeyError for a name that is none of ``CLASSICS``."""
    if name not in CLASSICS:
        raise KeyError(name)
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")
