"""Reads a ready run of show: its states, which no language changes, and its words in one language.

A run of show is ``shows/<id>.json`` with ``shows/<id>.en.json`` and ``shows/<id>.zh.json``. A state is said
as a lesson's is (:mod:`gates.course.states`), or as a link; ``figures`` are read off its run and stand in its
sentences as ``{name}``, so that no number in them is typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gates.course.expressions import LessonError, evaluate, figure_text
from gates.course.states import link_of
from gates.export import states
from gates.lectures.links import run_of
from gates.scenes.links.lecture import SHOWS
from gates.text import LANGUAGES

Json = dict[str, Any]
PARTS = ("title", "notes", "because")
"""The sentences of a state; ``because`` where it asks something."""
_SENT = ("id", "minutes", "hide", "question", "walk")


names, structure, words = SHOWS.names, SHOWS.structure, SHOWS.words


def link(state: Mapping[str, Any]) -> str:
    """Return the link of a state, without a language."""
    return str(state["link"]) if "link" in state else link_of(state["state"])


@lru_cache(maxsize=256)
def _figures(name: str, id: str, language: str) -> Mapping[str, str]:
    state = next(candidate for candidate in structure(name)["states"] if candidate["id"] == id)
    asked = state.get("figures", {})
    if not asked:
        return {}
    run = run_of(states.open_link(link(state), states.ALONE), language)
    return {
        key: figure_text(candidate, evaluate(candidate, run.trace, run.sliders))
        for key, candidate in asked.items()
    }


@lru_cache(maxsize=16)
def compiled(name: str, language: str) -> Json:
    """Return a run of show as the browser takes it (``assets/lecture/show/show.js``), in one language.

    Raises:
        LessonError: it makes no sense.
    """
    if language not in LANGUAGES:
        raise LessonError(language)
    plan, texts = structure(name), words(name, language)
    states = []
    for state in plan["states"]:
        figures = _figures(name, state["id"], language)
        sentences = {part: text.format_map(figures) for part, text in texts["states"][state["id"]].items()}
        states.append({key: state[key] for key in _SENT if key in state} | {"link": link(state)} | sentences)
    return {
        "id": f"ready.{name}.{language}",
        "name": name,
        "title": texts["title"],
        "about": texts["about"],
        "states": states,
    }
