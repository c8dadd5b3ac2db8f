"""Own input in the browser: what is right appears at once, what is wrong is said and costs nothing."""

import re

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.helpers import NewPage, open_stage, pick, step_values, until, wait_until_idle


def choose(page: Page, label: str, option: str) -> None:
    pick(page, page.get_by_role("combobox", name=label).first, option)


def test_a_sentence_a_year_of_prices_and_a_signal_go_in(page: Page) -> None:
    stage = open_stage(page, "/gru?step=1")
    choose(page, "What goes in", "Your own text")
    expect(stage).to_have_attribute("data-steps", str(len("the cat sat on the mat")))
    box = page.get_by_label("Text", exact=True)
    box.click()
    for key in ("ArrowRight", "ArrowLeft", "Home"):
        page.keyboard.press(key)
    page.keyboard.type("rcf ")
    assert stage.get_attribute("data-step") == "0", "typing moves nothing"
    expect(box).to_have_value(re.compile("^rcf "))
    box.fill("gates remember")
    box.press("Enter")
    expect(stage).to_have_attribute("data-steps", "14")
    expect(stage).to_contain_text("It has read most of The Time Machine")
    expect(stage.get_by_test_id("readout")).to_contain_text("Next came")
    choose(page, "Network", "random weights")
    expect(stage).to_contain_text("these gates have learned nothing")
    choose(page, "What goes in", "Share prices")
    expect(stage).to_have_attribute("data-steps", "53")
    expect(stage.get_by_test_id("track")).to_have_attribute(
        "aria-valuetext", "step 1 of 53, input 2018-01-01"
    )
    choose(page, "What goes in", "Signal")
    expect(stage).to_have_attribute("data-steps", "40")
    until(page, lambda: max(step_values(stage)["x"]) == 1.0)


def wrong(page: Page, text: str) -> Locator:
    box = page.get_by_label("Numbers", exact=True)
    box.fill(text)
    box.press("Control+Enter")
    return page.get_by_role("alert").first


WRONG = {"1 2\n3 abc": "abc", " ".join(["1"] * 10_000): "10000 timesteps"}


def test_bad_numbers_leave_the_picture_and_the_typing_alone(page: Page) -> None:
    stage = open_stage(page, "/lstm?step=1")
    choose(page, "What goes in", "Your own numbers")
    expect(stage).to_have_attribute("data-steps", "8")
    for typed, said in WRONG.items():
        before = step_values(stage)
        expect(wrong(page, typed)).to_contain_text(said)
        assert step_values(stage) == before
        assert page.get_by_label("Numbers", exact=True).input_value() == typed
        wrong(page, "0.5\n-0.5\n1")
        expect(stage).to_have_attribute("data-steps", "3")
        expect(page.get_by_role("alert")).to_have_count(0)


def settled_box(page: Page, part: Locator) -> FloatRect:
    """Where a part stands once it stands still."""
    boxes = [part.bounding_box()]

    def stands() -> bool:
        boxes.append(part.bounding_box())
        return boxes[-1] is not None and boxes[-1] == boxes[-3:-2][0] if len(boxes) > 2 else False

    until(page, stands)
    assert boxes[-1]
    return boxes[-1]


SINGLE = """part => {
  const { _mouseDownTime: last, _context: { doubleClickDelay } } = part.closest(".js-plotly-plot");
  return Date.now() - last > 2 * doubleClickDelay;
}"""
"""Whether the next click will be none of two to Plotly, which takes a selection away by a double click."""


def test_the_heatmaps_open_on_demand_and_lead_to_a_step(new_page: NewPage) -> None:
    page = new_page(width=1440, height=1400)
    stage = open_stage(page, "/lstm?step=1")
    assert page.locator(".js-plotly-plot").count() == 0, "nothing of Plotly before it is asked for"
    page.get_by_role("tab", name="Heatmaps").click()
    plot = page.locator(".js-plotly-plot .nsewdrag").nth(1)
    plot.wait_for()
    for _ in range(3):  # each click moves the stage there, also one on the cell that is selected already
        until(page, lambda: plot.evaluate(SINGLE))
        box = settled_box(page, plot)
        page.mouse.click(box["x"] + box["width"] * 6.5 / 9, box["y"] + box["height"] / 2)
        expect(stage).to_have_attribute("data-step", "6")
        stage.focus()
        page.keyboard.press("ArrowLeft")
        expect(stage).to_have_attribute("data-step", "5")
        wait_until_idle(page)
    page.get_by_text("中文", exact=True).click()
    expect(page.get_by_role("tab", name="热力图")).to_have_attribute("aria-selected", "true")
    expect(stage).to_have_attribute("data-step", "5")


def test_what_a_counter_says_follows_its_slider(page: Page) -> None:
    stage = open_stage(page, "/gru?preset=counter&lang=en")
    expect(stage).to_contain_text("6.51 first steps")
    stage.locator("input[data-slider=update_shift]").focus()
    page.keyboard.press("End")
    expect(stage).to_contain_text("10.00 first steps")
