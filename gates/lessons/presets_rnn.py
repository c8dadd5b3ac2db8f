"""Hand-made plain RNNs. There is no gate to sharpen: here sharpness scales the input's weights W."""

from gates.lessons.alphabets import PLUS_MINUS, SET_RESET, STEP, UP_DOWN, recurrent, sharpness
from gates.lessons.handmade import Part, chain, first_of, rnn
from gates.lessons.notation import Reset
from gates.lessons.preset import Preset, Values
from gates.rnn import RNN


def _latch(v: Values, _: Reset) -> RNN:
    push = 4 * v["sharpness"]
    return rnn(2, 1, Part(W=[push, -push], U={(0, 0): v["recurrent"]}))


def _delay(v: Values, _: Reset) -> RNN:
    return rnn(1, 4, Part(W=first_of(4, 10 * v["sharpness"]), U=chain(4, v["recurrent"])))


def _relu_counter(v: Values, _: Reset) -> RNN:
    return rnn(1, 1, Part(W=[v["sharpness"]], U={(0, 0): v["recurrent"]}), activation="relu")


def _tanh_counter(v: Values, _: Reset) -> RNN:
    return rnn(1, 1, Part(W=[v["increment"] * v["sharpness"]], U={(0, 0): v["recurrent"]}))


_PULSES = tuple("–S–––––R–––––")

PRESETS: tuple[Preset, ...] = (
    Preset(
        "latch",
        "rnn",
        SET_RESET,
        _PULSES,
        (sharpness(1.0), recurrent(2.0)),
        _latch,
        units=("unit.memory",),
    ),
    Preset(
        "fading",
        "rnn",
        SET_RESET,
        _PULSES,
        (sharpness(1.0), recurrent(0.9)),
        _latch,
        units=("unit.memory",),
    ),
    Preset(
        "delay",
        "rnn",
        PLUS_MINUS,
        tuple("+−−+−+++"),
        (sharpness(0.3), recurrent(10.0, maximum=10.0, step=0.2)),
        _delay,
        units=("unit.ago0", "unit.ago1", "unit.ago2", "unit.ago3"),
    ),
    Preset(
        "relu_counter",
        "rnn",
        UP_DOWN,
        tuple("(()((())))"),
        (sharpness(1.0), recurrent(1.0, maximum=1.5)),
        _relu_counter,
        units=("unit.count",),
    ),
    Preset(
        "tanh_counter",
        "rnn",
        UP_DOWN,
        tuple("(()((())))"),
        (sharpness(1.0), STEP, recurrent(1.0, maximum=1.5)),
        _tanh_counter,
        units=("unit.count",),
        fails=True,
    ),
)
