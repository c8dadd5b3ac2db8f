"""How numbers read, on the pages and in their texts: as ``assets/stage/core/text/format.js`` writes them.

A leading zero, a true minus sign, powers as 4.4×10⁻⁵; a gate reads as 0 or 1 only if it is exactly that.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal, localcontext

MINUS = "−"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_NEARLY = 5e-5  # of 0 or 1: nearer than this a gate's distance is written
_SMALL = 0.005  # below it two decimals would read as nothing


def number(value: float) -> str:
    """Return a signed number: −0.53, 12.40, 3.1×10⁷."""
    if math.isnan(value):
        return "NaN"
    size = abs(value)
    sign = MINUS if value < 0 else ""
    if math.isinf(value):
        return f"{sign}∞"
    if size == 0:
        return "0"
    if size >= 1e5 or size < _SMALL:
        return sign + scientific(size)
    return sign + _rounded(size, f".{0 if size >= 1000 else 1 if size >= 100 else 2}f")


def gate(value: float) -> str:
    """Return a gate, which lies between 0 and 1: 0.50, 0.9975, 1−2×10⁻⁹, 3×10⁻¹²."""
    if value in (0.0, 1.0):
        return f"{value:.0f}"
    if value > 1:
        return number(value)  # an exponential gate has no upper bound
    if value < _NEARLY:
        return scientific(value, 0)
    rest = 1 - value
    if rest < _NEARLY:
        return f"1{MINUS}{scientific(rest, 0)}"
    return _rounded(value, ".4f" if min(value, rest) < _SMALL else ".2f")


def fixed(value: float, digits: int) -> str:
    """Return a signed number with so many decimals: −0.958; what rounds to nothing has no sign."""
    size = _rounded(abs(value), f".{digits}f")
    return (MINUS if value < 0 and float(size) else "") + size


def share(value: float) -> str:
    """Return a share of 1 as per cent, which is 100 only where all of it is: 24.5%, 99.97%."""
    if 0.995 < value < 1:
        return f"{_rounded(min(100 * value, 99.99), '.2f')}%"
    return f"{_rounded(100 * value, '.1f').removesuffix('.0')}%"


def scientific(size: float, digits: int = 1) -> str:
    """Return a positive number by its power of ten, with at most ``digits`` decimals: 4.4×10⁻⁵."""
    mantissa, exponent = _rounded(size, f".{digits}e").lower().split("e")
    short = mantissa.rstrip("0").rstrip(".") if set(mantissa.partition(".")[2]) == {"0"} else mantissa
    return f"{short}×10{str(int(exponent)).translate(_RAISED)}"


def _rounded(value: float, form: str) -> str:
    """Format with ties away from 0, as a browser rounds."""
    with localcontext(rounding=ROUND_HALF_UP):
        return format(Decimal(value), form)
