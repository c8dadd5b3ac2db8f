import random
import string
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates import packing
from gates.examples.presets.registry import PRESETS
from gates.inputs import parse
from gates.inputs.sequence import MAX_CHARACTERS
from gates.inputs.sources import PRICE_COLUMNS, SIGNALS
from gates.scenes import scene
from gates.scenes.links import codec
from gates.scenes.links.lab import LAB
from gates.scenes.links.step import STEP
from gates.scenes.registry import PAGES
from gates.scenes.state import State

CELLS = ("lstm", "gru", "rnn")


def opened(state: State) -> State:
    """What a person sees who opens the link of ``state`` in a browser of the other language."""
    base = State(state.cell, lang="zh" if state.lang == "en" else "en")
    found, _, problems = STEP.read(STEP.write(state), base)
    assert problems == []
    return found


@pytest.mark.parametrize("cell", CELLS)
def test_a_preset_and_its_sliders_survive_the_link(cell):
    for preset in PRESETS[cell]:
        sliders = {slider.id: slider.minimum for slider in preset.sliders}
        state = State(cell, preset=preset.id, sliders=sliders, notation="row", lang="zh")
        assert opened(state) == state


@given(st.text(min_size=1, max_size=400), st.sampled_from(["characters", "words"]))
def test_own_text_survives_the_link_to_the_letter(text, by):
    state = State("lstm", source="text", text=text, by=by, hidden=7, seed=3, bias=-2.5, through="random")
    assert opened(state) == state


@given(
    st.sampled_from(sorted(SIGNALS)),
    st.integers(1, 1000),
    st.floats(2, 1000).map(codec.rounded),
    st.integers(0, 10**9),
)
def test_a_signal_survives_the_link(kind, steps, period, seed):
    state = State("rnn", source="signal", signal=kind, steps=steps, at=steps, period=period, signal_seed=seed)
    assert opened(state) == state


def test_prices_and_both_axes_of_the_gru_survive_the_link():
    state = State(
        "gru", source="prices", company=PRICE_COLUMNS[2], start="2018-03-05", end="2019-02-04",
        reset="after", update="write", notation="concatenated",
    )  # fmt: skip
    assert opened(state) == state
    read = parse.prices(PRICE_COLUMNS[2], start="2018-03-05", end="2019-02-04")
    for other, expected in (
        (state, read),
        (replace(state, source="text", text="a b, a", by="words"), parse.from_text("a b, a", by="words")),
        (
            replace(state, source="numbers", numbers="1 2 5", row="inputs", scale="standard"),
            parse.parse_numbers("1 2 5", row="inputs", scale="standard"),
        ),
        (replace(state, source="signal", signal="brackets", brackets="(())"), parse.brackets("(())")),
        *(
            (
                replace(state, source="signal", signal=kind, steps=9, at=3, period=4.5, signal_seed=2),
                parse.signal(kind, steps=9, at=3, period=4.5, seed=2),
            )
            for kind in SIGNALS
        ),
    ):
        found = scene.own_input(other)
        assert found is not None and np.array_equal(found.x, expected.x)
        assert (found.tokens, found.columns) == (expected.tokens, expected.columns)


def test_a_link_names_its_language_and_its_example_even_when_they_are_the_defaults():
    assert STEP.write(State("lstm")) == {"lang": "en", "preset": "locker"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lang", "fr"), ("notation", "sheet music"), ("input", "clay"), ("units", "65"), ("units", "many"),
        ("seed", "-1"), ("bias", "nan"), ("reset", "sideways"), ("z", "2"), ("period", "1e400"),
        ("from", "yesterday"), ("company", "ACME"), ("preset", "unknown"), ("through", "unknown"),
        ("sharpness", "7"), ("sharpness", "inf"), ("step", "0"), ("step", "x"), ("phase", "dream"),
        ("unit", "-4"), ("view", "sideways"), ("speed", "3"), ("move", "leap"),
        ("guess", "dice"),
    ],
)  # fmt: skip
def test_a_broken_value_is_named_and_everything_else_of_the_link_holds(name, value):
    query = {"notation": "row", "sharpness": "0.5", name: value}
    state, _, problems = STEP.read(query, State("gru"))
    assert [problem.values["name"] for problem in problems] == [name]
    assert problems[0].values["value"] == value
    if name != "notation":
        assert state.notation == "row"


def test_a_value_of_any_length_is_quoted_shortly():
    _, _, problems = STEP.read({"preset": "x" * 5000}, State("lstm"))
    assert len(str(problems[0].values["value"])) == 40


@pytest.mark.parametrize("data", ["", "?", "AAAA", "x" * 100, codec.compress("abc")[:-3]])
def test_damaged_packed_input_falls_back_to_the_opening_example(data):
    state, _, problems = STEP.read({"input": "text", "data": data}, State("lstm"))
    if data:
        assert [problem.key for problem in problems] == ["link.data"]
        assert state.source == "preset"


def test_packed_input_cannot_unfold_beyond_its_limit():
    longest = "记" * MAX_CHARACTERS
    assert codec.expand(codec.compress(longest)) == longest
    for bomb in (codec.compress(longest + "a"), codec.compress("a" * (packing.LARGEST + 1))):
        assert len(bomb) < 2000
        with pytest.raises(ValueError):
            codec.expand(bomb)


def test_a_sentence_packs_smaller_than_an_address_would_spell_it():
    text = "the cat sat on the mat and the dog sat on the cat " * 20
    assert len(codec.compress(text)) < len(text) / 5


def test_no_slider_is_named_like_another_parameter():
    sliders = {slider.id for presets in PRESETS.values() for preset in presets for slider in preset.sliders}
    for table in (STEP, LAB):
        own = {field.name for field in table.fields if field.within != "sliders"} | {*codec.POSITION}
        assert not own & sliders


def test_a_thousand_letters_are_known_to_be_too_long_for_a_link():
    letters = "".join(random.Random(0).choices(string.ascii_letters + string.digits, k=9000))
    state = State("lstm", source="text", text=letters)
    assert codec.length(STEP.write(state)) > codec.LONGEST
    assert codec.length(STEP.write(replace(state, text=letters[:300]))) < codec.LONGEST


@pytest.mark.parametrize(
    ("page", "text", "sound"),
    [
        ("lstm", "dark,phases,score,hide-forget-4", True),
        ("lstm", "light", True),
        ("lstm", "hide-kept-1,light", True),
        ("compare", "light,hide-update-2", True),
        ("rnn", "light,hide-all-1", True),
        ("rnn", "light,hide-forget-4", False),
        ("lstm", "light,hide-x-4", False),
        ("lstm", "light,hide-forget-0", False),
        ("lstm", "light,hide-forget-²", False),
        ("lstm", "light,hide-forget-4,hide-all-1", False),
        ("lstm", "light,score,score", False),
        ("lstm", "hide", False),
        ("lstm", "", False),
    ],
)
def test_a_link_says_how_a_lecture_looks_and_what_it_hides(page, text, sound):
    _, position, problems = PAGES[page].read({"lecture": text})
    assert position.lecture == (text if sound else None)
    assert position.as_json()["lecture"] == position.lecture
    assert [problem.values["name"] for problem in problems] == ([] if sound else ["lecture"])


def test_of_many_possible_values_a_sentence_names_those_most_like_what_was_written():
    _, _, (wrong,) = PAGES["glossary"].read({"term": "forget_gate"})
    named = wrong.values["allowed"].split(", ")
    assert named[0] == "forget-gate" and named[-1] == "…" and len(named) == codec.FEW_OFFERED + 1
    assert codec.offered("light, dark", "dusk") == "light, dark"
