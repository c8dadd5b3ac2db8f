"""A run and its way back on the stage: which cell, which loss, and the gradients of every signal. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from gates.analysis.ensembles import (
    KINDS,
    Kind,
    Loss,
    RunWithGradients,
    Setting,
    backprop,
    exploded_at,
    overflowed_at,
    run_and_backprop,
)
from gates.analysis.influence import backward_paths
from gates.examples import demonstrations
from gates.examples.demonstrations import (
    DEMONSTRATIONS,
    FAMILIES,
    Demonstration,
    Descent,
    followers,
    reading,
)
from gates.inputs.sequence import Sequence as Reading
from gates.scenes import header as stage_header
from gates.scenes.links.gradients import GRADIENTS, GradientState
from gates.scenes.registry import SETTINGS
from gates.scenes.scene import Scene
from gates.scenes.state import READER
from gates.text import Translator, subset

PREFIXES = (*stage_header.PREFIXES, "gradient.", "readout.")
"""The words that the browser needs where the belt also runs backwards."""

VANISHED = 1e-12
"""Share of the largest gradient below which the stage draws none."""


@dataclass(frozen=True)
class Experiment:
    """What a run of one seed depends on."""

    setting: Setting
    loss: Loss
    source: str
    steps: int
    text: str = ""
    by: str = "characters"


def experiment(state: GradientState) -> Experiment:
    """The experiment that a state sets up.

    Raises:
        InputError: its text cannot be read.
    """
    sequence = read(state, state.seed)
    at = None if state.loss_step == 0 else state.loss_step - 1
    setting = Setting(
        hidden=state.hidden,
        gain=state.gain,
        init=state.init,
        forget_bias=state.forget,
        update_bias=state.keep,
        activation=state.activation,
        reset=state.reset,
    )
    loss = Loss(
        aim=state.aim,
        at=at if state.aim in ("step", "unit", "readout") else None,
        unit=min(state.loss_unit, state.hidden) - 1,
        reads=state.reads,
        symbols=sequence.x.shape[1] if state.aim in ("readout", "every") else 0,
    )
    if loss.reads_out:
        followers(sequence)
    text = state.text if state.source == "text" else ""
    return Experiment(setting, loss, state.source, len(sequence), text, state.by)


def read(state: GradientState, seed: int) -> Reading:
    """What the cells of a seed read.

    Raises:
        InputError: the state's text cannot be read.
    """
    return reading(state.source, state.steps, seed, state.text, state.by)


def cost(state: GradientState) -> int:
    """Steps × units of the run and its way back, at most."""
    steps = len(state.text) if state.source == "text" and not state.demo else state.steps
    return 2 * steps * state.hidden


def run_with_gradients(experiment: Experiment, kind: Kind, seed: int) -> tuple[Reading, RunWithGradients]:
    """The run of one seed through one kind of cell, forward and backward."""
    sequence = reading(experiment.source, experiment.steps, seed, experiment.text, experiment.by)
    cell = experiment.setting.cell(kind, sequence.x.shape[1], seed)
    targets = followers(sequence) if experiment.loss.reads_out else ()
    return sequence, run_and_backprop(cell, experiment.loss, sequence.x, seed, targets)


def stage_arrays(run: RunWithGradients) -> dict[str, Any]:
    """The arrays that let the stage run its belt backwards: gradients of every signal, and the ways back."""
    signals = run.gradients.signals
    arrays = {f"grad.{name}": d for name, d in signals.items()}
    arrays |= {f"grad.pre.{name}": d for name, d in signals.pre.items()}
    arrays |= {f"back.{name}": d for name, d in backward_paths(run.trace, run.gradients).items()}
    if run.loss.probabilities is not None:
        arrays["readout"] = run.loss.probabilities
    return arrays


def largest_gradient(run: RunWithGradients) -> float:
    """The largest finite gradient of all signals; 1 if there is none."""
    largest = 0.0
    for d in run.gradients.signals.values():
        finite = np.abs(d[np.isfinite(d)])
        largest = max(largest, float(finite.max(initial=0)))
    return largest or 1.0


LARGEST_DRAWN = 1e100
"""States beyond this are not put on the stage: sums and squares of them leave the numbers in the browser."""


def drawable_steps(trace: Any) -> int:
    """How many steps of a run that leaves the numbers can still be drawn."""
    with np.errstate(invalid="ignore"):
        fine = np.all(np.abs(trace.pre_block) < LARGEST_DRAWN, axis=-1)
    return trace.steps if fine.all() else int(np.argmin(fine))


def beginning(sequence: Reading, steps: int) -> Reading:
    """The first steps of what the cells read."""
    return replace(sequence, x=sequence.x[:steps].copy(), tokens=sequence.tokens[:steps])


@dataclass(frozen=True, eq=False)
class BackwardScene:
    """A run on the stage.

    scene: the run; None where not even its first step can be drawn. text: the loss in a line. run: the run
    with its gradients; None where it leaves the numbers, so that there is none. overran: the step, from 1, at
    which its state is not finite any more, or None; the run on the stage ends before.
    """

    scene: Scene | None
    loss: Loss
    text: str
    run: RunWithGradients | None
    overran: int | None = None

    def header(self, t: Translator) -> dict[str, Any]:
        """Return the fields of the stage's header beyond the usual."""
        if self.run is None or self.scene is None:
            return {}
        scene, loss, largest = self.scene, self.loss, largest_gradient(self.run)
        reads = "cell" if loss.reads == "cell" and scene.kind == "lstm" else "hidden"
        described: dict[str, Any] = {
            "gradient": {
                "loss": self.text,
                "at": loss.step(self.run.trace.steps),
                "unit": loss.unit if loss.aim == "unit" else None,
                "source": reads,
                "scale": largest,
                "floor": largest * VANISHED,
                "exploded": exploded_at(self.run.norms().hidden),
            },
        }
        if self.run.loss.probabilities is not None:
            targets = followers(scene.sequence)
            described["readout"] = _readout(t, scene.sequence.columns, targets, reads)
        return described

    def arrays(self) -> dict[str, Any]:
        """Return the arrays beside those of the run."""
        return {} if self.run is None else stage_arrays(self.run)


def _readout(t: Translator, symbols: Sequence[str], targets: Sequence[int], reads: str) -> dict[str, Any]:
    source = "c" if reads == "cell" else "h"
    return {
        "symbols": list(symbols),
        "source": source,
        "title": f"y = softmax(V·{source} + b)",
        "targets": [*targets, None],
        "note": t("gradients.readout.note"),
    }


def fields(scene: BackwardScene, state: GradientState, t: Translator) -> dict[str, Any]:
    """Return the fields by which the header of the page's stage differs from any other stage's."""
    words = subset(state.lang, PREFIXES)
    return {"strings": words, "examples": examples(state, t), **scene.header(t)}


def on_show(state: GradientState) -> Demonstration | None:
    """Return the demonstration that a state is, up to what that leaves open; None for an own experiment."""
    return next((demonstration for demonstration in DEMONSTRATIONS if _shows(state, demonstration)), None)


def _shows(state: GradientState, demonstration: Demonstration) -> bool:
    if demonstration.view != "cells" or state.demo:
        return state.demo == dict(demonstration.changes).get("demo", None)
    left_closed = ("gain", "forget", "keep", "init", "steps", "activation")
    opened_state = replace(GradientState(), **demonstration.changes)
    return all(getattr(state, field) == getattr(opened_state, field) for field in left_closed)


def opened(demonstration: Demonstration, state: GradientState) -> GradientState:
    """Return what a demonstration brings up; what the reader chose for all pages stays."""
    return replace(GradientState(**state.values(READER)), **demonstration.changes)


def examples(state: GradientState, t: Translator) -> dict[str, Any]:
    """What the stage can choose from by itself, in the form of :func:`gates.scenes.header.examples`.

    It is each demonstration, through every cell that the page can put on the stage there; and an own
    experiment, as it is set up, through each of them. ``each``: the parameters of each one's link.
    """
    shown = on_show(state)
    titles: dict[str, str] = {}
    each: dict[str, dict[str, str]] = {}

    def offer(name: str, title: str, offered: GradientState) -> None:
        titles[name] = f"{offered.cell.upper()} · {title}"
        each[name] = GRADIENTS.write(offered)

    free = [demonstration for demonstration in DEMONSTRATIONS if demonstration.view == "cells"]
    for kind in KINDS:
        if shown is None:
            offer(f"own.{kind}", t("gradients.own.name"), replace(state, cell=kind))
        for demonstration in free:
            # As on the page: the cell of the one on show is changed, and nothing else of it.
            whole = state if demonstration is shown else opened(demonstration, state)
            offer(f"{demonstration.id}.{kind}", _title(demonstration, t), replace(whole, cell=kind))
    for demonstration in DEMONSTRATIONS:
        if demonstration.view != "cells":
            offer(
                demonstration.id,
                _title(demonstration, t),
                state if demonstration is shown else opened(demonstration, state),
            )
    kept = {name: value for name, value in next(iter(each.values())).items() if name in SETTINGS}
    return {
        "params": kept,
        "titles": titles,
        "each": {
            name: {key: demonstration[key] for key in demonstration if key not in kept}
            for name, demonstration in each.items()
        },
        "shown": state.demo or f"{shown.id if shown else 'own'}.{state.cell}",
    }


def _title(demonstration: Demonstration, t: Translator) -> str:
    """The name of a demonstration in a list, after that of its family where it has any."""
    family, members = next(item for item in FAMILIES.items() if demonstration.id in item[1])
    name = t(f"gradients.demo.{demonstration.id}")
    return name if len(members) == 1 else f"{t(f'gradients.demo.{family}')} · {name}"


def backward_scene(state: GradientState, t: Translator) -> BackwardScene:
    """Return what a state puts on the stage.

    Raises:
        InputError: its text cannot be read.
    """
    return demonstration_scene(state, t) if state.demo else experiment_scene(experiment(state), state, t)


def experiment_scene(experiment: Experiment, state: GradientState, t: Translator) -> BackwardScene:
    """Return the run of the state's cell and first seed in an experiment."""
    sequence, run = run_with_gradients(experiment, state.cell, state.seed)
    text = _loss_text(experiment, state, t)
    overran = overflowed_at(run.trace)
    cell = run.trace.source
    if overran is None:
        return BackwardScene(Scene(cell, sequence, run.trace, None, {}), experiment.loss, text, run)
    drawn = drawable_steps(run.trace)
    part = beginning(sequence, drawn)
    scene = Scene(cell, part, cell.run(part.x), None, {}) if drawn else None
    return BackwardScene(scene, experiment.loss, text, None, overran + 1)


def scene_with_gradients(scene: Scene, loss: Loss, seed: int, t: Translator) -> BackwardScene:
    """Return a run of any page with its way back from a loss that reads one step; ``seed`` draws its v."""
    at = loss.step(scene.trace.steps)
    letter = "c" if loss.reads == "cell" and scene.kind == "lstm" else "h"
    text = t(f"gradients.loss.{loss.aim}", state=letter, step=(at or 0) + 1, unit=loss.unit + 1)
    return BackwardScene(scene, loss, text, backprop(scene.trace, loss, seed))


def _loss_text(experiment: Experiment, state: GradientState, t: Translator) -> str:
    """The loss in a line."""
    loss = experiment.loss
    at = loss.step(experiment.steps)
    reads = "c" if loss.reads == "cell" and state.cell == "lstm" else "h"
    step = experiment.steps if at is None else at + 1
    return t(f"gradients.loss.{loss.aim}", state=reads, step=step, unit=loss.unit + 1)


def demonstration_scene(state: GradientState, t: Translator) -> BackwardScene:
    """Return the run of a demonstration: latch, leak or cliff."""
    loss = Loss(aim="unit")
    run: demonstrations.Run
    match state.demo:
        case "latch":
            run = demonstrations.latch(state.weight, state.steps)
        case "decay":
            run = demonstrations.leak(state.steps)
            loss = Loss(aim="last", reads="cell")
        case _:
            run = demonstrations.cliff_run(*_steepest(descent(state.cliff_clip)))
    gradients = run_and_backprop(run.cell, loss, run.sequence.x, 0, state=run.state)
    letter = "c" if loss.reads == "cell" else "h"
    text = t(f"gradients.loss.{loss.aim}", state=letter, step=len(run.sequence), unit=1)
    return BackwardScene(
        DemonstrationRun(run.cell, run.sequence, gradients.trace, None, {}), loss, text, gradients
    )


class DemonstrationRun(Scene):
    """A run by weights made for a demonstration."""

    @property
    def random(self) -> bool:
        """False: the weights were chosen."""
        return False


@lru_cache(maxsize=2)
def descent(clipped: bool) -> Descent:
    """Return the descent at the cliff, with its gradient clipped or not; not to be written to."""
    return demonstrations.descend(clipped)


def _steepest(descent: Descent) -> tuple[float, float]:
    place = descent.places[descent.steepest]
    return float(place[0]), float(place[1])
