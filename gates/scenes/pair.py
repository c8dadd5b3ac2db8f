"""Examples that open with another one beside them, both below one transport."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from gates.examples.presets.model import Translate
from gates.scenes import header
from gates.scenes import scene as scenes
from gates.scenes.scene import Scene
from gates.scenes.state import NO_SLIDERS, State

_COMPANIONS = {("rnn", "latch"): "fading"}
"""By kind and preset, what it says more beside: a latch beside one that fades."""
_FIELDS: Mapping[str, Any] = MappingProxyType({"follow": True, "paired": True, "link": None})


def companion_preset(page: str, state: State, preset: str) -> str | None:
    """Return the id of the example that a page shows beside one of its own; None where that stands alone."""
    if page != state.cell or state.in_lab or state.source != "preset":
        return None
    return _COMPANIONS.get((state.cell, preset))


def companion(page: str, state: State, scene: Scene) -> Scene | None:
    """Return the run that a page shows beside that of its state; None where it stands alone."""
    name = companion_preset(page, state, scene.preset.id) if scene.preset else None
    return scenes.build(replace(state, preset=name, sliders=NO_SLIDERS)) if name else None


def bar(scene: Scene, companion: Scene) -> dict[str, Any]:
    """Return the header's fields of the transport that moves both."""
    return header.bar((each.cell.hidden, each.kind) for each in (scene, companion))


def fields(scene: Scene, t: Translate) -> dict[str, Any]:
    """Return the header's fields of one of the two: it follows, under the name of its example."""
    name = scene.preset.name(t) if scene.preset else ""
    return {"heading": name, "called": name, **_FIELDS}
