"""Hand-made LSTMs. Gates not named are open (bias 10), weights not named are 0."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gates.cells.lstm import LSTM
from gates.core.clamps import Clamp
from gates.examples.notation.letters import Reset
from gates.examples.presets.alphabets import (
    CLOCK,
    FORGET_SHIFT,
    GAIN,
    INPUT_SHIFT,
    LOCKER,
    NEGATION_SHIFT,
    NUMBERS,
    OPEN_CLOSE,
    OUTPUT_SHIFT,
    STEP,
    UP_DOWN,
    VALUE,
    sharpness,
)
from gates.examples.presets.handmade import Part, chain, first_of, lstm, preimage
from gates.examples.presets.model import Preset, Slider, Values
from gates.examples.presets.problems import DELAY, FIRST, LAST, LATCH, NOT_GOOD, PARITY
from gates.examples.presets.readings import NEGATED, Figure, Opening, PresetRun, at, at_steps

K = 20.0


def _locker(v: Values, _: Reset) -> LSTM:
    return lstm(
        3,
        1,
        v["sharpness"],
        i=Part(W=[2 * K, 0, 0], b=-K),
        f=Part(W=[-2 * K, -2 * K, 0], b=K, shift=v["forget_shift"]),
        g=Part(W=[10, 0, 0]),
        o=Part(W=[0, 0, 2 * K], b=-K, shift=v["output_shift"]),
    )


def _latch(v: Values, _: Reset) -> LSTM:
    return lstm(
        2,
        1,
        v["sharpness"],
        i=Part(W=[2 * K, 0], b=-K),
        f=Part(W=[-2 * K, -2 * K], b=K, shift=v["forget_shift"]),
        g=Part(W=[preimage(v["value"]), 0]),
        o=Part(b=K),
    )


def _delay(v: Values, _: Reset) -> LSTM:
    return lstm(
        1,
        4,
        v["sharpness"],
        f=Part(b=-10, shift=v["forget_shift"]),
        g=Part(W=first_of(4, v["gain"]), U=chain(4, v["gain"])),
    )


def _counter(v: Values, _: Reset) -> LSTM:
    wide = Part(b=20)
    f = Part(b=20, shift=v["forget_shift"])
    return lstm(1, 1, v["sharpness"], i=wide, f=f, g=Part(W=[preimage(v["increment"])]), o=wide)


def _brackets(v: Values, _: Reset) -> LSTM:
    """Unit 0 counts; unit 1 latches when a bracket closes while the count, read from h, is 0."""
    up = preimage(v["increment"])
    return lstm(
        2,
        2,
        v["sharpness"],
        i=Part(W=[[0, 0], [0, 65]], U={(1, 0): -100}, b=[20, -55]),
        f=Part(b=20, shift=v["forget_shift"]),
        g=Part(W=[[up, -up], [0.0, 10.0]]),
        o=Part(b=20),
    )


def _parity(v: Values, _: Reset) -> LSTM:
    return lstm(
        1,
        1,
        v["sharpness"],
        i=Part(W=[20], b=-10),
        f=Part(W=[-20], b=10),
        g=Part(U={(0, 0): -20}, b=v["threshold"]),
    )


def _integrator(v: Values, _: Reset) -> LSTM:
    wide = Part(b=20)
    return lstm(
        1, 1, v["sharpness"], i=wide, f=Part(b=20, shift=v["forget_shift"]), g=Part(W=[v["rate"]]), o=wide
    )


def _first(v: Values, _: Reset) -> LSTM:
    """Unit 1 says whether the sequence has started; it shuts unit 0's input gate from the second step on."""
    return lstm(
        1,
        2,
        v["sharpness"],
        i=Part(U={(0, 1): -40}, b=10, shift=[v["input_shift"], 0]),
        f=Part(U={(0, 1): 40}, b=-10, shift=[v["forget_shift"], 0]),
        g=Part(W=first_of(2, 10), b=[0, 10]),
    )


def _last(v: Values, _: Reset) -> LSTM:
    return lstm(1, 1, v["sharpness"], f=Part(b=-10, shift=v["forget_shift"]), g=Part(W=[v["gain"]]))


def _not_good(v: Values, _: Reset) -> LSTM:
    """Unit 0 remembers “not”; unit 1 takes the verdict as it is said, unit 2 takes it turned round."""
    verdict = [20.0, 20.0, 0.0, 0.0]
    return lstm(
        4,
        3,
        v["sharpness"],
        i=Part(W=[[0.0, 0.0, 20.0, 0.0], verdict, verdict], U={(1, 0): -40, (2, 0): 26}, b=[-10, -10, -30]),
        f=Part(W=[[-20, -20, -20, 0], [0, 0, 0, 0], [0, 0, 0, 0]], b=10, shift=[v["negation_shift"], 0, 0]),
        g=Part(W=[[0, 0, 10, 0], [10, -10, 0, 0], [-10, 10, 0, 0]]),
    )


def _timer(v: Values, _: Reset) -> LSTM:
    seen = v["peephole"]
    return lstm(
        1,
        1,
        v["sharpness"],
        i=Part(b=20),
        f=Part(b=190),
        g=Part(b=preimage(v["increment"])),
        o=Part(b=-190),
        peephole=[0.0, -200 * seen, 200 * seen],
    )


def _company(v: Values, _: Reset) -> LSTM:
    """The trained scalar LSTM of StatQuest's video on LSTMs (weights as shown there)."""
    return lstm(
        1,
        1,
        v["sharpness"],
        i=Part(W=[1.65], U={(0, 0): 2.00}, b=0.62),
        f=Part(W=[1.63], U={(0, 0): 2.70}, b=1.62, shift=v["forget_shift"]),
        g=Part(W=[0.94], U={(0, 0): 1.41}, b=-0.32),
        o=Part(W=[-0.19], U={(0, 0): 4.38}, b=0.59),
    )


def _companies() -> tuple[Preset, Preset]:
    sliders = (sharpness(1.0), FORGET_SHIFT)
    days = ("0.5", "0.25", "1")
    figures: dict[str, Figure] = at_steps("cell", 1, 3, 4, letter="c") | {"h": at("hidden", 4)}
    figures |= {"low": lambda run: _extreme(run, np.min), "high": lambda run: _extreme(run, np.max)}
    a, b = (
        Preset(
            name,
            "lstm",
            NUMBERS,
            (first, *days),
            sliders,
            _company,
            source="source.statquest",
            figures=figures,
        )
        for name, first in (("company_a", "0"), ("company_b", "1"))
    )
    return a, b


def _extreme(run: PresetRun, of: Callable[[Any], Any]) -> float:
    """The smallest or largest opening of any gate."""
    return Opening(of([run.trace.forget, run.trace.input, run.trace.output]))


def _written(step: int) -> Figure:
    return lambda run: run.at("input", step) * run.at("candidate", step)


def _counted(step: int) -> Figure:
    """The count at a step, in units of what the candidate brings."""
    return lambda run: run.at("cell", step) / abs(run.at("candidate", step))


def _input_held_open(run: PresetRun) -> float:
    """Where c of unit 1 ends if its input gate is held open."""
    return float(run.cell.run(run.sequence.x, clamps=[Clamp("input", 1.0, units=[0])]).cell[-1, 0])


_KEPT: dict[str, Figure] = {"f": at("forget", 3)}
_ODD = at_steps("hidden", 1, 3, 4, 7)
_FIRED: dict[str, Figure] = {
    "step": _written(1),
    "count": lambda run: int(np.sum(run.trace.hidden > 0.5)),
    "at": lambda run: 1 + int(np.argmax(run.trace.hidden)),
    "h": lambda run: float(np.max(run.trace.hidden)),
}
_NOT_GOOD: dict[str, Figure] = {
    **NEGATED,
    "i1": lambda run: run.at("input", run.token("column.good"), 2),
    "i2": lambda run: run.at("input", run.token("column.good"), 3),
}


TIMER = Preset(
    "timer",
    "lstm",
    CLOCK,
    ("·",) * 24,
    (sharpness(0.75), Slider("increment", 0.05, 0.9, 0.05, 0.1), Slider("peephole", 0.0, 1.0, 0.05, 1.0)),
    _timer,
    units=("unit.timer",),
    figures=_FIRED,
)

PRESETS: tuple[Preset, ...] = (
    Preset(
        "locker",
        "lstm",
        LOCKER,
        tuple("–S–A–RASA"),
        (sharpness(0.25), FORGET_SHIFT, OUTPUT_SHIFT),
        _locker,
        units=("unit.memory",),
        figures={
            "c3": at("cell", 3),
            **at_steps("output", 3, 4, letter="o"),
            **at_steps("hidden", 3, 4),
        },
    ),
    LATCH.solved_by(
        "lstm",
        (sharpness(0.25), FORGET_SHIFT, VALUE),
        _latch,
        figures={
            **at_steps("input", 2, 3, letter="i"),
            **at_steps("cell", 2, 4, 5, letter="c"),
            "f5": at("forget", 5),
            **_KEPT,
        },
    ),
    DELAY.solved_by(
        "lstm",
        (sharpness(0.5), GAIN, FORGET_SHIFT),
        _delay,
        figures={**_KEPT, **{f"h{step}": at("hidden", step, step) for step in (1, 2, 3, 4)}},
    ),
    Preset(
        "counter",
        "lstm",
        UP_DOWN,
        tuple("(()((())))"),
        (sharpness(0.25), STEP, FORGET_SHIFT),
        _counter,
        units=("unit.count",),
        figures={
            "step": _written(1),
            "deep": _counted(6),
            "end": _counted(10),
            "h": at("hidden", 6),
            **_KEPT,
        },
    ),
    TIMER,
    Preset(
        "brackets",
        "lstm",
        OPEN_CLOSE,
        tuple("(())())("),
        (sharpness(0.5), STEP, FORGET_SHIFT),
        _brackets,
        units=("unit.count", "unit.error"),
        figures={
            "count": _counted(8),
            "i7": at("input", 7, 2),
            "most": lambda run: Opening(run.trace.input[:6, 1].max()),
            "c7": at("cell", 7, 2),
            "c8": at("cell", 8, 2),
        },
    ),
    PARITY.solved_by(
        "lstm",
        (sharpness(0.5), Slider("threshold", 0.0, 16.0, 0.5, 8.0)),
        _parity,
        figures={
            "f0": at("forget", 2),
            "i0": at("input", 2),
            "f1": at("forget", 1),
            "i1": at("input", 1),
            **_ODD,
        },
    ),
    Preset(
        "integrator",
        "lstm",
        NUMBERS,
        ("1",) * 5 + ("0",) * 8 + ("−1",) * 5,
        (sharpness(0.25), FORGET_SHIFT, Slider("rate", 0.05, 1.0, 0.05, 0.1)),
        _integrator,
        units=("unit.sum",),
        figures={
            "step": _written(1),
            **at_steps("cell", 5, 13, 18, letter="c"),
            **_KEPT,
        },
    ),
    FIRST.solved_by(
        "lstm",
        (sharpness(0.5), FORGET_SHIFT, INPUT_SHIFT),
        _first,
        figures={
            "i2": at("input", 2),
            "f2": at("forget", 2),
            **at_steps("cell", 1, 8, letter="c"),
            "free": _input_held_open,
        },
    ),
    LAST.solved_by(
        "lstm",
        (sharpness(0.5), FORGET_SHIFT, GAIN),
        _last,
        figures={**at_steps("hidden", 4, 5), **_KEPT},
    ),
    NOT_GOOD.solved_by(
        "lstm",
        (sharpness(0.5), NEGATION_SHIFT),
        _not_good,
        figures=_NOT_GOOD,
    ),
    *_companies(),
)
