"""The compare page: up to four kinds of cell read one input, step by step together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from gates.examples.comparisons import COLUMNS, COMPARISONS, MOST_COLUMNS, aligned, count
from gates.examples.notation.letters import symbols
from gates.inputs.sequence import InputError
from gates.inputs.sequence import Sequence as Reading
from gates.scenes import scene as scenes
from gates.scenes.links.compare import CompareState
from gates.scenes.scales import common_scale, largest_cell
from gates.scenes.scene import Scene
from gates.scenes.state import SOURCES
from gates.text import escape
from gates.ui import controls, files
from gates.ui.compare import panels
from gates.ui.compare.column import Column, state_of
from gates.ui.frame import Page
from gates.ui.large import one_at_a_time
from gates.ui.stage import component


def choose(page: Page) -> None:
    """Shows what goes in and through which cells."""
    t = page.t
    with st.container(horizontal=True, vertical_alignment="bottom"):
        controls.pick(
            page, "source", SOURCES, lambda name: t(f"compare.source.{name}"),
            label=t("input.source"), width=230,
        )  # fmt: skip
        if state_of(page).source == "preset":
            _prepared(page)
        else:
            controls.own_input(page)
            _cells(page)
        controls.segments(page, "update", ("keep", "write"))
        files.menu(page)
    if state_of(page).source != "preset":
        st.caption(t("compare.aligned"))


@st.fragment
@one_at_a_time
def show(page: Page) -> None:
    """Shows the cells side by side, and below them what they have in common and in what they differ."""
    panels.take(page)
    columns = current(page)
    if columns:
        guessing = component.guesses(page)
        if state_of(page).source == "preset" and not guessing:
            panels.answer(page, columns)
        _stages(page, columns)
        if guessing:  # all below shows how the runs end
            st.info(page.t("ui.guess.covered.page"))
            return
        panels.memory(page, columns)
        panels.show(page, columns)


def current(page: Page) -> list[Column]:
    """The columns of the page's state; of the last one that was possible, where its input is none."""
    good = f"{page.name}.good"
    try:
        columns = build(page, state_of(page))
    except InputError as wrong:
        st.error(
            f"{page.t(wrong.key, **wrong.values)} {page.t('input.last_good')}", icon=":material/edit_note:"
        )
        last = replace(st.session_state.get(good, CompareState()), lang=page.state.lang)
        return build(page, last)
    st.session_state[good] = state_of(page)
    return columns


def build(page: Page, state: CompareState) -> list[Column]:
    """The columns that a state describes.

    Raises:
        InputError: where its input is none.
    """
    if state.source == "preset":
        task = COMPARISONS[state.preset]
        made = [(entry.column, entry.make(), entry.can) for entry in task.entries]
        return [_column(page, name, cell, task.sequence, can) for name, cell, can in made]
    sequence = scenes.own_input(state)
    assert sequence is not None
    inputs = sequence.x.shape[1]
    return [
        _column(page, name, aligned(name, inputs, state.hidden, state.seed, state.bias), sequence, None)
        for name in state.columns
    ]


def _column(page: Page, name: str, cell: Any, sequence: Reading, can: bool | None) -> Column:
    scene = Scene(cell, sequence, cell.run(sequence.x), None, {})
    return Column(name, page.t(f"compare.column.{name}"), scene, can)


def _prepared(page: Page) -> None:
    t, key = page.t, page.key("preset")
    page.fill(key, state_of(page).preset)
    chosen = st.selectbox(
        t("compare.task"),
        COMPARISONS,
        format_func=lambda name: t(f"compare.preset.{name}"),
        key=key,
        width=400,
    )
    if chosen != state_of(page).preset:
        page.keep(replace(state_of(page), preset=chosen, disturb=0))
        st.session_state.pop(page.key("disturb"), None)


def _cells(page: Page) -> None:
    t, key = page.t, page.key("columns")
    page.fill(key, list(state_of(page).columns))
    chosen = st.multiselect(
        t("compare.cells"),
        COLUMNS,
        format_func=lambda name: t(f"compare.column.{name}"),
        key=key,
        max_selections=MOST_COLUMNS,
        width=420,
    )
    if chosen:
        page.keep(replace(state_of(page), columns=tuple(chosen)))
    controls.count(page, "hidden", t("input.hidden"), 1, 64)
    controls.count(page, "seed", t("input.seed"), 0, 10**9)
    controls.count(page, "bias", t("compare.bias"), -20.0, 20.0, help=t("compare.bias.help"))


def _stages(page: Page, columns: Sequence[Column]) -> None:
    """One transport over the whole width, and below it the stages that it moves, side by side."""
    state = state_of(page)
    drawn = state.source != "preset"
    largest = largest_cell(column.scene.trace for column in columns)
    guessing = component.guesses(page)
    with st.container(key=f"{page.name}.together"):
        bar = component.bar((column.scene.cell.hidden, column.kind) for column in columns)
        component.show(page, columns[0].scene, guesses=True, **bar)
        spots = st.columns(len(columns))
    for place, (spot, column) in enumerate(zip(spots, columns, strict=True)):
        header: dict[str, Any] = {
            "random": drawn,
            "watch": None,
            "scale": common_scale(column.scene.trace, largest),
            "update": state.update if column.kind == "gru" else "keep",
            "symbols": _symbols(page, column),
            "link": None,
            "follow": True,
            "compact": True,
            "heading": column.title if guessing else _heading(page, column),
            "called": column.title,
            "guesses": True,
        }
        with spot:
            _head(page, column, judged=not guessing)
            component.show(page, column.scene, key=f"stage.{place}", **header)


def _heading(page: Page, column: Column) -> str:
    """What stands above a column where the comparison fills the screen."""
    verdict = {True: "compare.can", False: "compare.cannot", None: None}[column.can]
    return column.title if verdict is None else f"{column.title} · {page.t.plain(verdict)}"


def _head(page: Page, column: Column, judged: bool) -> None:
    """Shows what stands in a column: its name, whether it does the task (if judged), its size."""
    t = page.t
    total = count(column.scene.cell).total
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{escape.markdown(column.title)}**", width="content")
        if judged and column.can is not None:
            good = column.can
            st.badge(
                t("compare.can" if good else "compare.cannot"),
                icon=":material/check:" if good else ":material/close:",
                color="green" if good else "red",
            )
        st.caption(t("compare.parameters", count=f"{total:,}"), width="content")


def _symbols(page: Page, column: Column) -> dict[str, str]:
    """The letters of a column; an LSTM without tanh on its way out shows c itself."""
    state, scene = page.state, column.scene
    labels = dict(symbols(column.kind, state.notation, state.update, scene.reset).labels)
    if scene.variant["cell_activation"] == "identity":
        labels["tanh_cell"] = labels["cell"]
    return labels
