"""A run on the stage together with its gradients, so that the belt can run backwards from them."""

from __future__ import annotations

from typing import Any

from gates.scenes import gradients
from gates.scenes.gradients import BackwardScene
from gates.scenes.links.gradients import GradientState
from gates.scenes.scene import Scene
from gates.ui.frame import Page
from gates.ui.stage import component


def show(page: Page, back: BackwardScene, scene: Scene, **header: Any) -> None:
    """Shows the run on the stage, with ∂L/∂(every signal), the ways back, and the read-out if there is one.

    Args:
        page: whose link the stage writes.
        back: the run with its gradients.
        scene: the run.
        header: more fields of the stage's data.
    """
    assert isinstance(page.state, GradientState)
    described = gradients.fields(back, page.state, page.t.plain)
    component.show(page, scene, arrays=back.arrays(), **(described | header))
