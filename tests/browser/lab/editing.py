"""The lab as tests drive it: weights, tabs, and the engine's numbers for what is in the editor."""

import re
from dataclasses import replace

import numpy as np
from playwright.sync_api import Locator, Page, expect

from gates.examples.lab.state import CELLS, LabState
from gates.scenes.lab import scene
from gates.scenes.lab.scene import StartingPoint
from gates.scenes.state import State
from tests.browser.helpers import open_stage, step_values

LATCH = State("lstm", in_lab=True, preset="latch")
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


def state_in_editor(stage: Locator, began: StartingPoint) -> LabState:
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
    """Wait until the numbers are the engine's for the last edit, and see that the preview agreed.

    An edit puts the verdict back to *preview* before its key or click is over, and only the answer to the
    latest message ends that: no earlier answer is taken for it.
    """
    expect(stage.locator(".gs-lab-verdict[data-verdict]")).to_have_attribute("data-verdict", "agrees")


def assert_shows(stage: Locator, lab: LabState, began: StartingPoint) -> None:
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


def open_tab(stage: Locator, name: str) -> None:
    stage.get_by_test_id("lab").get_by_role("tab", name=re.compile(f"^{name}")).click()


def press_button(stage: Locator, name: str) -> None:
    stage.get_by_test_id("lab").get_by_role("button", name=name, exact=True).click()


def latch() -> StartingPoint:
    """What the lab begins with at the latch's link."""
    return scene.beginning(LATCH)
