"""Lessons for the browser tests: attempts that were begun, and the course on a page without Streamlit."""

import json
import re
import time
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import Locator, Page, Request, Route

from gates.course import reader
from gates.course.expressions import evaluate, filled
from gates.course.questions import STAGED, truth
from gates.course.states import run_of
from gates.course.worked import Example, asks_nothing
from gates.scenes import modules
from gates.scenes.state import Position
from gates.text import markdown_translator
from gates.ui.course import view
from gates.ui.web.routes import preview

Json = dict[str, Any]
KEPT = "gatescope.course"
SOON = int(time.time() * 1000) + 3_600_000
"""When attempts begin, in milliseconds: after those that the course begins by itself."""


def attempt(name: str, begun: int, seed: int = 7, before: int | None = None) -> Json:
    """An attempt at a lesson whose steps before a part, from 0, were answered; all of them without one."""
    steps = reader.structure(name)["steps"]
    answers = {}
    for step in steps[:before]:
        if asks_nothing(step):
            continue
        answers[step["id"]] = {"figures": dict.fromkeys(step.get("figures", {}), 0.5), "at": begun + 1}
        if step["kind"] == "worked":
            answers[step["id"]] |= {"lines": dict.fromkeys(step["blank"]), "verdict": "unknown"}
        elif step["kind"] != "do":
            answers[step["id"]] |= {"guess": None, "verdict": "unknown", "truth": any_truth(step)}
        if "why" in step:
            answers[step["id"]] |= {"why": step["why"]["right"], "explained": begun + 2}
    return {"seed": seed, "begun": begun, "answers": answers, "moved": {}, "part": before or 0}


def any_truth(step: Json) -> Any:
    """A value of the form that the truth of a step has."""
    if step["kind"] in ("draw", "levels"):
        return [0.5] * len(step.get("at", "12345"))
    return step["right"] if step["kind"] == "choice" else 0


def stored_attempt(name: str, tried: Json) -> str:
    """What a browser keeps that has made one attempt."""
    attempts = {f"{tried['begun']}-{tried['seed']}": tried}
    return json.dumps(
        {"version": 2, "lessons": {name: attempts}, "last": {"lesson": name, "at": tried["begun"]}}
    )


def drawn_variant(step: Json, seed: int) -> tuple[Json, Json]:
    """What an attempt draws for a step, as assets/course/lesson/player.js does: numbers and variant."""
    choices = reader.draws_of(step)
    own = choices[int(_mulberry32(_step_seed(seed, step["id"])) * len(choices))]
    return own, reader.variant(step, own)


def right_answer(step: Json, seed: int) -> Any:
    """What is true in an attempt: a number, a list of them, a place, an option; the texts of lines."""
    draws, one = drawn_variant(step, seed)
    if step["kind"] == "choice":
        return step["right"]
    state = filled(step["state"], draws)
    if step["kind"] == "worked":
        written = Example(step, state).variant()["written"]
        return {name: written[name]["value"].replace("−", "-") for name in step["blank"]}
    run = run_of(state)
    return (
        truth(one["ask"], run.trace)
        if step["kind"] in STAGED
        else evaluate(one["truth"], run.trace, run.sliders)
    )


def _mulberry32(seed: int) -> float:
    state = (seed + 0x6D2B79F5) & 0xFFFFFFFF
    mixed = (state ^ state >> 15) * (state | 1) & 0xFFFFFFFF
    mixed ^= mixed + ((mixed ^ mixed >> 7) * (mixed | 61) & 0xFFFFFFFF) & 0xFFFFFFFF
    return (mixed ^ mixed >> 14) / 2**32


def _step_seed(seed: int, name: str) -> int:
    found = 0x811C9DC5 ^ seed
    for letter in name:
        found = ((found ^ ord(letter)) * 0x01000193) & 0xFFFFFFFF
    return found


def tab_to(page: Page, wanted: Locator, key: str = "Tab", most: int = 90) -> None:
    """Goes by Tab alone to an element. Where it is reached, keys that were pressed too often do nothing:
    to ask after each would take twice the work of the key.
    """
    wanted.evaluate(_SEEK, False)
    for first in range(0, most, 8):
        for count in (1, 2, 5) if first == 0 else (8,):
            for _ in range(count):
                page.keyboard.press(key)
            if wanted.evaluate(_SEEK, True):
                return
    raise AssertionError(f"no key leads to {wanted}")


_SEEK = """(element, pressed) => {
  globalThis.sought?.abort();
  const sought = (globalThis.sought = new AbortController());
  const there = () => element.getRootNode().activeElement === element;
  if (pressed && there()) {
    sought.abort();
    return true;
  }
  const stay = (event) => {
    if (pressed && there()) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    pressed = true;
  };
  addEventListener("keydown", stay, { capture: true, signal: sought.signal });
  return false;
}"""


class BareCourse:
    """The course on an empty page at the app's address: its modules, lessons and styles, but no session.

    Args:
        page: one of its own, for it gets routes.
        answers: makes the answer to a request for a run; by default the server's own.
    """

    def __init__(self, page: Page, answers: Any = preview.run) -> None:
        self.page, self.shown = page, 0
        self.told: dict[str, Json] = {}
        page.route(
            re.compile(r"/bare(\?.*)?$"), lambda route: route.fulfill(body=_BARE, content_type="text/html")
        )
        script = modules.loader(modules.COURSE_BASE)
        page.route("**/bare.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))

        def run(route: Route, request: Request) -> None:
            route.fulfill(body=answers(request.post_data_json), content_type="application/octet-stream")

        page.route("**/runs", run)
        page.goto("/bare")

    @property
    def stage(self) -> Locator:
        return self.page.locator(".gc-stage")

    def open(
        self,
        name: str,
        part: int,
        language: str = "en",
        place: Json | None = None,
        seed: int = 7,
        source: str | None = None,
    ) -> Locator:
        """Shows a part of a lesson, from 0, to somebody who has come as far; returns the stage that asks."""
        self.shown += 1
        self.page.wait_for_function("() => globalThis.ready")
        tried = attempt(name, SOON + self.shown, seed, part)
        told = self.told_in(language) | {
            "nonce": f"n{self.shown}",
            "lesson": name,
            "part": part,
            "place": place or {},
        }
        told |= {"source": source} if source else {}
        self.page.evaluate(
            "([key, kept, told]) => { localStorage.setItem(key, kept); show(told); }",
            [KEPT, stored_attempt(name, tried), told],
        )
        staged = reader.structure(name)["steps"][part]["kind"] in STAGED
        self.page.wait_for_function(_SHOWN, arg=[name, str(part + 1), staged])
        return self.stage

    def come(self) -> None:
        """Comes to the course without a link."""
        self.shown += 1
        told = self.told_in("en") | {"nonce": f"n{self.shown}"}
        self.page.wait_for_function("() => globalThis.ready")
        self.page.evaluate("(told) => show(told)", told)

    def told_in(self, language: str) -> Json:
        """What the page tells the course in a language."""
        if language not in self.told:
            page = SimpleNamespace(
                name="course",
                state_as=lambda kind: kind(lang=language),
                t=markdown_translator(language),
                position=Position(),
                nonce="",
            )
            self.told[language] = view.payload(page)  # type: ignore[arg-type]
            self.told[language]["made"] = True  # all lessons at once: nothing arrives later beside a step
        return self.told[language]


_BARE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Course</title>
<meta name="color-scheme" content="light dark">
<body><main id="place"></main><script type="module">
import component from "/bare.js";
const parentElement = document.querySelector("#place");
globalThis.show = (told) => {
  parentElement.querySelector("[data-testid=course-step]")?.removeAttribute("data-shown");
  component({ parentElement, data: new TextEncoder().encode(JSON.stringify(told)) });
};
globalThis.ready = true;
</script>"""

_SHOWN = """([lesson, part, staged]) => {
  const text = document.querySelector("[data-testid=course-step]");
  const { shown, lesson: own, part: at } = text?.dataset ?? {};
  if (shown !== "true" || own !== lesson || at !== part) return false;
  const stage = document.querySelector("[data-testid=stage][data-ready]");
  return staged ? stage?.querySelector("[data-testid=guess]:not([hidden]) form:not([hidden])") : stage;
}"""
