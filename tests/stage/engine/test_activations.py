"""The browser's squashing functions against the engine's: values and slopes, far out and at every kink."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict
from itertools import product
from pathlib import Path

import numpy as np

from gates.core.activations import FUNCTIONS, Activation, Squash
from tests.node import NODE

CHECK = Path(__file__).parent / "activations_check.mjs"
KINKS = [0.0, 1.0, 2.0, 2.5, 3.0, 6.0, 20.0, 36.0, 40.0, 700.0, 710.0, 800.0, np.inf]
AT = np.unique(
    [*np.linspace(-9, 9, 721), *KINKS, *(-np.array(KINKS)), *np.random.default_rng(3).normal(size=99)]
)


def chosen() -> list[Activation]:
    """Every function as it is by itself, and with other parameters where it has some."""
    own = [Activation(name) for name in FUNCTIONS]
    takes = [(name, function) for name, function in FUNCTIONS.items() if function.alpha is not None]
    return own + [Activation(name, 0.7, None if made.beta is None else -0.3) for name, made in takes]


def test_values_and_slopes_are_the_engines() -> None:
    cases = list(product(chosen(), (None, 1.5)))
    lines = [
        json.dumps(
            {"chosen": asdict(activation), "clip": clip, "a": [str(a).replace("inf", "Infinity") for a in AT]}
        )
        for activation, clip in cases
    ]
    ran = subprocess.run([NODE, CHECK], input="\n".join(lines), capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    for (activation, clip), answer in zip(cases, answers, strict=True):
        with np.errstate(all="ignore"):
            squash = Squash(activation, clip)
            values = squash(AT)
            slopes = squash.derivative(values, lambda: AT)
        for ours, theirs in ((answer["values"], values), (answer["slopes"], slopes)):
            np.testing.assert_allclose(
                np.array([*map(float, ours)]), theirs, rtol=1e-13, atol=1e-15, err_msg=f"{activation} {clip}"
            )


def test_an_unknown_function_is_refused() -> None:
    line = json.dumps({"chosen": "toString", "clip": None, "a": [1]})
    ran = subprocess.run([NODE, CHECK], input=line, capture_output=True, text=True, timeout=600)
    assert "no activation is called toString" in ran.stderr
