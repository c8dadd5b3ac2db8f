"""What holds of every lesson: its links open, its numbers are the engine's, both languages say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from string import Formatter
from typing import Any

import numpy as np

from gates.course import durations, questions, reader
from gates.course.expressions import LessonError, evaluate, filled
from gates.course.figures import resolve, value_of
from gates.course.questions import ASKING, LEVELS, STAGED
from gates.course.runs import Runs
from gates.course.states import link_of, run_of
from gates.course.worked import KIND, Example, asks_nothing
from gates.text import LANGUAGES

KINDS = ("tell", "do", KIND, *ASKING)
LEAST_COMMITMENTS = 3
MISCONCEPTIONS = range(1, 21)
LEAST_DISTANCE = 3
"""How many tolerances an answer and a mistake that has a name lie apart."""
WITHIN = 0.05
"""Of the range: what counts as right where a step does not say (``assets/course/lesson/player.js``)."""

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_FIELD = re.compile(r"\{\w*\}")
Json = Mapping[str, Any]


def problems(name: str) -> Iterator[str]:
    """Yield what is wrong with a lesson."""
    plan = reader.structure(name)
    ids = [step["id"] for step in plan["steps"]]
    if len(set(ids)) < len(ids):
        yield f"{name}: two steps of one id"
    asks = [step for step in plan["steps"] if step["kind"] in (*ASKING, KIND) and not asks_nothing(step)]
    if len(asks) < LEAST_COMMITMENTS:
        yield f"{name} asks {len(asks)} times"
    if not any(step["kind"] in (*STAGED, LEVELS) for step in asks):
        yield f"{name} asks nothing on the stage"
    wrongs = [f"{name}, {step['id']}: {wrong}" for step in plan["steps"] for wrong in _step(step)]
    for language in LANGUAGES:
        wrongs += [f"{name}.{language}: {wrong}" for wrong in _words(plan, reader.words(name, language))]
    yield from wrongs
    for language in () if wrongs else LANGUAGES:
        for wrong in durations.problems(plan, reader.words(name, language), language):
            yield f"{name}.{language} {wrong}"


def keys(plan: Json) -> dict[str, Json]:
    """Return which sentences a lesson has, each with the step it belongs to, as ``step.part.part``."""
    steps_by_key: dict[str, Json] = {"title": {}, "lead": {}}
    for step in plan["steps"]:
        names = ["title", "text"]
        if step["kind"] == "do":
            names += ["task", "done"]
        if step["kind"] in (*ASKING, KIND) and not asks_nothing(step):
            names += ["question", "reason"]
        if "why" in step:
            names += ["why.question"]
            names += [f"why.{option}.{part}" for option in step["why"]["options"] for part in _OPTION]
        if step["kind"] in ASKING:
            names += [f"mistakes.{mistake}" for mistake in step.get("mistakes", {})]
            names += [f"{option}.{part}" for option in step.get("options", ()) for part in _OPTION]
            names += [f"cells.{cell}" for cell in step.get("ask", {}).get("cells", ())]
        names += ["axis.symbol", "axis.name"] if step["kind"] == LEVELS else []
        if "beside" in step:
            names += ["heads.own", "heads.beside"]
        steps_by_key |= {f"steps.{step['id']}.{part}": step for part in names}
    return steps_by_key


_OPTION = ("text", "because")
_BEFORE = ("title", "text", "question", "task")
"""The parts of a step that are said before its run is known."""


def flat(texts: Json, prefix: str = "") -> dict[str, str]:
    """Return the sentences of a lesson in a language by their keys, as :func:`keys` names them."""
    flattened: dict[str, str] = {}
    for key, value in texts.items():
        flattened |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flattened


def _words(plan: Json, sentences: Json) -> Iterator[str]:
    """Yield which sentences are missing, left over, or say what they cannot know."""
    expected, texts = keys(plan), flat(sentences)
    for key in expected.keys() ^ texts.keys():
        yield f"{key} is {'missing' if key in expected else 'left over'}"
    stated = set(plan.get("given", ()))
    for number in stated - {str(value) for value in _numbers(plan)}:
        yield f"{number} is said to be given, but no state has it"
    for key in expected.keys() & texts.keys():
        step, text = expected[key], texts[key]
        part = key.split(".", 2)[-1]
        option = step.get("kind") == "choice" and part.endswith(".text") and "why" not in part
        early = part in _BEFORE or option or part.startswith(("cells.", "heads.", "axis."))
        known = set(reader.draws_of(step)[0]) | set(step.get("given", {})) if step else set()
        known |= set() if early else set(step.get("figures", {}))
        for field in {name for _, name, _, _ in Formatter().parse(text) if name is not None} - known:
            yield f"{key} cannot know {{{field}}}"
        for number in set(_NUMBER.findall(_FIELD.sub("", text))) - stated - {"0", "1"}:
            yield f"{key} says {number}, which is neither computed nor given"


def _numbers(value: Any) -> Iterator[float | int | str]:
    """Every number of a lesson's structure, and every step that its tokens make."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            if key == "tokens":
                yield from (len(part) for part in entry if isinstance(part, str))
            if key != "given" or isinstance(entry, Mapping):
                yield from _numbers(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _numbers(entry)


def _step(step: Json) -> Iterator[str]:
    if step["kind"] not in KINDS:
        yield f"no kind of step: {step['kind']}"
    for draws in reader.draws_of(step):
        try:
            yield from (f"{wrong} for {dict(draws)}" for wrong in _drawn(step, draws))
        except (LessonError, IndexError, KeyError) as error:
            yield f"{error!r} for {dict(draws)}"
    if "why" in step:
        options = step["why"]["options"]
        if len(set(options)) < 3 or step["why"]["right"] not in options:
            yield "why needs three options, one of them right"
        refuted = {**step["why"].get("refutes", {}), **step.get("refutes", {})}
        if not set(refuted) <= {*options, *step.get("options", ())} or not set(refuted.values()) <= set(
            MISCONCEPTIONS
        ):
            yield "refutes what is no option, or by what is no misconception"
    elif step["kind"] in (*ASKING, KIND) and not asks_nothing(step):
        yield "asks without why"


def _drawn(step: Json, draws: Json) -> Iterator[str]:
    """Yield what is wrong with one variant of a step."""
    variant, runs = reader.variant(step, draws), Runs(step, draws)
    run = run_of(filled(step["state"], draws))
    at = filled(step["state"], draws).get("at", {})
    if not 1 <= at.get("step", 0) <= run.trace.steps:
        yield "stands at a step that the run has not"

    def value(figure: Json) -> float:
        return value_of(figure, runs)

    if (beside := variant["beside"]) and beside["link"] in (variant["after"], variant["before"]):
        yield "has the same run twice"
    for name, figure in variant["figures"].items():
        if not np.isfinite(value(figure)):
            yield f"{name} is {value(figure)}"
    for condition in filled(step.get("holds", []), draws):
        if not _fulfilled(condition, value(condition["of"])):
            yield f"{json.dumps(condition)} does not hold: {value(condition['of'])}"
    if "lines" in step:
        yield from _lines(step, draws)
    if step["kind"] == "number":
        low, high = step["range"]
        within, truth = step.get("within", WITHIN * (high - low)), value(variant["truth"])
        if not low <= truth <= high:
            yield f"the truth {truth} is out of range"
        for name, figure in variant["mistakes"].items():
            if not low <= value(figure) <= high or abs(value(figure) - truth) < LEAST_DISTANCE * within:
                yield f"the mistake {name}, {value(figure)}, is too near to {truth}"
        named = sorted(value(figure) for figure in variant["mistakes"].values())
        if any(other - one <= 2 * within for one, other in pairwise(named)):
            yield f"two mistakes are told from each other by nothing: {named}"
        yield from _concealed(step, draws, truth)
    elif step["kind"] in STAGED:
        question = variant["ask"]
        yield from questions.indistinguishable(
            question, questions.truth(question, run.trace), variant["mistakes"], LEAST_DISTANCE
        )
        yield from _given_too_early(question, filled(step.get("given", {}), draws))
    elif step["kind"] == LEVELS:
        yield from _course(step, variant, value)
    elif step["kind"] == "choice":
        if step["right"] not in step["options"] or not step.get("holds"):
            yield "no right answer, or nothing that makes it right"
    elif step["kind"] == "do":
        yield from _to_do(step, variant["until"], value)


def _course(step: Json, variant: Json, value: Any) -> Iterator[str]:
    """Yield what is wrong with a course that is drawn: its axis, and mistakes that are no others."""
    low, high = step["range"]
    within = step.get("within", WITHIN * (high - low))
    courses = {name: [value(number) for number in figures] for name, figures in variant["mistakes"].items()}
    truth = [value(number) for number in variant["truth"]]

    def far(number: list[float], second: list[float]) -> float:
        return max(abs(a - b) for a, b in zip(number, second, strict=True))

    for name, course in {"the truth": truth, **courses}.items():
        if len(course) != len(variant["at"]) or not all(low <= number <= high for number in course):
            yield f"{name}, {course}, does not fit on the axis"
        elif course is not truth and far(course, truth) < LEAST_DISTANCE * within:
            yield f"the mistake {name}, {course}, is too near to {truth}"
    if any(far(number, other) <= 4 * within for number, other in combinations(courses.values(), 2)):
        yield f"two mistakes are told from each other by nothing: {courses}"
    if variant["before"] in (None, variant["after"]) and not step.get("back"):
        yield "the same is shown before and after"


def _lines(step: Json, draws: Json) -> Iterator[str]:
    """Yield what is wrong with the lines of a worked example."""
    example, first = (Example(step, filled(step["state"], one)) for one in (draws, reader.draws_of(step)[0]))
    if example.structure() != first.structure():
        yield "is another arithmetic than that of the first variant"
    yield from example.problems()


def _given_too_early(question: Json, figures: Json) -> Iterator[str]:
    """Yield which given numbers the stage conceals as long as it asks."""
    for name, figure in figures.items():
        same = figure.get("signal") == question["signal"] and question["kind"] != "cell"
        first = question.get("from", question["step"])
        late = figure.get("step", 0) > question["step"] or (same and figure["step"] >= first)
        if late and "run" not in figure:
            yield f"{name} is said before it may be seen"


def _concealed(step: Json, draws: Json, truth: float) -> Iterator[str]:
    """Yield whether the run that is shown before an answer has the value in it that is asked for."""
    asked = filled(step["truth"], draws)
    before = run_of(filled(step["before"], draws))
    if "signal" in asked and "run" not in asked:
        seen = np.asarray(getattr(before.trace, asked["signal"]))[:, asked.get("unit", 1) - 1]
        if np.any(np.abs(seen - truth) < 1e-9):
            yield "the answer stands in the run that is shown before"
    if link_of(filled(step["before"], draws)) == link_of(filled(step["state"], draws)):
        yield "the same is shown before and after"


def _to_do(step: Json, until: Json, value: Any) -> Iterator[str]:
    """Yield whether what is to be done is done already, or not by its solution."""
    if _fulfilled(until, value(until["of"])):
        yield "is done before anything was done"
    moved = step["state"] | {"sliders": step["state"].get("sliders", {}) | step["solution"]}
    run = run_of(moved)
    if resolve(until["of"], Runs(step, {})) != until["of"]:
        yield "waits for what no browser computes"
    if set(step["solution"]) != set(step["moves"]) or not set(step["moves"]) <= run.sliders.keys():
        yield "the solution moves what the step does not let move"
    if not _fulfilled(until, evaluate(until["of"], run.trace, run.sliders)):
        yield "its solution does not do it"


def _fulfilled(condition: Json, value: float) -> bool:
    return bool(condition.get("above", -np.inf) <= value <= condition.get("below", np.inf))
