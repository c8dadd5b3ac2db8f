"""How a drawing is kept beside its test, and compared."""

import os
import re
from pathlib import Path

import pytest

from gates.text import Translator, catalogue

HERE = Path(__file__).parent
AGAIN = "look at it in the app, then LOOKED_AT=1 python -m pytest tests/stage/drawn"


def _by_key(key: str, text: str) -> str:
    """What stands for a sentence: the end of its key, and what it has places for."""
    *_, group, name = ("", *key.split("."))
    places = sorted(set(re.findall(r"\{\w+\}", text)))
    return " ".join([f"{group[:1]}.{name}", *places])


WORDS = {key: _by_key(key, text) for key, text in catalogue("en").items()}
T = Translator("en", WORDS)


def brief(drawn: str) -> str:
    """Each line once, where it is first drawn; what all of a drawing come to stands at its head."""
    seen: set[str] = set()
    brief = []
    for line in map(str.strip, drawn.splitlines()):
        if line.startswith("# ") or line not in seen:
            brief.append(line)
            seen.add(line)
    return "\n".join(brief) + "\n"


def assert_as_kept(found: str, file: Path) -> None:
    """See that what is drawn is what it was when somebody last looked at it."""
    if "LOOKED_AT" in os.environ:
        file.write_text(found, encoding="utf-8", newline="\n")
    kept = file.read_text(encoding="utf-8")
    if found != kept:
        before = set(kept.splitlines())
        news = [line for line in found.splitlines() if line not in before]
        pytest.fail(
            "\n".join(
                [f"{file.name}: it is drawn otherwise now.", *news[:20], f"Where that is meant: {AGAIN}"]
            )
        )
