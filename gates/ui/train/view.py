"""The train page: choose a task, press Train, and watch loss and gates while they learn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from gates.errors import GatesError
from gates.figures.plain import number
from gates.scenes import film as films
from gates.scenes import training
from gates.scenes.film import Film
from gates.scenes.links.train import TrainState
from gates.scenes.training import ShownRun
from gates.text.numbers import share
from gates.training.runs.run import View
from gates.ui import clicks, files, trainings
from gates.ui.frame import Page, forget_widgets
from gates.ui.train import browser, controls, language, offered, panels, stage
from gates.ui.train.stage import state_of

PAUSE, LONG_PAUSE = 0.6, 2.5
"""Seconds between two looks at a run that goes on; longer where each look sends much to the browser."""
LARGE = 64
"""Hidden units of a run of which a look sends much."""
ICONS = {
    "failed": ":material/error:",
    "lost": ":material/error:",
    "stopped": ":material/stop_circle:",
}
EXPERIMENTS: dict[str, dict[str, Any]] = {
    "parity": {"task": "parity", "kind": "lstm"},
    "bias": {"task": "recall", "kind": "lstm", "beside": "bias0"},
    "cells": {"task": "temporal-order", "kind": "lstm", "beside": "rnn"},
    "timemachine": {"task": "characters", "kind": "gru", "beside": "scratch"},
}
"""Runs that are one click."""


def choose(page: Page) -> None:
    """Shows what is to be learned, by what, and how; and the button that lets it begin."""
    _experiments(page)
    begin = f"{page.name}.start"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        controls.task(page)
        clicks.button(
            page.t("train.start"),
            key=begin,
            icon=":material/play_arrow:",
            shortcut="Ctrl+Enter",
            type="primary",
        )
        files.menu(page)
    with st.container():  # of the same number of elements for every task
        controls.source(page)
    controls.recipe(page)
    _about(page)
    if clicks.waits(begin):
        start(page)
        clicks.done(begin)
        st.rerun()
    browser.keep(page, state_of(page))


def _experiments(page: Page) -> None:
    """Shows the runs that are one click."""
    t = page.t
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(t("train.experiments"), width="content")
        for name, changes in EXPERIMENTS.items():
            key, help = f"{page.name}.experiment.{name}", t(f"train.experiment.{name}.about")
            if clicks.button(t(f"train.experiment.{name}"), key=key, help=help):
                _open_experiment(page, **changes)
                if name != "timemachine" or _as_published(page):
                    clicks.note(f"{page.name}.start")
                clicks.done(key)


def _as_published(page: Page) -> bool:
    """Sets the published recipe, or keeps it in mind until there is a text; whether there is one."""
    st.session_state[f"{page.name}.published"] = True
    with st.spinner(page.t("train.text.fetching")):
        return language.set_published(page)


def _open_experiment(page: Page, **changes: Any) -> None:
    """Makes a prepared experiment the state, and lets every widget begin from it."""
    page.keep(replace(browser.opened(state_of(page)), **changes))
    forget_widgets(*(f"{page.name}.{part}" for part in ("recipe.", "task", "kind", "beside")))


def _about(page: Page) -> None:
    """Says what the task is and what its gates should learn, or what is wrong with what was asked for."""
    t, state = page.t, state_of(page)
    with st.container(gap=None, key=f"{page.name}.about"):
        about, gates = t(f"task.{state.task}.about"), t(f"task.{state.task}.gates")
        st.markdown(t("text.sentences", one=about, other=gates))
        refused = st.session_state.pop(f"{page.name}.refused", None)
        try:
            state.recipe()
            state.second_recipe()
        except GatesError as wrong:
            beside_text = wrong.key.startswith("error.training.corpus.")  # beside the choice of the text
            refused = refused if beside_text else wrong
        if refused is not None:
            st.error(t(refused.key, **refused.values), icon=":material/edit_note:")


def start(page: Page) -> None:
    """Lets the run that the page asks for begin, and the one beside it; what is refused is said."""
    state, owner = state_of(page), browser.owner()
    try:
        recipe, second = state.recipe(), state.second_recipe()
        run = trainings.pool().start(recipe, state.data, owner)
        page.keep(replace(state, run=run, other="", checkpoint=None))
        if second is not None:
            second_run = trainings.pool().start(second, state.data, owner)
            page.keep(replace(state_of(page), other=second_run))
    except GatesError as wrong:
        st.session_state[f"{page.name}.refused"] = wrong


def show(page: Page) -> None:
    """Shows the runs of the page's state: how far they are, the stage with the film, and the panels below."""
    state = state_of(page)
    views = [trainings.look(name) for name in (state.run, state.other) if name]
    live = any(view is not None and not view.ended for view in views)
    st.session_state[f"{page.name}.live"] = live
    large = any(view is not None and view.recipe.hidden > LARGE for view in views)
    pause = LONG_PAUSE if large else PAUSE
    st.fragment(_runs, run_every=pause if live else None)(page)


def _runs(page: Page) -> None:
    state = state_of(page)
    names = [name for name in (state.run, state.other) if name]
    views = [trainings.look(name) for name in names]
    runs = current(page, state, views)
    with st.container(gap="xsmall", key=f"{page.name}.said"):
        for index, (name, view) in enumerate(zip(names, views, strict=True)):
            if view is None:
                why = trainings.pool().why_removed(name) or "train.gone"
                st.warning(page.t(why), icon=":material/history:")
            else:
                _status(page, view, index, _title(page, view, views))
        _explain_other_run(page, state, views, runs[0])
    # In places of their own, so that a filled screen outlives the way from one run to another.
    with st.container():
        _layers(page, runs[0].film.recipe.layers)
    with st.container(key=f"{page.name}.together"):
        _stages(page, state_of(page), runs)
    panels.show(page, runs)
    live = any(view is not None and not view.ended for view in views)
    if live != st.session_state.get(f"{page.name}.live"):
        st.rerun()  # the fragment is to look again by itself, or to rest


def _explain_other_run(page: Page, state: TrainState, views: Sequence[View | None], run: ShownRun) -> None:
    """Says so where the picture is not of what is chosen; a run that has just begun tells that by itself."""
    t, recipe = page.t, run.film.recipe
    names = {view.id for view in views if view is not None}
    if names and (run.view is None or run.view.id not in names):
        return
    if not names or (recipe.task, recipe.cell) != (state.task, state.kind):
        setup = f"{t(f'task.{state.task}')} · {t(f'train.cell.{state.kind}')}"
        sentence = t("train.elsewhere", title=run.title, asked=setup, start=t("train.start"))
        st.info(sentence, icon=":material/history:")


def current(page: Page, state: TrainState, views: Sequence[View | None]) -> list[ShownRun]:
    """The runs that have something to show; before the first checkpoint what was shown before."""
    runs = []
    for view in views:
        film = None if view is None else _film(view)
        if view is not None and film is not None:
            runs.append(ShownRun(view, film, _title(page, view, views)))
    key = f"{page.name}.good"
    if runs:
        st.session_state[key] = state.run
        return runs
    before = trainings.look(st.session_state.get(key, ""))
    film = None if before is None else _film(before)
    if before is not None and film is not None:
        return [ShownRun(before, film, _title(page, before, ()))]
    return [training.example(page.t)]


def _film(view: View) -> Film | None:
    """What a run has shown so far; None before its first checkpoint, or where its folder is gone."""
    try:
        film = films.film(view.folder)
    except (OSError, GatesError):
        return None
    return film if film.frames else None


def _title(page: Page, view: View, views: Sequence[View | None]) -> str:
    """What a run is called: its task and cell, and beside another one what else tells it apart."""
    others = [other.recipe for other in views if other is not None and other is not view]
    return training.title(view.recipe, others, page.t)


def _stages(page: Page, state: TrainState, runs: Sequence[ShownRun]) -> None:
    """Shows one stage, or two side by side that move together."""

    def refuses(query: Mapping[str, str]) -> str | None:
        return offered.refusal(query, page.t.plain)

    stage.show(page, state, runs if state.other else runs[:1], offered.runs(state), refuses)


def _layers(page: Page, layers: int) -> None:
    if layers > 1:
        key = page.key("layer")
        page.fill(key, state_of(page).layer or layers)
        if st.session_state[key] is not None and st.session_state[key] > layers:
            st.session_state[key] = layers
        chosen = st.segmented_control(
            page.t("train.layer"),
            range(1, layers + 1),
            key=key,
            required=True,
            help=page.t("train.layer.help"),
        )
        page.keep(replace(state_of(page), layer=0 if chosen == layers else int(chosen or 0)))


def _status(page: Page, view: View, index: int, title: str) -> None:
    """Says how far a run is, and lets the browser that started it pause and stop it."""
    t, status = page.t, view.status
    if view.ended:
        _ending(page, view, title)
        return
    word = browser.owner_token(view.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        text = f"**{title}** · {_progress(page, view)}"
        st.progress(min(1.0, status.step / max(1, status.steps)), text)
        if word is None:
            st.caption(t("train.watching"), width="content")
            return
        paused = status.state == "paused"
        order: Callable[..., Any] = trainings.pool().resume if paused else trainings.pool().pause
        name = "continue" if paused else "pause"
        icon = ":material/play_arrow:" if paused else ":material/pause:"
        waits = status.state == "queued"
        arguments = (view.id, word)
        st.button(
            t(f"train.{name}"), key=f"{page.name}.pause.{index}", icon=icon, on_click=order, args=arguments,
            disabled=waits,
        )  # fmt: skip
        st.button(
            t("train.stop"), key=f"{page.name}.stop.{index}", icon=":material/stop:", on_click=_stop,
            args=arguments,
        )  # fmt: skip


def _stop(run: str, owner: str) -> None:
    trainings.pool().stop(run, owner)


def _progress(page: Page, view: View) -> str:
    t, status = page.t, view.status
    if view.place:
        return t("train.queued", place=view.place)
    if status.state == "paused":
        return t("train.paused", step=f"{status.step:,}", steps=f"{status.steps:,}")
    if status.step == 0:
        return t("train.starting")
    left = status.left or 0
    return t(
        "train.progress",
        step=f"{status.step:,}",
        steps=f"{status.steps:,}",
        rate=f"{status.rate:,.0f}",
        left=duration(page, left),
    )


def duration(page: Page, seconds: float) -> str:
    """A time as one says it."""
    if seconds < 90:
        return page.t("train.seconds", count=f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}")
    return page.t("train.minutes", count=f"{seconds / 60:.0f}")


def _ending(page: Page, view: View, title: str) -> None:
    """Says how a run ended and what it came to, beside what no memory would reach."""
    t, status = page.t, view.status
    sentence = t(status.key, **status.values) if status.key else ""
    film = _film(view)
    if film is not None:
        sentence = t("text.sentences", one=sentence, other=_score(page, view, film))
    ways = {"failed": st.error, "lost": st.error, "stopped": st.warning}
    say = ways.get(status.state, st.success if film is not None and _beats_baseline(film) else st.info)
    say(f"**{title}** · {sentence.strip()}", icon=ICONS.get(status.state, ":material/check:"))


def _beats_baseline(film: Film) -> bool:
    """Whether a run came to more than a predictor without memory."""
    _, metrics = film.series("metric")
    return bool(metrics) and film.task.beats(metrics[-1], film.task.baseline)


def _score(page: Page, view: View, film: Film) -> str:
    t = page.t
    _, metrics = film.series("metric")
    if not metrics:
        return ""
    task = film.task
    return t(
        f"train.score.{'beaten' if _beats_baseline(film) else 'not_beaten'}",
        name=t(f"metric.{task.metric}"),
        value=measure(metrics[-1], task.better == "higher"),
        baseline=measure(task.baseline, task.better == "higher"),
        time=duration(page, view.status.seconds),
    )


def measure(value: float, of_one: bool) -> str:
    """A measure as it is read: a share of 1 as per cent."""
    return share(value) if of_one else number(value, 3)
