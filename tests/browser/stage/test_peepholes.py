"""The timer, whose gates look at the memory: what its pictures say of that, and when."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.helpers import NewPage, open_alone, open_stage

FIRES = 10


def test_arithmetic_and_sums_have_what_a_gate_sees_of_the_memory(page: Page) -> None:
    timer = open_stage(page, f"/lstm?preset=timer&step={FIRES}")
    inspector = timer.get_by_test_id("inspector")
    timer.locator(".gs-valve[data-part=forget]").click()
    expect(inspector).to_have_attribute("data-signal", "forget")
    seen = inspector.locator("[data-group=peephole]")
    expect(seen).to_have_attribute("data-step", str(FIRES - 2))
    timer.locator(".gs-peephole").last.click()
    expect(inspector).to_have_attribute("data-signal", "output")
    expect(seen).to_have_attribute("data-step", str(FIRES - 1))
    expect(inspector.locator(".gs-ins-alert")).to_have_count(0)
    a_slider_leaves_the_inspector_on_what_it_shows(timer)
    the_output_gates_sum_waits_for_the_memory(page, timer)


def a_slider_leaves_the_inspector_on_what_it_shows(timer: Locator) -> None:
    inspector = timer.get_by_test_id("inspector")
    for part, signal, step in (("kept", "kept", FIRES - 1), ("previous_cell", "cell", FIRES - 2)):
        timer.locator(f".gs-parcel[data-part={part}]").click()
        expect(inspector).to_have_attribute("data-signal", signal)
        digit = inspector.get_by_test_id("inspector-result").get_attribute("data-value")
        timer.get_by_role("slider", name="Step of the count").press("ArrowRight")
        expect(inspector.get_by_test_id("inspector-result")).not_to_have_attribute("data-value", digit or "")
        expect(inspector).to_have_attribute("data-signal", signal)
        expect(inspector).to_have_attribute("data-step", str(step))


def the_output_gates_sum_waits_for_the_memory(page: Page, timer: Locator) -> None:
    sums = timer.locator(".gs-valve .gs-fed")
    expect(sums).to_have_count(3)
    timer.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(timer).to_have_attribute("data-phase", "look")
    expect(sums.nth(0)).to_be_visible()
    expect(sums.nth(2)).to_be_hidden()
    for phase in ("forget", "write", "read"):
        page.keyboard.press("Shift+ArrowRight")
        expect(timer).to_have_attribute("data-phase", phase)
    expect(sums.nth(2)).to_be_visible()


def test_the_diagram_and_its_legend_explain_peepholes(new_page: NewPage) -> None:
    page = new_page(width=390, height=1600, locale="zh-CN", alone=True)
    stage = open_alone(page, "/lstm?preset=timer&lang=zh&view=diagram")
    wires = stage.locator(".gs-dia-wire[data-kind=peephole]")
    expect(wires).to_have_count(3)
    stage.locator("[data-key=peephole]").click()
    for wire in wires.all():
        expect(wire).to_have_attribute("data-lit", "true")
    expect(stage.locator(".gs-dia-about")).to_contain_text(re.compile("^窥视孔.*c₋₁"))
