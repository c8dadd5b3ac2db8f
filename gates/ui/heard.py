"""A line of tokens on the page: point at one and see which earlier ones its state still hears."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from gates.figures.palette import palette
from gates.ui.assets import ROOT
from gates.ui.charts import theme
from gates.ui.frame import Page

DIGITS = 5
_COLOURS = ("bg", "fg", "dim", "line", "zero", "accent")


def line(page: Page, tokens: Sequence[str], matrix: Any, first: int) -> None:
    """Shows ``tokens`` with ‖∂h_s/∂x_t‖ of ``matrix``, which begins at step ``first`` (from 0)."""
    t = page.t
    _component()(
        key=f"{page.name}.heard.line",
        data={
            "tokens": list(tokens),
            "rows": [[_short(value) for value in row[: s + 1]] for s, row in enumerate(matrix)],
            "first": first,
            "label": t("gradients.heard.label"),
            "idle": t("gradients.heard.idle"),
            "template": t.catalogue["gradients.heard.said"],
            "colours": {name: palette(theme())[name] for name in _COLOURS},
        },
    )


def _short(value: float) -> float:
    """A number short enough to send by the thousand; what is not finite becomes the largest that is."""
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else 1.7e308


@lru_cache(maxsize=1)
def _component() -> ComponentRenderer:
    folder = ROOT / "heard"
    return st.components.v2.component(
        "gatescope.heard",
        js=(folder / "heard.js").read_text(encoding="utf-8"),
        css=(folder / "heard.css").read_text(encoding="utf-8"),
    )
