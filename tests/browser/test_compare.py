"""Cells side by side in a real browser: one transport, one moment, one link."""

import re

from playwright.sync_api import Locator, Page, expect

from gates.scenes.links.codec import compress
from tests.browser.helpers import NewPage, open_stage, step_values, sticking_out, wait_until_idle


def stages(page: Page, count: int) -> list[Locator]:
    """All stages of the page, painted."""
    found = page.locator("[data-testid=stage][data-ready]")
    expect(found).to_have_count(count)
    return [found.nth(k) for k in range(count)]


def test_all_columns_stand_at_the_same_step_whoever_moves(page: Page) -> None:
    first = open_stage(page, "/compare")
    columns = stages(page, 3)
    assert [one.get_attribute("data-cell") for one in columns] == ["rnn", "lstm", "gru"]
    first.focus()
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
        box = one.bounding_box()
        assert box and box["y"] + box["height"] <= page.viewport_size["height"], (
            "the whole comparison is seen"
        )
        assert one.evaluate("stage => stage.scrollHeight <= stage.clientHeight + 1")
    expect(bar.locator(".gs-group-title").first).to_contain_text("RNN")
    page.keyboard.press("f")
    expect(together).to_have_count(0)
    assert [one.get_attribute("data-cell") for one in stages(page, 3)] == ["rnn", "lstm", "gru"]


def test_playing_moves_all_of_them_and_only_one_has_buttons(page: Page) -> None:
    open_stage(page, "/compare?preset=count")
    columns = stages(page, 4)
    play = page.get_by_role("button", name="Play", exact=True)
    expect(play).to_have_count(1)
    play.click()
    for one in columns:
        expect(one).not_to_have_attribute("data-step", "0", timeout=8000)
    page.get_by_role("button", name="Pause", exact=True).click()
    steps = {one.get_attribute("data-step") for one in columns}
    assert len(steps) == 1


def test_a_link_keeps_a_unit_that_only_some_of_the_cells_have(page: Page) -> None:
    open_stage(page, "/compare?preset=first&unit=2&lang=en")
    for stage, unit in zip(
        stages(page, 3), "011", strict=True
    ):  # the plain RNN has one unit, LSTM and GRU two
        expect(stage).to_have_attribute("data-unit", unit)
    page.wait_for_url(re.compile(r"(?=.*step=).*unit=2"))


def test_a_link_brings_back_task_step_and_memory_test(new_page: NewPage) -> None:
    page = new_page()
    first = open_stage(page, "/compare?preset=count&disturb=7&step=30&lang=en")
    columns = stages(page, 4)
    for one in columns:
        expect(one).to_have_attribute("data-step", "29")
    assert abs(step_values(columns[1])["cell"][0] - 30) < 1e-4
    page.wait_for_timeout(500)
    assert "preset=count" in page.url and "disturb=7" in page.url and "step=30" in page.url
    expect(page.get_by_role("slider", name="Leave out")).to_have_value("7")
    again = new_page(locale="zh-CN")
    same = open_stage(again, page.url)
    assert step_values(same) == step_values(first)


def test_moving_the_memory_test_writes_the_link(page: Page) -> None:
    open_stage(page, "/compare?preset=latch")
    slider = page.get_by_role("slider", name="Leave out")
    slider.scroll_into_view_if_needed()
    slider.press("ArrowRight")
    expect(slider).to_have_value("3")
    page.wait_for_url(re.compile(r"disturb=3"))
    wait_until_idle(page)
    expect(page.get_by_text("step 3 still makes", exact=False).first).to_be_visible()


def test_on_a_phone_the_columns_stand_below_each_other(new_page: NewPage) -> None:
    page = new_page(width=390, height=844, touch=True)
    open_stage(page, "/compare?preset=silenced")
    columns = stages(page, 2)
    tops = [one.bounding_box() for one in columns]
    assert tops[0] and tops[1] and tops[1]["y"] > tops[0]["y"] + tops[0]["height"]
    assert not sticking_out(page)


def test_a_sequence_of_two_steps_is_shown_too(new_page: NewPage) -> None:
    page = new_page()
    open_stage(page, f"/compare?lang=en&input=text&data={compress('ab')}")
    for one in stages(page, 3):
        expect(one).to_have_attribute("data-steps", "2")
