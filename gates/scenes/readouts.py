"""What a trained cell answers at each step, for the read-out beside the stage. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np

from gates.core.activations import softmax
from gates.examples.presets.trained import NEXT
from gates.scenes.scene import Scene
from gates.text import Translator


def arrays(scene: Scene) -> dict[str, np.ndarray]:
    """The answers of a run, (T, K): probabilities where they are classes.

    Without a trained example's read-out, what else there is to the scene.
    """
    chosen = scene.trained
    if chosen is None:
        return dict(scene.more_arrays)
    scores = chosen.readout.scores(scene.trace.hidden)
    return {"readout": softmax(scores) if chosen.notes.classes else scores}


def header(scene: Scene, t: Translator) -> dict[str, Any]:
    """What the read-out says in the header of the stage's data. Nothing without a read-out."""
    chosen = scene.trained
    if chosen is None:
        return {}
    notes = chosen.notes
    asks = "number" if not notes.classes else "next" if chosen.task in NEXT else "class"
    squash = "y = softmax(V·h + b)" if notes.classes else "y = V·h + b"
    return {
        "readout": {
            "symbols": list(chosen.answers),
            "targets": chosen.targets(scene.sequence),
            "source": "h",
            "title": squash,
            "note": t("readout.trained" if scene.reset == chosen.reset else "readout.trained.other"),
            "asks": asks,
        }
    }
