"""A line of tokens on the page: point at one and see which earlier ones its state still depends on."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from gates.figures.palette import palette
from gates.ui import components
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
    components.inline("influence", "influence")(
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
