"""The lab around its editor: challenges, links, the way in, and who reads it with a phone or by ear."""

import re

import numpy as np
from playwright.sync_api import Page, expect

from gates.scenes.lab import scene
from gates.scenes.state import State
from tests.browser.helpers import (
    NewPage,
    axe_findings,
    open_stage,
    step_values,
    sticking_out,
    tap,
    wait_until_idle,
)
from tests.browser.lab.editing import (
    FORGET_BIAS,
    assert_shows,
    engine_has_answered,
    latch,
    open_lab,
    open_tab,
    press_button,
    state_in_editor,
    type_weight,
)

HOLD = State("lstm", in_lab=True, source="challenge", challenge="hold")


def test_a_challenge_is_not_solved_then_solved_and_its_best_outlives_a_reload(page: Page) -> None:
    began = scene.beginning(HOLD)
    stage = open_lab(page, "/lab?begin=challenge&challenge=hold")
    state, meter = (stage.get_by_test_id(f"challenge-{name}") for name in ("state", "meter"))
    best = stage.get_by_text("best so far")

    def near() -> int:
        return int(meter.get_attribute("aria-valuenow") or -1)

    expect(state).to_contain_text("% there")
    first = near()
    type_weight(stage, FORGET_BIAS, "2")
    assert_shows(stage, state_in_editor(stage, began), began)
    half = near()
    assert first < half < 100
    expect(stage.get_by_text("0 of 2 unseen test sequences right")).to_be_visible()
    press_button(stage, "Undo")
    engine_has_answered(stage)
    assert near() == first
    expect(best).to_contain_text(f"{half}%")
    page.reload()
    stage.locator("td[data-matrix]").first.wait_for()
    wait_until_idle(page)
    expect(best).to_contain_text(f"{half}%")
    type_weight(stage, FORGET_BIAS, "9")
    expect(state).to_contain_text("Solved")
    expect(best).to_contain_text("100%")
    assert_shows(stage, state_in_editor(stage, began), began)
    box = page.get_by_role("combobox", name="Challenge", exact=True)
    expect(box).to_have_value(re.compile("Hold the first bit ✓"))  # at once, though nobody opens it
    box.click()
    expect(page.get_by_role("option", name=re.compile("Hold the first bit ✓"))).to_be_visible()
    page.goto("/lab?begin=challenge&challenge=forget")
    box.wait_for()
    expect(stage).to_be_visible()
    wait_until_idle(page)
    box.click()
    expect(page.get_by_role("option", name=re.compile("Hold the first bit ✓"))).to_be_visible()


def test_weights_in_a_link_that_cannot_be_are_named_and_the_lab_opens_all_the_same(page: Page) -> None:
    stage, began = open_lab(page, "/lab?preset=latch&lab=AXja%25!"), latch()
    expect(page.get_by_role("alert").first).to_contain_text("damaged")
    assert_shows(stage, began.lab, began)
    type_weight(stage, FORGET_BIAS, "1")
    assert_shows(stage, state_in_editor(stage, began), began)


def test_edit_weights_leads_from_a_step_page_to_the_same_cell_and_step(page: Page) -> None:
    stage = open_stage(page, "/gru?preset=latch&step=3")
    stage.press("ArrowRight")  # of which the server knows nothing
    shown = step_values(stage)
    page.get_by_role("button", name="Edit weights").click()
    lab = page.locator("[data-testid=stage][data-ready]:has([data-testid=editor])")
    lab.wait_for()
    wait_until_idle(page)
    page.wait_for_url(re.compile(r"/lab\?.*step=4"))
    expect(lab).to_have_attribute("data-cell", "gru")
    expect(lab).to_have_attribute("data-step", "3")
    for signal, values in step_values(lab).items():
        np.testing.assert_allclose(values, shown[signal], atol=1e-6)


def test_axe_finds_nothing_serious_with_a_clamp_open(new_page: NewPage) -> None:
    page = new_page(still=True)
    stage = open_lab(page, "/lab?preset=latch&step=4")
    stage.locator(".gs-valve[data-signal=forget]").focus()
    page.keyboard.press("-")
    expect(stage.get_by_role("dialog")).to_be_visible()
    open_tab(stage, "Clamps")
    stage.locator(".gs-valve[data-signal=forget]").click()
    expect(stage.get_by_role("dialog")).to_be_visible()
    assert not axe_findings(page)
    open_tab(stage, "Weights")
    type_weight(stage, FORGET_BIAS, "abc")
    assert not axe_findings(page)


def test_a_phone_needs_no_sideways_scroll_on_any_tab(new_page: NewPage) -> None:
    page = new_page(width=390, height=844, touch=True)  # in English, whose words are the longer ones
    stage = open_lab(page, "/lab?preset=brackets&step=3")
    gate = stage.locator(".gs-valve[data-signal=forget], .gs-fader[data-signal=forget]").first
    tap(page, gate, stage.get_by_role("dialog").is_visible)
    for one in stage.get_by_test_id("lab").locator("[role=tab][data-tab]").all():
        tap(page, one, lambda one=one: one.get_attribute("aria-selected") == "true")
        assert not sticking_out(page), one.inner_text()
