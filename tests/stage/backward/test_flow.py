"""What the browser says each gradient is made of, against the engine's own backward pass.

Runs of random weights, of each kind of cell and loss, go through node; every account must add up to the
number that the engine found, at every step and in every unit.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates import GRU, LSTM, RNN
from gates.analysis.influence import backward_paths
from gates.examples.notation import kinds
from tests.node import NODE

CHECK = Path(__file__).parent / "flow_check.mjs"
STEPS = 7
UNITS = 4
INPUTS = 3

Cell = RNN | LSTM | GRU


def cells() -> list[tuple[str, Cell]]:
    peephole = np.random.default_rng(9).normal(size=(3, UNITS))
    lstm = LSTM.init(INPUTS, UNITS, 2, forget_bias=1.0)
    return [
        ("rnn tanh", RNN.init(INPUTS, UNITS, 0)),
        ("rnn relu", RNN.init(INPUTS, UNITS, 1, activation="relu")),
        ("lstm", lstm),
        ("lstm peephole", LSTM(lstm.W, lstm.U, lstm.b, peephole=peephole)),
        ("gru before", GRU.init(INPUTS, UNITS, 3, reset="before")),
        ("gru after", GRU.init(INPUTS, UNITS, 4, reset="after")),
    ]


def described(name: str, cell: Cell, source: str, at: int | None, rng: np.random.Generator) -> dict[str, Any]:
    """A run with its gradients as the browser gets it, and what its accounts must come to."""
    x = rng.normal(size=(STEPS, INPUTS))
    h = rng.uniform(-0.5, 0.5, UNITS)
    trace = cell.run(x, (h, rng.uniform(-2, 2, UNITS)) if isinstance(cell, LSTM) else h)
    asked = np.zeros((STEPS, UNITS))
    asked[slice(None) if at is None else at] = rng.normal(size=(STEPS if at is None else 1, UNITS))
    gradients = cell.backward(trace, **{"d_hidden" if source == "hidden" else "d_cell": asked})
    signals = dict(gradients.signals.items())
    names = [*trace.signals, "initial_hidden"]
    names += ["tanh_cell", "initial_cell"] if isinstance(cell, LSTM) else []
    names += ["recurrent"] if isinstance(cell, GRU) else []
    names += ["reset_hidden"] if isinstance(cell, GRU) and cell.reset == "before" else []
    arrays = {key: getattr(trace, key) for key in names} | cell.arrays()
    arrays |= {f"pre.{part}": getattr(trace.pre, part) for part in cell.parts}
    arrays |= {f"grad.{key}": d for key, d in signals.items()}
    arrays |= {f"grad.pre.{key}": d for key, d in gradients.signals.pre.items()}
    arrays |= {f"back.{key}": d for key, d in backward_paths(trace, gradients).items()}
    scale = max(float(np.abs(d).max()) for d in signals.values())
    header = {
        "cell": cell.kind, "description": kinds.described(cell.kind),
        "reset": getattr(cell, "reset", "after"), "update": "keep",
        "activation": getattr(cell, "activation", "tanh"), "steps": STEPS, "units": UNITS, "inputs": INPUTS,
        "peephole": getattr(cell, "peephole", None) is not None, "tokens": [""] * STEPS,
        "gradient": {"at": at, "source": source, "scale": scale, "floor": scale * 1e-12, "exploded": None},
    }  # fmt: skip
    expected = signals | {f"pre.{key}": d for key, d in gradients.signals.pre.items()}
    lists = {key: np.ravel(array).tolist() for key, array in arrays.items() if array is not None}
    return {
        "name": f"{name}, {source} at {at}",
        "header": header,
        "arrays": lists,
        "expected": {key: np.ravel(d).tolist() for key, d in expected.items()},
        "step": STEPS - 1 if at is None else at,
        "asked": asked[STEPS - 1 if at is None else at].tolist(),
        "first": gradients.state,
    }


@pytest.fixture(scope="module")
def runs() -> list[dict[str, Any]]:
    rng = np.random.default_rng(5)
    return [
        described(name, cell, source, at, rng)
        for name, cell in cells()
        for source in (("hidden", "cell") if isinstance(cell, LSTM) else ("hidden",))
        for at in (STEPS - 1, 3, None)
    ]


@pytest.fixture(scope="module")
def results(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sent = [{key: value for key, value in run.items() if key not in ("asked", "first")} for run in runs]
    lines = "\n".join(json.dumps(run, allow_nan=False) for run in sent)
    ran = subprocess.run([NODE, CHECK], input=lines, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [each["name"] for each in found] == [run["name"] for run in runs]
    return found


def test_every_account_adds_up_to_the_engines_gradient(results: list[dict[str, Any]]) -> None:
    for each in results:
        assert not {key: d for key, d in each["differences"].items() if not d <= 1e-12}, each["name"]


def test_what_the_loss_asks_is_found_where_it_reads(
    runs: list[dict[str, Any]], results: list[dict[str, Any]]
) -> None:
    for run, each in zip(runs, results, strict=True):
        np.testing.assert_allclose(each["asked"], run["asked"], atol=1e-12, err_msg=each["name"])


def test_what_reaches_the_initial_state_is_the_engines(
    runs: list[dict[str, Any]], results: list[dict[str, Any]]
) -> None:
    for run, each in zip(runs, results, strict=True):
        state = run["first"]
        states = (
            dict(zip(("hidden", "cell"), state, strict=True))
            if isinstance(state, tuple)
            else {"hidden": state}
        )
        for name, d in states.items():
            np.testing.assert_allclose(each["first"][name], d, atol=1e-12, err_msg=each["name"])


def test_shares_add_up_to_the_whole(results: list[dict[str, Any]]) -> None:
    assert not {each["name"]: each["shares"] for each in results if not each["shares"] <= 1e-12}
