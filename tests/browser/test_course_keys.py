"""Lessons by keys alone: a dozen visits in which all pairs of what may differ occur."""

import re
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from playwright.sync_api import Locator, Page, expect

from gates.course import reader
from tests.browser.helpers import NewPage, axe_findings, open_stage, sticking_out
from tests.browser.lessons import KEPT, SOON, attempt, drawn_variant, right_answer, stored_attempt, tab_to

FAMILY = {"number": "beside", "choice": "beside", "worked": "written", "unit": "chosen", "cell": "chosen"}
UNKNOWN = {"en": "I don’t know", "zh": "不知道"}


@dataclass(frozen=True)
class Visit:
    """Somebody at a question of a kind, who answers it in a way."""

    kind: str
    answer: str
    language: str
    width: int
    theme: str

    @property
    def facts(self) -> list[tuple[str, Any]]:
        family = FAMILY.get(self.kind, "placed")
        return [
            ("family", family),
            *((name, getattr(self, name)) for name in ("answer", "language", "width", "theme")),
        ]


VISITS = [
    Visit("number", "right", "en", 1440, "light"),
    Visit("number", "unknown", "en", 390, "light"),
    Visit("worked", "wrong", "en", 390, "light"),
    Visit("unit", "right", "en", 390, "dark"),
    Visit("lane", "wrong", "en", 1440, "dark"),
    Visit("worked", "unknown", "en", 1440, "dark"),
    Visit("levels", "unknown", "zh", 1440, "dark"),
    Visit("worked", "right", "zh", 1440, "dark"),
    Visit("cell", "wrong", "zh", 1440, "light"),
    Visit("value", "right", "zh", 390, "light"),
    Visit("unit", "unknown", "zh", 390, "light"),
    Visit("choice", "wrong", "zh", 390, "dark"),
]


def test_the_visits_make_all_pairs() -> None:
    values: dict[str, set[Any]] = {}
    for visit in VISITS:
        for name, value in visit.facts:
            values.setdefault(name, set()).add(value)
    made = {frozenset(pair) for visit in VISITS for pair in combinations(visit.facts, 2)}
    wanted = {
        frozenset({(one, a), (other, b)})
        for one, other in combinations(values, 2)
        for a in values[one]
        for b in values[other]
    }
    assert wanted == made


def place_of(kind: str) -> tuple[str, int]:
    """The first lesson that asks a question of a kind, and where."""
    for name in reader.names():
        for part, step in enumerate(reader.structure(name)["steps"]):
            if step["kind"] == kind and step.get("blank", True):
                return name, part
    raise LookupError(kind)


def fill(page: Page, fields: Locator, texts: list[str]) -> None:
    for k, text in enumerate(texts):
        tab_to(page, fields.nth(k))
        page.keyboard.press("Control+a")
        page.keyboard.type(text)


class Visitor:
    """Goes through the course by keys."""

    def __init__(self, page: Page) -> None:
        self.page, self.begun, self.language = page, SOON, "en"
        self.lesson = page.get_by_test_id("course-step")
        self.stage = page.locator("[data-testid=course] [data-testid=stage]")

    def comes(self, visit: Visit) -> tuple[str, int]:
        """Chooses the lesson from the list, where it was left at the question."""
        name, part = place_of(visit.kind)
        self.begun += 1
        kept = stored_attempt(name, attempt(name, self.begun, before=part))
        self.page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [KEPT, kept])
        if visit.language != self.language:
            tab_to(self.page, self.page.get_by_role("radio", name="中文"), "Shift+Tab")
            self.page.keyboard.press("Space")
            expect(self.stage).to_have_attribute("lang", "zh-Hans")
            self.language = visit.language
        self.page.set_viewport_size({"width": visit.width, "height": 900})
        self.page.emulate_media(color_scheme=visit.theme, reduced_motion="reduce")
        tab_to(self.page, self.page.locator(".gc-map > summary"), "Shift+Tab")
        self.page.keyboard.press("Enter")
        chosen = self.page.locator(f"[data-lesson={name}].gc-lesson")
        expect(chosen).to_be_visible()  # the others come after the first lesson
        tab_to(self.page, chosen)
        self.page.keyboard.press("Enter")
        self.is_at(name, part)
        expect(self.lesson.get_by_role("heading", level=2)).to_be_focused()
        return name, part

    def is_at(self, name: str, part: int) -> None:
        """Waits until a part of a lesson, from 0, is there with its stage."""
        for about, value in (("lesson", name), ("part", str(part + 1)), ("shown", "true")):
            expect(self.lesson).to_have_attribute(f"data-{about}", value)

    def answers(self, visit: Visit, step: dict[str, Any]) -> None:
        right = None if visit.answer == "unknown" else right_answer(step, 7)
        if visit.kind == "worked":
            self.fills_in(visit, step, right)
        elif FAMILY.get(visit.kind) == "beside":
            self.answers_beside(visit, step, right)
        else:
            tab_to(self.page, self.lesson.locator("button.gc-primary"))
            self.page.keyboard.press("Enter")
            self.answers_on_stage(visit, step, right)

    def answers_beside(self, visit: Visit, step: dict[str, Any], right: Any) -> None:
        form = self.lesson.get_by_test_id("course-ask")
        if visit.answer == "unknown":
            tab_to(self.page, form.get_by_role("button").last)
            self.page.keyboard.press("Space")
        elif visit.kind == "number":
            fill(self.page, form.get_by_role("textbox"), [f"{right:.4f}"])
            self.page.keyboard.press("Enter")
        else:
            options = [radio.input_value() for radio in form.get_by_role("radio").all()]
            tab_to(self.page, form.get_by_role("radio").first)
            self.page.keyboard.press("Space")
            for _ in range(next(k for k, option in enumerate(options) if option != right)):
                self.page.keyboard.press("ArrowDown")
            self.page.keyboard.press("Enter")

    def fills_in(self, visit: Visit, step: dict[str, Any], right: dict[str, str]) -> None:
        form = self.lesson.get_by_test_id("course-ask")
        if visit.answer == "unknown":
            for name in step["blank"]:
                tab_to(self.page, form.locator(f"[data-line={name}] button"))
                self.page.keyboard.press("Space")
            tab_to(self.page, form.locator("button.gc-primary"))
        else:
            texts = [right[name] if visit.answer == "right" else "9" for name in step["blank"]]
            fill(self.page, form.get_by_role("textbox"), texts)
        self.page.keyboard.press("Enter")

    def answers_on_stage(self, visit: Visit, step: dict[str, Any], right: Any) -> None:
        asked = self.stage.locator("[data-testid=guess]:not([hidden]), [data-testid=levels]")
        if visit.answer == "unknown":
            tab_to(self.page, asked.get_by_role("button", name=UNKNOWN[visit.language]))
            self.page.keyboard.press("Space")
            return
        if FAMILY.get(visit.kind) == "chosen":
            radios = asked.get_by_role("radio")
            expect(radios.first).to_be_focused()
            self.page.keyboard.press("Space")
            for _ in range(right if visit.answer == "right" else int(right == 0)):
                self.page.keyboard.press("ArrowDown")
        else:
            expect(asked.get_by_role("textbox").first).to_be_focused()
            self.page.keyboard.press("Control+a")
            _, one = drawn_variant(step, 7)
            self.page.keyboard.type(f"{right:.4f}" if visit.answer == "right" else f"{wrong_of(one, right)}")
        self.page.keyboard.press("Enter")

    def does(self, step: dict[str, Any]) -> None:
        """Moves the slider of a step to do until what was asked for is done."""
        slider = self.stage.locator(f"[data-slider={step['moves'][0]}]")
        tab_to(self.page, slider)
        way = next(iter(step["solution"].values())) - float(slider.input_value())
        for _ in range(round(abs(way) / float(slider.get_attribute("step") or 1))):
            self.page.keyboard.press("ArrowRight" if way > 0 else "ArrowLeft")
        expect(self.lesson.get_by_test_id("course-done")).to_be_visible()
        expect(slider).to_be_focused()


def wrong_of(one: dict[str, Any], right: float) -> float:
    """A value of the question's axis, where there is one at 0 and beyond, that is far from the right one."""
    return -0.9 if right > 0 and one["ask"]["kind"] == "lane" else 0.0 if right > 0.5 else 0.9


def test_every_kind_of_question_by_keys_alone(new_page: NewPage) -> None:
    page = new_page(fresh=True, still=True)
    open_stage(page, "/course")
    visitor = Visitor(page)
    for visit in VISITS:
        name, part = visitor.comes(visit)
        step = reader.structure(name)["steps"][part]
        lesson = visitor.lesson
        visitor.answers(visit, step)
        verdict = lesson.get_by_test_id("course-verdict")
        expect(verdict).to_be_focused()
        wanted = {"right": "right", "wrong": "off", "unknown": "unknown"}[visit.answer]
        expect(verdict).to_have_attribute("data-verdict", wanted)
        expect(page.get_by_test_id("course-spoken")).to_contain_text(verdict.inner_text())
        expect(visitor.stage).to_have_attribute("data-theme", visit.theme)
        if "why" in step:
            tab_to(page, lesson.locator("button.gc-option").first)
            page.keyboard.press("Enter")
            expect(lesson.get_by_test_id("course-because")).to_be_focused()
        tab_to(page, lesson.get_by_test_id("course-next"))
        page.keyboard.press("Enter")
        visitor.is_at(name, part + 1)
        assert not sticking_out(page), visit
        following = reader.structure(name)["steps"][part + 1]
        if following["kind"] == "do" and name != "holding":  # that is solved between the slider's ends
            visitor.does(following)
    assert not axe_findings(page)
    page.wait_for_url(re.compile(r"lang=zh"))
