"""The demonstrations of the gradients page that are not about three cells: latch, leak and cliff."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from gates.examples import demonstrations
from gates.examples.demonstrations import BIASES, Surface
from gates.figures.demonstrations import cliff_figure, decay_figure, latch_figure, squash_figure
from gates.figures.plain import SUPERSCRIPTS, number
from gates.scenes import gradients
from gates.ui import controls
from gates.ui.charts import PLOT, theme
from gates.ui.frame import Page
from gates.ui.gradients import backward, runs
from gates.ui.gradients.runs import state_of


def choose(page: Page) -> None:
    """Shows what can be moved in the demonstration on show."""
    t = page.t
    st.markdown(t(f"gradients.demo.{state_of(page).demo}.text"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        match state_of(page).demo:
            case "latch":
                _weight(page)
                controls.count(page, "steps", t("gradients.steps"), 2, 1000)
            case "decay":
                controls.count(page, "steps", t("gradients.steps"), 1, 1000)
            case "cliff":
                key = page.key("cliff_clip")
                page.fill(key, state_of(page).cliff_clip)
                clipped = st.toggle(t("gradients.cliff.clip"), key=key)
                page.keep(replace(state_of(page), cliff_clip=clipped))


def show(page: Page) -> None:
    """Shows the demonstration's figures, its numbers, and its run on the stage."""
    {"latch": _latch, "decay": _decay, "cliff": _cliff}[state_of(page).demo](page)


def _weight(page: Page) -> None:
    key = page.key("weight")
    page.fill(key, min(state_of(page).weight, 4.0))
    weight = st.slider(page.t("gradients.weight"), 0.0, 4.0, step=0.05, key=key, width=300)
    page.keep(replace(state_of(page), weight=weight))


def _latch(page: Page) -> None:
    t, state = page.t, state_of(page)
    run = demonstrations.latch(state.weight, state.steps)
    norms = runs.latch_norms(run)
    st.markdown(
        t(
            "gradients.latch.said",
            weight=number(state.weight, 3),
            rest=number(run.rest, 3),
            slope=number(run.slope, 3),
            power=number(run.slope ** (state.steps - 1)),
            steps=state.steps - 1,
            measured=number(float(norms[0])),
        )
    )
    left, right = st.columns([3, 2])
    alt = t.plain("gradients.latch.alt", first=number(float(norms[0])), slope=number(run.slope, 3))
    with left:
        _plot(page, "latch", latch_figure(norms, run, theme=theme(), t=t.plain), alt)
    with right:
        _plot(page, "squash", squash_figure(run, theme=theme(), t=t.plain), alt)
    _on_stage(page)


def _decay(page: Page) -> None:
    t, state = page.t, state_of(page)
    remaining = demonstrations.remaining(state.steps)
    heads = [t("gradients.decay.bias"), *(f"b = {bias:g}" for bias in BIASES)]
    at = [n for n in (1, 10, state.steps) if n <= state.steps]
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|--:" * len(BIASES) + "|"]
    for n in sorted(set(at)):
        lines.append("| " + " | ".join([_power(n), *(number(float(row[n]), 3) for row in remaining)]) + " |")
    st.markdown("\n".join(lines))
    alt = t.plain(
        "gradients.decay.alt",
        steps=state.steps,
        values=", ".join(number(float(row[-1])) for row in remaining),
    )
    _plot(page, "decay", decay_figure(remaining, BIASES, theme=theme(), t=t.plain), alt)
    _on_stage(page)


def _power(n: int) -> str:
    return "σ(b)" + str(n).translate(SUPERSCRIPTS)


@st.cache_data(max_entries=1, show_spinner=False)
def _surface() -> Surface:
    return demonstrations.cliff()


def _cliff(page: Page) -> None:
    t, state = page.t, state_of(page)
    free, clipped = gradients.descent(False), gradients.descent(True)
    paths = [("free", free), *([("clipped", clipped)] if state.cliff_clip else [])]
    descent = clipped if state.cliff_clip else free
    facts = {
        "steepest": number(float(descent.norms.max()), 3),
        "step": descent.steepest,
        "loss": number(float(descent.losses[-1]), 2),
        "w": number(float(descent.places[-1, 0]), 3),
        "b": number(float(descent.places[-1, 1]), 3),
    }
    st.markdown(t(f"gradients.cliff.said.{'clipped' if state.cliff_clip else 'free'}", **facts))
    figure = cliff_figure(_surface(), paths, theme=theme(), t=t.plain)
    _plot(page, "cliff", figure, t.plain("gradients.cliff.alt", **facts))
    steepest = descent.places[descent.steepest]
    st.caption(
        t(
            "gradients.cliff.stage",
            w=number(float(steepest[0]), 3),
            b=number(float(steepest[1]), 3),
        )
    )
    _on_stage(page)


def _plot(page: Page, name: str, figure: Any, alt: str) -> None:
    st.plotly_chart(figure, theme=None, key=f"{page.name}.{name}", config=PLOT, alt=alt)


def _on_stage(page: Page) -> None:
    back = gradients.demonstration_scene(state_of(page), page.t.plain)
    assert back.scene is not None
    backward.show(page, back, back.scene)
