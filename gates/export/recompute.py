"""Runs that a file computes anew from weights and input, so that their numbers need not travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from gates.scenes import payload
from gates.scenes.scene import Scene

KINDS = ("lstm", "gru", "rnn")
"""The cells whose forward pass the browser's engine has."""
LARGEST_ERROR = 1e-12
"""How far a number may be from NumPy's."""
_WEIGHTS = ("W", "U", "b", "b_hn", "peephole")
_SMALL_RUN = 16_000
"""Bytes of numbers that take less of a file than what would compute them."""
_NUDGE = 2.0**-50
"""A change of the weights, relative to them: some eight times what another order of a sum makes of it."""


class RunInputs(NamedTuple):
    """What a run is computed from.

    arrays: the input ``x``, weights and initial state, as :func:`gates.scenes.payload.arrays` names
    them; of a trained example also ``readout.V`` and ``readout.b``, in place of what it answers.
    fields: of the header: ``again``, and ``drawn`` where W and U are drawn anew: how NumPy's generator
    began, as hexadecimal ``state`` and ``inc``, and the ``bound`` of the draws.
    """

    arrays: Mapping[str, np.ndarray]
    fields: Mapping[str, Any]


def run_inputs(scene: Scene, seed: int) -> RunInputs | None:
    """Return what a run is computed from, where that takes less of a file than its numbers.

    None elsewhere; and for a run that leaves the numbers, or is so sensitive that the last digit of a sum
    would grow beyond :data:`LARGEST_ERROR` within it: its numbers travel as NumPy found them.

    Args:
        scene: the run.
        seed: of which its weights were drawn, if they were.
    """
    if scene.kind not in KINDS or scene.trace.clamps or scene.more_arrays:
        return None
    every = payload.arrays(scene.trace)
    computed = _computed(scene, every)
    sent = {name: array for name, array in every.items() if name not in computed}
    fields: dict[str, Any] = {"again": True}
    if scene.trained is not None:
        sent |= {"readout.V": scene.trained.readout.V, "readout.b": scene.trained.readout.b}
    elif scene.random and (drawn := _drawn(scene.cell, seed)):
        sent = {name: array for name, array in sent.items() if name not in ("W", "U")}
        fields["drawn"] = drawn
    spared = sum(array.nbytes for name, array in every.items() if name not in sent)
    return RunInputs(sent, fields) if spared >= _SMALL_RUN and _is_stable(scene) else None


def _computed(scene: Scene, every: Mapping[str, np.ndarray]) -> set[str]:
    """The arrays of a run that the forward pass makes."""
    return {name for name in every if name not in ("x", *_WEIGHTS) and not name.startswith("initial_")}


def _drawn(cell: Any, seed: int) -> dict[str, Any] | None:
    """How a cell's W and U are drawn, one after the other; None where they are not."""
    rng, bound = np.random.default_rng(seed), cell.hidden**-0.5
    state: Any = rng.bit_generator.state
    if not all(np.array_equal(rng.uniform(-bound, bound, M.shape), M) for M in (cell.W, cell.U)):
        return None
    return {"bound": bound} | {name: f"{state['state'][name]:x}" for name in ("state", "inc")}


def _is_stable(scene: Scene) -> bool:
    """Whether a run stays what it is where every weight differs in its last digits."""
    cell: Any = scene.cell
    rng = np.random.default_rng(0)

    def nudged(array: np.ndarray) -> np.ndarray:
        return array * (1 + _NUDGE * rng.choice([-1.0, 1.0], array.shape))

    perturbed = replace(cell, W=nudged(cell.W), U=nudged(cell.U)).run(scene.sequence.x)
    original, after = payload.arrays(scene.trace), payload.arrays(perturbed)
    with np.errstate(invalid="ignore"):
        far = [np.abs(original[name] - after[name]).max(initial=0) for name in _computed(scene, original)]
    return bool(np.max(far) <= LARGEST_ERROR)  # not where one of them is NaN
