"""The course as a newcomer meets it, from home to the first commitment, by keys; and the glossary."""

import json
import re

from playwright.sync_api import expect

from tests.browser.helpers import (
    NewPage,
    axe_findings,
    open_stage,
    step_values,
    sticking_out,
    unreachable_by_keys,
    until,
)
from tests.browser.lessons import BareCourse, attempt, tab_to
from tests.export.files import Parsed


def test_from_home_to_the_first_answer_by_keys_and_back_again(new_page: NewPage) -> None:
    page = new_page(fresh=True, still=True)
    open_stage(page, "/")
    tab_to(page, page.get_by_role("link", name="Learn: begin with a question"))
    page.keyboard.press("Enter")
    lesson = page.get_by_test_id("course-step")
    stage = page.locator("[data-testid=course] [data-testid=stage]")
    expect(lesson).to_have_attribute("data-shown", "true")
    expect(stage).to_have_attribute("data-concealed", "")
    term = lesson.locator("button.gc-term").first
    tab_to(page, term)
    page.keyboard.press("Enter")
    card = page.get_by_test_id("course-term")
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(term).to_be_focused()
    blanks = int(re.search(r"Draw h for the (\d+) blanks", lesson.inner_text())[1])
    until(page, lambda: [round(h, 4) for h in step_values(stage)["hidden"]] == [0.9993])
    tab_to(page, lesson.get_by_role("button", name="Answer on the stage"))
    page.keyboard.press("Enter")
    fields = stage.get_by_test_id("guess").get_by_role("textbox")
    expect(fields).to_have_count(blanks)
    expect(fields.first).to_be_focused()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(stage.get_by_role("alert")).to_contain_text("between −1 and 1")
    expect(fields.first).to_be_focused()  # what was wrong is marked: typing replaces it
    for _ in range(blanks):
        page.keyboard.type("-0,5")
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    verdict = lesson.get_by_test_id("course-verdict")
    expect(verdict).to_be_focused()
    expect(stage).to_have_attribute("data-step", str(blanks))
    expect(verdict).to_have_text(
        re.compile(r"^At step 2 you drew −0\.5, the run has 0\.9\d: 1\.4\d apart\.$")
    )
    expect(page.get_by_test_id("course-spoken")).to_contain_text(verdict.inner_text())
    assert not axe_findings(page)
    expect(lesson.get_by_test_id("course-next")).to_have_count(0)
    tab_to(page, lesson.locator("button.gc-option").first)
    page.keyboard.press("Enter")
    expect(lesson.get_by_test_id("course-because")).to_be_visible()
    tab_to(page, lesson.get_by_test_id("course-next"))
    page.keyboard.press("Enter")
    expect(lesson.get_by_role("heading", level=2)).to_be_focused()
    page.wait_for_url(re.compile(r"[?&]lesson=same-cell\b.*&part=2\b"))

    page.go_back()
    expect(lesson).to_have_attribute("data-part", "1")
    page.reload()
    expect(verdict).to_contain_text("you drew −0.5")
    expect(stage).to_have_attribute("data-steps", str(blanks + 1))
    tab_to(page, page.get_by_role("link", name="Home").first)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("resume")).to_contain_text("You were in lesson 1")
    tab_to(page, page.get_by_role("link", name="Go on there"))
    page.keyboard.press("Enter")
    expect(lesson).to_have_attribute("data-part", "1")
    page.get_by_role("radio", name="中文").click()
    expect(verdict).to_contain_text("你画的是 −0.5")
    expect(stage).to_have_attribute("lang", "zh-Hans")
    with page.expect_download() as download:
        page.get_by_role("button", name="把这张图导出为单个文件").click()
    (run,) = Parsed(download.value.path().read_text(encoding="utf-8")).data["runs"]
    assert (run["path"], run["common"]["steps"], run["common"]["tokens"][0]) == ("/rnn", blanks + 1, "S")


def test_the_gate_test_and_a_review_outlast_a_reload(new_page: NewPage) -> None:
    page = new_page(fresh=True, still=True)
    course = BareCourse(page)
    course.come()
    beside = page.get_by_test_id("course-beside")
    beside.get_by_role("button", name="Take it first").click()
    own = page.get_by_test_id("course-own")
    expect(own.get_by_role("heading", level=2)).to_be_focused()
    own.get_by_role("button", name="That is my answer").click()
    expect(own.get_by_role("alert")).to_contain_text("how sure you are")
    own.get_by_role("group", name="Your answer").get_by_role("radio").first.check()
    own.get_by_role("radio", name="a guess").check()
    page.keyboard.press("Enter")
    expect(own).to_contain_text("question 2 of 14")
    assert not axe_findings(page)
    kept = page.evaluate("() => JSON.parse(localStorage.getItem('gatescope.course'))")
    (sitting,) = kept["sittings"].values()
    assert [answer["sure"] for answer in sitting["answers"].values()] == ["guess"]
    begun = kept["last"]["at"] - 2 * 24 * 3600 * 1000
    kept["lessons"]["same-cell"] = {f"{begun}-7": attempt("same-cell", begun)}
    page.evaluate(  # as another tab does
        """([key, newValue]) => {
          localStorage.setItem(key, newValue);
          dispatchEvent(new StorageEvent("storage", { key, newValue }));
        }""",
        ["gatescope.course", json.dumps(kept)],
    )
    page.reload()
    course.come()
    expect(beside).to_contain_text("1 of 14 questions of the gate test are answered")
    beside.get_by_role("button", name="Review, about two minutes").click()
    lesson = page.get_by_test_id("course-step")
    expect(lesson).to_contain_text("From lesson 1")
    expect(lesson).to_have_attribute("data-shown", "true")
    expect(page).not_to_have_url(re.compile("lesson="))
    page.get_by_role(
        "button", name="I don’t know"
    ).click()  # beside the stage or on it, as the question is drawn
    expect(lesson.get_by_test_id("course-verdict")).to_be_focused()
    page.reload()
    course.come()
    beside.get_by_role("button", name="Go on with it").click()
    expect(lesson.get_by_test_id("course-verdict")).to_be_visible()


def test_two_directions_stand_at_the_same_row_and_a_way_back_comes_with_the_answer(new_page: NewPage) -> None:
    page = new_page(fresh=True, still=True)
    course = BareCourse(page)
    course.open("layer", 0)
    own, beside = page.get_by_test_id("stage").first, page.get_by_test_id("stage").last
    expect(beside).to_have_attribute("data-step", "3")
    expect(own).to_have_attribute("data-concealed", "")
    page.get_by_role("button", name="I don’t know").click()
    own.press("End")
    expect(own).to_have_attribute("data-step", "3")
    expect(beside).to_have_attribute("data-step", "0")
    course.open("holding", 1)
    expect(page.get_by_test_id("backward")).to_have_count(0)
    page.get_by_role("button", name="I don’t know").click()
    expect(page.get_by_test_id("backward")).to_have_count(2)
    expect(beside).to_have_attribute("data-direction", "backward")


def test_a_term_is_found_followed_and_come_back_to(new_page: NewPage) -> None:
    page = new_page(fresh=True, locale="zh-CN", still=True)
    page.goto("/glossary?lang=zh&term=forget-gate")
    glossary = page.get_by_test_id("glossary")
    entry = glossary.locator("[data-term=forget-gate]")
    expect(entry).to_be_focused()
    expect(entry).to_have_attribute("aria-current", "true")
    expect(entry.get_by_role("row", name="z 记法")).to_contain_text("z")
    expect(entry).to_contain_text("torch.nn.LSTM.weight_ih_l0[H:2H]")
    entry.get_by_role("link", name="单元状态").click()
    page.wait_for_url(re.compile(r"[?&]term=cell-state\b"))
    expect(glossary.locator("[data-term=cell-state]")).to_be_focused()
    page.go_back()
    expect(entry).to_have_attribute("aria-current", "true")

    search = glossary.get_by_role("searchbox")
    search.fill("yi wang")
    expect(glossary.locator("[data-term]")).to_have_count(2)
    expect(glossary.get_by_test_id("glossary-count")).to_have_text("共 2 个术语")
    page.get_by_role("radio", name="English").click()
    expect(glossary.locator("[data-term] h3").first).to_contain_text("forget bias")
    search.fill("")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not sticking_out(page)
    assert not unreachable_by_keys(page)
    assert not axe_findings(page)
