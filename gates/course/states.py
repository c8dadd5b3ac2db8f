"""A lesson's states: which cell reads what, as a link of the app and as a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

import numpy as np

from gates.course import inputs, recordings
from gates.course.expressions import LessonError
from gates.examples.lab import codec
from gates.examples.lab.state import Clamped, LabState
from gates.examples.notation.kinds import CellKind
from gates.examples.presets.random_cell import random_cell
from gates.exercises.classics import classic
from gates.exercises.file import from_json
from gates.inputs.sequence import one_hot
from gates.scenes import scene
from gates.scenes.lab import exercises
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.codec import LONGEST, length
from gates.scenes.registry import PAGES
from gates.scenes.scene import Scene
from gates.scenes.state import Position, State

Spec = Mapping[str, Any]
"""A state, in one of four forms; ``docs/course.md`` has an example of each.

``cell`` and ``through``, the example whose weights are used, with its ``sliders``, or "random" with
``units``, ``seed`` and ``bias``; a GRU's ``reset``; and ``tokens``, what it reads, each a text of
one-character tokens or such a text and how often it comes. ``exercise``: a published one by its name, or
one written as its file is. ``scratch``: random weights as ``{"inputs", "units", "seed", "bias"}``, with
``x``. ``film``: the network of a recorded training at the step ``checkpoint``, with ``tokens``.

In all of them: ``clamps`` as ``{"signal", "value", "units", "steps"}``, all counted from 1; ``reverse``, to
read from the end; ``at``, the position: ``{"step", "phase", "unit"}``; ``loss``, as :mod:`gates.course.runs`.
"""


def text_of(tokens: Sequence[Any]) -> str:
    """Return the sequence that ``tokens`` of a state spell."""
    return "".join(part if isinstance(part, str) else part[0] * part[1] for part in tokens)


def state_of(spec: Spec, language: str = "en") -> State:
    """Return the app's state of a lesson's.

    Raises:
        LessonError: it is of no known form, or clamps what cannot be.
    """
    if "through" not in spec:
        return _in_lab(spec, language)
    sliders = {name: float(value) for name, value in spec.get("sliders", {}).items()}
    plain = State(
        spec["cell"],
        **_input(spec),
        through=spec["through"],
        sliders=sliders,
        lang=language,
        **_options(spec),
    )
    return _lab_state(spec, plain) if spec.get("clamps") else plain


def _lab_state(spec: Spec, plain: State) -> State:
    """The lab's state of an example that reads what it reads on its own page, with what is held."""
    built, sliders, language = scene.build(plain), plain.sliders, plain.lang
    lab = LabState.of(built.cell, clamps=_clamps(spec), x=built.sequence.x, tokens=built.sequence.tokens)
    more = {name: value for name, value in _options(spec).items() if name == "reset"}
    return State(
        spec["cell"],
        in_lab=True,
        preset=spec["through"],
        sliders=sliders,
        lab=codec.pack(lab),
        lang=language,
        **more,
    )


def _input(spec: Spec) -> dict[str, Any]:
    """What an example's weights read: a text, or a signal that the app makes."""
    if "signal" in spec:
        signal = spec["signal"]
        more = {name: signal[name] for name in ("steps", "at") if name in signal}
        if "period" in signal:
            more["period"] = float(signal["period"])
        return {"source": "signal", "signal": signal["name"], **more}
    text = text_of(spec["tokens"])
    return {"source": "text", "text": text[::-1] if spec.get("reverse") else text}


_NAMES = {"units": "hidden", "seed": "seed", "bias": "bias", "activation": "activation", "reset": "reset"}


def _options(spec: Spec) -> dict[str, Any]:
    return {_NAMES[name]: spec[name] for name in _NAMES if name in spec}


def _in_lab(spec: Spec, language: str) -> State:
    """The state of a lesson's own cell, which is the lab's."""
    exercise = spec.get("exercise")
    if isinstance(exercise, str) and not spec.get("clamps") and not spec.get("reverse"):
        kind = cast("CellKind", classic(exercise).kind)
        return State(kind, in_lab=True, source="exercise", exercise=exercise, lang=language)
    lab = _lab(spec)
    if lab.x is None:
        raise LessonError(f"{spec} reads nothing")
    x = lab.x[::-1].copy() if spec.get("reverse") else lab.x
    tokens = lab.tokens if "film" in spec else exercises.labels(lab.x)
    tokens = tokens[::-1] if spec.get("reverse") else tokens
    lab = replace(lab, x=x, tokens=tokens, clamps=_clamps(spec))
    sizes: dict[str, Any] = {"inputs": lab.inputs, "hidden": lab.hidden}
    return State(lab.kind, in_lab=True, source="scratch", **sizes, lab=codec.pack(lab), lang=language)


def _lab(spec: Spec) -> LabState:
    match spec:
        case {"exercise": str(name)}:
            return exercises.to_lab(classic(name))
        case {"exercise": exercise}:
            return exercises.to_lab(from_json(inputs.expand_exercise(exercise)))
        case {"scratch": scratch, "cell": kind, "x": x}:
            options = {_SCRATCH[name]: value for name, value in scratch.items()}
            cell = random_cell(kind, **options)
            return replace(LabState.of(cell).rounded(), **_read(x))
        case {"film": film, "checkpoint": step, "tokens": tokens}:
            read, columns = tuple(text_of(tokens)), recordings.symbols(film)
            named = {"x": one_hot(read, columns).x, "tokens": read, "columns": columns}
            return LabState.of(recordings.cell(film, step), **named)
    raise LessonError(f"{spec} is no state")


_SCRATCH = {"inputs": "inputs"} | {name: name for name in ("seed", "bias", "reset", "activation")}
_SCRATCH["units"] = "hidden"


def _read(rows: Sequence[Any]) -> dict[str, Any]:
    x = np.array(inputs.rows(rows), dtype=np.float64)
    return {"x": x, "tokens": exercises.labels(x)}


def _clamps(spec: Spec) -> tuple[Clamped, ...]:
    return tuple(_clamp(clamp) for clamp in spec.get("clamps", ()))


def _clamp(spec: Mapping[str, Any]) -> Clamped:
    units, steps = spec.get("units"), spec.get("steps")
    return Clamped(
        spec["signal"],
        float(spec["value"]),
        tuple(unit - 1 for unit in units) if units else None,
        (steps[0] - 1, steps[1] - 1) if steps else None,
    )


def link_of(spec: Spec) -> str:
    """Return the link of a lesson's state, without a language: page, parameters and position.

    Raises:
        LessonError: the link is too long for an address, or does not open what it was made of.
    """
    state = state_of(spec)
    page = "lab" if state.in_lab else state.cell
    table, opening = PAGES[page].link, PAGES[page].opening
    params = {name: value for name, value in table.write(state).items() if name not in ("lang", "notation")}
    position = {name: str(value) for name, value in spec.get("at", {}).items()}
    read, at, problems = table.read(params | position, opening)
    if problems or length(params) > LONGEST or table.write(read) != table.write(state):
        raise LessonError(f"{spec} is no link: {problems or params}")
    if at != Position(**spec.get("at", {})):
        raise LessonError(f"{spec} stands at {at}")
    return f"/{page}?{urlencode(params | position)}"


def lab_link_of(spec: Spec) -> str:
    """Return the link of a lesson's state in the lab, where all of it can be changed; like ``link_of``."""
    state = state_of(spec)
    state = state if state.in_lab else _lab_state(spec, state)
    table = PAGES["lab"].link
    params = {name: value for name, value in table.write(state).items() if name not in ("lang", "notation")}
    return f"/lab?{urlencode(params | {name: str(value) for name, value in spec.get('at', {}).items()})}"


def run_of(spec: Spec) -> Scene:
    """Return the run of a lesson's state."""
    state = state_of(spec)
    return lab_scene.build(state) if state.in_lab else scene.build(state)
