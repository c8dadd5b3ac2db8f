"""What a student does first: walk through time by key, click, drag and play, and read the numbers."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from gates.examples.presets.registry import PRESETS
from gates.scenes import scene
from gates.scenes.state import State
from tests.browser.helpers import NewPage, Server, open_stage, sent_by, step_values, wait_until_idle

CELLS = ("lstm", "gru", "rnn")


def at(stage: Locator) -> int:
    return int(stage.get_attribute("data-step") or -1)


def assert_shows(stage: Locator, state: State) -> None:
    """Every number of the step table is the engine's, to the last bit."""
    trace = scene.build(state).trace
    step = at(stage)
    for signal, values in step_values(stage).items():
        assert np.array_equal(values, getattr(trace, signal)[step]), (signal, step)


@pytest.fixture
def lstm(page: Page) -> Iterator[Locator]:
    yield open_stage(page, "/lstm?step=1")


@pytest.mark.parametrize("cell", CELLS)
def test_every_step_shows_what_the_engine_computed(new_page: NewPage, cell: str) -> None:
    page = new_page()
    stage = open_stage(page, f"/{cell}?step=1")
    stage.focus()
    steps = int(stage.get_attribute("data-steps") or 0)
    assert steps == len(PRESETS[cell][0].tokens)
    for step in range(steps):
        assert at(stage) == step
        assert_shows(stage, State(cell))
        page.keyboard.press("ArrowRight")
    assert at(stage) == steps - 1, "the last step is the last"


def test_keys_go_by_step_by_phase_and_to_the_ends(page: Page, lstm: Locator) -> None:
    lstm.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert at(lstm) == 1
    page.keyboard.press("End")
    assert at(lstm) == 8
    page.keyboard.press("Home")
    assert at(lstm) == 0
    seen = []
    for _ in range(5):
        page.keyboard.press("Shift+ArrowRight")
        seen.append((at(lstm), lstm.get_attribute("data-phase")))
    assert seen == [(1, "look"), (1, "forget"), (1, "write"), (1, "read"), (1, "carry")]
    page.keyboard.press("Shift+ArrowLeft")
    assert lstm.get_attribute("data-phase") == "read"


def test_twenty_fast_clicks_and_a_held_key_lose_no_step(page: Page) -> None:
    stage = open_stage(page, "/lstm?input=signal&signal=sine&steps=60")
    forward = stage.get_by_role("button", name="Forward", exact=True)
    forward.evaluate("button => { for (let k = 0; k < 20; k += 1) button.click(); }")
    assert at(stage) == 20
    stage.focus()
    for _ in range(25):
        page.keyboard.down("ArrowRight")  # without the key coming up: the repeats of a held key
    page.keyboard.up("ArrowRight")
    assert at(stage) == 45
    expect(stage.locator("table[data-testid=step-values] caption")).to_contain_text("46")


def test_stepping_and_playing_send_the_server_nothing(page: Page) -> None:
    sent = sent_by(page)
    stage = open_stage(page, "/lstm?step=1")
    page.wait_for_timeout(600)  # the address has been written
    sent.clear()
    stage.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "ArrowDown", "End", "Home", "Space"):
        page.keyboard.press(key)
    page.wait_for_timeout(1500)
    page.keyboard.press("Space")
    assert at(stage) > 0
    stage.get_by_role("button", name="Diagram").click()
    page.wait_for_timeout(400)
    assert sent == []


def test_play_runs_to_the_end_and_stops(page: Page, lstm: Locator) -> None:
    lstm.get_by_label("Speed").select_option("8")
    lstm.get_by_role("button", name="Play", exact=True).click()
    expect(lstm).to_have_attribute("data-step", "8", timeout=10_000)
    expect(lstm.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_play_walks_on_for_who_asks_for_less_motion(new_page: NewPage) -> None:
    stage = open_stage(new_page(still=True), "/lstm?step=1")
    stage.get_by_label("Speed").select_option("8")
    stage.get_by_role("button", name="Play", exact=True).click()
    expect(stage).to_have_attribute("data-step", "8", timeout=10_000)


def test_the_track_follows_a_drag(page: Page, lstm: Locator) -> None:
    box = lstm.get_by_test_id("track").bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 5, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, y, steps=8)
    assert at(lstm) == 4
    page.mouse.move(box["x"] + box["width"] - 5, y, steps=8)
    page.mouse.up()
    assert at(lstm) == 8


def test_the_score_is_a_way_to_any_step(page: Page, lstm: Locator) -> None:
    strip = lstm.locator(".gs-strip[data-signal=forget] canvas")
    box = strip.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    assert at(lstm) == 5


def test_a_touch_moves_a_phone(new_page: NewPage) -> None:
    page = new_page(width=390, height=844, touch=True)
    stage = open_stage(page, "/gru?step=1")
    stage.get_by_role("button", name="Forward", exact=True).tap()
    assert at(stage) == 1
    stage.get_by_test_id("track").locator(".gs-token").nth(3).tap()
    assert at(stage) == 3


def test_any_number_explains_itself(page: Page, lstm: Locator) -> None:
    lstm.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    lstm.locator("[data-part=forget][data-unit='0']").first.click()
    expect(lstm.get_by_test_id("inspector")).to_have_attribute("data-signal", "forget")
    result = lstm.get_by_test_id("inspector-result")
    trace = scene.build(State("lstm")).trace
    assert float(result.get_attribute("data-value") or "nan") == trace.forget[3, 0]
    expect(lstm.get_by_test_id("inspector")).to_contain_text("forget gate")


def test_typing_elsewhere_moves_nothing(page: Page) -> None:
    stage = open_stage(page, "/lstm?input=text&through=random")
    box = page.get_by_label("Text", exact=True)
    box.click()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    page.keyboard.type("rcf ")
    assert at(stage) == 0
    assert box.input_value().startswith("rcf ")


def test_letters_that_mean_something_to_streamlit_stay_on_the_stage(page: Page, lstm: Locator) -> None:
    sent = sent_by(page)
    lstm.focus()
    for key in "rc":
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert sent == []
    assert page.get_by_role("dialog").count() == 0


def test_keys_act_on_the_pages_stage_before_it_has_the_focus(page: Page) -> None:
    sent = sent_by(page)
    stage = open_stage(page, "/lstm?step=3")
    page.keyboard.press("ArrowRight")
    expect(stage).to_have_attribute("data-step", "3")
    sent.clear()
    page.keyboard.press("r")
    page.keyboard.press("c")
    page.wait_for_timeout(300)
    assert sent == [] and page.get_by_role("dialog").count() == 0
    page.keyboard.press("?")
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


@pytest.mark.parametrize(
    "address",
    ["/lstm", f"/lstm{EIGHT_LANES}", f"/gru{EIGHT_LANES}", f"/rnn{EIGHT_LANES}", "/lstm?preset=not_good"],
)
def test_f_fills_the_hall_with_letters_for_the_back_row(new_page: NewPage, address: str) -> None:
    page = new_page(width=1920, height=1080)
    stage = open_stage(page, address)
    stage.focus()
    page.keyboard.press("f")
    page.wait_for_timeout(600)
    smallest = stage.evaluate(
        """stage => {
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
    )
    assert smallest[0] >= 20, smallest
    assert stage.bounding_box()["width"] >= 1900
    hidden = """element => Math.max(element.scrollHeight - element.clientHeight,
                                    element.scrollWidth - element.clientWidth)"""
    for part in (stage, stage.locator(".gs-picture")):
        assert part.evaluate(hidden) <= 0, "all of it is on the screen"
    assert stage.evaluate("stage => stage.scrollHeight <= innerHeight")
    assert stage.locator(".gs-strip").filter(visible=True).count() > 0, (
        "and of the score what carries the memory"
    )
    expect(stage.get_by_test_id("folded")).to_contain_text("folded for room")
    strips = stage.locator(".gs-strip").count()
    stage.locator("[data-action=inspect]").click()
    expect(stage).to_have_js_property("scrollTop", 0)
    width = stage.locator(".gs-picture svg").first.evaluate("picture => picture.viewBox.baseVal.width")
    assert width >= 700, "lanes beside the arithmetic, not a phone's picture"
    page.keyboard.press("f")
    expect(stage.get_by_test_id("folded")).to_be_hidden()
    expect(stage.locator(".gs-strip").filter(visible=True)).to_have_count(strips)


def test_the_step_table_has_a_row_for_each_signal_and_no_number_of_a_later_phase(
    page: Page, lstm: Locator
) -> None:
    lstm.focus()
    rows = lstm.locator("table[data-testid=step-values] tr[data-signal]")
    names = rows.evaluate_all("rows => rows.map(row => row.dataset.signal)")
    assert names == ["x", "forget", "input", "candidate", "cell", "output", "hidden"]
    complete = []
    for _ in range(5):
        page.keyboard.press("Shift+ArrowRight")
        complete.append(set(step_values(lstm)))
    assert lstm.get_attribute("data-phase") == "carry"
    assert complete[0] == {"x"}
    assert complete[1:] == [{*complete[0], "forget"}, {*names[:5]}, {*names}, {*names}]
    assert_shows(lstm, State("lstm"))
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    assert lstm.get_attribute("data-phase") == "write"
    expect(
        lstm.locator("table[data-testid=step-values] tr[data-signal=hidden] td[data-value]")
    ).to_have_count(0)


@pytest.mark.parametrize("reset", ["before", "after"])
def test_where_r_acts_changes_who_is_silenced(new_page: NewPage, reset: str) -> None:
    page = new_page()
    stage = open_stage(page, f"/gru?preset=silenced&reset={reset}&sharpness=1&step=4")
    assert stage.get_attribute("data-reset") == reset
    assert_shows(stage, State("gru", preset="silenced", reset=reset, sliders={"sharpness": 1.0}))
    heard = step_values(stage)["hidden"][1]
    assert heard == pytest.approx(0.0 if reset == "before" else 1.0, abs=1e-3)


def test_z_that_writes_changes_labels_and_numbers_but_not_the_state(new_page: NewPage) -> None:
    page = new_page()
    keep = open_stage(page, "/gru?step=2")
    kept = keep.locator("[data-part=update][data-unit='0']").first.text_content()
    page.get_by_role("button", name="z writes").or_(page.get_by_role("radio", name="z writes")).click()
    write = page.locator("[data-testid=stage][data-update=write]")
    write.wait_for()
    wait_until_idle(page)
    assert write.locator("[data-part=update][data-unit='0']").first.text_content() != kept
    hidden = scene.build(State("gru")).trace.hidden[1]
    assert np.array_equal(step_values(write)["hidden"], hidden)


def test_a_slider_answers_with_the_engines_numbers(page: Page, lstm: Locator, server: Server) -> None:
    lstm.focus()
    page.keyboard.press("End")
    slider = lstm.locator("input[data-slider=sharpness]")
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_url(re.compile("sharpness=1"))
    wait_until_idle(page)
    assert_shows(lstm, State("lstm", sliders={"sharpness": 1.0}))
    assert at(lstm) == 8, "the place is kept"


@pytest.mark.parametrize(("path", "step", "low"), [("/lstm", 3, 0.7), ("/gru", 1, 0.95), ("/rnn", 2, 0.95)])
def test_a_page_opens_where_its_example_shows_something(
    new_page: NewPage, path: str, step: int, low: float
) -> None:
    stage = open_stage(new_page(), path)
    assert at(stage) == step and step_values(stage)["hidden"][0] > low
