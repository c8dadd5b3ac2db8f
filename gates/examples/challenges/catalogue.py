"""The challenges, from easy to hard. Each is a cell that fails, one that does not, and what is asked."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from gates.examples.challenges.model import (
    FREE,
    Challenge,
    FloatArray,
    Measurement,
    Step,
    above,
    around,
    bands,
    below,
    by_id,
    signed,
    steps_of,
)
from gates.examples.presets.alphabets import (
    BITS,
    CLOCK,
    FILM_WORDS,
    IDLE,
    LOCKER,
    PLUS_MINUS,
    SET_RESET,
    UP_DOWN,
)
from gates.examples.presets.handmade import Part, gru, lstm, rnn
from gates.examples.presets.model import Alphabet, Cell
from gates.inputs.sequence import number_label
from gates.inputs.sources import signal

Bands = Iterator[tuple[float, float]]

SILENT = around(0.0, 0.2)
WIDE = Part(b=6.0)
"""A gate that stands open: σ(6) = .9975."""
SET_ONLY = Part(W=[12, 0], b=-6)
SET_CLEARS = Part(W=[-12, 0], b=6)
BOTH_CLEAR = Part(W=[-12, -12], b=6)
WRITE_ONE = Part(W=[10, 0])


Draw = Callable[[np.random.Generator], list[Step]]


def _drawn(alphabet: Alphabet, symbols: Mapping[str, float], steps: int, first: str = "") -> Draw:
    """Return a draw of so many symbols, each as likely as its number says, after those that come first."""
    chances = np.array(list(symbols.values())) / sum(symbols.values())
    return lambda rng: steps_of(alphabet, [*first, *map(str, rng.choice(list(symbols), steps, p=chances))])


# Hold the first bit


def _first_bands(x: FloatArray) -> FloatArray:
    return bands(signed(x[0, 0]) for _ in x)


HOLD = Challenge(
    "hold",
    start=lstm(1, 1, 1.0, i=WIDE, f=Part(b=0), g=Part(W=[2]), o=WIDE),
    solution=lstm(1, 1, 1.0, i=WIDE, f=Part(b=8), g=Part(W=[2]), o=WIDE),
    columns=PLUS_MINUS.columns,
    shown=steps_of(PLUS_MINUS, "+0000000"),
    draw=lambda rng: steps_of(PLUS_MINUS, [str(rng.choice(["+", "−"]))] + ["0"] * 19),
    bands_for=_first_bands,
    count=2,
)

# A plain RNN that stays where it was put


def _last_set(x: FloatArray) -> Iterator[int]:
    """For each step: 1 since the last set, −1 since the last reset, 0 before either."""
    state = 0
    for set_, reset, *_ in x:
        state = 1 if set_ > 0.5 else -1 if reset > 0.5 else state
        yield state


def _stay_bands(x: FloatArray) -> FloatArray:
    return bands(signed(state) for state in _last_set(x))


STAY = Challenge(
    "stay",
    start=rnn(2, 1, Part(W=[4, -4], U={(0, 0): 0.9})),
    solution=rnn(2, 1, Part(W=[4, -4], U={(0, 0): 2.0})),
    columns=SET_RESET.columns,
    shown=steps_of(SET_RESET, "–S––––R––––"),
    draw=_drawn(SET_RESET, {IDLE: 8, "S": 1, "R": 1}, 20, first="–S––"),
    bands_for=_stay_bands,
)

# Break a working latch with one weight


def _break_bands(x: FloatArray) -> FloatArray:
    def steps() -> Bands:
        since = None
        for set_, reset, *_ in x:
            since = 0 if set_ > 0.5 else None if reset > 0.5 or since is None else since + 1
            yield FREE if since is None or 0 < since < 3 else above(0.5) if since == 0 else SILENT

    return bands(steps())


BREAK = Challenge(
    "break",
    start=lstm(2, 1, 1.0, i=SET_ONLY, f=BOTH_CLEAR, g=WRITE_ONE, o=WIDE),
    solution=lstm(2, 1, 1.0, i=SET_ONLY, f=Part(W=[-12, -12], b=-2), g=WRITE_ONE, o=WIDE),
    columns=SET_RESET.columns,
    shown=steps_of(SET_RESET, "–S–––––R–S–––"),
    draw=_drawn(SET_RESET, {IDLE: 10, "S": 2, "R": 1}, 20, first="S–––"),
    bands_for=_break_bands,
    limit=1,
)

# Forget on a signal


def _forget_bands(x: FloatArray) -> FloatArray:
    return bands(above(0.5) if state > 0 else SILENT for state in _last_set(x))


FORGET = Challenge(
    "forget",
    start=lstm(2, 1, 1.0, i=SET_ONLY, f=SET_CLEARS, g=WRITE_ONE, o=WIDE),
    solution=lstm(2, 1, 1.0, i=SET_ONLY, f=BOTH_CLEAR, g=WRITE_ONE, o=WIDE),
    columns=SET_RESET.columns,
    shown=steps_of(SET_RESET, "–S––R––S–R–"),
    draw=_drawn(SET_RESET, {IDLE: 5, "S": 1, "R": 1}, 20, first="–SR–"),
    bands_for=_forget_bands,
)

# Delay by two


def _delay_bands(x: FloatArray) -> FloatArray:
    return bands([FREE, FREE, *(signed(value) for value in x[:-2, 0])][: len(x)])


DELAY = Challenge(
    "delay",
    start=rnn(1, 3, Part(W=[[3], [0], [0]])),
    solution=rnn(1, 3, Part(W=[[3], [0], [0]], U={(1, 0): 3, (2, 1): 3})),
    columns=PLUS_MINUS.columns,
    units=("unit.ago0", "unit.ago1", "unit.ago2"),
    shown=steps_of(PLUS_MINUS, "+−−+−+++"),
    draw=_drawn(PLUS_MINUS, {"+": 1, "−": 1}, 20),
    bands_for=_delay_bands,
    reads=Measurement(units=(2,)),
)

# Speak only when asked


def _ask_bands(x: FloatArray) -> FloatArray:
    asks = x[:, 2] > 0.5
    return bands(
        above(0.5) if ask and state > 0 else SILENT for ask, state in zip(asks, _last_set(x), strict=True)
    )


_LOCKER: dict[str, Any] = {
    "i": Part(W=[12, 0, 0], b=-6),
    "f": Part(W=[-12, -12, 0], b=6),
    "g": Part(W=[10, 0, 0]),
}

ASK = Challenge(
    "ask",
    start=lstm(3, 1, 1.0, **_LOCKER, o=WIDE),
    solution=lstm(3, 1, 1.0, **_LOCKER, o=Part(W=[0, 0, 12], b=-6)),
    columns=LOCKER.columns,
    shown=steps_of(LOCKER, "–S–A–RASA"),
    draw=_drawn(LOCKER, {IDLE: 4, "S": 1, "R": 1, "A": 2}, 20, first="S–A–"),
    bands_for=_ask_bands,
)

# Ignore a distractor

MARKED = ("challenge.column.value", "challenge.column.store")


def _marked(value: float, store: bool) -> Step:
    """A value, to one digit, and whether it is the one to take; the mark stands before it."""
    value = round(value, 1) + 0.0  # no −0
    label = number_label(value)
    return (f"▸{label}" if store else label), (value, float(store))


def _line(text: str) -> list[Step]:
    """The steps of a line such as “1 >−1 1”."""
    words = text.replace("−", "-").split()
    return [_marked(float(word.lstrip(">")), word.startswith(">")) for word in words]


def _signs(rng: np.random.Generator, steps: int) -> list[Step]:
    values, marks = rng.choice([-1.0, 1.0], steps), rng.random(steps) < 0.15
    return [_marked(float(value), bool(mark)) for value, mark in zip(values, marks, strict=True)]


def _stored(x: FloatArray) -> Iterator[float]:
    """For each step the value that was marked last, NaN before the first."""
    stored = np.nan
    for value, store in x:
        stored = value if store > 0.5 else stored
        yield stored


def _distractor_bands(x: FloatArray) -> FloatArray:
    return bands(signed(value) if np.isfinite(value) else FREE for value in _stored(x))


DISTRACTOR = Challenge(
    "distractor",
    start=lstm(2, 1, 1.0, i=Part(b=2), f=Part(W=[0, -12], b=6), g=Part(W=[3, 0]), o=WIDE),
    solution=lstm(2, 1, 1.0, i=Part(W=[0, 12], b=-6), f=Part(W=[0, -12], b=6), g=Part(W=[3, 0]), o=WIDE),
    columns=MARKED,
    shown=_line("−1 >1 −1 −1 1 >−1 1 1 1"),
    draw=lambda rng: [_marked(float(rng.choice([-1, 1])), True), *_signs(rng, 19)],
    bands_for=_distractor_bands,
)

# Keep a value for a hundred steps


def _noise(rng: np.random.Generator, steps: int) -> list[Step]:
    return [_marked(float(value), False) for value in rng.uniform(-0.5, 0.5, steps)]


def _to_keep(rng: np.random.Generator) -> list[Step]:
    value = float(rng.choice([-1, 1]) * rng.uniform(0.3, 1.0))
    return [_marked(value, True), *_noise(rng, 100)]


KEEP = Challenge(
    "keep",
    start=lstm(2, 1, 1.0, i=Part(W=[0, 12], b=-6), f=Part(W=[0, -12], b=6), g=Part(W=[1, 0]), o=WIDE),
    solution=lstm(2, 1, 1.0, i=Part(W=[0, 24], b=-12), f=Part(W=[0, -24], b=12), g=Part(W=[1, 0]), o=WIDE),
    columns=MARKED,
    shown=_to_keep(np.random.default_rng(4)),
    draw=_to_keep,
    bands_for=lambda x: bands(around(1.0, 0.01) for _ in x),
    reads=Measurement("memory", relative=True),
    scale=0.5,
    count=16,
)

# A GRU that copies

COPIED = ("challenge.column.value", "challenge.column.copy")


def _values(rng: np.random.Generator, steps: int) -> list[Step]:
    values, marks = rng.uniform(-0.6, 0.6, steps), rng.random(steps) < 0.2
    return [_marked(float(value), bool(mark)) for value, mark in zip(values, marks, strict=True)]


def _copy_bands(x: FloatArray) -> FloatArray:
    return bands(around(value, 0.1) if np.isfinite(value) else FREE for value in _stored(x))


COPY = Challenge(
    "copy",
    start=gru(2, 1, 1.0, "after", z=Part(), n=Part(W=[1, 0])),
    solution=gru(2, 1, 1.0, "after", z=Part(W=[0, -16], b=8), n=Part(W=[1, 0])),
    columns=COPIED,
    shown=_line("0.3 >0.5 −0.4 0.1 >−0.3 0.6 −0.6 0.2"),
    draw=lambda rng: _values(rng, 20),
    bands_for=_copy_bands,
)

# Count brackets


def _depth_bands(x: FloatArray) -> FloatArray:
    return bands(around(depth, 0.3) for depth in np.cumsum(np.sign(x[:, 0])))


COUNT = Challenge(
    "count",
    start=lstm(1, 1, 1.0, i=WIDE, f=Part(b=2), g=Part(W=[1.5], b=0.4), o=WIDE),
    solution=lstm(1, 1, 1.0, i=WIDE, f=Part(b=12), g=Part(W=[1.5]), o=WIDE),
    columns=UP_DOWN.columns,
    units=("unit.count",),
    shown=steps_of(UP_DOWN, "(()((())))"),
    draw=lambda rng: steps_of(UP_DOWN, signal("brackets", 24, seed=int(rng.integers(10**9))).tokens),
    bands_for=_depth_bands,
    reads=Measurement("memory", relative=True),
    scale=2.0,
)

# Invert on "not"


def _verdict_bands(x: FloatArray) -> FloatArray:
    def steps() -> Bands:
        negated, verdict = False, 0
        for good, bad, not_, _ in x:
            negated = negated or not_ > 0.5
            judgement = int(good > 0.5) - int(bad > 0.5)
            if judgement:
                verdict, negated = -judgement if negated else judgement, False
            yield signed(verdict, 0.4)

    return bands(steps())


def _review(rng: np.random.Generator) -> list[Step]:
    """A verdict somewhere in six words, in half of the reviews with a “not” before it."""
    words = ["…"] * 6
    place = int(rng.integers(2, 6))
    words[place] = str(rng.choice(["good", "bad"]))
    if rng.random() < 0.5:
        words[int(rng.integers(0, place))] = "not"
    return steps_of(FILM_WORDS, words)


def _film_reviewer(hears: Mapping[tuple[int, int], float]) -> Part:
    verdict = [20.0, 20.0, 0.0, 0.0]
    return Part(W=[[0.0, 0.0, 20.0, 0.0], verdict, verdict], U=hears, b=[-10, -10, -30])


_FILM_FORGETS = Part(W=[[-20, -20, -20, 0], [0, 0, 0, 0], [0, 0, 0, 0]], b=10)
_FILM_WRITES = Part(W=[[0, 0, 10, 0], [10, -10, 0, 0], [-10, 10, 0, 0]])

NEGATE = Challenge(
    "negate",
    start=lstm(4, 3, 0.6, i=_film_reviewer({}), f=_FILM_FORGETS, g=_FILM_WRITES),
    solution=lstm(4, 3, 0.6, i=_film_reviewer({(1, 0): -40, (2, 0): 26}), f=_FILM_FORGETS, g=_FILM_WRITES),
    columns=FILM_WORDS.columns,
    units=("unit.negation", "unit.plain", "unit.reversed"),
    shown=steps_of(FILM_WORDS, ["…", "…", "not", "…", "good", "…"]),
    draw=_review,
    bands_for=_verdict_bands,
    reads=Measurement(units=(1, 2)),
)

# Parity


def _parity_bands(x: FloatArray) -> FloatArray:
    odd = np.cumsum(x[:, 0] > 0.5) % 2 == 1
    return bands(above(0.5) if is_odd else below(0.2) for is_odd in odd)


_TOGGLE: dict[str, Any] = {"i": Part(W=[16], b=-8), "f": Part(W=[-16], b=8)}

PARITY = Challenge(
    "parity",
    start=lstm(1, 1, 1.0, **_TOGGLE, g=Part(b=8), o=WIDE),
    solution=lstm(1, 1, 1.0, **_TOGGLE, g=Part(U={(0, 0): -20}, b=8), o=WIDE),
    columns=BITS.columns,
    units=("unit.parity",),
    shown=steps_of(BITS, "10110010"),
    draw=_drawn(BITS, {"0": 1, "1": 1}, 32),
    bands_for=_parity_bands,
)

# A timer


def _timer_bands(x: FloatArray) -> FloatArray:
    return bands(above(0.4) if step % 10 == 0 else SILENT for step in range(1, len(x) + 1))


def _timer_cell(peephole: float) -> Cell:
    return lstm(
        1, 1, 1.0,
        i=Part(b=20), f=Part(b=190), g=Part(b=float(np.arctanh(0.1))), o=Part(b=-190),
        peephole=[0.0, peephole, 200.0],
    )  # fmt: skip


TIMER = Challenge(
    "timer",
    start=_timer_cell(0.0),
    solution=_timer_cell(-200.0),
    columns=CLOCK.columns,
    units=("unit.timer",),
    shown=steps_of(CLOCK, "·" * 24),
    draw=lambda rng: steps_of(CLOCK, "·" * 60),
    bands_for=_timer_bands,
    count=1,
)

CHALLENGES = by_id(
    (HOLD, STAY, BREAK, FORGET, DELAY, ASK, DISTRACTOR, KEEP, COPY, COUNT, NEGATE, PARITY, TIMER)
)
"""All challenges by id, in the order in which they are offered."""
