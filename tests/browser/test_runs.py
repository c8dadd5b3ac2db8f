"""Moved sliders and edited weights are answered at once; the page hears of them when the hand rests."""

import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from gates.scenes import scene
from gates.scenes.state import State
from gates.text import translator
from tests.browser.helpers import NewPage, open_stage, sent_by, step_values, wait_until_idle

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
    stage = open_stage(page, "/lstm?preset=latch")
    before = len(sent)
    slide(stage, 0.3, 0.6, 0.9)
    expect_run(stage, 0.9)
    expect(page).to_have_url(re.compile("sharpness=0[.]9"))
    page.wait_for_timeout(1000)
    assert len(sent) == before + 1
    expect_run(stage, 0.9)
    page.get_by_role("tab", name="Heatmaps").click()  # a rerun of the page, which knows the slider by now
    page.locator(".js-plotly-plot").first.wait_for()
    wait_until_idle(page)
    expect_run(stage, 0.9)


def test_a_click_elsewhere_right_after_loses_nothing(page: Page) -> None:
    stage = open_stage(page, "/lstm?preset=latch")
    slide(stage, 0.4)
    page.get_by_text("中文", exact=True).click()
    expect(stage).to_have_attribute("lang", "zh-Hans")
    expect_run(stage, 0.4)
    assert stage.locator(SHARPNESS).input_value() == "0.4"


def test_where_the_short_way_is_closed_the_page_answers(new_page: NewPage) -> None:
    page = new_page(errors=False)  # the console names the request that fails here
    page.route("**/runs", lambda route: route.abort())
    stage = open_stage(page, "/lstm?preset=latch")
    slide(stage, 0.7)
    expect_run(stage, 0.7)


@pytest.mark.parametrize(("lang", "words"), [("en", "The server is busy."), ("zh", "服务器正忙。")])
def test_a_busy_server_says_so_and_the_run_follows(new_page: NewPage, lang: str, words: str) -> None:
    page = new_page(errors=False)  # the console names the request that is put off
    sent = sent_by(page)
    stage = open_stage(page, f"/lstm?preset=latch&lang={lang}")
    before = len(sent)
    put_off = iter([True, True, False])

    def answer(route: Route) -> None:
        asked = route.request.headers
        assert asked["accept-language"] == lang
        assert asked["x-gatescope-tab"]
        if next(put_off):
            sentence = translator(lang)("error.busy")
            headers = {"retry-after": "1", "content-type": "text/plain; charset=utf-8"}
            route.fulfill(status=429, headers=headers, body=sentence)
        else:
            route.continue_()

    page.route("**/runs", answer)
    slide(stage, 0.7)
    late = page.get_by_test_id("late")
    expect(late).to_contain_text(words)
    assert stage.locator(SHARPNESS).input_value() == "0.7"
    assert len(sent) == before, "the page is not burdened with it"
    expect_run(stage, 0.7)
    expect(late).to_be_hidden()
