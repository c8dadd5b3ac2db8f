"""Exercises with distinct random numbers: each kind of cell, form, loss and structure of a file."""

from typing import Any

import numpy as np

from gates.exercises.forms import FORMS
from gates.exercises.model import CELLS


def random_exercise(kind: str, form: str, seed: int, **more: Any) -> dict[str, Any]:
    """An exercise's JSON with everything in it and distinct random numbers: 2 inputs, 3 units, 4 steps."""
    rng = np.random.default_rng(seed)
    draw = lambda *shape: rng.normal(size=shape).round(3).tolist()  # noqa: E731
    printed = FORMS[form]
    weights = {
        name: {key: draw(*shape) for key, shape in printed.shapes(2, 3).items()}
        | {"b": draw(3), "b_h": draw(3)}
        for name in CELLS[kind].parts
    }
    V = draw(3, 2) if printed.rows else draw(2, 3)
    return {
        "cell": kind, "form": form, "weights": weights, "x": draw(4, 2), "h0": draw(3),
        "readout": {"V": V, "b": draw(2), "activation": "identity"},
        "targets": [draw(2), None, draw(2), draw(2)], "loss": "half_squared", "learning_rate": 0.1,
        "activations": {}, "reset": "before", "update": "keep",
    } | ({"c0": draw(3)} if kind == "lstm" else {}) | more  # fmt: skip


SHARES = [[0.25, 0.75], None, [1.0, 0.0], [0.5, 0.5]]
CASES = [
    *(random_exercise(kind, form, 7 * n + m) for n, kind in enumerate(CELLS) for m, form in enumerate(FORMS)),
    *(
        random_exercise("gru", "rows", 50 + n, reset=reset, update=update)
        for n, (reset, update) in enumerate([("before", "write"), ("after", "keep"), ("after", "write")])
    ),
    random_exercise("rnn", "columns", 60, activations={"hidden": "relu"}, loss="squared"),
    random_exercise(
        "lstm", "[h,x]", 61, activations={"candidate": "identity", "cell": "identity"}, loss="mean_squared"
    ),
    random_exercise("lstm", "columns", 62, targets=SHARES, loss="cross_entropy"),
    random_exercise("gru", "columns", 63, targets=SHARES, loss="binary_cross_entropy"),
]
CASES[-2]["readout"]["activation"] = "softmax"
CASES[-1]["readout"]["activation"] = "sigmoid"
for _seed, (_loss, _shown) in enumerate([
    ("half_squared", "sigmoid"), ("squared", "tanh"), ("mean_squared", "softmax"),
    ("cross_entropy", "sigmoid"), ("binary_cross_entropy", "softmax"),
]):  # fmt: skip
    CASES.append(random_exercise("rnn", "columns", 100 + _seed, targets=SHARES, loss=_loss))
    CASES[-1]["readout"]["activation"] = _shown


def clamp(signal: str, value: float, units: Any = None, steps: Any = None) -> dict[str, Any]:
    own = {"signal": signal, "value": value, "units": units, "steps": steps}
    return {name: each for name, each in own.items() if each is not None}


def without_weights(value: dict[str, Any], *parts: str) -> dict[str, Any]:
    kept = {name: own for name, own in value["weights"].items() if name not in parts}
    return value | {"weights": kept}


def with_peepholes(value: dict[str, Any], *gates: str) -> dict[str, Any]:
    """With peepholes."""
    rng = np.random.default_rng(len(gates))
    seen = {name: value["weights"][name] | {"p": rng.normal(size=3).round(3).tolist()} for name in gates}
    return value | {"weights": value["weights"] | seen}


STRUCTURED = [
    random_exercise("lstm", "columns", 80, clamps=[
        clamp("forget", 0.5, [2], [2, 3]), clamp("candidate", -0.25, steps=[3, 4]), clamp("input", 0.75, [1]),
        clamp("output", 0.3, [1, 3], [2, 2]), clamp("output", 0.9, [3], [2, 4]),
    ]),
    random_exercise("lstm", "rows", 81, clamps=[
        clamp("cell", -0.3, [1], [3, 3]), clamp("hidden", 0.4, [3], [1, 2]),
    ]),
    without_weights(random_exercise("lstm", "rows", 82, coupled=True), "input"),
    without_weights(random_exercise("lstm", "[x,h]", 83, coupled=True, clamps=[
        clamp("input", 0.2, [2]), clamp("cell", 1, [3], [2, 2]),
    ]), "input"),
    without_weights(random_exercise("lstm", "[h,x]", 84, without=["forget", "output"]), "forget", "output"),
    without_weights(random_exercise("lstm", "columns", 85, without=["input"]), "input"),
    with_peepholes(random_exercise("lstm", "columns", 89), "input", "forget", "output"),
    with_peepholes(random_exercise("lstm", "[h,x]", 90, activations={"cell": "identity"}), "output"),
    with_peepholes(random_exercise("lstm", "rows", 91, clamps=[
        clamp("cell", 0.5, [2], [2, 3]), clamp("output", 0.25, [1], [2, 2]), clamp("input", 0.5, [3], [3, 4]),
    ]), "input", "output"),
    with_peepholes(
        without_weights(random_exercise("lstm", "columns", 92, coupled=True), "input"), "forget", "output"
    ),
    random_exercise("gru", "columns", 86, update="write", clamps=[
        clamp("update", 0.3, [1], [1, 2]), clamp("reset", 0, [2]), clamp("candidate", 0.5, [3], [2, 2]),
        clamp("hidden", -0.5, [2], [3, 3]),
    ]),
    random_exercise("gru", "rows", 87, reset="after", clamps=[
        clamp("reset", 1, [1]), clamp("candidate", 0.1, [2], [1, 3]),
    ]),
    random_exercise("rnn", "columns", 88, clamps=[clamp("hidden", 0.6, [2], [2, 3])]),
]  # fmt: skip
"""Signals that are held, gates that are coupled, that see c, and gates that are not there."""
CASES += STRUCTURED
