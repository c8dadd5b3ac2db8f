"""A step page's panels: the cell that was clicked in a heatmap, and where an equation does not count."""

from types import SimpleNamespace
from typing import Any

import pytest

from gates.cells.gru import GRU
from gates.core.clamps import Clamp
from gates.scenes import payload
from gates.scenes.state import Position, State
from gates.text import markdown_translator
from gates.ui.frame import Page
from gates.ui.step import view


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(view, "st", SimpleNamespace(session_state=kept))
    return kept


def click(*cell: object) -> dict[str, Any]:
    return {"selection": {"points": [{"customdata": [*cell]}] if cell else []}}


def test_a_click_on_a_heatmap_moves_the_stage_once(session: dict[str, Any]) -> None:
    page = Page("lstm", "lstm", markdown_translator("en"), Position(), "here/1")
    assert view.move(page) is None
    session["lstm.heatmaps"] = click(3, 1, "forget")
    moved = {"nonce": "here/1/1", "count": 1, "step": 3, "unit": 1, "phase": None, "view": None}
    assert view.move(page) == view.move(page) == moved
    session["lstm.heatmaps"] = click(2, 1, "x")
    moved |= {"nonce": "here/1/2", "count": 2, "step": 2, "unit": None}  # a column of the input is no unit
    assert view.move(page) == moved
    session["lstm.heatmaps"] = click()  # a second click on the cell
    moved |= {"nonce": "here/1/3", "count": 3}
    assert view.move(page) == view.move(page) == moved
    del session["lstm.heatmaps"]
    assert view.move(page) == moved
    assert view.move(Page("lstm", "lstm", markdown_translator("en"), Position(), "here/2")) is None


def test_where_a_gate_is_held_its_equation_is_said_not_to_count(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page("gru", "gru", markdown_translator("en"), Position(), "1")
    cell = GRU.init(1, 3, rng=0)
    clamps = [Clamp("update", 0.25, units=(0, 2), steps=slice(1, 4)), Clamp("reset", -0.5)]
    shown: Any = SimpleNamespace(kind="gru", reset="after", trace=cell.run([[0.5]] * 5, clamps=clamps))
    for update, value in (("keep", "0.25"), ("write", "0.75")):
        monkeypatch.setattr(Page, "state", State("gru", update=update))  # type: ignore[arg-type]
        said = {view._held(page, shown, clamp) for clamp in payload.clamps(shown.trace)}
        assert said == {
            f"z is held at {value}, units 1, 3, steps 2 to 4: what its equation gives is not used there.",
            "r is held at −0.5, all units, all steps: what its equation gives is not used there.",
        }
