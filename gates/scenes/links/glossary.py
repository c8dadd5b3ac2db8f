"""The links of the glossary: which term, if any. What is searched for is in no link."""

from __future__ import annotations

from dataclasses import dataclass

from gates.examples.notation.kinds import CellKind
from gates.glossary.terms import terms
from gates.scenes.links import shared
from gates.scenes.links.codec import Field, Table, choice
from gates.scenes.state import State


@dataclass(frozen=True)
class GlossaryState(State):
    """What the glossary opens with. ``term``: its id; "" is the beginning of the list."""

    cell: CellKind = "lstm"
    term: str = ""


GLOSSARY = Table(
    fields=(shared.LANG, shared.NOTATION, Field("term", "term", choice(*sorted(terms())))),
    defaults=lambda _: GlossaryState(),
    drawn=lambda _: ("lstm", "gru", "rnn"),
)
