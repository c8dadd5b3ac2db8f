"""The forms in which books print weights, and the way from each to the engine's W·x + U·h + b and back.

columns: a row is a unit, W x + U h + b. rows: a column is a unit, x W + h U + b. [h,x] and [x,h]: one matrix
a part, a row is a unit. "rows [h,x]" and "rows [x,h]": one matrix a part, a column is a unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from gates.core.activations import FloatArray


class Form(NamedTuple):
    """How a part's weights stand on paper.

    rows: a column is a unit, and what is read stands at the left. joined: W and U are one matrix, read from
    "hx" (the old state first) or "xh"; "" where they are two.
    """

    rows: bool = False
    joined: str = ""

    def shapes(self, inputs: int, hidden: int) -> dict[str, tuple[int, int]]:
        """Return the printed shapes by name: of W and U, or of the one matrix W."""
        sizes = {"W": inputs + hidden} if self.joined else {"W": inputs, "U": hidden}
        return {name: (size, hidden) if self.rows else (hidden, size) for name, size in sizes.items()}

    def read(self, printed: Mapping[str, FloatArray], inputs: int) -> tuple[FloatArray, FloatArray]:
        """Return W (H, I) and U (H, H) of printed matrices whose shapes are right."""
        transposed = {name: matrix.T if self.rows else matrix for name, matrix in printed.items()}
        if not self.joined:
            return transposed["W"], transposed["U"]
        first = len(transposed["W"]) if self.joined == "hx" else inputs
        left, right = transposed["W"][:, :first], transposed["W"][:, first:]
        return (right, left) if self.joined == "hx" else (left, right)

    def write(self, W: FloatArray, U: FloatArray) -> dict[str, FloatArray]:
        """Return W (H, I) and U (H, H), or their gradients, as they are printed."""
        if self.joined:
            pair = (U, W) if self.joined == "hx" else (W, U)
            matrices = {"W": np.concatenate(pair, axis=1)}
        else:
            matrices = {"W": W, "U": U}
        return {name: matrix.T if self.rows else matrix for name, matrix in matrices.items()}

    def place(self, name: str, unit: int, column: int, inputs: int, hidden: int) -> tuple[str, int, int]:
        """Return where the number of W or U for a unit and what it reads is printed: matrix, row, column."""
        if self.joined:
            behind = (name == "W") == (self.joined == "hx")
            column += (hidden if name == "W" else inputs) if behind else 0
            name = "W"
        return (name, column, unit) if self.rows else (name, unit, column)


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "columns": Form(),
        "rows": Form(rows=True),
        "[h,x]": Form(joined="hx"),
        "[x,h]": Form(joined="xh"),
        "rows [h,x]": Form(rows=True, joined="hx"),
        "rows [x,h]": Form(rows=True, joined="xh"),
    }
)
"""The printed forms by their names in exercise files."""
