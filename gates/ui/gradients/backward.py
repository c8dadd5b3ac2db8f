"""A run on the stage together with its gradients, so that the belt can run backwards from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gates.analysis.ensembles import Loss, Passed, exploded_at
from gates.examples.demonstrations import followers
from gates.scenes import header as stage_header
from gates.scenes.scene import Scene
from gates.text import subset
from gates.ui.frame import Page
from gates.ui.gradients import runs
from gates.ui.stage import component

PREFIXES = (*stage_header.PREFIXES, "gradient.", "readout.")
"""The words that the browser needs where the belt also runs backwards."""

VANISHED = 1e-12
"""Share of the largest gradient below which the stage draws none."""


def show(page: Page, scene: Scene, found: Passed, loss: Loss, text: str, **header: Any) -> None:
    """Shows the run on the stage, with ∂L/∂(every signal), the ways back, and the read-out if there is one.

    Args:
        page: whose link the stage writes.
        scene: the run.
        found: the same run, there and back.
        loss: what was differentiated.
        text: the loss in a line, in the reader's language.
        header: more fields of the stage's data.
    """
    reads = "cell" if loss.reads == "cell" and scene.kind == "lstm" else "hidden"
    top = runs.top(found)
    described: dict[str, Any] = {
        "gradient": {
            "loss": text,
            "at": loss.step(found.trace.steps),
            "unit": loss.unit if loss.aim == "unit" else None,
            "source": reads,
            "scale": top,
            "floor": top * VANISHED,
            "exploded": exploded_at(found.lengths().hidden),
        },
    }
    if found.asked.probabilities is not None:
        described["readout"] = _readout(page, scene.sequence.columns, followers(scene.sequence), reads)
    component.show(page, scene, arrays=runs.stage_arrays(found), **(_words(page) | described | header))


def forward_only(page: Page, scene: Scene) -> None:
    """Shows a run on the stage of which there is no gradient."""
    component.show(page, scene, **_words(page))


def _words(page: Page) -> dict[str, Any]:
    return {"strings": subset(page.state.lang, PREFIXES)}


def _readout(page: Page, symbols: Sequence[str], targets: Sequence[int], reads: str) -> dict[str, Any]:
    source = "c" if reads == "cell" else "h"
    return {
        "symbols": list(symbols),
        "source": source,
        "title": f"y = softmax(V·{source} + b)",
        "targets": [*targets, None],
        "note": page.t("gradients.readout.note"),
    }
