"""A fault of ours, wherever it occurs, is a sentence and a way on; never a traceback."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from gates.text import translator
from tests.browser.helpers import STAGE, NewPage, Server, open_stage, running_app

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_app(tmp_path_factory.mktemp("breakable") / "log.txt", HERE / "breakable.py") as server:
        yield server


def apology(page: Page, language: str) -> None:
    t = translator(language)
    said = page.get_by_test_id("stAlertContentError")
    expect(said).to_contain_text(t("error.unexpected", kind="").split("(")[0].split("（")[0])
    assert page.get_by_test_id("stException").count() == 0
    page.get_by_role("link", name=t("error.start_again"), exact=True).click()
    expect(said).to_have_count(0)
    page.locator(STAGE).first.wait_for()


def test_a_link_that_fails_leads_to_the_page_in_its_language(new_page: NewPage, breakable: Server) -> None:
    page = new_page(base=breakable.url)
    for place in ("main", "poison"):  # the choice below fails within a page
        page.goto(f"/gru?lang=zh&break={place}")
        apology(page, "zh")
        expect(page).to_have_url(f"{breakable.url}/gru?lang=zh&reset=after&preset=latch&step=2")
    assert breakable.printed().count("Traceback") >= 2, "the log has them"


def test_a_choice_that_fails_keeps_what_the_link_says(new_page: NewPage, breakable: Server) -> None:
    page = new_page(base=breakable.url)
    stage = open_stage(page, "/gru?lang=zh&preset=latch&notation=row&step=3")
    page.get_by_role("radio", name=translator("zh")("input.update.write")).click()
    apology(page, "zh")
    expect(stage).to_have_attribute("data-step", "2")
    query = {"lang": ["zh"], "notation": ["row"], "preset": ["latch"], "step": ["3"]}
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == query)
