import base64
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from streamlit.testing.v1 import AppTest

from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.lab import snippets
from gates.examples.lab.codec import pack, unpack
from gates.examples.lab.state import Clamped, LabState
from gates.examples.presets.registry import PRESETS, preset
from gates.inputs.sequence import InputError
from gates.scenes import scene
from gates.scenes.lab import header as lab_header
from gates.scenes.lab import message as lab_message
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.lab import LAB
from gates.scenes.state import NO_SLIDERS, Place, State
from gates.text import LANGUAGES, translator
from gates.ui import files
from gates.ui.step.to_lab import taken_along
from tests.examples.lab.labs import labs
from tests.ui.test_payload import unpack as unpacked

ROOT = Path(__file__).resolve().parents[2]
LATCH = State("lstm", in_lab=True, preset="latch")
T = translator("en")


def encoded(*arrays: np.ndarray) -> str:
    flat = np.concatenate([array.ravel() for array in arrays]).astype("<f8")
    return base64.urlsafe_b64encode(flat.tobytes()).decode().rstrip("=")


def message(lab: LabState, **more) -> dict:
    """What assets/stage/lab/state/session.js sends of a state."""
    clamps = [json.loads(json.dumps(asdict(clamp))) for clamp in lab.clamps]
    return {
        "serial": 7, "cell": lab.kind, "reset": lab.reset, "activation": lab.activation,
        "peephole": lab.peephole is not None, "coupled": lab.coupled, "without": sorted(lab.without),
        "clamps": clamps, "inputs": lab.inputs, "hidden": lab.hidden,
        "weights": encoded(*lab.weights.values()),
        "x": None if lab.x is None else encoded(lab.x), "tokens": list(lab.tokens) or None,
    } | more  # fmt: skip


def latch() -> LabState:
    return lab_scene.beginning(LATCH).lab


def with_bias(lab: LabState, value: float, row: int = 1) -> LabState:
    b = lab.b.copy()
    b[row] = value
    return replace(lab, b=b)


# The message


@given(labs())
@settings(max_examples=60, deadline=None)
def test_a_message_says_what_was_edited(lab):
    plain = replace(lab, columns=())
    assert lab_message.read(message(plain)) == plain


@pytest.mark.parametrize(
    "change",
    [
        {"weights": ""}, {"weights": "AAAA"}, {"weights": "*"}, {"weights": 3}, {"weights": None},
        {"weights": encoded(np.full(16, 1e30))}, {"weights": encoded(np.full(16, np.nan))},
        {"cell": "transformer"}, {"cell": None}, {"cell": ["lstm"]},
        {"inputs": 0}, {"inputs": 2.0}, {"inputs": 10**9},
        {"hidden": 9}, {"hidden": True}, {"hidden": "1"}, {"without": ["candidate"]}, {"without": 5},
        {"coupled": True, "without": ["forget"]}, {"clamps": [{}]}, {"clamps": "all"},
        {"clamps": [{"signal": "forget", "value": "x", "units": None, "steps": None}]},
        {"clamps": [{"signal": "forget", "value": 1e400, "units": None, "steps": None}]},
        {"clamps": [{"signal": "forget", "value": 1, "units": [5], "steps": None}]},
        {"clamps": [{"signal": "forget", "value": 1, "units": None, "steps": [1]}]},
        {"clamps": [{"signal": "reset", "value": 1, "units": None, "steps": None}]},
        {"x": "AAAA", "tokens": ["a"]}, {"x": encoded(np.zeros(4)), "tokens": ["a"]},
        {"x": encoded(np.zeros(4)), "tokens": None}, {"x": encoded(np.full(2, np.inf)), "tokens": ["a"]},
        {"x": "", "tokens": []}, {"x": encoded(np.zeros(2002)), "tokens": ["a"] * 1001},
    ],
    ids=str,
)  # fmt: skip
def test_a_message_that_makes_no_sense_is_refused_in_a_sentence(change):
    with pytest.raises(InputError) as refused:
        lab_message.read(message(latch()) | change)
    for language in LANGUAGES:
        assert translator(language)(refused.value.key, **refused.value.values)


def test_a_message_that_lacks_a_field_is_refused():
    for name in ("cell", "weights", "inputs", "hidden", "clamps", "without"):
        sent = message(latch())
        del sent[name]
        with pytest.raises(InputError):
            lab_message.read(sent)


# State, scene and link


def test_what_is_edited_is_run_and_nothing_is_kept_of_what_is_not():
    edited = lab_scene.edited(LATCH, with_bias(latch(), -5))
    shown = lab_scene.build(edited)
    assert shown.lab.b[1] == -5
    assert shown.trace.forget[0, 0] < 0.01
    assert lab_scene.edited(edited, latch()) == LATCH


def test_an_edit_that_cannot_read_the_sequence_is_refused():
    lab = latch()
    narrow = replace(lab, W=lab.W[:, :1])
    with pytest.raises(InputError) as refused:
        lab_scene.edited(LATCH, narrow)
    assert refused.value.key == "error.lab.shape"
    fits = replace(narrow, x=np.ones((3, 1)), tokens=("a", "b", "c"))
    shown = lab_scene.build(lab_scene.edited(LATCH, fits))
    assert shown.sequence.tokens == ("a", "b", "c")
    assert shown.sequence.columns == ("column.set",)


def test_a_slider_moves_all_weights_but_those_edited_by_hand():
    edited = lab_scene.edited(LATCH, with_bias(latch(), -5))
    sharper = lab_scene.slid(edited, {"sharpness": 0.5})
    lab = lab_scene.build(sharper).lab
    expected = LabState.of(preset("lstm", "latch").build({"sharpness": 0.5}))
    assert lab.b[1] == -5
    assert np.array_equal(lab.W, expected.W)
    assert np.array_equal(np.delete(lab.b, 1), np.delete(expected.b, 1))
    assert lab_scene.slid(LATCH, {"sharpness": 0.5}) == replace(LATCH, sliders={"sharpness": 0.5})


def test_sliders_leave_a_cell_of_another_shape_alone():
    wide = lab_scene.edited(LATCH, LabState.of(preset("gru", "latch").build()))
    assert lab_scene.slid(wide, {"sharpness": 0.5}).lab == wide.lab
    assert lab_scene.build(wide).preset is None, "and are not offered for it"


@pytest.mark.parametrize("inputs", range(1, 9))
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_cell_from_scratch_answers_to_each_of_its_inputs(cell, inputs):
    state = State(cell, in_lab=True, source="scratch", inputs=inputs, hidden=9 - inputs)
    shown = lab_scene.build(state)
    assert shown.random and shown.kind == cell
    assert (shown.lab.inputs, shown.lab.hidden) == (inputs, 9 - inputs)
    assert (np.abs(shown.sequence.x).max(axis=0) > 0).all()
    assert not lab_scene.build(lab_scene.edited(state, with_bias(shown.lab, 1, 0))).random


def beginning_with(cell: str, name: str) -> State:
    form = {"reset": preset(cell, name).reset} if cell == "gru" else {}
    return State(cell, in_lab=True, preset=name, **form)


def challenged(name: str) -> State:
    return State(CHALLENGES[name].start.kind, in_lab=True, source="challenge", challenge=name)


BEGINNINGS = [
    *(beginning_with(cell, one.id) for cell, those in PRESETS.items() for one in those if one.editable),
    *(challenged(name) for name in CHALLENGES),
    State("gru", in_lab=True, source="scratch", inputs=5, hidden=3, seed=9, reset="after", bias=-2.0),
    State("rnn", in_lab=True, source="scratch", activation="relu"),
]


@pytest.mark.parametrize(
    "state", BEGINNINGS, ids=lambda state: LAB.write(state).get("preset") or state.source
)
def test_every_beginning_and_its_edits_survive_the_link(state):
    base = State("lstm", in_lab=True, preset="latch", lang="zh")
    lab = lab_scene.beginning(state).lab
    edited = lab_scene.edited(
        state, replace(with_bias(lab, 0.123, 0), clamps=(Clamped("hidden", 0.5, (0,), (1, 2)),))
    )
    for one in (state, edited):
        found, _, problems = LAB.read(LAB.write(one), base)
        assert (found, problems) == (one, [])
        assert lab_scene.build(found).lab == lab_scene.build(one).lab


def test_the_place_in_a_link_is_one_of_the_edited_cell():
    gru = lab_scene.edited(LATCH, LabState.of(preset("gru", "latch").build()))
    query = LAB.write(gru) | {"step": "3", "phase": "blend"}
    _, place, problems = LAB.read(query, LATCH)
    assert (place, problems) == (Place(step=3, phase="blend"), [])


@pytest.mark.parametrize("text", ["", "damaged", "AX" * 60_000])
def test_a_broken_blob_in_a_link_is_named_and_the_example_shown(text):
    query = {"cell": "lstm", "preset": "latch", "sharpness": "0.5", "lab": text}
    found, _, problems = LAB.read(query, LATCH)
    assert found == replace(LATCH, sliders={"sharpness": 0.5})
    assert [problem.key for problem in problems] == ["error.lab.damaged"]


def test_a_link_with_a_challenge_that_does_not_exist_opens_the_first():
    found, _, problems = LAB.read({"begin": "challenge", "challenge": "fly"}, LATCH)
    assert found.challenge == next(iter(CHALLENGES))
    assert [problem.values["name"] for problem in problems] == ["challenge"]


def test_a_file_of_the_lab_opens_there_and_a_damaged_one_is_refused():
    edited = lab_scene.edited(LATCH, with_bias(latch(), 3))
    saved = files.save(edited)
    assert LAB.read(files.load(saved.encode(), "lab"), LATCH)[0] == edited
    with pytest.raises(files.FileError):
        files.load(saved.encode(), "lstm")
    with pytest.raises(files.FileError):
        files.load(saved.replace(edited.lab, edited.lab[:-4]).encode(), "lab")


# From the step pages


@pytest.mark.parametrize(
    "state",
    [
        State("gru", preset="delay", reset="after", sliders={"gain": 4.0}),
        State("lstm", source="text", text="hello world", through="random", seed=3, hidden=5),
        State("lstm", source="numbers", numbers="0.1 1\n0.25 0\n-3 0", scale="standard"),
        State("lstm", source="numbers", numbers="0.1 1\n0.25 0\n-3 0"),
        State("rnn", source="signal", signal="sine", activation="relu", scale="standard"),
        State("gru", source="signal", signal="brackets"),
        State("rnn", source="prices"),
    ],
    ids=lambda state: state.source,
)
def test_the_lab_opens_on_what_the_page_showed(state):
    before, after = scene.build(state), lab_scene.build(taken_along(state))
    assert after.kind == state.cell
    assert after.sequence.tokens == before.sequence.tokens
    assert after.sequence.columns == before.sequence.columns
    for name, array in before.cell.arrays().items():
        if name in after.lab.weights:
            kept = array.astype(np.float32) if before.random else array  # what was drawn
            assert np.array_equal(after.lab.weights[name], kept), name
    typed = state.source == "numbers" and state.scale == "none"
    exact = typed or state.source == "preset"
    assert np.array_equal(after.sequence.x, before.sequence.x if exact else np.float32(before.sequence.x))
    assert np.abs(after.trace.hidden - before.trace.hidden).max() < 1e-4
    assert (after.preset is None) == (before.preset is None)
    assert after.random == before.random
    scaled = taken_along(state).scale == "standard"
    assert scaled == (state.source == "numbers" and not typed), "own numbers alone are scaled"
    said = f"# {translator('en')('takeaway.code.scaled')}"
    for code in (snippets.numpy_code, snippets.torch_code):
        assert (said in code(after.lab, after.sequence.x, translator("en"), scaled)) == scaled


@pytest.mark.parametrize(
    "state",
    [
        State("lstm", source="text", text="hello", hidden=9),
        State("gru", source="text", text="abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"),
        State("lstm", source="numbers", numbers="not a number"),
        State("rnn", source="numbers", numbers="1e8"),
    ],
)
def test_what_the_lab_cannot_edit_gets_a_sentence(state):
    with pytest.raises(InputError) as refused:
        taken_along(state)
    assert T(refused.value.key, **refused.value.values)


# The header


def described(state: State, **more) -> dict:
    return json.loads(json.dumps(lab_header.lab(lab_scene.build(state), T, "1/a", **more), allow_nan=False))


def test_the_header_holds_state_and_beginning():
    surgery = {"peephole": np.ones((3, 1)), "coupled": True}
    lab = replace(with_bias(latch(), -5), clamps=(Clamped("cell", 0.5, (0,), (1, 3)),), **surgery)
    header = described(lab_scene.edited(LATCH, lab))
    assert header["edit"]["clamps"] == [{"signal": "cell", "value": 0.5, "units": [0], "steps": [1, 3]}]
    assert header["edit"]["peephole"] and header["edit"]["coupled"] and header["edited"]
    base = header["base"]
    assert (base["cell"], base["inputs"], base["hidden"], base["peephole"]) == ("lstm", 2, 1, None)
    assert np.array_equal(np.float32(base["b"]), latch().b)
    assert not described(LATCH)["edited"]


@pytest.mark.parametrize("name", CHALLENGES)
def test_a_challenge_tells_where_one_stands(name):
    state = challenged(name)
    header = described(state)["challenge"]
    assert not header["solved"] and header["near"] < 1
    assert len(header["wanted"]) == len(CHALLENGES[name].sequence)
    assert str(header["shown"]["right"]) in header["sentences"]["shown"]
    assert header["sentences"]["example"] and "*" not in header["goal"]
    solved = described(lab_scene.edited(state, LabState.of(CHALLENGES[name].solution)))["challenge"]
    assert solved["solved"] and solved["sentences"]["example"] is None


# The page


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
    st.session_state["sent"] = True
    lab.show(shown)


def opened(language="en", sent=(), query=None) -> AppTest:
    app = AppTest.from_function(page, args=(language, list(sent), query or {}), default_timeout=60).run()
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
    assert header["watch"] == preset("lstm", "latch").saying(translator(language))
    assert any(key.startswith("lab.") for key in header["strings"])
    assert not app.error


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_edit_changes_the_run_and_the_link(language):
    edited = replace(with_bias(latch(), -5), clamps=(Clamped("output", 0.25),))
    app = opened(language, [message(edited)])
    header, arrays = header_of(app), arrays_of(app)
    assert np.array_equal(arrays["hidden"], edited.run(preset("lstm", "latch").sequence.x).hidden)
    assert (header["lab"]["reply"], header["lab"]["problem"], header["lab"]["edited"]) == (7, None, True)
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
    app = opened(sent=[message(with_bias(latch(), -5))])
    first = header_of(app)["lab"]["nonce"]
    app.selectbox(key="lab.source").set_value("scratch")
    app = app.run()
    assert not app.exception
    header = header_of(app)
    assert header["random"] and header["lab"]["nonce"] != first


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
        assert t(f"challenge.forget.hint.{number}") in said()
    assert app.button(key="challenge.hint").disabled
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


def test_the_page_is_among_the_pages():
    app = AppTest.from_file(str(ROOT / "gates" / "ui" / "main.py"), default_timeout=60)
    app.switch_page(str(ROOT / "pages" / "lab.py")).run()
    assert not app.exception
    assert app.title[0].value == T("page.lab.title")


def test_the_states_defaults_are_those_of_a_page_that_steps():
    assert State("lstm").sliders is NO_SLIDERS and not State("lstm").in_lab
