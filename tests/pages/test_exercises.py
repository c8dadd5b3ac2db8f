"""Exercises on the lab's page: fresh ones by a button, and what is covered while numbers are checked."""

from dataclasses import replace

import numpy as np
import pytest

from gates.cells.lstm import LSTM
from gates.examples.lab.state import LabState
from gates.exercises.puzzles.designs import design
from gates.exercises.puzzles.strips import reason, strips
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.lab import LAB
from gates.scenes.state import State
from gates.text import LANGUAGES, translator
from tests.pages.record import same
from tests.pages.visits import opened


def test_another_one_like_this_is_the_next_seed_and_keeps_the_check() -> None:
    app = opened("lab", begin="exercise", exercise="hkust", check="1", lang="zh")
    shown = " ".join(str(one.value) for one in (*app.markdown, *app.caption))
    assert translator("zh")("exercise.hkust.about") not in shown  # it may say what comes out

    def state() -> State:
        found: State = app.session_state["states"]["lab"]
        return found

    for seed in (1, 2):
        app.button(key="exercise.another").click().run()
        assert not app.exception
        assert (state().exercise, state().seed, state().check, state().lab) == ("lstm-two", seed, True, "")
        assert app.selectbox(key="lab.exercise").value == "lstm-two"
        assert LAB.write(state())["seed"] == str(seed)
    assert any(f"第 {seed} 号" in str(one.value) for one in app.caption)
    same(app)
    app.segmented_control(key="lab.difficulty").set_value("two").run()
    assert (state().difficulty, state().seed) == ("two", 2)
    app.selectbox(key="lab.exercise").set_value("rnn-bptt").run()
    assert not app.exception and state().cell == "rnn"


def test_a_puzzle_says_what_is_to_be_found_and_how_far_the_weights_solve_it() -> None:
    app = opened("lab", begin="exercise", exercise="half-life", seed="4", lang="en")
    assert "Find the bias of the forget gate" in " ".join(str(one.value) for one in app.markdown)
    assert app.info[0].value.startswith("Right on 0 of 20 hidden sequences.")
    same(app)
    state = app.session_state["states"]["lab"]
    begun = lab_scene.build(state).lab

    def said(lab: LabState) -> list[str]:
        app.session_state["states"]["lab"] = lab_scene.edited(state, lab)
        app.run()
        assert not app.exception
        return [one.value for one in (*app.success, *app.info, *app.warning)]

    def with_forget_bias(value: float) -> LabState:
        return replace(begun, b=np.where([False, True, False, False], value, begun.b))

    t = translator("en")
    solved = said(with_forget_bias(design("half-life", 4).solution["b_f"]))
    assert solved == [t("puzzle.judged", right=20, of=20)]
    assert said(with_forget_bias(2000.0)) == [t("error.puzzle.answer", name="b_f", limit="1,000")]
    assert said(LabState.of(LSTM.init(1, 2, rng=0))) == [t("lab.page.puzzle.other")]
    app.button(key="exercise.another").click().run()
    assert not app.exception
    assert (app.session_state["states"]["lab"].exercise, app.session_state["states"]["lab"].seed) == (
        "half-life",
        5,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_which_strip_is_f_asks_without_names_and_the_first_answer_counts(language: str) -> None:
    own = strips(7)
    app = opened("lab", begin="exercise", exercise="which-strip", seed="7", lang=language)
    t = translator(language)

    def shown() -> str:
        return " ".join(str(one.proto.body) for one in app.get("html"))

    same(app)
    assert t("puzzle.strips", gate=own.letter) in " ".join(str(one.value) for one in app.markdown)
    first = shown()
    assert all(f'data-strip="{letter}"><th scope="row">{letter}</th>' in first for letter in "ABC")
    assert (
        first.count(">−0.") + first.count(">0.") > 30 and not app.tabs
    )  # no equations, no weights to take away
    wrong = next(letter for letter in "ABC" if letter != own.answer)
    app.segmented_control(key="lab.strip.7").set_value(wrong).run()
    assert not app.exception
    said = app.info[0].value
    why = reason(own, wrong)
    assert t("puzzle.wrong", gate=own.letter, answer=own.answer) in said and why.numbers in said.replace(
        "\\", ""
    )
    same(app)
    assert f"{own.answer} = {own.letter}</th>" in shown() and app.tabs
    app.run()
    assert app.info[0].value == said and not any("strip" in str(one.key) for one in app.segmented_control)
    app.button(key="exercise.another").click().run()
    assert not app.exception and app.session_state["states"]["lab"].seed == 8
    assert not app.info and "</th>" in shown() and f"= {strips(8).letter}</th>" not in shown()
    app.segmented_control(key="lab.strip.8").set_value(strips(8).answer).run()
    assert t("puzzle.right", gate=strips(8).letter, answer=strips(8).answer) in app.success[0].value
