"""MLX' layers, https://github.com/ml-explore/mlx, ``python/mlx/nn/layers/recurrent.py``.

Wx and Wh in PyTorch's order with one bias, and beside it a GRU's ``bhn`` inside the reset, which acts after
the product; the plain RNN has Wxh and Whh. The parts stand one below another, in early versions side by side.
Courses have such letters too, with ``b`` or ``bh`` for the bias: CS231n's LSTM keeps i, f, o, g in Wx, Wh and
b, which ``layout="d2l"`` tells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.core.activations import FloatArray
from gates.interop.errors import InteropError
from gates.interop.gatewise import CheckedArrays, by_owner, stack_of
from gates.interop.hints import Hints
from gates.interop.orders import letters, to_engine
from gates.interop.report import Note
from gates.interop.stacks import Stack
from gates.interop.trees.flax import USUAL
from gates.interop.values import Value
from gates.network import AnyCell

FRAMEWORK = "MLX"
ORDERED = ("pytorch", "keras", "d2l", "onnx")
"""The layouts whose order of gates arrays by these letters may have that are not MLX'."""

NAME = re.compile(r"(?:(?P<owner>.*)\.)?(?P<name>Wxh|Whh|Wx|Wh|bias|bhn|bh|b)")
SCORES = ("Why", "by")
"""What min-char-rnn calls its output layer, beside the cell."""


def find(arrays: Mapping[str, Value], hints: Hints) -> dict[str, dict[str, Value]]:
    """Return what may be layers of MLX, by owner."""
    owners = by_owner(NAME, arrays)
    return {
        owner: leaves
        for owner, leaves in owners.items()
        if leaves.keys() >= {"Wx", "Wh"} or leaves.keys() >= {"Wxh", "Whh"}
    }


def stack(owner: str, leaves: Mapping[str, Value], hints: Hints) -> Stack:
    """Return a layer of MLX as a stack, with its problem if it cannot be read."""
    checked = CheckedArrays(owner, FRAMEWORK, leaves)
    try:
        plain = "Wxh" in leaves or _width(checked) == 1
        cell = _plain(checked, hints) if plain else _gated(checked, hints)
        checked.all_taken()
    except InteropError as problem:
        return Stack(owner, problem=problem)
    notes = [Note("interop.report.mlx", order=letters(cell.kind, "mlx"))] if cell.kind != "rnn" else []
    notes += [Note("interop.report.mlx.first")] if isinstance(cell, GRU) and cell.b_hn.any() else []
    notes += [Note("interop.report.mlx.squash")] if cell.kind == "rnn" else []
    usual = {"activation": USUAL["activation"]} if cell.kind == "rnn" else {}
    ordered = cell.kind == "lstm" and "b" in leaves
    if ordered:
        notes = [
            Note("interop.report.linear.order", given=letters("lstm", _order(hints)), order=letters("lstm"))
        ]
    return stack_of(
        checked, cell, notes, usual=usual, applied=("layout",) if hints.layout == "mlx" or ordered else ()
    )


def _order(hints: Hints) -> str:
    return hints.layout if hints.layout in ORDERED else "mlx"


def _width(checked: CheckedArrays) -> int:
    """How many parts Wh holds, whichever way it stands."""
    rows, columns = checked.sizes("Wh")
    return max(rows, columns) // min(rows, columns)


def _gated(checked: CheckedArrays, hints: Hints) -> AnyCell:
    rows, columns = checked.sizes("Wh")
    H = min(rows, columns)
    kind = "gru" if _width(checked) == 3 or "bhn" in checked else "lstm"
    below = rows >= columns
    if kind == "lstm" and "b" in checked and hints.layout not in ORDERED:
        raise InteropError("interop.error.linear.order", layer=checked.word)
    width = (3 if kind == "gru" else 4) * H
    I = checked.sizes("Wx")[1 if below else 0]
    W, U = _matrix(checked, "Wx", width, I, below), _matrix(checked, "Wh", width, H, below)
    bias = "b" if kind == "gru" or "b" in checked else "bias"
    b = checked.take(bias, (width,)) if bias in checked else W[:, 0] * 0
    order = _order(hints) if bias == "b" and kind == "lstm" else "mlx"
    W, U, b = (to_engine(array, kind, order) for array in (W, U, b))
    if kind == "lstm":
        return LSTM(W, U, b)
    return GRU(W, U, b, b_hn=checked.take("bhn", (H,)) if "bhn" in checked else b[:H] * 0)


def _plain(checked: CheckedArrays, hints: Hints) -> RNN:
    x, h = ("Wxh", "Whh") if "Wxh" in checked else ("Wx", "Wh")
    H, (rows, columns) = checked.sizes(h)[0], checked.sizes(x)
    if rows == columns and hints.layout != "mlx":  # a square matrix does not tell which way it stands
        raise InteropError(
            "interop.error.mlx.square", array=f"{checked.layer}.{x}".removeprefix("."), shape=(rows, columns)
        )
    below = rows == H
    W = _matrix(checked, x, H, columns if below else rows, below)
    U = _matrix(checked, h, H, H, below)
    name = next((name for name in ("bias", "bh", "b") if name in checked), None)
    if name is None:
        return RNN(W, U, W[:, 0] * 0)
    return RNN(
        W, U, checked.take(name, (H, 1))[:, 0] if len(checked.shape(name)) == 2 else checked.take(name, (H,))
    )


def _matrix(checked: CheckedArrays, name: str, width: int, inputs: int, below: bool) -> FloatArray:
    """A matrix of shape (width, inputs), its parts one below another, whichever way it is stored."""
    return checked.take(name, (width, inputs)) if below else checked.take(name, (inputs, width)).T
