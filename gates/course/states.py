"""A lesson's states: which cell reads what, as a link of the app and as a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from gates.course.expressions import LessonError
from gates.examples.lab import codec
from gates.examples.lab.state import Clamped, LabState
from gates.scenes import scene
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.codec import LONGEST, length
from gates.scenes.registry import PAGES
from gates.scenes.scene import Scene
from gates.scenes.state import Place, State

Spec = Mapping[str, Any]
"""``cell``; ``through``, the example whose weights are used, with its ``sliders``; ``tokens``, what it reads,
each a text of one-character tokens or such a text and how often it comes; ``clamps`` as ``{"signal", "value",
"units", "steps"}``, all counted from 1; ``at``, the place as ``{"step", "phase", "unit"}``."""


def text_of(tokens: Sequence[Any]) -> str:
    """Return the sequence that ``tokens`` of a state spell."""
    return "".join(part if isinstance(part, str) else part[0] * part[1] for part in tokens)


def state_of(spec: Spec, language: str = "en") -> State:
    """Return the app's state of a lesson's.

    Raises:
        LessonError: it clamps what cannot be.
    """
    sliders = {name: float(value) for name, value in spec.get("sliders", {}).items()}
    plain = State(
        spec["cell"],
        source="text",
        text=text_of(spec["tokens"]),
        through=spec["through"],
        sliders=sliders,
        lang=language,
    )
    if not spec.get("clamps"):
        return plain
    shown = scene.build(plain)
    clamps = tuple(_clamp(one) for one in spec["clamps"])
    lab = LabState.of(
        shown.cell,
        clamps=clamps,
        x=shown.sequence.x,
        tokens=shown.sequence.tokens,
    )
    return State(
        spec["cell"], in_lab=True, preset=spec["through"], sliders=sliders, lab=codec.pack(lab), lang=language
    )


def _clamp(told: Mapping[str, Any]) -> Clamped:
    units, steps = told.get("units"), told.get("steps")
    return Clamped(
        told["signal"],
        float(told["value"]),
        tuple(unit - 1 for unit in units) if units else None,
        (steps[0] - 1, steps[1] - 1) if steps else None,
    )


def link_of(spec: Spec) -> str:
    """Return the link of a lesson's state, without a language: page, parameters and place.

    Raises:
        LessonError: the link is too long for an address, or does not open what it was made of.
    """
    state = state_of(spec)
    page = "lab" if state.in_lab else state.cell
    table, opening = PAGES[page].link, PAGES[page].opening
    params = {name: value for name, value in table.write(state).items() if name not in ("lang", "notation")}
    place = {name: str(value) for name, value in spec.get("at", {}).items()}
    read, at, problems = table.read(params | place, opening)
    if problems or length(params) > LONGEST or table.write(read) != table.write(state):
        raise LessonError(f"{spec} is no link: {problems or params}")
    if at != Place(**spec.get("at", {})):
        raise LessonError(f"{spec} stands at {at}")
    return f"/{page}?{urlencode(params | place)}"


def run_of(spec: Spec) -> Scene:
    """Return the run of a lesson's state."""
    state = state_of(spec)
    return lab_scene.build(state) if state.in_lab else scene.build(state)
