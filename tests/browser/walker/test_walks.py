"""A random walk, in Chinese, since most other tests go in English; ``make walk`` does any number of them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.helpers import Server
from tests.browser.walker.drive import Walker

ACTIONS = 4


@pytest.fixture(scope="module")
def walker(browser: Browser, server: Server) -> Iterator[Walker]:
    walker = Walker(browser, server.url)
    yield walker
    walker.close()


def test_nothing_breaks_on_the_way(walker: Walker) -> None:
    assert len(walker.walk("test/2/zh", "zh", ACTIONS)) == ACTIONS
