"""A network that was trained here, on the pages that step, compare and go back: handed over within a session.

It is in no link: a page that shows one says so, and leaves the address alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from gates.analysis.ensembles import Loss, band, run_and_backprop
from gates.examples.comparisons import count
from gates.figures.gradients import Curve, flow_alt, flow_figure
from gates.scenes.compare import Column
from gates.scenes.gradients import BackwardScene
from gates.scenes.links.train import KINDS
from gates.scenes.scales import common_scale, largest_cell
from gates.scenes.scene import Scene
from gates.text import escape
from gates.ui import connection
from gates.ui.charts import theme
from gates.ui.compare import panels
from gates.ui.frame import Page
from gates.ui.gradients import backward
from gates.ui.stage import component
from gates.ui.step import view

TRANSFERRED, LOST = "trained", "handed"
COLUMN = {
    "lstm": "lstm",
    "lstm-coupled": "lstm-coupled",
    "gru": "gru-after",
    "gru-before": "gru-before",
    "rnn": "rnn",
}
"""The compare page's name for each kind of cell that is trained."""


@dataclass(frozen=True, eq=False)
class Part:
    """One of the networks handed over: its title, its kind of cell as a recipe names it, and its run."""

    title: str
    kind: str
    scene: Scene


@dataclass(frozen=True, eq=False)
class Transferred:
    """What a page was given: the trained network first, and what to see it against; nonce: of that page."""

    title: str
    parts: tuple[Part, ...]
    nonce: str | None = None


def send(name: str, transferred: Transferred) -> None:
    """Gives a network to a page, which shows it when it is opened next."""
    st.session_state.setdefault(TRANSFERRED, {})[name] = transferred


def show(page: Page) -> bool:
    """Shows what was handed to a page, if anything was; a link that arrives puts an end to it."""
    transferred = st.session_state.get(TRANSFERRED, {}).get(page.name)
    if transferred is None:
        _show_lost(page)
        return False
    if transferred.nonce is None:
        send(page.name, replace(transferred, nonce=page.nonce))
    elif transferred.nonce != page.nonce:
        _discard(page)
        return False
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            page.t("transfer.about", title=transferred.title),
            icon=":material/model_training:",
            width="stretch",
        )
        st.button(
            page.t("transfer.back"), key=f"{page.name}.trained.back", on_click=_discard, args=(page,),
            icon=":material/undo:",
        )  # fmt: skip
    connection.remember(page.name, {LOST: transferred.title[: connection.LONGEST_VALUE]}, stays=False)
    ways: dict[str, Callable[[Page, Transferred], None]] = {
        "compare": _compared,
        "gradients": _show_gradients,
    }
    ways.get(page.name, _stepped)(page, transferred)
    return True


def _show_lost(page: Page) -> None:
    """Says that a network was shown here which the server has forgotten, and where it can be had again."""
    key = f"{page.name}.{LOST}"
    title = connection.recall(page.name).get(LOST)
    if title:
        st.session_state[key] = title, page.nonce
    title, nonce = st.session_state.get(key, ("", ""))
    if title and nonce == page.nonce:
        st.warning(page.t("transfer.lost", title=title), icon=":material/history:")


def _discard(page: Page) -> None:
    st.session_state[TRANSFERRED].pop(page.name, None)


@st.fragment
def _stepped(page: Page, transferred: Transferred) -> None:
    """The stage and the panels of a step page."""
    scene = transferred.parts[0].scene
    component.show(page, scene, move=view.move(page), random=False, watch=None, link=None)
    view.panels(page, scene)


@st.fragment
def _compared(page: Page, transferred: Transferred) -> None:
    """The networks side by side, and the compare page's own panels."""
    panels.take(page)
    columns = [Column(COLUMN[part.kind], part.title, part.scene, None) for part in transferred.parts]
    largest = largest_cell(column.scene.trace for column in columns)
    component.show(page, columns[0].scene, bar=True, random=False, watch=None, link=None)
    for index, (container, column) in enumerate(zip(st.columns(len(columns)), columns, strict=True)):
        header: dict[str, Any] = {
            "random": False,
            "watch": None,
            "link": None,
            "follow": True,
            "compact": True,
            "scale": common_scale(column.scene.trace, largest),
        }
        with container:
            total = page.t("compare.parameters", count=f"{count(column.scene.cell).total:,}")
            st.markdown(f"**{escape.markdown(column.title)}** · {total}")
            component.show(page, column.scene, key=f"stage.{index}", **header)
    panels.memory(page, columns)
    panels.show(page, columns)


@st.fragment
def _show_gradients(page: Page, transferred: Transferred) -> None:
    """How far back a loss at the end is felt, and the stage with its belt run backwards."""
    t = page.t
    scene = transferred.parts[0].scene
    steps = len(scene.sequence)
    loss = Loss(aim="last", at=None, unit=0, reads="hidden", symbols=0)
    run = run_and_backprop(scene.cell, loss, scene.sequence.x, 0)
    norms = run.norms()
    kind = KINDS[transferred.parts[0].kind]
    curves = [Curve(kind, "hidden", band(norms.hidden[None]))]
    if norms.cell is not None:
        curves.append(Curve(kind, "cell", band(norms.cell[None])))
    back = BackwardScene(scene, loss, t.plain("gradients.loss.last", state="h", step=steps), run)
    backward.show(page, back, scene, link=None, random=False)
    st.plotly_chart(
        flow_figure(curves, theme=theme(), t=t.plain, steps=steps),
        theme=None,
        key=f"{page.name}.trained.flow",
        config={"displaylogo": False},
        alt=flow_alt(curves, t.plain, steps),
    )
