"""Parameters as d2l's from-scratch chapters have them (Zhang et al., *Dive into Deep Learning*).

Each part has a matrix W_x· (inputs, hidden), a matrix W_h· (hidden, hidden) and a bias b_·; the output layer
is W_hq (hidden, outputs) and b_q. An LSTM's parts are i, f, o and c, the candidate; a GRU's are z, r and h,
its reset acts before the product, and its z keeps; a plain RNN has h alone and squashes by tanh. Peepholes,
of which d2l has none, are W_ci, W_cf and W_co (hidden,) where others write an LSTM in its manner.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gates.interop.errors import InteropError
from gates.interop.gatewise import CheckedArrays, Gate, assembled, by_owner, stack_of, transposed
from gates.interop.orders import ORDERS, letters
from gates.interop.report import Note
from gates.interop.stacks import Stack
from gates.interop.values import Value, as_value, shape
from gates.network import Readout

FRAMEWORK = "d2l"
NAME = re.compile(r"(?:(?P<owner>.*)\.)?(?P<name>W_[xh][ifoczrh]|W_c[ifo]|b_[ifoczrh])")
ENDS: Mapping[str, Mapping[str, str]] = {
    "lstm": {"input": "i", "forget": "f", "output": "o", "candidate": "c"},
    "gru": {"update": "z", "reset": "r", "candidate": "h"},
    "rnn": {"hidden": "h"},
}
"""What a part's three names end in."""

SCORES, SCORES_BIAS = "W_hq", "b_q"


def find(arrays: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """Return what may be d2l's cells, by owner: those with matrices for the input and for the state."""
    owners = by_owner(NAME, arrays)
    return {
        owner: leaves
        for owner, leaves in owners.items()
        if any(name.startswith("W_x") for name in leaves) and any(name.startswith("W_h") for name in leaves)
    }


def stack(owner: str, leaves: Mapping[str, Value], arrays: Mapping[str, Value]) -> Stack:
    """Return a cell of d2l's as a stack, with its problem if it cannot be read."""
    checked = CheckedArrays(owner, FRAMEWORK, leaves)
    ends = {name[-1] for name in leaves}
    peepholes = [name for name in leaves if name.startswith("W_c")]
    kind = "lstm" if ends & set("ifoc") else "gru" if ends & set("zr") else "rnn"
    try:
        options: dict[str, Any] = {"reset": "before"} if kind == "gru" else {}
        gates = _gates(checked, kind)
        if peepholes and kind == "lstm":
            size = gates["input"].b.shape
            options["peephole"] = np.stack([checked.take(f"W_c{end}", size) for end in "ifo"])
        cell = assembled(kind, gates, **options)
        checked.all_taken()
    except InteropError as problem:
        return Stack(owner, problem=problem)
    notes = [Note("interop.report.d2l", order=letters(kind) if kind != "rnn" else "h")]
    notes += [Note("interop.report.d2l.reset")] if kind == "gru" else []
    notes += [Note("interop.report.peepholes", names=", ".join(peepholes))] if peepholes else []
    return stack_of(checked, cell, notes, readout=_scores(owner, arrays))


def _gates(checked: CheckedArrays, kind: str) -> dict[str, Gate]:
    first = next(iter(ENDS[kind].values()))
    I, H = checked.sizes(f"W_x{first}")
    return {
        part: Gate(
            checked.take(f"W_x{end}", (I, H)).T,
            checked.take(f"W_h{end}", (H, H)).T,
            checked.take(f"b_{end}", (H,)),
        )
        for part, end in ENDS[kind].items()
    }


def _scores(owner: str, arrays: Mapping[str, Value]) -> str | None:
    """The name of the output layer: beside the cell's parameters, or with the model that the cell is in."""
    above = [owner, owner.rpartition(".")[0]]
    names = [f"{level}.{SCORES}".removeprefix(".") for level in above]
    return next((name for name in names if name in arrays), None)


def shown_name(name: str) -> str:
    """Return an array's name as the report lists it: an output layer's two under the name of its matrix."""
    owner, _, leaf = name.rpartition(".")
    end = {SCORES: "weight", SCORES_BIAS: "bias"}.get(leaf)
    return f"{owner}.{SCORES}.{end}".removeprefix(".") if end else name


def linear(name: str, arrays: Mapping[str, Value]) -> Readout | None:
    """Return the output layer whose matrix is called ``name``, None if there is none."""
    return transposed(arrays.get(name), arrays.get(name.removesuffix(SCORES) + SCORES_BIAS), name)


def named(parameters: Sequence[Any]) -> dict[str, Value] | None:
    """Return a bare list of parameters in d2l's order under their names, None if it is no such list.

    That order is W_x·, W_h·, b_· for each part in turn (i, f, o, c; z, r, h; h), then W_hq and b_q, or not.
    """
    values = [as_value(value) for value in parameters]
    if any(value is None for value in values):
        return None
    for kind, ends in ENDS.items():
        count = 3 * len(ends)
        names = [f"{name}{end}" for end in ends.values() for name in ("W_x", "W_h", "b_")]
        if len(values) in (count, count + 2) and _fits([shape(value) for value in values], count):
            assert tuple(ends) == ORDERS["d2l"][kind]
            return dict(zip([*names, SCORES, SCORES_BIAS], values, strict=False))
    return None


def _fits(shapes: Sequence[tuple[int, ...]], count: int) -> bool:
    """Whether the shapes are those of so many matrices and biases, and of an output layer behind them."""
    if len(shapes[0]) != 2:
        return False
    I, H = shapes[0]
    return list(shapes[:count]) == [(I, H), (H, H), (H,)] * (count // 3)
