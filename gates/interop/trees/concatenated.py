"""Cells with one matrix for [x; h]: TensorFlow 1's, https://github.com/tensorflow/tensorflow/tree/r1.15, and
Haiku's LSTM, https://github.com/google-deepmind/dm-haiku, ``haiku/_src/recurrent.py``.

The LSTM's kernel is (I+H, 4H) in the order i, j, f, o, j the candidate, and the cell adds a bias of 1 to f
that is no weight; in TensorFlow that is ``forget_bias`` and may be another. The GRU has (I+H, 2H) for r and u
and (I+H, H) for the candidate; its reset acts before the product, and u keeps. Peepholes are ``w_i_diag``, …
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.core.activations import FloatArray
from gates.interop.errors import InteropError
from gates.interop.gatewise import CheckedArrays, by_owner, stack_of
from gates.interop.hints import Hints
from gates.interop.orders import PARTS, letters, to_engine
from gates.interop.report import Note
from gates.interop.stacks import Stack
from gates.interop.trees.flax import USUAL
from gates.interop.values import Value, shape
from gates.network import AnyCell, Layer

FRAMEWORK = "TensorFlow 1"
NAME = re.compile(
    r"(?:(?P<owner>.*?)\.)??(?P<name>(?:gates\.|candidate\.)?(?:kernel|bias)|weights|biases|w_[fio]_diag"
    r"|projection\.kernel|(?:linear\.)?[wb]|W)"
)
PAIRS = (("kernel", "bias"), ("weights", "biases"), ("linear.w", "linear.b"), ("w", "b"), ("W", "b"))
"""What the one matrix and its bias may be called."""

CERTAIN_NAMES = re.compile(r"(?:basic_lstm|basic_rnn|cudnn_compatible_lstm)_cell(?:_\d+)?")
LIKELY_NAMES = re.compile(r"(?:lstm|gru)_cell(?:_\d+)?")
HAIKU = re.compile(r"lstm(?:_\d+)?")
WRAPPERS = re.compile(r"rnn|fw|bw|multi_rnn_cell|cell_\d+")
"""The scopes that TensorFlow 1 opens around a cell; Keras has cells by the same names, and two kernels."""

DIAGONALS = ("w_i_diag", "w_f_diag", "w_o_diag")
GATES = {f"{part}.{name}" for part in ("gates", "candidate") for name in ("kernel", "bias")}
FORGET_BIAS = 1.0
NOTES = {"lstm": "interop.report.tf1.lstm", "gru": "interop.report.tf1.gru", "rnn": "interop.report.tf1.rnn"}


def find(arrays: Mapping[str, Value], hints: Hints) -> dict[str, dict[str, Value]]:
    """Return what may be such cells, by owner: told by names or, where the layout is told, by shapes."""
    owners = by_owner(NAME, arrays)
    owners = {
        owner: leaves
        for owner, leaves in owners.items()
        if f"{owner}.recurrent_kernel".strip(".") not in arrays
    }
    named = {
        owner: leaves
        for owner, leaves in owners.items()
        if leaves.keys() >= GATES or _is_named(owner, leaves)
    }
    if named or hints.layout not in ("tf1", "haiku"):
        return named
    return {owner: leaves for owner, leaves in owners.items() if _fits(leaves)}


def _is_named(owner: str, leaves: Mapping[str, Value]) -> bool:
    """Whether a cell is called as one of TensorFlow 1 or Haiku, and has one matrix."""
    leaf = owner.rpartition(".")[2]
    if HAIKU.fullmatch(leaf):
        return "linear.w" in leaves
    known = CERTAIN_NAMES.fullmatch(leaf) or LIKELY_NAMES.fullmatch(leaf)
    return known is not None and _pair(leaves) is not None


def _pair(leaves: Mapping[str, Value]) -> tuple[str, str] | None:
    return next((pair for pair in PAIRS if pair[0] in leaves), None)


def _fits(leaves: Mapping[str, Value]) -> bool:
    """Whether a matrix may be that of an LSTM on [x; h], by its shape and that of its bias."""
    pair = _pair(leaves)
    sizes = shape(leaves[pair[0]]) if pair else ()
    if pair is None or len(sizes) != 2 or pair[1] not in leaves:
        return False
    rows, columns = sizes
    return shape(leaves[pair[1]]) == (columns,) and columns > 0 and columns % 4 == 0 and rows > columns // 4


def _is_haiku(leaves: Mapping[str, Value], hints: Hints) -> bool:
    return "linear.w" in leaves or hints.layout == "haiku"


def framework(leaves: Mapping[str, Value], hints: Hints) -> str:
    """Return the name of the framework whose cell it is."""
    return "Haiku" if _is_haiku(leaves, hints) else FRAMEWORK


def stack(owner: str, leaves: Mapping[str, Value], hints: Hints) -> Stack:
    """Return such a cell as a stack, with its problem if it cannot be read."""
    leaf = owner.rpartition(".")[2]
    haiku = _is_haiku(leaves, hints)
    checked = CheckedArrays(owner, framework(leaves, hints), leaves)
    try:
        around = any(WRAPPERS.fullmatch(part) for part in owner.split(".")[:-1])
        if (
            LIKELY_NAMES.fullmatch(leaf)
            and not around
            and not leaves.keys() >= GATES
            and hints.layout is None
        ):
            raise InteropError("interop.error.tf1.layout", layer=owner)
        forget = FORGET_BIAS if haiku or hints.forget_bias is None else hints.forget_bias
        if hints.forget_bias is None and leaf.startswith("cudnn_compatible"):
            forget = 0.0
        cell = _cell(checked, leaf, leaves, forget)
        checked.all_taken()
    except InteropError as problem:
        return Stack(owner, problem=problem)
    backward = "bw" in owner.split(".")
    notes = [*_notes(cell, haiku, forget)]
    if peepholes := [name for name in DIAGONALS if name in leaves]:
        notes.append(Note("interop.report.peepholes", names=", ".join(peepholes)))
    if backward:
        notes.append(Note("interop.report.tf1.backward"))
    applied: tuple[str, ...] = ("layout",) if hints.layout in ("tf1", "haiku") else ()
    applied += ("forget_bias",) if cell.kind == "lstm" and not haiku else ()
    usual = {} if haiku else {"activation": USUAL["activation"]}
    built = stack_of(checked, cell, notes, usual=usual, applied=applied)
    return Stack(**{**vars(built), "layers": (Layer(None, cell),)}) if backward else built


def _notes(cell: AnyCell, haiku: bool, forget: float) -> list[Note]:
    if haiku:
        return [Note("interop.report.haiku", given=letters("lstm", "haiku"), order=letters("lstm"))]
    notes = [Note(NOTES[cell.kind], order=letters(cell.kind))]
    notes += [Note("interop.report.tf1.forget", bias=f"{forget:g}")] if cell.kind == "lstm" else []
    return [*notes, Note("interop.report.tf1.squashes")]


def _cell(checked: CheckedArrays, leaf: str, leaves: Mapping[str, Value], forget: float) -> AnyCell:
    if leaves.keys() >= GATES:
        return _gru(checked)
    kind = "rnn" if leaf.startswith("basic_rnn") else "lstm"
    kernel, bias = _pair(leaves) or PAIRS[0]
    rows, columns = checked.sizes(kernel)
    H = columns // len(PARTS[kind])
    options: dict[str, Any] = {}
    outputs = H
    if "projection.kernel" in checked:
        outputs = checked.sizes("projection.kernel")[1]
        options["projection"] = checked.take("projection.kernel", (H, outputs)).T
    expected = f"(I + {outputs}, {len(PARTS[kind])}·H)"
    if columns % len(PARTS[kind]) or rows <= outputs:
        raise InteropError(
            "interop.error.shape", array=f"{checked.layer}.{kernel}", shape=(rows, columns), expected=expected
        )
    whole, b = checked.take(kernel, (rows, columns)).T, checked.take(bias, (columns,))
    whole, b = (to_engine(array, kind, "tf1") for array in (whole, b))
    W, U = whole[:, : rows - outputs], whole[:, rows - outputs :]
    if kind == "rnn":
        return RNN(W, U, b)
    if any(name in checked for name in DIAGONALS):
        options["peephole"] = np.stack([checked.take(name, (H,)) for name in DIAGONALS])
    return LSTM(W, U, with_forget_bias(b, forget), **options)


def with_forget_bias(b: FloatArray, forget: float) -> FloatArray:
    """Return an LSTM's biases, in the engine's order, with ``forget`` added to those of the forget gate."""
    parts = np.split(b, len(PARTS["lstm"]))
    place = PARTS["lstm"].index("forget")
    parts[place] = parts[place] + b.dtype.type(forget)
    return np.concatenate(parts)


def _gru(checked: CheckedArrays) -> GRU:
    rows, H = checked.sizes("candidate.kernel")
    if rows <= H:
        raise InteropError(
            "interop.error.shape",
            array=f"{checked.layer}.candidate.kernel",
            shape=(rows, H),
            expected=f"(I + {H}, {H})",
        )
    gates, candidate = (
        checked.take("gates.kernel", (rows, 2 * H)),
        checked.take("candidate.kernel", (rows, H)),
    )
    whole = np.concatenate([gates.T, candidate.T])
    b = np.concatenate([checked.take("gates.bias", (2 * H,)), checked.take("candidate.bias", (H,))])
    whole, b = (to_engine(array, "gru", "tf1") for array in (whole, b))
    return GRU(whole[:, : rows - H], whole[:, rows - H :], b, reset="before")
