"""What the gradients page shows, and its links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gates.analysis.clipping import Mode
from gates.analysis.ensembles import AIMS, INITS, KINDS, Aim, Init
from gates.examples.demonstrations import DEMONSTRATIONS
from gates.examples.notation.kinds import CellKind, DrawnKind
from gates.examples.notation.letters import Reset
from gates.scenes.links import shared
from gates.scenes.links.codec import Field, Table, choice, flag, number
from gates.scenes.state import State

LARGEST_GAIN = 1e9
MOST_SEEDS = 10
SOURCES = ("noise", "letters", "text")


@dataclass(frozen=True)
class GradientState(State):
    """What the gradients page shows. Its ``cell`` is the one on the stage; curves are drawn for all kinds."""

    cell: CellKind = "lstm"
    demo: str = ""  # "" is an experiment of one's own
    source: str = "noise"
    steps: int = 100
    hidden: int = 32
    seeds: int = 10

    gain: float = 1.0
    init: Init = "default"
    forget: float | None = None  # None leaves the bias as drawn
    keep: float | None = None  # the update bias of a GRU
    reset: Reset = "after"

    aim: Aim = "last"
    loss_step: int = 0  # from 1; 0 is the last
    loss_unit: int = 1
    reads: Literal["hidden", "cell"] = "hidden"

    threshold: float = 1.0
    clipping: Mode = "norm"
    weight: float = 1.25  # of Bengio's latch
    cliff_clip: bool = False  # whether the descent at Pascanu's cliff is clipped


def _drawn(state: GradientState) -> tuple[DrawnKind, ...]:
    shown = next((one for one in DEMONSTRATIONS if one.id == state.demo), None)
    return (shown.changes["cell"] if shown else state.cell,)


GRADIENTS = Table(
    fields=(
        shared.LANG,
        shared.NOTATION,
        shared.BY,
        shared.Z,
        Field("cell", "cell", choice(*KINDS), required=True),
        Field("demo", "demo", choice(*(one.id for one in DEMONSTRATIONS if one.view != "cells"))),
        Field("input", "source", choice(*SOURCES)),
        Field("T", "steps", number(int, 1, 1000)),
        Field("units", "hidden", number(int, 1, 64)),
        Field("seed", "seed", number(int, 0, 10**9)),
        Field("seeds", "seeds", number(int, 1, MOST_SEEDS)),
        Field("gain", "gain", number(float, 0, LARGEST_GAIN)),
        Field("init", "init", choice(*INITS)),
        Field("forget", "forget", number(float, -20, 20)),
        Field("update", "keep", number(float, -20, 20)),
        Field("activation", "activation", choice("tanh", "relu")),
        Field("reset", "reset", choice("before", "after")),
        Field("loss", "aim", choice(*AIMS)),
        Field("at", "loss_step", number(int, 0, 1000)),
        Field("of", "loss_unit", number(int, 1, 64)),
        Field("reads", "reads", choice("hidden", "cell")),
        Field("clip", "threshold", number(float, 1e-6, 1e9)),
        Field("clipping", "clipping", choice("norm", "value")),
        Field("w", "weight", number(float, 0, 4)),
        Field("clipped", "cliff_clip", flag()),
        shared.OWN_TEXT,
    ),
    defaults=lambda _: GradientState(),
    drawn=_drawn,
)
