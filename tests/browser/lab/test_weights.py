"""Weights under the hand: dragged, typed, undone, refused; the numbers are the engine's for what is shown.

Whatever was done, the numbers that stand on the page afterwards are the engine's for what is then in the
editor, to the last bit.
"""

import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from gates.scenes.lab.scene import StartingPoint
from tests.browser.helpers import sent_by, step_values, top, until, wait_until_idle
from tests.browser.lab.editing import (
    FORGET_BIAS,
    assert_shows,
    centre,
    engine_has_answered,
    latch,
    open_lab,
    open_tab,
    press_button,
    state_in_editor,
    type_weight,
    value,
    weight,
)


@pytest.fixture
def began() -> StartingPoint:
    return latch()


@pytest.fixture
def stage(page: Page) -> Locator:
    """The latch, at an idle step that has something to remember."""
    return open_lab(page, "/lab?preset=latch&step=4")


def test_a_weight_is_stepped_by_keys_typed_undone_and_done_again(
    page: Page, stage: Locator, began: StartingPoint
) -> None:
    is_stepped_by_keys(page, stage, began)
    is_typed_undone_and_done_again(page, stage, began)


def test_a_dragged_weight_answers_while_the_hand_moves_and_exactly_after_it(
    page: Page, stage: Locator, began: StartingPoint
) -> None:
    """On a page that was told of nothing before: what is told late would seem to be told of the drag."""
    is_given_up_with_escape(page, stage, began)
    bias = weight(stage, *FORGET_BIAS)
    x, y = centre(bias)
    seen = [(value(bias), step_values(stage)["cell"])]
    sent = sent_by(page)
    page.mouse.move(x, y)
    page.mouse.down()
    for way in (40, 80, 120):
        page.mouse.move(x - way, y, steps=4)
        expect(stage.locator(".gs-lab-verdict[data-verdict]")).to_have_attribute("data-verdict", "preview")
        until(page, lambda: follows(stage, began))
        assert step_values(stage)["cell"] != seen[-1][1]
        seen.append((value(bias), step_values(stage)["cell"]))
    assert [number for number, _ in seen] == sorted((number for number, _ in seen), reverse=True)
    assert sent == [], "the server is told on release"
    page.mouse.up()
    until(page, lambda: len(sent) > 0)
    lab = state_in_editor(stage, began)
    assert lab.b[1] == value(bias) < 1
    for _ in began.sequence.tokens:
        assert_shows(stage, lab, began)
        stage.focus()
        page.keyboard.press("ArrowRight")


def follows(stage: Locator, began: StartingPoint) -> bool:
    """Whether the step on show is the browser's own for what the editor shows."""
    cell = state_in_editor(stage, began).run(began.sequence.x).cell[3]
    return bool(np.allclose(step_values(stage)["cell"], cell, rtol=0, atol=1e-9))


def is_given_up_with_escape(page: Page, stage: Locator, began: StartingPoint) -> None:
    x, y = centre(weight(stage, *FORGET_BIAS))
    sent = sent_by(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=3)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert_shows(stage, began.lab, began)
    assert value(weight(stage, *FORGET_BIAS)) == 5
    until(page, lambda: sent)  # the server is told that all is as it was


def is_stepped_by_keys(page: Page, stage: Locator, began: StartingPoint) -> None:
    bias = weight(stage, *FORGET_BIAS)
    bias.focus()
    for key, now in (("ArrowUp", 5.1), ("Shift+ArrowUp", 6.1), ("Alt+ArrowDown", 6.09)):
        page.keyboard.press(key)
        assert value(bias) == now
    assert stage.get_attribute("data-step") == "3", "the arrows belong to the number"
    assert_shows(stage, state_in_editor(stage, began), began)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert value(weight(stage, "forget", "U", 0, 0)) == 0.1
    press_button(stage, "Reset to the preset")
    assert_shows(stage, began.lab, began)


def is_typed_undone_and_done_again(page: Page, stage: Locator, began: StartingPoint) -> None:
    bias = weight(stage, *FORGET_BIAS)
    bias.focus()
    page.keyboard.type("-1.2345678")
    page.keyboard.press("Enter")
    changed = state_in_editor(stage, began)
    assert changed.b[1] == -1.2345678 == value(bias)
    assert_shows(stage, changed, began)
    type_weight(stage, ("input", "W", 0, 1), "−3e-1")
    assert value(weight(stage, "input", "W", 0, 1)) == -0.3
    assert_shows(stage, state_in_editor(stage, began), began)
    press_button(stage, "Undo")
    assert_shows(stage, changed, began)
    page.keyboard.press("Control+z")
    assert value(bias) == 5
    assert_shows(stage, began.lab, began)
    page.keyboard.press("Control+Shift+z")
    press_button(stage, "Redo")
    assert value(bias) == -1.2345678
    assert_shows(stage, state_in_editor(stage, began), began)
    press_button(stage, "Reset to the preset")
    assert_shows(stage, began.lab, began)


def test_what_is_no_weight_is_said_at_the_number_and_changes_nothing(
    page: Page, stage: Locator, began: StartingPoint
) -> None:
    bias = weight(stage, *FORGET_BIAS)
    sent = sent_by(page)
    said = stage.get_by_role("alert").filter(visible=True)
    for typed, sentence in (("1e30", "too large"), ("", "Type a number"), ("abc", "not a number")):
        type_weight(stage, FORGET_BIAS, typed)
        expect(said).to_have_count(1)
        expect(said).to_contain_text(sentence)
        until(page, lambda: 0 < top(said) - top(bias) < 60)  # the sentence stands at the number
        assert sent == []
        assert value(bias) == 5
        page.keyboard.press("Escape")
        expect(said).to_have_count(0)
        assert_shows(stage, began.lab, began)
    type_weight(stage, FORGET_BIAS, "4")
    assert_shows(stage, state_in_editor(stage, began), began)
    until(page, lambda: len(sent) > 0)  # the page is told after the run, and keeps what it was told
    wait_until_idle(page)
    what_the_server_refuses_is_said_and_the_last_good_run_stays(page, stage)
    a_preview_that_differs_is_said_and_the_engines_numbers_shown(page, stage, began)


def what_the_server_refuses_is_said_and_the_last_good_run_stays(page: Page, stage: Locator) -> None:
    shown = step_values(stage)
    page.evaluate("() => { window.own = btoa; window.btoa = (text) => own(text.slice(0, -8)); }")
    type_weight(stage, FORGET_BIAS, "2")  # what leaves the browser now lacks a number
    verdict = stage.locator(".gs-lab-verdict[data-verdict]")
    expect(verdict).to_have_attribute("data-verdict", "refused")
    expect(verdict).to_have_role("alert")
    expect(verdict).to_contain_text("do not fill this cell")
    assert value(weight(stage, *FORGET_BIAS)) == 4
    assert step_values(stage) == shown
    page.evaluate("() => { window.btoa = own; }")
    type_weight(stage, FORGET_BIAS, "2")
    engine_has_answered(stage)


def a_preview_that_differs_is_said_and_the_engines_numbers_shown(
    page: Page, stage: Locator, began: StartingPoint
) -> None:
    page.evaluate("() => { const own = Math.exp; Math.exp = (x) => own(x) * 1.001; }")
    type_weight(stage, FORGET_BIAS, "3")
    verdict = stage.locator(".gs-lab-verdict[data-verdict]")
    expect(verdict).to_have_attribute("data-verdict", "differs")
    expect(verdict).to_have_role("alert")
    expect(verdict).to_contain_text("NumPy and the browser’s preview disagree by")
    trace = state_in_editor(stage, began).run(began.sequence.x)
    for signal, values in step_values(stage).items():
        assert np.array_equal(values, getattr(trace, signal)[3]), signal


def is_made_to_forget_with_one_edit_and_the_page_says_why(stage: Locator, began: StartingPoint) -> None:
    remembered = step_values(stage)["hidden"][0]
    open_tab(stage, "Before and after")
    press_button(stage, "Pin this run")
    open_tab(stage, "Weights")
    type_weight(stage, FORGET_BIAS, "-2")
    lab = state_in_editor(stage, began)
    assert_shows(stage, lab, began)
    assert remembered > 0.5
    assert abs(step_values(stage)["hidden"][0]) < 0.1
    open_tab(stage, "Before and after")
    before, now = (each.run(began.sequence.x) for each in (began.lab, lab))
    said = stage.get_by_test_id("pin-sentence")
    expect(said).to_contain_text("What changed most")
    signal, unit, step = re.search(r"the (.+) of unit (.+) at step (\d+)", said.inner_text()).groups()  # type: ignore[union-attr]
    assert unit == "memory"
    moved = {name: np.abs(getattr(now, name) - getattr(before, name)).max() for name in before.signals[1:]}
    names = {"forget gate": "forget", "cell state": "cell", "hidden state": "hidden"}
    assert moved[names[signal]] == pytest.approx(max(moved.values()), rel=0.2)
    own = np.abs(getattr(now, names[signal]) - getattr(before, names[signal]))
    assert own[int(step) - 1, 0] == pytest.approx(own.max())
    expect(stage.locator(".gs-ghost").first).to_be_attached()  # the picture keeps the old values
    press_button(stage, "difference")
    expect(stage.get_by_role("button", name="difference")).to_have_attribute("aria-pressed", "true")
    press_button(stage, "Unpin")
    expect(stage.locator(".gs-ghost")).to_have_count(0)


def test_the_input_the_kind_of_cell_and_what_it_remembers_are_edited_in_place(
    page: Page, stage: Locator, began: StartingPoint
) -> None:
    open_tab(stage, "Input")
    stage.get_by_test_id("input-editor").locator("td[data-row='2'][data-column='1']").focus()
    page.keyboard.press("Space")  # reset at step 3
    x = began.sequence.x.copy()
    x[2, 1] = 1
    assert_shows(stage, replace(began.lab, x=x, tokens=began.sequence.tokens), began)
    assert abs(step_values(stage)["cell"][0]) < 0.05, "what was set is gone"
    press_button(stage, "Undo")
    open_tab(stage, "Weights")
    is_typed_while_the_answer_is_under_way(page, stage)
    press_button(stage, "Undo")
    expect(stage).to_have_attribute("data-cell", "lstm")
    assert_shows(stage, began.lab, began)
    is_made_to_forget_with_one_edit_and_the_page_says_why(stage, began)


def is_typed_while_the_answer_is_under_way(page: Page, stage: Locator) -> None:
    """Another kind of cell waits for its run: what is typed meanwhile is still there afterwards."""
    held: list[Route] = []
    page.route("**/runs", lambda route: held.append(route))
    press_button(stage, "GRU")
    until(page, lambda: held)
    candidate = weight(stage, "candidate", "W", 0, 0)
    candidate.focus()
    page.keyboard.type("0.2")
    held.pop().continue_()
    page.unroute("**/runs")
    expect(weight(stage, "update", "W", 0, 0)).to_be_visible()
    expect(candidate.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(candidate).to_be_focused()
    expect(candidate).to_have_attribute("data-value", "0.25")
    engine_has_answered(stage)
    press_button(stage, "Undo")
