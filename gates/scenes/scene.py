"""From a state to a run: which cell reads which sequence. Pure: the same state always gives the same run."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple, Self

import numpy as np

from gates import GRU, LSTM, RNN, Trace
from gates.examples.notation.kinds import DrawnKind, kind_of
from gates.examples.notation.latex import Equation, Options, equations, options_of
from gates.examples.notation.letters import Reset, Update
from gates.examples.presets.model import Cell, Preset, fits
from gates.examples.presets.random_cell import random_cell
from gates.examples.presets.readings import PresetRun
from gates.examples.presets.registry import PRESETS, preset
from gates.examples.presets.trained import Trained
from gates.figures.palette import GATES, palette
from gates.inputs import parse
from gates.inputs.sequence import InputError, Sequence
from gates.scenes import payload
from gates.scenes.cache import SharedCache, digest
from gates.scenes.state import State
from gates.text import Translator, translator

RANDOM = "random"
MOST_UNITS = 64
SCENE_BYTES = 8_000  # bytes of a scene beside its arrays
LARGE = 16_000
"""Steps × units from which a run gives way to small ones: some 8 ms to compute, and 1.5 MB."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What the stage shows: a cell, the sequence it read, and the trace of that run."""

    cell: LSTM | GRU | RNN  # in a comparison also what came after them
    sequence: Sequence
    trace: Trace
    preset: Preset | None
    sliders: Mapping[str, float]

    @property
    def trained(self) -> Trained | None:
        """The trained example that is shown, whose read-out answers at each step; else None."""
        return self.preset if isinstance(self.preset, Trained) else None

    @property
    def kind(self) -> DrawnKind:
        """The kind of the cell."""
        return kind_of(self.cell)

    @property
    def reset(self) -> Reset:
        """Where a GRU's reset gate acts; for the other cells it means nothing."""
        return self.cell.reset if isinstance(self.cell, GRU) else "after"

    @property
    def activation(self) -> str:
        """The name of a plain RNN's squash; tanh for the other cells."""
        return self.cell.squashes["hidden"].activation.name if isinstance(self.cell, RNN) else "tanh"

    @property
    def variant(self) -> Options:
        """Peepholes, coupled gates and gates left out, as the equations and the stage take them."""
        return options_of(self.cell)

    def equations(self, notation: str, update: Update, theme: str) -> tuple[Equation, ...]:
        """Return the equations of its cell as it is, in a notation, the gates in a theme's colours."""
        return equations(
            self.kind,
            notation,
            reset=self.reset,
            update=update,
            activation=self.activation,
            colours={gate: palette(theme)[gate] for gate in GATES},
            **self.variant,
        )

    @property
    def random(self) -> bool:
        """Whether the weights were drawn, so that these gates have learned nothing."""
        return self.preset is None

    @property
    def more_arrays(self) -> Mapping[str, np.ndarray]:
        """What else of the run travels to the browser."""
        return {}

    @property
    def edited(self) -> bool:
        """Whether cell or input were changed by hand."""
        return False

    def description(self, t: Translator) -> str | None:
        """Return what the preset says of its own run with the sliders as they are; None without a preset.

        Where the run shown is another, for an own input or edited weights, it is what the example says as it
        opens, and that is said too.
        """
        if self.preset is None:
            return None
        if not self.edited and np.array_equal(self.sequence.x, self.preset.sequence_for(t).x):
            run = PresetRun(self.cell, self.sequence, self.trace)
            return self.preset.description(t, self.sliders, self.reset, run)
        return note_on_example(self.preset, t)


def note_on_example(chosen: Preset, t: Translator) -> str:
    """Return what an example says where the run that is shown is not its own."""
    return t("preset.elsewhere", said=_as_made(chosen, t.language))


@lru_cache(maxsize=256)
def _as_made(chosen: Preset, language: str) -> str:
    return chosen.description(translator(language))


def build(state: State) -> Scene:
    """Runs the cell that the state names over the input that it names.

    What several readers ask for is computed once (:mod:`gates.scenes.cache`): a scene is not to be changed.

    Raises:
        InputError: where the input is none.
    """
    return RUNS.get(digest(state), lambda: _built(state), _size)


def _size(scene: Scene) -> int:
    """About how many bytes a scene takes, once more of them packed for the browser."""
    return 2 * sum(array.nbytes for array in payload.arrays(scene.trace).values()) + SCENE_BYTES


def drawn_cell(state: State, inputs: int) -> Cell:
    """The cell of random weights that the state's seed draws, for so many inputs."""
    return random_cell(
        state.cell,
        inputs=inputs,
        hidden=state.hidden,
        seed=state.seed,
        bias=state.bias,
        reset=state.reset,
        activation=state.activation,
    )


def _built(state: State) -> Scene:
    chosen, sequence = _network_and_input(state)
    if chosen is None:
        cell = drawn_cell(state, sequence.x.shape[1])
        return Scene(cell, sequence, cell.run(sequence.x), None, {})
    values = chosen.bounded_values(state.sliders)
    cell = chosen.build(values, state.reset)
    return Scene(cell, sequence, cell.run(sequence.x), chosen, values)


def read(state: State) -> Sequence:
    """The sequence as the state's network reads it.

    Raises:
        InputError: where the input is none.
    """
    return _network_and_input(state)[1]


def network(state: State) -> Preset | None:
    """The preset whose weights are used; None for random weights.

    Raises:
        InputError: where the input is none.
    """
    return _network_and_input(state)[0]


def _network_and_input(state: State) -> tuple[Preset | None, Sequence]:
    entered = own_input(state)
    if entered is None:
        named = preset(state.cell, state.preset) if state.preset else PRESETS[state.cell][0]
        return named, named.sequence_for(translator(state.lang))
    if state.through != RANDOM:
        chosen = next((each for each in PRESETS[state.cell] if each.id == state.through), None)
        stretched = chosen.adapt_loosely(entered) if chosen else None
        if chosen and stretched is not None:
            return chosen, stretched
        for candidate in PRESETS[state.cell]:
            adapted = candidate.adapt(entered)
            if adapted is not None:
                return candidate, adapted
    return None, entered


def cost(state: State) -> int:
    """Steps × units of the run, at most; 0 for one that is small anyway: an example's, or the lab's.

    What cannot be read costs nothing either.
    """
    try:
        entered = None if state.in_lab else own_input(state)
    except InputError:
        return 0
    if entered is None:
        return 0
    columns: tuple[str, ...] | None = getattr(
        state, "columns", None
    )  # a comparison's cells, all of one width
    if columns is not None:
        return len(columns) * len(entered) * state.hidden
    chosen = network(state)
    return len(entered) * (state.hidden if chosen is None else len(chosen.units) or MOST_UNITS)


def fitting(state: State) -> tuple[Preset, ...]:
    """The presets that own input can go through.

    Raises:
        InputError: where the input is none.
    """
    entered = own_input(state)
    return tuple(
        candidate for candidate in PRESETS[state.cell] if entered is not None and fits(candidate, entered)
    )


def stretching(state: State) -> tuple[Preset, ...]:
    """The presets that own text can go through where a person insists, though they know little of it.

    Raises:
        InputError: where the input is none.
    """
    entered = own_input(state) if state.source == "text" else None
    return tuple(
        preset
        for preset in PRESETS[state.cell]
        if entered is not None and not fits(preset, entered) and preset.adapt_loosely(entered) is not None
    )


def own_input(state: State) -> Sequence | None:
    """The input that a person chose beside the presets; None where the preset brings its own.

    Raises:
        InputError: where what was typed or chosen is no input.
    """
    return _OWN.result(_Request.of(state))


class _Request(NamedTuple):
    """How own input is read: the function, and what it is given."""

    read: Callable[..., Sequence]
    text: str
    options: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, state: State) -> Self | None:
        """What a state asks to be read; None where it is the preset's own sequence."""
        match state.source:
            case "text":
                return cls(parse.from_text, state.text, (("by", state.by),))
            case "numbers":
                return cls(parse.parse_numbers, state.numbers, (("row", state.row), ("scale", state.scale)))
            case "signal" if state.signal == "brackets" and state.brackets:
                return cls(parse.brackets, state.brackets)
            case "signal":
                options = {"steps": state.steps, "at": state.at, "period": state.period}
                return cls(parse.signal, state.signal, (*options.items(), ("seed", state.signal_seed)))
            case "prices":
                return cls(parse.prices, state.company, (("start", state.start), ("end", state.end)))
            case _:
                return None


class _InputCache:
    """The inputs read last, so that each is parsed once: the picture, the controls and the sentence about it
    ask for the same one, and so does the next movement of a slider.

    Bounded by bytes: text one-hot over 512 symbols takes 4 MB, most inputs a few thousand bytes.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[_Request, tuple[Sequence | InputError, int]] = OrderedDict()
        self._lock = Lock()

    def result(self, request: _Request | None) -> Sequence | None:
        """What is read, or the error that it is none, raised anew."""
        if request is None:
            return None
        with self._lock:
            if request in self._kept:
                self._kept.move_to_end(request)
            entry = self._kept.get(request)
        outcome = entry[0] if entry else self._read(request)
        if isinstance(outcome, InputError):
            raise InputError(outcome.key, **outcome.values)
        return outcome

    def _read(self, request: _Request) -> Sequence | InputError:
        outcome: Sequence | InputError
        try:
            outcome = request.read(request.text, **dict(request.options))
        except InputError as wrong:
            outcome = InputError(wrong.key, **wrong.values)
        size = 4 * len(request.text) + (0 if isinstance(outcome, InputError) else _bytes(outcome))
        with self._lock:
            self.size += size - self._kept.pop(request, (outcome, 0))[1]
            self._kept[request] = outcome, size
            while self.size > self.limit and self._kept:
                _, (_, freed) = self._kept.popitem(last=False)
                self.size -= freed
        return outcome


def _bytes(sequence: Sequence) -> int:
    words = sequence.tokens + sequence.columns
    return sequence.x.nbytes + sum(60 + 4 * len(word) for word in words)


_OWN = _InputCache(limit=32 * 2**20)
RUNS: SharedCache[Scene] = SharedCache(most_bytes=32 * 2**20, most=512)
"""The runs asked for last. One of 1,000 steps × 64 units takes 16 MB, an example's some 20 KB."""

__all__ = [
    "LARGE", "RANDOM", "RUNS", "InputError", "Scene", "build", "cost", "fitting", "network", "own_input",
    "read", "stretching",
]  # fmt: skip
