"""Haiku's GRU and plain RNN, and Sonnet 2's LSTM and GRU, which has Haiku's form.

https://github.com/google-deepmind/dm-haiku, ``haiku/_src/recurrent.py``, and Sonnet's of the same name: w_i
(I, G·H), w_h (H, G·H) and b; the GRU's order is z, r, a, its reset acts before the product, and its z writes:
h = (1−z)⊙h₋₁ + z⊙a, where here z keeps, so its rows change their sign. Sonnet's LSTM has i, f, g, o, and
its forget bias is among the weights. The plain RNN has two linear layers and is a relu. Haiku's LSTM has one
matrix, see :mod:`gates.interop.trees.concatenated`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.interop.errors import InteropError
from gates.interop.gatewise import CheckedArrays, by_owner, stack_of, transposed
from gates.interop.hints import Hints
from gates.interop.orders import letters, to_engine
from gates.interop.report import Note
from gates.interop.stacks import Stack
from gates.interop.values import Value
from gates.network import AnyCell, Readout

FRAMEWORK = "Haiku"
NAME = re.compile(r"(?:(?P<owner>.*?)\.)??(?P<name>w_i|w_h|b|linear(?:_1)?\.[wb])")
OWNER = re.compile(r"(?:lstm|gru)(?:_\d+)?")
GATED, TWO = {"w_i", "w_h"}, {"linear.w", "linear_1.w"}


def find(arrays: Mapping[str, Value], hints: Hints) -> dict[str, dict[str, Value]]:
    """Return what may be such cells, by owner."""
    owners = by_owner(NAME, arrays)
    return {
        owner: leaves
        for owner, leaves in owners.items()
        if _is_gated(owner, leaves, hints) or _is_plain(owner, leaves)
    }


def _is_gated(owner: str, leaves: Mapping[str, Value], hints: Hints) -> bool:
    """Whether a cell bears the name that Haiku or Sonnet gives it, or its layout is told."""
    leaf = owner.rpartition(".")[2]
    return leaves.keys() >= GATED and (OWNER.fullmatch(leaf) is not None or hints.layout == "haiku")


def _is_plain(owner: str, leaves: Mapping[str, Value]) -> bool:
    return leaves.keys() >= TWO and owner.rpartition(".")[2].startswith("vanilla_rnn")


def stack(owner: str, leaves: Mapping[str, Value], hints: Hints) -> Stack:
    """Return such a cell as a stack, with its problem if it cannot be read."""
    checked = CheckedArrays(owner, FRAMEWORK, leaves)
    try:
        cell = _gated(checked) if leaves.keys() >= GATED else _plain(checked)
        checked.all_taken()
    except InteropError as problem:
        return Stack(owner, problem=problem)
    if cell.kind == "rnn":
        notes = [Note("interop.report.haiku.rnn")]
    elif cell.kind == "gru":
        notes = [Note("interop.report.haiku.gru", given=letters("gru", "haiku"), order=letters("gru"))]
    else:
        notes = [Note("interop.report.sonnet", order=letters("lstm"))]
    return stack_of(checked, cell, notes, applied=("layout",) if hints.layout == "haiku" else ())


def _gated(checked: CheckedArrays) -> AnyCell:
    H, columns = checked.sizes("w_h")
    I = checked.sizes("w_i")[0]
    kind = "gru" if columns == 3 * H or not OWNER.fullmatch(checked.layer.rpartition(".")[2]) else "lstm"
    width = (3 if kind == "gru" else 4) * H
    order = "haiku" if kind == "gru" else "sonnet"
    W, U, b = (
        checked.take("w_i", (I, width)).T,
        checked.take("w_h", (H, width)).T,
        checked.take("b", (width,)),
    )
    W, U, b = (to_engine(array, kind, order) for array in (W, U, b))
    if kind == "lstm":
        return LSTM(W, U, b)
    writes = GRU(W, U, b, reset="before").rows("update")
    W, U, b = (array.copy() for array in (W, U, b))
    for array in (W, U, b):  # σ(−a) = 1 − σ(a)
        array[writes] = -array[writes]
    return GRU(W, U, b, reset="before")


def _plain(checked: CheckedArrays) -> RNN:
    I, H = checked.sizes("linear.w")
    b = checked.take("linear.b", (H,))
    if "linear_1.b" in checked:
        b = b + checked.take("linear_1.b", (H,))
    W, U = checked.take("linear.w", (I, H)).T, checked.take("linear_1.w", (H, H)).T
    return RNN(W, U, b, activation="relu")


def linear(name: str, arrays: Mapping[str, Value]) -> Readout | None:
    """Return Haiku's or Sonnet's linear layer called ``name``, None if there is none."""
    return transposed(arrays.get(f"{name}.w"), arrays.get(f"{name}.b"), f"{name}.w")
