"""The body of a step page: the stage, and below it equations, heatmaps and conventions.

All of it is one fragment, so that a slider on the stage recomputes the run and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

import streamlit as st

from gates.examples import comparisons
from gates.examples.notation.latex import conventions
from gates.examples.notation.letters import effective_notation, symbols
from gates.examples.presets.model import Preset
from gates.figures.heatmaps import picked
from gates.glossary import formulas
from gates.glossary.uses import linked
from gates.scenes import header, pair, payload
from gates.scenes.scene import Scene
from gates.text import escape
from gates.ui import tabs
from gates.ui.charts import heatmaps, theme
from gates.ui.frame import Page
from gates.ui.large_runs import one_at_a_time
from gates.ui.stage import component
from gates.ui.step import controls

Panel = Callable[[Page, Any], None]
NO_PANELS: Mapping[str, Panel] = MappingProxyType({})


@st.fragment
@one_at_a_time
def show(page: Page) -> None:
    """Shows the stage of the page's state, and the panels below it."""
    scene = controls.current(page)
    companion = pair.companion(page.name, page.state, scene)
    # In one place and under one key, so that a filled screen outlives the way from the one to the other.
    with st.container(key=f"{page.name}.together"):
        if companion:
            _pair(page, scene, companion)
        else:
            component.show(page, scene, on_sliders=_keep_sliders(page, scene.preset), move=move(page))
    panels(page, scene)


def panels(page: Page, scene: Scene, more: Mapping[str, Panel] = NO_PANELS) -> None:
    """Shows equations, heatmaps, conventions and what else there is, in tabs made when they are opened."""
    guessing = component.guesses(page) or page.state.check
    by_name: dict[str, Panel] = {
        "equations": _equations,
        "heatmaps": _guessing_note if guessing else heatmaps,
        "conventions": _conventions,
    }
    by_name |= more
    tabs.show(page, "tab", {name: partial(panel, page, scene) for name, panel in by_name.items()})


def _pair(page: Page, scene: Scene, companion: Scene) -> None:
    """Shows the run and the one beside it, below one transport."""
    component.show(page, scene, move=move(page), **pair.bar(scene, companion))
    left, right = st.columns(2)
    with left:
        fields = _headed(page, scene)
        component.show(page, scene, key="main", on_sliders=_keep_sliders(page, scene.preset), **fields)
    with right:
        component.show(page, companion, key="companion", **_headed(page, companion))


def _headed(page: Page, scene: Scene) -> dict[str, Any]:
    """Shows what a run of the pair is, and returns what its stage is told."""
    fields = pair.fields(scene, page.t)
    st.markdown(f"**{escape.markdown(fields['heading'])}**")
    return fields


@st.fragment
def stage_alone(page: Page) -> None:
    """Shows the stage and nothing else: the home page's living picture."""
    scene = controls.current(page)
    component.show(page, scene, on_sliders=_keep_sliders(page, scene.preset))


def _keep_sliders(page: Page, preset: Preset | None) -> Callable[[dict[str, Any]], None]:
    def keep(sent: dict[str, Any]) -> None:
        page.keep(replace(page.state, sliders=header.moved_sliders(page.state, sent, preset)))

    return keep


def move(page: Page) -> dict[str, Any] | None:
    """The place that was last picked in a heatmap, if one was."""
    moves = f"{page.name}.move"
    cell = _newly_picked(page)
    if cell:
        count = st.session_state.get(moves, {}).get("count", 0) + 1
        step, unit, signal = cell
        st.session_state[moves] = {
            "nonce": f"{page.nonce}/{count}",
            "count": count,
            "step": step,
            "unit": None if signal == "x" else unit,  # an input's column is no unit
            "phase": None,
            "view": None,
        }
    latest: dict[str, Any] | None = st.session_state.get(moves)
    return latest if latest and latest["nonce"].startswith(f"{page.nonce}/") else None


def _newly_picked(page: Page) -> tuple[int, int, str] | None:
    """The cell that was clicked since the last run; a second click on a cell takes its selection away."""
    name = f"{page.name}.picked"
    event = st.session_state.get(f"{page.name}.heatmaps")
    before, now = st.session_state.get(name), picked(event)
    st.session_state[name] = now
    return (now or before) if event is not None and now != before else None


def _guessing_note(page: Page, _: Scene) -> None:
    st.info(page.t("lab.check.covered" if page.state.check else "ui.guess.covered"))


def _equations(page: Page, scene: Scene) -> None:
    state = page.state
    _, reason = effective_notation(scene.kind, state.notation, scene.reset)
    if reason:
        st.info(page.t(reason))
    lines = scene.equations(state.notation, state.update, theme())
    rows = r" \\[2pt] ".join(line.latex.replace(" = ", " &= ", 1) for line in lines)
    st.latex(rf"\begin{{aligned}} {rows} \end{{aligned}}", width="content")
    st.caption(linked(page.t("equations.symbols"), page.t.language))
    for clamp in payload.clamps(scene.trace):
        st.markdown(_held(page, scene, clamp))
    cell = comparisons.column_of(scene.cell)
    st.link_button(
        page.t("formulas.link"),
        formulas.link(cell, page.t.language, state.notation, state.update),
        icon=":material/print:",
    )


def _held(page: Page, scene: Scene, clamp: dict[str, Any]) -> str:
    """Says where an equation does not count, because its signal is held."""
    t, state, signal = page.t, page.state, clamp["signal"]
    units, steps, value = clamp["units"], clamp["steps"], clamp["value"]
    if signal == "update" and state.update == "write":
        value = 1 - value
    key = "lab.page.held"
    return t(
        key,
        symbol=symbols(scene.kind, state.notation, state.update, scene.reset).labels[signal],
        value=f"{value:g}".replace("-", "−"),
        units=t(f"{key}.units", units=", ".join(str(unit + 1) for unit in units))
        if units
        else t(f"{key}.units.all"),
        steps=t(f"{key}.steps", first=steps[0] + 1, last=steps[1] + 1) if steps else t(f"{key}.steps.all"),
    )


def _conventions(page: Page, scene: Scene) -> None:
    state = page.state
    explained: set[str] = set()
    for key in conventions(scene.kind, state.notation, reset=scene.reset, update=state.update):
        st.markdown(linked(page.t(key), page.t.language, explained))
