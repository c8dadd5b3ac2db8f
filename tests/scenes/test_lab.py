"""The lab without its page: messages of the browser, states and their links, the way in, the header."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.challenges.model import changed
from gates.examples.lab import snippets
from gates.examples.lab.state import PLAIN_FORM, Clamped, LabState
from gates.examples.lab.task import MOST_OUTPUTS, Task
from gates.examples.presets.registry import PRESETS, preset
from gates.inputs.sequence import InputError
from gates.scenes import scene
from gates.scenes.lab import header as lab_header
from gates.scenes.lab import message as lab_message
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.lab import LAB
from gates.scenes.state import Position, State
from gates.text import LANGUAGES, translator
from gates.ui import files
from gates.ui.step.to_lab import lab_state_of
from tests.examples.lab.labs import labs
from tests.scenes.lab_messages import LATCH, encoded, latch, message, with_bias

ROOT = Path(__file__).resolve().parents[2]
T = translator("en")


# The message

SQUARED = {"loss": "squared", "learning_rate": 0.1}


@given(labs(tasks=True))
@settings(max_examples=60, deadline=None)
def test_a_message_says_what_was_edited(lab):
    plain = replace(lab, columns=())
    assert lab_message.read(message(plain)) == plain


@pytest.mark.parametrize(
    ("said", "change"),
    [
        *(("message", change) for change in (
            {"weights": "AAAA"}, {"weights": "*"}, {"weights": 3}, {"weights": None},
            {"cell": "transformer"}, {"cell": None}, {"cell": ["lstm"]}, {"inputs": 2.0},
            {"hidden": True}, {"hidden": "1"}, {"without": 5}, {"clamps": [{}]}, {"clamps": "all"},
            {"clamps": [{"signal": "forget", "value": "x", "units": None, "steps": None}]},
            {"clamps": [{"signal": "forget", "value": 1, "units": None, "steps": [1]}]},
            {"x": "AAAA", "tokens": ["a"]}, {"x": encoded(np.zeros(4)), "tokens": None},
            {"start": "AAAA"}, {"task": {"loss": "hinge"}}, {"task": 3},
            {"task": SQUARED | {"learning_rate": "fast"}}, {"task": SQUARED | {"readout": {"outputs": 3}}},
        )),
        ("shape W, U, b", {"weights": ""}),
        ("value W", {"weights": encoded(np.full(16, 1e30))}),
        ("value W", {"weights": encoded(np.full(16, np.nan))}),
        ("size", {"inputs": 0}), ("size", {"inputs": 10**9}), ("size", {"hidden": 9}),
        ("option without", {"without": ["candidate"]}),
        ("option coupled", {"coupled": True, "without": ["forget"]}),
        ("option gate_activation", {"gate_activation": "step"}),
        ("clamp", {"clamps": [{"signal": "forget", "value": 1e400, "units": None, "steps": None}]}),
        ("clamp", {"clamps": [{"signal": "forget", "value": 1, "units": [5], "steps": None}]}),
        ("clamp", {"clamps": [{"signal": "reset", "value": 1, "units": None, "steps": None}]}),
        ("labels", {"x": encoded(np.zeros(4)), "tokens": ["a"]}),
        ("value x", {"x": encoded(np.full(2, np.inf)), "tokens": ["a"]}),
        ("shape x", {"x": "", "tokens": []}), ("shape x", {"x": encoded(np.zeros(3)), "tokens": ["a"]}),
        ("shape x", {"x": encoded(np.zeros(2002)), "tokens": ["a"] * 1001}),
        ("value h₀", {"start": encoded(np.full(2, np.nan))}),
        ("shape h₀, c₀", {"start": encoded(np.zeros(3))}),
        *(("shape V, b", {"task": SQUARED | {"readout": {"outputs": width, "weights": encoded(np.zeros(n))}}})
          for width, n in ((0, 0), (1, 1), (1.0, 2), (MOST_OUTPUTS + 1, 2 * MOST_OUTPUTS + 2))),
        *(("shape targets", {"task": SQUARED | {"targets": targets}})
          for targets in ("", encoded(np.zeros(1001)))),
    ],
    ids=str,
)  # fmt: skip
def test_a_message_that_makes_no_sense_is_refused_in_a_sentence(said, change):
    with pytest.raises(InputError) as refused:
        lab_message.read(message(latch()) | change)
    assert (
        " ".join((refused.value.key, *filter(None, [refused.value.values.get("name")])))
        == f"error.lab.{said}"
    )
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
    sharper = lab_scene.with_sliders(edited, {"sharpness": 0.5})
    lab = lab_scene.build(sharper).lab
    expected = LabState.of(preset("lstm", "latch").build({"sharpness": 0.5}))
    assert lab.b[1] == -5
    assert np.array_equal(lab.W, expected.W)
    assert np.array_equal(np.delete(lab.b, 1), np.delete(expected.b, 1))
    assert lab_scene.with_sliders(LATCH, {"sharpness": 0.5}) == replace(LATCH, sliders={"sharpness": 0.5})


def test_weights_of_an_old_link_are_rounded_and_still_the_examples_own():
    begun = replace(LATCH, sliders={"value": 0.7})
    own = lab_scene.beginning(begun).lab
    old = with_bias(own.rounded(), -5)
    assert not np.array_equal(old.W, own.W) and not old.weights_equal(own)
    assert with_bias(old, own.b[1]).weights_equal(own)
    lab = lab_scene.build(lab_scene.with_sliders(lab_scene.edited(begun, old), {"value": 0.3})).lab
    expected = LabState.of(preset("lstm", "latch").build({"value": 0.3}))
    assert lab.b[1] == -5
    assert np.array_equal(lab.W, expected.W), "a slider moves them"
    for task in CHALLENGES.values():
        start = LabState.of(task.start)
        assert changed(start, start.rounded()) == 0, "and a challenge does not count them"
        moved = with_bias(start.rounded(), np.nextafter(start.b[0], np.inf) + 1e-6, 0)
        assert changed(start, moved) == 1


def test_sliders_leave_a_cell_of_another_shape_alone():
    wide = lab_scene.edited(LATCH, LabState.of(preset("gru", "latch").build()))
    assert lab_scene.with_sliders(wide, {"sharpness": 0.5}).lab == wide.lab
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
    _, position, problems = LAB.read(query, LATCH)
    assert (position, problems) == (Position(step=3, phase="blend"), [])


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
    before, after = scene.build(state), lab_scene.build(lab_state_of(state))
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
    scaled = lab_state_of(state).scale == "standard"
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
        lab_state_of(state)
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


def test_a_gru_in_the_form_of_an_exercise_is_told_field_by_field():
    began = lab_scene.edited(replace(LATCH, cell="gru"), LabState.of(preset("gru", "latch").build()))
    steps = len(lab_scene.build(began).sequence)
    task = Task(
        V=[[0.5], [2]], b=[0.25, 0], activation="sigmoid", targets=[[np.nan, 1]] * steps, learning_rate=0.125
    )
    gru = replace(
        lab_scene.build(began).lab,
        candidate_activation="softsign",
        form=("rows", "gates", "write"),
        b_h=np.zeros(3),
        biases={"reset": ("b",)},
        initial_hidden=[0.5],
        task=task,
    )
    header = described(lab_scene.edited(began, gru), reply=3, problem="no")
    plain = {
        "cell": "gru", "reset": gru.reset, "activation": "tanh", "gate_activation": "sigmoid",
        "cell_activation": "tanh", "biased": True, "coupled": False, "without": [], "inputs": 2, "hidden": 1,
    }  # fmt: skip
    edit = {
        "candidate_activation": "softsign",
        "form": ["rows", "gates", "write"],
        "b_h": [0, 0, 0],
        "biases": {"reset": ["b"]},
        "peephole": False,
        "clamps": [],
        "task": {
            "readout": {"V": [0.5, 2], "b": [0.25, 0], "activation": "sigmoid", "biased": True},
            "targets": [None, 1] * steps,
            "loss": "half_squared",
            "learning_rate": 0.125,
        },
    }
    assert header["edit"] == plain | edit
    base, start = header["base"], lab_scene.beginning(began)
    assert base == plain | {
        "reset": start.lab.reset, "candidate_activation": "tanh", "form": list(PLAIN_FORM), "b_h": None,
        "biases": {}, "task": None, "peephole": None, "names": [T(unit) for unit in start.units],
        "b_hn": None if start.lab.b_hn is None else start.lab.b_hn.tolist(),
        **{name: array.ravel().tolist() for name, array in start.lab.weights.items()},
    }  # fmt: skip
    assert (header["nonce"], header["reply"], header["problem"]) == ("1/a", 3, "no")
    assert (header["own_input"], header["sliders"], header["challenge"]) == (
        False, dict(start.sliders), None,
    )  # fmt: skip


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
