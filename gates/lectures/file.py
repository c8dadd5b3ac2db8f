"""A run of show as one HTML file: every state with its run, what is asked included, the notes left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gates.export import page, states
from gates.export.stages import Find, no_run
from gates.export.states import ExportError, Json
from gates.scenes.links.codec import LONGEST
from gates.text import LANGUAGES

MOST_STATES = 60
LONGEST_TITLE = 160
LONGEST_REASON = 600
KINDS = ("value", "lane", "draw", "unit", "cell")
_SINGLE = ("value", "lane")
"""Those that ask for one step, and may conceal some before it: from the step ``from`` on."""
_WHOLE = ("draw", "unit", "cell")
"""Those that ask for steps, of which nothing is seen before."""
MOST = 1000
"""Steps, units and stages that a question may name."""


def build(
    title: str,
    chosen: Sequence[Mapping[str, Any]],
    language: str,
    site: str | None = None,
    find: Find = no_run,
) -> str:
    """Return the HTML file of a run of show.

    Args:
        title: of the whole.
        shown: its states, as the projected window has them (``assets/lecture/show/show.js``): ``link``,
            ``title``, and where they hold something back ``hide``, ``question`` and ``because``.
        language: in which the file opens; it can be read in all.
        site: where the app is to be found; None: nowhere.
        find: what finds the runs of a training.

    Raises:
        ExportError: for no state, too many, or one that cannot be taken away.
        ValueError: for what is no run of show.
    """
    if not chosen:
        raise ExportError("export.none")
    if len(chosen) > MOST_STATES:
        raise ExportError("export.many", most=MOST_STATES)
    bodies: dict[str, int] = {}
    runs, described = [], []
    for number, state in enumerate(chosen, 1):
        try:
            opened = states.open_link(_text(state, "link", 2 * LONGEST))
            opened = replace(opened, state=replace(opened.state, lang=language))
            run = states.packed(opened, bodies, find=find, alone=True)
        except ExportError as wrong:
            raise StateError(number, wrong) from None
        name = _text(state, "title", LONGEST_TITLE)
        if name:
            run["title"] = dict.fromkeys(LANGUAGES, f"{number} · {name}")
        hidden_parts = _hidden_parts(run, state)
        if any(hidden_parts["conceal"]):
            _shorten_headings(run.get("beside", ()))
        runs.append(run)
        described.append(hidden_parts | {"because": _text(state, "because", LONGEST_REASON)})
    show = {"title": title[:LONGEST_TITLE], "states": described}
    return page.filled(runs, list(bodies), language, site, {"show": show})


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


def _hidden_parts(run: Json, state: Mapping[str, Any]) -> Json:
    """What a state asks, and how far each of its stages is seen before it is revealed.

    Returns:
        ``question``; ``conceal``: of each stage, the bar's first, its place as docs/stage.md has it, or None.
    """
    stages = [each["common"] | next(iter(each["own"].values()), {}) for each in (run, *run.get("beside", ()))]
    about = [stage["description"] for stage in stages]
    known = {name for each in about for name in (*each["signals"], *each["made"])}
    hide = _text(state, "hide", 40)
    if hide not in ("", "all", *known):
        raise ValueError(hide)
    question = _question(state.get("question"), [each["signals"] for each in about[len(about) > 1 :]])
    at = (run["at"].get("step") or 0) + 1
    return {
        "question": question,
        "conceal": [
            _visible_up_to(stage["description"], min(at, stage["steps"]), hide, question) for stage in stages
        ],
    }


def _shorten_headings(stages: Sequence[Json]) -> None:
    """Take from the headings of stages side by side what they say beyond their names: how it ends."""
    for stage in stages:
        for header in stage["own"].values():
            name = (stage["common"] | header).get("called")
            if name is not None:
                header["heading"] = name
        stage["common"].pop("heading", None)


def _visible_up_to(about: Json, step: int, hide: str, question: Json | None) -> Json | None:
    """How far a run is seen, by ``frontierOf`` in assets/lecture/slides/hiding.js; None for all of it."""
    phases, made = about["phases"], about["made"]

    def before(signal: str, step: int) -> tuple[int, int]:
        index = phases.index(made.get(signal, phases[0]))
        return (step, index - 1) if index else (step - 1, len(phases) - 1)

    seen = []
    whole = question is not None and (question["kind"] in _WHOLE or "from" in question)
    if hide == "all":
        seen.append((0, len(phases) - 1))
    elif hide:
        seen.append(before(hide, step))
    if question:
        step = next(question[name] for name in ("from", "step") if name in question)
        seen.append((step - 1, len(phases) - 1) if whole else before(question["signal"], step))
    if not seen:
        return None
    step, index = min(seen)
    # whoever sees a gate's sum sees what it will be
    return {"step": step, "phase": phases[index]} | ({} if index == len(phases) - 1 else {"sums": False})


def _question(raw: Any, signals: Sequence[Sequence[str]]) -> Json | None:
    """What a state asks, checked; ``signals`` are those of each of its stages, without the bar's."""
    if raw is None:
        return None
    if not isinstance(raw, dict) or raw.get("kind") not in KINDS:
        raise ValueError("question")
    counts = {name: raw[name] for name in ("unit", "step", "from", "steps", "stage") if name in raw}
    if "step" not in counts or not all(
        type(number) is int and 1 <= number <= MOST for number in counts.values()
    ):
        raise ValueError("question")
    if raw["kind"] not in _SINGLE or counts.get("from", 0) >= counts["step"]:
        counts.pop("from", None)
    if raw["kind"] == "cell":
        if len(signals) == 1:
            raise ValueError("question")
        return {"kind": "cell", **counts}
    stage = counts.get("stage", 1)
    if stage > len(signals) or raw.get("signal") not in signals[stage - 1]:
        raise ValueError("question")
    return {"kind": raw["kind"], "signal": raw["signal"], **counts}
