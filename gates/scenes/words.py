"""The words that a stage needs, by what it shows: a run brings no sentence about another kind of cell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from gates.examples.notation.kinds import KINDS
from gates.paths import STAGE
from gates.scenes import modules
from gates.text import subset

_DRAWINGS = STAGE / "diagram"
_LITERAL = re.compile(r'"(\w+)"')
_KINDS_OF_CLAUSE = {
    "reset": frozenset({"gru"}),
    "candidate": frozenset({"gru"}),
    "squash": frozenset({"rnn"}),
} | dict.fromkeys(("blend", "shares"), frozenset(KINDS) - {"lstm", "rnn"})
"""Clauses of the sentence about a moment that only some kinds have (assets/stage/core/text/moment.js)."""
_GATED = frozenset(KINDS) - {"lstm", "rnn"}
_MODERN = frozenset(KINDS) - {"lstm", "gru", "rnn"}
_OF_MODERN = (
    "normaliser", "stabiliser", "stable_input", "stable_forget", "forget_share", "input_share", "mean",
    "kept_normaliser", "previous_normaliser", "previous_stabiliser",
)  # fmt: skip
"""Signals of the cells after the GRU."""
_KINDS_OF_WORD = (
    dict.fromkeys(("inspector.mirrored", "inspector.writes"), _GATED)
    | dict.fromkeys(("belt.name.reset_hidden", "belt.name.reset_recurrent"), _GATED)
    | dict.fromkeys(("signal.reset", "signal.update", "signal.reset_hidden"), _GATED)
    | dict.fromkeys((f"belt.name.{name}" for name in ("from_x", "from_h", "squash")), _MODERN | {"rnn"})
    | dict.fromkeys((f"belt.name.{name}_normaliser" for name in ("previous", "kept")), _MODERN)
    | dict.fromkeys(("belt.name.previous_stabiliser", "belt.name.mean", "belt.title.modern"), _MODERN)
    | dict.fromkeys(("unrolled.slstm", "unrolled.same.x"), _MODERN)
    | dict.fromkeys((f"signal.{name}" for name in _OF_MODERN), _MODERN)
    | {"diagram.note.rnn": frozenset({"rnn"})}
    | {f"belt.title.{kind}": frozenset({kind}) for kind in ("lstm", "gru", "rnn")}
    | {f"inspector.absent.{gate}": frozenset({"lstm"}) for gate in ("forget", "input", "output")}
)
"""Words that are said of some kinds alone."""
_LATER = "modern"
"""The module that draws the kinds that have none of their own."""


def of(
    language: str, kinds: Iterable[str], prefixes: Iterable[str], later: tuple[str, ...] = ()
) -> dict[str, str]:
    """Return the words that begin with ``prefixes``, as far as they are said of one of the kinds.

    Those that begin with ``later`` are left out.
    """
    words = subset(language, prefixes)
    return {
        key: words[key]
        for key in _used(tuple(words), frozenset(kinds), later, modules.files("*.js", _DRAWINGS))
    }


@lru_cache(maxsize=64)
def _used(
    keys: tuple[str, ...], kinds: frozenset[str], later: tuple[str, ...], drawings: modules.Files
) -> tuple[str, ...]:
    """The keys among some that are said of one of the kinds."""
    phases = {"z", *(phase for kind in kinds for phase in KINDS[kind].phases)}
    notes = frozenset[str]().union(*(_notes(kind, drawings) for kind in kinds))
    only_of = {"stage.phase.": phases, "belt.note.": kinds, "diagram.note.": notes}
    silent = {part for part, its_kinds in _KINDS_OF_CLAUSE.items() if not kinds & its_kinds}

    def is_used(key: str) -> bool:
        if key.startswith(later) or not kinds & _KINDS_OF_WORD.get(key, kinds):
            return False
        if key.startswith("stage.moment.") and key.split(".")[2] in silent:
            return False
        return all(key.split(".")[2] in names for start, names in only_of.items() if key.startswith(start))

    return tuple(key for key in keys if is_used(key))


@lru_cache(maxsize=32)
def _notes(kind: str, files: modules.Files) -> frozenset[str]:
    """The notes that a diagram may show: each stands in its module as a text, or in one that this imports."""
    sources = {path.name: path.read_text(encoding="utf-8") for path, _ in files}
    drawn = f"{kind}.js" if f"{kind}.js" in sources else f"{_LATER}.js"
    waiting = [drawn, "diagram.js"]
    notes: set[str] = set()
    while waiting:
        source = sources.pop(waiting.pop(), "")
        notes |= set(_LITERAL.findall(source))
        waiting += re.findall(r'from "\./(\w+\.js)"', source)
    return frozenset(notes)
