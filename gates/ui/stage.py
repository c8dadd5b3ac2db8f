"""The stage on a page: one browser component that gets a run as bytes and steps through it on its own.

Nothing comes back while a person steps or plays. Only the preset's sliders send their values; the run
that follows from them is computed here and replaces the old one in place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from gates.figures.palette import DARK, LIGHT
from gates.lessons.notation import symbols
from gates.lessons.preset import Preset
from gates.text import subset
from gates.ui import assets, link, payload
from gates.ui.frame import Page
from gates.ui.scene import Scene
from gates.ui.state import State

PREFIXES = ("stage.", "signal.", "table.", "score.", "belt.", "diagram.", "unrolled.", "inspector.")
LAB_PREFIXES = (*PREFIXES, "lab.")
"""The words that the browser needs: on any page, and where weights are edited."""


def show(
    page: Page,
    scene: Scene,
    *,
    key: str = "stage",
    on_sliders: Callable[[dict[str, Any]], None] | None = None,
    on_lab: Callable[[dict[str, Any]], None] | None = None,
    move: dict[str, Any] | None = None,
    arrays: Mapping[str, Any] | None = None,
    **header: Any,
) -> None:
    """Mounts the stage, or hands the mounted one a new run.

    Args:
        page: gives the words, the link's place and the name under which the stage remembers its own.
        scene: what is run.
        key: tells several stages of one page apart.
        on_sliders: receives ``{"preset": id, "values": {id: number}}`` when a slider moved.
        on_lab: receives every edit of the lab, as ``assets/stage/lab-session.js`` writes it.
        move: a place with a ``nonce`` of its own, to which the stage goes once.
        arrays: more arrays beside those of the run, such as its gradients.
        header: more fields of the data's header.
    """
    component = _component(assets.version())
    mounted = f"{page.name}.{key}"

    def handing(to: Callable[[dict[str, Any]], None] | None, name: str) -> Callable[[], None]:
        def hand_over() -> None:
            sent = st.session_state[mounted].get(name)
            if to and isinstance(sent, dict):
                to(sent)

        return hand_over

    values = payload.arrays(scene.trace) | dict(arrays or {})
    data = payload.pack(describe(page, scene) | header, values, move or _place(page))
    component(
        key=mounted,
        data=data,
        on_sliders_change=handing(on_sliders, "sliders"),
        on_lab_change=handing(on_lab, "lab"),
    )


@lru_cache(maxsize=2)
def _component(version: str) -> ComponentRenderer:
    return st.components.v2.component("gatescope.stage", js=assets.loader())


def describe(page: Page, scene: Scene) -> dict[str, Any]:
    """The header of the stage's data: sizes, words, colours, sliders and the link, all of it JSON."""
    state, t, cell = page.state, page.t, scene.cell
    steps, inputs = scene.sequence.x.shape
    parameters = link.write(state)
    if link.length(parameters) > link.LONGEST:
        for long in ("data", "lab"):
            parameters.pop(long, None)
    return {
        "page": page.name,
        "cell": scene.kind,
        "reset": scene.reset,
        "activation": scene.activation,
        **scene.variant,
        "clamps": payload.clamps(scene.trace),
        "update": state.update,
        "steps": steps,
        "units": cell.hidden,
        "inputs": inputs,
        "tokens": list(scene.sequence.tokens),
        "columns": _names(scene.sequence.columns, t, scene.sequence.keyed),
        "unit_names": [t(unit) for unit in scene.preset.units] if scene.preset else [],
        "lang": state.lang,
        "notation": state.notation,
        "symbols": dict(symbols(scene.kind, state.notation, state.update, scene.reset).labels),
        "strings": subset(state.lang, PREFIXES),
        "palette": {"light": dict(LIGHT), "dark": dict(DARK)},
        "preset": scene.preset.id if scene.preset else None,
        "sliders": _sliders(page, scene),
        "random": scene.random,
        "watch": _watch(scene.preset, t) if scene.preset else None,
        "link": {"params": parameters, "names": list(link.NAMES)},
    }


def _watch(preset: Preset, t: Callable[[str], str]) -> str:
    """What to watch, and whom the example is owed to."""
    return t(preset.watch) + (f" {t(preset.source)}" if preset.source else "")


def _names(columns: tuple[str, ...], t: Callable[[str], str], keyed: bool) -> list[str]:
    return [t(column) if keyed else column for column in columns]


def _sliders(page: Page, scene: Scene) -> list[dict[str, Any]]:
    if scene.preset is None:
        return []
    return [
        {
            "id": slider.id,
            "label": page.t(f"slider.{slider.id}"),
            "help": page.t(f"slider.{slider.id}.help"),
            "min": slider.minimum,
            "max": slider.maximum,
            "step": slider.step,
            "default": slider.default,
            "value": scene.sliders[slider.id],
        }
        for slider in scene.preset.sliders
    ]


def _place(page: Page) -> dict[str, Any]:
    place = page.place
    return {
        "nonce": page.nonce,
        "step": None if place.step is None else place.step - 1,
        "phase": place.phase,
        "unit": None if place.unit is None else place.unit - 1,
        "view": place.view,
        "move": place.move,
        "speed": place.speed and float(place.speed),
    }


def moved_sliders(state: State, sent: dict[str, Any], scene: Scene) -> dict[str, float]:
    """The values that the browser sent, bounded; those of another preset are ignored, for they came late."""
    if scene.preset is None or sent.get("preset") != scene.preset.id:
        return dict(state.sliders)
    return slider_values(scene.preset, sent.get("values", {}))


def slider_values(preset: Preset, values: Mapping[str, Any]) -> dict[str, float]:
    """Values for a preset's sliders, bounded and as a link carries them; those at their start left out."""
    return {
        slider.id: link.rounded(min(slider.maximum, max(slider.minimum, float(values[slider.id]))))
        for slider in preset.sliders
        if isinstance(values.get(slider.id), int | float) and values[slider.id] != slider.default
    }
