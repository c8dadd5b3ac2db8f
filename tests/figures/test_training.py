import numpy as np
import pytest

from gates.figures.palette import CELLS, palette
from gates.figures.training import Curve, Measure, curves_figure, gates_figure
from gates.text import LANGUAGES, translator

LSTM = Curve("lstm", "Recall · LSTM", [0, 1, 2], [1.4, 0.7, 0.1], [0, 2], [0.25, 1.0])
RNN = Curve("rnn", "Recall · RNN", [0, 1, 2], [1.5, 1.4, float("nan")], [0, 2], [0.24, 0.26])
RIGHT = Measure("share right", 0.27, True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_runs_are_in_one_plot_with_their_baseline(language: str, theme: str) -> None:
    t = translator(language)
    figure = curves_figure([LSTM, RNN], RIGHT, theme=theme, t=t)
    measured = [trace for trace in figure.data if trace.yaxis != "y2"]
    losses = [trace for trace in figure.data if trace.yaxis == "y2"]
    assert [trace.name for trace in measured] == ["Recall · LSTM", "Recall · RNN"]
    assert [list(trace.y) for trace in measured] == [[0.25, 1.0], [0.24, 0.26]]
    assert list(measured[0].text) == ["25%", "100%"]
    assert list(losses[1].y) == [1.5, 1.4, None], "what is no number leaves a gap"
    assert {trace.line.color for trace in measured} == {CELLS[theme]["lstm"], CELLS[theme]["rnn"]}
    assert len({trace.line.dash for trace in measured}) == 2, "never colour alone"
    assert figure.layout.title.text == t("train.curves.title")
    assert figure.layout.yaxis.title.text == "share right"
    assert figure.layout.shapes[0].y0 == RIGHT.baseline
    assert figure.layout.annotations[0].text == t("train.baseline", value="27%")


def test_a_measure_that_is_no_share_is_a_number() -> None:
    error = Measure("mean squared error", 0.16, False)
    curve = Curve("gru", "Adding · GRU", [0, 1], [0.2, 2e-4], [0, 1], [0.17, 2e-4])
    figure = curves_figure([curve], error, theme="light", t=translator("en"))
    assert list(figure.data[0].text) == ["0.17", "2.00×10⁻⁴"]
    assert figure.layout.yaxis.tickformat is None


def test_a_run_without_a_record_is_an_empty_plot() -> None:
    empty = Curve("gru", "Adding · GRU", [], [], [], [])
    figure = curves_figure([empty], RIGHT, theme="light", t=translator("en"))
    assert [list(trace.x) for trace in figure.data] == [[], []]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_gate_is_drawn_in_its_colour_with_its_letter(language: str) -> None:
    t = translator(language)
    opening = {"forget": [0.5, 0.9], "input": [0.5, 0.2]}
    decided = {"forget": [0.0, 0.8], "input": [0.0, 0.4]}
    figure = gates_figure(
        [0, 500],
        opening,
        decided,
        title="Gates",
        symbols={"forget": "f", "input": "i"},
        names={name: t(f"signal.{name}") for name in opening},
        theme="dark",
        t=t,
    )
    upper = [trace for trace in figure.data if trace.yaxis != "y2"]
    lower = [trace for trace in figure.data if trace.yaxis == "y2"]
    assert [list(trace.y) for trace in upper] == [[0.5, 0.9], [0.5, 0.2]]
    assert [list(trace.y) for trace in lower] == [[0.0, 0.8], [0.0, 0.4]]
    assert upper[0].name == f"f · {t('signal.forget')}"
    assert [trace.line.color for trace in upper] == [palette("dark")[name] for name in opening]
    assert figure.layout.yaxis.title.text == t("train.gates.opening")
    assert figure.layout.yaxis2.title.text == t("train.gates.decided")
    assert np.isclose(figure.layout.yaxis.range[1], 1.04)
