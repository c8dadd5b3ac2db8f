"""No pixel of a lesson's stage depends on what its question conceals: with other values it looks the same.

tests/course/walk.mjs holds every question to that in what the views are given; here it is what they paint.
"""

import json
from collections.abc import Callable
from io import BytesIO
from itertools import cycle
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from PIL import Image

from gates.course import reader
from gates.course.expressions import filled
from gates.course.questions import LEVELS, STAGED
from gates.course.worked import Example
from gates.ui.web.routes import lessons, preview
from tests.browser.helpers import PAINTED, NewPage
from tests.browser.lessons import BareCourse, drawn_variant

VIEWS = ("belt", "diagram", "unrolled")
PLACE = ("step", "phase", "unit", "view")
GIVEN = ("x", "W", "U", "b", "b_hn", "peephole")
Json = dict[str, Any]


def uncovered(step: Json, header: Json, seed: int = 7) -> tuple[int, str | None]:
    """How far a question uncovers a run: whole steps, and of the next one the last phase that may be seen."""
    own, one = drawn_variant(step, seed)
    if step["kind"] == "worked":
        lines = Example(step, filled(step["state"], own)).lines
        return min(line.key[2] for line in lines if line.name in step["blank"]), None
    if "from" in one["ask"]:
        return one["ask"]["from"] - 1, None
    signal, whole = one["ask"]["signal"], one["ask"]["step"] - 1
    phases, made = header["description"]["phases"], header["description"]["made"]
    place = phases.index(made.get(signal, phases[0])) if step["kind"] in ("value", "lane") else 0
    return whole, phases[place - 1] if place > 1 else None


def with_other_values(packed: bytes, step: Json) -> bytes:
    """The same run, but for what its question conceals: there every array has other numbers."""
    size = int.from_bytes(packed[:4], "little")
    header = json.loads(packed[4 : 4 + size])
    start = 4 + size + -(4 + size) % 8
    digest = header["digest"].encode()
    found = bytearray(packed.replace(digest, digest[::-1], 1))  # or the stage would know the run as the same
    phases, made = header["description"]["phases"], header["description"]["made"]
    whole, phase = uncovered(step, header)
    for entry in header["arrays"]:
        name = entry["name"]
        if name in GIVEN or name.startswith("initial_"):
            continue
        values = np.frombuffer(
            found,
            "<f4" if entry.get("single") else "<f8",
            int(np.prod(entry["shape"])),
            start + entry["offset"],
        ).reshape(entry["shape"])
        known = phases.index(made.get(name.removeprefix("pre."), phases[0]))
        first = whole + (phase is not None and known <= phases.index(phase))
        bounded = name in header["description"]["signals"] and name != "cell"
        values[first:] = 0.9 - 0.8 * np.abs(values[first:]) if bounded else 2.5 - 1.5 * values[first:]
    return bytes(found)


def questions() -> dict[tuple[str, str], list[tuple[str, int]]]:
    """Lesson and part of all questions that the stage conceals, by kind of question and of cell."""
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for name in reader.names():
        for part, step in enumerate(reader.structure(name)["steps"]):
            lines = step["kind"] == "worked" and {"h1", "c1"} & set(step["blank"])
            if step["kind"] in (*STAGED, LEVELS) or lines:
                asked = (step.get("ask") or {}).get("signal", "")
                found.setdefault((step["kind"], asked), []).append((name, part))
    return found


def other_truth(name: str, part: int) -> bytes:
    """All lessons, but one question of kind ``levels`` has other answers: each course turned upside down."""
    content = json.loads(lessons.packed("en"))
    step = next(one for one in content["lessons"] if one["id"] == name)["steps"][part]
    low, high = step["range"]
    for one in step["variants"]:
        for told in (one["truth"], *one["mistakes"].values()):
            told[:] = [figure | {"number": low + high - figure["number"]} for figure in told]
        one["figures"] = {key: figure | {"number": 0.5} for key, figure in one["figures"].items()}
    return json.dumps(content).encode()


def pixels(picture: bytes) -> np.ndarray:
    """The pixels of a PNG, (height, width, 3)."""
    return np.asarray(Image.open(BytesIO(picture)).convert("RGB"))


def differ(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether pictures differ by more than the last bit: a round corner is not always painted alike."""
    if one.shape != other.shape:
        return True
    return bool((one != other).any()) and int(np.abs(one.astype(int) - other).max()) > 1


class Looks:
    """Looks at questions of lessons, with the run's own values or with others where it is concealed."""

    def __init__(self, new_page: Callable[..., Any], **options: Any) -> None:
        self.page = new_page(fresh=True, still=True, **options)
        self.step: Json | None = None
        self.altered, self.back = 0, False
        self.course = BareCourse(self.page, self.run)
        self.source = self.course.told_in("en")["source"]
        self.page.route("**/lessons/other/*", self.lessons)

    def run(self, asked: Json) -> bytes:
        """The run that is asked for; of the one that the question is about, if so wanted, another one."""
        packed = preview.run(asked)
        self.back = "loss" in asked  # gradients, which such a question may be about
        if self.step is None or not self.links(asked["params"]):
            return packed
        self.altered += 1
        return with_other_values(packed, self.step)

    def links(self, params: Json) -> bool:
        """Whether that is the run of the step, and not another one beside it."""
        _, one = drawn_variant(self.step, 7)
        own = dict(parse_qsl(urlsplit(one["after"]).query))
        return all(params.get(name) == value for name, value in own.items() if name not in PLACE)

    def at(self, name: str, part: int, view: str, other: bool) -> tuple[str, np.ndarray]:
        """What a question's stage is made of, and its pixels."""
        step = reader.structure(name)["steps"][part]
        if step["kind"] == LEVELS:
            return self.level(name, part, view, other)
        self.step = step if other else None
        before = self.altered
        stage = self.course.open(name, part, place={"view": view})
        assert (self.altered > before) == other, "the question's own run is the one that is altered"
        return self.seen(stage)

    def lessons(self, route: Any) -> None:
        """Answers with lessons in which a question has another answer."""
        name, part = route.request.url.rpartition("/")[2].removesuffix(".json").split("+")
        route.fulfill(body=other_truth(name, int(part)), content_type="application/json")

    def level(self, name: str, part: int, view: str, other: bool) -> tuple[str, np.ndarray]:
        """The same of a question whose answer is no part of the run, but comes with the lesson."""
        self.step = None
        source = f"/lessons/other/{name}+{part}.json" if other else self.source
        self.page.evaluate(_OLD)
        stage = self.course.open(name, part, place={"view": view}, source=source)
        self.page.locator("[data-testid=levels] form:not([data-old])").wait_for()
        assert not self.back, "no way back stands on the stage while it is asked for"
        return self.seen(stage)

    def revealed(self) -> tuple[str, np.ndarray]:
        """The same after “I don’t know” to everything that is asked."""
        for button in self.page.get_by_role("button", name="I don’t know").all():
            button.click()
        if (check := self.page.get_by_role("button", name="Check my lines")).count():
            check.click()
        self.page.get_by_test_id("course-verdict").wait_for()
        return self.seen(self.course.stage)

    def seen(self, stage: Any) -> tuple[str, np.ndarray]:
        before = None
        while before != (found := stage.evaluate(_MADE_OF)):
            before = found
            self.page.evaluate(PAINTED)  # until it has found its sizes
        return found, pixels(stage.screenshot(animations="disabled"))


_OLD = """() => document.querySelector("[data-testid=levels] form")?.setAttribute("data-old", "")"""
"""Marks the form of a question that was there before."""

_MADE_OF = """(stage) => {
  const unlike = new Set("id for href style aria-labelledby aria-describedby aria-controls".split(" "));
  const parts = [];
  for (const element of stage.querySelectorAll("*:not([role=status])")) {
    const own = [...element.attributes].filter(({ name }) => !unlike.has(name));
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const named = own.map(({ name, value }) => `${name}=${value}`).sort();
    parts.push([element.tagName, element.style.cssText, ...named]);
    parts.push(texts.map((node) => node.data), element.tagName === "CANVAS" ? element.toDataURL() : "");
  }
  return parts.map(String).join("\\n");
}"""
"""Everything by which a stage is known, in the words of its elements; what was said last is none of it."""


def test_no_pixel_tells_what_a_question_conceals(new_page: NewPage) -> None:
    looks = Looks(new_page, width=1440, height=2000)  # nothing is scrolled for a picture
    views = cycle(VIEWS)
    for (kind, signal), places in questions().items():
        (name, part), view = places[0], next(views)
        for _ in range(3):  # a first painting may have other corners: not once both are painted again
            one, other = (looks.at(name, part, view, other) for other in (False, True))
            assert one[0] == other[0], f"{kind}: {name} {part} {view}"
            if not differ(one[1], other[1]):
                break
        else:
            raise AssertionError(f"{kind}: pixels of {name} {part} {view}")
        if (kind, signal) in (("value", "forget"), ("levels", "")):
            told = looks.revealed()
            looks.at(name, part, view, other=False)
            assert differ(told[1], looks.revealed()[1]), f"without the cover {name} {part} would show it"
