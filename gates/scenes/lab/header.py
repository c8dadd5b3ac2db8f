"""What the stage gets on the lab page besides a run: ``header.lab``, all of it JSON. Pure."""

from __future__ import annotations

import hashlib
import math
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.challenges.model import Challenge, Miss, Result, asked_steps
from gates.examples.lab.state import NO_TASK, LabState
from gates.examples.notation.kinds import KINDS
from gates.scenes.header import LAB_PREFIXES
from gates.scenes.lab.check import check
from gates.scenes.lab.scene import LabScene, StartingPoint
from gates.scenes.links.lab import LAB
from gates.scenes.state import NO_SLIDERS, State
from gates.text import Translator, subset, translator

Json = dict[str, Any]


def header(
    scene: LabScene,
    lang: str,
    nonce: str,
    reply: int | None = None,
    problem: str | None = None,
    checked: str | None = None,
) -> Json:
    """Describe what the stage gets on the lab page beyond the usual; arguments as of :func:`lab`.

    checked: the notation of the lines that somebody's numbers are judged in; None where nobody checks.
    """
    t = translator(lang)
    result: Json = {
        "lab": lab(scene, t, nonce, reply, problem),
        "strings": subset(lang, (*LAB_PREFIXES, "guess.")),  # a lesson asks on a cell of its own
        "unit_names": [t(unit) for unit in scene.beginning.units][: scene.lab.hidden],
    }
    if checked is not None:
        result["lab"]["check"] = checking = check(scene, t, checked)
        if "judging" in checking:  # nothing is shown that is to be computed
            result["conceal"] = {"step": 0, "phase": KINDS[scene.kind].phases[-1]}
    return result


def checked(state: State) -> str | None:
    """Return the notation in which a state's numbers are checked; None where nobody checks them."""
    return state.notation if state.check else None


def nonce(state: State, visit: str) -> str:
    """Name what a state of the lab began with, within a visit: for another one the browser begins anew."""
    start = LAB.write(replace(state, lab="", sliders=NO_SLIDERS, check=False))
    chosen = {name: value for name, value in start.items() if name not in ("lang", "notation", "z")}
    return f"{visit}/{hashlib.blake2b(repr(chosen).encode(), digest_size=6).hexdigest()}"


def lab(
    scene: LabScene, t: Translator, nonce: str, reply: int | None = None, problem: str | None = None
) -> Json:
    """Describe the lab's state to the browser.

    Args:
        scene: what is shown.
        t: the reader's words.
        nonce: names the beginning; another one starts another session there.
        reply: the serial of the message that this answers, if it answers one.
        problem: the sentence that says why that message was refused.
    """
    start = scene.beginning
    return {
        "nonce": nonce,
        "edit": _described(scene.lab) | {"clamps": [asdict(clamp) for clamp in scene.lab.clamps]},
        "base": base(start, t),
        "own_input": scene.lab.x is not None,
        "edited": scene.edited,
        "sliders": dict(start.sliders),
        "reply": reply,
        "problem": problem,
        "challenge": challenge(start.challenge, scene, t) if start.challenge else None,
    }


def _described(lab: LabState) -> Json:
    return {
        "cell": lab.kind,
        "reset": lab.reset,
        "activation": lab.activation,
        "gate_activation": lab.gate_activation,
        "candidate_activation": lab.candidate_activation,
        "cell_activation": lab.cell_activation,
        "task": _task(lab),
        "form": list(lab.form),
        "b_h": None if lab.b_h is None else lab.b_h.tolist(),
        "biased": lab.biased,
        "biases": dict(lab.biases),
        "peephole": lab.peephole is not None,
        "coupled": lab.coupled,
        "without": sorted(lab.without),
        "inputs": lab.inputs,
        "hidden": lab.hidden,
    }


def _task(lab: LabState) -> Json | None:
    """What is read and asked, arrays flat and row by row; null for a place without a target."""
    task = lab.task
    if task == NO_TASK:
        return None
    readout = None
    if task.V is not None and task.b is not None:
        readout = {
            "V": task.V.ravel().tolist(),
            "b": task.b.tolist(),
            "activation": task.activation,
            "biased": task.biased,
        }
    targets = None
    if task.targets is not None:
        targets = [None if math.isnan(value) else value for value in task.targets.ravel().tolist()]
    return {
        "readout": readout,
        "targets": targets,
        "loss": task.loss,
        "learning_rate": task.learning_rate,
    }


def base(start: StartingPoint, t: Translator) -> Json:
    """Describe what "reset" leads back to: the beginning's own options and weights, flat and row by row."""
    weights: Json = {name: array.ravel().tolist() for name, array in start.lab.weights.items()}
    states = {"initial_hidden": start.lab.initial_hidden, "initial_cell": start.lab.initial_cell}
    weights |= {name: state.tolist() for name, state in states.items() if state is not None}
    names = [t(unit) for unit in start.units]
    return _described(start.lab) | {"b_hn": None, "peephole": None} | weights | {"names": names}


def challenge(task: Challenge, scene: LabScene, t: Translator) -> Json:
    """Describe a challenge and where the cell stands in it."""
    result = task.judge(scene.lab, scene.sequence.x, scene.trace)
    return {
        "id": task.id,
        "title": t(f"challenge.{task.id}.title"),
        "goal": t(f"challenge.{task.id}.goal").replace("*", ""),
        "near": result.near,
        "solved": result.solved,
        "shown": asdict(result.shown),
        "hidden": asdict(result.hidden),
        "sentences": sentences(task, result, t),
        "changes": result.changes,
        "limit": task.limit,
        "wanted": bands(task.bands_for(scene.sequence.x)),
        "reads": {
            "signal": task.reads.named(scene.kind),
            "units": list(task.reads.units),
            "relative": task.reads.relative,
        },
        "best_key": f"gatescope.challenge.{task.id}",
        "all": list(CHALLENGES),
        "ticked": [],
    }


def sentences(task: Challenge, result: Result, t: Translator) -> Json:
    """Say a result in the reader's words."""
    shown, hidden, miss = result.shown, result.hidden, result.miss
    return {
        "shown": t("challenge.shown", right=shown.right, of=shown.of),
        "hidden": t("challenge.hidden", right=hidden.right, of=hidden.of),
        "example": _example(miss, t) if miss else None,
        "note": t(result.note, kind=task.start.kind.upper(), inputs=task.start.inputs,
                  changes=result.changes, limit=task.limit) if result.note else None,
    }  # fmt: skip


def _example(miss: Miss, t: Translator) -> str:
    low, high = miss.band
    sort = "from" if math.isinf(high) else "to" if math.isinf(low) else "within"
    return t(
        f"challenge.miss.{sort}",
        tokens=_tokens_up_to(miss.tokens, miss.step),
        step=miss.step + 1,
        value="–" if math.isnan(miss.value) else _short(miss.value),
        low=_short(low),
        high=_short(high),
    )


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _tokens_up_to(tokens: tuple[str, ...], step: int, reach: int = 7) -> str:
    """The tokens up to a step, cut where they grow long."""
    first = max(0, step - reach)
    return ("… " if first else "") + " ".join(tokens[first : step + 1])


def bands(values: np.ndarray) -> list[list[float | None] | None]:
    """Return bands (T, 2) as JSON has them: null where nothing is asked, or where there is no bound."""
    return [
        [None if math.isinf(edge) else edge for edge in band] if counts else None
        for band, counts in zip(values.tolist(), asked_steps(values).tolist(), strict=True)
    ]
