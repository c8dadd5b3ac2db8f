"""Exercise files in the lab: opened, saved, published ones in the list; and what is no exercise."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gates.examples.lab.state import Clamped
from gates.exercises.classics import CLASSICS, classic, text
from gates.exercises.file import dumps, loads
from gates.exercises.generate import TEMPLATES, generate
from gates.exercises.judging import judging
from gates.exercises.puzzles.designs import DESIGNS
from gates.exercises.puzzles.strips import STRIP
from gates.exercises.ready import READY, kind, template_like
from gates.exercises.solve import solve
from gates.scenes.lab import exercises, puzzles
from gates.scenes.lab import header as lab_header
from gates.scenes.lab import scene as lab_scene
from gates.scenes.lab.check import check
from gates.scenes.links.lab import LAB
from gates.scenes.registry import PAGES
from gates.scenes.state import State
from gates.text import LANGUAGES, translator
from gates.ui import files

LAB_PAGE = PAGES["lab"].opening


def opened(data: str) -> State:
    state, _, problems = LAB.read(files.load(data.encode(), "lab"), LAB_PAGE)
    assert not problems
    return state


@pytest.mark.parametrize("name", CLASSICS)
def test_an_exercise_file_opens_in_the_lab_and_is_saved_as_the_same(name: str) -> None:
    shown = lab_scene.build(opened(text(name)))
    expected = solve(classic(name))
    assert np.array_equal(shown.trace.hidden, expected.trace.hidden)
    if expected.loss is not None:
        assert np.array_equal(shown.more_arrays["task.losses"], expected.loss.steps)
    again = loads(dumps(exercises.of_lab(shown.lab, shown.sequence.x)))
    assert np.array_equal(solve(again).trace.hidden, expected.trace.hidden)


@pytest.mark.parametrize("name", CLASSICS)
def test_a_published_exercise_is_chosen_by_a_link_and_can_be_gone_back_to(name: str) -> None:
    state, _, problems = LAB.read({"begin": "exercise", "exercise": name}, LAB_PAGE)
    assert not problems and state.cell == classic(name).kind
    shown = lab_scene.build(state)
    assert not shown.edited and not shown.random and shown.lab.x is None
    assert np.array_equal(shown.trace.hidden, solve(classic(name)).trace.hidden)
    assert LAB.read(LAB.write(state), LAB_PAGE)[0] == state
    again = loads(dumps(exercises.of_lab(shown.lab, shown.sequence.x)))
    assert again.form == classic(name).form
    for language in LANGUAGES:
        assert translator(language)(f"exercise.{name}.title")


def test_a_file_whose_z_writes_opens_with_a_z_that_writes() -> None:
    content = json.loads(text("gru-integers-after")) | {"update": "write"}
    state = opened(json.dumps(content))
    assert state.update == "write" and lab_scene.build(state).lab.form == ("columns", "gates", "write")
    assert np.array_equal(lab_scene.build(state).trace.hidden, solve(loads(json.dumps(content))).trace.hidden)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"weights": {"input": {"W": [[1]], "U": [[1]], "b": [0]}}}, "error.exercise"),
        ({"x": [["a"]]}, "error.exercise"),
        ({"x": [[float("nan")]]}, "error.exercise.finite.in_row"),
        ({"colour": "red"}, "error.exercise"),
        ({"activations": {"candidate": {"name": "elu", "alpha": 0.5}}}, "error."),
    ],
)
def test_what_is_no_exercise_is_said_in_both_languages(change: dict, key: str) -> None:
    content = json.loads(text("hkust")) | change
    with pytest.raises(files.FileError) as refused:
        files.load(json.dumps(content).encode(), "lab")
    assert refused.value.key.startswith(key)
    for language in LANGUAGES:
        assert translator(language)(refused.value.key, **refused.value.values)


def test_an_exercise_is_for_the_lab() -> None:
    with pytest.raises(files.FileError) as refused:
        files.load(text("hkust").encode(), "lstm")
    assert refused.value.key == "file.reason.exercise"


@pytest.mark.parametrize(
    "change",
    [
        {
            "clamps": (
                Clamped("forget", 1.0),
                Clamped("hidden", 0.25, (0,), (1, 7)),
                Clamped("cell", 0, None, (5, 9)),
            )
        },
        {"coupled": True},
        {"peephole": np.array([[0.5], [-0.25], [0.125]])},
        {"without": {"output", "forget"}, "clamps": (Clamped("output", 0.5, None, (0, 0)),)},
    ],
)
def test_what_is_held_or_left_out_in_the_lab_is_saved_and_opens_again(change: dict) -> None:
    state = LAB.read({"begin": "exercise", "exercise": "hkust", "check": "1"}, LAB_PAGE)[0]
    shown = lab_scene.build(lab_scene.edited(state, replace(lab_scene.build(state).lab, **change)))
    file = dumps(exercises.of_lab(shown.lab, shown.sequence.x))
    assert np.array_equal(solve(loads(file)).trace.hidden, shown.trace.hidden)
    again = lab_scene.build(opened(file))
    assert np.array_equal(again.trace.hidden, shown.trace.hidden)
    assert (again.lab.coupled, again.lab.without) == (shown.lab.coupled, shown.lab.without)
    assert dumps(exercises.of_lab(again.lab, again.sequence.x)) == file
    assert "judging" in check(shown, translator("en"), "pytorch")


def test_a_held_z_is_the_one_that_is_printed() -> None:
    content = json.loads(text("gru-integers-after")) | {"update": "write"}
    content["clamps"] = [{"signal": "update", "value": 0.3, "units": [2]}]
    shown = lab_scene.build(opened(json.dumps(content)))
    assert shown.lab.clamps == (Clamped("update", 0.7, (1,)),)  # the engine's z keeps
    assert shown.trace.update[:, 1] == pytest.approx(0.7)
    assert json.loads(dumps(exercises.of_lab(shown.lab, shown.sequence.x)))["clamps"] == content["clamps"]


def test_a_link_says_that_numbers_are_checked_and_the_run_is_concealed_then() -> None:
    query = {"begin": "exercise", "exercise": "hkust", "check": "1"}
    state, _, problems = LAB.read(query, LAB_PAGE)
    assert not problems and state.check and LAB.write(state)["check"] == "1"
    shown = lab_scene.build(state)
    header = lab_header.header(shown, "en", "nonce", checked=lab_header.checked(state))
    told = header["lab"]["check"]
    assert header["conceal"] == {"step": 0, "phase": "carry"}
    assert told["judging"] == judging(classic("hkust"), (), "pytorch")
    assert told["causes"]["no_tanh.cell"] == "The activation of c was forgotten in h."
    assert {mistake["cause"] for mistake in told["judging"]["mistakes"]} <= told["causes"].keys()
    plain = lab_header.header(shown, "en", "nonce", checked=lab_header.checked(replace(state, check=False)))
    assert "check" not in plain["lab"] and "conceal" not in plain
    nonces = {lab_header.nonce(replace(state, check=on), "visit") for on in (True, False)}
    assert len(nonces) == 1  # it is the same session of edits


def test_an_edited_exercise_is_judged_as_it_is_now_and_what_cannot_be_is_said() -> None:
    state = LAB.read({"begin": "exercise", "exercise": "hkust", "check": "1"}, LAB_PAGE)[0]
    lab = lab_scene.build(state).lab
    turned = lab_scene.build(lab_scene.edited(state, replace(lab, b=lab.b + 1)))
    told = check(turned, translator("en"), "pytorch")["judging"]["given"]
    assert told["b:input:0"] == pytest.approx(1.2) and told["signal:cell:-1:0"] == 0.7
    held = lab_scene.build(lab_scene.edited(state, replace(lab, clamps=(Clamped("forget", 1.0),))))
    told = check(held, translator("en"), "pytorch")["judging"]
    assert told["given"]["signal:forget:1:0"] == 1.0
    assert not {"f1", "a_f1", "f2"} & {line["name"] for line in told["lines"]}
    header = lab_header.header(held, "en", "nonce", checked="pytorch")
    assert header["conceal"] == {"step": 0, "phase": "carry"}
    other = LAB.read({"begin": "exercise", "exercise": "lee-lstm", "check": "1"}, LAB_PAGE)[0]
    much = replace(lab_scene.build(other).lab, x=np.zeros((999, 3)), tokens=("0",) * 999)
    long = lab_scene.build(lab_scene.edited(other, much))
    for language in LANGUAGES:
        told = check(long, translator(language), "pytorch")
        assert told == {"problem": translator(language)("error.judging.large")}
    header = lab_header.header(long, "en", "nonce", checked="pytorch")
    assert "conceal" not in header and "problem" in header["lab"]["check"]


@pytest.mark.parametrize("template", ["lstm-step", "gru-write", "rnn-bptt"])
def test_a_link_with_a_seed_opens_the_exercise_that_the_command_draws(template: str) -> None:
    query = {"begin": "exercise", "exercise": template, "seed": "7", "weights": "two"}
    state, _, problems = LAB.read(query, LAB_PAGE)
    assert not problems and state.cell == generate(template, 7, "two").kind
    written = LAB.write(state)
    assert query.items() <= written.items() and LAB.read(written, LAB_PAGE)[0] == state
    shown, expected = lab_scene.build(state), solve(generate(template, 7, "two"))
    assert np.array_equal(shown.trace.hidden, expected.trace.hidden)
    assert lab_scene.build(replace(state, seed=8)).lab != shown.lab
    told = check(shown, translator("en"), "pytorch")["judging"]
    assert told["asked"] == list(TEMPLATES[template].asked)
    assert "seed" not in LAB.write(replace(state, exercise="hkust"))


def test_each_exercise_has_one_like_it() -> None:
    found = {name: template_like(name) for name in READY}
    assert all(kind(name) == kind(other) for name, other in found.items())
    assert all(found[name] == name for name in (*DESIGNS, STRIP))
    assert (found["bptt"], found["gru-integers-after"], found["hkust"]) == (
        "rnn-bptt",
        "gru-after",
        "lstm-two",
    )
    assert found["lstm-tabulated"] == "lstm-tabulated"
    for language in LANGUAGES:
        assert all(translator(language)(f"puzzle.{name}.title") for name in (*DESIGNS, STRIP))


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("seed", range(4))
def test_a_puzzle_is_solved_by_the_weights_on_the_stage(name: str, seed: int) -> None:
    query = {"begin": "exercise", "exercise": name, "seed": str(seed)}
    state, _, problems = LAB.read(query, LAB_PAGE)
    assert not problems and LAB.read(LAB.write(state), LAB_PAGE)[0] == state
    own = puzzles.puzzle(state)
    assert own is not None and puzzles.puzzle(replace(state, source="preset")) is None
    begun = lab_scene.build(state)
    before = puzzles.judged(own, begun)
    assert before is not None and not before.solved and before.miss is not None
    assert puzzles.answers(own, begun) == dict.fromkeys(own.blanks, 0)
    lab = exercises.to_lab(replace(own.with_answers(own.solution), x=begun.sequence.x))
    solved = lab_scene.build(lab_scene.edited(state, lab))
    assert puzzles.answers(own, solved) == pytest.approx(own.solution)
    after = puzzles.judged(own, solved)
    assert after is not None and after.solved
    kept = np.abs(begun.trace.memory).max()
    assert kept > 0.1  # it begins where there is something to be kept
    other = LAB.read({"cell": "rnn"}, LAB_PAGE)[0]
    assert puzzles.judged(own, lab_scene.build(other)) is None
