"""The address is the state: a copy opens the same elsewhere, and nonsense in it is said in a sentence."""

import random
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from gates.examples.lab.codec import pack
from gates.examples.lab.state import Clamped, LabState
from gates.export import page as export
from gates.scenes import scene
from gates.scenes.links.step import STEP
from gates.scenes.state import State
from gates.text import translator
from tests.browser.helpers import (
    STAGE,
    NewPage,
    open_stage,
    query_of,
    running_app,
    step_values,
    until,
    wait_until_idle,
)
from tests.browser.lab.editing import (
    FORGET_BIAS,
    assert_shows,
    engine_has_answered,
    latch,
    open_lab,
    state_in_editor,
    type_weight,
    value,
    weight,
)

BREAKABLE = Path(__file__).with_name("breakable.py")
LINKS = {
    "/lstm": State("lstm", preset="counter", sliders={"increment": 0.35}, notation="z", lang="zh"),
    "/gru": State("gru", preset="latch", reset="after", update="write", notation="row"),
    "/rnn": State("rnn", source="text", text="to be or not", by="words", hidden=6, seed=9, through="random"),
}  # fmt: skip


def address(path: str, state: State, **place: str) -> str:
    return path + "?" + "&".join(f"{k}={v}" for k, v in (STEP.write(state) | place).items())


def test_links_open_the_same_on_a_server_that_nobody_has_visited_and_where_one_fails_it_is_a_sentence(
    page: Page, new_page: NewPage, tmp_path: Path
) -> None:
    lab, shown, edited = an_edited_lab(page)
    with running_app(tmp_path / "log.txt", BREAKABLE) as server:
        page = new_page(base=server.url, locale="zh-CN")
        stage = open_lab(page, lab)
        until(page, lambda: step_values(stage) == shown)
        assert value(weight(stage, *FORGET_BIAS)) == 0.7
        expect(stage.locator(".gs-valve[data-signal=input]")).to_have_attribute("data-clamped", "held")
        assert_shows(stage, edited, latch())
        for path, state in LINKS.items():
            stage = open_stage(page, address(path, state, step="3", phase="look"))
            expect(stage).to_have_attribute("data-step", "2")
            expect(stage).to_have_attribute("data-phase", "look")
            whole = STEP.write(state) | {"step": "3", "phase": "look"}
            until(page, lambda whole=whole: query_of(page) == whole)
            stage.focus()
            page.keyboard.press("ArrowLeft")
            expect(stage).to_have_attribute("data-step", "1")
            assert step_values(stage)["hidden"] == scene.build(state).trace.hidden[1].tolist()
        a_link_and_a_choice_that_fail_lead_to_the_page_as_the_link_says(page)
        assert server.printed().count("Traceback") >= 2, "the log has them"
        page.close()  # a page whose server is gone says so in the console


def a_link_and_a_choice_that_fail_lead_to_the_page_as_the_link_says(page: Page) -> None:
    """Never to a traceback, wherever a fault of ours occurs."""
    for place in ("main", "poison"):  # the choice below fails within a page
        page.goto(f"/gru?lang=zh&break={place}")
        apology(page)
        page.wait_for_url(re.compile(r"/gru\?lang=zh&reset=after&preset=latch&step=2$"))
    wait_until_idle(page)
    stage = page.locator(STAGE)
    stage.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("step=3"))
    page.get_by_role("radio", name=translator("zh")("input.update.write")).click()
    apology(page)
    expect(stage).to_have_attribute("data-step", "2")
    page.wait_for_url(re.compile(r"/gru\?lang=zh&reset=after&preset=latch&step=3$"))


def apology(page: Page) -> None:
    t = translator("zh")
    said = page.get_by_test_id("stAlertContentError")
    expect(said).to_contain_text(t("error.unexpected", kind="").split("(")[0].split("（")[0])
    assert page.get_by_test_id("stException").count() == 0
    page.get_by_role("link", name=t("error.start_again"), exact=True).click()
    expect(said).to_have_count(0)
    page.locator(STAGE).first.wait_for()


def an_edited_lab(page: Page) -> tuple[str, dict[str, list[float]], LabState]:
    """The address of a lab with one weight and one gate changed, its numbers, and its cell."""
    stage = open_lab(page, "/lab?preset=latch&step=4")
    type_weight(stage, FORGET_BIAS, "0.7")
    weight(stage, *FORGET_BIAS).press("Escape")
    stage.locator(".gs-valve[data-signal=input]").focus()
    page.keyboard.press("+")
    page.keyboard.press("Escape")
    engine_has_answered(stage)
    shown = step_values(stage)
    clamps = (Clamped("input", shown["input"][0], (0,), (3, 3)),)
    lab = replace(state_in_editor(stage, latch()), clamps=clamps)
    page.wait_for_url(lambda url: f"lab={pack(lab)}" in url)
    return "/lab" + page.url.partition("/lab")[2], shown, lab


def test_the_address_follows_and_a_second_browser_shows_the_same(new_page: NewPage) -> None:
    page = new_page(fresh=True)
    stage = open_stage(page, "/gru?step=1&move=phase&speed=4")
    before = page.evaluate("history.length")
    stage.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"step=4"))
    assert page.evaluate("history.length") == before, "no entry for a step"
    stage.get_by_role("button", name="Forward", exact=True).click()
    expect(stage).to_have_attribute("data-phase", "look")
    page.get_by_text("after the product", exact=True).click()
    page.locator("[data-testid=stage][data-reset=after]").wait_for()
    whole = {"move": "phase", "speed": "4", "phase": "look", "reset": "after", "step": "5"}
    until(page, lambda: whole.items() <= query_of(page).items())
    shown = step_values(stage)
    elsewhere = open_stage(new_page(locale="zh-CN"), page.url)
    until(page, lambda: step_values(elsewhere) == shown)
    expect(elsewhere).to_have_attribute("lang", "en")


def test_pages_keep_their_place_while_one_walks_between_them(page: Page) -> None:
    stage = open_stage(page, "/lstm?preset=latch&sharpness=0.5")
    stage.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("step=2"))
    page.get_by_role("link", name="GRU").first.click()
    page.locator("[data-testid=stage][data-cell=gru]").wait_for()
    page.wait_for_url(re.compile(r"/gru\?.*step=2"))
    assert "sharpness" not in page.url
    page.get_by_role("link", name="LSTM").first.click()
    back = page.locator("[data-testid=stage][data-cell=lstm]")
    back.wait_for()
    page.wait_for_url(re.compile(r"/lstm\?(?=.*sharpness=0\.5).*preset=latch.*step=2"))
    expect(back).to_have_attribute("data-step", "1")
    page.go_back()
    page.locator("[data-testid=stage][data-cell=gru]").wait_for()
    page.wait_for_url(re.compile("/gru"))


def test_a_theme_is_chosen_once_for_all_pages_and_for_the_next_visit(page: Page) -> None:
    stage = open_stage(page, "/lstm?lang=en")
    expect(stage).to_have_attribute("data-theme", "light")
    switch = page.get_by_role("button", name="Dark colours")
    switch.click()
    expect(stage).to_have_attribute("data-theme", "dark")
    again = open_stage(page, "/GRU?lang=en&preset=latch")
    expect(page).to_have_url(re.compile(r"/gru\?.*preset=latch"))
    expect(again).to_have_attribute("data-theme", "dark")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(again).to_have_attribute("data-theme", "light")


def test_what_is_too_long_for_a_link_travels_as_a_file(page: Page, tmp_path: Path) -> None:
    text = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=990))
    state = State("lstm", source="text", text=text, through="random")
    open_stage(page, address("/lstm", state))
    page.get_by_text("Share", exact=True).click()
    with page.expect_download() as download:
        page.get_by_text("Save as file").click()
    saved = tmp_path / "state.json"
    download.value.save_as(saved)
    open_stage(page, "/lstm?step=1")
    page.get_by_text("Share", exact=True).click()
    link = page.get_by_role("textbox", name="Link to this page as it stands")
    page.wait_for_url(re.compile("preset="))  # the address gains what the page opened with
    until(page, lambda: link.input_value() == page.url)
    expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
    expect(page.get_by_text("opens on this computer only")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link.input_value()
    with page.expect_download() as download:
        page.get_by_role("button", name="Take away as one file").click()
    parts = urlsplit(page.url)
    taken = download.value.path().read_text(encoding="utf-8")
    assert taken == export.build([f"{parts.path}?{parts.query}"])
    page.locator("input[type=file]").set_input_files(saved)
    stage = page.locator("[data-testid=stage][data-steps='990']")
    stage.wait_for()
    wait_until_idle(page)
    hidden = scene.build(state).trace.hidden[0].tolist()
    until(page, lambda: step_values(stage)["hidden"] == hidden)
