"""The states of the pages that set up an experiment, compare and gradients, and their links both ways.

Each has a table of query parameters of its own; what :mod:`gates.scenes.links.codec` promises holds here too:
reading never fails, a parameter that makes no sense is left at its default and named in a :class:`Problem`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from gates.analysis.clipping import Mode
from gates.analysis.ensembles import AIMS, INITS, KINDS, Aim, Init
from gates.examples.comparisons import COLUMNS, COMPARISONS, MOST_COLUMNS, OPENING
from gates.examples.demonstrations import DEMONSTRATIONS
from gates.examples.notation.kinds import CellKind, DrawnKind
from gates.examples.notation.letters import NOTATIONS, Reset
from gates.scenes.links import codec
from gates.scenes.links.codec import (
    PARAMS,
    PLACE,
    Param,
    Problem,
    choice,
    compress,
    expand,
    number,
    problem,
    read_place,
)
from gates.scenes.state import Place, State
from gates.text import LANGUAGES

LARGEST_GAIN = 1e9
MOST_SEEDS = 10
GRADIENT_SOURCES = ("noise", "letters", "text")
COMPARE_SOURCES = ("preset", "text", "numbers", "signal", "prices")


@dataclass(frozen=True)
class GradientState(State):
    """What the gradients page shows. Its ``cell`` is the one on the stage; curves are drawn for all kinds."""

    cell: CellKind = "lstm"
    demo: str = ""  # "" is an experiment of one's own
    source: str = "noise"
    steps: int = 100
    hidden: int = 32
    seeds: int = 10

    gain: float = 1.0
    init: Init = "default"
    forget: float | None = None  # None leaves the bias as drawn
    keep: float | None = None  # the update bias of a GRU
    reset: Reset = "after"

    aim: Aim = "last"
    loss_step: int = 0  # from 1; 0 is the last
    loss_unit: int = 1
    reads: Literal["hidden", "cell"] = "hidden"

    threshold: float = 1.0
    clipping: Mode = "norm"
    weight: float = 1.25  # of Bengio's latch
    cliff_clip: bool = False  # whether the descent at Pascanu's cliff is clipped


@dataclass(frozen=True)
class CompareState(State):
    """What the compare page shows: a prepared comparison, or up to four kinds of cell with random weights."""

    cell: CellKind = "lstm"
    preset: str = OPENING
    columns: tuple[str, ...] = ("rnn", "lstm", "gru-after")
    hidden: int = 8
    disturb: int = 0  # the step whose input the memory test leaves out, from 1; 0 is the task's own

    @property
    def left_out(self) -> int:
        """The step whose input is left out, from 1."""
        return self.disturb or (COMPARISONS[self.preset].disturb if self.source == "preset" else 1)


def several(*options: str, most: int) -> dict[str, Any]:
    """How a list of words is read, each at most once, joined by commas."""

    def read(text: str) -> tuple[str, ...]:
        words = tuple(text.split(","))
        if not 1 <= len(words) <= most or len(set(words)) != len(words) or not set(words) <= set(options):
            raise ValueError(text)
        return words

    return {"read": read, "allowed": ", ".join(options)}


def _flag() -> dict[str, Any]:
    def read(text: str) -> bool:
        if text not in ("0", "1"):
            raise ValueError(text)
        return text == "1"

    return {"read": read, "allowed": "0, 1"}


_SHARED = (
    Param("lang", "lang", **choice(*LANGUAGES), always=True),
    Param("notation", "notation", **choice(*NOTATIONS)),
    Param("by", "by", **choice("characters", "words"), sources=("text",)),
    Param("z", "update", **choice("keep", "write")),
)

GRADIENT_PARAMS = (
    *_SHARED,
    Param("cell", "cell", **choice(*KINDS), always=True),
    Param("demo", "demo", **choice(*(one.id for one in DEMONSTRATIONS if one.view != "cells"))),
    Param("input", "source", **choice(*GRADIENT_SOURCES)),
    Param("T", "steps", **number(int, 1, 1000)),
    Param("units", "hidden", **number(int, 1, 64)),
    Param("seed", "seed", **number(int, 0, 10**9)),
    Param("seeds", "seeds", **number(int, 1, MOST_SEEDS)),
    Param("gain", "gain", **number(float, 0, LARGEST_GAIN)),
    Param("init", "init", **choice(*INITS)),
    Param("forget", "forget", **number(float, -20, 20)),
    Param("update", "keep", **number(float, -20, 20)),
    Param("activation", "activation", **choice("tanh", "relu")),
    Param("reset", "reset", **choice("before", "after")),
    Param("loss", "aim", **choice(*AIMS)),
    Param("at", "loss_step", **number(int, 0, 1000)),
    Param("of", "loss_unit", **number(int, 1, 64)),
    Param("reads", "reads", **choice("hidden", "cell")),
    Param("clip", "threshold", **number(float, 1e-6, 1e9)),
    Param("clipping", "clipping", **choice("norm", "value")),
    Param("w", "weight", **number(float, 0, 4)),
    Param("clipped", "cliff_clip", **_flag()),
)

COMPARE_PARAMS = (
    *_SHARED,
    Param("input", "source", **choice(*COMPARE_SOURCES)),
    Param("preset", "preset", **choice(*COMPARISONS), sources=("preset",), always=True),
    Param("cells", "columns", **several(*COLUMNS, most=MOST_COLUMNS), sources=COMPARE_SOURCES[1:]),
    Param("units", "hidden", **number(int, 1, 64), sources=COMPARE_SOURCES[1:]),
    Param("seed", "seed", **number(int, 0, 10**9), sources=COMPARE_SOURCES[1:]),
    Param("bias", "bias", **number(float, -20, 20), sources=COMPARE_SOURCES[1:]),
    Param("disturb", "disturb", **number(int, 0, 1000)),
    *(param for param in PARAMS if {"signal", "prices"} & set(param.sources) and len(param.sources) == 1),
)

PACKED = {"text": "text", "numbers": "numbers", "signal": "brackets"}
NAMES = tuple(dict.fromkeys([param.name for param in GRADIENT_PARAMS + COMPARE_PARAMS] + ["data", *PLACE]))
"""Every parameter that an address of these pages may have."""


def params(state: State) -> tuple[Param, ...]:
    """The parameters that the links of a state's page may have."""
    return GRADIENT_PARAMS if isinstance(state, GradientState) else COMPARE_PARAMS


def write(state: State) -> dict[str, str]:
    """The query parameters of a state: what differs from its page's opening, and the language always."""
    opening, found = type(state)(), {}  # type: ignore[call-arg]  # both kinds have a default for every field
    for param in params(state):
        value = getattr(state, param.attribute)
        counts = _counts(param, state)
        if value is not None and counts and (param.always or value != getattr(opening, param.attribute)):
            found[param.name] = _text(value)
    own = getattr(state, PACKED.get(state.source, ""), "")
    if own:
        found["data"] = compress(own)
    return found


def header(state: State) -> dict[str, Any]:
    """What the stage needs to write a state's link."""
    return codec.header(write(state), NAMES)


def _counts(param: Param, state: State) -> bool:
    """Whether a parameter means something for the state's input."""
    drawn = state.source in ("noise", "letters") and param.name != "by"
    return drawn or state.source in param.sources


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def read(query: Mapping[str, str], base: State) -> tuple[State, Place, list[Problem]]:
    """The state and place that a link describes, over ``base``, and what it got wrong."""
    problems: list[Problem] = []
    found: dict[str, Any] = {"lang": base.lang}
    for param in params(base):
        if param.name in query:
            try:
                found[param.attribute] = param.read(query[param.name])
            except (ValueError, OverflowError):
                problems.append(problem(param.name, query[param.name], param.allowed))
    state = replace(base, **found)
    state = _read_own(state, query, problems)
    return state, read_place(query, first_kind(state), problems), problems


def first_kind(state: State) -> DrawnKind:
    """The kind of cell on the stage whose place the link tells."""
    if isinstance(state, GradientState):
        shown = next((one for one in DEMONSTRATIONS if one.id == state.demo), None)
        return shown.changes["cell"] if shown else state.cell
    if not isinstance(state, CompareState):
        return state.cell
    prepared = COMPARISONS[state.preset].entries[0].column
    return COLUMNS[prepared if state.source == "preset" else state.columns[0]]


def _read_own(state: State, query: Mapping[str, str], problems: list[Problem]) -> State:
    if "data" not in query or state.source not in PACKED:
        return state
    try:
        return state.having(**{PACKED[state.source]: expand(query["data"])})
    except ValueError:
        problems.append(Problem("link.data", {}))
        return replace(state, source=type(state)().source)  # type: ignore[call-arg]
