"""An exercise from a page of a book: typed in from its printed form, and solved down to one update."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.helpers import step_values
from tests.browser.lab.editing import engine_has_answered, open_lab

# HKUST MSBD5002 as a Chinese handout may have it: a column is a unit, one gate in LaTeX, one in MATLAB's way.
PRINTED = r"""
W_i ＝ 【0.6；0.3】   U_i ＝ 【0.8】   b_i ＝ 【0.2】
\mathbf{W}_f = \begin{bmatrix} 0.1 \\ 0.2 \end{bmatrix}, \mathbf{U}_f = [0.5], b_f = 0.1
W_c = np.array([[0.4], [0.7]]); U_c = np.array([[0.1]]); b_c = np.array([0.3])
W_o = [0.5; 0.8]; U_o = 0.9; b_o = 0.4
"""


def fill(stage: Locator, matrix: str, column: int, number: str) -> None:
    cell = stage.get_by_test_id("task").locator(f"td[data-matrix={matrix}][data-column='{column}']")
    cell.dblclick()
    cell.get_by_role("textbox").fill(number)
    cell.get_by_role("textbox").press("Enter")


def test_a_printed_exercise_is_pasted_solved_and_updated(page: Page) -> None:
    stage = open_lab(page, "/lab?begin=scratch&cell=lstm&units=1&inputs=2&lang=en")
    printed, task, update = (stage.get_by_test_id(name) for name in ("printed", "task", "update"))
    for part in (printed, task, update):
        part.locator("summary").click()
    paste, problem = printed.locator("[data-lab=paste]"), printed.get_by_test_id("paste-problem")

    paste.fill(PRINTED)
    printed.locator("[data-lab=put]").click()
    expect(problem).to_contain_text("Wi: 1 × 2 was expected, a row is a unit; this is 2 × 1")
    printed.locator("[data-lab=layout]").select_option("rows")
    expect(stage.get_by_test_id("printed-form")).to_contain_text("A column is a unit: x W")
    printed.locator("[data-lab=put]").click()  # what was typed is still there
    expect(problem).to_contain_text("Put in")
    printed.locator("[data-lab=paste-into]").select_option(".x")
    paste.fill("0.5\t0.7\n0.3\t0.2")
    printed.locator("[data-lab=put]").click()

    task.locator("[data-lab=loss]").select_option("half_squared")
    fill(stage, "hidden0", 0, "0.9")
    fill(stage, "target", 0, "0.7")
    last = task.locator("td[data-matrix=target][data-column='1']")
    last.focus()
    page.keyboard.type("0.")
    page.set_viewport_size({"width": 1000, "height": 800})  # the lab is written anew, as it is by each run
    expect(stage.get_by_test_id("lab")).to_have_css("width", re.compile(r"^9\d\d\b"))
    expect(last.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("8\n")
    stage.press("Home")
    stage.locator(".gs-picture [data-signal=previous_cell][data-unit='0']").click()  # on the belt itself
    start = stage.get_by_test_id("start-popup").get_by_role("textbox")
    expect(start).to_have_value("0")
    start.fill("0.7o")
    start.press("Enter")
    expect(stage.get_by_test_id("start-popup").get_by_role("alert")).to_contain_text("“0.7o” is not a number")
    start.fill("0.7")
    start.press("Enter")
    engine_has_answered(stage)
    stage.press("End")
    expect(stage).to_have_attribute("data-step", "1")
    assert [round(values[0], 6) for values in map(step_values(stage).get, ("cell", "hidden")) if values] == [
        1.109548,
        0.638403,
    ]

    expect(update.get_by_test_id("loss")).to_have_text("L = 0.0131")
    expect(update.locator("[data-gradient=W]")).to_have_text(
        [
            "−0.006204",
            "−0.006088",
            "−0.003639",
            "−0.004002",
            "−0.012067",
            "−0.011861",
            "−0.007211",
            "−0.005423",
        ]
    )
    expect(update.locator("[data-gradient=c0]")).to_have_text("−0.023547")
    update.locator("[data-lab=descend]").click()
    expect(update.get_by_test_id("descended")).to_contain_text("from 0.0131 to 0.0128")
    engine_has_answered(stage)
    stage.get_by_test_id("lab").get_by_role("button", name="Undo").click()
    expect(update.get_by_test_id("loss")).to_have_text("L = 0.0131")


def test_numbers_are_judged_line_by_line_and_the_run_is_covered_until_they_are_right(page: Page) -> None:
    stage = open_lab(page, "/lab?begin=exercise&exercise=hkust&lang=en")
    stage.locator("[data-tab=check][role=tab]").click()
    check = stage.get_by_test_id("check")
    check.get_by_role("button", name="Check my numbers").click()

    def line(name: str) -> Locator:
        return check.locator(f"[data-line='{name}']")

    for name, number in zip(
        ("i1", "f1", "g1", "o1", "c1", "h1"), (0.81, 0.68, 0.79, 0.88, 1.11, 0.98), strict=True
    ):
        line(name).fill(str(number))
        line(name).press("Enter")
    expect(line("L1")).to_be_focused()
    verdict = check.get_by_test_id("check-verdict")
    expect(verdict).to_have_text(
        "h1 = 0.98 is wrong. The activation of c was forgotten in h. Right: 5 of 15.".replace("h1", "h₁")
    )
    expect(stage).to_have_attribute("data-concealed", "")
    assert "forget" not in step_values(stage) and "0.711" not in stage.inner_text()

    page.goto(page.url.replace("lang=en", "lang=zh"))  # read anew, and in another language
    expect(verdict).to_contain_text("求 h 时忘了对 c 用激活函数。")
    expect(line("h1")).to_have_value("0.98")
    line("h1").fill("0,71")
    line("L1").fill("0")
    line("L1").press("Enter")
    expect(stage.locator("tr[data-signal=hidden] td[data-value]")).to_have_attribute(
        "data-value", "0.7111141893308263"
    )
