"""Figures of the way back: their values, titles, axes and words."""

from typing import Any

import numpy as np
import pytest

from gates.analysis.ensembles import Band, Loss, Setting, noise, run_and_backprop
from gates.examples.demonstrations import cliff, descend, latch, remaining
from gates.figures.demonstrations import cliff_figure, decay_figure, latch_figure, squash_figure
from gates.figures.gradients import (
    Curve,
    clip_figure,
    eigenvalue_figure,
    flow_alt,
    flow_figure,
    paths_figure,
    spectrum_figure,
    strips_figure,
)
from gates.figures.influence import influence_curve, influence_figure
from gates.figures.palette import CELLS, LIGHT, palette
from gates.figures.plain import decades, drawable, number, power
from gates.text import LANGUAGES, translator

T = translator("en")
BAND = Band(np.array([1e-8, 1e-4, 1.0]), np.array([1e-9, 1e-5, 1.0]), np.array([1e-7, 1e-3, 1.0]))


def named(figure: Any) -> dict[str, Any]:
    return {drawn.name: drawn for drawn in figure.data}


def texts(figure: Any) -> set[str]:
    """Every text that stands in the figure's layout."""
    layout = figure.layout
    found = {layout.title.text, *(note.text for note in layout.annotations)}
    return found | {layout[name].title.text for name in layout if name[1:5] == "axis"}


CURVES = [Curve("rnn", "hidden", BAND), Curve("lstm", "hidden", BAND), Curve("lstm", "cell", BAND)]


def test_the_flow_shows_mean_and_range_of_every_curve_on_a_logarithmic_axis() -> None:
    figure = flow_figure(CURVES, theme="light", t=T, steps=3)
    lines = named(figure)
    line = lines["LSTM ‖∂L/∂c‖"]
    assert line.x == (1, 2, 3) and line.y == (1e-8, 1e-4, 1.0)
    assert line.line.color == CELLS["light"]["lstm"] and line.line.dash == "dash"
    assert lines["LSTM ‖∂L/∂h‖"].line.dash == "solid"
    ribbon = lines["RNN ‖∂L/∂h‖ band"]
    assert ribbon.y == (1e-7, 1e-3, 1e-5, 1e-9) and ribbon.x == (1, 2, 2, 1)
    assert figure.layout.yaxis.type == "log"
    low, high = figure.layout.yaxis.range
    assert low < -9 and high > 0


def test_an_exploded_gradient_is_a_gap_and_a_mark_that_says_where() -> None:
    band = Band(*(np.array([np.inf, 1e300, 1.0]) for _ in range(3)))
    lines = named(flow_figure([Curve("gru", "hidden", band, exploded=0)], theme="dark", t=T, steps=3))
    assert lines["GRU ‖∂L/∂h‖"].y == (None, 1e300, 1.0)
    mark = lines["gru exploded"]
    assert mark.x == (1,) and mark.text == ("exploded at step 1",)


def test_nothing_but_infinities_and_zeros_still_makes_a_figure() -> None:
    band = Band(*(np.array([np.inf, np.nan, 0.0]) for _ in range(3)))
    figure = flow_figure([Curve("rnn", "hidden", band, exploded=1)], theme="light", t=T, steps=3)
    assert named(figure)["RNN ‖∂L/∂h‖"].y == (None, None, None)


def test_the_alternative_text_gives_both_ends_of_every_curve() -> None:
    said = flow_alt(CURVES, T, 3)
    assert "RNN h: 1.0×10⁻⁸ at the first step, 1 at the last" in said and "LSTM c" in said


def test_paths_are_told_apart_by_colour_and_dash() -> None:
    ways = dict.fromkeys(("total", "cell", "gates", "product"), BAND)
    lines = named(paths_figure(ways, theme="light", t=T))
    shown = [lines[T(f"gradients.paths.{way}")] for way in ways]
    assert len({line.line.dash for line in shown}) == 4
    assert lines[T("gradients.paths.cell")].line.color == LIGHT["forget"]


def test_the_spectrum_has_the_line_that_decides() -> None:
    radii, largest, smallest = np.array([0.9, 1.1]), np.array([2.0, 3.0]), np.array([1e-3, 0.0])
    figure = spectrum_figure([0, 5], radii, largest, smallest, theme="light", t=T)
    lines = named(figure)
    assert lines[T("gradients.spectrum.radius")].x == (1, 6)
    assert lines[T("gradients.spectrum.smallest")].y == (1e-3, None)
    assert [(shape.y0, shape.y1) for shape in figure.layout.shapes] == [(1, 1)]


def test_eigenvalues_lie_in_a_plane_of_equal_units() -> None:
    values = np.array([0.5 + 0.5j, 0.5 - 0.5j, -2.0])
    figure = eigenvalue_figure(values, 6, theme="light", t=T)
    dots = named(figure)[T("gradients.eigen.values")]
    assert dots.x.tolist() == [0.5, 0.5, -2.0] and dots.y.tolist() == [0.5, -0.5, 0.0]
    assert dots.customdata == pytest.approx(np.abs(values))
    assert figure.layout.yaxis.scaleanchor == "x"
    assert "Eigenvalues at step 7" in texts(figure)


def test_strips_are_signed_logarithmic_and_share_one_scale() -> None:
    gradients = {"x": np.array([[1e-30, -1.0]]), "hidden": np.array([[1e-6, 0.0]])}
    names = {"x": "input", "hidden": "hidden state"}
    figure = strips_figure(gradients, symbols={"x": "x", "hidden": "h"}, names=names, theme="light", t=T)
    strips = named(figure)
    assert np.array(strips["x"].z).ravel().tolist() == [0, -1]
    assert np.array(strips["hidden"].z).ravel() == pytest.approx([0.5, 0])
    assert {(strip.zmin, strip.zmax) for strip in strips.values()} == {(-1, 1)}
    assert [list(unit) for unit in strips["x"].text] == [["1.000×10⁻³⁰"], ["−1"]]
    assert "<b>∂L/∂h</b>  hidden state" in texts(figure)


def test_clipping_stands_beside_what_was() -> None:
    figure = clip_figure({"W_f": 10.0, "b": 0.0}, {"W_f": 1.0, "b": 0.0}, theme="light", t=T)
    before, after = figure.data
    assert before.x == after.x == ("W_f", "b")
    assert before.y == (10.0, None) and after.y == (1.0, None)


def test_the_latch_and_its_law_lie_on_each_other() -> None:
    run = latch(1.25, 20)
    law = run.slope ** np.arange(19, -1, -1)
    measured, drawn = latch_figure(law, run, theme="light", t=T).data
    assert measured.y == pytest.approx(drawn.y)
    rests = named(squash_figure(run, theme="light", t=T))[T("gradients.latch.rests")]
    assert rests.x == pytest.approx([-run.rest, 0, run.rest])
    assert rests.text == ("0.619", "1.25", "0.619")


def test_decay_has_a_line_for_every_bias() -> None:
    figure = decay_figure(remaining(30), (0.0, 1.0, 3.0, 5.0), theme="light", t=T)
    lines = named(figure)
    assert lines["b = 0"].y == pytest.approx(0.5 ** np.arange(31))
    assert len({line.line.dash for line in lines.values()}) == 4


def test_the_cliff_is_a_surface_with_the_ways_down() -> None:
    free, clipped = descend(False, 20), descend(True, 20)
    surface = cliff(9)
    figure = cliff_figure(surface, [("free", free), ("clipped", clipped)], theme="light", t=T)
    drawn = named(figure)
    assert np.array_equal(drawn[T("gradients.cliff.surface")].z, surface.losses)
    assert drawn[T("gradients.cliff.free")].x == pytest.approx(free.places[:, 0])
    assert figure.layout.scene.xaxis.title.text == "w" and figure.layout.scene.yaxis.title.text == "b"


def figures(theme: str, language: str) -> list[Any]:
    t = translator(language)
    passed = run_and_backprop(Setting(hidden=3).cell("lstm", 2, 0), Loss(), noise(0, 5, 2), 0)
    signals = dict(passed.gradients.signals)
    labels = {name: name for name in signals}
    ones = np.ones(2)
    return [
        flow_figure(CURVES, theme=theme, t=t, steps=3),
        paths_figure(dict.fromkeys(("total", "cell", "gates", "product"), BAND), theme=theme, t=t),
        spectrum_figure([0, 1], ones, ones, ones, theme=theme, t=t),
        eigenvalue_figure(np.ones(2) + 0j, 0, theme=theme, t=t),
        influence_figure(np.eye(2), "ab", theme=theme, t=t),
        influence_curve(np.ones(2), "ab", theme=theme, t=t),
        strips_figure(signals, symbols=labels, names=labels, theme=theme, t=t),
        clip_figure({"W": 2.0}, {"W": 1.0}, theme=theme, t=t),
        latch_figure(np.ones(4), latch(1.25, 4), theme=theme, t=t),
        squash_figure(latch(1.25, 4), theme=theme, t=t),
        decay_figure(remaining(5), (0.0, 1.0, 3.0, 5.0), theme=theme, t=t),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_figure_has_a_title_named_axes_and_the_palettes_ink(theme: str, language: str) -> None:
    for figure in figures(theme, language):
        layout = figure.layout
        assert layout.title.text
        assert layout.font.color == palette(theme)["fg"] and layout.paper_bgcolor == "rgba(0,0,0,0)"
        axes = [layout[name] for name in layout if name[1:5] == "axis"]
        assert any(axis.title.text for axis in axes)
        if language == "zh":
            assert any("\u3400" <= letter <= "\u9fff" for letter in layout.title.text)


def test_numbers_are_written_as_a_reader_writes_them() -> None:
    written = [
        number(value) for value in (3.9e-28, -0.5, 0.0, 1.0, 123.4, 75374.0, 1e5, np.inf, -np.inf, np.nan)
    ]
    assert written == ["3.9×10⁻²⁸", "−0.5", "0", "1", "123", "7.5×10⁴", "1.0×10⁵", "∞", "−∞", "NaN"]
    assert number(0.71479, 3) == "0.715" and power(0) == "1" and power(-12) == "10⁻¹²"


def test_a_logarithmic_axis_takes_only_what_has_a_logarithm() -> None:
    assert drawable(np.array([0.0, np.nan, np.inf, 2.0])) == [None, None, None, 2.0]
    assert decades([np.array([0.0, np.inf])]) == (-1.0, 0.0)
    assert decades([np.array([1e-5, 10.0]), np.array([0.0])]) == (-5.0, 1.0)
    low, high = decades([np.array([1.0])])
    assert high - low == 1
