"""What holds for every page: it opens filled and without an error, for every reader, on every screen."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from gates.text import translator
from tests.browser.helpers import (
    NewPage,
    axe_findings,
    open_stage,
    requests_elsewhere,
    step_values,
    sticking_out,
    wrong_on_paper,
)

PAGES = sorted(path.stem for path in (Path(__file__).resolve().parents[2] / "pages").glob("*.py"))
ONE_CELL = ("lstm", "gru", "rnn", "lab")
LOCALES = {"en-US": "en", "zh-CN": "zh"}


def address(name: str) -> str:
    return "/" if name == "home" else f"/{name}"


@pytest.mark.parametrize(("locale", "dark"), [("en-US", False), ("zh-CN", True)], ids=["en-light", "zh-dark"])
@pytest.mark.parametrize("name", PAGES)
def test_it_opens_filled_in_the_readers_language_and_axe_finds_nothing_serious(
    new_page: NewPage, name: str, locale: str, dark: bool
) -> None:
    page = new_page(locale=locale, dark=dark, still=True)
    with requests_elsewhere(page) as elsewhere:
        stage = open_stage(page, address(name))
    values = step_values(stage)
    assert values["hidden"]
    assert len({len(units) for signal, units in values.items() if signal not in ("x", "grad.x")}) == 1, (
        "a value per unit"
    )
    assert not elsewhere, "a page must work without the network"
    page.wait_for_url(re.compile(rf"[?&]lang={LOCALES[locale]}\b"))
    assert not axe_findings(page)
    expect(page.get_by_test_id("stTopNav")).to_have_attribute(
        "aria-label", translator(LOCALES[locale])("streamlit.pages")
    )
    if dark:
        assert not wrong_on_paper(page)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", PAGES)
def test_a_phone_needs_no_sideways_scroll(new_page: NewPage, name: str, locale: str) -> None:
    page = new_page(width=390, height=844, locale=locale, touch=True)
    stage = open_stage(page, address(name))
    assert not sticking_out(page)
    if name in ONE_CELL:
        picture = stage.locator(".gs-picture")
        tops = [part.bounding_box()["y"] for part in (picture, picture.locator("[data-signal=hidden]").first)]
        assert tops[0] < 844 and tops[1] < 1.5 * 844, "the picture begins on the first screen"
    play = page.locator("[data-action=play]:visible")
    stage.locator(".gs-numbers").scroll_into_view_if_needed()
    expect(play).to_be_in_viewport()
    if name == "lab":
        stage.locator(".gs-block").last.scroll_into_view_if_needed()
        for part in (play, stage.locator(".gs-picture")):
            expect(part).to_be_in_viewport()
