"""Equinox' cells: https://github.com/patrick-kidger/equinox, ``equinox/nn/_rnn.py``.

PyTorch's layout and order, but one bias, and beside it a GRU's ``bias_n`` inside the reset, which acts after
the product; z keeps. Without biases the names are PyTorch's, and so is what is computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.interop.errors import InteropError
from gates.interop.gatewise import CheckedArrays, by_owner, stack_of
from gates.interop.orders import letters, to_engine
from gates.interop.report import Note
from gates.interop.stacks import Stack
from gates.interop.values import Value
from gates.network import AnyCell

FRAMEWORK = "Equinox"
NAME = re.compile(r"(?:(?P<owner>.*)\.)?(?P<name>weight_ih|weight_hh|bias|bias_n|bias_ih|bias_hh)")
WEIGHTS = {"weight_ih", "weight_hh"}


def find(arrays: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """Return the cells of Equinox by owner: those whose bias is called ``bias``, as PyTorch's never is."""
    owners = by_owner(NAME, arrays)
    return {
        owner: leaves
        for owner, leaves in owners.items()
        if leaves.keys() >= WEIGHTS and _own_biases(leaves.keys())
    }


def _own_biases(names: Set[str]) -> bool:
    return bool(names & {"bias", "bias_n"}) and not names & {"bias_ih", "bias_hh"}


def stack(owner: str, leaves: Mapping[str, Value]) -> Stack:
    """Return a cell of Equinox as a stack, with its problem if it cannot be read."""
    checked = CheckedArrays(owner, FRAMEWORK, leaves)
    try:
        cell = _cell(checked)
        checked.all_taken()
    except InteropError as problem:
        return Stack(owner, problem=problem)
    notes = [Note("interop.report.equinox", order=letters(cell.kind, "equinox"))]
    notes += [Note("interop.report.equinox.reset")] if cell.kind == "gru" else []
    return stack_of(checked, cell, notes)


def _cell(checked: CheckedArrays) -> AnyCell:
    rows, H = checked.sizes("weight_hh")
    I = checked.sizes("weight_ih")[1]
    kind = "gru" if "bias_n" in checked or rows == 3 * H else "lstm"
    width = (3 if kind == "gru" else 4) * H
    W, U = checked.take("weight_ih", (width, I)), checked.take("weight_hh", (width, H))
    b = checked.take("bias", (width,))
    W, U, b = (to_engine(array, kind, "equinox") for array in (W, U, b))
    return GRU(W, U, b, b_hn=checked.take("bias_n", (H,))) if kind == "gru" else LSTM(W, U, b)
