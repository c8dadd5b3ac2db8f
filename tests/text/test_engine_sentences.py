"""The engine's sentences are the catalogue's, in each language."""

import re
from itertools import chain
from pathlib import Path

from gates.errors import ShapeError
from gates.text import subset, translator

ROOT = Path(__file__).resolve().parents[2]


SENTENCES = subset("en", ["error.engine."])


def test_an_error_says_its_sentence_in_english_and_carries_what_another_language_needs():
    error = ShapeError("error.engine.shape", name="U", shape=(3, 4), expected="(4, 4)")
    assert str(error) == "U has shape (3, 4), but (4, 4) is needed."
    chinese = translator("zh")(error.key, **error.values)
    assert "(3, 4)" in chinese and chinese != str(error)


def test_every_sentence_is_used_and_every_used_one_exists():
    gates = ROOT / "gates"
    parts = [gates.glob(f"{part}/*.py") for part in ("core", "cells", "analysis")]
    source = "".join(path.read_text("utf-8") for path in [gates / "network.py", *chain(*parts)])
    used = set(re.findall(r'"(error\.engine\.\w+)"', source))
    built = {"shape", "bias", "input", "step_input", "clamp_units", "clamp_steps"}  # by an f-string
    assert used | {f"error.engine.{name}" for name in built} == set(SENTENCES)
