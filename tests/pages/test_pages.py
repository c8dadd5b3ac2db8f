"""Each page as Streamlit runs it: opened in both languages, and one control moved."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gates.scenes.links.step import STEP
from gates.scenes.state import State
from gates.text import translator
from tests.pages.languages import in_turn

ROOT = Path(__file__).resolve().parents[2]
CELLS = ("lstm", "gru", "rnn")


def opened(name: str, language: str, **query: str) -> AppTest:
    """The page ``name`` as a link in ``language`` opens it."""
    app = AppTest.from_file(str(ROOT / "gates" / "ui" / "main.py"), default_timeout=30)
    app.query_params.update({"lang": language, **query})
    app.run()
    return app.switch_page(f"../../pages/{name}.py").run()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["home", *CELLS])
def test_a_page_opens_in_the_language_of_its_link(name: str, language: str) -> None:
    app = opened(name, language)
    assert not app.exception
    assert app.title[0].value == translator(language)(f"page.{name}.title")


@pytest.mark.parametrize(("cell", "language"), in_turn(CELLS))
def test_choosing_an_input_changes_the_state_and_its_link(cell: str, language: str) -> None:
    app = opened(cell, language)
    app.selectbox(key=f"{cell}.source").set_value("signal").run()
    assert not app.exception
    state: State = app.session_state["states"][cell]
    assert state.source == "signal"
    assert STEP.write(state)["input"] == "signal"
    app.selectbox(key=f"{cell}.signal").set_value("sine").run()
    app.number_input(key=f"{cell}.steps").set_value(17).run()
    assert not app.exception
    assert app.session_state["states"][cell].steps == 17


def test_bad_numbers_are_said_in_the_readers_language_and_kept() -> None:
    app = opened("lstm", "zh")
    app.selectbox(key="lstm.source").set_value("numbers").run()
    app.text_area(key="shared.numbers").set_value("1 2\n3 four").run()
    assert not app.exception
    sentence = translator("zh")("error.numbers.letters", row=2, token="four")
    assert sentence in app.error[0].value
    assert app.text_area(key="shared.numbers").value == "1 2\n3 four"


def test_choosing_an_example_takes_its_own_form_of_the_gru() -> None:
    app = opened("gru", "en")
    app.selectbox(key="gru.preset").set_value("silenced").run()
    assert app.session_state["states"]["gru"].reset == "before"
    app.selectbox(key="gru.preset").set_value("latch").run()
    assert app.session_state["states"]["gru"].reset == "after"
    assert not app.exception


def test_own_text_follows_from_cell_to_cell() -> None:
    app = opened("lstm", "en")
    app.selectbox(key="lstm.source").set_value("text").run()
    app.text_input(key="shared.text").set_value("carry me over").run()
    app.switch_page("../../pages/rnn.py").run()
    app.selectbox(key="rnn.source").set_value("text").run()
    assert app.text_input(key="shared.text").value == "carry me over"
    assert not app.exception


def test_a_network_that_cannot_read_the_input_is_never_swapped_without_a_word() -> None:
    t = translator("zh")
    app = opened("lstm", "zh")
    app.selectbox(key="lstm.source").set_value("text").run()
    app.text_input(key="shared.text").set_value("the cat sat").run()
    assert app.selectbox(key="lstm.through").value == "trained-characters"
    app.text_input(key="shared.text").set_value("שלום").run()
    assert app.selectbox(key="lstm.through").value == "trained-characters", "what was chosen stays"
    note = t("note.unknown.characters", count=4, of=4, examples="ש ל ו ם")
    assert note in [caption.value for caption in app.caption]
    assert app.selectbox(key="lstm.through").options[0] == t("input.through.random"), (
        "and the choice is offered"
    )
    app.segmented_control(key="shared.by").set_value("words").run()
    swapped = t(
        "input.swapped",
        wanted=t("weights.title", task=t("task.characters")),
        now=t("input.through.random"),
    )
    assert swapped not in [caption.value for caption in app.caption], "it reads one unknown word"
    app.text_input(key="shared.text").set_value("two words").run()
    assert swapped in [caption.value for caption in app.caption]
    app.text_input(key="shared.text").set_value("two more words").run()
    assert swapped not in [caption.value for caption in app.caption], "said once"
