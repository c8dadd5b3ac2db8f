import itertools
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.figures.heatmaps import MAX_PICKABLE, alt_text, hint, picked, signal_heatmaps
from gates.figures.palette import diverging, palette, sequential
from gates.text import LANGUAGES, translator

CELLS = {"lstm": LSTM, "gru": GRU, "rnn": RNN}
LETTERS = "x=x forget=f input=i candidate=g cell=c output=o hidden=h reset=r update=z"
SYMBOLS = dict(pair.split("=") for pair in LETTERS.split())
NAMES = {name: f"the {name}" for name in SYMBOLS}


def run(kind: str = "lstm", steps: int = 5, units: int = 3, inputs: int = 2, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    return CELLS[kind].init(inputs=inputs, hidden=units, rng=rng).run(rng.standard_normal((steps, inputs)))


def draw(trace: Any, **changes: Any) -> Any:
    settings: dict[str, Any] = {
        "symbols": SYMBOLS,
        "names": NAMES,
        "tokens": [f"t{step}" for step in range(len(trace.x))],
        "columns": [f"column {k}" for k in range(trace.x.shape[1])],
        "unit_names": (),
        "theme": "light",
        "t": translator("en"),
    }
    return signal_heatmaps(trace, **settings | changes)


def heatmaps(figure: Any) -> dict[str, Any]:
    return {drawn.name: drawn for drawn in figure.data if drawn.type == "heatmap"}


def overlays(figure: Any) -> dict[str, Any]:
    return {drawn.name: drawn for drawn in figure.data if drawn.type != "heatmap"}


@pytest.mark.parametrize("kind", CELLS)
def test_every_signal_is_a_row_with_its_exact_values(kind: str) -> None:
    trace = run(kind)
    rows = heatmaps(draw(trace))
    assert tuple(rows) == trace.signals
    for signal, row in rows.items():
        assert np.array_equal(np.asarray(row.z), getattr(trace, signal).T), signal


def test_rows_share_one_time_axis_and_stand_below_each_other() -> None:
    figure = draw(run())
    rows = list(heatmaps(figure).values())
    assert {row.xaxis for row in rows} == {"x"}
    axes = [figure.layout["yaxis" + row.yaxis[1:]] for row in rows]
    for above, below in itertools.pairwise(axes):
        assert below.domain[0] < below.domain[1] < above.domain[0] < above.domain[1] <= 1
    assert axes[-1].domain[0] == 0 and figure.layout.xaxis.anchor == rows[-1].yaxis
    assert figure.layout.xaxis.range == (-0.5, 4.5)


def test_unit_one_is_on_top() -> None:
    figure = draw(run(units=3))
    assert figure.layout.yaxis2.range == (2.5, -0.5)
    assert heatmaps(figure)["forget"].y == ("1", "2", "3")


def test_units_and_inputs_bear_their_names() -> None:
    rows = heatmaps(draw(run(units=2), columns=["same", "same"], unit_names=["memory", "<started>"]))
    assert rows["x"].y == ("1 same", "2 same")
    assert rows["hidden"].y == ("1 memory", "2 &lt;started&gt;")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_span_what_the_palette_says(theme: str) -> None:
    trace = run(seed=3)
    trace = replace(trace, cell=trace.cell * 40, x=trace.x * 0 - 0.25)
    figure = draw(trace, theme=theme)
    rows = heatmaps(figure)
    for gate in ("forget", "input", "output"):
        assert (rows[gate].zmin, rows[gate].zmax) == (0, 1)
        assert [list(stop) for stop in rows[gate].colorscale] == sequential(gate, theme)
    largest = np.abs(trace.cell).max()
    assert (rows["cell"].zmin, rows["cell"].zmax) == (-largest, largest)
    assert (rows["x"].zmin, rows["x"].zmax) == (-0.25, 0.25)
    for signal in ("candidate", "hidden"):
        assert (rows[signal].zmin, rows[signal].zmax) == (-1, 1)
        assert [list(stop) for stop in rows[signal].colorscale] == diverging(theme)
    assert figure.layout.font.color == palette(theme)["fg"]
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"


def test_each_row_says_what_its_colours_mean() -> None:
    trace = run(seed=3)
    rows = heatmaps(draw(replace(trace, cell=np.full_like(trace.cell, -12.3456))))
    assert rows["forget"].colorbar.ticktext == ("0", "1")
    assert rows["cell"].colorbar.ticktext == ("−12.3", "0", "12.3")
    assert rows["hidden"].colorbar.ticktext == ("−1", "0", "1")


def test_what_has_no_bound_is_shown_to_its_end() -> None:
    cell = RNN(W=np.array([[1.0]]), U=np.array([[1.0]]), b=np.zeros(1), activation="relu")
    row = heatmaps(draw(cell.run(np.ones((7, 1)))))["hidden"]
    assert (row.zmin, row.zmax) == (-7, 7)


def test_nothing_but_zeros_still_has_a_scale() -> None:
    trace = run("rnn")
    row = heatmaps(draw(replace(trace, x=np.zeros_like(trace.x))))["x"]
    assert (row.zmin, row.zmax) == (-1, 1)


def test_update_gate_that_writes_is_shown_the_other_way_round() -> None:
    trace = run("gru")
    keep, write = (heatmaps(draw(trace, update=update)) for update in ("keep", "write"))
    assert np.array_equal(np.asarray(write["update"].z), 1 - trace.update.T)
    assert np.array_equal(np.asarray(keep["update"].z), trace.update.T)
    assert np.array_equal(np.asarray(write["reset"].z), trace.reset.T)


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_title_and_hover_speak_the_readers_language(language: str) -> None:
    t = translator(language)
    figure = draw(run(), t=t)
    assert figure.layout.title.text == t("heatmap.title")
    assert figure.layout.xaxis.title.text == t("heatmap.time")
    headings = [note.text for note in figure.layout.annotations]
    assert headings[1] == "<b>f</b>  the forget"
    assert figure.layout.annotations[1].font.color == palette("light")["forget"]
    hover = heatmaps(figure)["forget"].hovertemplate
    for part in (headings[1], t("heatmap.hover.unit", unit="%{y}"), t("heatmap.hover.step", step="%{x}")):
        assert part in hover
    assert t("heatmap.hover.input", unit="%{y}") in heatmaps(figure)["x"].hovertemplate


def test_hover_gives_six_digits_and_the_step_counted_from_one() -> None:
    figure = draw(run(), tokens=["S", " ", "\n", "a<b", "x" * 99])
    row = heatmaps(figure)["hidden"]
    assert "%{z:.6~g}" in row.hovertemplate
    assert row.x == ("1<br>S", "2<br>␣", "3<br>↵", "4<br>a&lt;b", f"5<br>{'x' * 13}…")
    points = overlays(figure)["hidden"]
    shown = points.text[points.customdata.index([2, 1, "hidden"])]
    assert float(shown.replace("−", "-")) == pytest.approx(np.asarray(row.z)[1, 2], rel=5e-6)


def test_dates_stay_on_the_axis() -> None:
    dates = ["2018-01-01", "2018-01-08", "2018-01-15", "2018-01-22", "2018-01-29"]
    axis = draw(run(), tokens=dates).layout.xaxis
    assert axis.categoryarray == tuple(f"{step}<br>{date}" for step, date in enumerate(dates, start=1))
    assert axis.nticks < 10, "dates are long: few of them fit"


def test_a_gate_prints_as_one_only_where_it_is_one() -> None:
    trace = run()
    gates = trace.part_block.copy()
    gates[0, 3:6] = [1 - 2e-9, 1.0, 0.5]  # the forget gate at the first step
    figure = draw(replace(trace, part_block=gates))
    row = heatmaps(figure)["forget"]
    assert "%{text}" in row.hovertemplate
    assert [unit[0] for unit in row.text] == ["1−2e−9", "1", "0.5"]
    assert overlays(figure)["forget"].text[:3] == ("1−2e−9", "1", "0.5")


@pytest.mark.parametrize("kind", CELLS)
def test_each_cell_can_be_picked(kind: str) -> None:
    trace = run(kind, steps=4, units=3)
    figure = draw(trace)
    assert figure.layout.meta["pickable"] is True
    assert tuple(overlays(figure)) == trace.signals
    for signal, points in overlays(figure).items():
        row = heatmaps(figure)[signal]
        assert points.hoverinfo != "skip"
        assert (
            points.marker.opacity == points.selected.marker.opacity == points.unselected.marker.opacity == 0
        )
        assert (points.xaxis, points.yaxis) == (row.xaxis, row.yaxis)
        assert len(points.x) == getattr(trace, signal).size
        for x, y, (step, unit, name) in zip(points.x, points.y, points.customdata, strict=True):
            assert (x, y, name) == (row.x[step], row.y[unit], signal)


def test_clicks_reach_every_corner_of_a_cell() -> None:
    assert draw(run()).layout.hoverdistance == -1


def test_overlay_changes_to_webgl_and_then_ends_where_browsers_do() -> None:
    kinds = {points.type for points in overlays(draw(run(steps=320, units=10))).values()}
    assert kinds == {"scattergl", "scatter"}  # x has 2 columns only, its 640 points stay SVG
    fits, beyond = (run("rnn", steps=1000, units=units, inputs=1) for units in (19, 20))
    assert fits.x.size + fits.hidden.size == MAX_PICKABLE
    assert draw(fits).layout.meta["pickable"] is True
    without = draw(beyond)
    assert without.layout.meta["pickable"] is False and not overlays(without)


def test_hint_offers_picking_only_where_it_works() -> None:
    t = translator("en")
    few, many = draw(run()), draw(run("rnn", steps=1000, units=32))
    assert hint(few, t) == t("heatmap.pick", limit="20,000")
    assert hint(many, t) == t("heatmap.too_many", limit="20,000") and "20,000" in hint(many, t)


@pytest.mark.parametrize(("units", "height"), [(1, 30), (4, 72), (8, 144), (64, 150)])
def test_heights_stay_sensible(units: int, height: int) -> None:
    figure = draw(run(units=units))
    plot = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    low, high = figure.layout.yaxis2.domain
    assert (high - low) * plot == pytest.approx(height)
    assert figure.layout.yaxis2.fixedrange is (units <= 8)


def test_long_runs_have_few_tick_labels() -> None:
    figure = draw(run(steps=1000, units=2))
    assert 4 <= figure.layout.xaxis.nticks <= 24
    assert len(figure.layout.xaxis.categoryarray) == 1000


def test_one_hot_input_travels_small() -> None:
    trace = run("rnn", steps=200, inputs=30)
    hot = replace(trace, x=np.eye(30)[np.arange(200) % 30])
    z = np.asarray(heatmaps(draw(hot))["x"].z)
    assert z.dtype == np.uint8 and np.array_equal(z, hot.x.T)


def test_figure_says_what_it_cannot_draw() -> None:
    with pytest.raises(ValueError, match="4 tokens for 5 steps"):
        draw(run(steps=5), tokens=list("abcd"))
    batch = LSTM.init(inputs=2, hidden=3, rng=0).run(np.zeros((4, 2, 2)))
    with pytest.raises(ValueError, match="one sequence"):
        draw(batch)


def test_figure_is_the_same_whatever_template_is_the_default() -> None:
    import plotly.io

    trace, default = run(), plotly.io.templates.default
    try:
        plotly.io.templates.default = "plotly_dark"
        dark = draw(trace).to_json()
        plotly.io.templates.default = "none"
        assert draw(trace).to_json() == dark
    finally:
        plotly.io.templates.default = default


@pytest.mark.parametrize("language", LANGUAGES)
def test_alt_text_says_what_is_seen(language: str) -> None:
    trace = run("gru", steps=7, units=3)
    text = alt_text(trace, names=NAMES, t=translator(language))
    for signal in trace.signals:
        assert NAMES[signal] in text
    for number in ("5", "7", "3", f"{trace.reset.min():.6g}", f"{trace.update.max():.6g}"):
        assert number in text
    written = alt_text(trace, names=NAMES, t=translator(language), update="write")
    assert f"{1 - trace.update.max():.6g}" in written


def test_picked_reads_streamlits_selection() -> None:
    point = {"curve_number": 3, "point_index": 9, "x": "4<br>a", "y": "2", "customdata": [3, 1, "forget"]}
    assert picked({"selection": {"points": [point], "point_indices": [9], "box": [], "lasso": []}}) == (
        3, 1, "forget",
    )  # fmt: skip


@pytest.mark.parametrize(
    "event",
    [
        None,
        {},
        SimpleNamespace(),
        {"selection": None},
        {"selection": {"points": []}},
        {"selection": {"points": [{"x": 1}]}},
        {"selection": {"points": [{"customdata": None}]}},
        {"selection": {"points": [{"customdata": ["a"]}]}},
        {"selection": {"points": [{"customdata": ["a", "b", "c"]}]}},
    ],
)
def test_nothing_picked_is_none(event: object) -> None:
    assert picked(event) is None
