"""The read-out of trained cells on the step pages: what a network answers, beside the right answer."""

from dataclasses import replace

import numpy as np
import pytest

from gates.examples.presets.trained import TRAINED, Trained
from gates.scenes import readouts, scene
from gates.scenes.lab import scene as lab_scene
from gates.scenes.state import State
from gates.text import LANGUAGES, translator

ALL = [one for those in TRAINED.values() for one in those]
EN = translator("en")


def opened(one: Trained, **more) -> scene.Scene:
    return scene.build(replace(State(one.cell, preset=one.id, reset=one.reset), **more))


@pytest.mark.parametrize("one", ALL, ids=[f"{one.cell}-{one.id}" for one in ALL])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_trained_cell_answers_at_every_step(one, lang):
    shown = opened(one, lang=lang)
    answers, told = readouts.arrays(shown)["readout"], readouts.header(shown, translator(lang))["readout"]
    steps = len(shown.sequence)
    assert answers.shape == (steps, len(told["symbols"])) and len(told["targets"]) == steps
    if told["asks"] == "number":
        assert all(target is None or len(target) == 1 for target in told["targets"])
        assert answers.shape[1] == 1
    else:
        np.testing.assert_allclose(answers.sum(axis=1), 1)
        assert all(target is None or 0 <= target < answers.shape[1] for target in told["targets"])


def test_hand_made_and_random_cells_have_none():
    for state in (State("lstm", preset="locker"), State("lstm", source="text", text="ab", through="random")):
        assert readouts.arrays(scene.build(state)) == readouts.header(scene.build(state), EN) == {}


def test_a_slider_moves_the_answers():
    one = TRAINED["lstm"][0]
    before, after = (readouts.arrays(opened(one, sliders=moved)) for moved in ({}, {"forget_shift": -8.0}))
    assert np.abs(before["readout"] - after["readout"]).max() > 0.01


def test_what_follows_own_text_is_told():
    state = State("lstm", source="text", text="time traveller", through="trained-characters")
    told = readouts.header(scene.build(state), EN)["readout"]
    assert [told["symbols"][k] for k in told["targets"][:-1]] == list("ime␣traveller")


def test_the_other_form_of_a_gru_is_said():
    one = next(one for one in TRAINED["gru"] if one.id == "trained-parity")
    notes = {
        form: readouts.header(opened(one, reset=form), EN)["readout"]["note"] for form in ("after", "before")
    }
    assert notes["after"] == EN("readout.trained") and notes["before"] == EN("readout.trained.other")


def test_the_lab_which_computes_ahead_without_a_read_out_shows_none():
    state = State("lstm", in_lab=True, preset="trained-parity")
    assert readouts.arrays(lab_scene.build(state)) == {}
