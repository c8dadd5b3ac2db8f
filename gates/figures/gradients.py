"""Gradients on their way back through time: pure functions from numbers to pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gates.analysis.ensembles import Band, Kind
from gates.figures.palette import CELLS, diverging, palette
from gates.figures.plain import (
    axis,
    decades,
    drawable,
    faded,
    layout,
    log_axis,
    logs,
    number,
    stack,
)
from gates.text import Translator

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Values = NDArray[Any]

FLOOR = 12
"""Powers of ten below the largest gradient down to which strips are coloured."""

WAYS = {"total": "fg", "cell": "forget", "gates": "output", "product": "dim"}
"""Which colour of the palette the ways back through an LSTM have; the cell path is the forget gates'."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A line of the flow figure: whose gradient, of ``hidden`` or ``cell``, and its spread over seeds."""

    kind: Kind
    state: str
    band: Band
    exploded: int | None = None  # the latest step at which a seed's gradient was not finite any more


def flow_figure(curves: Sequence[Curve], *, theme: str, t: Translator, steps: int) -> Figure:
    """Draw ‖∂L/∂h_t‖ and ‖∂L/∂c_t‖ against t: geometric mean as a line, range over seeds as a band.

    Where a gradient left the numbers, a mark says at which step.
    """
    import plotly.graph_objects as go

    data: list[Any] = []
    x = list(range(1, steps + 1))
    for curve in curves:
        colour = CELLS[theme][curve.kind]
        name = f"{curve.kind.upper()} ‖∂L/∂{'c' if curve.state == 'cell' else 'h'}‖"
        data += _ribbon(go, x, curve.band, colour, name)
        dash = "dash" if curve.state == "cell" else "solid"
        data.append(_line(go, x, curve.band.mean, colour, name, dash, t))
        if curve.exploded is not None:
            data.append(_exploded(go, curve, colour, t))
    values = [part for curve in curves for part in curve.band]
    return go.Figure(
        data,
        _over_steps(theme, t, "flow", "length", values) | {"height": 430} | _time(theme, t, steps),
    )


def flow_alt(curves: Sequence[Curve], t: Translator, steps: int) -> str:
    """Return what the flow figure shows, as sentences."""
    lines = [
        t(
            "gradients.flow.alt.line",
            name=f"{curve.kind.upper()} {'c' if curve.state == 'cell' else 'h'}",
            first=number(float(curve.band.mean[0])),
            last=number(float(curve.band.mean[-1])),
        )
        for curve in curves
    ]
    return t("gradients.flow.alt", steps=steps, lines=t.between.join(lines))


def paths_figure(ways: Mapping[str, Band], *, theme: str, t: Translator) -> Figure:
    """Draw ‖∂L/∂c_t‖ of an LSTM by its ways: ``total``, ``cell`` path, ``gates``; and ``product``, ∏f."""
    import plotly.graph_objects as go

    colours = palette(theme)
    steps = len(ways["total"].mean)
    x = list(range(1, steps + 1))
    data: list[Any] = []
    dashes = {"total": "solid", "cell": "dash", "gates": "dot", "product": "dashdot"}
    for way, band in ways.items():
        name, colour = t(f"gradients.paths.{way}"), colours[WAYS[way]]
        if way != "product":
            data += _ribbon(go, x, band, colour, name)
        data.append(_line(go, x, band.mean, colour, name, dashes[way], t))
    values = [part for band in ways.values() for part in band]
    return go.Figure(
        data,
        _over_steps(theme, t, "paths", "length_cell", values) | _time(theme, t, steps),
    )


def spectrum_figure(
    steps: Sequence[int], radii: Values, largest: Values, smallest: Values, *, theme: str, t: Translator
) -> Figure:
    """Draw the step Jacobian over time: spectral radius, largest and smallest singular value, and the 1."""
    import plotly.graph_objects as go

    colours = palette(theme)
    x = [step + 1 for step in steps]
    lines = (
        ("largest", largest, "positive", "dash"),
        ("radius", radii, "fg", "solid"),
        ("smallest", smallest, "negative", "dot"),
    )
    data = [
        _line(go, x, values, colours[colour], t(f"gradients.spectrum.{name}"), dash, t)
        for name, values, colour, dash in lines
    ]
    curves = [radii, largest, smallest, np.ones(1)]
    figure = go.Figure(data, _over_steps(theme, t, "spectrum", "factor", curves))
    figure.add_hline(y=1, line={"color": colours["accent"], "width": 1})
    return figure


def eigenvalue_figure(eigenvalues: Values, step: int, *, theme: str, t: Translator) -> Figure:
    """Draw the eigenvalues of one step's Jacobian in the plane, with the unit circle."""
    import plotly.graph_objects as go

    colours = palette(theme)
    turn = np.linspace(0, 2 * np.pi, 181)
    circle = go.Scatter(
        x=np.cos(turn), y=np.sin(turn), mode="lines", name=t("gradients.eigen.circle"),
        line={"color": colours["accent"], "width": 1}, hoverinfo="skip",
    )  # fmt: skip
    dots = go.Scatter(
        x=eigenvalues.real, y=eigenvalues.imag, mode="markers", name=t("gradients.eigen.values"),
        customdata=np.abs(eigenvalues), hovertemplate="|λ| = %{customdata:.4g}<extra></extra>",
        marker={"size": 8, "color": faded(colours["fg"], 0.55), "line": {"width": 1, "color": colours["fg"]}},
    )  # fmt: skip
    shape = layout(
        theme,
        title=t("gradients.eigen.title", step=step + 1),
        x=t("gradients.axis.real"),
        y=t("gradients.axis.imaginary"),
        height=400,
    )
    shape["yaxis"] |= {"scaleanchor": "x", "scaleratio": 1}
    return go.Figure([circle, dots], shape)


def strips_figure(
    gradients: Mapping[str, Values],
    *,
    symbols: Mapping[str, str],
    names: Mapping[str, str],
    theme: str,
    t: Translator,
) -> Figure:
    """Draw ∂L/∂(every signal), each (T, n), as strips that share time and one colour scale.

    Colours are signed and logarithmic: full at the largest gradient of all, neutral ``FLOOR`` powers of ten
    below it. The hover gives the exact value.
    """
    colours = palette(theme)
    _, high = decades(list(map(np.abs, gradients.values())))
    low = high - FLOOR
    titles = [f"<b>∂L/∂{symbols[name]}</b>  {names[name]}" for name in gradients]
    units = [values.shape[1] for values in gradients.values()]
    figure = stack(titles, units, theme=theme, title=t("gradients.strips.title"), x=t("gradients.axis.step"))
    for row, (name, values) in enumerate(gradients.items(), start=1):
        signed = np.sign(values) * np.clip(logs(np.abs(values)) - low, 0, FLOOR) / FLOOR
        figure.add_heatmap(
            z=signed.T,
            x=list(range(1, len(values) + 1)),
            y=list(range(1, values.shape[1] + 1)),
            zmin=-1,
            zmax=1,
            colorscale=diverging(theme),
            showscale=row == 1,
            colorbar=_signed_bar(low, high, colours) if row == 1 else None,
            name=name,
            text=[[number(float(v), 4) for v in unit] for unit in values.T],
            hovertemplate=t("gradients.strips.hover", unit="%{y}", step="%{x}", value="%{text}")
            + "<extra></extra>",
            row=row,
            col=1,
        )
    return figure


def clip_figure(
    before: Mapping[str, float], after: Mapping[str, float], *, theme: str, t: Translator
) -> Figure:
    """Draw the norm of the gradient of each block of weights before and after clipping, side by side."""
    import plotly.graph_objects as go

    colours = palette(theme)
    bars = [
        go.Bar(
            x=list(norms),
            y=drawable(np.array(list(norms.values()))),
            name=t(f"gradients.clip.{name}"),
            marker={"color": colours[colour]},
            text=[number(value) for value in norms.values()],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}: %{text}<extra></extra>",
        )
        for name, norms, colour in (("before", before, "leaf"), ("after", after, "accent"))
    ]
    values = [np.array(list(norms.values())) for norms in (before, after)]
    low, high = decades(values)
    shape = layout(
        theme,
        title=t("gradients.clip.title"),
        x=t("gradients.clip.weights"),
        y="",
        yaxis=log_axis(colours, t("gradients.axis.weights"), values, range=[low - 0.5, high + 0.6]),
        barmode="group",
    )
    return go.Figure(bars, shape)


def _over_steps(theme: str, t: Translator, name: str, axis: str, values: Sequence[Values]) -> dict[str, Any]:
    """The layout of what is drawn against the step on a logarithmic axis."""
    return layout(
        theme,
        title=t(f"gradients.{name}.title"),
        x=t("gradients.axis.step"),
        y="",
        yaxis=log_axis(palette(theme), t(f"gradients.axis.{axis}"), values),
        hovermode="x unified",
    )


def _time(theme: str, t: Translator, steps: int) -> dict[str, Any]:
    colours = palette(theme)
    return {"xaxis": axis(colours, t("gradients.axis.step"), range=[0.5, steps + 0.5], showgrid=False)}


def _ribbon(go: Any, x: Sequence[int], band: Band, colour: str, name: str) -> list[Any]:
    """The range over seeds as a filled outline; runs of steps without one are left out."""
    whole = np.isfinite(band.high) & (band.low > 0) & (band.high > band.low)
    ribbons = []
    for start, stop in _stretches(whole):
        up, down = band.high[start:stop], band.low[start:stop][::-1]
        steps = list(x[start:stop])
        ribbons.append(
            go.Scatter(
                x=steps + steps[::-1],
                y=[*up, *down],
                fill="toself",
                fillcolor=faded(colour, 0.16),
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
                name=f"{name} band",
                mode="lines",
            )
        )
    return ribbons


def _stretches(flags: NDArray[Any]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.r_[0, flags.astype(int), 0]))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _line(go: Any, x: Sequence[int], values: Values, colour: str, name: str, dash: str, t: Translator) -> Any:
    return go.Scatter(
        x=list(x),
        y=drawable(values),
        text=[number(float(value), 3) for value in values],
        mode="lines",
        name=name,
        line={"color": colour, "width": 2, "dash": dash},
        hovertemplate="%{text}",
    )


def _exploded(go: Any, curve: Curve, colour: str, t: Translator) -> Any:
    step = curve.exploded or 0
    finite = curve.band.high[np.isfinite(curve.band.high)]
    top = float(finite.max()) if finite.size and finite.max() > 0 else 1.0
    return go.Scatter(
        x=[step + 1],
        y=[top],
        mode="markers+text",
        marker={"symbol": "x", "size": 11, "color": colour},
        text=[t("gradients.flow.exploded", step=step + 1)],
        textposition="bottom right" if step < 60 else "bottom left",
        textfont={"color": colour},
        name=f"{curve.kind} exploded",
        showlegend=False,
        hoverinfo="skip",
    )


def _signed_bar(low: float, high: float, colours: Mapping[str, str]) -> dict[str, Any]:
    top = number(10.0**high, 2)
    return {
        "tickvals": [-1, 0, 1],
        "ticktext": [f"−{top}", f"±{number(10.0**low, 1)}", f"+{top}"],
        "tickfont": {"color": colours["dim"], "size": 11},
        "thickness": 10,
        "outlinewidth": 0,
        "len": 1.0,
    }
