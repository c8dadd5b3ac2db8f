"""The app's words: every sentence a person reads is looked up here by key, in English or Chinese.

The words live in ``gates/text/strings/<language>/<part>.json``, each part a flat object of dotted keys and
templates with plain ``{placeholders}``. The parts of a language are merged into one catalogue.
"""

import json
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from gates.caching import once_a_second
from gates.paths import STRINGS
from gates.text import escape

LANGUAGES = ("en", "zh")

Parts = tuple[tuple[Path, int], ...]
"""Files of a catalogue, each with the time of its last change."""


class CatalogueError(ValueError):
    """A catalogue file that cannot be used: a key given twice, or a value that is not text."""


class Translator:
    """Look up sentences of one language, as plain text: ``t("error.ragged", row=3, count=2, expected=4)``.

    For terminals, figures and what the browser's own modules show; pages, which show Markdown, have a
    :class:`MarkdownTranslator`. A translator holds the catalogue as it was when it was made, so one page run
    speaks with one voice.
    """

    def __init__(self, language: str, catalogue: Mapping[str, str]) -> None:
        self.language = language
        self.catalogue = catalogue

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence of ``key`` with ``values`` put in; KeyError names a missing key or value."""
        escaped = {name: escape.visible(str(value)) for name, value in values.items()}
        return self.catalogue[key].format_map(escaped)

    @property
    def between(self) -> str:
        """What stands between two sentences: a space, or nothing in a language that has none there."""
        return self.catalogue["text.sentences"].format(one="", other="")

    def __contains__(self, key: object) -> bool:
        return key in self.catalogue


class MarkdownTranslator:
    """Look up sentences of one language for a page, as Markdown.

    What is put in is shown as it is: of a file's name, a link's value or a person's text no picture, link or
    formula comes. Sentences of this translator may be put into one another. ``plain`` looks up the same
    sentences for places that show no Markdown; it is of another type, so that one is not taken for the other.
    """

    def __init__(self, language: str, catalogue: Mapping[str, str]) -> None:
        self.plain = Translator(language, catalogue)

    @property
    def language(self) -> str:
        """One of ``LANGUAGES``."""
        return self.plain.language

    @property
    def catalogue(self) -> Mapping[str, str]:
        """All templates of the language."""
        return self.plain.catalogue

    def __call__(self, key: str, /, **values: object) -> escape.Markdown:
        """Return the sentence of ``key`` with ``values`` put in; KeyError names a missing key or value."""
        escaped = {name: escape.markdown(value) for name, value in values.items()}
        return escape.Markdown(self.catalogue[key].format_map(escaped))

    def __contains__(self, key: object) -> bool:
        return key in self.catalogue


def translator(language: str) -> Translator:
    """Return the translator of one of ``LANGUAGES``; ValueError for any other language."""
    return Translator(language, catalogue(language))


def markdown_translator(language: str) -> MarkdownTranslator:
    """Return the translator of one of ``LANGUAGES`` for a page; ValueError for any other language."""
    return MarkdownTranslator(language, catalogue(language))


def surrounding_language() -> str:
    """Return the language of ``LANGUAGES`` that the environment asks for; where it names none, English.

    ``GATESCOPE_LANG`` goes first, then ``LC_ALL``, ``LC_MESSAGES`` and ``LANG``, as in ``zh_CN.UTF-8``.
    """
    for name in ("GATESCOPE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if locale := os.environ.get(name):
            language = locale.lower()[:2]
            return language if language in LANGUAGES else LANGUAGES[0]
    return LANGUAGES[0]


def english(key: str, /, **values: object) -> str:
    """Return a sentence in English: what errors and reports say where no language is asked for."""
    return translator("en")(key, **values)


def subset(language: str, prefixes: Iterable[str]) -> dict[str, str]:
    """Return the templates whose keys begin with one of ``prefixes``: what is sent to the browser."""
    return dict(_beginning(_parts_now(STRINGS, language), tuple(prefixes)))


@lru_cache(maxsize=32)
def _beginning(parts: Parts, prefixes: tuple[str, ...]) -> Mapping[str, str]:
    return {key: text for key, text in _merged(parts).items() if key.startswith(prefixes)}


def catalogue(language: str, folder: Path = STRINGS) -> Mapping[str, str]:
    """Return all templates of ``language``, read again when a file has changed."""
    return _merged(_parts_now(folder, language))


def _parts_now(folder: Path, language: str) -> Parts:
    """The parts of a language; our own are looked for once a second, for each moved slider asks for them."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {LANGUAGES}, not {language!r}")
    if folder is STRINGS:
        return _own_parts(folder / language)
    return _parts(folder / language)


@once_a_second(most=4)
def _own_parts(folder: Path) -> Parts:
    return _parts(folder)


def _parts(folder: Path) -> Parts:
    return tuple((part, part.stat().st_mtime_ns) for part in sorted(folder.glob("*.json")))


@lru_cache(maxsize=8)
def _merged(parts: Parts) -> Mapping[str, str]:
    merged: dict[str, str] = {}
    for path, _ in parts:
        for key, text in _part(path).items():
            if key in merged:
                raise CatalogueError(f"{path}: {key!r} is already defined in another part")
            merged[key] = text
    return MappingProxyType(merged)


def _part(path: Path) -> dict[str, str]:
    def checked(pairs: list[tuple[str, object]]) -> dict[str, str]:
        part: dict[str, str] = {}
        for key, text in pairs:
            if key in part:
                raise CatalogueError(f"{path}: {key!r} is defined twice")
            if not isinstance(text, str):
                raise CatalogueError(f"{path}: {key!r} is not a text")
            part[key] = text
        return part

    part: dict[str, str] = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=checked)
    return part
