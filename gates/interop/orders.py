"""In which order each framework stacks the rows of a cell's weights: the one table of it.

Sources: PyTorch's, Keras', ONNX', cuDNN's and MXNet's operator documentation; the parameter names of Flax,
Equinox and d2l (Zhang et al., *Dive into Deep Learning*), which keep a matrix for each gate, read in that
order; rnn_cell_impl.py of TensorFlow 1 and recurrent.py of Haiku, Sonnet and MLX.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gates.core.signals import GRU_PARTS, LSTM_PARTS, RNN_PARTS

PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"rnn": RNN_PARTS, "lstm": LSTM_PARTS, "gru": GRU_PARTS}
)
"""The parts of a cell in this engine's row order."""

LETTERS: Mapping[str, str] = MappingProxyType(
    {
        "input": "i",
        "forget": "f",
        "candidate": "g",
        "output": "o",
        "reset": "r",
        "update": "z",
        "hidden": "h",
    }
)


def _order(lstm: str, gru: str) -> Mapping[str, tuple[str, ...]]:
    by_letter = {letter: part for part, letter in LETTERS.items()} | dict.fromkeys("cnj", "candidate")
    return MappingProxyType(
        {
            "lstm": tuple(by_letter[letter] for letter in lstm),
            "gru": tuple(by_letter[letter] for letter in gru),
            "rnn": RNN_PARTS,
        }
    )


ORDERS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "pytorch": _order("ifgo", "rzn"),
        "cudnn": _order("ifgo", "rzn"),
        "equinox": _order("ifgo", "rzn"),
        "flax": _order("ifgo", "rzn"),
        "keras": _order("ifco", "zrn"),
        "onnx": _order("iofc", "zrn"),
        "d2l": _order("ifoc", "zrn"),
        "tf1": _order("ijfo", "rzn"),
        "haiku": _order("igfo", "zrn"),
        "sonnet": _order("ifgo", "zrn"),
        "mlx": _order("ifgo", "rzn"),
        "mxnet": _order("ifgo", "rzn"),
    }
)
"""By framework and kind of cell: the parts in the order of the rows."""


LAYOUTS = ("tf1", "haiku", "mlx", "pytorch", "keras", "d2l", "onnx", "xh", "hx")
"""What ``load(…, layout=…)`` takes: a framework's own form, or what a matrix for both x and h begins with."""


def to_engine(array: NDArray[Any], kind: str, framework: str) -> NDArray[Any]:
    """Return ``array`` (G·H, …), whose rows are in ``framework``'s order, in the engine's."""
    return _reordered(array, ORDERS[framework][kind], PARTS[kind])


def from_engine(array: NDArray[Any], kind: str, framework: str) -> NDArray[Any]:
    """Return ``array`` (G·H, …), whose rows are in the engine's order, in ``framework``'s."""
    return _reordered(array, PARTS[kind], ORDERS[framework][kind])


def letters(kind: str, framework: str = "pytorch") -> str:
    """Return the order in a few letters, such as ``"i, f, g, o"``; a GRU's candidate is n."""
    names = {**LETTERS, "candidate": "n"} if kind == "gru" else LETTERS
    return ", ".join(names[part] for part in ORDERS[framework][kind])


def _reordered(array: NDArray[Any], order: tuple[str, ...], new_order: tuple[str, ...]) -> NDArray[Any]:
    if order == new_order:
        return array
    blocks = dict(zip(order, np.split(array, len(order)), strict=True))
    return np.concatenate([blocks[part] for part in new_order])
