"""Figures that are computed here alone: of other runs than the one on the stage, of gradients, of trainings.

``resolve`` turns each into a number, so that the browser (``assets/course/lesson/figures.js``) needs no more
than the forms of :mod:`gates.course.expressions`. An answer is never read from elsewhere than the engine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from gates.course import recordings
from gates.course.expressions import GATES, Figure, LessonError, evaluate
from gates.course.runs import Run, Runs, finite

PYTHON_ONLY = ("run", "gradient", "solution", "log10", "count", "curve", "score", "published")
_MADE_OF = ("rest", "tanh", "halflife", "ratio", "product", "sum", "power")


def resolve(figure: Any, runs: Runs, name: str = "") -> Any:
    """Return a figure, a list or a mapping of them, with numbers for what is computed here alone.

    Besides the forms of :func:`gates.course.expressions.evaluate` there are: ``"run": name`` beside any
    figure, for that run of the step's ``runs``; ``gradient`` as ``{"signal", "step", "unit"}``, ∂L/∂ of it,
    step 0 for the initial state, or ``{"weight": [name, row, column]}``, with ``step`` what that step adds
    to it; both with ``"norm": true`` for the length over units, or of the matrix ``"weight": name``;
    ``solution``, a path into what ``gatescope solve --json`` prints of a state that is an exercise;
    ``log10`` of a figure's size; ``count``, in how many of ``seeds`` runs the figure ``of`` lies ``above``
    or ``below``; ``curve`` as ``{"film", "series", "step"}``; ``score`` as ``{"cell", "task", "length"}``;
    ``published``, the training perplexity that d2l reports of a cell.

    Args:
        figure: with everything drawn put in.
        runs: the runs of the step.
        name: the run that is meant where a figure names none.

    Raises:
        LessonError: for a run that there is not, a gradient that there is not, or what is no number.
    """
    if isinstance(figure, list):
        return [resolve(entry, runs, name) for entry in figure]
    if not isinstance(figure, Mapping):
        return figure
    named = figure.get("run", name)
    if not isinstance(named, str):
        raise LessonError(f"no run: {named}")
    without_run = {key: value for key, value in figure.items() if key != "run"}
    for key in _MADE_OF:
        if key in without_run:
            without_run[key] = resolve(without_run[key], runs, named)
    value = _value(without_run, runs, named)
    if value is None and named == "":
        return without_run
    if value is None:
        value = _read(without_run, runs, named)
    digits = {key: figure[key] for key in ("digits",) if key in figure}
    gate = {"gate": True} if without_run.get("signal") in GATES and "run" in figure else {}
    return {"number": finite(value, figure), **digits, **gate}


def value_of(figure: Figure, runs: Runs) -> float:
    """Return the value of a figure of any form."""
    return _read(resolve(figure, runs), runs, "")


def _read(figure: Figure, runs: Runs, name: str) -> float:
    run = runs[name]
    if isinstance(run, Run):
        return evaluate(figure, run.trace, run.sliders)
    raise LessonError(f"of an experiment there are gradients alone: {figure}")


def _value(figure: Figure, runs: Runs, name: str) -> float | None:
    """The value of what is computed here alone; None for the other forms."""
    match figure:
        case {"gradient": spec}:
            return runs[name].gradient(spec)
        case {"solution": path}:
            run = runs[name]
            if not isinstance(run, Run):
                raise LessonError(f"an experiment has no solution: {figure}")
            return run.solved(path)
        case {"log10": one}:
            return math.log10(abs(_read(resolve(one, runs, name), runs, name)))
        case {"count": {"of": of, "seeds": seeds, **limits}}:
            values = runs.over(of.get("run", name), seeds, of)
            met = (values >= _limit(limits, "above", -np.inf)) & (values <= _limit(limits, "below", np.inf))
            return float(np.sum(met))
        case {"curve": {"film": film, "series": series, "step": step}}:
            return recordings.curve(film, series, step)
        case {"score": {"cell": cell, "task": task, **more}}:
            options = {name: more.get(name) for name in ("length", "seen")}
            return recordings.score(cell, task, **options, without_memory=bool(more.get("without_memory")))
        case {"published": cell}:
            return recordings.published(cell)
    return None


def _limit(limits: Mapping[Any, Any], name: str, otherwise: float) -> float:
    return float(limits.get(name, otherwise))
