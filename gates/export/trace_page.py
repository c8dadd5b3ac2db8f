"""A page of one's own run: of the trace of a cell, which no link of the app names."""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import dataclass, fields, replace
from typing import Any, cast

import numpy as np

from gates import Trace
from gates.core.clamps import ResolvedClamps
from gates.errors import GatesError, OptionError, ShapeError
from gates.examples.notation.kinds import KINDS, DrawnKind
from gates.export import page, stages, states
from gates.inputs.sequence import MAX_STEPS, MAX_VOCABULARY, Sequence, number_label
from gates.scenes import header, payload
from gates.scenes.registry import PAGES
from gates.scenes.scene import MOST_UNITS, Scene
from gates.scenes.state import Position
from gates.text import LANGUAGES, translator

_KINDS = {kind.type: cast(DrawnKind, name) for name, kind in KINDS.items()}
_LINEAR = ("tanh", "identity")
_SQUASHES = {"activation": ("tanh", "relu"), "candidate_activation": _LINEAR, "cell_activation": _LINEAR}
"""The activations that the stage draws and works out, by option; of others the common one alone."""


@dataclass(frozen=True, eq=False)
class OwnScene(Scene):
    """A run by somebody's own weights."""

    @property
    def random(self) -> bool:
        """False: nothing is known of where the weights come from."""
        return False


def build(
    trace: Any,
    *,
    sequence: int = 0,
    step: int = 1,
    tokens: Several[str] | None = None,
    inputs: Several[str] | None = None,
    units: Several[str] | None = None,
    lang: str = LANGUAGES[0],
) -> str:
    """Return the HTML file of a run; :func:`gates.notebook.show` says what its arguments are.

    Raises:
        GatesError: for what is no trace of a cell that the stage draws, or too large, and for names or
            numbers that do not fit it.
    """
    kind = _kind(trace)
    run = one_sequence(trace, sequence)
    _check(run)
    length, width = run.x.shape
    if not 1 <= step <= length:
        raise ShapeError("error.notebook.step", given=step, count=length)
    count = {"tokens": length, "inputs": width, "units": run.source.hidden}
    for name, names in (("tokens", tokens), ("inputs", inputs), ("units", units)):
        if names is not None and len(names) != count[name]:
            raise ShapeError("error.notebook.names", name=name, given=len(names), count=count[name])
    x = np.array(run.x, dtype=np.float64)
    labels = [number_label(row[0]) for row in x] if width == 1 else range(1, length + 1)
    read = Sequence(
        x,
        tuple(map(str, labels if tokens is None else tokens)),
        tuple(map(str, [f"x{number + 1}" for number in range(width)] if inputs is None else inputs)),
    )
    scene = OwnScene(run.source, read, run, None, {})
    by_language = {language: _stage_data(kind, scene, units, language) for language in LANGUAGES}
    bodies: dict[str, int] = {}
    packed = states.merge_languages(by_language, bodies)
    packed |= {"at": Position(step=step).as_json(), "path": None, "params": {}}
    return page.filled([packed], list(bodies), lang)


def _stage_data(kind: DrawnKind, scene: Scene, units: Several[str] | None, language: str) -> stages.StageData:
    name = kind if kind in PAGES else "compare"
    t, state = translator(language), replace(PAGES[name].opening, lang=language)
    described = header.describe(name, state, t, scene) | {"link": None}
    if units is not None:
        described["unit_names"] = list(map(str, units))
    steps, hidden = scene.trace.hidden.shape
    title = t("notebook.title", kind=KINDS[kind].name, steps=steps, units=hidden)
    return stages.StageData(described, payload.arrays(scene.trace), title)


def _kind(trace: Any) -> DrawnKind:
    """The kind of a trace's cell, as far as the stage draws it."""
    if not isinstance(trace, Trace):
        raise ShapeError("error.notebook.trace", given=type(trace).__name__)
    cell = trace.source
    kind = next((name for cell_type, name in _KINDS.items() if isinstance(cell, cell_type)), None)
    if kind is None:
        drawn = ", ".join(each.name for each in KINDS.values())
        raise OptionError("error.notebook.kind", kind=type(cell).__name__, drawn=drawn)
    others = cell.other_squashes
    if getattr(cell, "projection", None) is not None:
        others["projection"] = cell.outputs
    for option, value in others.items():
        if value not in _SQUASHES.get(option, ()):
            raise OptionError("error.notebook.option", kind=KINDS[kind].name, option=f"{option}={value!r}")
    return kind


def one_sequence(trace: Trace, sequence: int = 0) -> Trace:
    """Return the trace of one sequence alone, in the order in which it was read.

    Args:
        trace: of a run.
        sequence: which one of a batch, from 0.

    Raises:
        ShapeError: it is the trace of a single step, or there is no such sequence.
    """
    state = "hidden" if hasattr(trace, "initial_hidden") else "normaliser"
    if getattr(trace, f"initial_{state}").ndim == getattr(trace, state).ndim:
        raise ShapeError("error.notebook.single")
    batch = trace.x.ndim == 3
    count = trace.x.shape[1] if batch else 1
    if not 0 <= sequence < count:
        raise ShapeError("error.notebook.sequence", given=sequence, count=count)
    length = len(trace.x) if trace.lengths is None else int(trace.lengths[sequence])
    valid = np.s_[:length, sequence] if batch else np.s_[:length]

    def read(array: np.ndarray) -> np.ndarray:
        return array[valid][::-1] if trace.reverse else array[valid]

    changed: dict[str, Any] = {name: read(getattr(trace, name)) for name in trace.over_time}
    for each in fields(trace):
        if batch and each.name.startswith("initial_"):
            changed[each.name] = getattr(trace, each.name)[sequence]
    clamps = trace.clamps
    if clamps:
        clamps = ResolvedClamps(
            {name: mask[valid] for name, mask in clamps.masks.items()},
            {name: values[valid] for name, values in clamps.values.items()},
        )
    return replace(trace, **changed, lengths=None, reverse=False, clamps=clamps)


def _check(run: Trace) -> None:
    """See that the stage takes a run: not too large, and finite."""
    steps, hidden = run.hidden.shape
    inputs = run.x.shape[1]
    if hidden > MOST_UNITS or inputs > MAX_VOCABULARY:
        raise ShapeError("error.notebook.wide", units=hidden, inputs=inputs)
    most = min(MAX_STEPS, states.LARGEST_RUN // hidden)
    if steps > most:
        limit = states.LARGEST_RUN
        raise ShapeError("error.notebook.large", steps=steps, units=hidden, limit=limit, most=most)
    for name, values in payload.arrays(run).items():
        if values.ndim and len(values) == steps and not np.isfinite(values).all():
            step = int(np.argmin(np.isfinite(values).reshape(steps, -1).all(axis=1)))
            raise GatesError("error.notebook.finite", signal=name, step=step + 1, before=step)
