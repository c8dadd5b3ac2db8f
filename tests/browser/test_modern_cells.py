"""The cells that came after 2014 side by side: the engine's numbers, and pictures of their own."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gates.examples.comparisons import aligned
from gates.scenes import scene
from gates.scenes.links.compare import CompareState
from tests.browser.helpers import NewPage, axe_findings, open_stage, step_values, sticking_out
from tests.browser.test_compare import stages

MODERN = ("slstm", "mingru", "minlstm")
STEP = 8  # from 0
STATE = CompareState(source="signal", columns=MODERN)


def address(more: str = "", cells: tuple[str, ...] = MODERN, language: str = "en") -> str:
    return f"/compare?lang={language}&input=signal&cells={','.join(cells)}&step={STEP + 1}{more}"


def run(column: str) -> Any:
    """The engine's run of what a column shows."""
    sequence = scene.own_input(STATE)
    assert sequence is not None
    return aligned(column, sequence.x.shape[1], STATE.hidden, STATE.seed, STATE.bias).run(sequence.x)


def test_the_numbers_of_each_column_are_the_engines(page: Page) -> None:
    open_stage(page, address())
    for stage, column in zip(stages(page, 3), MODERN, strict=True):
        assert stage.get_attribute("data-cell") == column
        trace, shown = run(column), step_values(stage)
        assert set(shown) == set(trace.signals)
        for signal in trace.signals:
            assert shown[signal] == pytest.approx(list(getattr(trace, signal)[STEP]), rel=1e-12), signal


def test_the_page_says_that_a_mingrus_z_writes(page: Page) -> None:
    open_stage(page, address())
    expect(page.get_by_text("always writes")).to_be_visible()
    open_stage(page, address(cells=("lstm", "gru-after")))
    expect(page.get_by_text("always writes")).to_have_count(0)


def test_every_number_is_accounted_for(page: Page) -> None:
    open_stage(page, address())
    for stage in stages(page, 3):
        stage.get_by_role("button", name="Arithmetic", exact=True).click()
        inspector = stage.get_by_test_id("inspector")
        for pick in inspector.locator(".gs-ins-pick").all():
            pick.click()
            expect(inspector).to_have_attribute("data-signal", str(pick.get_attribute("data-signal")))
            expect(inspector.locator(".gs-ins-alert")).to_have_count(0)
            expect(inspector.locator(".gs-ins-result")).to_have_count(1)


def test_each_has_phases_and_parts_of_its_own(page: Page) -> None:
    open_stage(page, address())
    slstm, mingru, minlstm = stages(page, 3)
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


def test_an_lstm_without_a_tanh_has_no_box_for_it(page: Page) -> None:
    open_stage(page, address(cells=("lstm-niaf", "lstm-noaf")))
    niaf, noaf = stages(page, 2)
    squash, operation = ".gs-belt-svg .gs-squash", ".gs-belt-svg [data-part=tanh]"
    expect(niaf.locator(squash)).to_have_count(0)
    expect(niaf.locator(operation)).to_have_count(1)
    expect(noaf.locator(squash)).to_have_count(1)
    expect(noaf.locator(operation)).to_have_count(0)


@pytest.mark.parametrize(("view", "dark", "language"), [("belt", True, "zh"), ("diagram", False, "en")])
def test_axe_finds_nothing(new_page: NewPage, view: str, dark: bool, language: str) -> None:
    page = new_page(dark=dark)
    open_stage(page, address(f"&view={view}", language=language))
    stages(page, 3)
    assert axe_findings(page) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_shows_them_without_scrolling_sideways(new_page: NewPage, language: str) -> None:
    page = new_page(width=390, height=844, touch=True)
    open_stage(page, address(language=language))
    stages(page, 3)
    assert not sticking_out(page)
