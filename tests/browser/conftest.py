"""One app and one Chromium for all browser tests; every page that a test opens must stay free of errors."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.helpers import (
    BROWSER_FLAGS,
    PATIENCE,
    NewPage,
    Server,
    begin_watching_messages,
    running_app,
    watch_errors,
)

HERE = Path(__file__).parent
LONG = ("test_connection.py", "test_published.py", "test_walks.py", "test_journeys.py", "test_train.py")
"""Files with tests of 15 seconds and more: they go first, lest one core waits for the last of them."""
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark this folder's tests: they need a process of their own, for Playwright runs an event loop."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: not (item.path.is_relative_to(HERE) and item.path.name in LONG))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app, started once."""
    with running_app(tmp_path_factory.mktemp("server") / "log.txt") as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    path = chromium.find()
    if path is None:
        raise chromium.NoBrowserError("No Chromium found. `make test` installs one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(BROWSER_FLAGS))
        yield browser
        browser.close()


@dataclass
class SharedPage:
    """A page that goes from test to test, and what went wrong in it."""

    page: Page
    origin: str
    errors: list[str]
    alone: bool
    in_use: bool = False
    used: bool = False

    def put_away(self) -> None:
        """Leave the app and forget what the browser keeps of it, but not its process and what it compiled."""
        context = self.page.context
        for other in context.pages:
            if other != self.page:
                other.close()
        if self.alone:  # of no origin, and without storage
            self.page.goto("about:blank")
        elif self.used:
            self.page.evaluate("location.replace('about:blank')")  # stays in its origin and process
            self.page.wait_for_url("about:blank")
            self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        else:  # only tabs beside it were in the app
            forget = {"origin": self.origin, "storageTypes": "local_storage"}
            context.new_cdp_session(self.page).send("Storage.clearDataForOrigin", forget)
        context.clear_cookies()
        context.clear_permissions()
        self.in_use = self.used = False


@pytest.fixture(scope="session")
def shared_pages() -> dict[tuple[str, bool, bool], SharedPage]:
    """The pages that are lent, by language, and whether they are touched and have a stage alone."""
    return {}


@pytest.fixture
def new_page(
    browser: Browser, shared_pages: dict[tuple[str, bool, bool], SharedPage], request: pytest.FixtureRequest
) -> Iterator[NewPage]:
    """``new_page(width=390, locale="zh-CN", dark=True, …)``: a person who comes anew.

    Each call has cookies and storage of its own. Relative addresses lead to the shared ``server``, or to
    ``base`` where a test started one itself. Pictures go from step to step at once, since the frames between
    cost much; ``still=False`` is for the tests of how one moves through time. ``errors=False`` is for the
    rare test that provokes an error in the console; every other page fails its test for one.

    A page is lent from test to test where it can be, for opening the app costs a third there. ``fresh=True``
    is for who listens to a page, adds scripts or routes to it, or asks for its history: a tab of its own, to
    which the browser gives what it has in its cache. With ``base`` or other options nothing is shared.
    ``alone=True`` is for ``open_alone``, whose pages have a process of their own.
    """
    watched: list[list[str]] = []
    contexts: list[BrowserContext] = []
    taken: list[SharedPage] = []

    def open_own(base: str, locale: str, touch: bool, options: dict[str, Any]) -> Page:
        options |= {"locale": locale, "has_touch": touch, "is_mobile": touch}
        context = browser.new_context(base_url=base, **options)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        begin_watching_messages(page)
        return page

    def take_shared(locale: str, touch: bool, alone: bool) -> SharedPage | None:
        shared = shared_pages.get((locale, touch, alone))
        if shared is None or shared.page.is_closed():
            origin = request.getfixturevalue("server").url
            page = open_own(origin, locale, touch, {})
            shared = shared_pages[locale, touch, alone] = SharedPage(page, origin, watch_errors(page), alone)
        elif shared.in_use:
            return None
        shared.in_use = True
        shared.errors.clear()
        taken.append(shared)
        return shared

    def open_page(
        width: int = 1280,
        height: int = 900,
        locale: str = "en-US",
        dark: bool = False,
        still: bool = True,
        touch: bool = False,
        base: str | None = None,
        errors: bool = True,
        fresh: bool = False,
        alone: bool = False,
        **options: Any,
    ) -> Page:
        shared = None if base or options else take_shared(locale, touch, alone)
        if shared is None:
            page = open_own(base or request.getfixturevalue("server").url, locale, touch, options)
            contexts.append(page.context)
        elif fresh or not errors:
            page = shared.page.context.new_page()
            begin_watching_messages(page)
        else:
            page = shared.page
            shared.used = True
            watched.append(shared.errors)
        if errors and (shared is None or page != shared.page):
            watched.append(watch_errors(page))
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(
            color_scheme="dark" if dark else "light", reduced_motion="reduce" if still else "no-preference"
        )
        return page

    yield open_page
    found = [error for errors in watched for error in errors]  # before one leaves: what is cut off says so
    for context in contexts:
        context.close()
    for shared in taken:
        if not shared.page.is_closed():
            shared.put_away()
    if found:
        pytest.fail("Errors in the browser's console:\n" + "\n".join(found), pytrace=False)


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A desktop page in English, light, without motion, at the shared server."""
    return new_page()
