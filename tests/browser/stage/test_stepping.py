"""What a student does first: walk through time by key, click, drag and play, and read the numbers."""

import re

import numpy as np
from playwright.sync_api import Locator, Page, expect

from gates.examples.presets.registry import PRESETS
from gates.scenes import scene
from gates.scenes.state import State
from tests.browser.helpers import (
    PAINTED,
    NewPage,
    open_alone,
    open_stage,
    record_attribute,
    sent_by,
    step_values,
    until,
    wait_until_idle,
)

PHASES = ("look", "forget", "write", "read", "carry")


def stands(stage: Locator, step: int, phase: str | None = None) -> None:
    """Waits until it stands there; the table of numbers changes with the place."""
    expect(stage).to_have_attribute("data-step", str(step))
    if phase:
        expect(stage).to_have_attribute("data-phase", phase)


def assert_shows(stage: Locator, state: State) -> None:
    """Every number of the step table is the engine's, to the last bit."""
    trace = scene.build(state).trace
    step = int(stage.get_attribute("data-step") or -1)
    for signal, values in step_values(stage).items():
        assert np.array_equal(values, getattr(trace, signal)[step]), (signal, step)


def test_every_step_shows_what_the_engine_computed(new_page: NewPage) -> None:
    page = new_page(alone=True)
    for cell, opens, low in (("lstm", 3, 0.7), ("gru", 1, 0.95), ("rnn", 2, 0.95)):
        each_step_shows_what_the_engine_computed(page, cell, opens, low)


def each_step_shows_what_the_engine_computed(page: Page, cell: str, opens: int, low: float) -> None:
    stage = open_alone(page, f"/{cell}")
    stands(stage, opens)
    assert step_values(stage)["hidden"][0] > low, "where its example shows something"
    stage.focus()
    page.keyboard.press("Home")
    steps = int(stage.get_attribute("data-steps") or 0)
    assert steps == len(PRESETS[cell][0].tokens)
    for step in range(steps):
        stands(stage, step)
        assert_shows(stage, State(cell))
        page.keyboard.press("ArrowRight")
    stands(stage, steps - 1)  # the last step is the last


def test_keys_and_play_go_by_step_and_phase_and_send_the_server_nothing(new_page: NewPage) -> None:
    page = new_page(still=False)
    stage = open_stage(page, "/lstm?lang=en&step=1")
    page.wait_for_url(re.compile("preset="))
    wait_until_idle(page)
    sent = sent_by(page)
    stage.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    stands(stage, 1)
    page.keyboard.press("End")
    stands(stage, 8)
    page.keyboard.press("Home")
    stands(stage, 0)
    for phase in PHASES:
        page.keyboard.press("Shift+ArrowRight")
        stands(stage, 1, phase)
    the_table_has_a_row_for_each_signal_and_no_number_of_a_later_phase(page, stage)
    for key in ("r", "c", "ArrowDown"):  # letters that mean something to Streamlit
        page.keyboard.press(key)
    plays_to_the_end(page, stage)
    page.emulate_media(reduced_motion="reduce")
    plays_to_the_end(page, stage)
    stage.get_by_role("button", name="Diagram").click()
    page.wait_for_url(re.compile("(?=.*view=diagram)(?=.*step=9)"))  # written later than all that was done
    assert sent == [] and page.get_by_role("dialog").count() == 0


def the_table_has_a_row_for_each_signal_and_no_number_of_a_later_phase(page: Page, stage: Locator) -> None:
    rows = stage.locator("table[data-testid=step-values] tr[data-signal]")
    names = rows.evaluate_all("rows => rows.map(row => row.dataset.signal)")
    assert names == ["x", "forget", "input", "candidate", "cell", "output", "hidden"]
    page.keyboard.press("Home")
    complete = []
    stands(stage, 0)
    for phase in PHASES:
        page.keyboard.press("Shift+ArrowRight")
        stands(stage, 1, phase)
        complete.append(set(step_values(stage)))
    assert complete[0] == {"x"}
    assert complete[1:] == [{*complete[0], "forget"}, {*names[:5]}, {*names}, {*names}]
    assert_shows(stage, State("lstm"))
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    stands(stage, 1, "write")
    hidden = stage.locator("table[data-testid=step-values] tr[data-signal=hidden] td[data-value]")
    expect(hidden).to_have_count(0)


def plays_to_the_end(page: Page, stage: Locator) -> None:
    page.keyboard.press("Home")
    stands(stage, 0)
    stage.get_by_label("Speed").select_option("8")
    steps = record_attribute(stage, "data-step")
    play = stage.get_by_role("button", name="Play", exact=True)
    play.click()
    expect(stage).to_have_attribute("data-step", "8")
    expect(play).to_be_visible()
    assert steps() == [str(step) for step in range(1, 9)]
    stage.focus()


def test_twenty_fast_clicks_and_a_held_key_lose_no_step(new_page: NewPage) -> None:
    page = new_page(still=False, alone=True)
    stage = open_alone(page, "/lstm?input=signal&signal=sine&steps=60")
    forward = stage.get_by_role("button", name="Forward", exact=True)
    forward.evaluate("button => { for (let k = 0; k < 20; k += 1) button.click(); }")
    stands(stage, 20)
    stage.focus()
    for _ in range(25):
        page.keyboard.down("ArrowRight")  # without the key coming up: the repeats of a held key
    page.keyboard.up("ArrowRight")
    stands(stage, 45)
    expect(stage.locator("table[data-testid=step-values] caption")).to_contain_text("46")


def test_track_and_score_are_ways_to_any_step_and_any_number_explains_itself(new_page: NewPage) -> None:
    page = new_page(alone=True)
    stage = open_alone(page, "/lstm?step=1")
    track, score = stage.get_by_test_id("track"), stage.locator(".gs-strip[data-signal=forget] canvas")
    track.scroll_into_view_if_needed()  # which waits until it stands still
    box = track.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 5, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, y, steps=8)
    stands(stage, 4)
    page.mouse.move(box["x"] + box["width"] - 5, y, steps=8)
    page.mouse.up()
    stands(stage, 8)
    width, height = score.evaluate("canvas => [canvas.offsetWidth, canvas.offsetHeight]")
    score.click(position={"x": width * 0.6, "y": height / 2})
    stands(stage, 5)
    stage.locator("[data-part=forget][data-unit='0']").first.click()
    expect(stage.get_by_test_id("inspector")).to_have_attribute("data-signal", "forget")
    result = stage.get_by_test_id("inspector-result")
    trace = scene.build(State("lstm")).trace
    until(page, lambda: float(result.get_attribute("data-value") or "nan") == trace.forget[5, 0])
    expect(stage.get_by_test_id("inspector")).to_contain_text("forget gate")


def test_keys_act_on_the_pages_stage_before_it_has_the_focus(page: Page) -> None:
    stage = open_stage(page, "/lstm?lang=en&step=3")
    page.keyboard.press("ArrowRight")
    expect(stage).to_have_attribute("data-step", "3")
    page.wait_for_url(re.compile("(?=.*preset=)(?=.*step=4)"))
    wait_until_idle(page)
    sent = sent_by(page)
    page.keyboard.press("r")
    page.keyboard.press("c")
    page.keyboard.press("?")
    expect(page.get_by_role("switch", name="Single-key shortcuts")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(1)
    assert sent == []
    page.get_by_role("switch", name="Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    stage.wait_for()
    wait_until_idle(page)
    page.keyboard.press("?")
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("dialog").count() == 0
    expect(stage).to_have_attribute("data-step", "3")
    stage.focus()
    page.keyboard.press("ArrowRight")
    expect(stage).to_have_attribute("data-step", "4")


EIGHT_LANES = "?input=prices&units=8"
HIDDEN = """element => Math.max(element.scrollHeight - element.clientHeight,
                            element.scrollWidth - element.clientWidth)"""
SMALLEST = """stage => {
  const sizes = [];
  const walk = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
             while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
               if (!walk.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    const box = element.getBoundingClientRect();
               if (box.width < 2 || box.height < 2 || box.bottom > innerHeight) continue;
               if (element.closest(".gs-hidden, details:not([open]) > :not(summary)")) continue;
    const scale = element.getScreenCTM ? element.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * scale;
               sizes.push([size, walk.currentNode.textContent]);
             }
             return sizes.sort((a, b) => a[0] - b[0])[0];
           }"""
"""The size of the smallest letters on the screen, in CSS px, and what they say."""


def test_f_fills_the_hall_with_letters_for_the_back_row(new_page: NewPage) -> None:
    page = new_page(width=1920, height=1080)
    fills_the_hall(page, open_stage(page, "/lstm"))
    page = new_page(width=1920, height=1080, alone=True)
    for address in (
        *(f"/{cell}{EIGHT_LANES}" for cell in ("lstm", "gru", "rnn")),
        "/lstm?preset=not_good",
    ):
        fills_the_hall(page, open_alone(page, address))


def fills_the_hall(page: Page, stage: Locator) -> None:
    stage.focus()
    page.keyboard.press("f")
    expect(stage.get_by_test_id("folded")).to_contain_text("folded for room")
    page.evaluate(PAINTED)
    until(page, lambda: stage.evaluate(SMALLEST)[0] >= 20)
    until(page, lambda: stage.evaluate("stage => stage.offsetWidth") >= 1900)
    for part in (stage, stage.locator(".gs-picture")):
        until(page, lambda part=part: part.evaluate(HIDDEN) <= 0)  # all of it is on the screen
    until(page, lambda: stage.evaluate("stage => stage.scrollHeight <= innerHeight"))
    # and of the score what carries the memory
    expect(stage.locator(".gs-strip").filter(visible=True).first).to_be_visible()
    strips = stage.locator(".gs-strip").count()
    stage.locator("[data-action=inspect]").click()
    expect(stage).to_have_js_property("scrollTop", 0)
    picture = stage.locator(".gs-picture svg").first  # lanes beside the arithmetic, not a phone's picture
    until(page, lambda: picture.evaluate("picture => picture.viewBox.baseVal.width") >= 700)
    page.keyboard.press("f")
    expect(stage.get_by_test_id("folded")).to_be_hidden()
    expect(stage.locator(".gs-strip").filter(visible=True)).to_have_count(strips)
