"""A training on the stage: what goes to the browser beside the numbers of the checkpoint on show. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from gates.scenes import film as films
from gates.scenes import header as stage_header
from gates.scenes.film import Film
from gates.scenes.links.train import CHECKPOINT, KINDS, TRAIN, TrainState
from gates.scenes.scales import common_scale
from gates.scenes.scene import Scene
from gates.text import Translator
from gates.training.recipe import Recipe
from gates.training.runs.run import View

PREFIXES = (*stage_header.PREFIXES, "film.")
"""The words that the browser needs where a film is on the stage."""


@dataclass(frozen=True, eq=False)
class ShownRun:
    """A run on the page: what is known of it, its film, and what to call it; no view of a recorded one."""

    view: View | None
    film: Film
    title: str

    @property
    def live(self) -> bool:
        """Whether more is to come."""
        return self.view is not None and not self.view.ended

    @property
    def name(self) -> str:
        """What tells it from other runs."""
        return self.film.folder.path.name


class OfferedRun(NamedTuple):
    """A run that can be watched, or two side by side: their ids, the second one may be empty, and recipes."""

    run: str
    other: str
    recipes: Sequence[Recipe]


class Stage(NamedTuple):
    """One of a training's stages: the run of the checkpoint on show, fields of its header, more arrays."""

    scene: Scene
    header: dict[str, Any]
    arrays: Mapping[str, Any]


def example(t: Callable[..., str]) -> ShownRun:
    """Return the run that was recorded, so that there is something to see before anybody has trained."""
    recorded = films.film(films.EXAMPLE)
    return ShownRun(None, recorded, t("train.recorded", task=t(f"task.{recorded.recipe.task}")))


def title(recipe: Recipe, others: Sequence[Recipe], t: Callable[..., str]) -> str:
    """Return what a run is called: its task and cell, and beside others what else tells it apart."""
    parts = [t(f"task.{recipe.task}"), t(f"train.cell.{recipe.cell}")]
    if any(other.cell == recipe.cell and other.forget_bias != recipe.forget_bias for other in others):
        bias = recipe.forget_bias
        parts.append(t("train.forget_bias.none") if bias is None else t("train.with_bias", bias=f"{bias:g}"))
    if any(other.scratch != recipe.scratch for other in others):
        parts.append(t(f"train.scratch.{str(recipe.scratch).lower()}"))
    return " · ".join(parts)


def examples(
    state: TrainState, runs: Sequence[ShownRun], offered: Sequence[OfferedRun], t: Translator
) -> dict[str, Any]:
    """What the stage can choose from, in the form of :func:`gates.scenes.header.examples`.

    It is the recorded training and those offered, each layer by itself; what else the page shows stays as it
    is.

    Args:
        state: what the page shows.
        runs: what is on the stage.
        offered: the trainings that are here.
        t: the reader's words.
    """
    recorded = example(t)
    params = TRAIN.write(replace(state, run="", other="", layer=0, checkpoint=None))
    titles: dict[str, str] = {}
    each: dict[str, dict[str, str]] = {}

    def offer(ids: Sequence[str], title: str, layers: int) -> None:
        """Of several trainings of one name the second one has a number."""
        named[title] += 1
        numbered = title if named[title] == 1 else f"{title} ({named[title]})"
        for layer in range(layers, 0, -1):
            name = _name(ids, layer)
            titles[name] = numbered if layers == 1 else t("train.offered", title=numbered, layer=layer)
            changed = {"run": ids[0], "other": ids[1] if len(ids) > 1 else "", "layer": layer % layers}
            each[name] = {key: str(value) for key, value in changed.items() if value}

    named: Counter[str] = Counter()
    offer([""], recorded.title, recorded.film.recipe.layers)
    for each_offered in offered:
        recipes = each_offered.recipes
        names = [
            title(recipe, [*recipes[:index], *recipes[index + 1 :]], t)
            for index, recipe in enumerate(recipes)
        ]
        ids = [each_offered.run, *([each_offered.other] if each_offered.other else [])]
        offer(ids, " | ".join(names), recipes[0].layers)
    shown = ["" if run.view is None else run.name for run in runs]
    return {
        "params": params,
        "titles": titles,
        "each": each,
        "shown": _name(shown, films.layer_of(runs[0].film, state.layer) + 1),
    }


def _name(ids: Sequence[str], layer: int) -> str:
    return f"{'+'.join(ids)}/{layer}"


def stages(
    state: TrainState,
    runs: Sequence[ShownRun],
    t: Translator,
    *,
    most: int | None = None,
    extra: Mapping[str, Any] | None = None,
) -> list[Stage]:
    """Return the stage of a run with its film; of two the bar with one transport and slider, then theirs.

    Args:
        state: what the page shows.
        runs: one, or those beside each other.
        t: the reader's words.
        most: bytes of a film; by default what goes to a page.
        told: fields of the main film that only a page knows.
    """
    main = dict(extra or {})
    largest = max(films.largest_cell(run.film, films.layer_of(run.film, state.layer)) for run in runs)
    if len(runs) == 1:
        return [_stage(state, runs[0], t, most, largest, main=main)]
    several = [_stage(state, run, t, most, largest, main=None) for run in runs]
    for each in several:
        each.header.update(follow=True, compact=True)
    return [_bar(state, runs, t, most, main), *several]


def _bar(
    state: TrainState, runs: Sequence[ShownRun], t: Translator, most: int | None, main: Mapping[str, Any]
) -> Stage:
    first = runs[0]
    layer, steps = checkpoints(state, first, most)
    film = describe(state, first, layer, steps, t, main=main)
    film |= {
        "title": t(f"task.{first.film.recipe.task}"),
        "own": first.title,
        "others": [_curve(each) for each in runs[1:]],
        "gates": {},
        "answers": None,
    }
    recipes = [run.film.recipe for run in runs]
    bar = stage_header.bar((recipe.hidden, KINDS[recipe.cell]) for recipe in recipes)
    return Stage(films.scene(first.film, layer, steps[-1], t), bar | {"film": film}, {})


def _stage(
    state: TrainState,
    run: ShownRun,
    t: Translator,
    most: int | None,
    largest: float,
    *,
    main: Mapping[str, Any] | None,
) -> Stage:
    film = run.film
    layer, steps = checkpoints(state, run, most)
    checkpoint = steps[-1] if state.checkpoint is None else state.checkpoint
    at = min(steps, key=lambda step: abs(step - checkpoint))
    scene = films.scene(film, layer, at, t)
    header: dict[str, Any] = {
        "random": False,
        "watch": None,
        "scale": common_scale(scene.trace, largest),
        "film": describe(state, run, layer, steps, t, main=main),
    }
    if main is None:
        header["link"] = None  # the bar's says it
    return Stage(scene, header, films.stacked(film, layer, steps))


def checkpoints(state: TrainState, run: ShownRun, most: int | None = None) -> tuple[int, list[int]]:
    """Return the layer that is shown, and the checkpoints that go to the browser."""
    layer = films.layer_of(run.film, state.layer)
    if most is None:
        most = films.LIVE_BYTES if run.live else films.WHOLE_BYTES
    return layer, films.fitting_checkpoints(run.film, layer, most)


def _curve(run: ShownRun) -> dict[str, Any]:
    steps, metric = films.thinned_curve(*run.film.series("metric"))
    return {"title": run.title, "steps": steps, "metric": metric}


def describe(
    state: TrainState,
    run: ShownRun,
    layer: int,
    steps: Sequence[int],
    t: Translator,
    *,
    main: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return what the film says beside its numbers, as JSON.

    main: of the film that the link tells of, fields that only a page knows (``tell``, ``reported``); None for
    another one beside it.
    """
    film = run.film
    task = film.task
    by_step = {record["step"]: record for record in film.records}
    loss = films.thinned_curve(*film.series("loss"))
    metric = films.thinned_curve(*film.series("metric"))
    return {
        "run": f"{run.name}/{layer}",
        "title": run.title,
        "steps": list(steps),
        "loss": [by_step.get(step, {}).get("loss") for step in steps],
        "metric": [by_step.get(step, {}).get("metric") for step in steps],
        "total": film.recipe.steps,
        "newest": max(by_step, default=0),
        "live": run.live,
        "at": state.checkpoint,
        "param": None if main is None else CHECKPOINT.name,
        "tell": False,
        "reported": None,
        "metric_name": t(f"metric.{task.metric}"),
        "share": task.better == "higher",
        "better": task.better,
        "baseline": task.baseline,
        "curve": {"steps": loss[0], "loss": loss[1], "metric_steps": metric[0], "metric": metric[1]},
        "gates": {
            gate: [film.frames[step].decided[layer][gate] for step in steps]
            for gate in film.frames[steps[0]].decided[layer]
        },
        "note": _note(film, steps, t),
        "answers": _answers(film),
        **(main or {}),
    }


def _note(film: Film, steps: Sequence[int], t: Translator) -> str | None:
    """What was left out for size."""
    parts = []
    whole = len(film.task.probe.sequence)
    if len(steps) < len(film.steps):
        parts.append(t("train.film.thinned", shown=len(steps), count=len(film.steps)))
    if len(film.probe) < whole:
        parts.append(t("train.film.cut", shown=len(film.probe), count=whole))
    return " ".join(parts) or None


def _answers(film: Film) -> dict[str, Any]:
    """What the network is asked for at each step of the probe; None where nothing is read."""
    task = film.task
    probe = task.probe
    read = probe.read[: len(film.probe)].tolist()
    answers = probe.target[: len(film.probe)]
    targets = [value if reads else None for value, reads in zip(answers.tolist(), read, strict=True)]
    if task.loss == "cross_entropy":
        return {"kind": "classes", "symbols": list(task.answers), "targets": targets}
    known = answers[np.array(read)]
    low, high = float(known.min()), float(known.max())
    air = 0.15 * (high - low) or 0.5
    return {
        "kind": "numbers",
        "names": list(task.answers),
        "targets": targets,
        "low": low - air,
        "high": high + air,
    }
