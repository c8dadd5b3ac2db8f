"""One step of gradient descent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gates.exercises.model import Exercise, Floats, PartWeights


def updated(
    exercise: Exercise,
    gradients: Mapping[str, PartWeights],
    readout: tuple[Floats, Floats] | None,
    rate: float,
) -> Exercise:
    """Return the exercise with its weights and its read-out's moved by −rate · gradient.

    Both are the exercise's own: of a z that writes, the weights that write. What has no bias
    gets none, and the initial state stays.
    """
    parts = {}
    for name, weights in exercise.parts.items():
        d = gradients[name]
        b_h = None if weights.b_h is None or d.b_h is None else weights.b_h - rate * d.b_h
        b = weights.b - rate * d.b if weights.biased else weights.b
        p = None if weights.p is None or d.p is None else weights.p - rate * d.p
        parts[name] = replace(weights, W=weights.W - rate * d.W, U=weights.U - rate * d.U, b=b, b_h=b_h, p=p)
    reading = exercise.readout
    if reading is not None and readout is not None:
        b = reading.b - rate * readout[1] if reading.biased else reading.b
        reading = replace(reading, V=reading.V - rate * readout[0], b=b)
    return replace(exercise, parts=parts, readout=reading)
