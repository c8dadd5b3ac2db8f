"""Hand-made plain RNNs. There is no gate to sharpen: here sharpness scales the input's weights W."""

from gates.cells.rnn import RNN
from gates.examples.notation.letters import Reset
from gates.examples.presets.alphabets import SET_RESET, STEP, UP_DOWN, recurrent, sharpness
from gates.examples.presets.handmade import Part, chain, first_of, rnn
from gates.examples.presets.model import Preset, Values
from gates.examples.presets.problems import DELAY
from gates.examples.presets.readings import Figure, PresetRun, SetWeight, at


def _latch(v: Values, _: Reset) -> RNN:
    push = 4 * v["sharpness"]
    return rnn(2, 1, Part(W=[push, -push], U={(0, 0): v["recurrent"]}))


def _delay(v: Values, _: Reset) -> RNN:
    return rnn(1, 4, Part(W=first_of(4, 10 * v["sharpness"]), U=chain(4, v["recurrent"])))


def _relu_counter(v: Values, _: Reset) -> RNN:
    return rnn(1, 1, Part(W=[v["sharpness"]], U={(0, 0): v["recurrent"]}), activation="relu")


def _tanh_counter(v: Values, _: Reset) -> RNN:
    return rnn(1, 1, Part(W=[v["increment"] * v["sharpness"]], U={(0, 0): v["recurrent"]}))


def _weight(run: PresetRun) -> float:
    return SetWeight(run.cell.U[0, 0])


def _step(run: PresetRun) -> float:
    return SetWeight(run.cell.W[0, 0])


def _counted(step: int) -> Figure:
    return lambda run: run.at("hidden", step) / _step(run)


_SHRINKS: dict[str, Figure] = {"W": _step, "deep": _counted(6), "end": _counted(10)}
_COUNTS: dict[str, Figure] = {"U": _weight, **_SHRINKS}
_TRAVELS: dict[str, Figure] = {"h1": at("hidden", 1), "h4": at("hidden", 4, 4)}
_HELD: dict[str, Figure] = {"U": _weight, "h2": at("hidden", 2), "h7": at("hidden", 7)}
_FADES: dict[str, Figure] = {"U": _weight} | {f"h{step}": at("hidden", step) for step in range(2, 7)}
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
        figures=_HELD,
    ),
    Preset(
        "fading",
        "rnn",
        SET_RESET,
        _PULSES,
        (sharpness(1.0), recurrent(0.9)),
        _latch,
        units=("unit.memory",),
        figures=_FADES,
    ),
    DELAY.solved_by(
        "rnn",
        (sharpness(0.3), recurrent(10.0, maximum=10.0, step=0.2)),
        _delay,
        figures=_TRAVELS,
    ),
    Preset(
        "relu_counter",
        "rnn",
        UP_DOWN,
        tuple("(()((())))"),
        (sharpness(1.0), recurrent(1.0, maximum=1.5)),
        _relu_counter,
        units=("unit.count",),
        figures=_COUNTS,
    ),
    Preset(
        "tanh_counter",
        "rnn",
        UP_DOWN,
        tuple("(()((())))"),
        (sharpness(1.0), STEP, recurrent(1.0, maximum=1.5)),
        _tanh_counter,
        units=("unit.count",),
        figures=_SHRINKS,
        fails=True,
    ),
)
