"""A run on the stage together with its gradients, so that the belt can run backwards from them."""

from __future__ import annotations

from typing import Any

from gates.scenes import header as stage_header
from gates.scenes.gradients import BackwardScene
from gates.scenes.scene import Scene
from gates.text import subset
from gates.ui.frame import Page
from gates.ui.stage import component

PREFIXES = (*stage_header.PREFIXES, "gradient.", "readout.")
"""The words that the browser needs where the belt also runs backwards."""


def show(page: Page, back: BackwardScene, scene: Scene, **header: Any) -> None:
    """Shows the run on the stage, with ∂L/∂(every signal), the ways back, and the read-out if there is one.

    Args:
        page: whose link the stage writes.
        back: the run there and back.
        scene: the run.
        header: more fields of the stage's data.
    """
    words = {"strings": subset(page.state.lang, PREFIXES)}
    component.show(page, scene, arrays=back.arrays(), **(words | back.header(page.t.plain) | header))
