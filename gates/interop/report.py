"""What a conversion did, in words: what was merged, kept, left out and not applied, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from gates.errors import GatesError
from gates.text import english


class Translate(Protocol):
    """A look-up of sentences in one language, such as :class:`gates.text.Translator`."""

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence of ``key`` with ``values`` put in."""


@dataclass(frozen=True, init=False)
class Note:
    """One sentence: a key of the catalogue, and what fills its placeholders."""

    key: str
    values: dict[str, object]

    def __init__(self, key: str, **values: object) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return english(self.key, **self.values)


@dataclass(frozen=True)
class Report:
    """The notes of one conversion. ``str(report)`` is a line for each, in English."""

    notes: tuple[Note, ...] = ()

    def __str__(self) -> str:
        return "\n".join(map(str, self.notes))

    def __iter__(self) -> Iterator[Note]:
        return iter(self.notes)

    def text(self, t: Translate) -> str:
        """Return the same lines in the language of ``t``, as ``gates.text.translator`` gives it."""
        return "\n".join(_sentence(note, t) for note in self.notes)


def _sentence(note: Note | GatesError, t: Translate) -> str:
    """A note's sentence; an error that it quotes is said in the same language."""
    values = {
        name: _sentence(value, t) if isinstance(value, GatesError) else value
        for name, value in note.values.items()
    }
    return t(note.key, **values)
