"""The way from a page that steps through a cell into the lab: same cell, same input, same step."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from gates.examples.lab.state import LONGEST_TOKEN, LabState, as_single, check_sizes
from gates.inputs.sequence import InputError
from gates.paths import PAGES
from gates.scenes import scene
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.codec import POSITION
from gates.scenes.links.lab import LAB
from gates.scenes.state import State
from gates.ui import clicks
from gates.ui.frame import Page, adopt
from gates.ui.stage.component import CAME_FROM


def button(page: Page) -> None:
    """Shows the button that opens the lab with what the page shows, or says why it cannot be."""
    t, key = page.t, f"{page.name}.edit"
    if not clicks.button(
        t("lab.page.open"), icon=":material/science:", help=t("lab.page.open.help"), key=key
    ):
        return
    clicks.done(key)
    try:
        state = lab_state_of(page.state)
    except InputError as wrong:
        st.toast(t(wrong.key, **wrong.values), icon=":material/science:")
        return
    position = {name: value for name, value in st.query_params.to_dict().items() if name in POSITION}
    nonce = adopt("lab", LAB.write(state) | position)
    st.session_state[CAME_FROM] = {nonce: page.name}
    st.switch_page(PAGES / "lab.py")


def lab_state_of(state: State) -> State:
    """Return the state of the lab that shows what a step page's state shows.

    Weights that were drawn and inputs that were computed come as float32, so that links stay short; what was
    typed comes as it is.

    Raises:
        InputError: if the input is none, or the cell or the input is more than the lab edits.
    """
    built = scene.build(state)
    x, columns = built.sequence.x, built.sequence.columns
    check_sizes(x.shape[1], built.cell.hidden)
    begins = replace(
        state,
        in_lab=True,
        source="preset" if built.preset else "scratch",
        preset=built.preset.id if built.preset else "",
        inputs=x.shape[1],
        through="",
        scale=state.scale if state.source == "numbers" else "none",
    )
    if state.source == "preset":
        return begins
    typed = state.source == "numbers" and begins.scale == "none"
    lab = LabState.of(
        built.cell,
        x=x if typed else as_single(x),
        tokens=tuple(token[:LONGEST_TOKEN] for token in built.sequence.tokens),
        columns=() if built.sequence.keyed else tuple(column[:LONGEST_TOKEN] for column in columns),
    )
    return lab_scene.edited(begins, lab.rounded() if built.random else lab)
