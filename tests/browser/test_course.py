"""The course as a newcomer meets it: from home to the first commitment, by keys, and nothing is lost."""

import re

from playwright.sync_api import expect

from tests.browser.helpers import NewPage, axe_findings, open_stage, step_values


def test_from_home_to_the_first_answer_by_keys_and_back_again(new_page: NewPage) -> None:
    page = new_page(fresh=True, still=True)
    open_stage(page, "/")
    page.get_by_role("link", name="Learn: begin with a question").click()
    lesson = page.get_by_test_id("course-step")
    stage = page.locator("[data-testid=course] [data-testid=stage]")
    expect(stage).to_have_attribute("data-steps", "1")
    lesson.get_by_test_id("course-next").focus()
    page.keyboard.press("Enter")
    expect(lesson.get_by_role("heading", level=2)).to_be_focused()
    expect(lesson).to_have_attribute("data-shown", "true")
    page.wait_for_url(re.compile(r"[?&]lesson=same-cell&part=2\b"))

    blanks = int(re.search(r"after the (\d+) blanks", lesson.inner_text())[1])
    expect(stage).to_have_attribute("data-steps", "1")  # what is asked for is not even computed
    assert [round(h, 4) for h in step_values(stage)["hidden"]] == [0.9993]
    for _ in range(2):  # the slider, the field
        page.keyboard.press("Tab")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(lesson.get_by_role("alert")).to_contain_text("between −1 and 1")
    page.keyboard.press("Control+a")
    page.keyboard.type("-0,5")
    page.keyboard.press("Enter")
    expect(stage).to_have_attribute("data-steps", str(blanks + 1))
    verdict = lesson.get_by_test_id("course-verdict")
    expect(verdict).to_be_focused()
    held = step_values(stage)["hidden"][0]
    expect(verdict).to_have_text(f"You said −0.5, the run says {held:.2f}: {held + 0.5:.2f} apart.")
    expect(page.get_by_test_id("course-spoken")).to_contain_text(verdict.inner_text())
    assert not axe_findings(page)
    expect(lesson.get_by_test_id("course-next")).to_have_count(0)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(lesson.get_by_test_id("course-because")).to_be_visible()
    lesson.get_by_test_id("course-next").click()
    page.wait_for_url(re.compile(r"[?&]part=3\b"))

    page.go_back()
    expect(lesson).to_have_attribute("data-part", "2")
    page.reload()
    expect(verdict).to_contain_text("You said −0.5")
    expect(stage).to_have_attribute("data-steps", str(blanks + 1))
    page.get_by_role("radio", name="中文").click()
    expect(verdict).to_contain_text("你猜 −0.5")
    expect(stage).to_have_attribute("lang", "zh-Hans")
