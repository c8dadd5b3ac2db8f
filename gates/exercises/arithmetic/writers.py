"""Expressions as plain text and as TeX."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, Self

MINUS = "−"

PLEASANT: Mapping[float, str] = {
    math.log(2): "ln 2",
    math.log(3): "ln 3",
    math.log(4): "ln 4",
    math.log(9): "ln 9",
    math.log(3) / 2: "½ ln 3",
}
"""Arguments whose σ or tanh is a short number: σ(ln 3) = .75, σ(ln 4) = .8, σ(ln 9) = .9, tanh(ln 2) = .6."""

FUNCTIONS: Mapping[str, str] = {"sigmoid": "σ", "relu": "ReLU"}


def exact(value: float) -> str:
    """Return a number with the digits it was given with, a true minus sign, and ln 3 as such."""
    for pleasant, name in PLEASANT.items():
        if abs(abs(value) - pleasant) < 1e-15 * 4:
            return (MINUS if value < 0 else "") + name
    text = f"{value:.0f}" if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
    return text.replace("-", MINUS)


def rounded(value: float, decimals: int) -> str:
    """Return a number with so many decimals, ties away from 0; −0 is 0."""
    size = format(Decimal(abs(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), "f")
    nothing = not size.strip("0.")
    return size if value >= 0 or nothing else MINUS + size


@dataclass(frozen=True)
class Plain:
    """Plain text with the signs of mathematics."""

    decimals: int
    numbers: bool = False
    times: ClassVar[str] = "·"
    minus: ClassVar[str] = MINUS

    def with_numbers(self) -> Self:
        """Return the same writer for numbers."""
        return replace(self, numbers=True)

    def symbol(self, label: str) -> str:
        """Return a label as it is."""
        return label

    def number(self, value: float, given: bool) -> str:
        """Return a number, exact if given."""
        return exact(value) if given else rounded(value, self.decimals)

    def call(self, function: str, argument: str) -> str:
        """Return σ(…)."""
        return f"{FUNCTIONS.get(function, function)}({argument})"

    def brackets(self, text: str) -> str:
        """Return (…)."""
        return f"({text})"

    def power(self, base: str) -> str:
        """Return …²."""
        return f"{base}²"

    def exponential(self, exponent: str) -> str:
        """Return exp(…)."""
        return f"exp({exponent})"

    def fraction(self, above: str, below: str) -> str:
        """Return … / …."""
        return f"{above} / {below}"


@dataclass(frozen=True)
class Tex(Plain):
    """TeX, for math mode."""

    times: ClassVar[str] = r"\cdot "
    minus: ClassVar[str] = "-"

    def symbol(self, label: str) -> str:
        """Return a label with its marks as TeX's."""
        return tex_label(label)

    def number(self, value: float, given: bool) -> str:
        """Return a number, exact if given."""
        return tex_number(super().number(value, given))

    def call(self, function: str, argument: str) -> str:
        """Return a function of something."""
        name = TEX_FUNCTIONS.get(function) or rf"\mathrm{{{function.replace('_', ' ')}}}"
        return f"{name}({argument})"

    def power(self, base: str) -> str:
        """Return a square."""
        return f"{{{base}}}^2"

    def exponential(self, exponent: str) -> str:
        """Return a power of e."""
        return rf"e^{{{exponent}}}"

    def fraction(self, above: str, below: str) -> str:
        """Return a fraction."""
        return rf"\frac{{{above}}}{{{below}}}"


TEX_FUNCTIONS: Mapping[str, str] = {
    "sigmoid": r"\sigma", "tanh": r"\tanh", "relu": r"\mathrm{ReLU}", "ln": r"\ln",
}  # fmt: skip
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₋ₜₓₕ", "0123456789-txh", strict=True))
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵗⁱᶠᵒ", "0123456789-tifo", strict=True))
_PLAIN_TEX = {
    "∂": r"\partial ",
    "σ": r"\sigma ",
    "η": r"\eta ",
    "⊙": r"\odot ",
    MINUS: "-",
    "…": r"\dots ",
    "tanh": r"\tanh ",
    "ReLU": r"\mathrm{ReLU}",
}


def tex_number(text: str) -> str:
    """Return a number's text for math mode."""
    text = text.replace(MINUS, "-").replace("½", r"\tfrac12").replace("ln ", r"\ln ")
    return re.sub(r"e([+-]?\d+)", r"\\cdot 10^{\1}", text)


def tex_label(label: str) -> str:
    """Return a label of ours, such as W_f[1,2] or C̃₂, for math mode: its marks as indices and exponents."""
    tex, below, above, marking = "", "", "", False
    for piece in [*_LETTERS.findall(label), ""]:
        if piece == "_":
            marking = True
        elif piece in _LOWERED:
            below, marking = below + _LOWERED[piece], False
        elif piece in _RAISED:
            above, marking = above + _RAISED[piece], False
        elif piece == "′":
            above, marking = above + r"\prime ", False
        elif marking and (piece[:1].isalpha() or piece == ","):
            below += _tilde(piece)
        else:
            tex += (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")
            below, above, marking = "", "", False
            tex += _PLAIN_TEX.get(piece) or _tilde(piece)
    return tex


_LETTERS = re.compile("tanh|ReLU|.\u0303?")


def _tilde(letter: str) -> str:
    return rf"\tilde{{{letter[0]}}}" if letter.endswith("\u0303") else letter
