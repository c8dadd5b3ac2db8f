"""From a state to a run: which cell reads which sequence. Pure: the same state always gives the same run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from gates import GRU, LSTM, RNN, SLSTM, MinGRU, MinLSTM, Trace
from gates.lessons import inputs
from gates.lessons.notation import DrawnKind, Reset
from gates.lessons.preset import Preset, fits
from gates.lessons.presets import PRESETS, preset
from gates.lessons.random_cell import random_cell
from gates.lessons.sequence import InputError, Sequence
from gates.text import translator
from gates.ui.state import State

RANDOM = "random"
_KINDS: Mapping[type, DrawnKind] = {
    LSTM: "lstm", GRU: "gru", RNN: "rnn", MinGRU: "mingru", MinLSTM: "minlstm", SLSTM: "slstm",
}  # fmt: skip


class Variant(TypedDict):
    """What an LSTM has beyond, or short of, the common one; for other cells it is all as it is not."""

    peephole: bool
    coupled: bool
    without: tuple[str, ...]
    candidate_activation: str
    cell_activation: str


@dataclass(frozen=True, eq=False)
class Scene:
    """What the stage shows: a cell, the sequence it read, and the trace of that run."""

    cell: LSTM | GRU | RNN  # in a comparison also what came after them
    sequence: Sequence
    trace: Trace
    preset: Preset | None
    sliders: Mapping[str, float]

    @property
    def kind(self) -> DrawnKind:
        """The kind of the cell."""
        return _KINDS[type(self.cell)]

    @property
    def reset(self) -> Reset:
        """Where a GRU's reset gate acts; for the other cells it means nothing."""
        return self.cell.reset if isinstance(self.cell, GRU) else "after"

    @property
    def activation(self) -> str:
        """The name of a plain RNN's squash; tanh for the other cells."""
        return self.cell.squashes["hidden"].activation.name if isinstance(self.cell, RNN) else "tanh"

    @property
    def variant(self) -> Variant:
        """Peepholes, coupled gates and gates left out, as the equations and the stage take them."""
        if not isinstance(self.cell, LSTM):
            return Variant(
                peephole=False, coupled=False, without=(), candidate_activation="tanh", cell_activation="tanh"
            )
        return Variant(
            peephole=self.cell.peephole is not None,
            coupled=self.cell.coupled,
            without=tuple(sorted(self.cell.without)),
            candidate_activation=self.cell.squashes["candidate"].activation.name,
            cell_activation=self.cell.squashes["cell"].activation.name,
        )

    @property
    def random(self) -> bool:
        """Whether the weights were drawn, so that these gates have learned nothing."""
        return self.preset is None


def build(state: State) -> Scene:
    """Runs the cell that the state names over the input that it names.

    Raises:
        InputError: where the input is none.
    """
    chosen = network(state)
    sequence = read(state)
    if chosen is None:
        cell = random_cell(
            state.cell,
            inputs=sequence.x.shape[1],
            hidden=state.hidden,
            seed=state.seed,
            bias=state.bias,
            reset=state.reset,
            activation=state.activation,
        )
        return Scene(cell, sequence, cell.run(sequence.x), None, {})
    values = chosen.settled(state.sliders)
    cell = chosen.build(values, state.reset)
    return Scene(cell, sequence, cell.run(sequence.x), chosen, values)


def read(state: State) -> Sequence:
    """The sequence as the state's network reads it.

    Raises:
        InputError: where the input is none.
    """
    chosen, own = network(state), own_input(state)
    if own is None:
        return (chosen or PRESETS[state.cell][0]).sequence_for(translator(state.lang))
    return (chosen.adapt(own) if chosen else None) or own


def network(state: State) -> Preset | None:
    """The preset whose weights are used; None for random weights.

    Raises:
        InputError: where the input is none.
    """
    if state.source == "preset":
        return preset(state.cell, state.preset) if state.preset else PRESETS[state.cell][0]
    candidates = {candidate.id: candidate for candidate in fitting(state)}
    if state.through == RANDOM or not candidates:
        return None
    return candidates.get(state.through) or next(iter(candidates.values()))


def fitting(state: State) -> tuple[Preset, ...]:
    """The presets that own input can go through.

    Raises:
        InputError: where the input is none.
    """
    own = own_input(state)
    return tuple(candidate for candidate in PRESETS[state.cell] if own is not None and fits(candidate, own))


def own_input(state: State) -> Sequence | None:
    """The input that a person chose beside the presets; None where the preset brings its own.

    Raises:
        InputError: where what was typed or chosen is no input.
    """
    match state.source:
        case "text":
            return inputs.from_text(state.text, by=state.by)
        case "numbers":
            return inputs.parse_numbers(state.numbers)
        case "signal" if state.signal == "brackets" and state.brackets:
            return inputs.brackets(state.brackets)
        case "signal":
            return inputs.signal(
                state.signal, state.steps, at=state.at, period=state.period, seed=state.signal_seed
            )
        case "prices":
            return inputs.prices(state.company, state.start, state.end)
        case _:
            return None


__all__ = ["RANDOM", "InputError", "Scene", "build", "fitting", "network", "own_input", "read"]
