"""The panels below the train page's stage, each made when its tab is opened."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from gates.examples.notation.letters import symbols
from gates.figures.training import Curve, Measure, curves_figure, gates_figure
from gates.scenes import film as films
from gates.scenes.links.train import KINDS
from gates.scenes.training import ShownRun
from gates.ui import tabs
from gates.ui.charts import theme
from gates.ui.frame import Page
from gates.ui.train import language, takeaway
from gates.ui.train.stage import state_of

PLOT = {"displaylogo": False}
Panel = Callable[[Page, Sequence[ShownRun]], None]


def show(page: Page, runs: Sequence[ShownRun]) -> None:
    """Shows the panels that fit the task."""
    panels: dict[str, Panel] = {"curves": _curves, "gates": _gates, "takeaway": takeaway.show}
    if runs[0].film.task.metric == "perplexity":
        panels = {"samples": language.samples} | panels
    elif len(runs) == 1:
        panels = {"guide": _guide} | panels
    tabs.show(page, "train.tab", {name: partial(panel, page, runs) for name, panel in panels.items()})


def _guide(page: Page, runs: Sequence[ShownRun]) -> None:
    """What to look at; no plot, so that the page is there before Plotly is."""
    t, film = page.t, runs[0].film
    st.markdown(t("train.guide"))
    st.markdown(t("train.guide.baseline", about=t(f"task.{film.task.id}.baseline")))


def _curves(page: Page, runs: Sequence[ShownRun]) -> None:
    t = page.t
    curves = [_curve(run) for run in runs]
    task = runs[0].film.task
    measure = Measure(t(f"metric.{task.metric}"), task.baseline, task.better == "higher")
    made_from = tuple((run.name, run.live, len(run.film.frames)) for run in runs)
    figure = _kept(
        page, "curves", made_from, lambda: curves_figure(curves, measure, theme=theme(), t=t.plain)
    )
    alt = t.plain.between.join(
        t.plain(
            "train.curves.alt", title=curve.title, name=measure.name, value=measure.text(curve.metric[-1])
        )
        for curve in curves
        if curve.metric
    )
    _plot(page, "curves", figure, alt)
    st.caption(t("train.guide.baseline", about=t(f"task.{task.id}.baseline")))


def _curve(run: ShownRun) -> Curve:
    steps, loss = run.film.series("loss")
    metric_steps, metric = run.film.series("metric")
    return Curve(KINDS[run.film.recipe.cell], run.title, steps, loss, metric_steps, metric)


def _gates(page: Page, runs: Sequence[ShownRun]) -> None:
    st.markdown(page.t("train.gates.about"))
    for index, run in enumerate(runs):
        _gates_of(page, run, index)


def _gates_of(page: Page, run: ShownRun, index: int) -> None:
    t, state, film = page.t, state_of(page), run.film
    layer = films.layer_of(film, state.layer)
    frames = [film.frames[step] for step in film.steps]
    names = list(frames[0].opening[layer])
    if not names:
        st.info(t("train.gates.none", title=run.title))
        return
    opening = {name: [frame.opening[layer][name] for frame in frames] for name in names}
    decided = {name: [frame.decided[layer][name] for frame in frames] for name in names}

    def draw() -> Any:
        return gates_figure(
            film.steps,
            opening,
            decided,
            title=t("train.gates.title", title=run.title),
            symbols=symbols(KINDS[film.recipe.cell], state.notation, "keep").labels,
            names={name: t(f"signal.{name}") for name in names},
            theme=theme(),
            t=t.plain,
        )

    figure = _kept(page, f"gates.{index}", (run.name, layer, len(frames), state.notation), draw)
    ends = {name: (decided[name][0], decided[name][-1]) for name in names}
    alt = " ".join(
        t.plain("train.gates.alt", name=t(f"signal.{name}"), first=f"{first:.0%}", last=f"{last:.0%}")
        for name, (first, last) in ends.items()
    )
    _plot(page, f"gates.{index}", figure, alt)


def _kept(page: Page, name: str, made_from: Hashable, make: Callable[[], Any]) -> Any:
    """A figure as it was last made, for a plot that is mounted anew loses where one zoomed to."""
    key = f"{page.name}.figure.{name}"
    whole = (made_from, page.t.language, theme())
    cached = st.session_state.get(key)
    if cached is None or cached[0] != whole:
        st.session_state[key] = cached = (whole, make())
    return cached[1]


def _plot(page: Page, name: str, figure: Any, alt: str) -> None:
    st.plotly_chart(figure, theme=None, key=f"{page.name}.plot.{name}", config=PLOT, alt=alt)
