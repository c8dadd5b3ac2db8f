"""The lab's page as Streamlit runs it: what it opens with, edits, clamps, challenges and broken links."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.lab.codec import pack, unpack
from gates.examples.lab.state import Clamped, LabState
from gates.examples.presets.registry import preset
from gates.exercises.ready import READY
from gates.scenes.links.lab import LAB
from gates.scenes.state import NO_SLIDERS, State
from gates.text import LANGUAGES, translator
from tests.pages.record import same
from tests.scenes.lab_messages import LATCH, encoded, latch, message, with_bias
from tests.scenes.packed import unpack as unpacked
from tests.scenes.test_lab import T

ROOT = Path(__file__).resolve().parents[2]


def page(language: str, sent: list, query: dict) -> None:
    """The lab page as pages/lab.py has it, after the browser has sent some messages."""
    import streamlit as st

    from gates.ui import frame
    from gates.ui.lab import view as lab

    frame.prepare_session(language)
    frame.navigation(frame.markdown_translator(language))  # links lead to pages that exist
    if query and "arrived" not in st.session_state:
        st.session_state["arrived"] = True
        frame.adopt("lab", query)
    shown = frame.enter("lab")
    lab.choose(shown)
    for one in () if "sent" in st.session_state else sent:
        lab.receive(shown, {"nonce": lab.nonce(shown)} | one)
        st.session_state["drawn anew"] = st.session_state.get("lab.other")
    st.session_state["sent"] = True
    lab.show(shown)


def opened(language="en", sent=(), query=None) -> AppTest:
    app = AppTest.from_function(page, args=(language, list(sent), query or {}), default_timeout=600).run()
    assert not app.exception, app.exception
    return app


def header_of(app: AppTest) -> dict:
    (component,) = [
        element
        for element in app.main
        if element.type == "bidi_component" and element.proto.component_name == "gatescope.stage"
    ]
    return unpacked(component.proto.bytes)[0]


def arrays_of(app: AppTest) -> dict:
    (component,) = [
        element
        for element in app.main
        if element.type == "bidi_component" and element.proto.component_name == "gatescope.stage"
    ]
    return unpacked(component.proto.bytes)[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_on_the_latch(language):
    app = opened(language)
    header = header_of(app)
    assert (header["cell"], header["lab"]["edited"], header["lang"]) == ("lstm", False, language)
    assert header["watch"] == preset("lstm", "latch").description(translator(language))
    assert any(key.startswith("lab.") for key in header["strings"])
    assert not app.error


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_edit_changes_the_run_and_the_link(language):
    edited = replace(with_bias(latch(), -5), clamps=(Clamped("output", 0.25),))
    app = opened(language, [message(edited)])
    header, arrays = header_of(app), arrays_of(app)
    assert np.array_equal(arrays["hidden"], edited.run(preset("lstm", "latch").sequence.x).hidden)
    assert (header["lab"]["reply"], header["lab"]["problem"], header["lab"]["edited"]) == (7, None, True)
    assert not app.session_state["drawn anew"]
    assert unpack(header["link"]["params"]["lab"]) == edited


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bad_edit_leaves_the_last_good_one_and_says_why(language):
    good = with_bias(latch(), -5)
    app = opened(language, [message(good), message(good, serial=8) | {"weights": encoded(np.full(16, 1e30))}])
    header = header_of(app)
    assert np.array_equal(arrays_of(app)["b"], good.b)
    assert header["lab"]["reply"] == 8
    limit = "1,000,000"
    assert limit in header["lab"]["problem"] and "e+30" in header["lab"]["problem"]
    assert unpack(header["link"]["params"]["lab"]) == good


def test_an_edit_of_an_earlier_beginning_comes_too_late():
    app = opened(sent=[message(with_bias(latch(), -5)) | {"nonce": "0/other"}])
    assert not header_of(app)["lab"]["edited"]


def test_undo_takes_the_sliders_back():
    query = LAB.write(replace(LATCH, sliders={"sharpness": 0.5}))
    app = opened(query=query, sent=[message(latch(), sliders={"sharpness": 0.25, "nonsense": 1})])
    header = header_of(app)
    assert header["lab"]["sliders"]["sharpness"] == 0.25 and not header["lab"]["edited"]


def test_another_kind_of_cell_is_shown_with_its_own_controls():
    app = opened(sent=[message(LabState.of(preset("gru", "latch").build()))])
    header = header_of(app)
    assert (header["cell"], header["sliders"], header["unit_names"]) == ("gru", [], ["memory"])
    assert app.session_state["drawn anew"], "the controls above the stage are those of another kind of cell"
    assert arrays_of(app)["update"].shape == (8, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clamp_is_said_beside_the_equations(language):
    clamps = (Clamped("forget", 0.5, (0,), (2, 4)), Clamped("output", -0.25))
    app = opened(language, [message(replace(latch(), clamps=clamps))])
    t = translator(language)
    said = [element.value for element in app.markdown]
    steps = t("lab.page.held.steps", first=3, last=5)
    every = t("lab.page.held.units.all")  # this cell has one unit
    assert t("lab.page.held", symbol="f", value="0.5", units=every, steps=steps) in said
    assert (
        t("lab.page.held", symbol="o", value="−0.25", units=every, steps=t("lab.page.held.steps.all")) in said
    )


def test_another_beginning_drops_the_edit_and_starts_another_session():
    app = opened(query={"scale": "standard"}, sent=[message(with_bias(latch(), -5))])
    first = header_of(app)["lab"]["nonce"]
    assert app.session_state["states"]["lab"].scale == "standard"
    app.selectbox(key="lab.source").set_value("scratch")
    app = app.run()
    assert not app.exception
    header = header_of(app)
    assert header["random"] and header["lab"]["nonce"] != first
    assert app.session_state["states"]["lab"].scale == "none"
    app = opened(sent=[message(with_bias(latch(), -5))])
    assert app.session_state["states"]["lab"].lab
    app.selectbox(key="lab.source").set_value("exercise").run()
    state = app.session_state["states"]["lab"]
    assert not app.exception and (state.exercise, state.lab) == (READY[0], "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_challenge_gives_hints_one_by_one_and_then_a_solution(language):
    t = translator(language)
    app = opened(language, query={"begin": "challenge", "challenge": "forget", "lang": language})
    assert not header_of(app)["lab"]["challenge"]["solved"]
    said = lambda: " ".join(element.value for element in app.markdown)  # noqa: E731
    assert t("challenge.forget.goal") in said()
    for number in (1, 2, 3):
        assert t(f"challenge.forget.hint.{number}") not in said()
        app.button(key="challenge.hint").click().run()
        assert all(t(f"challenge.forget.hint.{given}") in said() for given in range(1, number + 1))
    assert app.button(key="challenge.hint").disabled
    same(app)
    nonce = header_of(app)["lab"]["nonce"]
    app.button(key="challenge.solve").click().run()
    lab = header_of(app)["lab"]
    assert lab["challenge"]["solved"]
    assert lab["nonce"] == nonce, "an edit like any other, so that undo leads back"
    assert t("challenge.forget.why") in [element.value for element in app.info]
    assert any("✓" in option for option in app.run().selectbox(key="lab.challenge").options)


def test_the_next_challenge_is_one_click_away_and_the_last_leads_to_the_first():
    names = list(CHALLENGES)
    app = opened(query={"begin": "challenge", "challenge": names[-2]})
    for name in (names[-1], names[0]):
        app.button(key="challenge.next").click().run()
        assert not app.exception
        assert header_of(app)["lab"]["challenge"]["id"] == name


def test_a_link_with_a_broken_blob_says_so_and_shows_the_example():
    app = opened(query={"cell": "lstm", "preset": "latch", "lab": "broken"})
    assert [element.value for element in app.warning] == [T("error.lab.damaged")]
    assert not header_of(app)["lab"]["edited"]


def test_a_blob_that_does_not_fit_its_example_says_so_and_shows_the_example():
    lab = latch()
    app = opened(query={"cell": "lstm", "preset": "latch", "lab": pack(replace(lab, W=lab.W[:, :1]))})
    header = header_of(app)
    assert header["lab"]["problem"] == T("error.lab.shape", name="x")
    assert not header["lab"]["edited"]


def test_an_example_of_another_kind_of_cell_opens_as_that_kind():
    app = opened(query={"cell": "lstm", "preset": "latch"})
    app.selectbox(key="lab.example").select("gru/latch").run()
    link = header_of(app)["link"]["params"]
    assert (link["cell"], link["preset"]) == ("gru", "latch")


def test_the_page_is_among_the_pages():
    app = AppTest.from_file(str(ROOT / "gates" / "ui" / "main.py"), default_timeout=600)
    app.switch_page(str(ROOT / "pages" / "lab.py")).run()
    assert not app.exception
    assert app.title[0].value == T("page.lab.title")


def test_the_states_defaults_are_those_of_a_page_that_steps():
    assert State("lstm").sliders is NO_SLIDERS and not State("lstm").in_lab
