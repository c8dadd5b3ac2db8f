"""Cells that somebody wrote with ``nn.Linear``: two for all gates, two a gate, or one a gate for x and h.

Two for all gates are ``i2h`` or ``x2h`` and ``h2h``; the order of the gates is told by ``layout``, but for a
plain RNN, which has one part. Two a gate are ``W_ii`` and ``W_hi``, ``W_xi`` and ``W_hi``, ``W_i`` and
``U_i``, ``x2i`` and ``h2i``, and so on. One a gate is ``W_i``, ``input_gate`` or ``i_gate``, (H, I+H);
whether it reads x or h first is told by ``layout``. Their biases are added up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from gates.cells.gru import GRU
from gates.core.activations import FloatArray
from gates.interop.errors import InteropError
from gates.interop.gatewise import CELLS, CheckedArrays, Gate, assembled, by_owner, stack_of
from gates.interop.hints import Hints
from gates.interop.orders import PARTS, letters, to_engine
from gates.interop.report import Note
from gates.interop.stacks import Stack
from gates.interop.trees.concatenated import FORGET_BIAS, with_forget_bias
from gates.interop.trees.flax import USUAL
from gates.interop.values import Value
from gates.network import AnyCell

FRAMEWORK = "nn.Linear"
GATES: Mapping[str, str] = {
    "i": "input", "f": "forget", "g": "candidate", "c": "candidate", "o": "output",
    "input": "input", "forget": "forget", "cell": "candidate", "candidate": "candidate", "output": "output",
}  # fmt: skip
WORD = r"(?P<gate>[ifgcorzn])"
NAME = re.compile(
    r"(?:(?P<owner>.*)\.)?(?P<name>(?:i2h|x2h|h2h)\.(?:weight|bias)"
    r"|(?:W_[ixh]|W[ixh]|[WU]_?|[xh]2)[ifgcorzn]\.(?:weight|bias)"
    r"|(?:input|forget|output|cell|candidate|reset|update|[ifgcorz])_(?:gate|layer)\.(?:weight|bias))"
)
SIDES = re.compile(rf"(?P<side>W_[ix]|W[ix]|W_h|Wh|W_?|U_?|x2|h2){WORD}")
WORDS = re.compile(r"(?P<gate>input|forget|output|cell|candidate|[ifgco])_(?:gate|layer)")
FUSED = ("i2h", "x2h", "h2h")
HIDDEN = ("W_h", "Wh", "U_", "U", "h2")
ORDERED = ("pytorch", "keras", "d2l", "onnx", "tf1")
"""The layouts whose order of gates an LSTM's two linear layers may have."""


def find(arrays: Mapping[str, Value], hints: Hints) -> dict[str, dict[str, Value]]:
    """Return what may be such cells, by owner: those with weights for x and h, or three gates at least."""
    owners = by_owner(NAME, arrays)
    for owner, leaves in owners.items():
        if _is_fused(leaves):  # h2o is a read-out there, and no output gate
            owners[owner] = {name: value for name, value in leaves.items() if name.partition(".")[0] in FUSED}
    return {owner: leaves for owner, leaves in owners.items() if _is_fused(leaves) or _is_gated(leaves)}


def _is_fused(leaves: Mapping[str, Value]) -> bool:
    return "h2h.weight" in leaves and bool(leaves.keys() & {"i2h.weight", "x2h.weight"})


def _is_gated(leaves: Mapping[str, Value]) -> bool:
    return sum(name.endswith(".weight") for name in leaves) >= 3


def stack(owner: str, leaves: Mapping[str, Value], hints: Hints) -> Stack:
    """Return such a cell as a stack, with its problem if it cannot be read, or if its form is not told."""
    checked = CheckedArrays(owner, FRAMEWORK, leaves)
    try:
        if _is_fused(leaves):
            cell, notes, applied = _fused(checked, leaves, hints)
        else:
            cell, notes, applied = _by_gate(checked, leaves, hints)
        checked.all_taken()
    except InteropError as problem:
        return Stack(owner, problem=problem)
    plain = {"activation": USUAL["activation"]}
    if cell.kind == "rnn":
        return stack_of(checked, cell, notes, open=plain, applied=applied)
    usual = plain | {"gate_activation": USUAL["gate_activation"]}
    return stack_of(
        checked, cell, [*notes, Note("interop.report.linear.squashes")], usual=usual, applied=applied
    )


Read = tuple[AnyCell, list[Note], tuple[str, ...]]


def _bias(checked: CheckedArrays, names: tuple[str, ...], size: int, like: FloatArray) -> FloatArray:
    """The sum of those biases that there are."""
    b: FloatArray = np.zeros(size, like.dtype)
    for name in names:
        if name in checked:
            b = b + checked.take(name, (size,))
    return b


def _fused(checked: CheckedArrays, leaves: Mapping[str, Value], hints: Hints) -> Read:
    side = "i2h" if "i2h.weight" in leaves else "x2h"
    rows, H = checked.sizes("h2h.weight")
    I = checked.sizes(f"{side}.weight")[1]
    kind = {len(parts) * H: kind for kind, parts in PARTS.items()}.get(rows)
    if kind is None:
        raise InteropError(
            "interop.error.factor", array=f"{checked.layer}.h2h.weight".strip("."), shape=(rows, H)
        )
    layout = "pytorch" if kind == "rnn" else hints.layout  # of one part there is no order
    applied: tuple[str, ...] = () if kind == "rnn" else ("layout",)
    if kind == "gru" and layout != "pytorch":
        raise InteropError("interop.error.linear.gru", layer=checked.word)
    if layout not in ORDERED:
        raise InteropError("interop.error.linear.order", layer=checked.word)
    W, U = checked.take(f"{side}.weight", (rows, I)), checked.take("h2h.weight", (rows, H))
    W, U = (to_engine(array, kind, layout) for array in (W, U))
    notes = (
        []
        if kind == "rnn"
        else [Note("interop.report.linear.order", given=letters(kind, layout), order=letters(kind))]
    )
    if kind == "gru":
        b_ih, b_hh = (
            to_engine(_bias(checked, (f"{name}.bias",), rows, W), kind, layout) for name in (side, "h2h")
        )
        outside, b_hn = b_hh.copy(), b_hh[2 * H :]
        outside[2 * H :] = 0
        return GRU(W, U, b_ih + outside, b_hn=b_hn), notes, applied
    b = to_engine(_bias(checked, (f"{side}.bias", "h2h.bias"), rows, W), kind, layout)
    if layout == "tf1":
        forget = FORGET_BIAS if hints.forget_bias is None else hints.forget_bias
        b, applied = with_forget_bias(b, forget), (*applied, "forget_bias")
        notes.append(Note("interop.report.tf1.forget", bias=f"{forget:g}"))
    return CELLS[kind](W, U, b), notes, applied


def _by_gate(checked: CheckedArrays, leaves: Mapping[str, Value], hints: Hints) -> Read:
    names = [name.removesuffix(".weight") for name in leaves if name.endswith(".weight")]
    sides: dict[str, dict[str, str]] = {"x": {}, "h": {}, "both": {}}
    two = any((match := SIDES.fullmatch(name)) and match["side"] in HIDDEN for name in names)
    for name in names:
        match = WORDS.fullmatch(name) or SIDES.fullmatch(name)
        part = GATES.get(match["gate"]) if match else None
        if match is None or part is None:
            raise InteropError("interop.error.linear.gru", layer=checked.word)
        side = match.groupdict().get("side", "")
        place = "both" if not two else "h" if side in HIDDEN else "x"
        if part in sides[place]:
            raise InteropError(
                "interop.error.linear.twice", layer=checked.word, names=f"{sides[place][part]}, {name}"
            )
        sides[place][part] = name
    parts = set(PARTS["lstm"])
    used = [place for place in ("x", "h", "both") if sides[place]]
    if any(sides[place].keys() != parts for place in used) or used not in (["x", "h"], ["both"]):
        missing = sorted(parts - {part for part in parts if all(part in sides[place] for place in used)})
        raise InteropError(
            "interop.error.linear.parts", layer=checked.word, missing=", ".join(missing) or "h"
        )
    if two:
        return (
            assembled("lstm", {part: _pair(checked, sides["x"][part], sides["h"][part]) for part in parts}),
            [Note("interop.report.linear.two", order=letters("lstm"))],
            (),
        )
    if hints.layout not in ("xh", "hx"):
        raise InteropError("interop.error.linear.joined", layer=checked.word)
    gates = {part: _one(checked, name, hints.layout) for part, name in sides["both"].items()}
    return assembled("lstm", gates), [Note("interop.report.linear.one", order=letters("lstm"))], ("layout",)


def _pair(checked: CheckedArrays, x: str, h: str) -> Gate:
    H, I = checked.sizes(f"{h}.weight")[0], checked.sizes(f"{x}.weight")[1]
    W, U = checked.take(f"{x}.weight", (H, I)), checked.take(f"{h}.weight", (H, H))
    return Gate(W, U, _bias(checked, (f"{x}.bias", f"{h}.bias"), H, W))


def _one(checked: CheckedArrays, name: str, layout: str) -> Gate:
    H, both = checked.sizes(f"{name}.weight")
    if both <= H:
        raise InteropError(
            "interop.error.shape",
            array=f"{checked.layer}.{name}.weight".strip("."),
            shape=(H, both),
            expected=f"({H}, I + {H})",
        )
    whole = checked.take(f"{name}.weight", (H, both))
    b = _bias(checked, (f"{name}.bias",), H, whole)
    cut = both - H if layout == "xh" else H
    first, second = whole[:, :cut], whole[:, cut:]
    return Gate(first, second, b) if layout == "xh" else Gate(second, first, b)
