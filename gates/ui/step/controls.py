"""The controls of a step page: what goes in, through which network, and how a GRU is read."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from gates.examples.presets.registry import preset
from gates.examples.presets.trained import Trained
from gates.inputs.parse import InputError
from gates.scenes import scene
from gates.scenes.scene import RANDOM, Scene
from gates.scenes.state import SOURCES, State
from gates.ui import controls, files
from gates.ui.frame import Page
from gates.ui.step import to_lab


def choose(page: Page) -> None:
    """Shows the controls and stores what they ask for; the page then shows :func:`current`."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        controls.pick(page, "source", SOURCES, lambda name: page.t(f"input.source.{name}"), width=190)
        controls.own_input(page)
        if page.state.source != "preset":
            _network(page)
        if page.cell == "gru":
            controls.segments(page, "reset", ("before", "after"))
            controls.segments(page, "update", ("keep", "write"))
        files.menu(page)
        to_lab.button(page)
    _explain(page)


def current(page: Page) -> Scene:
    """The run of the page's state; where its input is none, the last one that was."""
    good = f"{page.name}.good"
    try:
        built = scene.build(page.state)
    except InputError:
        last = replace(
            st.session_state.get(good, State(page.cell)), lang=page.state.lang, notation=page.state.notation
        )
        return scene.build(last)
    st.session_state[good] = page.state
    return built


def _explain(page: Page) -> None:
    """Says what is wrong with the input, or how it was read, in a place of its own.

    The place is there when nothing is said too: elements that come and go would mount the stage anew.
    """
    with st.container(gap=None):
        try:
            sequence = scene.read(page.state)
        except InputError as wrong:
            problem, shown = page.t(wrong.key, **wrong.values), page.t("input.last_good")
            st.error(page.t("text.sentences", one=problem, other=shown), icon=":material/edit_note:")
            return
        swapped = _swapped(page) if page.state.source != "preset" else None
        for sentence in (swapped, *(page.t(note.key, **note.values) for note in sequence.notes)):
            if sentence:
                st.caption(sentence)


def _network(page: Page) -> None:
    """Shows which network own input goes through; where the one asked for cannot read it, that is kept."""
    options = _options(page)
    requested = page.state.with_changes(through="")
    if page.state.through not in options:
        if page.state.through:
            st.session_state[f"{page.name}.swapped"] = requested, page.state.through, options[0]
        page.keep(replace(page.state, through=options[0]))
    if options != (RANDOM,):
        controls.pick(page, "through", options, lambda name: _network_name(page, name), width=260)
        if page.state.through != RANDOM:
            return
    controls.count(page, "hidden", page.t("input.hidden"), 1, 64)
    controls.count(page, "seed", page.t("input.seed"), 0, 10**9)
    if page.cell == "rnn":
        controls.segments(page, "activation", ("tanh", "relu"))
    else:
        controls.count(
            page, "bias", page.t(f"input.bias.{page.cell}"), -20.0, 20.0, help=page.t("input.bias.help")
        )


def _options(page: Page) -> tuple[str, ...]:
    """The networks that own input fits, random weights, and networks that know little of an own text."""
    key = f"{page.name}.networks"
    try:
        fits, more = scene.fitting(page.state), scene.stretching(page.state)
    except InputError:  # what was offered, and chosen, waits for an input
        chosen, offered = page.state.through or RANDOM, st.session_state.get(key, ())
        return offered if chosen in offered else (chosen,)
    options = (*(preset.id for preset in fits), RANDOM, *(preset.id for preset in more))
    st.session_state[key] = options
    return options


def _network_name(page: Page, name: str) -> str:
    if name == RANDOM:
        return page.t("input.through.random")
    chosen = preset(page.cell, name)
    plain = chosen.name(page.t)
    return plain if isinstance(chosen, Trained) else page.t("input.through.preset", title=plain)


def _swapped(page: Page) -> str | None:
    """What to say where the network asked for cannot read the input and another one took its place."""
    requested, wanted, now = st.session_state.get(f"{page.name}.swapped", (None, "", ""))
    if requested != page.state.with_changes(through="") or page.state.through != now:
        return None
    return page.t("input.swapped", wanted=_network_name(page, wanted), now=_network_name(page, now))
