"""A page's state as query parameters, both ways, by the table of the page's fields.

Reading never fails: a parameter that makes no sense is left at its default, and a :class:`Problem` says
which one and what would have been right. Writing gives what differs from the defaults, and the language
always, so that a link shows the same in a browser of another locale.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any

from gates import packing
from gates.examples.notation.kinds import KINDS, DrawnKind
from gates.inputs.sequence import MAX_CHARACTERS, InputError
from gates.scenes.state import Position, State

LONGEST = 6_000
"""Characters of a link beyond which the page offers a file: longer ones get cut by mail and chat programs."""

MOST_OFFERED, FEW_OFFERED = 20, 5
"""Of up to so many possible values a sentence names all, of more so few: those most like what was written."""

LONG = ("data", "lab")
"""The parameters that are left out of a link that would be longer."""

CHOICES = (
    "input", "begin", "cell", "cells", "preset", "challenge", "exercise", "demo", "through", "signal",
    "company", "task",
)  # fmt: skip
"""Parameters of what a person chooses to look at: *back* goes through their values, not through steps."""

VIEWS = ("belt", "diagram", "unrolled")
MOVES = ("step", "phase")
SPEEDS = ("0.5", "1", "2", "4", "8")
GUESSES = ("values", "draw", "unit", "cell")
"""What *Guess first* asks (assets/stage/guess/frontier.js)."""
CONTROLS = ("transport", "phases", "sliders", "score", "views", "inspector")
"""What of the stage may stay on the screen in a lecture (assets/stage/lecture/settings.js)."""
_LOOKS = ("light", "dark", *CONTROLS)
NONE = "none"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a link: the key of a sentence and the values to put in."""

    key: str
    values: Mapping[str, object]


def link_text(value: Any) -> str:
    """Return a value as a link spells it."""
    match value:
        case None:
            return NONE
        case bool():
            return str(int(value))
        case float():
            return f"{value:g}"
        case tuple():
            return ",".join(value)
        case _:
            return str(value)


@dataclass(frozen=True)
class Kind:
    """How the values of a field stand in a link.

    read: the value of a text; raises a ValueError, or an InputError with a sentence of its own. allowed: the
    possible values, for the sentence on any other. write: the text of a value.
    """

    read: Callable[[str], Any]
    allowed: str
    write: Callable[[Any], str] = link_text


def _always(_: State) -> bool:
    return True


@dataclass(frozen=True)
class Field:
    """One query parameter.

    name: in the address. attribute: of the state. kind: how its values are read and written, with their
    bounds; a function where that depends on the fields before it. within: the mapping of the state whose
    entry it is, where it is no attribute of its own. cells, inputs: for which it counts, None for all; the
    input only decides what is written. read_if, written_if: what else must hold of the state, when reading of
    what was read before. required: written where it is at its default too. resets: the attributes that go
    back to their defaults where it makes no sense.

    The default is that of the page's state.
    """

    name: str
    attribute: str
    kind: Kind | Callable[[Any], Kind]
    within: str = ""
    cells: tuple[str, ...] | None = None
    inputs: tuple[str, ...] | None = None
    read_if: Callable[[Any], bool] = _always
    written_if: Callable[[Any], bool] = _always
    required: bool = False
    resets: tuple[str, ...] = ()

    def of(self, state: Any) -> Kind:
        """Return how it is read and written in a state."""
        return self.kind if isinstance(self.kind, Kind) else self.kind(state)

    def is_read(self, state: Any) -> bool:
        """Tell whether it counts in a link, after what was read before it."""
        return (self.cells is None or state.cell in self.cells) and self.read_if(state)

    def is_written(self, state: Any, defaults: Any) -> bool:
        """Tell whether the link of a state needs it."""
        counts = (self.cells is None or state.cell in self.cells) and self.written_if(state)
        if not counts or not (self.inputs is None or state.source in self.inputs):
            return False
        if self.within:
            return self.attribute in getattr(state, self.within)
        return self.required or self.value(state) != self.value(defaults)

    def value(self, state: Any) -> Any:
        """Return its value in a state."""
        return getattr(state, self.within)[self.attribute] if self.within else getattr(state, self.attribute)

    def put(self, state: Any, value: Any) -> Any:
        """Return the state with another value."""
        if self.within:
            return replace(state, **{self.within: {**getattr(state, self.within), self.attribute: value}})
        return replace(state, **{self.attribute: value})


def choice(*options: str) -> Kind:
    """Return how one of a few words is read."""

    def read(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return Kind(read, ", ".join(options))


def several(*options: str, most: int) -> Kind:
    """Return how a list of words is read, each at most once, joined by commas."""

    def read(text: str) -> tuple[str, ...]:
        words = tuple(text.split(","))
        if not 1 <= len(words) <= most or len(set(words)) != len(words) or not set(words) <= set(options):
            raise ValueError(text)
        return words

    return Kind(read, ", ".join(options))


def number(kind: Callable[[str], Any], low: float, high: float) -> Kind:
    """Return how a number in a range is read, both ends included."""

    def read(text: str) -> Any:
        value = kind(text)
        if not low <= value <= high:  # also refuses NaN
            raise ValueError(text)
        return value

    return Kind(read, f"{low:g} … {high:g}")


def optional(kind: Kind) -> Kind:
    """Return how a value is read that may also be none."""
    return Kind(lambda text: None if text == NONE else kind.read(text), f"{kind.allowed}, {NONE}")


def flag() -> Kind:
    """Return how yes or no is read."""
    words = choice("0", "1")
    return Kind(lambda text: words.read(text) == "1", words.allowed)


def day(first: str, last: str) -> Kind:
    """Return how a date is read; those that the data do not have are for the data to refuse."""
    return Kind(lambda text: date.fromisoformat(text).isoformat(), f"{first} … {last}")


def identifier(longest: int) -> Kind:
    """Return how the name of a run is read: letters, digits, ``-`` and ``_``."""

    def read(text: str) -> str:
        plain = text.replace("-", "").replace("_", "")
        if not (plain.isalnum() and text.isascii() and len(text) <= longest):
            raise ValueError(text)
        return text

    return Kind(read, "…")


def packed() -> Kind:
    """Return how what a person typed travels: deflated, as text that an address may hold."""

    def read(text: str) -> str:
        try:
            return expand(text)
        except ValueError:
            raise InputError("link.data") from None

    return Kind(read, "…", compress)


def compress(text: str) -> str:
    """Return a text for a link."""
    return packing.to_text(packing.deflate(text.encode()))


def expand(text: str) -> str:
    """Return the text of :func:`compress`.

    Raises:
        ValueError: it is damaged, or longer than what is read as input.
    """
    expanded = packing.inflate(packing.from_text(text))[0].decode()
    if len(expanded) > MAX_CHARACTERS:
        raise ValueError("too long")
    return expanded


def _identity(state: Any) -> tuple[Any, list[Problem]]:
    return state, []


@dataclass(frozen=True)
class Table:
    """The fields of a page's link, in the order in which they are read and written.

    defaults: the state that a link without parameters opens; it is given the page's present state. settled:
    the state that was read, so that its fields fit together, and what was wrong with them. drawn: the kinds
    of cell on the stages, the first for the one that writes the link, whose phases it may name.
    """

    fields: tuple[Field, ...]
    defaults: Callable[[Any], Any]
    drawn: Callable[[Any], tuple[DrawnKind, ...]]
    settled: Callable[[Any], tuple[Any, list[Problem]]] = _identity

    @property
    def names(self) -> tuple[str, ...]:
        """Every parameter that an address of the page may have."""
        return tuple(dict.fromkeys(field.name for field in (*self.fields, *position_fields("lstm"))))

    def read(self, query: Mapping[str, str], base: State) -> tuple[State, Position, list[Problem]]:
        """Return the state and position that a link describes, and what it got wrong.

        Args:
            query: the query parameters, decoded.
            base: the page's opening; gives the language where the link has none.
        """
        defaults = replace(self.defaults(base), lang=base.lang)
        state, problems = _read(self.fields, query, defaults)
        state, among = self.settled(state)
        position, wrong = _read(position_fields(*self.drawn(state)), query, Position())
        return state, position, problems + among + wrong

    def write(self, state: State) -> dict[str, str]:
        """Return the query parameters of a state, in a stable order; the browser adds the position."""
        defaults = self.defaults(state)
        return {
            field.name: field.of(state).write(field.value(state))
            for field in self.fields
            if field.is_written(state, defaults)
        }

    def header(self, state: State) -> dict[str, Any]:
        """Return what the stage needs to write a state's link; apart from it what is too long for one."""
        parameters = self.write(state)
        whole = length(parameters) <= LONGEST
        long = {} if whole else {name: parameters[name] for name in LONG if name in parameters}
        kept = {name: value for name, value in parameters.items() if name not in long}
        return {
            "params": kept, "names": list(self.names), "choices": list(CHOICES), "whole": whole, "long": long,
        }  # fmt: skip


def phases_of(cells: Iterable[DrawnKind]) -> tuple[str, ...]:
    """Return the phases that any of some kinds of cell has, each once."""
    return tuple(dict.fromkeys(phase for cell in cells for phase in KINDS[cell].phases))


def position_fields(*cells: DrawnKind) -> tuple[Field, ...]:
    """Return the fields that say where the stages of some cells, which keep step, stand."""
    return (
        Field("step", "step", number(int, 1, 1000)),
        Field("phase", "phase", choice(*phases_of(cells))),
        Field("unit", "unit", number(int, 1, 1000)),
        Field("view", "view", choice(*VIEWS)),
        Field("move", "move", choice(*MOVES)),
        Field("speed", "speed", choice(*SPEEDS)),
        Field("guess", "guess", choice(*GUESSES)),
        Field("lecture", "lecture", _lecture(*cells)),
        Field("large", "large", number(int, 1, 8)),
    )


def _lecture(*cells: DrawnKind) -> Kind:
    """Return how the look of a lecture is read: ``dark,phases,score,hide-forget-4``."""
    parts = {name for cell in cells for name in (*KINDS[cell].signals, *KINDS[cell].made)} - {"x"}

    def read(text: str) -> str:
        words = text.split(",")
        for word in words:
            hides, _, target = word.partition("-")
            hidden_part, _, step = target.rpartition("-")
            hidden = hidden_part == "all" or hidden_part in parts
            if hides == "hide" and hidden and step.isdecimal() and step.isascii() and 1 <= int(step) <= 1000:
                continue
            if word not in _LOOKS:
                raise ValueError(text)
        if len({word.partition("-")[0] for word in words}) != len(words):
            raise ValueError(text)
        return text

    return Kind(read, ", ".join((*_LOOKS, *(f"hide-{name}-1" for name in ("all", *sorted(parts))))))


POSITION = tuple(field.name for field in position_fields("lstm"))
"""The parameters that say where the stage stands."""


def _read(fields: Sequence[Field], query: Mapping[str, str], defaults: Any) -> tuple[Any, list[Problem]]:
    """The defaults with what a link says of the fields, and what it got wrong."""
    state, problems = defaults, []
    for field in fields:
        if field.name not in query or not field.is_read(state):
            continue
        text, kind = query[field.name], field.of(state)
        try:
            state = field.put(state, kind.read(text))
            continue
        except InputError as wrong:
            problems.append(Problem(wrong.key, wrong.values))
        except (ValueError, OverflowError):
            values = {"name": field.name, "value": text[:40], "allowed": offered(kind.allowed, text[:40])}
            problems.append(Problem("link.value", values))
        state = replace(state, **{name: getattr(defaults, name) for name in field.resets})
    return state, problems


def offered(allowed: str, text: str) -> str:
    """Return the possible values for a sentence: of many, the few that are most like what was written."""
    options = allowed.split(", ")
    if len(options) <= MOST_OFFERED:
        return allowed
    return ", ".join([*get_close_matches(text, options, FEW_OFFERED, cutoff=0), "…"])


def length(parameters: Mapping[str, str]) -> int:
    """Return the characters that parameters add to an address; all values but few are plain ASCII."""
    return sum(len(name) + len(value) + 2 for name, value in parameters.items())


def rounded(value: float) -> float:
    """Return a slider's value as a link carries it, so that its picture is the same to the bit."""
    return float(f"{value:g}") if math.isfinite(value) else 0.0
