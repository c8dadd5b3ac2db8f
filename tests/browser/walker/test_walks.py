"""Random walks through the app, two in each language; ``make walk`` does as many as one asks for."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.helpers import Server
from tests.browser.walker.drive import Walker

ACTIONS = 15


@pytest.fixture(scope="module")
def walker(browser: Browser, server: Server) -> Iterator[Walker]:
    walker = Walker(browser, server.url)
    yield walker
    walker.close()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_breaks_on_the_way(walker: Walker, language: str, seed: int) -> None:
    assert len(walker.walk(f"test/{seed}/{language}", language, ACTIONS)) == ACTIONS
