"""The parts of the walker that need no browser: what it draws, what it objects to, and how it shortens."""

import random
from typing import Any

import pytest

from gates.text import translator
from tests.browser.walker import judge
from tests.browser.walker.judge import Memory
from tests.browser.walker.plan import Action, choose, number
from tests.browser.walker.shrink import shortest

INVENTORY: list[Action] = [
    {"kind": "nav", "index": 1},
    {"kind": "radio", "key": "shared-lang", "index": 0},
    {"kind": "notation", "index": 1},
    {"kind": "button", "key": "train-start"},
    {"kind": "number", "key": "lstm-hidden", "low": "1", "high": "64", "step": "1"},
    {"kind": "stage", "host": "lstm-stage", "part": "phase", "index": 0, "name": "look"},
    {"kind": "stage", "host": "lstm-stage", "part": "transport", "index": 2, "name": "Play"},
]


def chosen_actions(seed: str, count: int = 300) -> list[Action]:
    rng = random.Random(seed)
    return [choose(rng, INVENTORY, "en", 4) for _ in range(count)]


def test_a_seed_draws_the_same_again_and_another_something_else() -> None:
    assert chosen_actions("1/0") == chosen_actions("1/0") != chosen_actions("1/1")


def test_every_kind_is_drawn_and_what_goes_on_by_itself_is_not() -> None:
    actions = chosen_actions("all")
    kinds = {action["kind"] for action in actions}
    assert kinds == {"nav", "language", "notation", "number", "stage", "key", "back", "forward", "reload"}
    assert not any(action.get("name") == "Play" for action in actions)
    assert {action["to"] for action in actions if action["kind"] == "language"} == {"zh"}


def test_numbers_stay_within_their_bounds_and_small() -> None:
    rng = random.Random(0)
    found = [int(number(rng, {"low": "1", "high": "1000", "step": "1"})) for _ in range(200)]
    assert min(found) >= 2 and max(found) <= 41
    found_real = [float(number(rng, {"low": "-20", "high": "20", "step": "0.01"})) for _ in range(200)]
    assert -20 <= min(found_real) < 0 < max(found_real) <= 20


@pytest.mark.parametrize("needed", [{7}, {0, 9}, {3, 4, 19}])
def test_the_shortest_sequence_keeps_just_what_breaks(needed: set[int]) -> None:
    kept, asked = shortest(range(20), lambda rest: needed <= set(rest))
    assert kept == sorted(needed)
    assert asked <= 60


def test_shortening_stops_when_it_has_asked_enough() -> None:
    kept, asked = shortest(range(64), lambda rest: {1, 30, 62} <= set(rest), most=5)
    assert asked == 5 and {1, 30, 62} <= set(kept)


def page(**changes: Any) -> dict[str, Any]:
    t = translator("en")
    stage = {
        "key": "gru-stage",
        "cell": "gru",
        "steps": "6",
        "step": "2",
        "ready": "",
        "values": {"x": ["1"]},
    }
    shown = {
        "path": "/gru",
        "query": {"lang": "en", "step": "3"},
        "title": t("page.gru.title"),
        "widgets": {"shared-lang": 0, "gru-reset": 1},
        "buttons": [],
        "stages": [stage],
        "alerts": [],
        "folding": [],
        "faults": [],
    }
    return shown | changes


def test_nothing_is_said_of_a_page_that_is_well() -> None:
    assert not [*judge.always(Memory("en"), page())]
    assert not [*judge.anew(page(), page())]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"faults": ["exception: ValueError"]}, "exception"),
        ({"widgets": page()["widgets"] | {"shared-lang": -1}}, "the language is en"),
        ({"widgets": page()["widgets"] | {"gru-reset": -1}}, "nothing chosen"),
        ({"title": "GRU, aber anders"}, "the title"),
        ({"query": {"lang": "zh", "step": "3"}}, "the link says lang"),
        ({"query": {"lang": "en", "step": "4"}}, "the link says step"),
        ({"stages": []}, "no stage"),
    ],
)
def test_what_is_wrong_with_a_page_is_said(changes: dict[str, Any], wrong: str) -> None:
    assert any(wrong in one for one in judge.always(Memory("en"), page(**changes)))


def test_a_choice_that_does_not_stay_is_said() -> None:
    reset = page(widgets=page()["widgets"] | {"gru-reset": 0})
    memory = Memory("en", pages={"/gru": page()["widgets"]}, spoken={"/gru": "en"})
    elsewhere = page(path="/lstm")
    assert [*judge.after(memory, {"kind": "nav", "index": 2}, elsewhere, reset)]
    assert [*judge.after(memory, {"kind": "key", "keys": ["End"]}, page(), reset)]
    assert [*judge.after(memory, {"kind": "radio", "key": "gru-reset", "chosen": 1}, page(), reset)]
    assert not [*judge.after(memory, {"kind": "nav", "index": 2}, elsewhere, page())]


def test_what_goes_in_is_that_of_the_page_one_comes_from() -> None:
    left, back = (page(path="/compare", widgets=page()["widgets"] | {"compare-scale": one}) for one in (1, 0))
    memory = Memory("en", pages={"/compare": left["widgets"]}, spoken={"/compare": "en"})
    assert not [*judge.after(memory, {"kind": "nav", "index": 6}, page(path="/lstm"), back)]


def test_the_controls_behind_a_stage_that_fills_the_screen_may_wait_but_not_its_numbers() -> None:
    behind = page(widgets=page()["widgets"] | {"gru-reset": 0}, filled=True)
    assert not [*judge.anew(behind, page())]
    assert not [*judge.after(Memory("en"), {"kind": "key", "keys": ["Escape"]}, behind, page())]
    stage = page()["stages"][0] | {"values": {"x": ["2"]}}
    assert [*judge.anew(behind, page(stages=[stage]))]


def test_a_guess_covers_what_shows_the_run_and_takes_nothing_back() -> None:
    shown = page(path="/compare", widgets={"compare-disturb": "1", "compare-source": "a"})
    query = {**shown["query"], "guess": "cell"}
    guessed = page(path="/compare", query=query, widgets={"compare-source": "a"})
    begins = {"kind": "stage", "host": "compare-stage", "part": "transport", "index": 8}
    assert not [*judge.after(Memory("en"), begins, shown, guessed)]
    assert not [*judge.after(Memory("en"), begins, guessed, shown)]
    assert [*judge.after(Memory("en"), begins, shown, {**guessed, "query": shown["query"]})]
    assert [*judge.after(Memory("en"), begins, shown, {**guessed, "widgets": {"compare-source": "b"}})]


def test_only_what_changes_a_control_is_waited_for() -> None:
    before = page(widgets={"gru-preset": "Latch", "gru-reset": 1})
    for kind, key, chosen, asks in (
        ("option", "gru-preset", "Latch", False),
        ("option", "gru-preset", "Silenced", True),
        ("radio", "gru-reset", 1, False),
        ("radio", "gru-reset", 0, True),
    ):
        assert judge.asks_the_server({"kind": kind, "key": key, "chosen": chosen}, before, "en") is asks
    assert judge.asks_the_server({"kind": "language", "to": "zh"}, before, "en")
    assert not judge.asks_the_server({"kind": "language", "to": "en"}, before, "en")
    assert not judge.asks_the_server({"kind": "key", "keys": ["End"]}, before, "en")


def test_another_number_behind_the_same_link_is_said() -> None:
    stage = page()["stages"][0] | {"values": {"x": ["2"]}}
    assert [*judge.anew(page(), page(stages=[stage]))]


def test_a_refused_run_is_expected_where_the_page_says_that_the_input_is_none() -> None:
    refused = (
        "console: the server responded with a status of 422 (Unprocessable Entity) (http://localhost:1/runs)"
    )
    other = (
        "console: the server responded with a status of 500 (Internal Server Error) (http://localhost:1/runs)"
    )
    said, silent = {"alerts": [("Error", "row 2")]}, {"alerts": [("Info", "row 2")]}
    assert judge.unexpected([refused, other], said) == [other]
    assert judge.unexpected([refused, other], silent) == [refused, other]


def test_a_cell_chosen_on_the_labs_stage_may_bring_controls_along() -> None:
    action = {"kind": "stage", "host": "lab-stage", "part": "segment", "index": 6}
    assert judge.edits_the_cell(action)
    assert not judge.edits_the_cell(action | {"host": "gru-stage"})
    assert not judge.edits_the_cell(action | {"part": "phase"})


def test_what_is_folded_away_may_be_missing_and_what_is_shown_may_not_differ() -> None:
    widgets = page()["widgets"]
    open_there = page(widgets=widgets | {"gru-clipping": 1}, folding=["gru-clipping"])
    assert not [*judge.anew(open_there, page())]
    assert [*judge.anew(page(widgets=widgets | {"gru-clipping": 1}), page())]
    other = page(widgets=widgets | {"gru-clipping": 2}, folding=["gru-clipping"])
    assert [*judge.anew(open_there, other)]
