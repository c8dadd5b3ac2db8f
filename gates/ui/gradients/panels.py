"""The panels below the gradients page's stage, each made when its tab is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from gates.analysis.clipping import clip, norm
from gates.analysis.ensembles import Band
from gates.examples.demonstrations import LAGS, ROWS, survival
from gates.examples.notation.letters import symbols
from gates.figures.gradients import (
    clip_figure,
    eigenvalue_figure,
    paths_figure,
    spectrum_figure,
    strips_figure,
)
from gates.figures.influence import influence_curve, influence_figure, steps_a_cell
from gates.figures.plain import number
from gates.glossary.uses import linked
from gates.scenes import gradients
from gates.scenes.gradients import Experiment
from gates.ui import background, controls, tabs
from gates.ui.charts import PLOT, theme
from gates.ui.frame import Page
from gates.ui.gradients import influence, runs
from gates.ui.gradients.runs import Spread, state_of


def show(page: Page, experiment: Experiment, spreads: Sequence[Spread]) -> None:
    """Shows the panels as tabs."""
    panels: dict[str, Callable[[], None]] = {
        "paths": lambda: _paths(page, spreads),
        "influence": lambda: _influence(page, experiment),
        "jacobian": lambda: _jacobian(page, experiment),
        "strips": lambda: _strips(page, experiment),
        "clipping": lambda: _clipping(page, experiment),
        "table": lambda: _table(page),
    }
    tabs.show(page, "gradients.tab", panels)


def _plot(page: Page, name: str, figure: Any, alt: str) -> None:
    st.plotly_chart(figure, theme=None, key=f"{page.name}.{name}", config=PLOT, alt=alt)


def _paths(page: Page, spreads: Sequence[Spread]) -> None:
    t = page.t
    st.markdown(linked(t("gradients.paths.about"), t.language))
    lstm = next((spread for spread in spreads if spread.kind == "lstm"), None)
    if lstm is None:
        return
    ways: dict[str, Band] = {
        "total": lstm.bands["cell"],
        "cell": lstm.bands["cell_path"],
        "gates": lstm.bands["gate_paths"],
        "product": lstm.bands["product"],
    }
    figure = paths_figure(ways, theme=theme(), t=t.plain)
    first = {name: number(float(band.mean[0])) for name, band in ways.items()}
    _plot(page, "paths", figure, t.plain("gradients.paths.alt", **first))


def _influence(page: Page, experiment: Experiment) -> None:
    t, state = page.t, state_of(page)
    st.markdown(linked(t("gradients.influence.about", cell=state.cell.upper()), t.language))
    made_from = (experiment, state.cell, state.seed)
    done = background.results(page, "influence", made_from, runs.influence_pieces(*made_from))
    if not done:
        return
    triangle = np.concatenate(done)
    rows = runs.unpacked_rows(triangle)
    tokens = gradients.read(state, state.seed).tokens[: len(rows)]
    at = experiment.loss.step(experiment.steps)
    start = min(len(rows) - 1, experiment.steps - 1 if at is None else at)
    if len(rows) < experiment.steps:
        st.caption(t("gradients.influence.partial", done=len(rows), steps=experiment.steps))
    influence.line(page, tokens, triangle, start)
    _influence_curve(page, rows, tokens, start)
    _influence_map(page, rows, tokens)


def _influence_curve(page: Page, rows: Sequence[Any], tokens: Sequence[str], start: int) -> None:
    """One listening step against all that came before it; at first the step that the loss reads."""
    t, key, default = page.t, f"{page.name}.influence.step", f"{page.name}.influence.own"
    chosen = st.session_state.get(key, 0)
    if not 1 <= chosen <= len(rows) or chosen == st.session_state.get(default):
        st.session_state[key] = st.session_state[default] = start + 1  # nobody has chosen another
    page.refill(key, len(rows))
    step = int(st.number_input(t("gradients.influence.step"), 1, len(rows), key=key, width=200))
    row = rows[step - 1]
    alt = t.plain(
        "gradients.influence.alt",
        step=step,
        best=int(np.argmax(row)) + 1,
        value=number(float(np.max(row))),
        least=number(float(row[0])),
    )
    _plot(page, "influence.curve", influence_curve(row, tokens, theme=theme(), t=t.plain), alt)


def _influence_map(page: Page, rows: Sequence[Any], tokens: Sequence[str]) -> None:
    t, count = page.t, len(rows)
    size = steps_a_cell(count)
    note = "gradients.influence.coarse" if size > 1 else "gradients.influence.exact"
    st.caption(t(note, size=size, steps=f"{count:,}"))
    matrix = np.zeros((count, count))
    for s, row in enumerate(rows):
        matrix[s, : s + 1] = row
    alt = t.plain("gradients.influence.alt.map", steps=count, value=number(float(np.max(matrix))))
    _plot(page, "influence", influence_figure(matrix, tokens, theme=theme(), t=t.plain), alt)


def _jacobian(page: Page, experiment: Experiment) -> None:
    t, state = page.t, state_of(page)
    st.markdown(linked(t("gradients.spectrum.about", cell=state.cell.upper()), t.language))
    steps = runs.jacobian_steps(experiment.steps)
    if steps.step > 1:
        st.caption(
            t("gradients.spectrum.sampled", steps=f"{experiment.steps:,}", every=steps.step, count=len(steps))
        )
    made_from = (experiment, state.cell, state.seed)
    pieces = runs.spectrum_pieces(experiment, state.cell, state.seed)
    spectra = [
        spectrum for chunk in background.results(page, "spectrum", made_from, pieces) for spectrum in chunk
    ]
    if not spectra:
        return
    done = list(steps)[: len(spectra)]
    radii = np.array([np.max(np.abs(values)) for values, _ in spectra])
    singular = np.array([singular for _, singular in spectra])
    figure = spectrum_figure(done, radii, singular[:, 0], singular[:, -1], theme=theme(), t=t.plain)
    low, high = (number(float(radius)) for radius in (radii.min(), radii.max()))
    alt = t.plain("gradients.spectrum.alt", low=low, high=high, count=int(np.sum(radii > 1)))
    left, right = st.columns([3, 2])
    with left:
        _plot(page, "spectrum", figure, alt)
    with right:
        _eigenvalues(page, [step + 1 for step in done], [values for values, _ in spectra])


def _eigenvalues(page: Page, steps: Sequence[int], eigenvalues: Sequence[Any]) -> None:
    t, key = page.t, f"{page.name}.eigen.step"
    if st.session_state.get(key) not in steps:
        st.session_state[key] = steps[-1]
    page.refill(key, list(steps))
    chosen = st.select_slider(t("gradients.eigen.step"), steps, key=key, disabled=len(steps) == 1)
    values = eigenvalues[list(steps).index(chosen)]
    alt = t.plain(
        "gradients.eigen.alt",
        step=chosen,
        count=len(values),
        radius=number(float(np.max(np.abs(values))), 3),
    )
    _plot(page, "eigen", eigenvalue_figure(values, chosen - 1, theme=theme(), t=t.plain), alt)


def _strips(page: Page, experiment: Experiment) -> None:
    t, state = page.t, state_of(page)
    st.markdown(linked(t("gradients.strips.about"), t.language))
    _, run = gradients.run_with_gradients(experiment, state.cell, state.seed)
    signals = dict(run.gradients.signals)
    order = [name for name in run.trace.signals if name in signals]
    labels = symbols(state.cell, state.notation, state.update).labels
    names = {name: t(f"signal.{name}") for name in order}
    figure = strips_figure(
        {name: signals[name] for name in order}, symbols=labels, names=names, theme=theme(), t=t.plain
    )
    sizes = t.plain.between.join(
        t.plain(
            "gradients.strips.alt.line", name=names[name], value=number(float(np.abs(signals[name]).max()))
        )
        for name in order
    )
    _plot(page, "strips", figure, t.plain("gradients.strips.alt", lines=sizes))


def _clipping(page: Page, experiment: Experiment) -> None:
    t, state = page.t, state_of(page)
    st.markdown(linked(t("gradients.clip.about"), t.language))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        controls.segments(
            page, "clipping", ("norm", "value"),
            lambda name: t(f"gradients.clipping.{name}"), label=t("gradients.clipping"),
        )  # fmt: skip
        controls.count(page, "threshold", t("gradients.threshold"), 1e-6, 1e9, format="%.3g", step=0.5)
    state = state_of(page)
    _, run = gradients.run_with_gradients(experiment, state.cell, state.seed)
    cell: Any = run.trace.source
    before = dict(run.gradients.weights)
    clipped = clip(before, state.threshold, state.clipping)
    if not np.isfinite(clipped.before):
        st.warning(t(f"gradients.clip.infinite.{state.clipping}"), icon=":material/bolt:")
    else:
        key = "none" if clipped.after == clipped.before else state.clipping
        st.markdown(
            t(
                f"gradients.clip.said.{key}",
                before=number(clipped.before, 3),
                after=number(clipped.after, 3),
                factor=number(clipped.before / clipped.after, 3) if clipped.after else "∞",
                angle=number(clipped.angle, 2),
            )
        )
    figure = clip_figure(_blocks(cell, before), _blocks(cell, clipped.weights), theme=theme(), t=t.plain)
    _plot(
        page, "clip", figure,
        t.plain("gradients.clip.alt", before=number(clipped.before, 3), after=number(clipped.after, 3)),
    )  # fmt: skip


def _blocks(cell: Any, weights: Any) -> dict[str, float]:
    """The norm of the gradient of each matrix of each part: W_f, U_f, b_f, …"""
    letters = symbols(cell.kind, "pytorch").labels
    norms = {
        letters[f"{name}.{part}"]: norm({name: weights[name][cell.rows(part)]})
        for part in cell.parts
        for name in ("W", "U", "b")
    }
    if "b_hn" in weights:
        norms["b_hn"] = norm({"b_hn": weights["b_hn"]})
    return norms


@st.cache_data(max_entries=8, show_spinner=False)
def _survival(index: int) -> tuple[float, ...]:
    return survival(ROWS[index])


def _table(page: Page) -> None:
    """The table by which the page can be checked against the literature, computed here and now."""
    t = page.t
    st.markdown(linked(t("gradients.survival.about"), t.language))
    heads = [t("gradients.survival.setting"), *(t("gradients.table.lag", lag=lag) for lag in LAGS)]
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|--:" * len(LAGS) + "|"]
    for index, row in enumerate(ROWS):
        figures = [number(value) for value in _survival(index)]
        lines.append("| " + " | ".join([t(f"gradients.survival.{row.id}"), *figures]) + " |")
    st.markdown("\n".join(lines))
