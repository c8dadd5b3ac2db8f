"""What must hold after every action, from what was shown before it and what is shown now. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gates.examples.notation.letters import NOTATIONS
from gates.scenes.registry import PAGES
from gates.scenes.state import INPUT
from gates.text import LANGUAGES, translator

Snapshot = Mapping[str, Any]
"""What a page shows, as ``probe.js`` says it."""

_FOLLOWS_THE_INPUT = ("through", "hidden", "seed", "bias", "disturb")
TAKEN_ALONG = re.compile(rf"shared-|.*-({'|'.join([*INPUT, *_FOLLOWS_THE_INPUT])})$")
"""Controls of a page that may have changed while one was on another: what goes in, and what depends on it."""
OPEN_PANEL = re.compile(r".*-tabs$")
IN_PANEL = re.compile(r".*-(take-\d+|temperature|influence-step|eigen-step|trained-back)$")
IN_NO_LINK = re.compile(f"{OPEN_PANEL.pattern}|{IN_PANEL.pattern}")
"""What a link does not say: which panel is open, and where a panel stands, which may follow the stage."""
REFUSED = re.compile(r"status of 422 .*/runs\)$")
QUIET = ("key", "stage", "tab", "popover", "expander", "reload")
"""Kinds of actions after which every control shows what it showed before."""


@dataclass
class Memory:
    """What the walker chose, and what each page showed when it was left."""

    language: str
    notation: int = 0
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    spoken: dict[str, str] = field(default_factory=dict)  # the language each page was left in


def always(memory: Memory, now: Snapshot) -> Iterable[str]:
    """Yields what is wrong with a page by itself."""
    yield from now["faults"]
    widgets, query = now["widgets"], now["query"]
    wanted = LANGUAGES.index(memory.language)
    if widgets.get("shared-lang") != wanted:
        yield f"the language is {memory.language}, its control shows {widgets.get('shared-lang')}"
    t = translator(memory.language)
    name = now["path"].strip("/") or "home"
    if now["title"] != t(f"page.{name}.title"):
        yield f"the title of {name} is {now['title']!r}"
    for key, value in widgets.items():
        if value in (-1, None):
            yield f"{key} shows nothing chosen"
    if not now["stages"] and (name not in PAGES or PAGES[name].staged):
        yield "there is no stage"
    for stage in now["stages"]:
        if "ready" not in stage:
            yield f"the stage {stage['key']} is not ready"
        elif not 0 <= int(stage["step"]) < int(stage["steps"]):
            yield f"the stage {stage['key']} stands at {stage['step']} of {stage['steps']}"
    if linked(now):
        if query.get("lang") != memory.language:
            yield f"the link says lang={query.get('lang')}"
        if query.get("notation", NOTATIONS[0]) != NOTATIONS[memory.notation]:
            yield f"the link says notation={query.get('notation')}, chosen is {NOTATIONS[memory.notation]}"
        for stage in now["stages"][:1]:
            if query.get("step") != str(int(stage["step"]) + 1):
                yield f"the link says step={query.get('step')}, the stage stands at {stage['step']} from 0"


def linked(now: Snapshot) -> bool:
    """Whether the page has a link: one that shows a network handed over says that it has none."""
    handed = re.compile(r".*-trained-back$")
    return not any(handed.match(key) for key in now.get("buttons", ()))


def after(memory: Memory, action: Mapping[str, Any], before: Snapshot, now: Snapshot) -> Iterable[str]:
    """Yields which choices did not stay what they were."""
    kind = action["kind"]
    same_page = before["path"] == now["path"]
    if filled(before) or filled(now):
        return
    if kind in QUIET and same_page and not edits_the_cell(action):
        skip = {"reload": IN_NO_LINK, "tab": OPEN_PANEL}.get(kind, IN_PANEL)
        old, new = before["widgets"], now["widgets"]
        if kind == "tab" or guessing(before) != guessing(now):
            old, new = _common(old, new)  # what stands in the panels comes and goes with them, or is covered
        elif kind == "reload":
            old, new = _unfolded(before, now)
        yield from differences(old, new, skip)
        if kind == "reload" and not wrong_input(before):  # what was shown instead is in no link
            yield from stages_differ(before, now)
    elif kind == "notation" and same_page:
        yield from differences(before["widgets"], now["widgets"])
        yield from stages_differ(before, now)
    elif kind == "language" and same_page:
        yield from differences(numeric(before["widgets"]), numeric(now["widgets"]), re.compile("shared-lang"))
        yield from stages_differ(before, now)
    elif kind in ("nav", "pagelink") and same_page:
        yield from differences(before["widgets"], now["widgets"])
    elif kind in ("nav", "pagelink") and now["path"] in memory.pages:
        old, new = memory.pages[now["path"]], now["widgets"]
        if memory.spoken[now["path"]] != memory.language:
            old, new = numeric(old), numeric(new)
        yield from differences(*_common(old, new), TAKEN_ALONG, IN_NO_LINK)
    elif kind in ("radio", "option", "number", "text", "area", "toggle") and same_page:
        wanted, key = action.get("chosen"), action["key"]
        if wanted is not None and key in now["widgets"] and now["widgets"][key] != wanted:
            yield f"{key} was set to {wanted!r} and shows {now['widgets'][key]!r}"


def asks_the_server(action: Mapping[str, Any], before: Snapshot, language: str) -> bool:
    """Whether the server runs the page for an action: it changed what a control of the page shows."""
    kind, chosen = action["kind"], action.get("chosen")
    if kind in ("radio", "option"):
        return chosen is not None and before["widgets"].get(action["key"]) != chosen
    if kind == "language":
        return str(action["to"]) != language
    return kind in ("toggle", "button", "notation", "number", "text", "area", "slider", "multi")


def edits_the_cell(action: Mapping[str, Any]) -> bool:
    """Whether an action on a stage makes the lab's cell another one, with which some controls come and go."""
    on_lab = action["kind"] == "stage" and action["host"] == "lab-stage"
    return on_lab and action["part"] in ("lab", "segment")


def anew(now: Snapshot, fresh: Snapshot) -> Iterable[str]:
    """Yields in what a link, opened in a fresh browser, shows something else than the page it came from."""
    yield from fresh["faults"]
    if now["path"] != fresh["path"]:
        yield f"opened anew it is {fresh['path']}"
    if not filled(now):
        yield from differences(*_unfolded(now, fresh), IN_NO_LINK, say="opened anew: ")
    if not wrong_input(now) and not keeps_answers(now):
        yield from stages_differ(now, fresh, say="opened anew: ")


def filled(now: Snapshot) -> bool:
    """Whether a stage fills the screen: the controls behind it hear of what it shows when it is left."""
    return bool(now.get("filled"))


def guessing(now: Snapshot) -> bool:
    """Whether somebody guesses on a stage, which covers what else shows the run."""
    return "guess" in now["query"]


def keeps_answers(now: Snapshot) -> bool:
    """Whether what the stage shows hangs on answers, which are the browser's and in no link."""
    return str(now["path"]).strip("/") == "course"


def wrong_input(now: Snapshot) -> bool:
    """Whether the page says that what goes in is none, and shows what it last showed instead."""
    return any(kind == "Error" for kind, _ in now["alerts"])


def unexpected(errors: Iterable[str], now: Snapshot) -> list[str]:
    """The console's errors, but for runs that are refused of an input that the page says is none."""
    return [error for error in errors if not (wrong_input(now) and REFUSED.search(error))]


def numeric(widgets: Mapping[str, Any]) -> dict[str, Any]:
    """The widgets whose values do not depend on the language."""
    return {key: value for key, value in widgets.items() if not isinstance(value, list) and _plain(value)}


def _common(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What both have."""
    both = old.keys() & new.keys()
    return {key: old[key] for key in both}, {key: new[key] for key in both}


def _unfolded(old: Snapshot, new: Snapshot) -> tuple[dict[str, Any], dict[str, Any]]:
    """The widgets of both, without those that one hides in a part that is closed there."""
    hidden = {*old["folding"], *new["folding"]} - (old["widgets"].keys() & new["widgets"].keys())
    first, second = (
        {key: one["widgets"][key] for key in one["widgets"].keys() - hidden} for one in (old, new)
    )
    return first, second


def _plain(value: Any) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"[-+\d.e]*", value) is not None


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], *skip: re.Pattern[str], say: str = ""
) -> Iterable[str]:
    """Yields the widgets that differ."""
    for key in sorted(old.keys() | new.keys()):
        if not any(pattern.match(key) for pattern in skip) and old.get(key) != new.get(key):
            yield f"{say}{key} showed {old.get(key)!r} and shows {new.get(key)!r}"


def stages_differ(old: Snapshot, new: Snapshot, say: str = "") -> Iterable[str]:
    """Yields in what the stages differ: which cell, where it stands, and every number of the step."""
    if len(old["stages"]) != len(new["stages"]):
        yield f"{say}{len(old['stages'])} stages became {len(new['stages'])}"
        return
    for one, other in zip(old["stages"], new["stages"], strict=True):
        for name in ("key", "cell", "steps", "step", "unit", "view", "values"):
            if one.get(name) != other.get(name):
                yield f"{say}{one['key']}: {name} was {_short(one.get(name))}, is {_short(other.get(name))}"
                break


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) < 200 else text[:200] + "…"
