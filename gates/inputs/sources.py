"""Ready-made input: test signals, brackets, and a real price series."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gates.inputs.sequence import (
    MAX_STEPS,
    InputError,
    Note,
    Sequence,
    check_length,
    check_size,
    number_label,
    one_hot,
)

SIGNALS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "impulse": ("steps", "at"),
        "step": ("steps", "at"),
        "sine": ("steps", "period"),
        "noise": ("steps", "seed"),
        "brackets": ("steps", "seed"),
    }
)
"""The signals and the parameters that each one heeds."""

PRICE_COLUMNS = ("GOOG", "AAPL", "AMZN", "FB", "NFLX", "MSFT")


def signal(kind: str, steps: int = 40, *, at: int = 5, period: float = 20.0, seed: int = 0) -> Sequence:
    """Return a test signal of ``steps`` timesteps: one of ``SIGNALS``.

    ``impulse``: 1 at step ``at`` (counted from 1, as on the screen), else 0. ``step``: 1 from step ``at``
    on. ``sine``: amplitude 1, ``period`` in steps. ``noise``: independent standard normal. ``brackets``: a
    balanced string, every one equally likely. Raises InputError (``error.signal.*``).
    """
    if kind not in SIGNALS:
        raise InputError("error.signal.kind", kind=str(kind)[:40])
    if not 1 <= steps <= MAX_STEPS:
        raise InputError("error.signal.steps", steps=steps, limit=MAX_STEPS)
    if "at" in SIGNALS[kind] and not 1 <= at <= steps:
        raise InputError("error.signal.at", at=at, steps=steps)
    if kind == "sine" and not 2 <= period <= MAX_STEPS:
        raise InputError("error.signal.period", period=period, limit=MAX_STEPS)
    if "seed" in SIGNALS[kind] and seed < 0:
        raise InputError("error.signal.seed", seed=seed)
    if kind == "brackets":
        return _bracket_sequence(_balanced(steps // 2 * 2 or 2, np.random.default_rng(seed)))
    values = _values(kind, steps, at, period, seed)
    return _series(values, tuple(map(number_label, values)), "x")


def _values(kind: str, steps: int, at: int, period: float, seed: int) -> NDArray[np.float64]:
    time = np.arange(steps)
    values: NDArray[np.float64]
    match kind:
        case "impulse":
            values = (time == at - 1).astype(np.float64)
        case "step":
            values = (time >= at - 1).astype(np.float64)
        case "sine":
            values = np.sin(2 * np.pi * time / period)
        case _:
            values = np.random.default_rng(seed).standard_normal(steps)
    return values


def brackets(text: str) -> Sequence:
    """Read round brackets, balanced or not, one-hot as [open, close]; spaces and line ends are passed over.

    Full-width brackets count as well. Raises InputError (``error.brackets.*``).
    """
    check_size(text)
    marks = "".join(text.split()).translate(str.maketrans("（）", "()"))
    if not marks:
        raise InputError("error.brackets.empty")
    for index, mark in enumerate(marks, start=1):
        if mark not in "()":
            raise InputError("error.brackets.other", token=mark, place=index)
    check_length(len(marks), "error.brackets.too_long")
    return _bracket_sequence(marks)


def _bracket_sequence(marks: str) -> Sequence:
    return one_hot(tuple(marks), ("(", ")"))


def _balanced(length: int, rng: np.random.Generator) -> str:
    """Draw a balanced string, uniformly over all of this length (Arnold and Sleep, 1980)."""
    marks, depth = [], 0
    for left in range(length, 0, -1):
        opens = (depth + 2) * (left - depth) / (2 * left * (depth + 1))
        marks.append("(" if rng.random() < opens else ")")
        depth += 1 if marks[-1] == "(" else -1
    return "".join(marks)


def prices(column: str = "AAPL", start: str | None = None, end: str | None = None) -> Sequence:
    """Return weekly share prices, dates as tokens, from ``start`` to ``end`` (ISO dates, both included).

    From ``plotly.data.stocks()``: relative to the price of 1 January 2018. Normalised over the chosen range,
    (price − mean) / standard deviation; a note says so with both figures, for it lets every step know a
    little of the future. Raises InputError (``error.prices.*``).
    """
    if column not in PRICE_COLUMNS:
        raise InputError("error.prices.column", column=str(column)[:40], known=", ".join(PRICE_COLUMNS))
    dates, table = stocks()
    first, last = start or dates[0], end or dates[-1]
    chosen = [index for index, date in enumerate(dates) if first <= date <= last]
    if len(chosen) < 2:
        raise InputError("error.prices.range", start=first, end=last, first=dates[0], last=dates[-1])
    raw = table[column][chosen]
    mean, deviation = float(raw.mean()), float(raw.std())
    figures: dict[str, object] = {"mean": f"{mean:.3f}", "deviation": f"{deviation:.3f}"}
    note = Note("note.prices", {"column": column, "count": len(chosen)} | figures)
    return _series((raw - mean) / deviation, tuple(dates[index] for index in chosen), column, (note,))


def price_dates() -> tuple[str, ...]:
    """Return the dates of the price series, ISO, oldest first."""
    return stocks()[0]


@lru_cache(maxsize=1)
def stocks() -> tuple[tuple[str, ...], dict[str, NDArray[np.float64]]]:
    """Return the dates, ISO, and for each of ``PRICE_COLUMNS`` the prices relative to the first date's."""
    import plotly.data

    frame = plotly.data.stocks()
    return tuple(frame["date"]), {name: frame[name].to_numpy(dtype=np.float64) for name in PRICE_COLUMNS}


def _series(
    values: NDArray[np.float64], tokens: tuple[str, ...], column: str, notes: tuple[Note, ...] = ()
) -> Sequence:
    return Sequence(values[:, None], tokens, (column,), notes=notes)
