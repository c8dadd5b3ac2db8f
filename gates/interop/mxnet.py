"""MXNet's names for a layer's arrays, put into PyTorch's: what they hold is the same.

``lstm0_l0_i2h_weight``, ``lstm0_r0_h2h_bias``, ``encoder.l1_i2h_weight`` and, of a cell, ``gru0_i2h_weight``:
https://mxnet.apache.org/api/python/docs/api/gluon/rnn. The rows are in the order i, f, c, o and r, z, n with
both biases, the reset acts after the product, and z keeps. In .params files ``arg:`` stands before names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gates.interop.values import Value

NAME = re.compile(
    r"(?:arg:)?(?:(?P<owner>.*?)[._])??(?:(?P<way>[lr])(?P<layer>\d{1,4})_)?(?P<side>i2h|h2h|h2r)_(?P<what>weight|bias)"
)
SIDES = {"i2h": "ih", "h2h": "hh", "h2r": "hr"}


def renamed(arrays: Mapping[str, Value]) -> tuple[dict[str, Value], bool]:
    """Return ``arrays`` with PyTorch's names for those that MXNet names, and whether there were some."""
    by_name: dict[str, Value] = {}
    known = False
    for name, value in arrays.items():
        new = name
        if match := NAME.fullmatch(name):
            known = True
            place = f"_l{match['layer']}" + "_reverse" * (match["way"] == "r") if match["way"] else ""
            new = f"{match['owner'] or ''}.{match['what']}_{SIDES[match['side']]}{place}".removeprefix(".")
        if new in by_name or (new != name and new in arrays):
            return dict(arrays), False
        by_name[new] = value
    return by_name, known
