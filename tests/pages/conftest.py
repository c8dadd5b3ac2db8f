"""Settings of the tests of pages."""

import pytest

from tests.pages.record import (
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_runtest_call,
    pytest_sessionfinish,
)

__all__ = (
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_runtest_call",
    "pytest_sessionfinish",
)


@pytest.fixture(autouse=True)
def _work_is_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no page show how far its work is, which on a busy machine takes longer than a page waits for it."""
    monkeypatch.setattr("gates.ui.background.AT_ONCE", 600.0)
