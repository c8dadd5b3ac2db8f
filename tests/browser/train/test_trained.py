"""Trained cells on the step pages: chosen from the list, read out beside the picture, offered to own text."""

import numpy as np
from playwright.sync_api import Locator, Page, expect

from gates.scenes import readouts, scene
from gates.scenes.state import State
from tests.browser.helpers import PAINTED, open_stage, pick, until


def probabilities(panel: Locator) -> dict[str, float]:
    """The probabilities of the read-out, by symbol."""
    rows = panel.locator("tbody tr").all()
    return {
        str(row.get_attribute("data-symbol")): float(
            row.locator("td").first.get_attribute("data-value") or "nan"
        )
        for row in rows
    }


def choose(page: Page, name: str) -> None:
    pick(page, page.get_by_role("combobox", name="Example"), name, search=True)


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
        found = probabilities(panel)
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
