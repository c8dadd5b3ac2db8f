"""The way back in a real browser: demonstrations, controls, links, and who hears whom."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import STAGE, NewPage, open_stage, step_values, wait_until_idle


def lstm_row(page: Page) -> str:
    """The line of the table of numbers that is about the LSTM."""
    return page.get_by_role("row").filter(has_text="LSTM").first.inner_text()


def test_in_a_few_clicks_one_sees_what_the_forget_bias_does(page: Page) -> None:
    open_stage(page, "/gradients?lang=en")
    expect(page.get_by_text("A default-initialised LSTM vanishes too", exact=False)).to_be_visible()
    assert "vanishes" in lstm_row(page)
    expect(page.get_by_role("slider", name="Gain on U")).to_be_hidden()
    page.get_by_role("button", name="Open the forget gate").click()
    expect(page.get_by_role("row").filter(has_text="LSTM").first).to_contain_text("survives")
    page.wait_for_url(re.compile(r"forget=3"))
    page.get_by_role("button", name="Explode: U × 8").click()
    expect(page.get_by_role("row").filter(has_text="LSTM").first).to_contain_text("explodes")
    page.wait_for_url(re.compile(r"gain=8"))
    assert "forget" not in page.url


@pytest.mark.parametrize(
    ("query", "cell"),
    [("demo=latch&w=2&T=20", "rnn"), ("demo=decay&T=20", "lstm"), ("demo=cliff&clipped=1", "rnn")],
)
def test_a_demonstration_opens_from_its_link(new_page: NewPage, query: str, cell: str) -> None:
    page = new_page()
    stage = open_stage(page, f"/gradients?lang=en&cell={cell}&{query}")
    assert stage.get_attribute("data-cell") == cell
    expect(page.locator("[data-testid=stPlotlyChart]").first).to_be_visible()
    page.wait_for_timeout(500)
    for part in query.split("&"):
        assert part in page.url


def test_a_link_shows_the_same_run_elsewhere(new_page: NewPage) -> None:
    page = new_page()
    stage = open_stage(page, "/gradients?lang=en&cell=gru&T=40&units=6&update=3&seed=5&step=12")
    shown = step_values(stage)
    assert len(shown["hidden"]) == 6
    page.wait_for_timeout(500)
    other = open_stage(new_page(locale="zh-CN"), page.url)
    assert step_values(other) == shown


def test_pointing_at_a_symbol_shows_which_earlier_ones_it_hears(page: Page) -> None:
    open_stage(page, "/gradients?lang=en&input=text&data=eNorTi1ILEosSVUoT1VILErVUSjJSFUoTsxNBQB4KQj9")
    wait_until_idle(page)
    page.get_by_role("tab", name="Who hears whom").click()
    tokens = page.locator(".influence [role=option]")
    tokens.first.wait_for()
    count = tokens.count()
    assert count > 5
    tokens.nth(4).hover()
    expect(page.get_by_test_id("influence-said")).to_contain_text("Step 5")
    shares = [float(tokens.nth(k).get_attribute("data-share") or 0) for k in range(count)]
    assert shares[5:] == [0.0] * (count - 5)  # nobody hears what comes later
    assert max(shares[:5]) == 1.0 and min(shares[:5]) < 1.0
    tokens.nth(count - 1).focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("influence-said")).to_contain_text(f"Step {count - 1}")


def test_nonsense_in_a_link_is_a_sentence(page: Page) -> None:
    open_stage(page, "/gradients?lang=en&gain=1e10&T=0&loss=everything")
    for said in ("gain", "T = “0”", "everything"):
        expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
    expect(page.locator(STAGE).first).to_be_visible()


def test_a_gain_of_a_billion_is_shown_as_what_it_is(page: Page) -> None:
    open_stage(page, "/gradients?lang=en&gain=1e9&activation=relu&init=identity&cell=rnn&T=60")
    expect(page.get_by_role("row").filter(has_text="RNN").first).to_contain_text("exploded at step")
    expect(page.get_by_role("alert").filter(has_text="beyond what float64 can hold")).to_be_visible()
