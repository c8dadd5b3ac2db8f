"""Texts with keys in place of sentences, so that they can be held whole and worded anew."""

import re

from gates.text import Translator, catalogue

PLACE = re.compile(r"\{[^{}]*\}")


def by_keys(language: str) -> Translator:
    """Return what says the key of a sentence and what is put into it."""
    own = catalogue(language)
    return Translator(language, {key: " ".join([key, *PLACE.findall(own[key])]) for key in own})
