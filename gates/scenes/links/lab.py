"""The links of the lab. A cell edited there may have become another kind, so that z counts everywhere."""

from __future__ import annotations

from dataclasses import replace

from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.lab import codec as lab_codec
from gates.examples.lab.state import MOST, MOST_INPUTS
from gates.examples.notation.kinds import CellKind
from gates.examples.presets.registry import PRESETS
from gates.exercises.generate import DIFFICULTIES
from gates.exercises.ready import DRAWN, READY
from gates.scenes.links import shared
from gates.scenes.links.codec import Field, Kind, Problem, Table, choice, flag, number
from gates.scenes.state import BEGINNINGS, State

_SCRATCH = ("scratch",)
_CHOSEN = ("preset", "scratch")


def _edited() -> Kind:
    return Kind(lambda text: lab_codec.pack(lab_codec.unpack(text)), "…")


def _settled(state: State) -> tuple[State, list[Problem]]:
    if state.source == "challenge":
        challenge = state.challenge or next(iter(CHALLENGES))
        state = replace(state, challenge=challenge, cell=shared.kind_at_first(state))
    if state.source == "exercise":
        exercise = state.exercise or READY[0]
        state = replace(state, exercise=exercise, cell=shared.kind_at_first(state))
    return state, []


def _is_random(state: State) -> bool:
    """Whether the seed says which numbers there are."""
    return state.source == "scratch" or state.exercise in DRAWN


def _drawn(state: State) -> tuple[CellKind, ...]:
    return (lab_codec.unpack(state.lab).kind if state.lab else state.cell,)


LAB = Table(
    fields=(
        shared.LANG,
        shared.NOTATION,
        Field("cell", "cell", choice(*PRESETS), inputs=_CHOSEN, required=True),
        Field("begin", "source", choice(*BEGINNINGS)),
        Field("challenge", "challenge", choice(*CHALLENGES), inputs=("challenge",)),
        Field("exercise", "exercise", choice(*READY), inputs=("exercise",)),
        shared.SCALED,
        Field("inputs", "inputs", number(int, 1, MOST_INPUTS), inputs=_SCRATCH),
        Field("units", "hidden", number(int, 1, MOST), inputs=_SCRATCH),
        Field("seed", "seed", number(int, 0, 10**9), inputs=("exercise", *_SCRATCH), written_if=_is_random),
        Field("weights", "difficulty", choice(*DIFFICULTIES), inputs=("exercise",), written_if=_is_random),
        Field("bias", "bias", number(float, -20, 20), inputs=_SCRATCH, cells=("lstm", "gru")),
        Field("activation", "activation", choice("tanh", "relu"), inputs=_SCRATCH, cells=("rnn",)),
        Field("reset", "reset", choice("before", "after"), inputs=_CHOSEN, cells=("gru",)),
        shared.Z,
        *shared.examples("exercise", "scratch", "challenge"),
        Field("lab", "lab", _edited()),
        Field("check", "check", flag()),
    ),
    defaults=lambda state: State(state.cell, in_lab=True),
    settled=_settled,
    drawn=_drawn,
)
