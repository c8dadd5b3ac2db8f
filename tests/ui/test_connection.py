"""What a browser says of its screen is looked at before a session adopts it."""

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gates.examples.challenges.catalogue import CHALLENGES
from gates.paths import PACKAGE
from gates.scenes.links import codec
from gates.scenes.links.compare import CompareState
from gates.scenes.links.train import TrainState
from gates.scenes.registry import PAGES
from gates.scenes.state import State
from gates.text import LANGUAGES, translator
from gates.ui import components, connection
from gates.ui.connection import Screen, ShownPage
from gates.ui.lab.view import read_hints

NAMES = ("home", "lstm", "lab")


def told(**changes: Any) -> dict[str, Any]:
    pages = {
        "lab": {"query": {"preset": "latch", "step": "3"}, "nonce": "x.1"},
        "lstm": {"query": {}, "nonce": "opening"},
    }
    return {"session": "before", "page": "lab", "pages": pages} | changes


def test_every_page_comes_back_and_the_one_in_front_comes_last() -> None:
    lab, lstm = ShownPage({"preset": "latch", "step": "3"}, "x.1"), ShownPage({}, "opening")
    screen = connection.read(told(), NAMES)
    assert screen == Screen("before", "lab", {"lstm": lstm, "lab": lab})
    assert list(screen.pages) == ["lstm", "lab"]


@pytest.mark.parametrize("changes", [{"session": None}, {"page": 3}, {"pages": []}, {"pages": None}])
def test_what_is_no_screen_is_none(changes: dict[str, Any]) -> None:
    assert connection.read(told(**changes), NAMES) is None


@pytest.mark.parametrize(
    "one",
    [None, {}, {"query": {}, "nonce": ""}, {"query": [], "nonce": "1"}, {"query": {}, "nonce": "n" * 61}],
)
def test_a_page_that_makes_no_sense_is_left_out(one: Any) -> None:
    screen = connection.read(told(pages={"lstm": one, "unknown": {"query": {}, "nonce": "1"}}), NAMES)
    assert screen is not None and screen.pages == {}


def test_what_a_page_keeps_beside_its_link_comes_back_as_far_as_it_makes_sense() -> None:
    many = {str(number): "1" for number in range(connection.MOST_VALUES + 1)}
    told_unlinked = {
        "lab": {"latch": "2", "n" * 21: "1", "long": "x" * 301, "number": 3, "": "x" * 300},
        "unknown": {"a": "b"},
        "lstm": ["a"],
        "home": many,
    }
    screen = connection.read(told(unlinked=told_unlinked), NAMES)
    assert screen is not None
    assert screen.unlinked == {"lab": {"latch": "2", "": "x" * 300}}
    for none in (None, [], "lab", 3):
        screen = connection.read(told(unlinked=none), NAMES)
        assert screen is not None and screen.unlinked == {}


def test_what_is_on_the_screen_of_a_lost_session_is_adopted_with_its_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = {
        "lstm": {"query": {"preset": "latch", "step": "3"}, "nonce": "x.1"},
        "gru": {"query": {"lang": "zh", "preset": "silenced"}, "nonce": "x.2"},
    }
    sent = {"session": "before", "page": "gru", "pages": pages, "unlinked": {"lab": {"latch": "2"}}}
    fetched = components.fetched

    def browser(*, key: str, **_: Any) -> None:
        st.session_state[key] = {"shown": sent}

    monkeypatch.setattr(
        components, "fetched", lambda name, **how: browser if name == "connection" else fetched(name, **how)
    )
    app = AppTest.from_file(str(PACKAGE / "ui" / "main.py"), default_timeout=600).run()
    assert not app.exception
    assert app.title[0].value == translator("zh")("page.home.title")
    assert [app.session_state["states"][name].preset for name in pages] == ["latch", "silenced"]
    arrived = [app.session_state[f"{name}.arrival"] for name in pages]
    assert [(position.step, nonce) for position, nonce, *_ in arrived] == [(3, "x.1"), (None, "x.2")]
    assert app.session_state[connection._UNLINKED] == {"lab": {"latch": "2"}}
    pages["lstm"]["query"] = {"preset": "delay"}
    app.run()
    assert app.session_state["states"]["lstm"].preset == "latch", "it is adopted once"
    sent["session"] = app.session_state[connection._SESSION]
    app.run()
    assert app.session_state["states"]["lstm"].preset == "latch", "it is this session's own"


def test_hints_are_read_back_strictly() -> None:
    task = next(iter(CHALLENGES.values()))
    most = str(task.HINTS)
    assert read_hints({task.id: most}) == {task.id: task.HINTS}
    for count in ("0", "-1", str(task.HINTS + 1), "1.0", "²", " 1", ""):
        assert read_hints({task.id: count}) == {}
    assert read_hints({"nothing": "1"}) == {}
    assert all(len(name) <= connection.LONGEST_NAME for name in CHALLENGES)
    assert len(CHALLENGES) <= connection.MOST_VALUES


def handed_page(language, unlinked):  # type: ignore[no-untyped-def]  # its text alone is run
    import streamlit as st

    from gates.scenes.state import Position
    from gates.text import markdown_translator
    from gates.ui import connection, frame
    from gates.ui.train import transfer

    frame.prepare_session(language)
    if "asked" not in st.session_state:
        st.session_state["asked"] = True
        connection.adopted(connection.Screen("before", "lstm", {}, unlinked))
    nonce = st.session_state.get("nonce", "1")
    transfer.show(frame.Page("lstm", "lstm", markdown_translator(language), Position(), nonce))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_network_that_a_restart_took_is_spoken_of_until_another_visit(
    language: str,
) -> None:
    kept = {"lstm": {"handed": "Parity [x](http://e.org)"}}
    app = AppTest.from_function(handed_page, args=(language, kept), default_timeout=600).run()
    assert not app.exception
    (said,) = app.warning
    assert "Parity" in said.value and "[x](" not in said.value, "and it is escaped"
    assert len(app.run().warning) == 1, "a rerun of the page does not take it away"
    app.session_state["nonce"] = "2"
    assert not app.run().warning
    assert not AppTest.from_function(handed_page, args=(language, {}), default_timeout=600).run().warning


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
