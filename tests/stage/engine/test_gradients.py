"""The browser's backward pass against the engine's: every cell and option, with and without clamps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates import GRU, LSTM
from tests.stage.engine.cells import STEPS, answers, cells, clamps, described, mixed, run_of, squashed

CHECK = Path(__file__).parent / "gradients_check.mjs"


def run_and_gradients(
    name: str, cell: Any, held: list[dict[str, Any]], rng: np.random.Generator
) -> dict[str, Any]:
    """A run, what a loss asks of it, and the gradients that come of that."""
    trace = run_of(cell, held, rng)
    lstm = isinstance(cell, LSTM)
    asked = {"hidden": rng.normal(size=trace.hidden.shape)}
    final = {"hidden": rng.normal(size=cell.outputs)}
    if lstm:
        asked["cell"] = rng.normal(size=trace.cell.shape)
        final["cell"] = rng.normal(size=cell.hidden)
    found = cell.backward(
        trace, asked["hidden"], asked.get("cell"), d_final=tuple(final.values()) if lstm else final["hidden"]
    )
    expected = dict(found.signals.items())
    expected |= {f"pre.{part}": d for part, d in found.signals.pre.items()}
    expected |= {f"weights.{name}": d for name, d in found.weights.items()}
    states = found.state if lstm else (found.state,)
    expected |= {f"state.{name}": d for name, d in zip(final, states, strict=True)}
    expected |= {f"at.{name}": d for name, d in of_one_step(trace, found, STEPS // 2).items()}
    run = described(name, trace, held)
    return run | {
        "asked": {name: np.ravel(d).tolist() for name, d in asked.items()},
        "final": {name: d.tolist() for name, d in final.items()},
        "step": STEPS // 2,
        "expected": {name: np.ravel(d).tolist() for name, d in expected.items()},
    }


def of_one_step(trace: Any, found: Any, t: int) -> dict[str, np.ndarray]:
    """What one step adds to the gradients of W, U and b: each sum's gradient times what its row has seen."""
    d = np.concatenate([d[t] for d in found.signals.pre.values()])
    to_u, seen = d.copy(), np.tile(trace.previous_hidden[t], (len(d), 1))
    if isinstance(trace.source, GRU):
        n = trace.source.rows("candidate")
        if trace.source.reset == "after":
            to_u[n] = d[n] * trace.reset[t]
        else:
            seen[n] = trace.reset_hidden[t]
    return {"W": np.outer(d, trace.x[t]), "U": to_u[:, None] * seen, "b": d}


@pytest.fixture(scope="module")
def results() -> list[dict[str, Any]]:
    rng = np.random.default_rng(8)
    runs = [
        run_and_gradients(f"{name}, clamps {kind}", cell, held, rng)
        for name, cell in cells([(2, 3)])
        for kind, held in enumerate(clamps(cell))
    ]
    for index, (name, cell) in enumerate((*squashed(), *mixed())):
        held = clamps(cell)[index % 3]
        runs.append(run_and_gradients(f"{name}, clamps {index % 3}", cell, held, rng))
    return answers(CHECK, runs)


def test_every_gradient_of_the_engine_is_found(results: list[dict[str, Any]]) -> None:
    assert not {each["name"]: each["missing"] for each in results if each["missing"]}


def test_gradients_are_the_engines(results: list[dict[str, Any]]) -> None:
    apart = {each["name"]: each["apart"] for each in results}
    assert not {name: found for name, found in apart.items() if not max(found.values()) <= 1e-12}


def test_the_steps_add_up_to_the_weights_gradients(results: list[dict[str, Any]]) -> None:
    assert not {each["name"]: each["sums"] for each in results if not each["sums"] <= 1e-13}
