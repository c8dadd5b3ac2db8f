"""Gates that are held, by hand and by key: marked wherever they are drawn, and the run is the engine's."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from gates.examples.lab.state import Clamped
from tests.browser.helpers import step_values
from tests.browser.lab.editing import (
    assert_shows,
    centre,
    engine_has_answered,
    latch,
    open_lab,
    open_tab,
    press_button,
)


def test_a_valve_is_dragged_and_keyed_into_a_clamp_and_let_go(page: Page) -> None:
    stage, began = open_lab(page, "/lab?preset=latch&step=4"), latch()
    valve = stage.locator(".gs-valve[data-signal=forget]")
    marks = stage.locator(".gs-strip[data-signal=forget] .gs-hatch i")
    x, y = centre(valve)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=5)
    expect(valve).to_have_attribute("data-clamped", "held")
    page.mouse.up()
    engine_has_answered(stage)
    held = step_values(stage)["forget"][0]
    assert held == pytest.approx(0.49, abs=0.02)
    clamped = replace(began.lab, clamps=(Clamped("forget", held, (0,), (3, 3)),))
    assert_shows(stage, clamped, began)
    expect(valve).to_have_accessible_name(re.compile("held"))
    expect(marks).to_have_count(1)
    popup = stage.get_by_role("dialog")
    popup.get_by_role("button", name="all steps").click()
    assert_shows(stage, replace(began.lab, clamps=(Clamped("forget", held, (0,)),)), began)
    popup.get_by_role("button", name="Close").click()
    stage.locator(".gs-valve[data-signal=output]").focus()
    page.keyboard.press("-")
    expect(stage.locator(".gs-valve[data-signal=output]")).to_have_attribute("data-clamped", "held")
    page.keyboard.press("Escape")
    open_tab(stage, "Clamps")
    expect(stage.get_by_test_id("clamps").get_by_role("listitem")).to_have_count(2)
    press_button(stage, "Release all")
    expect(marks).to_have_count(0)
    expect(stage.locator("[data-clamped]")).to_have_count(0)
    assert_shows(stage, began.lab, began)
    a_switch_leaves_a_gate_out(stage)


def a_switch_leaves_a_gate_out(stage: Locator) -> None:
    switch = stage.get_by_role("checkbox", name=re.compile("No output gate"))
    switch.check()
    assert_shows(stage, replace(latch().lab, without={"output"}), latch())
    assert step_values(stage)["output"] == [1.0]
    switch.uncheck()
    assert_shows(stage, latch().lab, latch())


def test_what_is_held_is_marked_on_the_diagram_and_over_time(page: Page) -> None:
    stage = open_lab(page, "/lab?preset=latch&step=4")
    stage.locator(".gs-valve[data-signal=forget]").focus()
    page.keyboard.press("-")
    page.keyboard.press("Escape")
    stage.get_by_role("button", name="Diagram", exact=True).click()
    held = stage.locator(".gs-picture [data-clamped]")
    expect(held).to_have_count(1)
    expect(held).to_have_accessible_name(re.compile("forget gate.*held"))
    stage.focus()
    page.keyboard.press("ArrowRight")
    expect(held).to_have_count(0)
    open_tab(stage, "Clamps")
    for field, text in (("signal", "h · hidden state"), ("from", "2"), ("to", "3"), ("value", "0.25")):
        box = stage.locator(f"[data-lab=clamp-{field}]")
        box.select_option(text) if field == "signal" else box.fill(text)
    press_button(stage, "Hold")
    stage.get_by_role("button", name="Unrolled", exact=True).click()
    expect(stage.locator(".gs-unr-parcel").first).to_be_visible()
    for step in ("1", "2"):  # h of steps 2 and 3, where it leaves the cell and where it is carried on
        expect(stage.locator(f".gs-picture [data-clamped][data-step='{step}']").first).to_be_visible()
    assert {mark.get_attribute("data-step") for mark in held.all()} == {"1", "2"}
