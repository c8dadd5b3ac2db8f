"""The compare page: up to four kinds of cell read one input, step by step together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from gates.examples.comparisons import COLUMNS, COMPARISONS, MOST_COLUMNS, count
from gates.inputs.sequence import InputError
from gates.scenes import compare
from gates.scenes.compare import Column
from gates.scenes.links.compare import CompareState
from gates.scenes.state import SOURCES
from gates.text import escape
from gates.ui import controls, files
from gates.ui.compare import panels
from gates.ui.compare.column import state_of
from gates.ui.frame import Page
from gates.ui.large_runs import one_at_a_time
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
        columns = compare.columns(state_of(page), page.t.plain)
    except InputError as wrong:
        problem, shown = page.t(wrong.key, **wrong.values), page.t("input.last_good")
        st.error(page.t("text.sentences", one=problem, other=shown), icon=":material/edit_note:")
        last = replace(st.session_state.get(good, CompareState()), lang=page.state.lang)
        return compare.columns(last, page.t.plain)
    st.session_state[good] = state_of(page)
    return columns


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
    guessing = component.guesses(page)
    headers = compare.column_headers(columns, state_of(page), page.t.plain, guessing=guessing)
    with st.container(key=f"{page.name}.together"):
        component.show(
            page, columns[0].scene, **compare.transport_fields(columns, state_of(page), page.t.plain)
        )
        spots = st.columns(len(columns))
    for index, (container, column, header) in enumerate(zip(spots, columns, headers, strict=True)):
        with container:
            _head(page, column, judged=not guessing)
            component.show(page, column.scene, key=f"stage.{index}", **header)


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
