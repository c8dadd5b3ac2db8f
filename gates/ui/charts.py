"""Plotly figures on a page: made when first opened, and again only when the run changes."""

from __future__ import annotations

import hashlib
from typing import Any

import streamlit as st

from gates.examples.notation.letters import symbols
from gates.figures.heatmaps import alt_text, hint, signal_heatmaps
from gates.scenes.scene import Scene
from gates.text import escape
from gates.ui.frame import Page

PLOT = {
    "displaylogo": False,
    # A drag zooms, a double click returns: more buttons would stand in a narrow figure's title.
    "modeBarButtonsToRemove": ["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d"],
}
"""How a line figure behaves in the browser."""


def theme() -> str:
    """The reader's theme, ``"light"`` or ``"dark"``."""
    return "dark" if st.context.theme.type == "dark" else "light"


def heatmaps(page: Page, scene: Scene) -> None:
    """Shows all signals of the run over the whole sequence; a click on a cell is kept for the stage."""
    t, state = page.t, page.state
    names = {signal: t(f"signal.{signal}") for signal in scene.trace.signals}

    def draw() -> Any:
        return signal_heatmaps(
            scene.trace,
            symbols=symbols(scene.kind, state.notation, state.update).labels,
            names=names,
            tokens=scene.sequence.tokens,
            columns=[t(column) if scene.sequence.keyed else column for column in scene.sequence.columns],
            unit_names=[t(unit) for unit in scene.preset.units] if scene.preset else (),
            theme=theme(),
            t=t.plain,
            update=state.update,
        )

    made_from = (state.lang, state.notation, state.update, theme(), _digest(scene))
    figure = _unchanged(f"{page.name}.figure", made_from, draw)
    st.caption(escape.markdown(hint(figure, t.plain)))
    st.plotly_chart(
        figure,
        theme=None,
        key=f"{page.name}.heatmaps",
        on_select="rerun",
        selection_mode="points",
        config={"displaylogo": False},
        alt=alt_text(scene.trace, names=names, t=t.plain, update=state.update),
    )


def _digest(scene: Scene) -> str:
    """What tells one run from another: every number that the figure shows, and the words on its axes."""
    digest = hashlib.blake2b(repr((scene.sequence.tokens, scene.sequence.columns)).encode(), digest_size=12)
    for signal in scene.trace.signals:
        digest.update(getattr(scene.trace, signal).tobytes())
    return digest.hexdigest()


def _unchanged(name: str, made_from: Any, make: Any) -> Any:
    """The figure as it was last made for this session, unless what it is made from differs."""
    cached = st.session_state.get(name)
    if cached is None or cached[0] != made_from:
        st.session_state[name] = cached = (made_from, make())
    return cached[1]
