"""What a file answers from where the lab would ask the server: letters of all cells, a challenge's tests."""

from __future__ import annotations

from typing import Any

from gates.examples.challenges.model import Challenge
from gates.examples.notation import kinds
from gates.examples.notation.letters import Reset, symbols
from gates.scenes import scene as scenes
from gates.scenes.header import LAB_PREFIXES
from gates.scenes.lab import header
from gates.scenes.lab.scene import LabScene
from gates.scenes.state import State
from gates.text import LANGUAGES, Translator, translator

Json = dict[str, Any]

PREFIXES = (*LAB_PREFIXES, "challenge.shown", "challenge.hidden", "challenge.miss.", "challenge.note.")
"""The words of the lab in a file, which says itself how a challenge stands."""
_RESETS: tuple[Reset, ...] = ("after", "before")


def fields(scene: LabScene, t: Translator) -> Json:
    """Return the fields of a header that the lab's stage gets beyond the usual, without its words."""
    result = header.header(scene, t.language, "file")
    del result["strings"]
    result["lab"]["file"] = True
    if result["lab"]["challenge"]:
        result["lab"]["challenge"]["standalone"] = True
    return result


def answers(scene: LabScene, state: State) -> Json:
    """Return what an edit is answered from (``assets/file/edited-run.js``).

    ``kinds``: by kind of cell and place of its reset, its description and symbols. ``elsewhere``: by
    language, what is said of the example once the run is no longer its own. ``challenge``: the hidden
    sequences and how they are judged, or None.
    """
    start = scene.beginning
    named = {
        f"{kind} {reset}": {
            "description": kinds.described(kind),
            "symbols": dict(symbols(kind, state.notation, state.update, reset).labels),
        }
        for kind in ("lstm", "gru", "rnn")
        for reset in (_RESETS if kind == "gru" else _RESETS[:1])
    }
    elsewhere = {
        language: scenes.note_on_example(start.preset, translator(language)) if start.preset else None
        for language in LANGUAGES
    }
    return {
        "kinds": named,
        "elsewhere": elsewhere,
        "challenge": _challenge(start.challenge) if start.challenge else None,
    }


def _challenge(task: Challenge) -> Json:
    tokens, x, bands = task.hidden
    return {
        "cell": task.start.kind,
        "inputs": task.start.inputs,
        "reads": {
            "signal": task.reads.named(task.start.kind),
            "units": list(task.reads.units),
            "relative": task.reads.relative,
        },
        "scale": task.scale,
        "limit": task.limit,
        "tokens": [list(sequence) for sequence in tokens],
        "x": [sequence.ravel().tolist() for sequence in x.swapaxes(0, 1)],
        "bands": [header.bands(sequence) for sequence in bands.swapaxes(0, 1)],
    }
