"""Below the compare page's stages: the memory test, and what the cells have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial, reduce
from typing import Any

import numpy as np
import streamlit as st

from gates.analysis.perturbation import half_life, state_difference
from gates.examples import comparisons
from gates.examples.comparisons import COMPARISONS, FRAMEWORKS, count, parameters_by_framework
from gates.examples.notation.kinds import KINDS
from gates.examples.notation.letters import effective_notation, symbols
from gates.figures.comparison import Answer, Line, Strip, answers_figure, difference_figure, states_figure
from gates.figures.plain import number
from gates.glossary.uses import linked
from gates.scenes.compare import Column
from gates.text import escape
from gates.ui import tabs
from gates.ui.charts import PLOT, theme
from gates.ui.frame import Page

ROLES = (
    "keep", "write", "stabilise", "share_keep", "share_write", "hear", "new", "memory", "normalise", "show",
    "out",
)  # fmt: skip
FRAMEWORK_NAMES = {"pytorch": "PyTorch", "keras": "Keras"}


def answer(page: Page, columns: Sequence[Column]) -> None:
    """Shows what each memory says over time, beside what the task asks for and what there is to see."""
    t, task = page.t, COMPARISONS[page.state.preset]
    answers = [
        Answer(column.kind, column.title, comparisons.answer(task, column.scene.trace)) for column in columns
    ]
    left, right = st.columns([11, 10], gap="medium")
    with right:
        st.markdown(t(f"compare.preset.{task.id}.watch"))
    with left:
        figure = answers_figure(
            answers, task.targets, task.tokens, theme=theme(), t=t.plain, relative=task.relative
        )
        alt = t.plain.between.join(
            t.plain(
                "compare.answer.alt",
                title=line.title,
                first=number(float(line.values[0]), 3),
                last=number(float(line.values[-1]), 3),
            )
            for line in answers
        )
        st.plotly_chart(figure, theme=None, key=f"{page.name}.answer", config=PLOT, alt=alt)


def memory(page: Page, columns: Sequence[Column]) -> None:
    """Shows the memory test: leave out one input and see how long each cell remembers that it was there."""
    t = page.t
    st.header(t("compare.echo"), anchor=False)
    st.markdown(linked(t("compare.echo.about"), t.language))
    at = _disturbed(page, len(columns[0].scene.sequence))
    lines = [
        Line(column.kind, column.title, state_difference(column.scene.cell, column.scene.sequence.x, at - 1))
        for column in columns
    ]
    left, right = st.columns([3, 2], vertical_alignment="center")
    lives = [_half_life_text(page, line) for line in lines]
    each = (
        t.plain("compare.echo.alt.life", title=line.title, life=life)
        for line, life in zip(lines, lives, strict=True)
    )
    summary = reduce(lambda one, other: t.plain("text.items", one=one, other=other), each)
    with left:
        alt = t.plain("compare.echo.alt", step=at, lives=summary)
        figure = difference_figure(lines, theme=theme(), t=t.plain)
        st.plotly_chart(figure, theme=None, key=f"{page.name}.echo", config=PLOT, alt=alt)
    with right:
        heads = [t(f"compare.echo.{name}") for name in ("cell", "start", "end", "half_life")]
        rows = [
            f"| **{escape.markdown(line.title)}** | {number(float(line.difference.memory[at - 1]))} "
            f"| {number(float(line.difference.memory[-1]))} | {life} |"
            for line, life in zip(lines, lives, strict=True)
        ]
        st.markdown("\n".join(["| " + " | ".join(heads) + " |", "|---|--:|--:|--:|", *rows]))
        st.caption(linked(t("compare.half_life.about"), t.language))


def _disturbed(page: Page, steps: int) -> int:
    state: Any = page.state
    key = page.key("disturb")
    page.fill(key, min(state.left_out, steps), among=steps)
    if st.session_state[key] > steps:
        st.session_state[key] = steps
    if steps == 1:
        return 1
    at = int(st.slider(page.t("compare.disturb"), 1, steps, key=key, width=420))
    take(page)
    return at


def take(page: Page) -> None:
    """Stores the step that the memory test leaves out; the stage above it writes the link."""
    state: Any = page.state
    key = page.key("disturb")
    if page.filled(key):
        at = st.session_state[key]
        at_first = replace(state, disturb=0).left_out
        page.keep(replace(state, disturb=0 if at == at_first else at))


def _half_life_text(page: Page, line: Line) -> str:
    life = half_life(line.difference.memory, line.difference.at)
    if life is None:
        return page.t("compare.half_life.more", steps=len(line.difference.memory) - 1 - line.difference.at)
    return page.t("compare.half_life.steps", steps=number(life, 3))


def show(page: Page, columns: Sequence[Column]) -> None:
    """Shows states, equations and sizes side by side, each in a tab made when it is opened."""
    panels: dict[str, Callable[[Page, Sequence[Column]], None]] = {
        "equations": _equations,
        "states": _states,
        "shapes": _shapes,
    }
    tabs.show(page, "compare.tab", {name: partial(panel, page, columns) for name, panel in panels.items()})


def _equations(page: Page, columns: Sequence[Column]) -> None:
    t = page.t
    about: str = t(f"compare.equations.about.{page.state.update}")
    for name in dict.fromkeys(KINDS[column.kind].name for column in columns if KINDS[column.kind].writes):
        about += " " + t("compare.equations.about.writes", name=name)
    st.markdown(about)
    for reason in dict.fromkeys(_reason(page, column) for column in columns):
        if reason:
            st.info(t(reason))
    written = [_written(page, column) for column in columns]
    heads = [t("compare.role"), *(escape.markdown(column.title) for column in columns)]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for role in ROLES:
        if any(role in equation for equation in written):
            cells = [f"${equation[role]}$" if role in equation else "–" for equation in written]
            lines.append("| " + " | ".join([t(f"compare.role.{role}"), *cells]) + " |")
    st.markdown("\n".join(lines))


def _reason(page: Page, column: Column) -> str | None:
    return effective_notation(column.kind, page.state.notation, column.scene.reset)[1]


def _written(page: Page, column: Column) -> dict[str, str]:
    """A column's equations by the role that each plays."""
    state = page.state
    lines = column.scene.equations(state.notation, state.update, theme())
    latex = {line.signal: line.latex for line in lines}
    equations = {role: latex[signal] for role, signal in KINDS[column.kind].roles.items()}
    if column.kind == "gru":
        z = latex["update"].split(" = ")[0]
        equations["write"], equations["keep"] = (
            (f"1 - {z}", latex["update"]) if state.update == "keep" else (latex["update"], f"1 - {z}")
        )
    if KINDS[column.kind].writes:  # whichever way the GRU's z is shown
        equations["keep"] = "1 - " + equations["write"].split(" = ")[0]
    return equations


def _states(page: Page, columns: Sequence[Column]) -> None:
    t, state = page.t, page.state
    strips = []
    for column in columns:
        labels = symbols(column.kind, state.notation, state.update).labels
        trace: Any = column.scene.trace
        memory = {"lstm": ("cell", "hidden"), "slstm": ("mean", "hidden")}.get(column.kind, ("hidden",))
        for signal in memory:
            strips.append(Strip(f"<b>{column.title}</b>  {labels[signal]}", getattr(trace, signal)))
    tokens = columns[0].scene.sequence.tokens
    alt = t.plain.between.join(
        t.plain(
            "compare.states.alt",
            title=_plain(strip.title),
            low=number(float(np.min(strip.values))),
            high=number(float(np.max(strip.values))),
        )
        for strip in strips
    )
    st.plotly_chart(
        states_figure(strips, tokens, theme=theme(), t=t.plain),
        theme=None,
        key=f"{page.name}.states",
        config=PLOT,
        alt=alt,
    )


def _plain(title: str) -> str:
    return " ".join(title.replace("<b>", "").replace("</b>", "").split())


def _shapes(page: Page, columns: Sequence[Column]) -> None:
    t = page.t
    counts = [count(column.scene.cell) for column in columns]
    names = [
        name
        for name in ("W", "U", "b", "b_hn", "p")
        if any(name in cell_count.shapes for cell_count in counts)
    ]
    heads = [t("compare.weights"), *(escape.markdown(column.title) for column in columns)]
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|--:" * len(columns) + "|"]
    for name in names:
        cells = [
            " × ".join(map(str, cell_count.shapes[name])) if name in cell_count.shapes else "–"
            for cell_count in counts
        ]
        lines.append("| " + " | ".join([f"{name} · {t(f'compare.weights.{name}')}", *cells]) + " |")
    totals = [f"**{cell_count.total:,}**" for cell_count in counts]
    lines.append("| " + " | ".join([t("compare.weights.total"), *totals]) + " |")
    st.markdown("\n".join(lines))
    st.caption(linked(t("compare.weights.about"), t.language))
    _frameworks(page, columns)


def _frameworks(page: Page, columns: Sequence[Column]) -> None:
    """How many parameters the papers, PyTorch and Keras count, a row a cell."""
    t = page.t
    heads = [
        t("compare.counts"),
        *(FRAMEWORK_NAMES.get(name) or t(f"compare.counts.{name}") for name in FRAMEWORKS),
    ]
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|--:" * len(FRAMEWORKS) + "|"]
    for column in columns:
        totals_by_name = parameters_by_framework(column.scene.cell)
        totals = ["–" if totals_by_name[name] is None else f"{totals_by_name[name]:,}" for name in FRAMEWORKS]
        lines.append("| " + " | ".join([f"**{escape.markdown(column.title)}**", *totals]) + " |")
    st.markdown("\n".join(lines))
    st.caption(t("compare.counts.none"))
