"""A run's film on the stage: what goes to the browser beside the numbers of the checkpoint on show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from gates.scenes import header as stage_header
from gates.scenes.links.train import CHECKPOINT, KINDS, TrainState
from gates.scenes.scales import common_scale
from gates.text import subset
from gates.training.runs.run import View
from gates.ui.frame import Page
from gates.ui.stage import component
from gates.ui.train import runs as train_runs
from gates.ui.train.runs import Film

PREFIXES = (*stage_header.PREFIXES, "film.")


@dataclass(frozen=True, eq=False)
class Shown:
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


def state_of(page: Page) -> TrainState:
    """The page's state, which is a training."""
    state = page.state
    assert isinstance(state, TrainState)
    return state


def show(page: Page, state: TrainState, runs: Sequence[Shown]) -> None:
    """Shows a run with its film; or two side by side, below one transport and one slider for both."""
    if len(runs) == 1:
        _stage(page, state, runs[0], "stage", _scale(state, runs), main=True)
        return
    first = runs[0]
    layer, steps = _checkpoints(state, first)
    film = describe(page, state, first, layer, steps, main=True)
    film |= {
        "title": page.t(f"task.{first.film.recipe.task}"),
        "own": first.title,
        "others": [_curve(each) for each in runs[1:]],
        "gates": {},
        "answers": None,
    }
    recipes = [shown.film.recipe for shown in runs]
    bar = stage_header.bar((recipe.hidden, KINDS[recipe.cell]) for recipe in recipes)
    bar["strings"] = subset(state.lang, PREFIXES)
    scene = train_runs.scene(first.film, layer, steps[-1], page.t.plain)
    component.show(page, scene, key="bar", on_film=hearing(page), film=film, **bar)
    for place, (spot, shown) in enumerate(zip(st.columns(len(runs)), runs, strict=True)):
        with spot:
            _stage(page, state, shown, f"stage.{place}", _scale(state, runs), follow=True, compact=True)


def _stage(
    page: Page, state: TrainState, shown: Shown, key: str, largest: float, *, main: bool = False, **more: Any
) -> None:
    film = shown.film
    layer, steps = _checkpoints(state, shown)
    wanted = steps[-1] if state.checkpoint is None else state.checkpoint
    at = min(steps, key=lambda step: abs(step - wanted))
    scene = train_runs.scene(film, layer, at, page.t.plain)
    header: dict[str, Any] = {
        "random": False,
        "watch": None,
        "strings": subset(state.lang, PREFIXES),
        "scale": common_scale(scene.trace, largest),
        "film": describe(page, state, shown, layer, steps, main=main),
    }
    if not main:
        header["link"] = None  # the bar's says it
    arrays = train_runs.stacked(film, layer, steps)
    component.show(page, scene, key=key, on_film=hearing(page), arrays=arrays, **(header | more))


def tab_open(page: Page, name: str) -> bool:
    """Whether one of the tabs below the stage is open."""
    return bool(st.session_state.get(f"{page.name}.tabs") == page.t(f"train.tab.{name}"))


def shown_step(page: Page) -> int | None:
    """The training step of the checkpoint on the screen, as far as the browser told of it."""
    step: int | None = st.session_state.get(f"{page.name}.film")
    return step


def hearing(page: Page) -> Callable[[int], None]:
    """What notes the checkpoint on the screen when the browser tells of it."""

    def hear(step: int) -> None:
        st.session_state[f"{page.name}.film"] = step

    return hear


def _checkpoints(state: TrainState, shown: Shown) -> tuple[int, list[int]]:
    """The layer that is shown, and the checkpoints that go to the browser."""
    layer = train_runs.layer_of(shown.film, state.layer)
    most = train_runs.LIVE_BYTES if shown.live else train_runs.WHOLE_BYTES
    return layer, train_runs.chosen(shown.film, layer, most)


def _scale(state: TrainState, runs: Sequence[Shown]) -> float:
    """The largest |c| of all runs: one colour scale for them."""
    return max(train_runs.largest_cell(one.film, train_runs.layer_of(one.film, state.layer)) for one in runs)


def _curve(shown: Shown) -> dict[str, Any]:
    steps, metric = train_runs.thin(*shown.film.series("metric"))
    return {"title": shown.title, "steps": steps, "metric": metric}


def describe(
    page: Page, state: TrainState, shown: Shown, layer: int, steps: Sequence[int], *, main: bool
) -> dict[str, Any]:
    """What the film says beside its numbers, as JSON."""
    film, t = shown.film, page.t
    task = film.task
    by_step = {record["step"]: record for record in film.records}
    loss = train_runs.thin(*film.series("loss"))
    metric = train_runs.thin(*film.series("metric"))
    return {
        "run": f"{shown.name}/{layer}",
        "title": shown.title,
        "steps": list(steps),
        "loss": [by_step.get(step, {}).get("loss") for step in steps],
        "metric": [by_step.get(step, {}).get("metric") for step in steps],
        "total": film.recipe.steps,
        "newest": max(by_step, default=0),
        "live": shown.live,
        "at": state.checkpoint,
        "param": CHECKPOINT.name if main else None,
        "tell": main and tab_open(page, "takeaway"),
        "reported": shown_step(page),
        "metric_name": t(f"metric.{task.metric}"),
        "share": task.better == "higher",
        "better": task.better,
        "baseline": task.baseline,
        "curve": {"steps": loss[0], "loss": loss[1], "metric_steps": metric[0], "metric": metric[1]},
        "gates": {
            gate: [film.frames[step].decided[layer][gate] for step in steps]
            for gate in film.frames[steps[0]].decided[layer]
        },
        "note": _note(page, film, steps),
        "answers": _answers(film),
    }


def _note(page: Page, film: Film, steps: Sequence[int]) -> str | None:
    """What was left out for size."""
    said = []
    whole = len(film.task.probe.sequence)
    if len(steps) < len(film.steps):
        said.append(page.t("train.film.thinned", shown=len(steps), count=len(film.steps)))
    if len(film.probe) < whole:
        said.append(page.t("train.film.cut", shown=len(film.probe), count=whole))
    return " ".join(said) or None


def _answers(film: Film) -> dict[str, Any]:
    """What the network is asked for at each step of the probe; None where nothing is read."""
    task = film.task
    probe = task.probe
    read = probe.read[: len(film.probe)].tolist()
    asked = probe.target[: len(film.probe)]
    targets = [value if reads else None for value, reads in zip(asked.tolist(), read, strict=True)]
    if task.loss == "cross_entropy":
        return {"kind": "classes", "symbols": list(task.answers), "targets": targets}
    known = asked[np.array(read)]
    low, high = float(known.min()), float(known.max())
    air = 0.15 * (high - low) or 0.5
    return {
        "kind": "numbers",
        "names": list(task.answers),
        "targets": targets,
        "low": low - air,
        "high": high + air,
    }
