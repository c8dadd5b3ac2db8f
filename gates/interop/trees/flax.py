"""Flax's cells: linen's trees, with a Dense for each gate, and NNX's, some of which put the gates together.

https://github.com/google/flax, ``flax/linen/recurrent.py`` and ``flax/nnx/nn/recurrent.py``: an LSTM's biases
stand on the recurrent side, a GRU's on the input side, and linen's candidate has one on each; the GRU resets
after the product and its z keeps; the simple cell is tanh(W_i x + b_i + W_h h).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from gates.core.activations import Activation
from gates.interop.errors import InteropError
from gates.interop.gatewise import CheckedArrays, Gate, assembled, by_owner, stack_of, transposed
from gates.interop.orders import PARTS, letters
from gates.interop.report import Note
from gates.interop.stacks import FIELDS, OPTIONS, Stack
from gates.interop.values import Value
from gates.network import AnyCell, Readout

FRAMEWORK = "Flax"
NAME = re.compile(
    r"(?:(?P<owner>.*)\.)?(?P<name>(?:i[ifgorzn]|if_|h[ifgorzn]|i|h|dense_[ih])\.(?:kernel|bias))"
)
ENDS: Mapping[str, Mapping[str, str]] = {
    "lstm": {"input": "i", "forget": "f", "candidate": "g", "output": "o"},
    "gru": {"reset": "r", "update": "z", "candidate": "n"},
    "rnn": {"hidden": ""},
}
"""What the names of a part's two Denses end in, after i for the input's and h for the recurrent one."""

USUAL: Mapping[str, Mapping[str, Any]] = {
    "activation": {**{name: name for name in OPTIONS["activation"]}, "linear": "identity"},
    "gate_activation": {"sigmoid": "sigmoid", "hard_sigmoid": Activation("hard_sigmoid", 1 / 6, 0.5)},
}
"""What a tree does not tell, its activation_fn and gate_fn: by default the first; hard_sigmoid as in JAX."""

MGU = {"if", "in", "hf", "hn"}


def find(arrays: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """Return what may be cells of Flax, by owner: those with kernels on the input and the recurrent side."""
    owners = by_owner(NAME, arrays)
    return {owner: leaves for owner, leaves in owners.items() if _sides(leaves) == {"i", "h"}}


def _sides(leaves: Mapping[str, Value]) -> set[str]:
    return {name.removeprefix("dense_")[0] for name in leaves if name.endswith(".kernel")}


def stack(owner: str, leaves: Mapping[str, Value]) -> Stack:
    """Return a cell of Flax as a stack, with its problem if it cannot be read."""
    arrays = {
        name.replace("if_.", "if."): value for name, value in leaves.items()
    }  # "if" is a word of Python's
    checked, names = CheckedArrays(owner, FRAMEWORK, arrays), {name.partition(".")[0] for name in arrays}
    fused = "dense_h" in names
    try:
        if names == MGU:
            raise InteropError("interop.error.tree.mgu", layer=checked.word)
        cell = _fused(checked) if fused else _by_gate(checked, _kind(names))
        checked.all_taken()
    except InteropError as problem:
        return Stack(owner, problem=problem)
    key = "interop.report.flax.fused" if fused else "interop.report.flax.gates"
    notes = [Note(key, order=letters(cell.kind)) if cell.kind != "rnn" else Note("interop.report.flax.rnn")]
    if cell.kind == "gru":
        notes.append(Note("interop.report.flax.reset" if fused else "interop.report.flax.reset.both"))
    notes.append(Note("interop.report.flax.squashes"))
    usual = {option: USUAL[option] for option in USUAL if cell.kind in FIELDS[option]}
    return stack_of(checked, cell, notes, usual=usual)


def _kind(names: set[str]) -> str:
    if names <= {"i", "h"}:
        return "rnn"
    return "gru" if names & {"ir", "iz", "hr", "hz"} else "lstm"


def _by_gate(checked: CheckedArrays, kind: str) -> AnyCell:
    ends = ENDS[kind].values()
    first = next(iter(ends))
    H, I = checked.sizes(f"h{first}.kernel")[0], checked.sizes(f"i{first}.kernel")[0]
    biased = "h" if kind == "lstm" else "i"
    gates = {
        part: Gate(
            checked.take(f"i{end}.kernel", (I, H)).T,
            checked.take(f"h{end}.kernel", (H, H)).T,
            checked.take(f"{biased}{end}.bias", (H,)),
        )
        for part, end in ENDS[kind].items()
    }
    return assembled(kind, gates, **{"b_hn": checked.take("hn.bias", (H,))} if kind == "gru" else {})


def _fused(checked: CheckedArrays) -> AnyCell:
    """NNX's cells whose two Denses hold all parts side by side, in the engine's own order."""
    H, columns = checked.sizes("dense_h.kernel")
    kinds = {len(parts) * H: kind for kind, parts in PARTS.items()}
    kind = kinds.get(columns, "lstm")  # any other width does not fit what is taken next
    width, I = len(PARTS[kind]) * H, checked.sizes("dense_i.kernel")[0]
    side = "h" if kind == "lstm" else "i"
    W = checked.take("dense_i.kernel", (I, width)).T
    U = checked.take("dense_h.kernel", (H, width)).T
    b = checked.take(f"dense_{side}.bias", (width,))
    split = (np.split(array, len(PARTS[kind])) for array in (W, U, b))
    gates = [Gate(*arrays) for arrays in zip(*split, strict=True)]
    return assembled(kind, dict(zip(PARTS[kind], gates, strict=True)))


def linear(name: str, arrays: Mapping[str, Value]) -> Readout | None:
    """Return the Dense or Linear called ``name``, None if there is none."""
    return transposed(arrays.get(f"{name}.kernel"), arrays.get(f"{name}.bias"), f"{name}.kernel")
