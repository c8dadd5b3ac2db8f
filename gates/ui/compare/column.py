"""The compare page's state."""

from __future__ import annotations

from gates.scenes.links.compare import CompareState
from gates.ui.frame import Page


def state_of(page: Page) -> CompareState:
    """The page's state, which is a comparison."""
    return page.state_as(CompareState)
