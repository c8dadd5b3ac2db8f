"""What interop says is there in both languages, and runs where it shows code."""

import json
import re
import textwrap
from itertools import product
from pathlib import Path
from string import Formatter

import pytest

import gates.interop
from gates.interop.sentences import SENTENCES
from gates.text import LANGUAGES, STRINGS

SOURCES = sorted(Path(gates.interop.__file__).parent.rglob("*.py"))
KEY = re.compile(r'"(interop\.[a-z0-9_.]+[a-z_])"')


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_is_in_each_catalogue(language: str) -> None:
    parts = sorted((STRINGS / language).glob("interop*.json"))
    written = {key: text for part in parts for key, text in json.loads(part.read_text("utf-8")).items()}
    assert written.keys() == SENTENCES.keys()
    if language == "en":
        assert written == dict(SENTENCES)


def test_every_sentence_is_used_and_every_key_has_one() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES if "sentences" not in path.name)
    resets = product(("interop.report.reset", "interop.keras.report.reset"), ("before", "after"))
    used = set(KEY.findall(code)) | {f"{head}.{reset}" for head, reset in resets}
    assert used == SENTENCES.keys()


def test_every_error_says_where_or_what() -> None:
    for key, sentence in SENTENCES.items():
        names = {name for _, name, _, _ in Formatter().parse(sentence) if name}
        assert names or ".report." in key, key


def test_the_five_lines_run() -> None:
    shown = textwrap.dedent((gates.interop.__doc__ or "").partition("::\n")[2])
    names: dict[str, object] = {}
    exec(shown, names)
    out = names["out"]
    assert out.layers[1].backward.forget.shape == (20, 1, 4)  # type: ignore[attr-defined]
