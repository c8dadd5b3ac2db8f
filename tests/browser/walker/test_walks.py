"""Random walks through the app, one in each language; ``make walk`` does as many as one asks for."""

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


@pytest.mark.parametrize(("seed", "language"), [(1, "en"), (2, "zh")])
def test_nothing_breaks_on_the_way(walker: Walker, seed: int, language: str) -> None:
    assert len(walker.walk(f"test/{seed}/{language}", language, ACTIONS)) == ACTIONS
