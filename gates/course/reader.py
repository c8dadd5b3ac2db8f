"""Reads a lesson: its structure, which no language changes, and its words in one language, put together.

A lesson is ``lessons/<id>.json`` with ``lessons/<id>.en.json`` and ``lessons/<id>.zh.json``; CONTRIBUTING.md
has the recipe. What a step draws is multiplied out here into *variants*, each with its links and with all its
drawn numbers put in; the browser chooses one by the seed of the attempt (``assets/course/lesson/player.js``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from typing import Any

from gates.course import durations
from gates.course.expressions import Draws, LessonError, figure_text, filled
from gates.course.figures import resolve, value_of
from gates.course.questions import STAGED, stage_question, value_of_mistake
from gates.course.runs import Runs
from gates.course.states import lab_link_of, link_of
from gates.course.worked import Example
from gates.glossary.uses import first_uses
from gates.scenes.links.course import LESSONS
from gates.text import LANGUAGES, numbers

Json = dict[str, Any]
_TOGETHER = "\u2060"
"""Keeps what a cell reads, such as −++−, on one line of a text."""


names, structure, words = LESSONS.names, LESSONS.structure, LESSONS.words


def draws_of(step: Mapping[str, Any]) -> list[Json]:
    """Return all that a step may draw, as ``{name: value}``; one empty choice where it draws nothing.

    What belongs together is drawn together, as an object of names and values.
    """
    draw = step.get("draw", {})
    return [_named(dict(zip(draw, chosen, strict=True))) for chosen in product(*draw.values())]


def _named(chosen: Json) -> Json:
    named: Json = {}
    for name, value in chosen.items():
        named |= value if isinstance(value, dict) else {name: value}
    return named


def variant(step: Mapping[str, Any], draws: Draws) -> Json:
    """Return a step with what was drawn put in: its links, figures, and the numbers that may be said at once.

    ``before`` is the state that is shown until there is an answer, ``after`` what an answer brings; a step
    that asks nothing, or whose question the stage asks, has ``after`` alone. ``values`` are the drawn and the
    given numbers as they are written; ``ask`` is the stage's question; ``back`` the loss whose gradients the
    stage has too, ``beside`` the stage beside it.
    """
    before, after, runs = filled(step.get("before"), draws), filled(step["state"], draws), Runs(step, draws)
    mistakes = {name: filled(mistake["of"], draws) for name, mistake in step.get("mistakes", {}).items()}
    result: Json = {
        "before": link_of(before) if before else None,
        "after": link_of(after),
        "values": {name: _written(value) for name, value in draws.items()} | _given(step, draws, runs),
        "figures": resolve_all(filled(step.get("figures", {}), draws), runs),
        "until": filled(step.get("until"), draws),
        "point": filled(step.get("point"), draws),
        "back": after.get("loss", {}) if step.get("back") else None,
        "beside": _second_stage(filled(step.get("beside"), draws)),
    }
    if "lines" in step:
        result |= Example(step, after).variant()
    if step["kind"] in STAGED:
        question = stage_question(step, filled(step["ask"], draws), runs)
        wrong = {name: value_of_mistake(question, spec, runs) for name, spec in mistakes.items()}
        return result | {"ask": question, "mistakes": wrong, "truth": None}
    return result | {
        "mistakes": resolve_all(mistakes, runs),
        "truth": resolve(filled(step["truth"], draws), runs) if "truth" in step else None,
        "at": filled(step.get("at"), draws),
    }


def _second_stage(spec: Any) -> Json | None:
    """The stage that stands beside a step's own, as its link and how it goes along; None for none."""
    if spec is None:
        return None
    back = spec["state"].get("loss", {}) if spec.get("back") else None
    sides = {name: bool(spec.get(name)) for name in ("first", "mirrored")}
    return {"link": link_of(spec["state"]), "back": back, **sides}


def resolve_all(figures: Mapping[str, Any], runs: Runs) -> Json:
    """Return figures by name with numbers for what is computed in Python alone."""
    return {name: resolve(figure, runs) for name, figure in figures.items()}


def _written(value: Any) -> str:
    if isinstance(value, str):
        return _TOGETHER.join(value)
    return str(value).replace("-", numbers.MINUS)


def _given(step: Mapping[str, Any], draws: Draws, runs: Runs) -> dict[str, str]:
    """The figures that the question itself says."""
    figures: Mapping[str, Any] = filled(step.get("given", {}), draws)
    return {
        name: figure_text(resolve(figure, runs), value_of(figure, runs)) for name, figure in figures.items()
    }


@lru_cache(maxsize=64)
def _variants(name: str) -> list[list[Json]]:
    """All variants of each step of a lesson; they are the same in every language, and take their time."""
    return [[variant(step, draws) for draws in draws_of(step)] for step in structure(name)["steps"]]


@lru_cache(maxsize=128)
def compiled(name: str, language: str) -> Json:
    """Return a lesson as the browser plays it, in one language.

    Raises:
        LessonError: it makes no sense; :mod:`gates.course.checks` says all that is wrong with it.
    """
    if language not in LANGUAGES:
        raise LessonError(language)
    plan, sentences = structure(name), words(name, language)
    steps: list[Json] = []
    known: set[str] = set()
    for step, variants in zip(plan["steps"], _variants(name), strict=True):
        texts = sentences["steps"][step["id"]]
        fields = {key: step[key] for key in _SENT if key in step} | _worked(step)
        lead = () if steps else (sentences["lead"],)
        steps.append(
            {"kind": step["kind"], **fields, "variants": variants}
            | {"words": texts, "terms": _terms(texts, lead, language, known)}
        )
    header = {key: plan[key] for key in ("number", "builds_on")}
    header["minutes"] = round(durations.minutes(plan, sentences, language))
    header["lab"] = _lab(name)
    return {"id": name, **header, "title": sentences["title"], "lead": sentences["lead"], "steps": steps}


@lru_cache(maxsize=64)
def _lab(name: str) -> str:
    """Where all of a lesson's last state can be changed."""
    last = structure(name)["steps"][-1]
    return lab_link_of(filled(last["state"], draws_of(last)[0]))


def _worked(step: Mapping[str, Any]) -> Json:
    """What all variants of the lines that a step shows have in common."""
    if "lines" not in step:
        return {}
    return {"worked": Example(step, filled(step["state"], draws_of(step)[0])).structure()}


def _terms(sentences: Mapping[str, Any], lead: tuple[str, ...], language: str, known: set[str]) -> list[str]:
    """Return the terms that a step explains, and add to those ``known`` what every reader of it has seen.

    What is said only after some answers explains its terms too, but leaves them to be explained later on.
    """
    always = [
        *lead,
        *(sentences[key] for key in ("text", "question", "task", "reason", "done") if key in sentences),
    ]
    options = (
        option
        for option in (*sentences.values(), *sentences.get("why", {}).values())
        if isinstance(option, dict)
    )
    seldom = [
        *sentences.get("mistakes", {}).values(),
        *(option["because"] for option in options if "because" in option),
    ]
    first = first_uses(always, language, known)
    return [*first, *first_uses(seldom, language, set(known))]


_SENT = ("id", "equation", "range", "right", "options", "within", "why", "moves")
