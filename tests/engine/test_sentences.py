"""The engine's English sentences are the catalogue's, so that a translation follows them."""

import json
import re
from itertools import chain
from pathlib import Path

from gates.errors import SENTENCES

ROOT = Path(__file__).resolve().parents[2]


def test_the_catalogue_has_the_engines_sentences_word_for_word():
    assert json.loads((ROOT / "gates/text/strings/en/engine.json").read_text("utf-8")) == dict(SENTENCES)


def test_every_sentence_is_used_and_every_used_one_exists():
    gates = ROOT / "gates"
    parts = [gates.glob(f"{part}/*.py") for part in ("core", "cells", "analysis")]
    source = "".join(path.read_text("utf-8") for path in [gates / "network.py", *chain(*parts)])
    used = set(re.findall(r'"(error\.engine\.\w+)"', source))
    built = {"shape", "bias", "input", "step_input", "clamp_units", "clamp_steps"}  # by an f-string
    assert used | {f"error.engine.{name}" for name in built} == set(SENTENCES)
