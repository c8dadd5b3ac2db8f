"""Trained cells on the step pages: chosen from the list, read out beside the picture, offered to own text."""

from contextlib import suppress

import numpy as np
from playwright.sync_api import Locator, Page, TimeoutError, expect

from gates.scenes import readouts, scene
from gates.scenes.state import State
from tests.browser.helpers import PAINTED, open_stage, until, wait_until_idle


def shown(panel: Locator) -> dict[str, float]:
    """The probabilities of the read-out, by symbol."""
    rows = panel.locator("tbody tr").all()
    return {
        str(row.get_attribute("data-symbol")): float(
            row.locator("td").first.get_attribute("data-value") or "nan"
        )
        for row in rows
    }


def choose(page: Page, name: str) -> None:
    """Type what the example is called and take it; the list is longer than what it shows at once."""
    wait_until_idle(page)
    option = page.get_by_role("option", name=name).first
    for _ in range(5):  # a list that lost the focus to the stage takes the first click for one that closes it
        page.get_by_role("combobox", name="Example").click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(name)
        with suppress(TimeoutError):
            option.wait_for(timeout=5000)
            break
    option.click()
    wait_until_idle(page)


def test_a_trained_network_is_chosen_and_answers_at_every_step(page: Page) -> None:
    stage = open_stage(page, "/lstm?step=1")
    panel = stage.get_by_test_id("readout")
    expect(panel).to_have_count(0)
    choose(page, "Trained: Parity")
    expect(panel).to_be_visible()
    answers = readouts.arrays(scene.build(State("lstm", preset="trained-parity")))["readout"]
    stage.focus()
    for step in range(4):
        expect(stage).to_have_attribute("data-step", str(step))
        page.evaluate(PAINTED)
        found = shown(panel)
        np.testing.assert_allclose([found["0"], found["1"]], answers[step], rtol=1e-12)
        expect(panel).to_contain_text(f"The right answer is {(1, 1, 1, 0)[step]}")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(stage).to_have_attribute("data-phase", "look")
    expect(panel).to_contain_text("Comes with h")
    expect(panel.locator("[data-symbol], [data-value]")).to_have_count(0)
    choose(page, "Locker")
    expect(panel).to_be_hidden()
    choose(page, "Trained: Brackets: how deep?")
    answers = readouts.arrays(scene.build(State("lstm", preset="trained-dyck1")))["readout"]
    stage.focus()
    page.keyboard.press("Home")
    number = panel.locator("[data-value]").first
    until(page, lambda: float(number.get_attribute("data-value") or "nan") == answers[0, 0])
    expect(panel).to_contain_text("right would be")
