"""Training as curves: loss and measure of runs, and what the gates came to. Pure functions of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gates.examples.notation.kinds import CellKind
from gates.figures.comparison import DASHES
from gates.figures.palette import CELLS, palette
from gates.figures.plain import axis, drawable, layout, log_axis, number
from gates.text import Translator
from gates.text.numbers import share

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

ABOVE, BETWEEN = 0.55, 0.09
"""The share of the height that the upper of two plots has, and the gap between them."""


@dataclass(frozen=True, eq=False)
class Curve:
    """What was recorded of a run: its loss at ``steps``, and its measure where that was taken."""

    kind: CellKind
    title: str
    steps: Sequence[int]
    loss: Sequence[float]
    metric_steps: Sequence[int]
    metric: Sequence[float]


@dataclass(frozen=True)
class Measure:
    """What is measured: its name, what a predictor without memory gets, and whether it is a share of 1."""

    name: str
    baseline: float
    share: bool

    def text(self, value: float) -> str:
        """Return a value as it is read."""
        return share(value) if self.share else number(value, 3)


def curves_figure(curves: Sequence[Curve], measure: Measure, *, theme: str, t: Translator) -> Figure:
    """Draw the measure of runs over the steps of training, with the baseline, and below it their loss."""
    import plotly.graph_objects as go

    colours = palette(theme)
    data = [
        line for index, curve in enumerate(curves) for line in _lines(go, curve, index, measure, theme, t)
    ]
    upper = axis(colours, measure.name, domain=[1 - ABOVE, 1])
    if measure.share:
        upper |= {"range": [-0.03, 1.03], "tickformat": ".0%"}
    losses = [np.asarray(curve.loss) for curve in curves]
    below = log_axis(colours, t("train.loss"), losses, domain=[0, 1 - ABOVE - BETWEEN], anchor="x")
    shape = layout(theme, title=t("train.curves.title"), x=t("train.curves.x"), y="", height=460)
    figure = go.Figure(data, shape | {"yaxis": upper, "yaxis2": below, "hovermode": "x unified"})
    figure.update_xaxes(anchor="y2")
    figure.add_hline(
        y=measure.baseline,
        line={"color": colours["dim"], "dash": "dot", "width": 1.4},
        annotation_text=t("train.baseline", value=measure.text(measure.baseline)),
        annotation_position="bottom right",
        annotation_font={"color": colours["dim"], "size": 12},
    )
    return figure


def _lines(go: Any, curve: Curve, index: int, measure: Measure, theme: str, t: Translator) -> list[Any]:
    """Return the measure of a run for the upper plot and its loss for the lower one."""
    line = {"color": CELLS[theme][curve.kind], "dash": DASHES[index % len(DASHES)]}
    measured = go.Scatter(
        x=list(curve.metric_steps),
        y=list(curve.metric),
        mode="lines",
        name=curve.title,
        line=line | {"width": 2.2},
        text=[measure.text(value) for value in curve.metric],
        hovertemplate="%{text}",
    )
    loss = go.Scatter(
        x=list(curve.steps),
        y=drawable(np.asarray(curve.loss)),
        mode="lines",
        name=f"{curve.title} · {t('train.loss')}",
        showlegend=False,
        line=line | {"width": 1.2},
        yaxis="y2",
        hovertemplate="%{y:.4g}",
    )
    return [measured, loss]


def gates_figure(
    steps: Sequence[int],
    opening: Mapping[str, Sequence[float]],
    decided: Mapping[str, Sequence[float]],
    *,
    title: str,
    symbols: Mapping[str, str],
    names: Mapping[str, str],
    theme: str,
    t: Translator,
) -> Figure:
    """Draw how far each gate stands open on the probe, and how much of it is near 0 or 1, over training."""
    import plotly.graph_objects as go

    colours = palette(theme)
    data: list[Any] = []
    for index, gate in enumerate(opening):
        line = {"color": colours[gate], "dash": DASHES[index % len(DASHES)], "width": 2.2}
        for plot, values in (("y", opening[gate]), ("y2", decided[gate])):
            data.append(
                go.Scatter(
                    x=list(steps),
                    y=list(values),
                    mode="lines+markers",
                    marker={"size": 5},
                    name=f"{symbols[gate]} · {names[gate]}",
                    showlegend=plot == "y",
                    line=line,
                    yaxis=plot,
                    hovertemplate="%{y:.0%}",
                )
            )
    shared = {"range": [-0.04, 1.04], "tickformat": ".0%"}
    half = (1 - BETWEEN) / 2
    upper = axis(colours, t("train.gates.opening"), domain=[1 - half, 1], **shared)
    below = axis(colours, t("train.gates.decided"), domain=[0, half], anchor="x", **shared)
    shape = layout(theme, title=title, x=t("train.curves.x"), y="", height=440)
    figure = go.Figure(data, shape | {"yaxis": upper, "yaxis2": below, "hovermode": "x unified"})
    figure.update_xaxes(anchor="y2")
    return figure
