"""Which earlier inputs a state depends on: as a map of all steps and as one step's curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gates.figures.heatmaps import token_label
from gates.figures.palette import palette
from gates.figures.plain import axis, decades, drawable, layout, log_axis, logs, number, power
from gates.text import Translator

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Values = NDArray[Any]

FLOOR = 12
"""Powers of ten below the strongest down to which the map is coloured."""

MOST_CELLS = 125
"""Rows of the map; of a longer sequence each stands for several steps."""


def steps_a_cell(steps: int) -> int:
    """Return how many steps a row or column of the map stands for: 1 unless the sequence is too long."""
    return -(-steps // MOST_CELLS)


def influence_figure(matrix: Values, tokens: Sequence[str], *, theme: str, t: Translator) -> Figure:
    """Draw ‖∂h_s/∂x_t‖, (n, n), as a map: the step that listens downwards, the input that is heard across.

    Of a long sequence a cell of the map stands for :func:`steps_a_cell` squared pairs of steps and shows the
    strongest of them.
    """
    import plotly.graph_objects as go

    colours = palette(theme)
    size = steps_a_cell(len(matrix))
    cells = strongest(matrix, size)
    low, high = decades([cells])
    low = max(low, high - FLOOR)
    at = [first + (min(size, len(matrix) - first) - 1) / 2 + 1 for first in range(0, len(matrix), size)]
    heat = go.Heatmap(
        z=np.where(np.tril(np.ones_like(cells)) > 0, np.clip(logs(cells), low, high), np.nan),
        x=at,
        y=at,
        zmin=low,
        zmax=high,
        colorscale=[[0.0, colours["zero"]], [1.0, colours["accent"]]],
        colorbar=_bar(low, high, colours, t("gradients.influence.bar")),
        customdata=_hover_texts(cells, tokens, size),
        hovertemplate=t(
            "gradients.influence.hover",
            step="%{customdata[1]}", heard="%{customdata[0]}", value="%{customdata[2]}",
        ) + "<extra></extra>",
    )  # fmt: skip
    shape = layout(
        theme,
        title=t("gradients.influence.title"),
        x=t("gradients.influence.heard"),
        y=t("gradients.influence.listens"),
        height=470,
    )
    shape["yaxis"] |= {"autorange": "reversed", "showgrid": False}
    shape["xaxis"] |= {"showgrid": False}
    return go.Figure([heat], shape)


def influence_curve(row: Values, tokens: Sequence[str], *, theme: str, t: Translator) -> Figure:
    """Draw ‖∂h_s/∂x_t‖ of one listening step s over every step t up to it: a row of the map, exactly."""
    import plotly.graph_objects as go

    colours = palette(theme)
    x = list(range(1, len(row) + 1))
    line = go.Scatter(
        x=x,
        y=drawable(row),
        customdata=[
            [_place(step, tokens), number(float(value), 3)] for step, value in enumerate(row, start=1)
        ],
        mode="lines+markers" if len(row) < MOST_CELLS else "lines",
        line={"color": colours["accent"], "width": 2},
        marker={"size": 5},
        hovertemplate=t(
            "gradients.influence.hover",
            step=_place(len(row), tokens), heard="%{customdata[0]}", value="%{customdata[1]}",
        ) + "<extra></extra>",
    )  # fmt: skip
    across = t("gradients.influence.heard")
    return go.Figure(
        [line],
        layout(
            theme,
            title=t("gradients.influence.curve", step=len(row)),
            x=across,
            y="",
            height=300,
            yaxis=log_axis(colours, t("gradients.influence.axis"), [row]),
            xaxis=axis(colours, across, range=[0.5, len(row) + 0.5], showgrid=False),
        ),
    )


def strongest(matrix: Values, size: int) -> Values:
    """Return the largest of each ``size`` × ``size`` block; the last ones may be smaller."""
    if size == 1:
        return matrix
    edges = range(0, len(matrix), size)
    return np.asarray(np.maximum.reduceat(np.maximum.reduceat(matrix, edges, axis=0), edges, axis=1))


def _hover_texts(cells: Values, tokens: Sequence[str], size: int) -> Values:
    """Who is heard, who listens, and how much, for each cell of the map, as the hover says it."""
    n, steps = len(cells), len(tokens)
    if size == 1:
        places = [_place(step, tokens) for step in range(1, steps + 1)]
    else:
        places = [f"{first + 1}–{min(first + size, steps)}" for first in range(0, steps, size)]
    words = np.array(places, dtype=object)
    values = np.array([[number(float(value), 3) for value in row] for row in cells], dtype=object)
    return np.dstack([np.tile(words, (n, 1)), np.tile(words[:, None], (1, n)), values])


def _place(step: int, tokens: Sequence[str]) -> str:
    """A step by its number and, where it has one of its own, its symbol."""
    token = tokens[step - 1]
    return str(step) if token == str(step) else f"{step} ({token_label(token)})"


def _bar(low: float, high: float, colours: Mapping[str, str], title: str) -> dict[str, Any]:
    step = max(1, int(np.ceil((high - low) / 6)))
    ticks = list(range(int(np.floor(high)), int(np.ceil(low)) - 1, -step))
    return {
        "title": {"text": title, "font": {"color": colours["dim"], "size": 12}},
        "tickvals": ticks,
        "ticktext": [power(tick) for tick in ticks],
        "tickfont": {"color": colours["dim"], "size": 11},
        "thickness": 10,
        "outlinewidth": 0,
    }
