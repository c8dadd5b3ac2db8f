"""MLX' layers, https://github.com/ml-explore/mlx, ``python/mlx/nn/layers/recurrent.py``.

Wx and Wh in PyTorch's order with one bias, and beside it a GRU's ``bhn`` inside the reset, which acts after
the product; the plain RNN has Wxh and Whh. The parts stand one below another, in early versions side by side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.core.activations import FloatArray
from gates.interop.errors import InteropError
from gates.interop.gatewise import Owned, by_owner, stack_of
from gates.interop.hints import Hints
from gates.interop.orders import letters, to_engine
from gates.interop.report import Note
from gates.interop.stacks import Stack
from gates.interop.trees.flax import USUAL
from gates.interop.values import Value
from gates.network import AnyCell

FRAMEWORK = "MLX"
NAME = re.compile(r"(?:(?P<owner>.*)\.)?(?P<name>Wxh|Whh|Wx|Wh|bias|bhn|b)")


def find(arrays: Mapping[str, Value], hints: Hints) -> dict[str, dict[str, Value]]:
    """Return what may be layers of MLX, by owner."""
    found = by_owner(NAME, arrays)
    return {
        owner: own
        for owner, own in found.items()
        if own.keys() >= {"Wx", "Wh"} or own.keys() >= {"Wxh", "Whh"}
    }


def stack(owner: str, own: Mapping[str, Value], hints: Hints) -> Stack:
    """Return a layer of MLX as a stack, with its problem if it cannot be read."""
    owned = Owned(owner, FRAMEWORK, own)
    try:
        cell = _gated(owned) if "Wx" in own else _plain(owned, hints)
        owned.all_taken()
    except InteropError as problem:
        return Stack(owner, problem=problem)
    notes = [Note("interop.report.mlx", order=letters(cell.kind, "mlx"))] if cell.kind != "rnn" else []
    notes += [Note("interop.report.mlx.first")] if isinstance(cell, GRU) and cell.b_hn.any() else []
    notes += [Note("interop.report.mlx.squash")] if cell.kind == "rnn" else []
    usual = {"activation": USUAL["activation"]} if cell.kind == "rnn" else {}
    return stack_of(owned, cell, notes, usual=usual, heeded=("layout",) if hints.layout == "mlx" else ())


def _gated(owned: Owned) -> AnyCell:
    rows, columns = owned.sizes("Wh")
    H, width = min(rows, columns), max(rows, columns)
    kind = "gru" if width == 3 * H or "bhn" in owned else "lstm"
    below = rows >= columns
    width = (3 if kind == "gru" else 4) * H
    I = owned.sizes("Wx")[1 if below else 0]
    W, U = _turned(owned, "Wx", width, I, below), _turned(owned, "Wh", width, H, below)
    bias = "b" if kind == "gru" else "bias"
    b = owned.take(bias, (width,)) if bias in owned else W[:, 0] * 0
    W, U, b = (to_engine(array, kind, "mlx") for array in (W, U, b))
    if kind == "lstm":
        return LSTM(W, U, b)
    return GRU(W, U, b, b_hn=owned.take("bhn", (H,)) if "bhn" in owned else b[:H] * 0)


def _plain(owned: Owned, hints: Hints) -> RNN:
    H, (rows, columns) = owned.sizes("Whh")[0], owned.sizes("Wxh")
    if rows == columns and hints.layout != "mlx":  # a square matrix does not tell which way it stands
        raise InteropError(
            "interop.error.mlx.square", array=f"{owned.layer}.Wxh".removeprefix("."), shape=(rows, columns)
        )
    below = rows == H
    W = _turned(owned, "Wxh", H, columns if below else rows, below)
    U = _turned(owned, "Whh", H, H, below)
    return RNN(W, U, owned.take("bias", (H,)) if "bias" in owned else W[:, 0] * 0)


def _turned(owned: Owned, name: str, width: int, inputs: int, below: bool) -> FloatArray:
    """A matrix with its parts one below another."""
    return owned.take(name, (width, inputs)) if below else owned.take(name, (inputs, width)).T
