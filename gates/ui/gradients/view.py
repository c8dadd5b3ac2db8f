"""The gradients page: an experiment over seeds or a classic demonstration, and the way back on the stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from gates.analysis.ensembles import AIMS, INITS, KINDS
from gates.examples.demonstrations import DEMONSTRATIONS, FAMILIES, Demonstration
from gates.figures.gradients import Curve, flow_alt, flow_figure
from gates.figures.plain import number
from gates.glossary.uses import linked
from gates.inputs.sequence import InputError
from gates.scenes import gradients
from gates.scenes.gradients import Experiment
from gates.scenes.links.gradients import MOST_SEEDS, SOURCES, GradientState
from gates.ui import background, controls, files
from gates.ui.charts import PLOT, theme
from gates.ui.frame import Page, forget_widgets
from gates.ui.gradients import backward, demos, panels, runs
from gates.ui.gradients.runs import Spread, state_of

GAINS = (
    0.0,
    0.1,
    0.25,
    0.5,
    0.75,
    0.9,
    1.0,
    1.1,
    1.25,
    1.5,
    2.0,
    3.0,
    4.0,
    6.0,
    8.0,
    12.0,
    20.0,
    100.0,
    1e6,
    1e9,
)
BIASES = (None, -3.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0)
OPENS_WITH = {"forget": "forget3"}
"""Which member a family opens with, where it is not its first."""
LAGS = (10, 50)
VANISHED, EXPLODED = 1e-3, 10.0
"""Shares of the gradient at the loss, below and above which the page calls it vanished or exploded."""


def choose(page: Page) -> None:
    """Shows the demonstrations as buttons; the controls of an experiment of one's own are folded away."""
    _demonstrations(page)
    if state_of(page).demo:
        demos.choose(page)
        return
    length = _length(state_of(page))
    with st.expander(page.t("gradients.setup"), icon=":material/tune:", key=f"{page.name}.setup"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _loss(page)
            _input(page)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _weights(page)
    if _length(state_of(page)) != length:
        st.rerun()  # the step of the loss has another range, and stands before what has changed it


@st.fragment
def show(page: Page) -> None:
    """Shows the curves, what they say in numbers, the stage, and the panels below it."""
    if state_of(page).demo:
        demos.show(page)
        return
    controls.take(page, "clipping", "threshold")
    experiment = current(page)
    if experiment is None:
        return
    state = state_of(page)
    made_from = (experiment, state.seed, state.seeds)
    done = background.results(page, "flow", made_from, runs.pieces(experiment, state.seed, state.seeds))
    spreads = runs.spreads(done)
    if spreads:
        left, right = st.columns([11, 10], gap="medium")
        with right:  # first, for the numbers are there long before the figure is drawn
            _numbers(page, experiment, spreads)
        with left:
            _curves(page, experiment, spreads)
    st.info(page.t("gradients.plain"), icon=":material/lightbulb:")
    _on_stage(page, experiment)
    panels.show(page, experiment, spreads)


def current(page: Page) -> Experiment | None:
    """The experiment of the page's state, or the last one that was possible; says what is wrong."""
    state, good = state_of(page), f"{page.name}.good"
    try:
        experiment = gradients.experiment(state)
    except InputError as wrong:
        st.error(page.t(wrong.key, **wrong.values), icon=":material/edit_note:")
        last: Experiment | None = st.session_state.get(good)
        return last
    st.session_state[good] = experiment
    return experiment


def _demonstrations(page: Page) -> None:
    """Shows a button a family, in a second row the members of the one on show, and what is to be seen."""
    t, shown = page.t, gradients.on_show(state_of(page))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"{page.name}.demos"):
        for family, members in FAMILIES.items():
            chosen = shown is not None and shown.id in members
            opens = shown.id if shown is not None and chosen else OPENS_WITH.get(family, members[0])
            _demonstration(page, opens, family, chosen)
        files.menu(page)
    members = next((those for those in FAMILIES.values() if shown and shown.id in those), ())
    if len(members) > 1:
        with st.container(horizontal=True, gap="small", key=f"{page.name}.demos.members"):
            for name in members:
                _demonstration(page, name, name, shown is not None and shown.id == name)
    if shown is None:
        st.markdown(t("gradients.own"))
    elif not state_of(page).demo:
        st.markdown(t(f"gradients.demo.{shown.id}.about"))


def _demonstration(page: Page, name: str, label: str, chosen: bool) -> None:
    demonstration = next(demonstration for demonstration in DEMONSTRATIONS if demonstration.id == name)
    st.button(
        page.t(f"gradients.demo.{label}"),
        key=f"{page.name}.demo.{label}",
        icon=":material/check:" if chosen else None,
        on_click=_open_demonstration,
        args=(page, demonstration),
    )


def _open_demonstration(page: Page, demonstration: Demonstration) -> None:
    page.keep(gradients.opened(demonstration, state_of(page)))
    kept = (f"{page.name}.arrival", f"{page.name}.tabs", f"{page.name}.tab")
    forget_widgets(f"{page.name}.", keep=kept)


def _loss(page: Page) -> None:
    t, state = page.t, state_of(page)
    controls.pick(
        page, "aim", AIMS, lambda aim: t(f"gradients.aim.{aim}"), label=t("gradients.aim"), width=270
    )
    state = state_of(page)
    if state.aim in ("step", "unit", "readout"):
        key = page.key("loss_step")
        last = max(1, _length(state) - (state.aim == "readout"))  # nothing follows the last symbol
        page.fill(key, min(state.loss_step or last, last), among=last)
        if st.session_state[key] > last:
            st.session_state[key] = last
        at = st.number_input(t("gradients.loss_step"), 1, last, key=key, width=120)
        page.keep(replace(state_of(page), loss_step=0 if at == last else int(at)))
    if state.aim == "unit":
        controls.count(page, "loss_unit", t("gradients.loss_unit"), 1, 64)
    controls.segments(
        page,
        "reads",
        ("hidden", "cell"),
        lambda name: t(f"gradients.reads.{name}"),
        label=t("gradients.reads"),
    )


def _length(state: GradientState) -> int:
    """How many steps the state's input has, as far as it can be read."""
    try:
        return len(gradients.read(state, state.seed))
    except InputError:
        return state.steps


def _input(page: Page) -> None:
    t, state = page.t, state_of(page)
    sources: tuple[str, ...] = SOURCES
    if state.aim in ("readout", "every"):
        sources = SOURCES[1:]
        if state.source == "noise":
            page.keep(replace(state, source="letters"))
    controls.pick(
        page,
        "source",
        sources,
        lambda name: t(f"gradients.input.{name}"),
        label=t("gradients.input"),
        width=190,
    )
    state = state_of(page)
    if state.source == "text":
        key = page.key("text")
        page.fill(key, state.text or t("input.text.example"))
        text = st.text_input(t("input.text"), key=key, help=t("input.text.help"))
        page.keep(replace(state_of(page), text=text))
    else:
        controls.count(page, "steps", t("gradients.steps"), 1, 1000, help=t("gradients.steps.help"))


def _weights(page: Page) -> None:
    t = page.t
    _slide(page, "gain", GAINS, _gain_text)
    for field in ("forget", "keep"):
        _slide(page, field, BIASES, lambda value: t("gradients.drawn") if value is None else f"{value:g}")
    controls.segments(
        page, "init", INITS, lambda name: t(f"gradients.init.{name}"), label=t("gradients.init")
    )
    controls.segments(page, "activation", ("tanh", "relu"), label=t("gradients.activation"))
    controls.segments(page, "reset", ("before", "after"), label=t("gradients.reset"))
    controls.count(page, "hidden", t("input.hidden"), 1, 64)
    controls.count(page, "seeds", t("gradients.seeds"), 1, MOST_SEEDS)
    controls.count(page, "seed", t("gradients.seed"), 0, 10**9)


def _gain_text(value: float) -> str:
    return f"{value:g}" if value < 1e5 else number(value, 1)


def _slide(page: Page, field: str, options: Sequence[Any], text: Any) -> None:
    """A slider over values that are worth a look; one that a link brought is put among them."""
    value, key = getattr(state_of(page), field), page.key(field)
    if value not in options:
        options = sorted([*options, value], key=lambda option: -np.inf if option is None else option)
    page.fill(key, value, among=list(options))
    if st.session_state[key] not in options:
        st.session_state[key] = value
    chosen = st.select_slider(
        page.t(f"gradients.{field}"),
        options,
        key=key,
        format_func=text,
        help=page.t(f"gradients.{field}.help"),
        width=220,
    )
    page.keep(replace(state_of(page), **{field: chosen}))


def _curves(page: Page, experiment: Experiment, spreads: Sequence[Spread]) -> None:
    t = page.t
    curves = [
        Curve(spread.kind, name, spread.bands[name], spread.exploded if name == "hidden" else None)
        for spread in spreads
        for name in ("hidden", "cell")
        if name in spread.bands
    ]
    st.plotly_chart(
        flow_figure(curves, theme=theme(), t=t.plain, steps=experiment.steps),
        theme=None,
        key=f"{page.name}.flow",
        config=PLOT,
        alt=flow_alt(curves, t.plain, experiment.steps),
    )


def _numbers(page: Page, experiment: Experiment, spreads: Sequence[Spread]) -> None:
    """The same in numbers: what is left some steps before the loss, and what that means in a word."""
    t = page.t
    at = experiment.loss.step(experiment.steps)
    end = experiment.steps - 1 if at is None else at
    lags = [lag for lag in (*LAGS, end) if 0 < lag <= end]
    lags = sorted(set(lags))
    heads = [t("gradients.table.cell"), *(t("gradients.table.lag", lag=lag) for lag in lags)]
    heads.append(t("gradients.table.factor"))
    lines = [
        "| " + " | ".join([*heads, t("gradients.table.verdict")]) + " |",
        "|" + "---|" * (len(heads) + 1),
    ]
    for spread in spreads:
        mean = spread.memory.mean
        symbol = "c" if "cell" in spread.bands else "h"
        cells = [
            f"**{spread.kind.upper()}** ‖∂L/∂{symbol}‖",
            *(number(float(mean[end - lag])) for lag in lags),
            _times(_factor(mean, end)),
        ]
        lines.append("| " + " | ".join([*cells, _verdict(page, spread, end)]) + " |")
    st.markdown("\n".join(lines))
    if at is not None and end > 0:
        _why(page, spreads, end)


def _why(page: Page, spreads: Sequence[Spread], end: int) -> None:
    """What the gradient is multiplied by in a step back, and what becomes of that over all steps."""
    factors = {spread.kind: _factor(spread.memory.mean, end) for spread in spreads}
    gates = next(spread.bands["product"] for spread in spreads if "product" in spread.bands)
    kept = _factor(gates.mean, end)
    rnn = factors["rnn"]
    if rnn is None or kept is None:
        return
    times = {kind: _times(factor) for kind, factor in factors.items()}
    values = {"kept": number(kept, 3), "power": number(rnn**end), "base": number(rnn, 3), "steps": end}
    st.markdown(linked(page.t("gradients.why", **times, **values), page.t.language))


def _factor(norms: Any, end: int) -> float | None:
    """By what a step back multiplies: geometric mean from step ``end`` to the first; None if it is none."""
    if end == 0 or not np.isfinite(norms[0]) or norms[0] <= 0 or not norms[end] > 0:
        return None
    return float(np.exp((np.log(norms[0]) - np.log(norms[end])) / end))


def _times(factor: float | None) -> str:
    return "–" if factor is None else f"× {number(factor, 3)}"


def _verdict(page: Page, spread: Spread, end: int) -> str:
    t, mean = page.t, spread.memory.mean
    if spread.exploded is not None:
        return t("gradients.verdict.overflow", step=spread.exploded + 1, count=spread.seeds_exploded)
    first, last = float(mean[0]), float(mean[end])
    if first == 0:
        zero = int(np.flatnonzero(mean[: end + 1] == 0)[-1]) + 1
        return t("gradients.verdict.nothing", step=zero)
    ratio = first / last if last else np.inf
    kind = (
        "vanishes" if ratio < VANISHED
        else "survives" if ratio <= 1
        else "grows" if ratio <= EXPLODED
        else "explodes"
    )  # fmt: skip
    return t(f"gradients.verdict.{kind}", ratio=number(ratio))


def _on_stage(page: Page, experiment: Experiment) -> None:
    """Shows the run of the chosen cell and the first seed, with the gradients that run back through it."""
    t = page.t
    controls.segments(page, "cell", KINDS, str.upper, label=t("gradients.cell", seed=state_of(page).seed))
    back = gradients.experiment_scene(experiment, state_of(page), t.plain)
    if back.overran is not None:
        st.warning(t("gradients.overran", step=back.overran), icon=":material/bolt:")
    if back.scene is not None:
        backward.show(page, back, back.scene)
