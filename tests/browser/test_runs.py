"""Moved sliders and edited weights are answered at once; the page is notified after a pause."""

import re
from dataclasses import replace

import numpy as np
from playwright.sync_api import Locator, Page, Route, expect

from gates.scenes import scene
from gates.scenes.state import State
from gates.text import translator
from tests.browser.helpers import NewPage, open_stage, sent_by, step_values, until, wait_until_idle

SHARPNESS = "input[data-slider=sharpness]"
LATCH = State("lstm", preset="latch")


def slide(stage: Locator, *values: float) -> None:
    """Move the slider to one value after the other, faster than a busy machine can pause."""
    stage.locator(SHARPNESS).evaluate(
        """(input, values) => values.forEach(value => {
            input.value = value;
            input.dispatchEvent(new Event('input'));
        })""",
        values,
    )


def expect_run(stage: Locator, sharpness: float) -> None:
    """The stage shows what the engine computes for the slider's value, to the last bit."""
    trace = scene.build(replace(LATCH, sliders={"sharpness": sharpness})).trace
    step = int(stage.get_attribute("data-step") or 0)
    value = stage.locator("tr[data-signal=forget] td[data-unit='0']")
    expect(value).to_have_attribute("data-value", repr(float(trace.forget[step, 0])))
    for signal, values in step_values(stage).items():
        assert np.array_equal(values, getattr(trace, signal)[step]), signal


def test_a_slider_is_answered_without_the_page_which_hears_of_it_once(page: Page) -> None:
    sent = sent_by(page)
    stage = open_stage(page, "/lstm?preset=latch&step=4")
    page.wait_for_url(re.compile("lang="))  # the page has told all that it tells by itself
    wait_until_idle(page)
    before = len(sent)
    slide(stage, 0.3, 0.6, 0.9)
    expect_run(stage, 0.9)
    page.wait_for_url(re.compile("sharpness=0[.]9"))
    until(page, lambda: len(sent) > before)
    wait_until_idle(page)
    expect_run(stage, 0.9)
    page.get_by_role("tab", name="Heatmaps").click()  # a rerun of the page, which knows the slider by now
    page.locator(".js-plotly-plot").first.wait_for()
    wait_until_idle(page)
    assert len(sent) == before + 2, "one of the slider, one of the click"
    expect_run(stage, 0.9)
    expect(stage).to_have_attribute("data-step", "3")  # the place is kept


def test_a_click_elsewhere_right_after_loses_nothing(page: Page) -> None:
    stage = open_stage(page, "/lstm?preset=latch")
    slide(stage, 0.4)
    page.get_by_text("中文", exact=True).click()
    expect(stage).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_role("heading", level=1)).to_contain_text("长短期记忆网络")
    expect(stage.get_by_role("button", name="播放")).to_be_visible()
    page.wait_for_url(re.compile("lang=zh"))
    expect_run(stage, 0.4)
    expect(stage.locator(SHARPNESS)).to_have_value("0.4")


def test_a_busy_server_says_so_and_where_there_is_none_the_page_answers(new_page: NewPage) -> None:
    page = new_page(errors=False)  # the console names the requests that are put off and fail
    sent = sent_by(page)
    stage = open_stage(page, "/lstm?preset=latch&lang=zh")
    page.wait_for_url(re.compile("step="))
    wait_until_idle(page)
    before = len(sent)
    asked: list[dict[str, str]] = []
    busy = True

    def answer(route: Route) -> None:
        asked.append(route.request.headers)
        if busy:
            headers = {"retry-after": "1", "content-type": "text/plain; charset=utf-8"}
            route.fulfill(status=429, headers=headers, body=translator("zh")("error.busy"))
        else:
            route.continue_()

    page.route("**/runs", answer)
    slide(stage, 0.7)
    late = page.get_by_test_id("late")
    expect(late).to_contain_text("服务器正忙。")
    assert stage.locator(SHARPNESS).input_value() == "0.7"
    until(page, lambda: len(asked) > 1)
    assert len(sent) == before, "the page is not burdened with it"
    busy = False
    expect_run(stage, 0.7)
    expect(late).to_be_hidden()
    until(page, lambda: len(sent) > before)
    assert all(headers["accept-language"] == "zh" and headers["x-gatescope-tab"] for headers in asked)
    page.unroute_all()
    page.route("**/runs", lambda route: route.abort())
    slide(stage, 0.3)
    expect_run(stage, 0.3)
