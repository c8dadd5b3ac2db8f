"""A column of the compare page, and the page's state."""

from __future__ import annotations

from dataclasses import dataclass

from gates.examples.comparisons import COLUMNS
from gates.examples.notation.kinds import DrawnKind
from gates.scenes.links.compare import CompareState
from gates.scenes.scene import Scene
from gates.ui.frame import Page


@dataclass(frozen=True, eq=False)
class Column:
    """A column of the page: its title, its run, and whether its cell does the task (None: no task)."""

    id: str
    title: str
    scene: Scene
    can: bool | None

    @property
    def kind(self) -> DrawnKind:
        """The kind of its cell."""
        return COLUMNS[self.id]


def state_of(page: Page) -> CompareState:
    """The page's state, which is a comparison."""
    state = page.state
    assert isinstance(state, CompareState)
    return state
