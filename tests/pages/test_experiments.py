"""The compare and the gradients page as Streamlit runs them."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from gates.examples.comparisons import COMPARISONS
from gates.examples.demonstrations import DEMONSTRATIONS
from gates.scenes import compare as comparison
from gates.scenes.compare import Column
from gates.scenes.links.codec import compress
from gates.scenes.links.compare import COMPARE, CompareState
from gates.scenes.links.gradients import GRADIENTS
from gates.text import Translator, translator
from gates.ui.gradients.view import FAMILIES
from tests.pages.languages import in_turn
from tests.pages.record import same
from tests.pages.snapshot import contents
from tests.pages.visits import opened

CHAOTIC = pytest.mark.unheld("rounding grows to other numbers on another processor")


def said(app: AppTest) -> str:
    """All of the page's running text."""
    return "\n".join(part.value for part in app.markdown)


@pytest.mark.parametrize(
    "one",
    [pytest.param(one, marks=CHAOTIC if one.id == "explode" else ()) for one in DEMONSTRATIONS],
    ids=lambda one: one.id,
)
def test_a_demonstration_is_a_click_and_one_of_a_family_two(one) -> None:
    app = opened("gradients", "en")
    told = "gradients.stage.acknowledged"
    assert told in app.session_state["mounted"]
    app.session_state[told] = 3
    family = next(name for name, members in FAMILIES.items() if one.id in members)
    app.button(key=f"gradients.demo.{family}").click().run()
    if one.id != family:
        app.button(key=f"gradients.demo.{one.id}").click().run()
    assert not app.exception
    offered = [button for button in app.button if str(button.key).startswith("gradients.demo.")]
    chosen = {button.key for button in offered if button.icon}
    assert chosen == {f"gradients.demo.{family}", f"gradients.demo.{one.id}"}
    state = app.session_state["states"]["gradients"]
    assert all(getattr(state, field) == value for field, value in one.changes.items())
    assert app.session_state[told] == 3, "what the stage has told seems new, and is taken twice"


def test_a_family_lists_every_demonstration_once() -> None:
    listed = [name for members in FAMILIES.values() for name in members]
    assert sorted(listed) == sorted(one.id for one in DEMONSTRATIONS)


def test_an_experiment_of_ones_own_is_called_so_and_its_controls_show_what_its_link_says() -> None:
    app = opened("gradients", "en", forget="3", T="40", units="6")
    assert translator("en")("gradients.own") in said(app)
    assert app.select_slider(key="gradients.forget").value == 3.0
    assert app.number_input(key="gradients.hidden").value == 6
    assert not [button.key for button in app.button if button.icon and ".demo." in str(button.key)]


def test_the_numbers_change_with_the_forget_bias() -> None:
    app = opened("gradients", "en")
    assert "vanishes" in said(app)
    app.select_slider(key="gradients.forget").set_value(3.0).run()
    assert not app.exception
    lstm = next(line for line in said(app).splitlines() if line.startswith("| **LSTM"))
    assert "survives" in lstm
    assert GRADIENTS.write(app.session_state["states"]["gradients"])["forget"] == "3"


@pytest.mark.parametrize(
    ("query", "language"),
    [
        pytest.param(*case, marks=CHAOTIC if case[0].get("gain") == "20" else ())
        for case in in_turn(
            [
                {"gain": "1e9"},
                {"gain": "1e9", "activation": "relu", "cell": "rnn", "init": "identity"},
                {"gain": "20", "T": "1000", "seeds": "1", "units": "8"},
                {"T": "1"},
                {"T": "1", "input": "noise", "loss": "readout"},
                {"loss": "every", "reads": "cell", "input": "letters", "T": "20"},
                {"loss": "unit", "of": "64", "at": "900", "units": "4", "T": "12"},
                {"demo": "latch", "w": "0"},
                {"input": "text", "loss": "readout"},
            ]
        )
    ],
)
def test_the_edges_are_sentences_and_numbers_never_errors(query: dict[str, str], language: str) -> None:
    app = opened("gradients", language, **query)
    assert not app.exception


def test_an_exploded_state_is_called_by_its_step() -> None:
    query = {"gain": "1e9", "activation": "relu", "cell": "rnn", "init": "identity", "T": "60"}
    app = opened("gradients", "zh", **query)
    warned = " ".join(warning.value for warning in app.warning)
    assert translator("zh")("gradients.overran", step=0).split("0")[0] in warned
    assert translator("zh")("gradients.verdict.overflow", step=60, count=10) in said(app)
    app.session_state["gradients.tabs"] = translator("zh")("gradients.tab.clipping")
    app.run()
    assert not app.exception


@CHAOTIC
def test_an_exploded_gradient_is_called_by_its_step() -> None:
    app = opened("gradients", "en", gain="30", T="1000", units="64", seeds="1")
    assert not app.exception
    assert not app.warning  # the state is fine, for tanh bounds it: only the gradient leaves the numbers
    rnn = next(line for line in said(app).splitlines() if line.startswith("| **RNN"))
    assert "exploded at step" in rnn


@pytest.mark.parametrize("name", ["T=0", "gain=NaN", "seeds=0"])
def test_nonsense_in_a_link_is_a_sentence(name: str) -> None:
    field, value = name.split("=")
    app = opened("gradients", "en", **{field: value})
    assert not app.exception
    assert f"{field} = “{value}”" in app.warning[0].value


EXPLAINED = re.compile(r"\[([^\]]*)\]\(glossary\?term=[\w-]+&lang=\w+\)")
"""A term that leads to the glossary."""


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("influence", "influence.about"),
        ("jacobian", "spectrum.about"),
        ("strips", "strips.about"),
        ("clipping", "clip.about"),
        ("table", "survival.about"),
    ],
)
def test_every_panel_opens(tab: str, words: str) -> None:
    t = translator("en")
    app = opened("gradients", "en", T="20", seeds="2")
    app.session_state["gradients.tabs"] = t(f"gradients.tab.{tab}")
    app.run()
    assert not app.exception
    assert t(f"gradients.{words}", cell="LSTM") in EXPLAINED.sub(r"\1", said(app))
    same(app)
    if tab == "clipping":
        app.number_input(key="gradients.threshold").set_value(0.125).run()
        assert GRADIENTS.write(app.session_state["states"]["gradients"])["clip"] == "0.125"
    elif tab in ("influence", "jacobian"):  # what takes long is done again where it is of something else
        other = opened("gradients", "en", T="20", seeds="2", seed="3")
        other.session_state["gradients.tabs"] = t(f"gradients.tab.{tab}")
        other.run()
        for one in (app, other):
            one.number_input(key="gradients.seed").set_value(7).run()
        assert contents(app, "en") == contents(other, "en")


def test_a_long_sequence_is_mapped_whole_and_says_how() -> None:
    t = translator("en")
    app = opened("gradients", "en", cell="rnn", T="300", units="4", seeds="1")
    coarse = t("gradients.influence.coarse", steps=300, size=3)
    sampled = t("gradients.spectrum.sampled", steps=300, every=3, count=100)
    for tab, sentence in (("influence", coarse), ("jacobian", sampled)):
        app.session_state["gradients.tabs"] = t(f"gradients.tab.{tab}")
        app.run()
        assert not app.exception
        assert sentence in [one.value for one in app.caption]


@pytest.mark.parametrize(("task", "language"), in_turn(COMPARISONS))
def test_every_task_is_shown_with_what_to_watch(task: str, language: str) -> None:
    app = opened("compare", language, preset=task)
    assert not app.exception
    assert translator(language)(f"compare.preset.{task}.watch") in said(app)
    for entry in COMPARISONS[task].entries:
        assert translator(language)(f"compare.column.{entry.column}") in said(app)


def test_who_guesses_which_cell_holds_it_is_told_nothing_of_how_the_runs_end() -> None:
    t = translator("en")
    app = opened("compare", "en", disturb="3")
    assert app.slider(key="compare.disturb").value == 3
    app.session_state["compare.guessing"] = True
    app.run()
    assert not app.exception
    assert t("ui.guess.covered.page") in [info.value for info in app.info]
    told = said(app)
    assert "compare.disturb" not in [slider.key for slider in app.slider]
    assert not [
        words for words in ("compare.can", "compare.cannot", "compare.preset.first.watch") if t(words) in told
    ]
    app.session_state["compare.guessing"] = False
    app.run()
    assert app.slider(key="compare.disturb").value == 3
    assert t("compare.can") in said(app)


def test_choosing_a_task_moves_the_memory_test_to_its_step() -> None:
    app = opened("compare", "en")
    app.selectbox(key="compare.preset").set_value("reset").run()
    assert not app.exception
    assert app.slider(key="compare.disturb").value == 2
    assert COMPARE.write(app.session_state["states"]["compare"]) == {"lang": "en", "preset": "reset"}


def test_what_was_chosen_in_a_range_is_said_again_where_the_range_is_another() -> None:
    app = opened("compare", "en", input="numbers", data=compress("1 0\n0 1\n1 1"))
    app.slider(key="compare.disturb").set_value(3).run()
    app.session_state["compare.tabs"] = translator("en")("compare.tab.states")
    app.session_state["input"]["start"] = "2018-01-06"  # by a link; that day no price was noted
    app.selectbox(key="compare.source").set_value("prices").run()
    assert app.selectbox(key="compare.start").value == "2018-01-08"
    slider = app.slider(key="compare.disturb")
    assert (slider.value, slider.max > 3, slider.proto.set_value) == (3, True, True)
    app = opened("gradients", "en", loss="step")
    app.number_input(key="gradients.loss_step").set_value(20).run()
    app.number_input(key="gradients.steps").set_value(64).run()
    step = app.number_input(key="gradients.loss_step")
    assert (step.value, step.max, step.proto.set_value) == (20, 64, True)
    assert app.session_state["states"]["gradients"].loss_step == 20


def test_random_cells_read_ones_own_text_in_up_to_four_columns() -> None:
    app = opened("compare", "en", input="text", cells="lstm-peephole,mingru,lstm-1997,gru-before", z="write")
    assert not app.exception
    for name in ("lstm-peephole", "gru-before"):
        assert translator("en")(f"compare.column.{name}") in said(app)
    app.slider(key="compare.disturb").set_value(5).run()
    assert app.session_state["states"]["compare"].disturb == 5


def test_bad_numbers_are_said_and_the_last_comparison_stays() -> None:
    app = opened("compare", "zh")
    app.selectbox(key="compare.source").set_value("numbers").run()
    app.text_area(key="shared.numbers").set_value("1 2\n3 four").run()
    assert not app.exception
    assert translator("zh")("error.numbers.letters", row=2, token="four") in app.error[0].value
    asked: list[str] = []
    columns = comparison.columns

    def noted(state: CompareState, t: Translator) -> list[Column]:
        asked.append(state.lang)
        return columns(state, t)

    with pytest.MonkeyPatch.context() as patch:  # it stays, in another language too
        patch.setattr(comparison, "columns", noted)
        app.button_group(key="shared.lang").set_value("en").run()
    assert set(asked) == {"en"} and app.error
