"""What a page opens with, and which links open it so."""

from dataclasses import replace

import pytest

from gates.scenes.registry import PAGES
from gates.scenes.state import Position


@pytest.mark.parametrize("name", PAGES)
def test_a_link_that_only_says_the_language_opens_as_the_page_does(name: str) -> None:
    entry = PAGES[name]
    query = {"lang": "zh", "utm_source": "course"}
    state, position, problems = entry.read(query)
    assert (state, position, problems) == (replace(entry.opening, lang="zh"), entry.position, [])
    assert entry.read({}) == (entry.opening, entry.position, [])


@pytest.mark.parametrize("name", ["lstm", "gru", "rnn", "lab"])
def test_a_link_that_says_more_stands_where_it_says(name: str) -> None:
    entry = PAGES[name]
    assert entry.position.step not in (None, 6)
    written = entry.link.write(entry.opening)
    state, position, _ = entry.read(written)
    assert (entry.link.write(state), position) == (written, Position())
    assert entry.read(written | {"step": "6"})[1] == Position(step=6)


def test_settings_of_all_pages_are_read_of_such_a_link_too() -> None:
    state, position, problems = PAGES["gru"].read({"notation": "row", "z": "write", "lang": "xx"})
    assert state == replace(PAGES["gru"].opening, notation="row", update="write")
    assert position == PAGES["gru"].position
    assert [problem.values["name"] for problem in problems] == ["lang"]


def test_a_place_is_told_with_steps_units_and_stages_from_zero() -> None:
    position = Position(3, "carry", 2, "diagram", "phase", "0.5", "draw", "dark", 4)
    told = {
        "step": 2,
        "phase": "carry",
        "unit": 1,
        "view": "diagram",
        "move": "phase",
        "speed": 0.5,
        "guess": "draw",
        "lecture": "dark",
        "large": 3,
    }
    assert position.as_json() == told
    assert Position().as_json() == dict.fromkeys(told)
