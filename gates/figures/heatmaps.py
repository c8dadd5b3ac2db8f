"""Heatmaps of a run: every signal over the whole sequence, units down, time across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gates.figures.palette import Palette, diverging, is_gate, palette, sequential
from gates.figures.plain import base
from gates.text import Translator
from gates.text.escape import plotly

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MAX_PICKABLE = 20_000
"""Cells up to which a click picks one: a browser holds no more invisible points beside the heatmaps."""

SVG_POINTS = 3_000
"""Points up to which they are drawn as SVG, which needs no WebGL."""

TOP, BOTTOM, GAP = 34, 64, 38  # pixels: above the first row's heading, for the time axis, for a heading
TOKEN = 14  # characters of a token that an axis shows

Values = NDArray[np.float64]


class Run(Protocol):
    """What a figure needs of a trace: its signals by name, each (T, H), and x (T, I)."""

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of the signals, in reading order."""


@dataclass(frozen=True)
class Row:
    """One signal as it is drawn: ``values`` (T, H), a label for each unit, and the ends of its colours."""

    signal: str
    values: Values
    labels: tuple[str, ...]
    low: float
    high: float

    @property
    def height(self) -> int:
        """Pixels for this many units: each legible while they are few, all in one view when they are many."""
        return int(np.clip(18 * self.values.shape[1], 30, 150))


def signal_heatmaps(
    trace: Run,
    *,
    symbols: Mapping[str, str],
    names: Mapping[str, str],
    tokens: Sequence[str],
    columns: Sequence[str],
    unit_names: Sequence[str],
    theme: str,
    t: Translator,
    update: str = "keep",
) -> Figure:
    """Draw every signal of ``trace`` as a row of one figure; all rows share the time axis.

    Gates are coloured from 0 to 1 in their own hue; all else from −m to m on the diverging ramp, where m is
    the largest magnitude for x and c, and 1 for what cannot exceed it. Where there are at most
    ``MAX_PICKABLE`` cells a click selects one (see :func:`picked`); ``layout.meta["pickable"]`` says whether.
    Pass the figure to Streamlit with ``theme=None``: colours and fonts are the palette's.

    Args:
        trace: the run of one sequence, not of a batch.
        symbols: each signal's symbol in the chosen notation, such as ``{"forget": "f"}``.
        names: each signal's name in the reader's language.
        tokens: T labels of the steps, such as symbols, numbers or dates.
        columns: I names of the inputs.
        unit_names: H names of the units, or none.
        theme: ``"light"`` or ``"dark"``.
        t: the reader's language.
        update: ``"write"`` shows a GRU's z as 1−z, for notations in which it writes; ``"keep"`` as it is.

    Raises:
        ValueError: the trace is of a batch, or there are not T tokens.
    """
    import plotly.graph_objects as go

    rows = _rows(trace, columns, unit_names, update)
    if len(tokens) != len(rows[0].values):
        raise ValueError(f"{len(tokens)} tokens for {len(rows[0].values)} steps")
    steps = [f"{step}<br>{token_label(token)}" for step, token in enumerate(tokens, start=1)]
    colours = palette(theme)
    pickable = sum(row.values.size for row in rows) <= MAX_PICKABLE
    tops, total = _tops(rows)
    layout = _layout(rows, steps, colours, total, t, pickable)
    data: list[Any] = []
    for index, row in enumerate(rows):
        axes = {"xaxis": "x", "yaxis": "y" if index == 0 else f"y{index + 1}"}
        top = (total - tops[index]) / total
        layout[f"yaxis{index + 1 if index else ''}"] = _unit_axis(row, top, total, colours)
        title = f"<b>{plotly(symbols[row.signal])}</b>  {plotly(names[row.signal])}"
        layout["annotations"].append(_heading(row, title, top, colours))
        hover = _hover(row, title, t)
        data.append(
            go.Heatmap(
                z=_compact(row.values).T,
                x=steps,
                y=list(row.labels),
                text=_saturated(row),
                name=row.signal,
                zmin=row.low,
                zmax=row.high,
                colorscale=sequential(row.signal, theme) if is_gate(row.signal) else diverging(theme),
                colorbar=_scale(row, top, total, colours),
                hovertemplate=hover,
                **_gaps(row),
                **axes,
            )
        )
        if pickable:
            data.append(_overlay(go, row, steps, hover, colours, axes))
    return go.Figure(data=data, layout=layout)


def hint(figure: Figure, t: Translator) -> str:
    """Return what one can do with the heatmaps, to stand above them."""
    key = "heatmap.pick" if figure.layout.meta["pickable"] else "heatmap.too_many"
    return t(key, limit=f"{MAX_PICKABLE:,}")


def alt_text(trace: Run, *, names: Mapping[str, str], t: Translator, update: str = "keep") -> str:
    """Return what the heatmaps show as sentences: how much of what, and each signal's range and mean."""
    rows = _rows(trace, (), (), update)
    sentences = [
        t(
            "heatmap.alt.signal",
            name=names[row.signal],
            low=_number(float(np.min(row.values))),
            high=_number(float(np.max(row.values))),
            mean=_number(float(np.mean(row.values))),
        )
        for row in rows
    ]
    listed = reduce(lambda first, second: t("heatmap.alt.and", first=first, second=second), sentences)
    steps, units = rows[-1].values.shape
    return t("heatmap.alt", count=len(rows), steps=steps, units=units, signals=listed)


def picked(event: Any) -> tuple[int, int, str] | None:
    """Return (step, unit, signal) of the cell that was clicked, or None.

    Args:
        event: what ``st.plotly_chart(…, on_select=…)`` returned or stored; anything else gives None.

    Returns:
        Step and unit count from 0; for the signal ``"x"`` the unit is the input's column.
    """
    try:
        step, unit, signal = event["selection"]["points"][0]["customdata"][:3]
        return int(step), int(unit), str(signal)
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _rows(trace: Run, columns: Sequence[str], unit_names: Sequence[str], update: str) -> list[Row]:
    rows = []
    for signal in trace.signals:
        values = np.asarray(getattr(trace, signal), dtype=np.float64)
        if values.ndim != 2:
            raise ValueError(f"a figure shows one sequence, but {signal} has shape {values.shape}")
        if signal == "update" and update == "write":
            values = 1 - values
        low, high = _range(signal, values)
        labels = _labels(columns if signal == "x" else unit_names, values.shape[1])
        rows.append(Row(signal, values, labels, low, high))
    return rows


def _range(signal: str, values: Values) -> tuple[float, float]:
    if is_gate(signal):
        return 0.0, 1.0
    largest = float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values)))
    if signal not in ("x", "cell"):  # Only ReLU and a missing output squash lead beyond 1.
        largest = max(1.0, largest)
    return -(largest or 1.0), largest or 1.0


def _labels(names: Sequence[str], count: int) -> tuple[str, ...]:
    """Labels for units or inputs: distinct, for Plotly draws equal labels on top of each other."""
    if len(names) != count:
        return tuple(map(str, range(1, count + 1)))
    return tuple(f"{number} {token_label(name)}".strip() for number, name in enumerate(names, start=1))


def token_label(token: str) -> str:
    """A token on an axis: white space made visible, shortened, and no mark-up of its own."""
    label = token.replace("\n", "↵").replace("\t", "⇥")
    if not label.strip():
        label = "␣" * max(1, len(label))
    return plotly(label if len(label) <= TOKEN else label[: TOKEN - 1] + "…")


def _tops(rows: Sequence[Row]) -> tuple[list[int], int]:
    """Pixels from the top of the plotting area to each row, and to the end of the last."""
    tops, used = [], 0
    for row in rows:
        used += GAP
        tops.append(used)
        used += row.height
    return tops, used


def _layout(
    rows: Sequence[Row], steps: Sequence[str], colours: Palette, total: int, t: Translator, pickable: bool
) -> dict[str, Any]:
    longest = max(max(len(part) for part in step.split("<br>")) for step in steps)
    last = "y" if len(rows) == 1 else f"y{len(rows)}"
    return {
        **base(colours),
        "title": {
            "text": t("heatmap.title"),
            "x": 0,
            "xref": "paper",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 8},
            "font": {"color": colours["fg"], "size": 17},
        },
        "height": TOP + total + BOTTOM,
        "margin": {"l": 44, "r": 8, "t": TOP, "b": BOTTOM},
        "hovermode": "closest",
        "hoverdistance": -1,  # Every place is nearest to some cell's centre, so each cell can be clicked.
        "dragmode": "zoom",
        "showlegend": False,
        "meta": {"pickable": pickable},
        "annotations": [],
        "xaxis": {
            "type": "category",
            "categoryarray": list(steps),
            "categoryorder": "array",
            "range": [-0.5, len(steps) - 0.5],
            "minallowed": -0.5,
            "maxallowed": len(steps) - 0.5,
            "anchor": last,
            "nticks": max(4, 72 // (longest + 1)),
            "autotickangles": [0, 90],
            "title": {"text": t("heatmap.time"), "font": {"color": colours["dim"], "size": 13}},
            "showgrid": False,
            "zeroline": False,
            "ticks": "outside",
            "tickcolor": colours["line"],
            "tickfont": {"color": colours["dim"], "size": 12},
            "automargin": True,
        },
    }


def _unit_axis(row: Row, top: float, total: int, colours: Palette) -> dict[str, Any]:
    count = len(row.labels)
    return {
        "type": "category",
        "categoryarray": list(row.labels),
        "categoryorder": "array",
        "domain": [max(0.0, top - row.height / total), top],
        "range": [count - 0.5, -0.5],
        "minallowed": -0.5,
        "maxallowed": count - 0.5,
        "fixedrange": row.height >= 14 * count,  # Legible as it is: a drag zooms into time alone.
        "nticks": max(2, row.height // 16),
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"color": colours["dim"], "size": 11},
        "automargin": "width",
    }


def _heading(row: Row, title: str, top: float, colours: Palette) -> dict[str, Any]:
    return {
        "text": title,
        "x": 0,
        "y": top,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 2,
        "showarrow": False,
        "font": {"color": colours[row.signal] if is_gate(row.signal) else colours["fg"], "size": 14},
    }


def _scale(row: Row, top: float, total: int, colours: Palette) -> dict[str, Any]:
    """A small colour scale in the row's heading, so that each row says what its colours mean."""
    ends = [row.low, row.high] if row.low == 0 else [row.low, 0.0, row.high]
    return {
        "orientation": "h",
        "x": 1,
        "xanchor": "right",
        "xpad": 16,
        "y": top + 4 / total,
        "yanchor": "bottom",
        "ypad": 0,
        "len": 120,
        "lenmode": "pixels",
        "thickness": 7,
        "outlinewidth": 0,
        "tickvals": ends,
        "ticktext": [_number(end, digits=3) for end in ends],
        "ticklabelposition": "outside top",
        "tickfont": {"color": colours["dim"], "size": 11},
        "ticklen": 0,
    }


def _gaps(row: Row) -> dict[str, int]:
    steps, units = row.values.shape
    return {"xgap": 1 if steps <= 120 else 0, "ygap": 1 if row.height / units >= 6 else 0}


def _hover(row: Row, title: str, t: Translator) -> str:
    value = "%{text}" if _saturated(row) is not None else "%{z:.6~g}"
    place = t("heatmap.hover.input" if row.signal == "x" else "heatmap.hover.unit", unit="%{y}")
    step = t("heatmap.hover.step", step="%{x}")
    return f"{title}<br>{place}<br>{step}<br><b>{value}</b><extra></extra>"


def _overlay(go: Any, row: Row, steps: Sequence[str], hover: str, colours: Palette, axes: Any) -> Any:
    """Invisible points on the cells' centres: a click on a heatmap selects nothing, one on a point does."""
    count, units = row.values.shape
    draw = go.Scatter if count * units <= SVG_POINTS else go.Scattergl
    return draw(
        x=[step for step in steps for _ in range(units)],
        y=list(row.labels) * count,
        text=[_number(value) for value in row.values.flat],
        customdata=[[step, unit, row.signal] for step in range(count) for unit in range(units)],
        mode="markers",
        marker={"size": 8, "opacity": 0, "color": colours["fg"]},
        unselected={"marker": {"opacity": 0}},
        selected={"marker": {"opacity": 0}},  # Plotly keeps one for each row, which would look like a cursor.
        name=row.signal,
        hovertemplate=hover.replace("%{z:.6~g}", "%{text}"),
        **axes,
    )


def _compact(values: Values) -> NDArray[Any]:
    """The same values in the smallest type that holds them: one-hot input is most of a long text."""
    flags = values.astype(np.uint8)
    return flags if np.array_equal(flags, values) else values


def _saturated(row: Row) -> list[list[str]] | None:
    """The values as texts, for a gate so near to 1 that six digits would print it as 1; else None."""
    near = (row.values > 1 - 1e-6) & (row.values < 1)
    if not is_gate(row.signal) or not near.any():
        return None
    return [[_number(value) for value in unit] for unit in row.values.T]


def _number(value: float, digits: int = 6) -> str:
    """A number as the stage writes it: true minus sign, and never 1 unless it is exactly that."""
    if 1 - 0.5 * 10.0**-digits <= value < 1:
        return "1−" + _number(1 - value, digits=1)
    return f"{value:.{digits}g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")
