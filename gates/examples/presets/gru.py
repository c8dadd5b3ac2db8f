"""Hand-made GRUs. z keeps; weights not named are 0.

Those whose U_n is diagonal give the same numbers in both reset forms; they open in PyTorch's, after the
product.
"""

import math
from dataclasses import replace
from typing import Any

from gates.cells.gru import GRU
from gates.examples.notation.letters import Reset
from gates.examples.presets.alphabets import (
    GAIN,
    NEGATION_SHIFT,
    RESET_SHIFT,
    SIGNAL_DELIMITER,
    STORE_MUTE,
    UP_DOWN,
    UPDATE_SHIFT,
    VALUE,
    sharpness,
)
from gates.examples.presets.handmade import Part, chain, first_of, gru, preimage
from gates.examples.presets.model import Preset, Slider, Values
from gates.examples.presets.problems import DELAY, FIRST, LAST, LATCH, NOT_GOOD, PARITY
from gates.examples.presets.readings import NEGATED, Figure, Opening, PresetRun, at, at_steps

A, B = 0, 1


def _silenced(v: Values, reset: Reset) -> GRU:
    """A stores, B repeats what it reads from A; “mute” closes A's reset gate."""
    return gru(
        2,
        2,
        v["sharpness"],
        reset,
        r=Part(W=[[0, -20], [0, 0]], b=10, shift=[v["reset_shift"], 0]),
        z=Part(W=[[-20, 0], [0, 0]], b=[10, -10]),
        n=Part(W=[[10, 0], [0, 0]], U={(B, A): v["coupling"]}),
    )


def _latch(v: Values, reset: Reset) -> GRU:
    z = Part(W=[-20, -20], b=10, shift=v["update_shift"])
    return gru(2, 1, v["sharpness"], reset, z=z, n=Part(W=[preimage(v["value"]), 0]))


def _delay(v: Values, reset: Reset) -> GRU:
    return gru(
        1,
        4,
        v["sharpness"],
        reset,
        r=Part(b=10),
        z=Part(b=-10, shift=v["update_shift"]),
        n=Part(W=first_of(4, v["gain"]), U=chain(4, v["gain"])),
    )


def _counter(v: Values, reset: Reset) -> GRU:
    z = Part(b=math.log(9), shift=v["update_shift"])
    return gru(1, 1, v["sharpness"], reset, z=z, n=Part(W=[10]))


def _parity(v: Values, reset: Reset) -> GRU:
    return gru(
        1,
        1,
        v["sharpness"],
        reset,
        r=Part(b=10),
        z=Part(W=[-20], b=10),
        n=Part(U={(0, 0): -20}, b=v["threshold"]),
    )


def _first(v: Values, reset: Reset) -> GRU:
    return gru(
        1,
        2,
        v["sharpness"],
        reset,
        z=Part(U={(0, 1): 40}, b=-10, shift=[v["update_shift"], 0]),
        n=Part(W=first_of(2, 10), b=[0, 10]),
    )


def _last(v: Values, reset: Reset) -> GRU:
    z = Part(b=-10, shift=v["update_shift"])
    return gru(1, 1, v["sharpness"], reset, r=Part(b=-10), z=z, n=Part(W=[v["gain"]]))


def _not_good(v: Values, reset: Reset) -> GRU:
    verdict = [-20.0, -20.0, 0.0, 0.0]
    return gru(
        4,
        3,
        v["sharpness"],
        reset,
        z=Part(
            W=[[-20.0, -20.0, -20.0, 0.0], verdict, verdict],
            U={(1, 0): 40, (2, 0): -20},
            b=[10, 10, 30],
            shift=[v["negation_shift"], 0, 0],
        ),
        n=Part(W=[[0, 0, 10, 0], [10, -10, 0, 0], [-10, 10, 0, 0]]),
    )


def _gated_reset(v: Values, reset: Reset) -> GRU:
    return gru(
        2,
        1,
        v["sharpness"],
        reset,
        r=Part(W=[0, -40], b=20, shift=v["reset_shift"]),
        z=Part(b=-20),
        n=Part(W=[3, 0], U={(0, 0): v["recurrent"]}),
    )


def _form(reset: Reset) -> Figure:
    """What B says while A is muted, with the reset in one of its two places."""

    def share(run: PresetRun) -> float:
        cell: Any = replace(run.cell, reset=reset)
        return float(cell.run(run.sequence.x).hidden[3, B])

    return share


def _share(run: PresetRun) -> float:
    return Opening(1 - run.at("update", 1))


def _in_steps(step: int) -> Figure:
    return lambda run: run.at("hidden", step) / run.at("hidden", 1)


_ODD = at_steps("hidden", 1, 3, 4, 7)
_NOT_GOOD: dict[str, Figure] = {
    **NEGATED,
    "z1": lambda run: run.at("update", run.token("column.good"), 2),
    "z2": lambda run: run.at("update", run.token("column.good"), 3),
}

PRESETS: tuple[Preset, ...] = (
    LATCH.solved_by(
        "gru",
        (sharpness(0.5), UPDATE_SHIFT, VALUE),
        _latch,
        figures={
            **at_steps("update", 2, 3, letter="z"),
            **at_steps("hidden", 2, 4, 5),
        },
    ),
    Preset(
        "silenced",
        "gru",
        STORE_MUTE,
        tuple("S––MM–"),
        (sharpness(0.5), RESET_SHIFT, Slider("coupling", -10.0, 10.0, 0.5, 10.0)),
        _silenced,
        units=("unit.a", "unit.b"),
        reset="before",
        figures={"r4": at("reset", 4), "before": _form("before"), "after": _form("after")},
    ),
    DELAY.solved_by(
        "gru",
        (sharpness(0.5), GAIN, UPDATE_SHIFT),
        _delay,
        figures={"z": at("update", 1), "h1": at("hidden", 1), "h4": at("hidden", 4, 4)},
    ),
    Preset(
        "counter",
        "gru",
        UP_DOWN,
        tuple("(" * 10 + ")" * 10),
        (sharpness(1.0), UPDATE_SHIFT),
        _counter,
        units=("unit.count",),
        figures={
            "share": _share,
            "up": at("hidden", 10),
            "ups": _in_steps(10),
            "end": at("hidden", 20),
            "ends": _in_steps(20),
        },
        fails=True,
    ),
    PARITY.solved_by(
        "gru",
        (sharpness(0.5), Slider("threshold", 0.0, 20.0, 0.5, 10.0)),
        _parity,
        figures={"z0": at("update", 2), "z1": at("update", 1), **_ODD},
    ),
    FIRST.solved_by(
        "gru",
        (sharpness(0.5), UPDATE_SHIFT),
        _first,
        figures={
            **at_steps("update", 1, 2, letter="z"),
            **at_steps("hidden", 1, 8),
        },
    ),
    LAST.solved_by(
        "gru",
        (sharpness(0.5), UPDATE_SHIFT, GAIN),
        _last,
        figures={"z": at("update", 1), **at_steps("hidden", 4, 5)},
    ),
    NOT_GOOD.solved_by(
        "gru",
        (sharpness(0.5), NEGATION_SHIFT),
        _not_good,
        figures=_NOT_GOOD,
    ),
    Preset(
        "gated_reset",
        "gru",
        SIGNAL_DELIMITER,
        tuple("S–––|–"),
        (sharpness(0.25), RESET_SHIFT, Slider("recurrent", 0.0, 3.0, 0.05, 1.5)),
        _gated_reset,
        units=("unit.memory",),
        figures={
            "z": at("update", 1),
            "r5": at("reset", 5),
            **at_steps("hidden", 1, 2, 3, 4, 5),
        },
    ),
)
