"""What a trained network can be taken along as: files, and other pages of the app."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np
import streamlit as st

from gates.lessons.labstate import LONGEST_TOKEN, MOST, MOST_INPUTS, LabState
from gates.ui import lab_scene, link
from gates.ui.frame import ROOT, Page, adopt
from gates.ui.state import State
from gates.ui.train_runs import Film
from gates.ui.train_stage import Shown
from gates.ui.train_state import KINDS


def show(page: Page, shown: Sequence[Shown]) -> None:
    """Offers each run's weights and records, and what other pages can do with it."""
    for place, one in enumerate(shown):
        if len(shown) > 1:
            st.markdown(f"**{one.title}**")
        _run(page, one, place)


def _run(page: Page, one: Shown, place: int) -> None:
    t, film = page.t, one.film
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"{page.name}.take.{place}"
        if st.session_state.get(key) not in film.steps:
            st.session_state[key] = film.steps[-1]
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
        st.download_button(
            t("train.take.weights"),
            data=film.folder.checkpoints()[step].read_bytes(),
            file_name=f"{name}-{step}.safetensors",
            on_click="ignore",
            icon=":material/download:",
            key=f"{key}.weights",
            help=t("train.take.weights.help"),
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
    fits = film.recipe.layers == 1 and cell.hidden <= MOST and cell.inputs <= MOST_INPUTS
    clicked = st.button(
        t("train.take.lab"),
        icon=":material/science:",
        key=f"{key}.lab",
        disabled=not fits,
        help=t("train.take.lab.help") if fits else t("train.take.lab.large", most=MOST, inputs=MOST_INPUTS),
    )
    if clicked:
        state = in_the_lab(page, film, step)
        adopt("lab", state.cell, link.write(state))
        st.switch_page(ROOT / "pages" / "lab.py")


def in_the_lab(page: Page, film: Film, step: int) -> State:
    """The state of the lab in which a checkpoint is edited, reading the probe."""
    network = film.frames[step].network
    cell = network.cells[0]
    probe = film.probe
    names = tuple(page.t(name) if probe.keyed else name for name in probe.columns)
    lab = LabState.of(
        cell,
        x=np.asarray(probe.x, dtype=np.float32),
        tokens=tuple(token[:LONGEST_TOKEN] for token in probe.tokens),
        columns=tuple(name[:LONGEST_TOKEN] for name in names),
    )
    kind = KINDS[film.recipe.cell]
    begins = State(
        kind, bench=True, source="scratch", inputs=cell.inputs, hidden=cell.hidden, lang=page.state.lang
    )
    return lab_scene.edited(begins, lab)


__all__ = ["in_the_lab", "records", "show"]
