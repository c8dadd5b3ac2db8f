"""Questions that are answered on the stage: what is asked, what is true, what a named mistake would answer.

``assets/stage/guess/judge.js`` judges the answers; what is said here of right and close is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gates.course.expressions import Figure, LessonError
from gates.course.figures import value_of
from gates.course.runs import Runs

STAGED = ("value", "lane", "draw", "unit", "cell")
"""Kinds of steps whose answer is given on the stage."""
LEVELS = "levels"
"""Another one: a course of numbers that no signal of the run has, drawn above its picture."""
ASKING = ("number", "choice", LEVELS, *STAGED)
RIGHT, CLOSE = 0.05, 0.15
"""As far off as this is right, and close, or this share of the truth where that is beyond 1."""
SHAPES = ("flat", "zero", "fades", "grows")
"""Courses that a drawing may have: as it was before, 0, half as much at each step, on as it went."""


def stage_question(step: Mapping[str, Any], ask: Mapping[str, Any], runs: Runs) -> dict[str, Any]:
    """Return a step's question as the stage is asked it, with the numbers of the cells to choose from.

    Args:
        step: of a kind in ``STAGED``.
        ask: its ``ask``, with everything drawn put in.
        runs: the runs of the step.

    Raises:
        LessonError: the run has not what is asked for.
    """
    trace = runs[""].trace  # type: ignore[union-attr]  # the stage shows no experiment
    signal, last = ask["signal"], ask["step"] + ask.get("steps", 1) - 1
    first = ask.get("from", ask["step"])
    if signal not in trace.source.signals[1:] or not 1 <= first <= ask["step"] <= last <= trace.steps:
        raise LessonError(f"nothing is there to ask for: {ask}")
    if step["kind"] != "cell":
        return {"kind": step["kind"], **ask}
    cells = [{"name": name, "value": value_of(figure, runs)} for name, figure in ask["cells"].items()]
    return {"kind": "cell", **ask, "cells": cells}


def truth(question: Mapping[str, Any], trace: Any) -> Any:
    """Return what is true: a number, a list of them for ``draw``, a place from 0 for a unit or a cell."""
    kind, at = question["kind"], question["step"] - 1
    if kind == "cell":
        return int(np.argmax([abs(cell["value"]) for cell in question["cells"]]))
    values = np.asarray(getattr(trace, question["signal"]))
    if kind == "unit":
        return int(np.argmax(np.abs(values[at])))
    unit = question.get("unit", 1) - 1
    course = values[at : at + question.get("steps", 1), unit]
    return [float(value) for value in course] if kind == "draw" else float(course[0])


def value_of_mistake(question: Mapping[str, Any], spec: Any, runs: Runs) -> Any:
    """Return what somebody answers who makes a mistake, as figures that are numbers.

    Args:
        question: as ``stage_question`` returns it.
        spec: the mistake's ``of``: a figure; of a drawing one of ``SHAPES`` or a figure a step; of a choice
            ``{"unit": n}``, from 1, or ``{"cell": name}``.
        runs: the runs of the step.
    """
    trace = runs[""].trace  # type: ignore[union-attr]
    match spec:
        case {"unit": unit} if question["kind"] == "unit":
            return {"number": unit - 1}
        case {"cell": name} if question["kind"] == "cell":
            return {"number": [cell["name"] for cell in question["cells"]].index(name)}
        case str(shape):
            return [{"number": value} for value in named_course(shape, question, trace)]
        case list(figures):
            return [{"number": value_of(figure, runs)} for figure in figures]
    return {"number": value_of(spec, runs)}


def named_course(shape: str, question: Mapping[str, Any], trace: Any) -> list[float]:
    """Return a course of a named shape, from what was before the first drawn step."""
    steps, unit = question["steps"], question.get("unit", 1) - 1
    before = [_before(trace, question["signal"], question["step"] - back, unit) for back in (1, 2)]
    start, pace = before[0], before[0] - before[1]
    match shape:
        case "flat":
            return [start] * steps
        case "zero":
            return [0.0] * steps
        case "fades":
            return [start / 2**k for k in range(1, steps + 1)]
        case "grows":
            return [start + pace * k for k in range(1, steps + 1)]
    raise LessonError(f"no shape: {shape}, but {', '.join(SHAPES)}")


def _before(trace: Any, signal: str, step: int, unit: int) -> float:
    """A signal's value at a step from 1; before the first one 0, or the state that a run begins in."""
    if step >= 1:
        return float(getattr(trace, signal)[step - 1, unit])
    begun = getattr(trace, f"previous_{signal}", None)
    return 0.0 if begun is None else float(begun[0, unit])


def share(guess: Any, actual: Any) -> float:
    """Return how far an answer is off, of 1 or of the truth where that is larger; of a list at its worst."""
    guessed, true = np.atleast_1d(np.asarray(guess, float)), np.atleast_1d(np.asarray(actual, float))
    return float(np.max(np.abs(guessed - true) / np.maximum(1, np.abs(true))))


def indistinguishable(
    question: Mapping[str, Any], truth_value: Any, mistakes: Mapping[str, Any], apart: float
) -> list[str]:
    """Return which mistakes of a question could not be told from the truth, or from one another."""
    by_mistake = {name: _numbers(figure) for name, figure in mistakes.items()}
    if question["kind"] in ("unit", "cell"):
        taken = [*by_mistake.values(), truth_value]
        return (
            [] if len(set(taken)) == len(taken) else [f"a mistake is the truth, or two are one: {by_mistake}"]
        )
    near = [
        f"the mistake {name}, {value}, is too near to {truth_value}"
        for name, value in by_mistake.items()
        if share(value, truth_value) < apart * RIGHT
    ]
    names = list(by_mistake)
    for index, first in enumerate(names):
        for second in names[index + 1 :]:
            if share(by_mistake[first], by_mistake[second]) <= 2 * RIGHT:
                near.append(f"{first} and {second} are told from each other by nothing")
    return near


def _numbers(figure: Figure | list[Figure]) -> Any:
    return [entry["number"] for entry in figure] if isinstance(figure, list) else figure["number"]
