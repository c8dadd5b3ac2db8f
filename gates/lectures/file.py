"""A run of show as one HTML file: every state with its run, what is asked included, the notes left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gates.examples.notation.kinds import described
from gates.export import page, states
from gates.export.states import ExportError, Json, Opened
from gates.lectures.links import kind_of
from gates.scenes.links.codec import LONGEST
from gates.text import LANGUAGES

MOST_STATES = 60
LONGEST_TITLE = 160
LONGEST_REASON = 600
KINDS = ("value", "lane", "draw", "unit")
MOST = 1000
"""Steps and units that a question may name."""


def build(title: str, shown: Sequence[Mapping[str, Any]], language: str, site: str | None = None) -> str:
    """Return the HTML file of a run of show.

    Args:
        title: of the whole.
        shown: its states, as the projected window has them (``assets/lecture/show.js``): ``link``, ``title``,
            and where they hold something back ``hide``, ``question`` and ``because``.
        language: in which the file opens; it can be read in all.
        site: where the app is to be found; None: nowhere.

    Raises:
        ExportError: for no state, too many, or one that cannot be taken away.
        ValueError: for what is no run of show.
    """
    if not shown:
        raise ExportError("export.none")
    if len(shown) > MOST_STATES:
        raise ExportError("export.many", most=MOST_STATES)
    bodies: dict[str, int] = {}
    runs, told = [], []
    for number, state in enumerate(shown, 1):
        try:
            one = states.opened(_text(state, "link", 2 * LONGEST), states.ALONE)
            run = states.packed(replace(one, state=replace(one.state, lang=language)), bodies)
        except ExportError as wrong:
            raise StateError(number, wrong) from None
        name = _text(state, "title", LONGEST_TITLE)
        if name:
            run["title"] = dict.fromkeys(LANGUAGES, f"{number} · {name}")
        runs.append(run)
        told.append(_held_back(one, state) | {"because": _text(state, "because", LONGEST_REASON)})
    return page.filled(
        runs, list(bodies), language, site, show={"title": title[:LONGEST_TITLE], "states": told}
    )


class StateError(ExportError):
    """A state that cannot be taken away: its number, from 1, and why."""

    def __init__(self, number: int, why: ExportError) -> None:
        super().__init__(why.key, **why.values)
        self.number = number


def _text(state: Mapping[str, Any], name: str, longest: int) -> str:
    text = state.get(name, "")
    if not isinstance(text, str) or len(text) > longest:
        raise ValueError(name)
    return text


def _held_back(one: Opened, state: Mapping[str, Any]) -> Json:
    """What a state asks, and how far its run is seen before it is revealed, as docs/stage.md has both."""
    about = described(kind_of(one))
    phases, made = about["phases"], about["made"]
    hide, question = _text(state, "hide", 40), _question(state.get("question"), about["signals"])
    known = hide in ("", "all", *about["signals"], *made)
    if not known:
        raise ValueError(hide)

    def before(signal: str, step: int) -> tuple[int, int]:
        place = phases.index(made.get(signal, phases[0]))
        return (step, place - 1) if place else (step - 1, len(phases) - 1)

    seen = []
    if hide == "all":
        seen.append((0, len(phases) - 1))
    elif hide:
        seen.append(before(hide, one.place.step or 1))
    if question:
        whole = question["kind"] in ("draw", "unit")
        step = question["step"]
        seen.append((step - 1, len(phases) - 1) if whole else before(question["signal"], step))
    conceal = {"step": min(seen)[0], "phase": phases[min(seen)[1]]} if seen else None
    return {"question": question, "conceal": conceal}


def _question(told: Any, signals: Sequence[str]) -> Json | None:
    if told is None:
        return None
    if not isinstance(told, dict) or told.get("kind") not in KINDS or told.get("signal") not in signals:
        raise ValueError("question")
    counts = {name: told[name] for name in ("unit", "step", "steps") if name in told}
    if "step" not in counts or not all(type(one) is int and 1 <= one <= MOST for one in counts.values()):
        raise ValueError("question")
    return {"kind": told["kind"], "signal": told["signal"], **counts}
