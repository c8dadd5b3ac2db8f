"""Exercises on the lab's page: fresh ones by a button, and what is covered while numbers are checked."""

from gates.scenes.links.lab import LAB
from gates.scenes.state import State
from gates.text import translator
from tests.pages.test_navigation import opened


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
    app.segmented_control(key="lab.difficulty").set_value("two").run()
    assert (state().difficulty, state().seed) == ("two", 2)
    app.selectbox(key="lab.exercise").set_value("rnn-bptt").run()
    assert not app.exception and state().cell == "rnn"


def test_a_puzzle_says_what_is_to_be_found_and_how_far_the_weights_solve_it() -> None:
    app = opened("lab", begin="exercise", exercise="half-life", seed="4", lang="en")
    assert "Find the bias of the forget gate" in " ".join(str(one.value) for one in app.markdown)
    assert app.info[0].value.startswith("Right on 0 of 20 hidden sequences.")
    app.button(key="exercise.another").click().run()
    assert not app.exception
    assert (app.session_state["states"]["lab"].exercise, app.session_state["states"]["lab"].seed) == (
        "half-life",
        5,
    )
