"""The stages of a comparison, a run with its way back, or a training, packed for the projected window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gates.export import stages as exported
from gates.export.stages import Find, no_run
from gates.export.states import LARGEST_RUN
from gates.inputs.sequence import InputError
from gates.scenes import compare, gradients, header, payload, readouts
from gates.scenes.links.compare import CompareState
from gates.scenes.links.gradients import GradientState
from gates.scenes.links.train import TrainState
from gates.scenes.registry import PAGES
from gates.scenes.scene import Scene
from gates.scenes.state import State
from gates.text import Translator, subset, translator

Json = dict[str, Any]
Stage = tuple[Json, Mapping[str, np.ndarray]]
"""The header of a stage, and its arrays by name."""

TOGETHER = ("compare", "gradients", "train")
"""The pages whose states are shown so: what the route ``/runs`` does not open."""
_WITHOUT: Json = {"examples": None, "sliders": [], "guesses": None}
"""What changes a run or begins to guess is not the window's."""


def packed(request: Mapping[str, Any], find: Find = no_run) -> bytes:
    """Return the packed runs of a link's stages, each behind its length in four bytes, the lowest first.

    Args:
        asked: ``page``; ``params`` of its link; ``settings``, which count where the link says nothing of
            them; ``nonce`` of its place, and the number of the ``request``.
        find: what finds the runs of a training.

    Raises:
        InputError, ValueError, …: it makes no sense, is not here, or is more than a window may be sent.
    """
    page = str(request["page"])
    if page not in TOGETHER:
        raise ValueError(page)
    query = {
        str(name): str(value) for name, value in (request.get("settings", {}) | request["params"]).items()
    }
    state, position, problems = PAGES[page].read(query)
    if problems:
        raise InputError(problems[0].key, **problems[0].values)
    at = {
        "nonce": str(request.get("nonce", "")),
        "acknowledged": request.get("request", 0),
    } | position.as_json()
    staged = stages(page, state, translator(state.lang), find)
    runs = [payload.pack(header, arrays, at) for header, arrays in staged]
    return b"".join(len(run).to_bytes(4, "little") + run for run in runs)


def stages(page: str, state: State, t: Translator, find: Find = no_run) -> list[Stage]:
    """Return the stages of a state; of several first the bar that moves the others.

    Raises:
        InputError: its input is none, its run overran, or a training is not here.
        ValueError: its runs are too large for a window.
    """
    words = subset(state.lang, (*header.PREFIXES, "gradient.", "film.", "holds."))
    if isinstance(state, TrainState):
        several = exported.of(page, state, t, find=find)
        return [({**stage.header, "strings": words, **_WITHOUT}, stage.arrays) for stage in several]
    if isinstance(state, CompareState):
        columns = compare.columns(state, t)
        scenes: list[tuple[Scene, Json, Mapping[str, np.ndarray]]]
        scenes = [(columns[0].scene, compare.transport_fields(columns, state, t), {})]
        scenes += [
            (column.scene, more, {})
            for column, more in zip(columns, compare.column_headers(columns, state, t), strict=True)
        ]
    else:
        assert isinstance(state, GradientState)
        back = gradients.backward_scene(state, t)
        if back.scene is None:
            raise InputError("export.overran.whole")
        scenes = [(back.scene, back.header(t), back.arrays())]
    if sum(scene.trace.hidden.size for scene, _, _ in scenes) > 2 * LARGEST_RUN:
        raise ValueError("too large")
    return [
        (_header(page, state, t, scene, {"strings": words, **more}), {**_arrays(scene), **arrays})
        for scene, more, arrays in scenes
    ]


def _header(page: str, state: State, t: Translator, scene: Scene, more: Json) -> Json:
    """The header as the page has it, but for :data:`_WITHOUT`."""
    described = header.describe(page, state, t, scene)
    return {**described, **more, **_WITHOUT}


def _arrays(scene: Scene) -> dict[str, np.ndarray]:
    return payload.arrays(scene.trace) | readouts.arrays(scene)
