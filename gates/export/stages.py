"""The stages of a state, told in one language: a lone one, or a transport and those that it moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from gates.errors import GatesError
from gates.export import lab, recompute
from gates.inputs.sequence import InputError
from gates.scenes import compare, gradients, header, pair, payload, readouts, training
from gates.scenes import film as films
from gates.scenes import scene as scenes
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.compare import CompareState
from gates.scenes.links.gradients import GradientState
from gates.scenes.links.train import TrainState
from gates.scenes.scene import Scene
from gates.scenes.state import State
from gates.text import Translator
from gates.training.runs.folder import RunFolder

Json = dict[str, Any]

Find = Callable[[str], RunFolder | None]
"""What finds a training run by its name."""

_WEIGHTS = ("W", "U", "b", "b_hn", "peephole", "readout.V", "readout.b", "initial_hidden", "initial_cell")


class StageData(NamedTuple):
    """What a file shows of a run in one language: its header, its arrays by name, its title."""

    header: Json
    arrays: Mapping[str, np.ndarray]
    title: str

    @property
    def size(self) -> int:
        """Steps × units of the run."""
        return int(self.header["steps"] * self.header["units"])


def no_run(_: str) -> None:
    """Find no training run: those are a server's."""


def of(
    page: str,
    state: State,
    t: Translator,
    *,
    guesses: bool = False,
    find: Find = no_run,
    alone: bool = False,
) -> list[StageData]:
    """Return the stages of a state; of several the first is the bar that moves the others.

    Args:
        page: the name of the page whose state it is.
        state: what is shown.
        t: the reader's words.
        guesses: whether its reader may guess first, so that nothing beside the runs says how they end.
        find: what finds the runs of a training.
        alone: whether an example is told without the one that its page shows beside it.

    Raises:
        InputError: its input is none, or a run is not here.
    """
    if isinstance(state, CompareState):
        return _compared(page, state, t, guesses)
    if isinstance(state, GradientState):
        return [_back(page, state, t)]
    if isinstance(state, TrainState):
        return _trained(page, state, t, find)
    if state.in_lab:
        return [_edited(page, state, t)]
    scene = scenes.build(state)
    companion = None if alone else pair.companion(page, state, scene)
    return _pair(page, state, t, scene, companion) if companion else [_alone(page, state, t, scene)]


def _edited(page: str, state: State, t: Translator) -> StageData:
    scene = lab_scene.build(state)
    data = _stage_data(page, state, t, scene, _title(state, scene, t), lab.fields(scene, t))
    return data._replace(arrays=_arrays(scene))  # where weights are edited they have all their digits


def _pair(page: str, state: State, t: Translator, scene: Scene, companion: Scene) -> list[StageData]:
    bar = _stage_data(page, state, t, scene, _title(state, scene, t), pair.bar(scene, companion))
    both = ((half, pair.fields(half, t)) for half in (scene, companion))
    return [bar, *(_stage_data(page, state, t, half, more["heading"], more) for half, more in both)]


def _alone(page: str, state: State, t: Translator, scene: Scene) -> StageData:
    inputs = recompute.run_inputs(scene, state.seed)
    more, arrays = ({}, None) if inputs is None else (inputs.fields, inputs.arrays)
    return _stage_data(page, state, t, scene, _title(state, scene, t), more, arrays)


def _compared(page: str, state: CompareState, t: Translator, guesses: bool) -> list[StageData]:
    columns = compare.columns(state, t)
    of_task = state.source == "preset"
    source = t(f"compare.preset.{state.preset}" if of_task else f"compare.source.{state.source}")
    bar = _stage_data(
        page,
        state,
        t,
        columns[0].scene,
        f"{t('page.compare.nav')} · {source}",
        compare.transport_fields(columns, state, t),
    )
    headers = compare.column_headers(columns, state, t, guessing=guesses)
    return [
        bar,
        *(
            _stage_data(page, state, t, column.scene, column.title, more)
            for column, more in zip(columns, headers, strict=True)
        ),
    ]


def _back(page: str, state: GradientState, t: Translator) -> StageData:
    """A run and its way back; the browser's own engine computes that from the run, where it stays finite."""
    back = gradients.backward_scene(state, t)
    if back.scene is None:
        raise InputError("export.overran.whole")
    kind = back.scene.kind.upper()
    subject = t(f"gradients.demo.{state.demo}") if state.demo else kind
    more = back.header(t)
    if back.overran is not None:
        more["watch"] = t("export.overran", step=back.overran)
    arrays = back.arrays()
    if back.run is not None and all(np.isfinite(each).all() for each in arrays.values()):
        more["asks"] = more["gradient"]["source"]
        arrays = {name: each for name, each in arrays.items() if not name.startswith(("grad.", "back."))}
        arrays["asked"] = back.run.loss.gradient
    data = _stage_data(page, state, t, back.scene, f"{t('page.gradients.nav')} · {subject}", more)
    return data._replace(arrays={**data.arrays, **arrays})


def _trained(page: str, state: TrainState, t: Translator, find: Find) -> list[StageData]:
    """The film of a training, or of two; without a run that of the recorded example."""
    runs = trainings(state, t, find)
    several = training.stages(state, runs, t, most=films.FILE_BYTES // len(runs))
    data = [_stage_data(page, state, t, stage.scene, title_of(runs, t), stage.header) for stage in several]
    return [
        each._replace(arrays={**each.arrays, **stage.arrays})
        for each, stage in zip(data, several, strict=True)
    ]


def trainings(state: TrainState, t: Translator, find: Find = no_run) -> list[training.ShownRun]:
    """Return the runs that a state of the train page shows: its own, or the recorded example.

    Raises:
        InputError: one is not here, or has no checkpoint yet.
    """
    films = [_film(name, find) for name in (state.run, state.other) if name]
    recipes = [film.recipe for film in films]
    return [
        training.ShownRun(None, film, training.title(film.recipe, recipes[:index] + recipes[index + 1 :], t))
        for index, film in enumerate(films)
    ] or [training.example(t)]


def title_of(runs: Sequence[training.ShownRun], t: Translator) -> str:
    """Return what a state of the train page is called."""
    return f"{t('page.train.nav')} · {' | '.join(run.title for run in runs)}"


def _film(name: str, find: Find) -> films.Film:
    try:
        folder = find(name)
        film = None if folder is None else films.film(folder)
    except (OSError, GatesError):
        film = None
    if film is None:
        raise InputError("export.run")
    if not film.frames:
        raise InputError("export.run.begun")
    return film


def _stage_data(
    page: str,
    state: State,
    t: Translator,
    scene: Scene,
    title: str,
    more: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray] | None = None,
) -> StageData:
    """Tell of a run, by default with all its arrays."""
    described = {**header.describe(page, state, t, scene), **more}
    described.pop("examples", None)  # the file's own states take their place
    as_float32 = {name: _as_float32(name, array) for name, array in (arrays or _arrays(scene)).items()}
    return StageData(described, as_float32, title)


def _arrays(scene: Scene) -> dict[str, np.ndarray]:
    return payload.arrays(scene.trace) | readouts.arrays(scene)


def _as_float32(name: str, array: np.ndarray) -> np.ndarray:
    """Return weights in half the bytes where that is exact: those of trained examples were float32."""
    if name not in _WEIGHTS:
        return array
    with np.errstate(over="ignore"):
        single = array.astype(np.float32)
    return single if np.array_equal(single, array) else array


def _title(state: State, scene: Scene, t: Translator) -> str:
    if state.source == "challenge":
        return t(f"challenge.{state.challenge}.title")
    kind = scene.kind.upper()
    if state.source == "exercise":
        return f"{kind} · {t(f'exercise.{state.exercise}.title')}"
    if state.source == "preset" and scene.preset is not None:
        return f"{kind} · {scene.preset.name(t)}"
    return f"{kind} · {t('page.lab.title' if state.in_lab else f'input.source.{state.source}')}"
