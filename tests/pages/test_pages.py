"""Each page as Streamlit runs it, and one control moved."""

import pytest
from streamlit.testing.v1 import AppTest

from gates.scenes import scene
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.codec import compress
from gates.scenes.links.step import STEP
from gates.scenes.state import State
from gates.text import translator
from gates.ui import files
from tests.pages.languages import in_turn
from tests.pages.record import same
from tests.pages.visits import opened

CELLS = ("lstm", "gru", "rnn")


@pytest.mark.parametrize(
    ("cell", "signal", "language"), in_turn(zip(CELLS, ("impulse", "brackets", "sine"), strict=True))
)
def test_choosing_an_input_changes_the_state_and_its_link(cell: str, signal: str, language: str) -> None:
    app = opened(cell, language, **({"z": "write"} if cell == "gru" else {}))
    app.session_state[f"{cell}.tabs"] = translator(language)("tab.heatmaps")
    app.selectbox(key=f"{cell}.source").set_value("signal").run()
    assert not app.exception
    state: State = app.session_state["states"][cell]
    assert state.source == "signal"
    assert STEP.write(state)["input"] == "signal"
    app.selectbox(key=f"{cell}.signal").set_value(signal).run()
    app.number_input(key=f"{cell}.steps").set_value(17).run()
    assert not app.exception
    same(app)
    state = app.session_state["states"][cell]
    assert state.steps == 17
    if signal == "brackets":
        app.text_input(key="gru.brackets").set_value("(()").run()
        assert not [one for one in app.number_input if one.key in ("gru.steps", "gru.signal_seed")]
        state = app.session_state["states"][cell]
        assert state.brackets == "(()"
    app.query_params.update({"step": "4", "lang": "en"})
    app.button(key=f"{cell}.edit").click().run()
    assert not app.exception and app.title[0].value == translator(language)("page.lab.title")
    edited, shown = lab_scene.build(app.session_state["states"]["lab"]), scene.build(state)
    assert (edited.kind, edited.sequence.tokens) == (cell, shown.sequence.tokens)
    assert edited.trace.hidden == pytest.approx(shown.trace.hidden, abs=1e-6)
    position, nonce, problems, _ = app.session_state["lab.arrival"]
    assert (position.step, problems) == (4, []) and app.session_state["stage.came_from"] == {nonce: cell}


def test_bad_numbers_are_said_in_the_readers_language_and_kept() -> None:
    app = opened("lstm", "zh")
    app.selectbox(key="lstm.source").set_value("numbers").run()
    app.text_area(key="shared.numbers").set_value("1 2\n3 four").run()
    assert not app.exception
    sentence = translator("zh")("error.numbers.letters", row=2, token="four")
    assert sentence in app.error[0].value
    assert app.text_area(key="shared.numbers").value == "1 2\n3 four"
    app.button(key="lstm.edit").click().run()
    assert not app.exception and [one.value for one in app.toast] == [sentence]


@pytest.mark.parametrize(("source", "kind"), [("numbers", "text_area"), ("text", "text_input")])
def test_a_box_that_was_emptied_is_empty_where_its_link_is_opened(source: str, kind: str) -> None:
    app = opened("lstm", "en")
    app.selectbox(key="lstm.source").set_value(source).run()
    box = getattr(app, kind)(key=f"shared.{source}")
    assert box.value, "an example, until it is emptied"
    box.set_value("").run()
    said = [error.value for error in app.error]
    link = STEP.write(app.session_state["states"]["lstm"].with_changes(**app.session_state["shared"]))
    again = opened("lstm", "en", **{name: value for name, value in link.items() if name != "lang"})
    assert getattr(again, kind)(key=f"shared.{source}").value == ""
    assert said == [error.value for error in again.error] and said


def controls_of(app: AppTest) -> dict[str, object]:
    return {
        one.key: one.value
        for kind in (app.selectbox, app.segmented_control, app.number_input)
        for one in kind
        if one.key
    }


def test_after_an_error_all_controls_stay_as_they_were() -> None:
    app = opened("lstm", "en", input="numbers", data=compress("1 0\n0 1\n0 0"), through="latch")
    before = controls_of(app)
    assert before["lstm.through"] == "latch"
    app.text_area(key="shared.numbers").set_value("1 2\n3 four").run()
    assert app.error and controls_of(app) == before
    app.text_area(key="shared.numbers").set_value("1 0\n0 0").run()
    assert not app.error and controls_of(app) == before


def test_one_row_of_numbers_is_asked_about_and_a_scale_can_be_chosen() -> None:
    app = opened("rnn", "zh", input="numbers", data=compress("1 2 6"))
    assert app.segmented_control(key="rnn.row").value == "steps"
    app.segmented_control(key="rnn.row").set_value("inputs").run()
    app.segmented_control(key="rnn.scale").set_value("standard").run()
    state = app.session_state["states"]["rnn"]
    assert STEP.write(state).items() >= {"row": "inputs", "scale": "standard"}.items()
    same(app)
    assert scene.build(state).sequence.x.shape == (1, 3)
    app.text_area(key="shared.numbers").set_value("1\n2\n6").run()
    assert "rnn.row" not in controls_of(app), "only one row leaves a question"
    assert scene.build(app.session_state["states"]["rnn"]).sequence.x.std() == pytest.approx(1)
    said = [caption.value for caption in app.caption]
    assert translator("zh")("note.numbers.scaled", columns="x: 3, 2.16") in said
    app.query_params.clear()  # as the navigation does
    app.switch_page("../../pages/gru.py").run()
    assert app.segmented_control(key="gru.scale").value == "standard", "it follows from cell to cell"


def test_a_file_of_numbers_is_taken_if_it_can_be_read_and_else_costs_nothing() -> None:
    app = opened("lstm", "en", input="numbers", data=compress("1 0\n0 1"))
    key = "lstm.table.file"
    for name, content, said in (
        ("big.csv", b"1\n" * 600_000, "big.csv has 1.2 MB"),
        ("words.csv", b"1,2\n3,four", "four"),
        ("utf16.csv", "1\n2".encode("utf-16"), "UTF-8"),
        ("long.csv", b"1\n" * 1001, "1001 timesteps"),
    ):
        app.file_uploader(key=key).set_value((name, content, "text/csv")).run()
        assert not app.exception and said in app.error[0].value
        assert app.text_area(key="shared.numbers").value == "1 0\n0 1"
    same(app)
    app.file_uploader(key=key).set_value(
        ("good.csv", "day,zürich\n1.1.,0.5\n2.1.,NA\n3.1.,0.75".encode(), "text/csv")
    ).run()
    assert not app.error and not app.exception
    shown = scene.build(app.session_state["states"]["lstm"]).sequence
    assert (shown.columns, shown.x.tolist()) == (("zürich",), [[0.5], [0.75]])
    app.text_area(key="shared.numbers").set_value("1\n2").run()
    assert app.text_area(key="shared.numbers").value == "1\n2", "the file is taken once"
    upload = app.file_uploader(key="lstm.file")
    upload.set_value(("other.json", b"{}", "application/json")).run()
    t = translator("en")
    assert [one.value for one in app.error] == [t("file.bad", reason=t("file.reason.other"))]
    saved = files.save(State("lstm", preset="latch", notation="row")).encode()
    app.file_uploader(key="lstm.file").set_value(("mine.json", saved, "application/json")).run()
    assert not app.error and not app.exception
    state = app.session_state["states"]["lstm"]
    assert (state.source, state.preset) == ("preset", "latch")
    assert app.selectbox(key="shared.notation").value == "row"
    app.selectbox(key="lstm.preset").set_value("delay").run()
    assert app.session_state["states"]["lstm"].preset == "delay", "the file is opened once"


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
    same(app)
    app.text_input(key="shared.text").set_value("two more words").run()
    assert swapped not in [caption.value for caption in app.caption], "said once"
