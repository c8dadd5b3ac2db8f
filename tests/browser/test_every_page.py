"""What holds for every page: it opens filled and without an error, for every reader, on every screen."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from gates.scenes import registry
from gates.text import Translator, translator
from tests.browser.helpers import (
    STAGE,
    NewPage,
    axe_findings,
    requests_elsewhere,
    step_values,
    sticking_out,
    top,
    unreachable_by_keys,
    until,
    wait_until_idle,
    wrong_on_paper,
)

ONE_CELL = ("lstm", "gru", "rnn", "lab")
ALIKE = ("gru", "rnn")
"""On paper and to axe they are what ``lstm`` is; in Chinese and the dark axe looks at them too."""
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def test_each_opens_filled_in_english_and_still_fits_when_it_becomes_a_phones(
    new_page: NewPage, subtests: pytest.Subtests
) -> None:
    page, t = new_page(**DESKTOP, locale="en-US"), translator("en")
    for name in registry.PAGES:
        with subtests.test(page=name):
            page.set_viewport_size(DESKTOP)
            part = opened(page, name, t)
            if name not in ALIKE:
                as_on_a_desktop(page, t)
            page.set_viewport_size(PHONE)
            fits_a_phone(page, name, part)
            if name not in ALIKE:
                assert not unreachable_by_keys(page)  # in the language of the longer words


def test_each_opens_filled_in_chinese_on_a_phone_and_becomes_a_dark_desktops(
    new_page: NewPage, subtests: pytest.Subtests
) -> None:
    page, t = new_page(**DESKTOP, locale="zh-CN", touch=True, dark=True), translator("zh")
    for name in registry.PAGES:
        with subtests.test(page=name):
            page.set_viewport_size(PHONE if name == registry.HOME else DESKTOP)
            part = opened(page, name, t)
            page.set_viewport_size(PHONE)
            fits_a_phone(page, name, part)
            page.set_viewport_size(DESKTOP)
            as_on_a_desktop(page, t)
            if registry.PAGES[name].staged and name not in ALIKE:
                assert not wrong_on_paper(page)


def opened(page: Page, name: str, t: Translator) -> Locator:
    """The stage of a page, or what a page without one shows, filled, in the browser's language.

    The home page is opened by its address, the others from there on by the navigation.
    """
    entry = registry.PAGES[name]
    with requests_elsewhere(page) as elsewhere:
        if name == registry.HOME:
            page.goto("/")
        else:
            page.get_by_test_id("stTopNavLink").get_by_text(t(f"page.{name}.nav"), exact=True).click()
        expect(page.locator("h1")).to_have_text(t(f"page.{name}.title"))
        page.wait_for_url(re.compile(rf"/{'' if name == registry.HOME else name}\?.*\blang={t.language}\b"))
        wait_until_idle(page)
        part = page.locator(STAGE).first if entry.staged else page.get_by_test_id(name)
        part.wait_for()
    assert not elsewhere, "a page must work without the network"
    if entry.staged:
        values = step_values(part)
        assert values["hidden"]
        assert len({len(units) for signal, units in values.items() if signal not in ("x", "grad.x")}) == 1, (
            "a value per unit"
        )
    return part


def as_on_a_desktop(page: Page, t: Translator) -> None:
    expect(page.get_by_test_id("stTopNav")).to_have_attribute("aria-label", t("streamlit.pages"))
    assert not axe_findings(page)


def below_each_other(stages: Locator) -> bool:
    boxes = stages.evaluate_all("all => all.map(one => one.getBoundingClientRect().toJSON())")
    return len(boxes) > 1 and all(one["bottom"] < two["top"] for one, two in pairwise(boxes))


def fits_a_phone(page: Page, name: str, part: Locator) -> None:
    assert not sticking_out(page)
    if not registry.PAGES[name].staged:
        return
    if name in ONE_CELL:
        picture = part.locator(".gs-picture")
        hidden = picture.locator("[data-signal=hidden]").first
        until(page, lambda: top(picture) < 844 and top(hidden) < 1.5 * 844)  # it begins on the first screen
    if name == "compare":
        until(page, lambda: below_each_other(page.locator(STAGE)))
    play = page.locator("[data-action=play]:visible")
    part.locator(".gs-numbers").scroll_into_view_if_needed()
    expect(play).to_be_in_viewport()
    if name == "lab":
        part.locator(".gs-block").last.scroll_into_view_if_needed()
        for both in (play, part.locator(".gs-picture")):
            expect(both).to_be_in_viewport()
        assert not unreachable_by_keys(page)
        page.locator("[data-testid=stTabs] [role=tab]").last.click()
        code = page.get_by_test_id("stCode").locator("pre").first
        expect(code).to_have_attribute("tabindex", "0")
