"""Several cells on one input: their states over time, and how long each remembers a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gates.analysis.perturbation import StateDifference
from gates.examples.notation.kinds import DrawnKind
from gates.figures.heatmaps import token_label
from gates.figures.palette import CELLS, diverging, palette
from gates.figures.plain import drawable, faded, layout, log_axis, number, stack
from gates.text import Translator

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

DASHES = ("solid", "dash", "dot", "dashdot")
"""Which line each column has, so that two of a kind can be told apart."""


MOST_TOKENS = 40
"""Up to how many steps the axis names the symbols in place of the steps' numbers."""


@dataclass(frozen=True, eq=False)
class Strip:
    """A state of a column over time: what to call it, and its values (T, H)."""

    title: str
    values: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Line:
    """What a column remembers of a change: its kind and title, and what is left of the change."""

    kind: DrawnKind
    title: str
    difference: StateDifference


@dataclass(frozen=True, eq=False)
class Answer:
    """What a column's memory says over time: its kind and title, and the values (T,)."""

    kind: DrawnKind
    title: str
    values: NDArray[Any]


def answers_figure(
    answers: Sequence[Answer],
    targets: Sequence[float | None],
    tokens: Sequence[str],
    *,
    theme: str,
    t: Translator,
    relative: bool = False,
) -> Figure:
    """Draw what each memory says over time, over a wide pale line of what it should say (gaps: nothing)."""
    import plotly.graph_objects as go

    colours = palette(theme)
    x = list(range(1, len(tokens) + 1))
    data: list[Any] = []
    if targets:
        data.append(
            go.Scatter(
                x=x,
                y=list(targets),
                mode="lines+markers",
                name=t("compare.answer.wanted"),
                line={"color": faded(colours["dim"], 0.35), "width": 9, "shape": "hv"},
                marker={"color": faded(colours["dim"], 0.35), "size": 9, "symbol": "square"},
                hovertemplate="%{y:.3g}",
            )
        )
    for index, answer in enumerate(answers):
        data.append(
            go.Scatter(
                x=x,
                y=answer.values.tolist(),
                mode="lines",
                name=answer.title,
                line={
                    "color": CELLS[theme][answer.kind],
                    "dash": DASHES[index % len(DASHES)],
                    "width": 2.5,
                },
                hovertemplate="%{y:.3g}",
            )
        )
    figure = go.Figure(
        data,
        layout(
            theme,
            title=t("compare.answer.title"),
            x=t("heatmap.time"),
            y=t("compare.answer.relative") if relative else "",
            height=300,
            hovermode="x unified",
        ),
    )
    figure.update_xaxes(range=[0.5, len(x) + 0.5], showgrid=False)
    figure.update_yaxes(rangemode="tozero")
    if len(x) <= MOST_TOKENS:
        figure.update_xaxes(tickvals=x, ticktext=[token_label(token) for token in tokens], tickangle=0)
    return figure


def states_figure(strips: Sequence[Strip], tokens: Sequence[str], *, theme: str, t: Translator) -> Figure:
    """Draw states below each other on one time axis and one colour scale, as wide as the largest needs."""
    colours = palette(theme)
    peaks = [float(np.max(np.abs(s.values), initial=0, where=np.isfinite(s.values))) for s in strips]
    largest = max(peaks) or 1.0
    titles, units = [strip.title for strip in strips], [strip.values.shape[1] for strip in strips]
    figure = stack(titles, units, theme=theme, title=t("compare.states.title"), x=t("heatmap.time"))
    steps = [f"{step}<br>{token_label(token)}" for step, token in enumerate(tokens, start=1)]
    for row, strip in enumerate(strips, start=1):
        figure.add_heatmap(
            z=strip.values.T,
            x=list(range(1, len(strip.values) + 1)),
            y=list(range(1, strip.values.shape[1] + 1)),
            coloraxis="coloraxis",
            name=strip.title,
            customdata=np.tile(np.array(steps, dtype=object), (strip.values.shape[1], 1)),
            hovertemplate=t("compare.states.hover", unit="%{y}", step="%{customdata}", value="%{z:.4g}")
            + "<extra></extra>",
            row=row,
            col=1,
        )
    figure.update_layout(
        coloraxis={
            "cmin": -largest,
            "cmax": largest,
            "colorscale": diverging(theme),
            "colorbar": {
                "thickness": 10,
                "outlinewidth": 0,
                "tickvals": [-largest, 0, largest],
                "ticktext": [number(value, 3) for value in (-largest, 0.0, largest)],
                "tickfont": {"color": colours["dim"], "size": 11},
            },
        }
    )
    return figure


def difference_figure(lines: Sequence[Line], *, theme: str, t: Translator) -> Figure:
    """Draw what is left of a change at each step: of the memory as a line, of h beside c as a thin one."""
    import plotly.graph_objects as go

    colours = palette(theme)
    data: list[Any] = []
    for index, line in enumerate(lines):
        colour, dash = CELLS[theme][line.kind], DASHES[index % len(DASHES)]
        memory = "c/n" if line.kind == "slstm" else "h" if line.difference.cell is None else "c"
        parts = [(memory, line.difference.memory, 2.5)]
        if line.difference.cell is not None:
            parts.append(("h", line.difference.hidden, 1.2))
        for symbol, values, width in parts:
            data.append(
                go.Scatter(
                    x=list(range(1, len(values) + 1)),
                    y=drawable(values),
                    mode="lines",
                    name=f"{line.title} ‖Δ{symbol}‖",
                    line={"color": colour, "dash": dash if width > 2 else "dot", "width": width},
                    text=[number(float(value), 3) for value in values],
                    hovertemplate="%{text}",
                )
            )
    drawn = [part for line in lines for part in (line.difference.hidden, line.difference.memory)]
    at = lines[0].difference.at
    figure = go.Figure(
        data,
        layout(
            theme,
            title=t("compare.echo.title", step=at + 1),
            x=t("heatmap.time"),
            y="",
            yaxis=log_axis(colours, t("compare.echo.axis"), drawn),
            hovermode="x unified",
        ),
    )
    figure.update_xaxes(range=[0.5, len(lines[0].difference.hidden) + 0.5], showgrid=False)
    figure.add_vline(x=at + 1, line={"color": colours["accent"], "width": 1, "dash": "dot"})
    return figure
