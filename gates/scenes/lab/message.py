"""What the browser sends when an edit is done, checked and read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gates import packing
from gates.examples.lab.numbers import Floats
from gates.examples.lab.state import (
    ACTIVATIONS,
    CELLS,
    NO_TASK,
    PLAIN_FORM,
    Clamped,
    LabState,
    check_sizes,
    sizes,
)
from gates.examples.lab.task import MOST_OUTPUTS, Task
from gates.inputs.sequence import MAX_STEPS, InputError
from gates.scenes.header import slider_values
from gates.scenes.lab import scene
from gates.scenes.state import State

Message = Mapping[str, Any]


def read(sent: Message) -> LabState:
    """Return the state in a message; its fields are described in ``assets/stage/lab/state/session.js``.

    Raises:
        InputError: ``error.lab.*``, what is wrong with it.
    """
    try:
        return _read(sent)
    except InputError:
        raise
    except (LookupError, TypeError, ValueError, OverflowError, AttributeError):
        raise InputError("error.lab.message") from None


def apply_edit(state: State, sent: Message) -> State:
    """Return the lab's state after the edit in a message, the example's sliders where they stood then.

    Raises:
        InputError: what is wrong with the message, or why the edited cell does not read the sequence.
    """
    lab, values = read(sent), sent.get("sliders")
    chosen = scene.beginning(state).preset
    if chosen is not None and isinstance(values, dict):
        state = replace(state, sliders=slider_values(chosen, values))
    return scene.edited(replace(state, check=sent.get("check") is True), lab)


def _read(sent: Message) -> LabState:
    kind, inputs, hidden = sent["cell"], sent["inputs"], sent["hidden"]
    if kind not in CELLS or not all(type(size) is int for size in (inputs, hidden)):
        raise InputError("error.lab.message")
    check_sizes(inputs, hidden)
    lstm, gru = kind == "lstm", kind == "gru"
    reset: Any = sent["reset"] if gru else "after"
    shapes = sizes(kind, inputs, hidden, gru and reset == "after", lstm and bool(sent["peephole"]))
    counts = [int(np.prod(shape)) for shape in shapes.values()]
    flat = _floats(sent["weights"])
    if len(flat) != sum(counts):
        raise InputError("error.lab.shape", name="W, U, b")
    blocks = np.split(flat, np.cumsum(counts)[:-1])
    weights: dict[str, Any] = {
        name: block.reshape(shape) for (name, shape), block in zip(shapes.items(), blocks, strict=True)
    }
    return LabState(
        kind,
        **weights,
        reset=reset,
        **{name: sent[name] for name in ACTIVATIONS[kind] if name in sent},
        **_start(sent, kind, hidden),
        b_h=_floats(sent["b_h"]) if sent.get("b_h") else None,
        biased=sent.get("biased") is not False,
        biases={str(part): tuple(map(str, names)) for part, names in (sent.get("biases") or {}).items()},
        form=tuple(str(word) for word in sent.get("form") or PLAIN_FORM),
        task=_task(sent["task"], hidden) if sent.get("task") else NO_TASK,
        coupled=lstm and bool(sent["coupled"]),
        without=[str(gate) for gate in sent["without"]] if lstm else (),
        clamps=tuple(_clamp(clamp) for clamp in sent["clamps"]),
        **_input(sent, inputs),
    )


def _input(sent: Message, inputs: int) -> dict[str, Any]:
    if sent.get("x") is None:
        return {}
    x = _floats(sent["x"])
    if len(x) % inputs or not inputs <= len(x) <= inputs * MAX_STEPS:
        raise InputError("error.lab.shape", name="x")
    return {"x": x.reshape(-1, inputs), "tokens": tuple(str(token) for token in sent["tokens"])}


def _start(sent: Message, kind: str, hidden: int) -> dict[str, Any]:
    """Where the run begins: h, and an LSTM's c behind it."""
    if sent.get("start") is None:
        return {}
    names = ("initial_hidden", "initial_cell") if kind == "lstm" else ("initial_hidden",)
    flat = _floats(sent["start"])
    if len(flat) != len(names) * hidden:
        raise InputError("error.lab.shape", name="h₀, c₀")
    return dict(zip(names, np.split(flat, len(names)), strict=True))


def _task(sent: Message, hidden: int) -> Task:
    fields: dict[str, Any] = {"loss": sent["loss"], "learning_rate": float(sent["learning_rate"])}
    width = hidden
    if sent.get("readout") is not None:
        width, flat = sent["readout"]["outputs"], _floats(sent["readout"]["weights"])
        if type(width) is not int or not 1 <= width <= MOST_OUTPUTS or len(flat) != width * (hidden + 1):
            raise InputError("error.lab.shape", name="V, b")
        fields |= {"V": flat[: width * hidden].reshape(width, hidden), "b": flat[width * hidden :]}
        fields["activation"] = sent["readout"]["activation"]
        fields["biased"] = bool(sent["readout"].get("biased", True))
    if sent.get("targets") is not None:
        targets = _floats(sent["targets"])
        if not len(targets) or len(targets) % width or len(targets) > width * MAX_STEPS:
            raise InputError("error.lab.shape", name="targets")
        fields["targets"] = targets.reshape(-1, width)
    return Task(**fields)


def _clamp(sent: Message) -> Clamped:
    units, steps = sent.get("units"), sent.get("steps")
    return Clamped(
        str(sent["signal"]),
        float(sent["value"]),
        None if units is None else tuple(sorted({int(unit) for unit in units})),
        None if steps is None else (int(steps[0]), int(steps[1])),
    )


def _floats(text: str) -> Floats:
    try:
        raw = packing.from_text(text)
    except ValueError:
        raise InputError("error.lab.message") from None
    return np.frombuffer(raw, dtype="<f8")
