"""The address is the state: a copy opens the same elsewhere, and nonsense in it is said in a sentence."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from gates.export import page as export
from gates.scenes import scene
from gates.scenes.links.step import STEP
from gates.scenes.state import State
from tests.browser.helpers import FreshServer, NewPage, open_stage, step_values, wait_until_idle

LINKS = {
    "/lstm": State("lstm", preset="counter", sliders={"increment": 0.35}, notation="z", lang="zh"),
    "/gru": State("gru", preset="latch", reset="after", update="write", notation="row"),
    "/rnn": State("rnn", source="text", text="to be or not", by="words", hidden=6, seed=9, through="random"),
}  # fmt: skip


def address(path: str, state: State, **place: str) -> str:
    return path + "?" + "&".join(f"{k}={v}" for k, v in (STEP.write(state) | place).items())


@pytest.mark.parametrize("path", LINKS)
def test_a_link_opens_the_same_on_a_server_that_nobody_has_visited(
    new_page: NewPage, fresh_server: FreshServer, path: str
) -> None:
    state = LINKS[path]
    with fresh_server() as server:
        page = new_page(base=server.url)
        stage = open_stage(page, address(path, state, step="3", phase="look"))
        assert stage.get_attribute("data-step") == "2"
        assert stage.get_attribute("data-phase") == "look"
        trace = scene.build(state).trace
        assert step_values(stage)["hidden"] == trace.hidden[2].tolist()
        page.wait_for_timeout(500)
        query = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
        assert query == STEP.write(state) | {"step": "3", "phase": "look"}


def test_the_address_follows_every_step_without_piling_up_history(new_page: NewPage) -> None:
    page = new_page(fresh=True)
    stage = open_stage(page, "/lstm?step=1")
    before = page.evaluate("history.length")
    stage.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"step=5"))
    assert page.evaluate("history.length") == before


def test_a_reload_and_a_second_browser_show_the_same(new_page: NewPage) -> None:
    page = new_page()
    stage = open_stage(page, "/gru?step=1")
    stage.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.get_by_text("after the product", exact=True).click()
    page.locator("[data-testid=stage][data-reset=after]").wait_for()
    page.wait_for_url(re.compile(r"reset=after.*step=4|step=4.*reset=after"))
    shown = step_values(stage)
    page.reload()
    again = page.locator("[data-testid=stage][data-ready]")
    again.wait_for()
    assert step_values(again) == shown
    elsewhere = open_stage(new_page(locale="zh-CN"), page.url)
    assert step_values(elsewhere) == shown
    assert elsewhere.get_attribute("lang") == "en"


def test_pages_keep_their_place_while_one_walks_between_them(new_page: NewPage) -> None:
    page = new_page()
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
    page.wait_for_url(re.compile(r"/lstm\?.*preset=latch.*step=2"))
    assert "sharpness=0.5" in page.url
    assert back.get_attribute("data-step") == "1"
    page.go_back()
    page.locator("[data-testid=stage][data-cell=gru]").wait_for()
    assert "/gru" in page.url


def test_the_language_switch_changes_everything_at_once(new_page: NewPage) -> None:
    page = new_page()
    stage = open_stage(page, "/lstm?step=1")
    page.get_by_text("中文", exact=True).click()
    expect(stage).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_role("heading", level=1)).to_contain_text("长短期记忆网络")
    expect(stage.get_by_role("button", name="播放")).to_be_visible()
    page.wait_for_url(re.compile("lang=zh"))


def test_a_theme_is_chosen_once_for_all_pages_and_for_the_next_visit(new_page: NewPage) -> None:
    page = new_page()
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


@pytest.mark.parametrize(
    ("path", "sentences"),
    [
        ("/lstm?lang=klingon&units=1e9&preset=nonsense", ("lang", "units", "preset")),
        ("/gru?reset=sideways&step=abc&sharpness=99", ("reset", "step", "sharpness")),
        ("/rnn?input=text&data=%25%25%25", ("damaged",)),
    ],
)
def test_nonsense_in_a_link_is_named_and_the_page_opens_all_the_same(
    page: Page, path: str, sentences: tuple[str, ...]
) -> None:
    stage = open_stage(page, path)
    for sentence in sentences:
        expect(page.get_by_role("alert").filter(has_text=sentence).first).to_be_visible()
    assert step_values(stage)["hidden"]


def test_what_is_too_long_for_a_link_travels_as_a_file(new_page: NewPage, tmp_path) -> None:
    import random

    text = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=990))
    state = State("lstm", source="text", text=text, through="random")
    page = new_page()
    open_stage(page, address("/lstm", state))
    page.get_by_text("Share", exact=True).click()
    with page.expect_download() as download:
        page.get_by_text("Save as file").click()
    saved = tmp_path / "state.json"
    download.value.save_as(saved)
    other = new_page()
    open_stage(other, "/lstm?step=1")
    other.get_by_text("Share", exact=True).click()
    link = other.get_by_role("textbox", name="Link to this page as it stands")
    other.wait_for_url(re.compile("preset="))  # the address gains what the page opened with
    expect(link).to_have_value(other.url)
    expect(other.get_by_role("img", name="QR code of the link")).to_be_visible()
    expect(other.get_by_text("opens on this computer only")).to_be_visible()
    other.context.grant_permissions(["clipboard-read", "clipboard-write"])
    other.get_by_role("button", name="Copy link").click()
    expect(other.get_by_text("Copied.")).to_be_visible()
    assert other.evaluate("navigator.clipboard.readText()") == link.input_value()
    with other.expect_download() as download:
        other.get_by_role("button", name="Take away as one file").click()
    parts = urlsplit(other.url)
    taken = download.value.path().read_text(encoding="utf-8")
    assert taken == export.build([f"{parts.path}?{parts.query}"])
    other.locator("input[type=file]").set_input_files(saved)
    stage = other.locator("[data-testid=stage][data-steps='990']")
    stage.wait_for()
    wait_until_idle(other)
    assert step_values(stage)["hidden"] == scene.build(state).trace.hidden[0].tolist()


def test_pace_and_stride_travel_too(new_page: NewPage) -> None:
    page = new_page()
    stage = open_stage(page, "/lstm?move=phase&speed=4")
    stage.get_by_role("button", name="Forward", exact=True).click()
    assert stage.get_attribute("data-phase") == "look"
    page.wait_for_url(
        lambda url: {"move=phase", "speed=4", "phase=look"} <= set(urlsplit(url).query.split("&"))
    )
