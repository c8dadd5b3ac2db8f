"""What a browser says of its screen is looked at before a session adopts it."""

from typing import Any

import pytest

from gates.scenes.links import codec
from gates.scenes.links.compare import CompareState
from gates.scenes.links.train import TrainState
from gates.scenes.registry import PAGES
from gates.scenes.state import State
from gates.ui import line
from gates.ui.line import Screen, Shown

NAMES = ("home", "lstm", "lab")


def told(**changes: Any) -> dict[str, Any]:
    pages = {
        "lab": {"query": {"preset": "latch", "step": "3"}, "nonce": "x.1"},
        "lstm": {"query": {}, "nonce": "opening"},
    }
    return {"session": "before", "page": "lab", "pages": pages} | changes


def test_every_page_comes_back_and_the_one_in_front_comes_last() -> None:
    lab, lstm = Shown({"preset": "latch", "step": "3"}, "x.1"), Shown({}, "opening")
    screen = line.read(told(), NAMES)
    assert screen == Screen("before", "lab", {"lstm": lstm, "lab": lab})
    assert list(screen.pages) == ["lstm", "lab"]


@pytest.mark.parametrize("changes", [{"session": None}, {"page": 3}, {"pages": []}, {"pages": None}])
def test_what_is_no_screen_is_none(changes: dict[str, Any]) -> None:
    assert line.read(told(**changes), NAMES) is None


@pytest.mark.parametrize(
    "one",
    [None, {}, {"query": {}, "nonce": ""}, {"query": [], "nonce": "1"}, {"query": {}, "nonce": "n" * 61}],
)
def test_a_page_that_makes_no_sense_is_left_out(one: Any) -> None:
    screen = line.read(told(pages={"lstm": one, "unknown": {"query": {}, "nonce": "1"}}), NAMES)
    assert screen is not None and screen.pages == {}


def numbers(rows: int) -> str:
    return "\n".join(f"{row * 7919 % 99991} {row * 104729 % 99991}" for row in range(rows))


@pytest.mark.parametrize(
    ("page", "state"),
    [
        ("lstm", State("lstm", source="numbers", numbers=numbers(900))),
        ("compare", CompareState(source="numbers", numbers=numbers(900))),
        ("train", TrainState(task="series", own=numbers(1500))),
    ],
)
def test_what_is_too_long_for_a_link_goes_to_the_browser_beside_it(page: str, state: Any) -> None:
    link = PAGES[page].link
    made = link.header(state)
    assert not made["whole"] and "data" not in made["params"]
    assert codec.length(made["params"]) <= codec.LONGEST
    again, _, problems = link.read(made["params"] | made["long"], type(state)(cell="lstm"))
    assert not problems
    own = "own" if isinstance(state, TrainState) else "numbers"
    assert getattr(again, own) == getattr(state, own)
