"""Figures of the compare page: one colour scale, one time axis, and lines that can be told apart."""

from typing import Any

import numpy as np
import pytest

from gates.analysis.perturbation import StateDifference
from gates.figures.comparison import Answer, Line, Strip, answers_figure, difference_figure, states_figure
from gates.figures.palette import CELLS, diverging
from gates.figures.plain import ABOVE, BELOW, STRIP_GAP, stack
from gates.text import LANGUAGES, translator

T = translator("en")
STRIPS = [
    Strip("<b>RNN</b>  h", np.array([[0.5], [-1.0]])),
    Strip("<b>LSTM</b>  c", np.array([[3.0, -4], [0, 1]])),
]


def test_all_states_share_one_colour_scale_as_wide_as_the_largest() -> None:
    figure = states_figure(STRIPS, ["a", "b"], theme="light", t=T)
    scale = figure.layout.coloraxis
    assert (scale.cmin, scale.cmax) == (-4, 4)
    assert [list(stop) for stop in scale.colorscale] == diverging("light")
    assert {strip.coloraxis for strip in figure.data} == {"coloraxis"}
    for strip, drawn in zip(STRIPS, figure.data, strict=True):
        assert np.array_equal(np.asarray(drawn.z), strip.values.T) and drawn.name == strip.title


def test_zooming_into_time_zooms_all_of_them() -> None:
    figure = states_figure(STRIPS, ["a", "b"], theme="light", t=T)
    assert figure.layout.xaxis.matches == "x2" or figure.layout.xaxis2.matches == "x"
    assert figure.layout.xaxis.showspikes and figure.layout.xaxis2.showspikes


def test_unit_one_is_on_top_and_hover_tells_the_token() -> None:
    figure = states_figure(STRIPS, ["a", "<b>"], theme="light", t=T)
    assert figure.layout.yaxis2.range == (2.5, 0.5)
    assert figure.data[0].customdata[0].tolist() == ["1<br>a", "2<br>&lt;b&gt;"]


def test_a_strip_is_as_high_as_its_units_within_bounds() -> None:
    figure = stack(["one", "some", "many"], [1, 5, 40], theme="light", title="", x="")
    assert figure.layout.height == 26 + 14 * 5 + 110 + 2 * STRIP_GAP + ABOVE + BELOW
    assert [figure.layout[f"yaxis{k}"].tickvals for k in ("2", "3")] == [(1, 3, 5), (1, 11, 21, 31)]


def test_states_of_nothing_but_zeros_still_have_a_scale() -> None:
    figure = states_figure([Strip("h", np.zeros((3, 2)))], "abc", theme="dark", t=T)
    assert figure.layout.coloraxis.cmax == 1


def test_answers_stand_over_what_is_asked_for_and_keep_its_gaps() -> None:
    answers = [Answer("rnn", "RNN", np.array([0.5, -1.0])), Answer("lstm", "LSTM", np.array([1.0, 0.0]))]
    figure = answers_figure(answers, (1.0, None), ("S", "<R"), theme="light", t=T)
    asked, *lines = figure.data
    assert (asked.name, list(asked.y)) == (T("compare.answer.wanted"), [1.0, None])
    assert [(line.name, list(line.y)) for line in lines] == [("RNN", [0.5, -1.0]), ("LSTM", [1.0, 0.0])]
    assert lines[0].line.color == CELLS["light"]["rnn"] and lines[0].line.dash != lines[1].line.dash
    assert list(figure.layout.xaxis.ticktext) == ["S", "&lt;R"]
    assert len(answers_figure(answers, (), ("S", "R"), theme="dark", t=T).data) == 2


LINES = [
    Line("rnn", "RNN", StateDifference(1, np.array([0.0, 0.5, 0.25]), None)),
    Line("gru", "GRU, before", StateDifference(1, np.array([0.0, 1.0, 0.5]), None)),
    Line("gru", "GRU, after", StateDifference(1, np.array([0.0, 1.0, 0.1]), None)),
    Line("lstm", "LSTM", StateDifference(1, np.array([0.0, 0.3, 0.2]), np.array([0.0, 2.0, 1.5]))),
]


def named(figure: Any) -> dict[str, Any]:
    return {drawn.name: drawn for drawn in figure.data}


def test_the_echo_shows_the_memory_of_each_and_the_step_that_was_left_out() -> None:
    figure = difference_figure(LINES, theme="light", t=T)
    lines = named(figure)
    assert set(lines) == {"RNN ‖Δh‖", "GRU, before ‖Δh‖", "GRU, after ‖Δh‖", "LSTM ‖Δc‖", "LSTM ‖Δh‖"}
    assert lines["LSTM ‖Δc‖"].y == (None, 2.0, 1.5)
    assert lines["LSTM ‖Δc‖"].line.width > lines["LSTM ‖Δh‖"].line.width
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(2, 2)]
    assert figure.layout.yaxis.type == "log"
    assert "step 2" in figure.layout.title.text


def test_two_columns_of_a_kind_differ_in_their_dash() -> None:
    lines = named(difference_figure(LINES, theme="light", t=T))
    before, after = lines["GRU, before ‖Δh‖"].line, lines["GRU, after ‖Δh‖"].line
    assert before.color == after.color == CELLS["light"]["gru"] and before.dash != after.dash


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_are_in_the_readers_language(language: str) -> None:
    t = translator(language)
    assert difference_figure(LINES, theme="dark", t=t).layout.title.text == t("compare.echo.title", step=2)
    figure = states_figure(STRIPS, "ab", theme="dark", t=t)
    assert figure.layout.title.text == t("compare.states.title")
    assert figure.layout.xaxis2.title.text == t("heatmap.time")
