"""The cells that came after 2014 side by side: the engine's numbers, and pictures of their own."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from gates.examples.comparisons import aligned_cell
from gates.scenes import scene
from gates.scenes.links.codec import compress
from gates.scenes.links.compare import CompareState
from gates.text import translator
from tests.browser.helpers import (
    NewPage,
    all_stages,
    axe_findings,
    open_alone,
    open_stage,
    step_values,
    sticking_out,
    unreachable_by_keys,
    until,
)

MODERN = ("slstm", "mingru", "minlstm")
STEP = 8  # from 0
STATE = CompareState(source="signal", columns=MODERN)


def address(more: str = "", language: str = "en") -> str:
    return f"/compare?lang={language}&input=signal&cells={','.join(MODERN)}&step={STEP + 1}{more}"


def run(column: str) -> Any:
    """The engine's run of what a column shows."""
    sequence = scene.own_input(STATE)
    assert sequence is not None
    return aligned_cell(column, sequence.x.shape[1], STATE.hidden, STATE.seed, STATE.bias).run(sequence.x)


def test_they_stand_side_by_side_in_the_engines_numbers_and_phases_of_their_own(page: Page) -> None:
    open_stage(page, address())
    columns = all_stages(page, 3)
    for stage, column in zip(columns, MODERN, strict=True):
        expect(stage).to_have_attribute("data-cell", column)
        trace, shown = run(column), step_values(stage)
        assert set(shown) == set(trace.signals)
        for signal in trace.signals:
            assert shown[signal] == pytest.approx(list(getattr(trace, signal)[STEP]), rel=1e-12), signal
    expect(page.get_by_text("always writes")).to_be_visible()
    assert axe_findings(page) == []
    parts_and_phases(*columns)
    page.set_viewport_size({"width": 390, "height": 844})
    assert not sticking_out(page)
    assert not unreachable_by_keys(page)
    table = page.get_by_role("region", name=translator("en")("ui.scrolling.table"))
    table.focus()
    page.keyboard.press("ArrowRight")
    until(page, lambda: table.evaluate("table => table.scrollLeft") > 0)


def parts_and_phases(slstm: Locator, mingru: Locator, minlstm: Locator) -> None:
    parts = {name: one.locator(f".gs-belt-svg .gs-part[data-part='{name}']") for name, one in (
        ("max", slstm), ("normaliser", slstm), ("÷", slstm), ("forget_share", minlstm), ("update", mingru),
    )}  # fmt: skip
    for part in parts.values():
        expect(part.first).to_be_visible()
    expect(mingru.locator(".gs-belt-svg [data-part=previous_hidden]")).to_have_count(1)  # on the belt alone
    for stage, phases in ((slstm, 5), (mingru, 3), (minlstm, 4)):
        expect(stage.locator(".gs-phase")).to_have_count(phases)
    mingru.get_by_role("button", name="see", exact=True).click()
    expect(mingru).to_have_attribute("data-phase", "see")
    expect(mingru.locator(".gs-belt-svg [data-part=hidden]").first).to_have_attribute("data-state", "pending")
    mingru.locator(".gs-phase").last.click()


def test_their_diagrams_fit_a_phone_and_axe_finds_nothing(new_page: NewPage) -> None:
    page = new_page(width=390, height=844, locale="zh-CN", dark=True, touch=True, alone=True)
    open_alone(page, address("&view=diagram", language="zh"))
    all_stages(page, 3)
    assert not sticking_out(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert axe_findings(page) == []


def test_an_lstm_without_a_tanh_has_no_box_for_it_in_a_sequence_of_two_steps(new_page: NewPage) -> None:
    page = new_page(alone=True)
    open_alone(page, f"/compare?lang=en&input=text&data={compress('ab')}&cells=lstm-niaf,lstm-noaf")
    niaf, noaf = all_stages(page, 2)
    expect(niaf).to_have_attribute("data-steps", "2")
    squash, operation = ".gs-belt-svg .gs-squash", ".gs-belt-svg [data-part=tanh]"
    expect(niaf.locator(squash)).to_have_count(0)
    expect(niaf.locator(operation)).to_have_count(1)
    expect(noaf.locator(squash)).to_have_count(1)
    expect(noaf.locator(operation)).to_have_count(0)
    expect(page.get_by_text("always writes")).to_have_count(0)
