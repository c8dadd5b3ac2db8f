"""The belt run backwards in a real browser: what it shows is what the engine's backward pass found."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from gates.analysis.ensembles import Kind, Loss, Setting
from gates.analysis.influence import backward_paths, influence
from gates.scenes.gradients import Experiment, run_with_gradients
from tests.browser.helpers import NewPage, open_stage, record_attribute, step_values, until

STEPS, UNITS = 30, 6
PLAIN_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
PARTS = {
    "lstm": ("forget", "input", "candidate", "output"),
    "gru": ("reset", "update", "candidate"),
    "rnn": ("hidden",),
}


def run_and_gradients(kind: Kind) -> Any:
    """What the engine finds there and back in the run that :func:`address` shows."""
    return run_with_gradients(Experiment(Setting(hidden=UNITS), Loss(), "noise", STEPS), kind, 0)[1]


def address(kind: Kind, more: str = "") -> str:
    return f"/gradients?lang=en&cell={kind}&T={STEPS}&units={UNITS}{more}"


def shares(kind: Kind, state: str, step: int) -> dict[str, float]:
    """Each way's share, in magnitude, of what ``step`` sends back to a state of unit 1 before it."""
    run = run_and_gradients(kind)
    ways = backward_paths(run.trace, run.gradients)
    through = {part: float(ways[part][step, 0]) for part in PARTS[kind]}
    straight = {} if kind == "rnn" else {"straight": float(ways.kept[step, 0])}
    if state == "cell":
        before = run.trace
        slope = before.output[step - 1, 0] * (1 - before.tanh_cell[step - 1, 0] ** 2)
        through = {part: value * slope for part, value in through.items()}
    elif kind == "lstm":
        straight = {}
    sizes = {name: abs(value) for name, value in (straight | through).items()}
    return {name: size / sum(sizes.values()) for name, size in sizes.items()}


def drawn_shares(stage: Locator, state: str) -> dict[str, float]:
    bar = stage.get_by_test_id("gate-shares").locator(f"[data-state={state}] .gs-back-bar i")
    found: list[tuple[str, str]] = bar.evaluate_all(
        """all => all.map(one =>
             ['straight' in one.dataset ? 'straight' : one.dataset.way, one.style.flexGrow])"""
    )
    return {way: float(share) for way, share in found}


def draws(page: Page, stage: Locator, state: str, expected: dict[str, float]) -> None:
    wanted = pytest.approx(expected, rel=1e-4)
    until(page, lambda: drawn_shares(stage, state) == wanted)


def test_belt_and_map_show_what_the_engine_found(page: Page) -> None:
    stage = open_stage(page, address("lstm", "&step=18"))
    expect(stage).to_have_attribute("data-direction", "backward")
    for state in ("cell", "hidden"):
        draws(page, stage, state, shares("lstm", state, 17))
    length = run_and_gradients("lstm").norms().hidden[17]
    said = stage.get_by_test_id("backward").locator(".gs-back-state").inner_text()
    shown = re.search(r"‖∂L/∂h‖ = ([\d.]+)(?:×10(\S+))?", said)
    assert shown, said
    power = int((shown[2] or "0").translate(PLAIN_DIGITS))
    assert float(shown[1]) * 10.0**power == pytest.approx(length, rel=1e-2)
    who_hears_whom(page)
    plays_back_to_the_first_step(page, stage)


def who_hears_whom(page: Page) -> None:
    page.get_by_role("tab", name="Who hears whom").click()
    tokens = page.locator(".influence [role=option]")
    expect(tokens).to_have_count(STEPS)
    matrix = influence(run_and_gradients("lstm").trace)
    said = page.get_by_test_id("influence-said")
    for listens in (STEPS - 1, 11, 0):
        tokens.nth(listens).hover()
        expect(tokens.nth(listens)).to_have_attribute("aria-selected", "true")
        values = tokens.evaluate_all("all => all.map(one => one.dataset.value)")
        row = [float(value) for value in values[: listens + 1]]
        assert row == pytest.approx(list(matrix[listens, : listens + 1]), rel=1e-4)
        assert not any(values[listens + 1 :])
        shaded = [float(share) for share in tokens.evaluate_all("all => all.map(one => one.dataset.share)")]
        assert max(shaded) == 1.0 and shaded[listens + 1 :] == [0.0] * (STEPS - 1 - listens)
    tokens.nth(11).hover()
    expect(said).to_contain_text(f"earlier ones: {int(np.argsort(matrix[11, :11])[-1]) + 1}:")
    tokens.nth(11).focus()
    page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text("Step 11")


def plays_back_to_the_first_step(page: Page, stage: Locator) -> None:
    stage.focus()
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.get_by_role("combobox", name="Speed").select_option("8")
    steps = record_attribute(stage, "data-step")
    stage.get_by_role("button", name="Play", exact=True).click()
    expect(stage).to_have_attribute("data-step", "0")
    assert steps() == [str(step) for step in (2, 1, 0)]
    stage.get_by_role("button", name="Forward", exact=True).last.click()
    expect(stage).to_have_attribute("data-direction", "forward")
    expect(stage.get_by_test_id("gate-shares")).to_be_hidden()


def test_strips_cursor_arithmetic_and_link_stand_at_one_moment(page: Page, new_page: NewPage) -> None:
    stage = open_stage(page, address("gru"))
    expect(stage).to_have_attribute("data-step", str(STEPS - 1))
    stage.get_by_test_id("score").click(position={"x": 300, "y": 20})
    expect(stage).not_to_have_attribute("data-step", str(STEPS - 1))
    step = int(stage.get_attribute("data-step") or 0)
    expect(stage.get_by_test_id("backward")).to_contain_text(f"Step {step + 1}:")
    draws(page, stage, "hidden", shares("gru", "hidden", step))
    told = stage.get_by_test_id("gradient-account").locator(".gs-back-total")
    at = stage.get_by_test_id("inspector").evaluate("one => [one.dataset.signal, +one.dataset.unit]")
    expected = run_and_gradients("gru").gradients.signals[at[0]][step, at[1]]
    expected = pytest.approx(expected, rel=1e-12)
    until(page, lambda: float(told.get_attribute("data-value") or "nan") == expected)
    page.wait_for_url(re.compile(rf"T={STEPS}\b.*step={step + 1}\b"))
    other = open_stage(new_page(locale="zh-CN"), page.url)
    expect(other).to_have_attribute("data-step", str(step))
    expect(other).to_have_attribute("data-direction", "backward")
    until(page, lambda: drawn_shares(other, "hidden") == drawn_shares(stage, "hidden"))
    until(page, lambda: step_values(other) == step_values(stage))
