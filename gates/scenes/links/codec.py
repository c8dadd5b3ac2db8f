"""A page's state as query parameters, both ways.

Reading never fails: a parameter that makes no sense is left at its default, and a :class:`Problem` says
which one and what would have been right. Writing gives what differs from the defaults, and the language
always, so that a link shows the same in a browser of another locale.
"""

from __future__ import annotations

import base64
import binascii
import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.lab import state as labstate
from gates.examples.notation.kinds import KINDS
from gates.examples.notation.letters import NOTATIONS
from gates.examples.presets.registry import PRESETS
from gates.inputs.sequence import InputError
from gates.inputs.sources import PRICE_COLUMNS, SIGNALS
from gates.scenes.state import BEGINNINGS, SOURCES, Place, State
from gates.text import LANGUAGES

LONGEST = 6_000
"""Characters of a link beyond which the page offers a file: longer ones get cut by mail and chat programs."""

LARGEST_INPUT = 200_000
"""Characters of own input that a link may unfold to, however small it was packed."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a link: the key of a sentence and the values to put in."""

    key: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Param:
    """One query parameter: the field it holds, its values, and the inputs and cells for which it counts."""

    name: str
    attribute: str
    read: Callable[[str], Any]
    allowed: str
    sources: tuple[str, ...] = SOURCES + BEGINNINGS
    cells: tuple[str, ...] = ("lstm", "gru", "rnn")
    always: bool = False  # written also where it is the default


def choice(*options: str) -> dict[str, Any]:
    """How a parameter is read that is one of a few words: the keywords of a :class:`Param`."""

    def read(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return {"read": read, "allowed": ", ".join(options)}


def number(kind: Callable[[str], Any], low: float, high: float) -> dict[str, Any]:
    """How a parameter is read that is a number in a range: the keywords of a :class:`Param`."""

    def read(text: str) -> Any:
        value = kind(text)
        if not low <= value <= high:  # also refuses NaN
            raise ValueError(text)
        return value

    return {"read": read, "allowed": f"{low:g} … {high:g}"}


def _date() -> dict[str, Any]:
    from datetime import date

    return {"read": lambda text: date.fromisoformat(text).isoformat(), "allowed": "2018-01-01 … 2019-12-30"}


_NETWORK = ("text", "numbers", "signal", "prices")

PARAMS = (
    Param("lang", "lang", **choice(*LANGUAGES), always=True),
    Param("notation", "notation", **choice(*NOTATIONS)),
    Param("input", "source", **choice(*SOURCES)),
    Param("by", "by", **choice("characters", "words"), sources=("text",)),
    Param("signal", "signal", **choice(*SIGNALS), sources=("signal",)),
    Param("steps", "steps", **number(int, 1, 1000), sources=("signal",)),
    Param("at", "at", **number(int, 1, 1000), sources=("signal",)),
    Param("period", "period", **number(float, 2, 1000), sources=("signal",)),
    Param("noise", "signal_seed", **number(int, 0, 10**9), sources=("signal",)),
    Param("company", "company", **choice(*PRICE_COLUMNS), sources=("prices",)),
    Param("from", "start", **_date(), sources=("prices",)),
    Param("to", "end", **_date(), sources=("prices",)),
    Param("units", "hidden", **number(int, 1, 64), sources=_NETWORK),
    Param("seed", "seed", **number(int, 0, 10**9), sources=_NETWORK),
    Param("bias", "bias", **number(float, -20, 20), sources=_NETWORK, cells=("lstm", "gru")),
    Param("activation", "activation", **choice("tanh", "relu"), sources=_NETWORK, cells=("rnn",)),
    Param("reset", "reset", **choice("before", "after"), cells=("gru",)),
    Param("z", "update", **choice("keep", "write"), cells=("gru",)),
)

_SCRATCH = ("scratch",)
BENCH_PARAMS = (
    Param("lang", "lang", **choice(*LANGUAGES), always=True),
    Param("notation", "notation", **choice(*NOTATIONS)),
    Param("cell", "cell", **choice(*PRESETS), sources=("preset", "scratch"), always=True),
    Param("begin", "source", **choice(*BEGINNINGS)),
    Param("challenge", "challenge", **choice(*CHALLENGES), sources=("challenge",)),
    Param("inputs", "inputs", **number(int, 1, labstate.MOST_INPUTS), sources=_SCRATCH),
    Param("units", "hidden", **number(int, 1, labstate.MOST), sources=_SCRATCH),
    Param("seed", "seed", **number(int, 0, 10**9), sources=_SCRATCH),
    Param("bias", "bias", **number(float, -20, 20), sources=_SCRATCH, cells=("lstm", "gru")),
    Param("activation", "activation", **choice("tanh", "relu"), sources=_SCRATCH, cells=("rnn",)),
    Param("reset", "reset", **choice("before", "after"), sources=("preset", "scratch"), cells=("gru",)),
    Param("z", "update", **choice("keep", "write")),
)
"""The lab's: a cell edited there may have become another kind, so that z means something everywhere."""

PLACE = {"step": int, "phase": str, "unit": int, "view": str, "move": str, "speed": str}
VIEWS = ("belt", "diagram", "unrolled")
MOVES = ("step", "phase")
SPEEDS = ("0.5", "1", "2", "4", "8")
PACKED = {"text": "text", "numbers": "numbers", "signal": "brackets"}
"""Which field travels compressed as ``data`` for an input that a person typed."""

CHOICES = (
    "input", "begin", "cell", "cells", "preset", "challenge", "demo", "through", "signal", "company", "task",
)  # fmt: skip
"""Parameters of what a person chooses to look at: *back* goes through their values, not through steps."""

NAMES = tuple(
    dict.fromkeys(
        [param.name for param in PARAMS + BENCH_PARAMS]
        + ["preset", "through", "data", "lab", *PLACE]
        + [slider.id for presets in PRESETS.values() for preset in presets for slider in preset.sliders]
    )
)
"""Every parameter that may stand in an address of ours, so that the stage knows which to take out again."""


def write(state: State) -> dict[str, str]:
    """The query parameters of a state, in a stable order; own input compressed as ``data``."""
    defaults = State(state.cell)
    found = {}
    for param in params(state):
        value = getattr(state, param.attribute)
        counts = state.source in param.sources and state.cell in param.cells
        if counts and (param.always or value != getattr(defaults, param.attribute)):
            found[param.name] = f"{value:g}" if isinstance(value, float) else str(value)
    if state.source == "preset":
        found |= {"preset": state.preset or PRESETS[state.cell][0].id}
    elif state.through:
        found["through"] = state.through
    found |= {name: f"{value:g}" for name, value in state.sliders.items()}
    own = getattr(state, PACKED.get(state.source, ""), "")
    if own:
        found["data"] = compress(own)
    if state.lab:
        found["lab"] = state.lab
    return found


def params(state: State) -> tuple[Param, ...]:
    """The parameters that the links of a state's page may have."""
    return BENCH_PARAMS if state.bench else PARAMS


def read(query: Mapping[str, str], base: State) -> tuple[State, Place, list[Problem]]:
    """The state and place that a link describes, over the defaults of ``base``'s cell, and what it got wrong.

    Args:
        query: the query parameters, decoded.
        base: gives the cell, and the language where the link has none.
    """
    problems: list[Problem] = []
    fields: dict[str, Any] = {"cell": base.cell, "lang": base.lang}
    for param in params(base):
        if param.name in query and fields["cell"] in param.cells:
            try:
                fields[param.attribute] = param.read(query[param.name])
            except (ValueError, OverflowError):
                problems.append(problem(param.name, query[param.name], param.allowed))
    state = State(bench=base.bench, **fields)
    if state.source == "challenge":
        state = state.having(challenge=state.challenge or next(iter(CHALLENGES)))
        state = state.having(cell=CHALLENGES[state.challenge].start.kind)
    state = _read_network(state, query, problems)
    state = _read_own(state, query, problems)
    state, cell = _read_lab(state, query, problems)
    return state, read_place(query, cell, problems), problems


def _read_network(state: State, query: Mapping[str, str], problems: list[Problem]) -> State:
    presets = {preset.id: preset for preset in PRESETS[state.cell]}
    for name, field in (("preset", "preset"), ("through", "through")):
        if name in query:
            if query[name] in presets or (name == "through" and query[name] == "random"):
                state = state.having(**{field: query[name]})
            else:
                problems.append(problem(name, query[name], ", ".join(presets)))
    chosen = presets.get(state.preset if state.source == "preset" else state.through)
    if state.source == "preset" and chosen is None:
        chosen = PRESETS[state.cell][0]
    sliders = {}
    for slider in chosen.sliders if chosen else ():
        if slider.id in query:
            bounds = number(float, slider.minimum, slider.maximum)
            try:
                sliders[slider.id] = bounds["read"](query[slider.id])
            except (ValueError, OverflowError):
                problems.append(problem(slider.id, query[slider.id], bounds["allowed"]))
    return replace(state, sliders=sliders)


def _read_own(state: State, query: Mapping[str, str], problems: list[Problem]) -> State:
    field = PACKED.get(state.source)
    if field is None or "data" not in query:
        return state
    try:
        return state.having(**{field: expand(query["data"])})
    except ValueError:
        problems.append(Problem("link.data", {}))
        return replace(state, source="preset")


def _read_lab(state: State, query: Mapping[str, str], problems: list[Problem]) -> tuple[State, str]:
    """The state with what was edited, and the kind of cell that came of it."""
    if not state.bench or "lab" not in query:
        return state, state.cell
    try:
        edited = labstate.unpack(query["lab"])
    except InputError as wrong:
        problems.append(Problem(wrong.key, wrong.values))
        return state, state.cell
    return state.having(lab=labstate.pack(edited)), edited.kind


def read_place(query: Mapping[str, str], cell: str, problems: list[Problem]) -> Place:
    """Where a link says that the stage of a ``cell`` stands; what it got wrong is added to ``problems``."""
    allowed = {"phase": KINDS[cell].phases, "view": VIEWS, "move": MOVES, "speed": SPEEDS}
    found: dict[str, Any] = {}
    for name, kind in PLACE.items():
        if name not in query:
            continue
        try:
            value = kind(query[name])
            if kind is int and not 1 <= value <= 1000:
                raise ValueError(value)
            if kind is str and value not in allowed[name]:
                raise ValueError(value)
            found[name] = value
        except ValueError:
            problems.append(problem(name, query[name], ", ".join(allowed.get(name, ("1 … 1000",)))))
    return Place(**found)


def problem(name: str, value: str, allowed: str) -> Problem:
    """What to say of a parameter whose value is not possible."""
    return Problem("link.value", {"name": name, "value": value[:40], "allowed": allowed})


def header(parameters: Mapping[str, str], names: Sequence[str]) -> dict[str, Any]:
    """What the stage needs to write a link: its parameters, and apart from them what is too long for one."""
    whole = length(parameters) <= LONGEST
    long = {} if whole else {name: parameters[name] for name in ("data", "lab") if name in parameters}
    kept = {name: value for name, value in parameters.items() if name not in long}
    return {
        "params": kept, "names": list(names), "choices": list(CHOICES), "whole": whole, "long": long,
    }  # fmt: skip


def length(parameters: Mapping[str, str]) -> int:
    """Characters that the parameters add to an address; all values but few are plain ASCII."""
    return sum(len(name) + len(value) + 2 for name, value in parameters.items())


def compress(text: str) -> str:
    """Text for a link: deflated, in the base64 alphabet that addresses allow, without padding."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def expand(packed: str) -> str:
    """The text of :func:`compress`.

    Raises:
        ValueError: where it is damaged, or unfolds to more than ``LARGEST_INPUT`` characters.
    """
    try:
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        stream = zlib.decompressobj()
        data = stream.decompress(raw, LARGEST_INPUT + 1)
        if len(data) > LARGEST_INPUT or not stream.eof:
            raise ValueError(packed[:40])
        return data.decode()
    except (binascii.Error, zlib.error, UnicodeError) as damaged:
        raise ValueError(packed[:40]) from damaged


def rounded(value: float) -> float:
    """A slider's value as a link carries it, so that the picture behind a link is the same to the bit."""
    return float(f"{value:g}") if math.isfinite(value) else 0.0
