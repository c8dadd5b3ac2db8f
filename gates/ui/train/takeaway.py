"""What a trained network can be taken along as: files, and other pages of the app."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np
import streamlit as st

from gates.examples.lab.state import LONGEST_TOKEN, MOST, MOST_INPUTS, LabState
from gates.paths import PAGES
from gates.scenes import film as films
from gates.scenes import registry
from gates.scenes.film import Film
from gates.scenes.lab import scene
from gates.scenes.links.lab import LAB
from gates.scenes.links.train import KINDS
from gates.scenes.state import State
from gates.scenes.training import ShownRun
from gates.text import escape
from gates.training.runs.folder import SUFFIX
from gates.ui import clicks
from gates.ui.frame import Page, adopt
from gates.ui.train import transfer
from gates.ui.train.stage import shown_step, state_of


def show(page: Page, runs: Sequence[ShownRun]) -> None:
    """Offers each run's weights and records, and what other pages can do with it."""
    for index, run in enumerate(runs):
        if len(runs) > 1:
            st.markdown(f"**{escape.markdown(run.title)}**")
        _run(page, runs, index)
    st.caption(page.t("train.take.limits"))


def _run(page: Page, runs: Sequence[ShownRun], index: int) -> None:
    t, run = page.t, runs[index]
    film = run.film
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"{page.name}.take.{index}"
        _follow_film(page, film, key)
        step = int(
            st.selectbox(
                t("train.take.step"),
                film.steps[::-1],
                format_func=lambda step: f"{step:,}",
                key=key,
                width=150,
            )
        )
        name = f"gatescope-{film.recipe.task}-{film.recipe.cell}"
        weights = film.weights(step)
        suffix, data = weights or (SUFFIX, b"")
        st.download_button(
            t("train.take.weights", suffix=suffix),
            data=data,
            file_name=f"{name}-{step}{suffix}",
            on_click="ignore",
            icon=":material/download:",
            key=f"{key}.weights",
            disabled=weights is None,
            help=t("train.take.weights.help" if weights else "train.take.weights.gone"),
        )
        st.download_button(
            t("train.take.records"),
            data=records(film),
            file_name=f"{name}.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/table:",
            key=f"{key}.records",
        )
        _lab(page, film, step, key)
    _pages(page, runs, index, step)


def _follow_film(page: Page, film: Film, key: str) -> None:
    """Chooses the checkpoint on the screen when that became another; else what was chosen stays."""
    on_screen = shown_step(page)
    if on_screen is not None and st.session_state.get(f"{key}.followed") != on_screen:
        st.session_state[f"{key}.followed"] = on_screen
        st.session_state[key] = min(film.steps, key=lambda step: abs(step - on_screen))
    elif st.session_state.get(key) not in film.steps:
        st.session_state[key] = film.steps[-1]


def _pages(page: Page, runs: Sequence[ShownRun], index: int, step: int) -> None:
    """The ways to the pages that step through a cell, compare several and go back through time."""
    t, run = page.t, runs[index]
    step_page = KINDS[run.film.recipe.cell]
    with st.container(horizontal=True):
        for name in (step_page, "compare", "gradients"):
            key = f"{page.name}.take.{index}.{name}"
            clicked = clicks.button(
                t("train.take.page", page=t(f"page.{name}.nav")),
                icon=registry.PAGES[name].icon,
                key=key,
                help=t(f"train.take.page.{name if name in ('compare', 'gradients') else 'step'}"),
            )
            if clicked:
                clicks.done(key)
                transfer.send(name, transfer_of(page, runs, index, step))
                st.switch_page(PAGES / f"{name}.py")


def transfer_of(page: Page, runs: Sequence[ShownRun], index: int, step: int) -> transfer.Transferred:
    """A checkpoint for another page; beside it the other runs, or where there are none, its beginning."""
    t, run = page.t, runs[index]
    film, layer = run.film, films.layer_of(run.film, state_of(page).layer)

    def part(film: Film, title: str, at: int) -> transfer.Part:
        return transfer.Part(
            title, film.recipe.cell, films.scene(film, min(layer, film.recipe.layers - 1), at, t.plain)
        )

    def titled(title: str, at: int) -> str:
        return t("transfer.title", title=title, step=f"{at:,}")

    parts = [part(film, titled(run.title, step), step)]
    others = [other for other in runs if other is not run and other.film.recipe.task == film.recipe.task]
    parts += [
        part(each.film, titled(each.title, each.film.steps[-1]), each.film.steps[-1]) for each in others
    ]
    if len(parts) == 1 and step != film.steps[0]:
        parts.append(part(film, t("transfer.before", title=run.title), film.steps[0]))
    return transfer.Transferred(parts[0].title, tuple(parts))


def records(film: Film) -> str:
    """The records as CSV: a line for each step, a column for each measure, empty where there is none."""
    names = list(dict.fromkeys(name for record in film.records for name in record))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(film.records)
    return out.getvalue()


def _lab(page: Page, film: Film, step: int, key: str) -> None:
    """The way into the lab, for a network of one layer that is small enough to be edited there."""
    t = page.t
    cell = film.frames[step].network.cells[0]
    fits = editable(film.recipe.layers, cell.hidden, cell.inputs)
    clicked = clicks.button(
        t("train.take.lab"),
        icon=":material/science:",
        key=f"{key}.lab",
        disabled=not fits,
        help=t("train.take.lab.help") if fits else t("train.take.lab.large", most=MOST, inputs=MOST_INPUTS),
    )
    if clicked:
        clicks.done(f"{key}.lab")
        state = in_the_lab(page, film, step)
        adopt("lab", LAB.write(state))
        st.switch_page(PAGES / "lab.py")


def editable(layers: int, hidden: int, inputs: int) -> bool:
    """Whether a network of this size can be edited in the lab."""
    return layers == 1 and hidden <= MOST and inputs <= MOST_INPUTS


def in_the_lab(page: Page, film: Film, step: int) -> State:
    """The state of the lab in which a checkpoint is edited, reading the probe."""
    network = film.frames[step].network
    cell = network.cells[0]
    probe = film.sequence_for(page.t.plain)
    names = tuple(page.t(name) if probe.keyed else name for name in probe.columns)
    lab = LabState.of(
        cell,
        x=np.asarray(probe.x, dtype=np.float32),
        tokens=tuple(token[:LONGEST_TOKEN] for token in probe.tokens),
        columns=tuple(name[:LONGEST_TOKEN] for name in names),
    )
    kind = KINDS[film.recipe.cell]
    begins = State(
        kind, in_lab=True, source="scratch", inputs=cell.inputs, hidden=cell.hidden, lang=page.state.lang
    )
    return scene.edited(begins, lab)
