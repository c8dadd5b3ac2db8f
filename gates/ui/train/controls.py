"""What the train page asks before a run: the task, the cell, own data, and the recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from gates.errors import GatesError
from gates.scenes.links.train import SECOND_RUNS, TrainState
from gates.training.recipe import BOUNDS, CELLS, INITS, OPTIMISERS, Recipe
from gates.training.tasks import series
from gates.training.tasks.registry import FROM_SOURCE, TASKS
from gates.ui import controls, textfile, trainings
from gates.ui.frame import Page, popover
from gates.ui.train import language
from gates.ui.train.stage import state_of

FIRST = ("hidden", "forget_bias", "steps", "seed")
REST = ("lr", "batch", "layers", "length", "clip")
STEPS = {"lr": 0.001, "clip": 0.1, "forget_bias": 1.0}
LARGEST_UPLOAD = 2
"""Megabytes of own data."""
TYPED = "training.typed"
"""By task the own data that were entered in this session, which no link to another run takes away."""


def task(page: Page) -> None:
    """Shows what is learned, by which kind of cell, and what runs beside it."""
    t, before = page.t, state_of(page)
    controls.pick(
        page, "task", tuple(TASKS), lambda name: t(f"task.{name}"), label=t("train.task"), width=210
    )
    controls.pick(page, "kind", CELLS, lambda name: t(f"train.cell.{name}"), label=t("train.cell"), width=200)
    state = state_of(page)
    if (state.task, state.kind) != (before.task, before.kind):
        kept = {name: value for name, value in state.changes.items() if name == "seed"}
        page.keep(replace(state, changes=kept, own=before.own if state.task == before.task else None))
    kind = state_of(page).kind
    options = tuple(name for name in SECOND_RUNS if name != kind and not (name == "bias0" and kind == "rnn"))
    if state.beside not in options:
        page.keep(replace(state_of(page), beside=""))
        st.session_state.pop(page.key("beside"), None)
    controls.pick(
        page, "beside", options, lambda name: t(f"train.beside.{name or 'nothing'}"),
        label=t("train.beside"), width=220,
    )  # fmt: skip


def source(page: Page) -> None:
    """Shows where own data go in: typed, pasted or from a file whose size is looked at before it is read."""
    state, t = state_of(page), page.t
    if state.task == "characters":
        language.text(page)
    if state.task not in FROM_SOURCE:
        return
    _recall(page)
    _from_run(page)
    _use_typed_source(page)
    state = state_of(page)
    key = f"{page.name}.own.{state.task}"
    page.fill(key, state.data or "")
    left, right = st.columns([3, 1])
    with right:  # first, for what a file brings is what is shown on the left
        _file(page, key)
    with left:
        text = st.text_area(
            t(f"train.own.{state.task}"), key=key, height=110, help=t(f"train.own.{state.task}.help")
        )
    if text != state.data:
        page.keep(replace(state, own=text))
        st.session_state.setdefault(TYPED, {})[state.task] = text
    if state.task == "series" and text and _usual(state_of(page)) is not None:
        for note in series.notes(text):
            st.caption(t(note.key, **note.values))


def _file(page: Page, key: str) -> None:
    """Takes a text file, unless it is too large, which is seen before it is read."""
    label = page.t("train.upload", size=LARGEST_UPLOAD)
    text = textfile.dropped_text(page, key, label, ("txt", "csv"), LARGEST_UPLOAD)
    if text is not None:
        textfile.done(key)
        st.session_state[key] = text


def recipe(page: Page) -> None:
    """Shows the recipe: the fields that matter most, and the rest for who wants it."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="recipe"):
        _fields(page, FIRST)
        _more(page)


def _recall(page: Page) -> None:
    """Takes what was entered before, where a link says nothing of it, as of what is too long for one."""
    state = state_of(page)
    typed = st.session_state.get(TYPED, {}).get(state.task)
    if state.own is None and typed:
        page.keep(replace(state, own=typed))


def _from_run(page: Page) -> None:
    """Takes data that were too long for the link from the run that was trained on them."""
    state = state_of(page)
    view = trainings.look(state.run) if state.own is None and state.run else None
    if view is not None and view.recipe.task == state.task:
        trained_on = view.folder.source
        if trained_on != state.data:
            page.keep(replace(state, own=trained_on))


def _use_typed_source(page: Page) -> None:
    """Takes the text or numbers typed on another page, where they are enough to learn from."""
    state = state_of(page)
    typed = state.text if state.task == "text" else state.numbers
    if state.own is None and not state.run and typed:
        with_data = replace(state, own=typed)
        if _usual(with_data) is not None:
            page.keep(with_data)


def _usual(state: TrainState) -> Recipe | None:
    """The recipe measured for the task and the cell; None where own data are none."""
    try:
        return Recipe.of(state.task, state.kind, source=state.data)
    except GatesError:
        return None


def _fields(page: Page, names: Sequence[str]) -> None:
    usual = _usual(state_of(page))
    for name in names:
        if usual is not None and not (name == "forget_bias" and usual.cell == "rnn"):
            _number(page, name, getattr(usual, name))


def _number(page: Page, name: str, usual: Any) -> None:
    state, t = state_of(page), page.t
    key = f"{page.name}.recipe.{state.task}.{state.kind}.{name}"
    page.fill(key, state.changes.get(name, usual))
    low, high = BOUNDS[name]
    whole = isinstance(low, int)
    label = "update_bias" if name == "forget_bias" and state.kind.startswith("gru") else name
    value = st.number_input(
        t(f"train.{label}"),
        low,
        high,
        value=None,
        key=key,
        step=1 if whole else STEPS[name],
        format="%d" if whole else "%.4g",
        width=140,
        help=t(f"train.{label}.help"),
        placeholder=t(f"train.{name}.none") if f"train.{name}.none" in t else None,
    )
    _change(page, name, value, usual)


def _change(page: Page, name: str, value: Any, usual: Any) -> None:
    """Notes where a field differs from the measured recipe; one that may not be empty keeps its value."""
    state = state_of(page)
    changes = {field: kept for field, kept in state.changes.items() if field != name}
    if value != usual and not (value is None and f"train.{name}.none" not in page.t):
        changes[name] = value
    if changes != state.changes:
        page.keep(replace(state, changes=changes))


def _more(page: Page) -> None:
    """Shows the rest of the recipe, for who wants it."""
    t, state = page.t, state_of(page)
    usual = _usual(state)
    if usual is None:
        return
    with popover(t("train.more"), icon=":material/tune:"):
        with st.container(horizontal=True):
            _fields(page, REST)
        for name, options in (("optimiser", OPTIMISERS), ("init", INITS), ("scratch", (False, True))):
            _segments(page, name, options, getattr(usual, name))
        st.caption(t("train.more.about"))


def _segments(page: Page, name: str, options: tuple[Any, ...], usual: Any) -> None:
    state, t = state_of(page), page.t
    key = f"{page.name}.recipe.{state.task}.{state.kind}.{name}"
    page.fill(key, state.changes.get(name, usual), options)
    value = st.segmented_control(
        t(f"train.{name}"),
        options,
        format_func=lambda option: t(f"train.{name}.{str(option).lower()}"),
        key=key,
        required=True,
        help=t(f"train.{name}.help"),
    )
    _change(page, name, usual if value is None else value, usual)
