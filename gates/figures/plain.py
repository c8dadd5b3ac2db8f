"""What line figures share: fonts, axes and margins from the palette, and numbers as a reader writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates.figures.palette import Palette, palette

FONT = "Source Sans, Source Sans Pro, Noto Sans SC, system-ui, sans-serif"
CLEAR = "rgba(0,0,0,0)"
SUPERSCRIPTS = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def base(colours: Palette) -> dict[str, Any]:
    """Return what the layouts of all figures share: the palette's fonts and colours, and no template."""
    return {
        "template": "none",
        "font": {"family": FONT, "color": colours["fg"], "size": 13},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "hoverlabel": {
            "bgcolor": colours["belt"],
            "bordercolor": colours["line"],
            "font": {"family": FONT, "color": colours["fg"]},
            "align": "left",
        },
        "modebar": {"bgcolor": CLEAR, "color": colours["dim"], "activecolor": colours["accent"]},
    }


def layout(theme: str, *, title: str, x: str, y: str, height: int = 380, **more: Any) -> dict[str, Any]:
    """Return the layout of a figure with one pair of axes, titled ``x`` and ``y``.

    Pass the figure to Streamlit with ``theme=None``: colours and fonts are the palette's.
    """
    colours = palette(theme)
    return {
        **base(colours),
        "title": {
            "text": title,
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 8, "l": 8},
            "font": {"color": colours["fg"], "size": 16},
        },
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 44, "b": 8},
        # Below the plot: there it may take as many lines as a narrow screen needs, and never meets the title.
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "font": {"size": 13},
        },
        "xaxis": axis(colours, x),
        "yaxis": axis(colours, y),
    } | more


def axis(colours: Palette, title: str, **more: Any) -> dict[str, Any]:
    """Return an axis with a title, quiet lines and no line at zero."""
    return {
        "title": {"text": title, "font": {"color": colours["dim"], "size": 13}, "standoff": 8},
        "gridcolor": colours["line"],
        "linecolor": colours["line"],
        "zeroline": False,
        "tickfont": {"color": colours["dim"], "size": 12},
        "automargin": True,
    } | more


def log_axis(colours: Palette, title: str, values: Sequence[NDArray[Any]], **more: Any) -> dict[str, Any]:
    """Return a logarithmic axis around the positive finite ``values``, with about seven powers of ten."""
    low, high = decades(values)
    step = max(1, int(np.ceil((high - low) / 7)))
    ticks = list(range(min(int(np.ceil(high)), 308), int(np.floor(low)) - 1, -step))[
        ::-1
    ]  # float64 ends there
    pad = 0.04 * (high - low) + 0.1
    return axis(colours, title) | {
        "type": "log",
        "range": [low - pad, high + pad],
        "tickvals": [10.0**tick for tick in ticks],
        "ticktext": [power(tick) for tick in ticks],
    } | more  # fmt: skip


def decades(values: Sequence[NDArray[Any]]) -> tuple[float, float]:
    """Return log₁₀ of the smallest and the largest positive finite value; −1, 0 if there is none."""
    logs = [np.log10(part[np.isfinite(part) & (part > 0)]) for part in map(np.asarray, values)]
    logs = [part for part in logs if part.size]
    if not logs:
        return -1.0, 0.0
    low, high = min(float(part.min()) for part in logs), max(float(part.max()) for part in logs)
    return (low, high) if high - low > 1 else (low - 0.5, high + 0.5)


def logs(values: NDArray[Any]) -> NDArray[Any]:
    """Return log₁₀ of the values: −∞ for 0, and nothing is said of what is no number."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log10(values))


def drawable(values: NDArray[Any]) -> list[float | None]:
    """Return the values for a logarithmic axis: None, a gap, where they are 0 or not finite."""
    return [float(value) if np.isfinite(value) and value > 0 else None for value in values]


def power(exponent: int) -> str:
    """Return a power of ten as text: 10⁻⁷."""
    return "1" if exponent == 0 else "10" + str(exponent).replace("-", "−").translate(SUPERSCRIPTS)


def number(value: float, digits: int = 2) -> str:
    """Return a number as the page writes it: 3.9×10⁻²⁸, with a true minus sign."""
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value != 0 and not 1e-3 <= abs(value) < 1e4:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa}×{power(int(exponent))}".replace("-", "−") if int(exponent) else mantissa
    return f"{value:.{digits}g}".replace("-", "−") if abs(value) < 10**digits else f"{value:.0f}"


def faded(colour: str, opacity: float) -> str:
    """Return a hex colour with an opacity, as CSS."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


STRIP_GAP, ABOVE, BELOW = 34, 78, 52  # pixels: a strip's title, above the first strip, below the last


def stack(titles: Sequence[str], units: Sequence[int], *, theme: str, title: str, x: str) -> Any:
    """Return an empty figure of strips below each other on one time axis, each as high as its units need.

    Args:
        titles: one for each strip.
        units: how many rows each strip will have.
        theme: ``"light"`` or ``"dark"``.
        title: of the whole figure.
        x: title of the time axis.
    """
    from plotly.subplots import make_subplots

    colours, rows = palette(theme), len(titles)
    heights = [int(np.clip(14 * count, 26, 110)) for count in units]
    inside = sum(heights) + STRIP_GAP * (rows - 1)
    figure = make_subplots(
        rows,
        1,
        shared_xaxes=True,
        vertical_spacing=STRIP_GAP / inside if rows > 1 else 0,
        row_heights=heights,
        subplot_titles=list(titles),
    )
    shape = layout(theme, title=title, x="", y="", height=inside + ABOVE + BELOW)
    del shape["xaxis"], shape["yaxis"]
    figure.update_layout(shape, margin={"l": 8, "r": 12, "t": ABOVE, "b": BELOW})
    spikes = {"showspikes": True, "spikemode": "across", "spikethickness": 1, "spikecolor": colours["fg"]}
    figure.update_xaxes(axis(colours, ""), showgrid=False, **spikes)
    figure.update_xaxes(axis(colours, x), showgrid=False, row=rows, col=1)
    for row, count in enumerate(units, start=1):
        ticks = list(range(1, count + 1, max(1, -(-count // 4))))
        figure.update_yaxes(
            axis(colours, ""), showgrid=False, range=[count + 0.5, 0.5], tickvals=ticks, row=row, col=1
        )
    for note in figure.layout.annotations:
        note.update(x=0, xanchor="left", font={"size": 13, "color": colours["fg"]})
    return figure
