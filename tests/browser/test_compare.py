"""Cells side by side in a real browser: one transport, one moment, one link."""

import re

from playwright.sync_api import expect

from tests.browser.helpers import NewPage, all_stages, letter_sizes, open_stage, step_values, until

SEEN_WHOLE = """stage => stage.getBoundingClientRect().bottom <= innerHeight
  && stage.scrollHeight <= stage.clientHeight + 1"""


def test_all_columns_stand_at_the_same_step_whoever_moves(new_page: NewPage) -> None:
    page = new_page(still=False)
    first = open_stage(page, "/compare?preset=first&unit=2&lang=en")
    columns = all_stages(page, 3)
    for one, unit in zip(columns, "011", strict=True):  # the plain RNN has one unit, LSTM and GRU two
        expect(one).to_have_attribute("data-unit", unit)
    page.wait_for_url(re.compile(r"(?=.*step=).*unit=2"))
    for one, cell in zip(columns, ("rnn", "lstm", "gru"), strict=True):
        expect(one).to_have_attribute("data-cell", cell)
    first.focus()
    page.keyboard.press("Home")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    for one in columns:
        expect(one).to_have_attribute("data-step", "5")
    columns[2].get_by_test_id("score").click(position={"x": 200, "y": 20})
    expect(columns[2]).not_to_have_attribute("data-step", "5")
    moved = columns[2].get_attribute("data-step")
    for one in columns:
        expect(one).to_have_attribute("data-step", str(moved))
    bar = page.get_by_test_id("stage-bar")
    bar.focus()
    page.keyboard.press("f")
    together = bar.locator("[data-testid=stage]")
    expect(together).to_have_count(3)
    page.keyboard.press("Home")
    for one in together.all():
        expect(one).to_have_attribute("data-step", "0")
        until(page, lambda one=one: one.evaluate(SEEN_WHOLE))
    expect(bar.locator(".gs-group-title").first).to_contain_text("RNN")
    bar.get_by_test_id("examples").first.select_option(label="One GRU, its reset in two places")
    expect(together).to_have_count(2)
    expect(bar.locator(".gs-group-title").last).to_have_text("GRU, reset after")
    page.keyboard.press("l")
    large = bar.locator(".gs-large")
    expect(large).to_have_attribute("data-reset", "before")
    expect(bar.get_by_test_id("lecture-left")).to_contain_text("the other pictures (V")
    page.keyboard.press("v")
    expect(large).to_have_attribute("data-reset", "after")
    page.wait_for_url(re.compile(r"(?=.*large=2).*lecture="))
    expect(bar.locator(".gs-small [data-testid=score]:visible")).to_have_count(1)

    def large_or_not_there() -> bool:
        """20 px where the screen has 1920 by 1080."""
        scale = float(bar.evaluate("bar => getComputedStyle(bar).getPropertyValue('--gs-scale')"))
        return bool(min(letter_sizes(bar)) >= 12 * scale - 0.01)

    until(page, large_or_not_there)
    until(page, lambda: large.evaluate("stage => stage.scrollHeight <= stage.clientHeight + 1"))
    page.keyboard.press("l")
    expect(together).to_have_count(0)
    columns = all_stages(page, 2)
    for one in columns:
        expect(one).to_have_attribute("data-cell", "gru")
    page.wait_for_url(re.compile("preset=silenced"))

    play = page.get_by_role("button", name="Play", exact=True)
    expect(play).to_have_count(1)
    play.click()
    for one in columns:
        expect(one).not_to_have_attribute("data-step", "0")
    page.get_by_role("button", name="Pause", exact=True).click()
    until(page, lambda: len({one.get_attribute("data-step") for one in columns}) == 1)


def test_the_memory_test_is_moved_and_its_link_opens_the_same_elsewhere(new_page: NewPage) -> None:
    page = new_page()
    first = open_stage(page, "/compare?preset=latch&step=4&lang=en")
    slider = page.get_by_role("slider", name="Leave out")
    slider.scroll_into_view_if_needed()
    slider.press("ArrowRight")
    expect(slider).to_have_value("3")
    expect(page.get_by_text("step 3 still makes", exact=False).first).to_be_visible()
    page.wait_for_url(re.compile(r"(?=.*preset=latch)(?=.*disturb=3)(?=.*step=4)"))
    again = new_page(locale="zh-CN")
    same = open_stage(again, page.url)
    expect(same).to_have_attribute("data-step", "3")
    until(page, lambda: step_values(same) == step_values(first))
    expect(again.get_by_role("slider", name="Leave out")).to_have_value("3")
