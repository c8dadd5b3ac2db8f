"""The lab as a person uses it: weights under the hand, gates that are held, challenges, links.

Whatever was done, the numbers that stand on the page afterwards are the engine's for what is then in the
editor, to the last bit.
"""

import base64
import re
import zlib
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from gates.examples.lab.codec import pack
from gates.examples.lab.state import CELLS, Clamped, LabState
from gates.scenes.lab import scene
from gates.scenes.lab.scene import Beginning
from gates.scenes.state import State
from tests.browser.helpers import (
    FreshServer,
    NewPage,
    axe_findings,
    open_stage,
    sent_by,
    step_values,
    sticking_out,
    wait_until_idle,
)

LATCH = State("lstm", in_lab=True, preset="latch")
HOLD = State("lstm", in_lab=True, source="challenge", challenge="hold")
FORGET_BIAS = ("forget", "b", 0, 0)


def open_lab(page: Page, url: str) -> Locator:
    stage = open_stage(page, url)
    stage.get_by_test_id("editor").locator("td[data-matrix]").first.wait_for()
    return stage


def weight(stage: Locator, part: str, matrix: str, row: int, column: int) -> Locator:
    place = f"[data-part={part}][data-matrix={matrix}][data-row='{row}'][data-column='{column}']"
    return stage.get_by_test_id("editor").locator(f"td{place}")


def value(cell: Locator) -> float:
    return float(cell.get_attribute("data-value") or "nan")


def type_weight(stage: Locator, place: tuple[str, str, int, int], text: str) -> None:
    weight(stage, *place).dblclick()
    field = weight(stage, *place).get_by_role("textbox")
    field.fill(text)
    field.press("Enter")


def in_the_editor(stage: Locator, began: Beginning) -> LabState:
    """The state that one began with, but with the weights that the editor shows."""
    cells = (
        stage.get_by_test_id("editor")
        .locator("td[data-matrix]")
        .evaluate_all("cells => cells.map(({dataset: d}) => [d.matrix, d.part, +d.row, +d.column, +d.value])")
    )
    arrays = {name: array.copy() for name, array in began.lab.weights.items()}
    parts = CELLS[began.lab.kind].parts
    assert len(cells) == sum(array.size for array in arrays.values())
    for matrix, part, row, column, number in cells:
        at = parts.index(part) * began.lab.hidden + row
        arrays[matrix][(at, column) if arrays[matrix].ndim == 2 else at] = number
    return replace(began.lab, **arrays)


def engine_has_answered(stage: Locator) -> None:
    """Wait until the numbers are no longer the browser's preview, and see that both agreed."""
    expect(stage.locator(".gs-lab-verdict")).to_have_attribute("data-verdict", "agrees")


def assert_shows(stage: Locator, lab: LabState, began: Beginning) -> None:
    """Every number of the step on show is the engine's, to the last bit."""
    engine_has_answered(stage)
    trace = lab.run(began.sequence.x if lab.x is None else lab.x)
    step = int(stage.get_attribute("data-step") or -1)
    for signal, values in step_values(stage).items():
        assert np.array_equal(values, getattr(trace, signal)[step]), (signal, step)


def centre(locator: Locator) -> tuple[float, float]:
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def tab(stage: Locator, name: str) -> None:
    stage.get_by_test_id("lab").get_by_role("tab", name=re.compile(f"^{name}")).click()


def act(stage: Locator, name: str) -> None:
    stage.get_by_test_id("lab").get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def began() -> Beginning:
    return scene.beginning(LATCH)


@pytest.fixture
def latch(page: Page) -> Locator:
    """The latch, at an idle step that has something to remember."""
    return open_lab(page, "/lab?preset=latch&step=4")


# Weights


def test_a_dragged_weight_answers_while_the_hand_moves_and_exactly_after_it(
    page: Page, latch: Locator, began: Beginning
) -> None:
    bias = weight(latch, *FORGET_BIAS)
    x, y = centre(bias)
    seen = [(value(bias), step_values(latch)["cell"])]
    sent = sent_by(page)
    page.mouse.move(x, y)
    page.mouse.down()
    for way in (40, 80, 120):
        page.mouse.move(x - way, y, steps=4)
        page.wait_for_timeout(100)
        seen.append((value(bias), step_values(latch)["cell"]))
        expect(latch.locator(".gs-lab-verdict")).to_have_attribute("data-verdict", "preview")
        trace = in_the_editor(latch, began).run(began.sequence.x)
        np.testing.assert_allclose(seen[-1][1], trace.cell[3], atol=1e-9)
    assert [number for number, _ in seen] == sorted((number for number, _ in seen), reverse=True)
    assert len({tuple(cell) for _, cell in seen}) == 4, "each movement shows other numbers"
    assert sent == [], "the server hears of it on release"
    page.mouse.up()
    lab = in_the_editor(latch, began)
    assert lab.b[1] == value(bias) < 1
    for _ in began.sequence.tokens:
        assert_shows(latch, lab, began)
        latch.focus()
        page.keyboard.press("ArrowRight")


def test_a_drag_is_given_up_with_escape(page: Page, latch: Locator, began: Beginning) -> None:
    x, y = centre(weight(latch, *FORGET_BIAS))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=3)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert_shows(latch, began.lab, began)
    assert value(weight(latch, *FORGET_BIAS)) == 5


def test_arrow_keys_step_a_weight(page: Page, latch: Locator, began: Beginning) -> None:
    bias = weight(latch, *FORGET_BIAS)
    bias.focus()
    for key, now in (("ArrowUp", 5.1), ("Shift+ArrowUp", 6.1), ("Alt+ArrowDown", 6.09)):
        page.keyboard.press(key)
        assert value(bias) == now
    assert latch.get_attribute("data-step") == "3", "the arrows belong to the number"
    assert_shows(latch, in_the_editor(latch, began), began)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert value(weight(latch, "forget", "U", 0, 0)) == 0.1


def test_an_exact_number_is_typed_and_undone_and_done_again(
    page: Page, latch: Locator, began: Beginning
) -> None:
    bias = weight(latch, *FORGET_BIAS)
    bias.focus()
    page.keyboard.type("-1.2345678")
    page.keyboard.press("Enter")
    changed = in_the_editor(latch, began)
    assert changed.b[1] == -1.2345678 == value(bias)
    assert_shows(latch, changed, began)
    type_weight(latch, ("input", "W", 0, 1), "−3e-1")
    assert value(weight(latch, "input", "W", 0, 1)) == -0.3
    assert_shows(latch, in_the_editor(latch, began), began)
    act(latch, "Undo")
    assert_shows(latch, changed, began)
    page.keyboard.press("Control+z")
    assert value(bias) == 5
    assert_shows(latch, began.lab, began)
    page.keyboard.press("Control+Shift+z")
    act(latch, "Redo")
    assert value(bias) == -1.2345678
    assert_shows(latch, in_the_editor(latch, began), began)
    act(latch, "Reset to the preset")
    assert_shows(latch, began.lab, began)


def test_what_is_no_weight_is_said_at_the_number_and_changes_nothing(
    page: Page, latch: Locator, began: Beginning
) -> None:
    bias = weight(latch, *FORGET_BIAS)
    sent = sent_by(page)
    said = latch.get_by_role("alert").filter(visible=True)
    for typed, sentence in (("1e30", "too large"), ("", "Type a number"), ("abc", "not a number")):
        type_weight(latch, FORGET_BIAS, typed)
        expect(said).to_have_count(1)
        expect(said).to_contain_text(sentence)
        below = (said.bounding_box() or {})["y"] - (bias.bounding_box() or {})["y"]
        assert 0 < below < 60, "the sentence stands at the number"
        assert sent == []
        assert value(bias) == 5
        page.keyboard.press("Escape")
        expect(said).to_have_count(0)
        assert_shows(latch, began.lab, began)
    type_weight(latch, FORGET_BIAS, "4")
    assert_shows(latch, in_the_editor(latch, began), began)


def test_the_latch_is_made_to_forget_with_one_edit_and_the_page_says_why(
    page: Page, latch: Locator, began: Beginning
) -> None:
    remembered = step_values(latch)["hidden"][0]
    tab(latch, "Before and after")
    act(latch, "Pin this run")
    tab(latch, "Weights")
    type_weight(latch, FORGET_BIAS, "-2")
    lab = in_the_editor(latch, began)
    assert_shows(latch, lab, began)
    assert remembered > 0.5
    assert abs(step_values(latch)["hidden"][0]) < 0.1
    tab(latch, "Before and after")
    before, now = (each.run(began.sequence.x) for each in (began.lab, lab))
    said = latch.get_by_test_id("pin-sentence")
    expect(said).to_contain_text("What changed most")
    signal, unit, step = re.search(r"the (.+) of unit (.+) at step (\d+)", said.inner_text()).groups()  # type: ignore[union-attr]
    assert unit == "memory"
    moved = {name: np.abs(getattr(now, name) - getattr(before, name)).max() for name in before.signals[1:]}
    names = {"forget gate": "forget", "cell state": "cell", "hidden state": "hidden"}
    assert moved[names[signal]] == pytest.approx(max(moved.values()), rel=0.2)
    own = np.abs(getattr(now, names[signal]) - getattr(before, names[signal]))
    assert own[int(step) - 1, 0] == pytest.approx(own.max())
    assert latch.locator(".gs-ghost").count() > 0, "the picture keeps the old values"
    act(latch, "difference")
    expect(latch.get_by_role("button", name="difference")).to_have_attribute("aria-pressed", "true")
    act(latch, "Unpin")
    expect(latch.locator(".gs-ghost")).to_have_count(0)


def test_the_input_and_the_kind_of_cell_are_edited_in_place(
    page: Page, latch: Locator, began: Beginning
) -> None:
    tab(latch, "Input")
    latch.get_by_test_id("input-editor").locator("td[data-row='2'][data-column='1']").focus()
    page.keyboard.press("Space")  # reset at step 3
    x = began.sequence.x.copy()
    x[2, 1] = 1
    assert_shows(latch, replace(began.lab, x=x, tokens=began.sequence.tokens), began)
    assert abs(step_values(latch)["cell"][0]) < 0.05, "what was set is gone"
    act(latch, "Undo")
    tab(latch, "Weights")
    act(latch, "GRU")
    expect(latch).to_have_attribute("data-cell", "gru")
    engine_has_answered(latch)
    act(latch, "Undo")
    expect(latch).to_have_attribute("data-cell", "lstm")
    assert_shows(latch, began.lab, began)


# Clamps


def test_a_valve_is_dragged_and_keyed_into_a_clamp_and_let_go(
    page: Page, latch: Locator, began: Beginning
) -> None:
    valve = latch.locator(".gs-valve[data-signal=forget]")
    marks = latch.locator(".gs-strip[data-signal=forget] .gs-hatch i")
    x, y = centre(valve)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=5)
    expect(valve).to_have_attribute("data-held", "held")
    page.mouse.up()
    held = step_values(latch)["forget"][0]
    assert held == pytest.approx(0.49, abs=0.02)
    clamped = replace(began.lab, clamps=(Clamped("forget", held, (0,), (3, 3)),))
    assert_shows(latch, clamped, began)
    expect(valve).to_have_accessible_name(re.compile("held"))
    expect(marks).to_have_count(1)
    popup = latch.get_by_role("dialog")
    popup.get_by_role("button", name="all steps").click()
    assert_shows(latch, replace(began.lab, clamps=(Clamped("forget", held, (0,)),)), began)
    popup.get_by_role("button", name="Close").click()
    latch.locator(".gs-valve[data-signal=output]").focus()
    page.keyboard.press("-")
    expect(latch.locator(".gs-valve[data-signal=output]")).to_have_attribute("data-held", "held")
    page.keyboard.press("Escape")
    tab(latch, "Clamps")
    expect(latch.get_by_test_id("clamps").get_by_role("listitem")).to_have_count(2)
    act(latch, "Release all")
    expect(marks).to_have_count(0)
    expect(latch.locator("[data-held]")).to_have_count(0)
    assert_shows(latch, began.lab, began)


def test_what_is_held_is_marked_on_the_diagram_and_over_time(page: Page, latch: Locator) -> None:
    latch.locator(".gs-valve[data-signal=forget]").focus()
    page.keyboard.press("-")
    page.keyboard.press("Escape")
    latch.get_by_role("button", name="Diagram", exact=True).click()
    held = latch.locator(".gs-picture [data-held]")
    expect(held).to_have_count(1)
    expect(held).to_have_accessible_name(re.compile("forget gate.*held"))
    latch.focus()
    page.keyboard.press("ArrowRight")
    expect(held).to_have_count(0)
    tab(latch, "Clamps")
    for field, text in (("signal", "h · hidden state"), ("from", "2"), ("to", "3"), ("value", "0.25")):
        box = latch.locator(f"[data-lab=clamp-{field}]")
        box.select_option(text) if field == "signal" else box.fill(text)
    act(latch, "Hold")
    latch.get_by_role("button", name="Unrolled", exact=True).click()
    steps = {mark.get_attribute("data-step") for mark in held.all()}
    assert steps == {"1", "2"}, "h of steps 2 and 3, where it leaves the cell and where it is carried on"


def test_a_switch_leaves_a_gate_out(latch: Locator, began: Beginning) -> None:
    tab(latch, "Clamps")
    latch.get_by_role("checkbox", name=re.compile("No output gate")).check()
    assert_shows(latch, replace(began.lab, without={"output"}), began)
    assert step_values(latch)["output"] == [1.0]


# The engine's word


def test_an_edit_that_the_server_refuses_is_said_and_the_last_good_run_stays(
    page: Page, latch: Locator, began: Beginning
) -> None:
    shown = step_values(latch)
    page.evaluate("() => { window.own = btoa; window.btoa = (text) => own(text.slice(0, -4)); }")
    type_weight(latch, FORGET_BIAS, "2")  # what leaves the browser now lacks a number
    verdict = latch.locator(".gs-lab-verdict")
    expect(verdict).to_have_attribute("data-verdict", "refused")
    expect(verdict).to_have_role("alert")
    expect(verdict).to_contain_text("do not fill this cell")
    assert value(weight(latch, *FORGET_BIAS)) == 5
    assert step_values(latch) == shown
    page.evaluate("() => { window.btoa = own; }")
    type_weight(latch, FORGET_BIAS, "2")
    assert_shows(latch, in_the_editor(latch, began), began)


def test_a_preview_that_differs_from_the_engine_is_said_and_the_engines_numbers_shown(
    page: Page, latch: Locator, began: Beginning
) -> None:
    page.evaluate("() => { const own = Math.tanh; Math.tanh = (x) => own(x) * 1.001; }")
    type_weight(latch, FORGET_BIAS, "2")
    verdict = latch.locator(".gs-lab-verdict")
    expect(verdict).to_have_attribute("data-verdict", "differs")
    expect(verdict).to_have_role("alert")
    expect(verdict).to_contain_text("NumPy and the browser’s preview disagree by")
    trace = in_the_editor(latch, began).run(began.sequence.x)
    for signal, values in step_values(latch).items():
        assert np.array_equal(values, getattr(trace, signal)[3]), signal


# Challenges


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
    assert_shows(stage, in_the_editor(stage, began), began)
    half = near()
    assert first < half < 100
    expect(stage.get_by_text("0 of 2 unseen test sequences right")).to_be_visible()
    act(stage, "Undo")
    engine_has_answered(stage)
    assert near() == first
    expect(best).to_contain_text(f"{half}%")
    page.reload()
    stage.locator("td[data-matrix]").first.wait_for()
    expect(best).to_contain_text(f"{half}%")
    type_weight(stage, FORGET_BIAS, "9")
    expect(state).to_contain_text("Solved")
    expect(best).to_contain_text("100%")
    assert_shows(stage, in_the_editor(stage, began), began)
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


# Links


def test_a_link_opens_the_same_cell_in_a_browser_and_on_a_server_that_never_saw_it(
    new_page: NewPage, fresh_server: FreshServer, began: Beginning
) -> None:
    page = new_page()
    stage = open_lab(page, "/lab?preset=latch&step=4")
    type_weight(stage, FORGET_BIAS, "0.7")
    weight(stage, *FORGET_BIAS).press("Escape")
    stage.locator(".gs-valve[data-signal=input]").focus()
    page.keyboard.press("+")
    page.keyboard.press("Escape")
    engine_has_answered(stage)
    shown = step_values(stage)
    lab = replace(in_the_editor(stage, began), clamps=(Clamped("input", shown["input"][0], (0,), (3, 3)),))
    page.wait_for_url(lambda url: f"lab={pack(lab)}" in url)
    address = page.url.partition("/lab")[2]
    with fresh_server() as server:
        stage = open_lab(new_page(base=server.url, locale="zh-CN"), f"/lab{address}")
        assert step_values(stage) == shown
        assert value(weight(stage, *FORGET_BIAS)) == 0.7
        expect(stage.locator(".gs-valve[data-signal=input]")).to_have_attribute("data-held", "held")
        assert_shows(stage, lab, began)


def blob(body: bytes) -> str:
    return base64.urlsafe_b64encode(b"\1" + zlib.compress(body, 9)).decode().rstrip("=")


@pytest.mark.parametrize(
    ("packed", "sentence"),
    [("AXja%25!", "damaged"), (blob(bytes(10**7)), "damaged"), (blob(b"\0\0\2\xc8\0\0\0\0"), "200")],
    ids=["broken", "unfolds to ten megabytes", "200 units"],
)
def test_weights_in_a_link_that_cannot_be_are_named_and_the_lab_opens_all_the_same(
    new_page: NewPage, began: Beginning, packed: str, sentence: str
) -> None:
    page = new_page()
    stage = open_lab(page, f"/lab?preset=latch&lab={packed}")
    expect(page.get_by_role("alert").first).to_contain_text(sentence)
    assert_shows(stage, began.lab, began)
    type_weight(stage, FORGET_BIAS, "1")
    assert_shows(stage, in_the_editor(stage, began), began)


def test_edit_weights_leads_from_a_step_page_to_the_same_cell_and_step(page: Page) -> None:
    stage = open_stage(page, "/gru?preset=latch&step=4")
    shown = step_values(stage)
    page.get_by_role("button", name="Edit weights").click()
    lab = page.locator("[data-testid=stage][data-ready]:has([data-testid=editor])")
    lab.wait_for()
    wait_until_idle(page)
    page.wait_for_url(re.compile(r"/lab\?.*step=4"))
    assert lab.get_attribute("data-cell") == "gru"
    assert lab.get_attribute("data-step") == "3"
    for signal, values in step_values(lab).items():
        np.testing.assert_allclose(values, shown[signal], atol=1e-6)


# For everybody


def test_axe_finds_nothing_serious_with_a_clamp_open(new_page: NewPage) -> None:
    page = new_page(still=True)
    stage = open_lab(page, "/lab?preset=latch&step=4")
    stage.locator(".gs-valve[data-signal=forget]").focus()
    page.keyboard.press("-")
    expect(stage.get_by_role("dialog")).to_be_visible()
    tab(stage, "Clamps")
    stage.locator(".gs-valve[data-signal=forget]").click()
    expect(stage.get_by_role("dialog")).to_be_visible()
    assert not axe_findings(page)
    tab(stage, "Weights")
    type_weight(stage, FORGET_BIAS, "abc")
    assert not axe_findings(page)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_phone_needs_no_sideways_scroll_on_any_tab(new_page: NewPage, locale: str) -> None:
    page = new_page(width=390, height=844, locale=locale, touch=True)
    stage = open_lab(page, "/lab?preset=brackets&step=3")
    stage.locator(".gs-valve[data-signal=forget], .gs-fader[data-signal=forget]").first.tap()
    for one in stage.get_by_test_id("lab").locator("[role=tab][data-tab]").all():
        one.tap()
        assert not sticking_out(page), one.inner_text()
