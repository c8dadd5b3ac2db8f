"""A run as a small still picture, for notebooks: HTML with neither script nor style sheet."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from gates.core.activations import FloatArray
from gates.core.sequences import IntArray
from gates.text import Translator
from gates.text.escape import in_html
from gates.text.numbers import gate, number

WRITTEN_STEPS, WRITTEN_UNITS = 16, 4
"""Up to so many steps and units each value is written; beyond, it is a dot of a strip."""
MOST_STEPS, MOST_UNITS = 400, 64
"""So many of each are in the picture at most: the first ones."""

COLOURS = {
    "forget": "#8a5a00",
    "input": "#1b7837",
    "output": "#762a83",
    "reset": "#00696f",
    "update": "#5b6300",
    "zero": "#f3f4f6",
    "positive": "#b2182b",
    "negative": "#2166ac",
    "fg": "#1b2430",
    "bg": "#ffffff",
    "leaf": "#8b95a3",
}
"""Those of :mod:`gates.figures.palette`, which stands above the engine; a test holds them equal."""

_LARGE = 1.0  # a signed value from which its colour is full, apart from the cell's
_BOX = (
    f"background:{COLOURS['bg']};color:{COLOURS['fg']};padding:8px;display:inline-block;"
    "font:12px system-ui,sans-serif;white-space:nowrap;text-align:left"
)
_TABLE = '<table style="border-collapse:collapse;border:0;font-size:11px">'
_ROW = '<tr style="background:none;text-align:right">'
_PADDED = "padding:2px 5px"  # as a style, for marimo's style sheet takes the table's cellpadding away
_NAME = f"{_PADDED};text-align:left;font-weight:600"
_NUMBER = f"{_PADDED};text-align:right;font-weight:400"


class Run(Protocol):
    """What a picture needs of a trace (:class:`gates.core.trace.Trace`), beside its signals by name."""

    @property
    def source(self) -> Any:
        """The cell."""

    @property
    def signals(self) -> tuple[str, ...]:
        """The names of the signals, in reading order."""

    @property
    def x(self) -> FloatArray:
        """The inputs."""

    @property
    def lengths(self) -> IntArray | None:
        """Valid steps of each sequence of a batch."""


@dataclass(frozen=True, eq=False)
class Strip:
    """One signal of one sequence: ``values`` (T, n) as far as they are shown, and how they are coloured.

    bounded: whether it is a gate between 0 and 1, with a hue of its own. scale: the value that has the full
    colour otherwise.
    """

    name: str
    values: FloatArray
    bounded: bool
    scale: float

    @classmethod
    def of(cls, name: str, values: FloatArray) -> Strip:
        """Decide how the values of a signal are coloured."""
        finite = np.abs(values[np.isfinite(values)])
        largest = float(finite.max(initial=0.0))
        bounded = name in COLOURS and largest <= 1 and bool((finite >= 0).all() and np.all(values >= 0))
        return cls(name, values, bounded, largest if name == "cell" and largest else max(largest, _LARGE))

    @property
    def colours(self) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """Red, green and blue of each value, (T, n, 3); what is no number is grey."""
        zero = _rgb("zero")
        share = np.nan_to_num(self.values / self.scale, nan=0.0, posinf=1.0, neginf=-1.0)[..., None]
        full = _rgb(self.name) if self.bounded else np.where(share < 0, _rgb("negative"), _rgb("positive"))
        mixed = zero + (full - zero) * np.clip(np.abs(share), 0, 1)
        return np.where(np.isfinite(self.values)[..., None], mixed, _rgb("leaf")).round().astype(np.uint8)

    def written(self, value: float) -> str:
        """Return a value as the app writes it."""
        return gate(value) if self.bounded else number(value)


def strips(trace: Run) -> list[Strip]:
    """Return the signals of a trace, of its first sequence, as far as they are shown."""
    return [Strip.of(name, _values(trace, name)[:MOST_STEPS, :MOST_UNITS]) for name in trace.signals]


def html(trace: Run, t: Translator) -> str:
    """Return the picture of a run: numbers where it is short, else a strip for each signal.

    Args:
        trace: of a run or of a single step; of a batch the first sequence is shown.
        t: the reader's words.
    """
    steps, units = _values(trace, "hidden").shape
    drawn_strips = strips(trace)
    short = steps <= WRITTEN_STEPS and all(
        strip.values.shape[1] <= WRITTEN_UNITS for strip in drawn_strips[1:]
    )
    rows = [_header(steps)] if short else []
    for strip in drawn_strips:
        written = short and strip.values.shape[1] <= WRITTEN_UNITS  # inputs may be more
        rows += _numbers(strip, t) if written else [_strip(strip, t, steps if short else 0)]
    name = type(trace.source).__name__
    title = t("notebook.picture.title", kind=name, steps=steps, units=units)
    notes = "".join(f"<div>{in_html(note)}</div>" for note in _notes(trace, steps, drawn_strips, t))
    return f'<div style="{_BOX}"><b>{in_html(title)}</b>{_TABLE}{"".join(rows)}</table>{notes}</div>'


def _values(trace: Run, name: str) -> FloatArray:
    """One signal of the first sequence, (T, n): of its own steps alone, and a matrix in a row."""
    values = getattr(trace, name)
    if _single(trace):
        values = values[None]
    if _batch(trace):
        values = values[:, 0]
    if trace.lengths is not None:
        values = values[: int(trace.lengths[0])]
    return np.asarray(values.reshape(len(values), -1))


def _single(trace: Run) -> bool:
    """Whether this is the trace of one step, which has no axis of time."""
    name = "hidden" if hasattr(trace, "initial_hidden") else "normaliser"
    return bool(getattr(trace, f"initial_{name}").ndim == getattr(trace, name).ndim)


def _batch(trace: Run) -> bool:
    return trace.x.ndim == (2 if _single(trace) else 3)


def _notes(trace: Run, steps: int, drawn_strips: list[Strip], t: Translator) -> list[str]:
    """What is left out."""
    notes = []
    if _batch(trace):
        notes.append(t("notebook.picture.sequences", count=trace.x.shape[-2]))
    if steps > MOST_STEPS:
        notes.append(t("notebook.picture.steps", shown=MOST_STEPS, count=steps))
    widest = max(_values(trace, strip.name).shape[1] for strip in drawn_strips)
    if widest > MOST_UNITS:
        notes.append(t("notebook.picture.units", shown=MOST_UNITS, count=widest))
    return notes


def _header(steps: int) -> str:
    cells = "".join(f'<th style="{_NUMBER}">{step + 1}</th>' for step in range(steps))
    return f"{_ROW}<td></td><td></td>{cells}</tr>"


def _numbers(strip: Strip, t: Translator) -> list[str]:
    """A row for each unit, with all its values."""
    rows, colours = [], strip.colours
    steps, units = strip.values.shape
    for unit in range(units):
        name = f'<th rowspan="{units}" style="{_NAME}">{_name(strip, t)}</th>' if unit == 0 else ""
        cells = "".join(
            f'<td style="{_PADDED};{_paint(colours[step, unit])}">'
            f"{in_html(strip.written(float(strip.values[step, unit])))}</td>"
            for step in range(steps)
        )
        rows.append(f'{_ROW}{name}<th style="{_NUMBER}">{unit + 1}</th>{cells}</tr>')
    return rows


def _strip(strip: Strip, t: Translator, across: int) -> str:
    """One row: all values as dots of a picture, and between which they lie; ``across`` so many columns."""
    steps, units = strip.values.shape
    low, high = (strip.written(float(end(strip.values))) for end in (np.min, np.max))
    bounds = f"{low} … {high}"
    size = f"width:{min(640, max(240, 8 * steps))}px;height:{min(96, max(14, 6 * units))}px"
    span = f' colspan="{across + 1}"' if across else ""
    image = (
        f'<img alt="{in_html(bounds)}" src="data:image/png;base64,{_png(strip.colours.swapaxes(0, 1))}" '
        f'style="{size};image-rendering:pixelated;display:block;max-width:none;margin:1px 0">'
    )
    return (
        f'{_ROW}<th style="{_NAME}">{_name(strip, t)}</th><td{span} style="{_PADDED}">{image}</td>'
        f'<td style="{_NAME};font-weight:400">{in_html(bounds)}</td></tr>'
    )


def _name(strip: Strip, t: Translator) -> str:
    key = f"signal.{strip.name}"
    return in_html(t(key) if key in t else strip.name)


def _rgb(name: str) -> FloatArray:
    return np.array([int(COLOURS[name][at : at + 2], 16) for at in (1, 3, 5)], dtype=np.float64)


def _paint(colour: Any) -> str:
    """A background, and black or white on it, whichever is read more easily."""
    linear = [(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for c in (colour / 255).tolist()]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    text = "#000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#fff"
    return f"background:#{''.join(f'{c:02x}' for c in colour.tolist())};color:{text}"


def _png(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> str:
    """Pixels (height, width, 3) as a PNG in base64."""
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)), chunk(b"IEND", b"")]
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()
