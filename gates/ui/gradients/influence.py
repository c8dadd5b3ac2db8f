"""A line of tokens on the page: point at one and see which earlier ones its state still hears."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from gates.figures.palette import palette
from gates.paths import ASSETS
from gates.ui.charts import theme
from gates.ui.frame import Page

_COLOURS = ("fg", "dim", "line", "zero", "accent")


def line(page: Page, tokens: Sequence[str], triangle: Any, start: int) -> None:
    """Shows ``tokens``, and of the one that is pointed at which earlier ones its state depends on.

    Args:
        page: gives the words.
        tokens: what is read, one a step.
        triangle: log₁₀ ‖∂h_s/∂x_t‖ for t ≤ s, the rows of all s one after the other.
        start: the step, from 0, that listens at first.
    """
    t = page.t
    _component()(
        key=f"{page.name}.influence.line",
        data={
            "tokens": list(tokens),
            "logs": base64.b64encode(np.asarray(triangle, "<f4").tobytes()).decode(),
            "start": start,
            "label": t("gradients.influence.label"),
            "template": t.catalogue["gradients.influence.said"],
            "colours": {name: palette(theme())[name] for name in _COLOURS},
        },
    )


@lru_cache(maxsize=1)
def _component() -> ComponentRenderer:
    folder = ASSETS / "influence"
    return st.components.v2.component(
        "gatescope.influence",
        js=(folder / "influence.js").read_text(encoding="utf-8"),
        css=(folder / "influence.css").read_text(encoding="utf-8"),
    )
