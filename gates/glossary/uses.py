"""Finds terms in texts, so that the first use of each can lead to its definition.

A term's forms in a language stand in the catalogue, ``term.<id>.forms``, parted by ``|``. Where several fit,
the longest does: in *forget gate* there is no *gate*. ``assets/course/step/terms.js`` finds the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from gates.glossary.terms import terms
from gates.text import escape, subset, translator

_NO_LETTER_BEFORE, _NO_LETTER_AFTER = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"
_LEFT_ALONE = r"`[^`]*`|\$[^$]*\$|\[[^\]]*\]\([^)]*\)|<[^>]*>"
"""What is code, a formula, a link or HTML in Markdown."""


@lru_cache(maxsize=4)
def forms(language: str) -> tuple[tuple[str, str], ...]:
    """Return each form with its term's id, the longest first."""
    t = translator(language)
    by_form = [(form, name) for name in terms() for form in t(f"term.{name}.forms").split("|")]
    return tuple(sorted(by_form, key=lambda pair: (-len(pair[0]), pair[0])))


def form_pattern(form: str) -> str:
    """Return a form as a pattern: a small first letter may be a capital, at the beginning of a sentence."""
    first = form[0]
    return f"[{first}{first.upper()}]{re.escape(form[1:])}" if "a" <= first <= "z" else re.escape(form)


@lru_cache(maxsize=4)
def _pattern(language: str) -> re.Pattern[str]:
    every = "|".join(form_pattern(form) for form, _ in forms(language))
    return re.compile(f"(?:{_LEFT_ALONE})|{_NO_LETTER_BEFORE}(?P<form>{every}){_NO_LETTER_AFTER}")


@lru_cache(maxsize=4)
def _ids(language: str) -> dict[str, str]:
    by_form = dict(forms(language))
    return {form[0].upper() + form[1:]: name for form, name in by_form.items()} | by_form


def uses(text: str, language: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield where a text has a term, and its id, in the order of the text."""
    for match in _pattern(language).finditer(text):
        if match["form"]:
            yield match, _ids(language)[match["form"]]


def first_uses(texts: Iterable[str], language: str, known: set[str]) -> list[str]:
    """Return the ids of the terms that some texts are the first to use, and add them to those ``known``."""
    first = []
    for text in texts:
        for _, name in uses(text, language):
            if name not in known:
                known.add(name)
                first.append(name)
    return first


def explanations(names: Iterable[str], language: str) -> dict[str, Any]:
    """Return what a browser needs to explain some terms where a text first uses them."""
    t = translator(language)
    return {
        "forms": forms(language),
        "terms": {
            name: {"name": t(f"term.{name}.name"), "text": t(f"term.{name}.text")} for name in sorted(names)
        },
        "words": subset(language, ("glossary.open", "glossary.close", "glossary.what")),
    }


def address(name: str, language: str) -> str:
    """Return the link of a term, from any page of the app."""
    return f"glossary?term={name}&lang={language}"


def linked(text: escape.Markdown, language: str, known: set[str] | None = None) -> escape.Markdown:
    """Return Markdown in which the first use of each term that is not ``known`` leads to its definition.

    Marks of emphasis right around a term go into its link: behind a link's bracket a mark would not close.
    """
    known = set() if known is None else known
    pieces, end = [], 0
    for match, name in uses(text, language):
        start, stop = match.span()
        marks = text[end:start], text[stop:]
        if name in known or _is_one_sided(*marks):
            continue
        known.add(name)
        mark = _mark(*marks)
        pieces += [
            text[end : start - len(mark)], f"[{mark}{match[0]}{mark}]({address(name, language)})"
        ]  # fmt: skip
        end = stop + len(mark)
    return escape.Markdown("".join([*pieces, text[end:]]))


def _mark(before: str, after: str) -> str:
    return next((mark for mark in ("**", "*") if before.endswith(mark) and after.startswith(mark)), "")


def _is_one_sided(before: str, after: str) -> bool:
    """Whether a mark of emphasis stands on one side of a term only."""
    return before.endswith("*") != after.startswith("*")
