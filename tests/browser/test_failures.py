"""A fault of ours, wherever it occurs, is a sentence and a way on; never a traceback."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from gates.text import translator
from tests.browser.helpers import STAGE, NewPage, open_stage, running_app

HERE = Path(__file__).parent


def apology(page: Page, language: str) -> None:
    t = translator(language)
    said = page.get_by_test_id("stAlertContentError")
    expect(said).to_contain_text(t("error.unexpected", kind="").split("(")[0].split("（")[0])
    assert page.get_by_test_id("stException").count() == 0
    page.get_by_role("link", name=t("error.start_again"), exact=True).click()
    expect(said).to_have_count(0)
    page.locator(STAGE).first.wait_for()


def test_a_link_and_a_choice_that_fail_lead_to_the_page_as_the_link_says(
    new_page: NewPage, tmp_path: Path
) -> None:
    with running_app(tmp_path / "log.txt", HERE / "breakable.py") as breakable:
        page = new_page(base=breakable.url)
        for place in ("main", "poison"):  # the choice below fails within a page
            page.goto(f"/gru?lang=zh&break={place}")
            apology(page, "zh")
            expect(page).to_have_url(f"{breakable.url}/gru?lang=zh&reset=after&preset=latch&step=2")
        assert breakable.printed().count("Traceback") >= 2, "the log has them"
        a_choice_that_fails_keeps_what_the_link_says(page)
        page.close()  # a page whose server is gone says so in the console


def a_choice_that_fails_keeps_what_the_link_says(page: Page) -> None:
    stage = open_stage(page, "/gru?lang=zh&preset=latch&notation=row&step=3")
    page.get_by_role("radio", name=translator("zh")("input.update.write")).click()
    apology(page, "zh")
    expect(stage).to_have_attribute("data-step", "2")
    query = {"lang": ["zh"], "notation": ["row"], "preset": ["latch"], "step": ["3"]}
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == query)
