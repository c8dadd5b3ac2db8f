"""The one place where colours live: belt, score, heatmaps, equations and legends all read them here.

A gate has a hue of its own. Signed quantities (states, candidates, inputs) share one diverging ramp,
blue through neutral to red, which no gate's hue resembles. Every text colour keeps a contrast of at
least 4.5:1 against its background in its theme; ``tests/figures/test_palette.py`` computes that.
"""

from __future__ import annotations

from collections.abc import Mapping

Palette = Mapping[str, str]

LIGHT: Palette = {
    "bg": "#ffffff",
    "fg": "#1b2430",
    "dim": "#55616f",
    "line": "#cfd6df",
    "belt": "#eef1f5",
    "leaf": "#8b95a3",
    "accent": "#1f5fa8",
    "zero": "#f3f4f6",
    "positive": "#b2182b",
    "negative": "#2166ac",
    "forget": "#8a5a00",
    "input": "#1b7837",
    "output": "#762a83",
    "reset": "#00696f",
    "update": "#5b6300",
    "gradient": "#b0146a",
}

DARK: Palette = {
    "bg": "#0f141a",
    "fg": "#e6edf3",
    "dim": "#9aa8b8",
    "line": "#313c49",
    "belt": "#18202a",
    "leaf": "#6f7c8c",
    "accent": "#7db4f0",
    "zero": "#232c37",
    "positive": "#f4706b",
    "negative": "#6fb1f5",
    "forget": "#e3b04b",
    "input": "#5fcb80",
    "output": "#cf9be0",
    "reset": "#4fc9cf",
    "update": "#c6d24a",
    "gradient": "#ff86c3",
}

GATES = ("forget", "input", "output", "reset", "update")
"""Signals that lie in (0, 1) and own a hue; every other signal uses the diverging ramp."""


CELLS: Mapping[str, Palette] = {
    "light": {
        "rnn": "#55616f", "lstm": "#1f5fa8", "gru": "#a3245f",
        "mingru": "#b3541e", "minlstm": "#0b7a75", "slstm": "#5b3fa0",
    },
    "dark": {
        "rnn": "#9aa8b8", "lstm": "#7db4f0", "gru": "#f08bbd",
        "mingru": "#f0a070", "minlstm": "#5fd0c8", "slstm": "#b7a2f0",
    },
}  # fmt: skip
"""Hues of whole cells, by theme, for figures that draw several kinds as lines."""


def is_gate(signal: str) -> bool:
    """Whether ``signal`` is a gate, drawn in its own hue from 0 to 1, and not on the diverging ramp."""
    return signal in GATES


def palette(theme: str) -> Palette:
    """The palette of ``theme``, ``"light"`` or ``"dark"``.

    Raises:
        KeyError: for any other theme.
    """
    return {"light": LIGHT, "dark": DARK}[theme]


def diverging(theme: str) -> list[list[float | str]]:
    """Plotly's colour scale for signed quantities: negative, zero, positive at 0, ½ and 1."""
    colours = palette(theme)
    return [[0.0, colours["negative"]], [0.5, colours["zero"]], [1.0, colours["positive"]]]


def sequential(signal: str, theme: str) -> list[list[float | str]]:
    """Plotly's colour scale for one gate: neutral where it is closed, its own hue where it is open."""
    colours = palette(theme)
    return [[0.0, colours["zero"]], [1.0, colours[signal]]]
