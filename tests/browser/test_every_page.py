"""What holds for every page: it opens filled and without an error, for every reader, on every screen."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from gates.scenes import registry
from gates.text import translator
from tests.browser.helpers import (
    STAGE,
    NewPage,
    axe_findings,
    open_stage,
    requests_elsewhere,
    step_values,
    sticking_out,
    unreachable_by_keys,
    until,
    wrong_on_paper,
)

SCRIPTS = sorted(path.stem for path in (Path(__file__).resolve().parents[2] / "pages").glob("*.py"))
PAGES = [name for name in SCRIPTS if registry.PAGES[name].staged]
STAGELESS = [name for name in SCRIPTS if not registry.PAGES[name].staged]
ONE_CELL = ("lstm", "gru", "rnn", "lab")
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("name", PAGES)
def test_it_opens_filled_in_english_and_still_fits_when_it_becomes_a_phones(
    new_page: NewPage, name: str
) -> None:
    page = new_page(locale="en-US", still=True)
    stage = opened(page, name, "en")
    as_on_a_desktop(page, "en")
    page.set_viewport_size(PHONE)
    fits_a_phone(page, name, stage)


@pytest.mark.parametrize("name", PAGES)
def test_it_opens_filled_in_chinese_on_a_phone_and_becomes_a_dark_desktops(
    new_page: NewPage, name: str
) -> None:
    page = new_page(**PHONE, locale="zh-CN", touch=True, dark=True, still=True)
    stage = opened(page, name, "zh")
    fits_a_phone(page, name, stage)
    page.set_viewport_size({"width": 1280, "height": 900})
    as_on_a_desktop(page, "zh")
    assert not wrong_on_paper(page)


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("zh", True)])
@pytest.mark.parametrize("name", STAGELESS)
def test_a_page_without_a_stage_opens_filled_and_fits_a_phone(
    new_page: NewPage, name: str, language: str, dark: bool
) -> None:
    page = new_page(locale={"en": "en-US", "zh": "zh-CN"}[language], dark=dark, still=True)
    with requests_elsewhere(page) as elsewhere:
        page.goto(f"/{name}")
        expect(page.get_by_test_id(name)).to_be_visible()
        page.wait_for_url(re.compile(rf"[?&]lang={language}\b"))
    assert not elsewhere, "a page must work without the network"
    as_on_a_desktop(page, language)
    page.set_viewport_size(PHONE)
    assert not sticking_out(page)
    assert not unreachable_by_keys(page)


def opened(page: Page, name: str, language: str) -> Locator:
    """The stage of a page that is opened without a link, filled, in the browser's language."""
    with requests_elsewhere(page) as elsewhere:
        stage = open_stage(page, "/" if name == "home" else f"/{name}")
    assert not elsewhere, "a page must work without the network"
    values = step_values(stage)
    assert values["hidden"]
    assert len({len(units) for signal, units in values.items() if signal not in ("x", "grad.x")}) == 1, (
        "a value per unit"
    )
    page.wait_for_url(re.compile(rf"[?&]lang={language}\b"))
    return stage


def as_on_a_desktop(page: Page, language: str) -> None:
    expect(page.get_by_test_id("stTopNav")).to_have_attribute(
        "aria-label", translator(language)("streamlit.pages")
    )
    assert not axe_findings(page)


def top(part: Locator) -> float:
    return float(part.evaluate("part => part.getBoundingClientRect().top"))


def below_each_other(stages: Locator) -> bool:
    boxes = stages.evaluate_all("all => all.map(one => one.getBoundingClientRect().toJSON())")
    return len(boxes) > 1 and all(one["bottom"] < two["top"] for one, two in pairwise(boxes))


def fits_a_phone(page: Page, name: str, stage: Locator) -> None:
    assert not sticking_out(page)
    assert not unreachable_by_keys(page)
    if name in ONE_CELL:
        picture = stage.locator(".gs-picture")
        hidden = picture.locator("[data-signal=hidden]").first
        until(page, lambda: top(picture) < 844 and top(hidden) < 1.5 * 844)  # it begins on the first screen
    if name == "compare":
        until(page, lambda: below_each_other(page.locator(STAGE)))
    play = page.locator("[data-action=play]:visible")
    stage.locator(".gs-numbers").scroll_into_view_if_needed()
    expect(play).to_be_in_viewport()
    if name == "lab":
        stage.locator(".gs-block").last.scroll_into_view_if_needed()
        for part in (play, stage.locator(".gs-picture")):
            expect(part).to_be_in_viewport()
        page.locator("[data-testid=stTabs] [role=tab]").last.click()
        code = page.get_by_test_id("stCode").locator("pre").first
        expect(code).to_have_attribute("tabindex", "0")
        assert not unreachable_by_keys(page)
