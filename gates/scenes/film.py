"""From a training run on disk to its film: its records, and the probe sequence as every checkpoint reads it.

Each checkpoint is read once, whoever watches. Pure but for that: the same folder always gives the same film.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates.figures.palette import GATES
from gates.inputs.sequence import Sequence as Reading
from gates.interop import load
from gates.network import AnyCell, Layer, Network, Readout
from gates.paths import RUNS
from gates.scenes import payload, scales
from gates.scenes.scene import Scene
from gates.text import Translator
from gates.training.recipe import Recipe
from gates.training.runs.folder import RunFolder
from gates.training.tasks.model import Task
from gates.training.tasks.registry import make_task

EXAMPLE = RunFolder(RUNS / "parity")
"""A run that was recorded, so that there is something to see before anybody has trained."""

LIVE_BYTES, WHOLE_BYTES, FILE_BYTES = 2**20, 16 * 2**20, 2**20
"""How much of a film is sent: at each look while it is being made, when it is complete, and in a file."""
MOST_STEPS = 200
"""Timesteps of a probe that the film shows."""
BEGINNING = 200
"""Characters of own data that are kept with a film."""
DECIDED = 0.1
"""A gate this near to 0 or 1 is called decided."""
POINTS = 240
"""Points of a curve that the browser draws."""
KEPT_BYTES = 400 * 2**20
"""Bytes of films kept in memory: those of the last runs that were looked at, but always the last one's."""


@lru_cache(maxsize=16)
def task_of(task: str, source: str | None, length: int | None) -> Task:
    """The task that a recipe trains on."""
    return make_task(task, source, **({} if length is None else {"length": length}))


@lru_cache(maxsize=64)
def recipe_of(folder: RunFolder) -> Recipe:
    """The recipe of a run, which never changes."""
    return Recipe.from_json(folder.recipe)


@dataclass(frozen=True, eq=False)
class Frame:
    """The probe as one checkpoint reads it.

    arrays: of each layer, those of :func:`payload.arrays`. answers: (T, K), probabilities where there are
    classes, else the numbers themselves. decided: for each layer, the share of each gate's values that is
    near 0 or 1; opening: their mean.
    """

    network: Network
    traces: tuple[Any, ...]
    answers: NDArray[Any]
    decided: tuple[Mapping[str, float], ...]
    opening: tuple[Mapping[str, float], ...]


@dataclass
class Film:
    """What has been read of a run so far. Its fields grow; nothing in them changes.

    beginning: of the person's own text or numbers. samples: what a model of a text wrote, by checkpoint,
    beginning and temperature.
    """

    folder: RunFolder
    recipe: Recipe
    task: Task
    beginning: str = ""
    frames: dict[int, Frame] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)
    offset: int = 0
    samples: dict[tuple[int, str, float], str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def probe(self) -> Reading:
        """The sequence that is watched, cut where it is long."""
        return self._cut(self.task.probe.sequence)

    def sequence_for(self, t: Translator) -> Reading:
        """The same in the reader's language, as far as it is made of words."""
        return self._cut(self.task.probe.sequence_for(t))

    @staticmethod
    def _cut(sequence: Reading) -> Reading:
        if len(sequence) <= MOST_STEPS:
            return sequence
        x = np.array(sequence.x[:MOST_STEPS])
        return Reading(x, sequence.tokens[:MOST_STEPS], sequence.columns, sequence.kind, sequence.keyed)

    def catch_up(self) -> None:
        """Read what the run has written since the last look."""
        with self.lock:
            more, self.offset = self.folder.records(self.offset)
            self.records += more
            for step, path in self.folder.checkpoints().items():
                if step not in self.frames:
                    self.frames[step] = read(path, self.task, self.probe)

    def weights(self, step: int) -> tuple[str, bytes] | None:
        """The end of the name of a checkpoint's file, and what is in it.

        None where a long run has thinned it out, or the folder is gone.
        """
        try:
            path = self.folder.checkpoints()[step]
            return path.suffix, path.read_bytes()
        except (KeyError, OSError):
            return None

    @property
    def size(self) -> int:
        """About how many bytes it takes in memory."""
        frames = self.frames
        first = next(iter(frames.values()), None)
        return len(frames) * sum(_bytes(trace) for trace in first.traces) if first else 0

    @property
    def steps(self) -> list[int]:
        """The steps of the checkpoints."""
        return sorted(self.frames)

    def series(self, name: str) -> tuple[list[int], list[float]]:
        """The recorded values of a measure, where there are any, and their steps."""
        pairs = [(record["step"], record[name]) for record in self.records if record.get(name) is not None]
        return [step for step, _ in pairs], [value for _, value in pairs]


_films: OrderedDict[Path, Film] = OrderedDict()
_guard = threading.Lock()


def film(folder: RunFolder) -> Film:
    """The film of a run, as far as it goes by now.

    Raises:
        OSError, GatesError: the folder is gone, or what it holds is no run.
    """
    with _guard:
        cached = _films.get(folder.path)
        if cached is None:
            recipe = recipe_of(folder)
            source = folder.source
            task = task_of(recipe.task, source, recipe.length)
            beginning = (source or "").strip()[:BEGINNING]
            cached = _films[folder.path] = Film(folder, recipe, task, beginning)
        _films.move_to_end(folder.path)
        while len(_films) > 1 and sum(film.size for film in _films.values()) > KEPT_BYTES:
            _films.popitem(last=False)
    cached.catch_up()
    return cached


def _bytes(trace: Any) -> int:
    return sum(array.nbytes for array in payload.arrays(trace).values())


def read(path: Path, task: Task, probe: Reading) -> Frame:
    """The probe as the network in a file reads it, in float64, as all of the app computes."""
    network = as_float64(load(path))
    run = network.run(probe.x)
    traces = tuple(layer.forward for layer in run.layers)
    answers = run.probabilities if task.loss == "cross_entropy" else run.scores
    decided, opening = zip(*(_gates(trace) for trace in traces), strict=True)
    return Frame(network, traces, answers, decided, opening)


def as_float64(network: Network) -> Network:
    """The same network in float64: every weight is the number that it was."""

    def wide(cell: Any) -> AnyCell:
        weights = {name: getattr(cell, name) for name in cell.arrays()}  # None for what a cell does not have
        wider = {name: each.astype(np.float64) for name, each in weights.items() if each is not None}
        wider_cell: AnyCell = replace(cell, **wider)
        return wider_cell

    layers = tuple(Layer(*(wide(cell) for cell in layer.cells)) for layer in network.layers)
    readout = network.readout
    if readout is not None:
        readout = Readout(readout.V.astype(np.float64), readout.b.astype(np.float64))
    return Network(layers, readout)


def _gates(trace: Any) -> tuple[dict[str, float], dict[str, float]]:
    values = {name: getattr(trace, name) for name in trace.signals if name in GATES}
    decided = {
        name: float(np.mean((value < DECIDED) | (value > 1 - DECIDED))) for name, value in values.items()
    }
    return decided, {name: float(np.mean(value)) for name, value in values.items()}


def layer_of(film: Film, layer: int) -> int:
    """The index of a layer, counted from 1; 0 is the top one."""
    return (layer or film.recipe.layers) - 1 if layer <= film.recipe.layers else film.recipe.layers - 1


def scene(film: Film, layer: int, step: int, t: Translator) -> Scene:
    """A checkpoint's run on the probe, as the stage takes it."""
    trace = film.frames[step].traces[layer]
    sequence = film.sequence_for(t)
    if layer:
        x = np.array(trace.x, dtype=np.float64)
        names = tuple(f"h{unit}" for unit in range(1, x.shape[1] + 1))
        sequence = Reading(x, sequence.tokens, names, "numbers")
    return Scene(trace.source, sequence, trace, None, {})


def fitting_checkpoints(film: Film, layer: int, most: int) -> list[int]:
    """The checkpoints that fit into so many bytes: first and last, and between them evenly thinned."""
    steps = film.steps
    first = film.frames[steps[0]]
    trace = first.traces[layer]
    weights = sum(array.nbytes for array in trace.source.arrays().values())
    each = _bytes(trace) - weights // 2 + first.answers.nbytes  # weights travel as float32
    count = max(2, min(len(steps), most // each))
    places = np.unique(np.linspace(0, len(steps) - 1, count).round().astype(int))
    return [steps[place] for place in places]


def stacked(film: Film, layer: int, steps: Sequence[int]) -> dict[str, NDArray[Any]]:
    """The arrays of checkpoints, (K, …) each, under ``film.<name>``; what all share is left out.

    The weights are float32 numbers and travel as such.
    """
    frames = [film.frames[step] for step in steps]
    each = [payload.arrays(frame.traces[layer]) for frame in frames]
    names = [name for name in each[0] if layer or name != "x"]
    arrays = {f"film.{name}": np.stack([arrays[name] for arrays in each]) for name in names}
    for name in frames[0].traces[layer].source.arrays():
        arrays[f"film.{name}"] = arrays[f"film.{name}"].astype(np.float32)
    return arrays | {"film.answers": np.stack([frame.answers for frame in frames])}


def largest_cell(film: Film, layer: int) -> float:
    """The largest |c| of all checkpoints: one colour scale for the whole film."""
    return scales.largest_cell(frame.traces[layer] for frame in film.frames.values())


def thinned_curve(
    steps: Sequence[int], values: Sequence[float], most: int = POINTS
) -> tuple[list[int], list[float]]:
    """At most so many points of a curve, as dense as a logarithmic axis needs them."""
    if len(steps) <= most:
        return list(steps), list(values)
    places = np.unique(np.geomspace(1, len(steps), most).round().astype(int)) - 1
    return [steps[place] for place in places], [values[place] for place in places]
