"""What the stage of the lab sends of a state."""

import base64
import json
from dataclasses import asdict, replace

import numpy as np

from gates.examples.lab.state import LabState
from gates.scenes.lab import scene as lab_scene
from gates.scenes.state import State
from tests.examples.lab.labs import sent_beyond

LATCH = State("lstm", in_lab=True, preset="latch")


def encoded(*arrays: np.ndarray) -> str:
    flat = np.concatenate([array.ravel() for array in arrays]).astype("<f8")
    return base64.urlsafe_b64encode(flat.tobytes()).decode().rstrip("=")


def message(lab: LabState, **more) -> dict:
    """What assets/stage/lab/state/session.js sends of a state."""
    clamps = [json.loads(json.dumps(asdict(clamp))) for clamp in lab.clamps]
    return {
        "serial": 7, "cell": lab.kind, "reset": lab.reset,  **sent_beyond(lab),
        "peephole": lab.peephole is not None, "coupled": lab.coupled, "without": sorted(lab.without),
        "clamps": clamps, "inputs": lab.inputs, "hidden": lab.hidden,
        "weights": encoded(*lab.weights.values()),
        "x": None if lab.x is None else encoded(lab.x), "tokens": list(lab.tokens) or None,
    } | more  # fmt: skip


def latch() -> LabState:
    return lab_scene.beginning(LATCH).lab


def with_bias(lab: LabState, value: float, row: int = 1) -> LabState:
    b = lab.b.copy()
    b[row] = value
    return replace(lab, b=b)
