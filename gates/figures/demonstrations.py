"""Pictures of the classic demonstrations: the latch, σ(b)ⁿ, and the cliff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gates.examples.demonstrations import Descent, Latch, Surface
from gates.figures.palette import palette
from gates.figures.plain import CLEAR, axis, drawable, layout, log_axis, number
from gates.text import Translator

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Values = NDArray[Any]

STEEPEST = 4.0
"""Loss up to which the cliff's height is drawn."""


def latch_figure(norms: Values, latch: Latch, *, theme: str, t: Translator) -> Figure:
    """Draw ‖∂h_T/∂h_t‖ of the latch against t, and slope^(T−t) on top of it."""
    import plotly.graph_objects as go

    colours = palette(theme)
    steps = len(norms)
    x = list(range(1, steps + 1))
    law = latch.slope ** np.arange(steps - 1, -1, -1)
    lines = (
        (norms, t("gradients.latch.measured"), {"color": colours["fg"], "width": 6}),
        (law, t("gradients.latch.law"), {"color": colours["accent"], "width": 2, "dash": "dash"}),
    )
    data = [
        go.Scatter(
            x=x, y=drawable(values), name=name, mode="lines", line=line,
            text=[number(float(value), 3) for value in values], hovertemplate="%{text}",
        )
        for values, name, line in lines
    ]  # fmt: skip
    title = t("gradients.latch.title", weight=number(float(latch.cell.U[0, 0]), 3))
    y = log_axis(colours, t("gradients.axis.length"), [norms, law])
    return go.Figure(data, layout(theme, title=title, x=t("gradients.axis.step"), y="", yaxis=y))


def squash_figure(latch: Latch, *, theme: str, t: Translator) -> Figure:
    """Draw tanh(w h) over h with the diagonal: where they cross, the state rests."""
    import plotly.graph_objects as go

    colours = palette(theme)
    weight = float(latch.cell.U[0, 0])
    h = np.linspace(-1.3, 1.3, 201)
    fixed_points = sorted({-latch.rest, 0.0, latch.rest})
    data = [
        go.Scatter(x=h, y=np.tanh(weight * h), mode="lines", name="tanh(w·h)", line={"color": colours["fg"]}),
        go.Scatter(
            x=h, y=h, mode="lines", name="h", line={"color": colours["dim"], "dash": "dot"}, hoverinfo="skip"
        ),
        go.Scatter(
            x=fixed_points,
            y=fixed_points,
            mode="markers",
            name=t("gradients.latch.rests"),
            marker={"size": 10, "color": colours["accent"]},
            text=[number(weight * (1 - rest**2), 3) for rest in fixed_points],
            hovertemplate=t("gradients.latch.hover", rest="%{x:.3f}", slope="%{text}") + "<extra></extra>",
        ),
    ]
    shape = layout(
        theme,
        title=t("gradients.latch.squash"),
        x=t("gradients.latch.before"),
        y=t("gradients.latch.after"),
    )
    return go.Figure(data, shape)


def decay_figure(remaining: Values, biases: Sequence[float], *, theme: str, t: Translator) -> Figure:
    """Draw σ(b)^n over n, a line for each bias."""
    import plotly.graph_objects as go

    colours = palette(theme)
    n = list(range(remaining.shape[1]))
    dashes = ("dot", "dashdot", "dash", "solid", "longdash")
    data = [
        go.Scatter(
            x=n, y=drawable(row), mode="lines", name=f"b = {bias:g}",
            line={"color": colours["forget"], "dash": dash, "width": 2},
            text=[number(float(value), 3) for value in row], hovertemplate="%{text}",
        )
        for row, bias, dash in zip(remaining, biases, dashes, strict=False)
    ]  # fmt: skip
    y = log_axis(colours, "σ(b)ⁿ", [remaining])
    shape = layout(theme, title=t("gradients.decay.title"), x=t("gradients.decay.steps"), y="", yaxis=y)
    return go.Figure(data, shape | {"hovermode": "x unified"})


def cliff_figure(
    surface: Surface, paths: Sequence[tuple[str, Descent]], *, theme: str, t: Translator
) -> Figure:
    """Draw the loss over (w, b) as a surface, and on it the ways that gradient descent took.

    paths: each as ``"free"`` or ``"clipped"``, and the descent.
    """
    import plotly.graph_objects as go

    colours = palette(theme)
    hover = t("gradients.cliff.hover", w="%{x:.3f}", b="%{y:.3f}", loss="%{z:.3g}") + "<extra></extra>"
    data: list[Any] = [
        go.Surface(
            x=surface.weights,
            y=surface.biases,
            z=surface.losses,
            colorscale=[[0.0, colours["belt"]], [0.5, colours["line"]], [1.0, colours["leaf"]]],
            showscale=False,
            hovertemplate=hover,
            name=t("gradients.cliff.surface"),
            contours={"z": {"show": True, "color": colours["dim"], "start": 0, "end": STEEPEST, "size": 0.2}},
        )
    ]
    for kind, descent in paths:
        colour = colours["positive" if kind == "free" else "accent"]
        data.append(
            go.Scatter3d(
                x=descent.places[:, 0],
                y=descent.places[:, 1],
                z=descent.losses + 0.03,
                mode="lines+markers",
                name=t(f"gradients.cliff.{kind}"),
                line={"color": colour, "width": 5, "dash": "solid" if kind == "free" else "dash"},
                marker={"size": 3, "color": colour, "symbol": "circle" if kind == "free" else "diamond"},
                hovertemplate=hover,
            )
        )
    shape = layout(theme, title=t("gradients.cliff.title"), x="", y="", height=520)
    del shape["xaxis"], shape["yaxis"]
    titles = {"xaxis": "w", "yaxis": "b", "zaxis": t("gradients.cliff.loss")}
    shape["scene"] = {
        name: {
            **{k: v for k, v in axis(colours, title).items() if k not in ("automargin", "title")},
            "title": {"text": title},
            "backgroundcolor": CLEAR,
            "color": colours["dim"],
        }
        for name, title in titles.items()
    }
    shape["scene"] |= {
        "camera": {"eye": {"x": -1.1, "y": 1.5, "z": 0.8}, "center": {"x": 0, "y": 0, "z": -0.2}},
        "aspectratio": {"x": 1.3, "y": 1.3, "z": 0.7},
    }
    return go.Figure(data, shape)
