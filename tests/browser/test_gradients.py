"""The way back in a real browser: demonstrations, controls, links, and influences."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.helpers import STAGE, open_stage


def lstm_row(page: Page) -> Locator:
    """The line of the table of numbers that is about the LSTM."""
    return page.get_by_role("row").filter(has_text="LSTM").first


def test_in_a_few_clicks_one_sees_what_the_forget_bias_does(page: Page) -> None:
    open_stage(page, "/gradients?lang=en")
    expect(page.get_by_text("A default-initialised LSTM vanishes too", exact=False)).to_be_visible()
    expect(lstm_row(page)).to_contain_text("vanishes")
    expect(page.get_by_role("slider", name="Gain on U")).to_be_hidden()
    page.get_by_role("button", name="Open the forget gate").click()
    expect(lstm_row(page)).to_contain_text("survives")
    page.wait_for_url(re.compile(r"forget=3"))
    page.get_by_role("button", name="Explode: U × 8").click()
    expect(lstm_row(page)).to_contain_text("explodes")
    page.wait_for_url(re.compile(r"^(?!.*forget).*gain=8"))


def test_a_demonstration_opens_from_its_link_and_keeps_it(page: Page) -> None:
    stage = open_stage(page, "/gradients?lang=en&cell=rnn&demo=cliff&clipped=1")
    expect(stage).to_have_attribute("data-cell", "rnn")
    expect(page.locator("[data-testid=stPlotlyChart]").first).to_be_visible()
    page.wait_for_url(re.compile(r"(?=.*demo=cliff)(?=.*clipped=1)(?=.*step=)"))
    stage.focus()
    page.keyboard.press("f")
    listed = stage.get_by_test_id("examples")
    expect(listed.locator("option:checked")).to_have_text("RNN · Pascanu's cliff")
    listed.select_option(label="GRU · Open the forget gate · bias 3")
    page.wait_for_url(re.compile(r"(?=.*cell=gru)(?=.*forget=3)(?!.*demo)"))
    page.go_back()
    expect(stage).to_have_attribute("data-cell", "rnn")
    page.go_forward()
    expect(stage).to_have_attribute("data-cell", "gru")
    page.wait_for_url(re.compile("cell=gru"))
    assert page.evaluate("document.fullscreenElement !== null")
    stage.focus()
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="bias 3")).to_be_visible()
    expect(page.locator(STAGE)).to_have_attribute("data-cell", "gru")
