"""Cells of every kind and option, as the tests hand them to the browser's engine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np

from gates import GRU, LSTM, RNN
from gates.cells.lstm import GATES
from gates.core.activations import FUNCTIONS, Activation
from gates.core.clamps import Clamp
from gates.examples.notation import kinds
from tests.node import NODE

STEPS = 12
Cell = RNN | LSTM | GRU


def cells(sizes: Iterable[tuple[int, int]]) -> Iterator[tuple[str, Cell]]:
    """Every combination of options, each in several sizes (inputs, units) and with weights of its own."""
    sizes = list(sizes)
    rng = np.random.default_rng(4)
    for (inputs, hidden), activation in product(sizes, ("tanh", "relu")):
        yield f"rnn {inputs} {hidden} {activation}", RNN.init(inputs, hidden, rng, activation=activation)
    for (inputs, hidden), reset in product(sizes, ("before", "after")):
        yield f"gru {inputs} {hidden} {reset}", GRU.init(inputs, hidden, rng, reset=reset)
    left_out = [gates for count in range(4) for gates in combinations(GATES, count)]
    for (inputs, hidden), peephole, coupled, without in product(
        sizes, (False, True), (False, True), left_out
    ):
        if coupled and {"input", "forget"} & set(without):
            continue
        weights = rng.uniform(-1, 1, (3, hidden)) if peephole else None
        cell = replace(
            LSTM.init(inputs, hidden, rng), peephole=weights, coupled=coupled, without=frozenset(without)
        )
        yield f"lstm {inputs} {hidden} peephole={peephole} coupled={coupled} without={without}", cell


def activations() -> Iterator[str | Activation]:
    """Every function of the engine as it is by itself, and with other parameters where it has some."""
    for name, function in FUNCTIONS.items():
        yield name
        if function.alpha is not None:
            yield Activation(name, alpha=0.75, beta=None if function.beta is None else -0.3)


def squashed() -> Iterator[tuple[str, Cell]]:
    """Every activation in every place of every cell; clips and a projection with some of them.

    The weights are small, for some functions grow beyond all bounds.
    """
    rng = np.random.default_rng(6)
    kinds: list[tuple[type[Cell], dict[str, Any], tuple[str, ...]]] = [
        (RNN, {}, ("activation",)),
        (GRU, {"reset": "before"}, ("gate_activation", "candidate_activation")),
        (GRU, {"reset": "after"}, ("gate_activation", "candidate_activation")),
        (LSTM, {}, ("gate_activation", "candidate_activation", "cell_activation")),
    ]
    for index, chosen in enumerate(activations()):
        for kind, options, roles in kinds:
            for role in roles:
                made: Any = kind.init(2, 3, rng, **options)
                small = {name: 0.3 * getattr(made, name) for name in ("W", "U", "b")}
                changed: dict[str, Any] = {role: chosen, "clip": 0.4 if index % 2 else None} | small
                if kind is LSTM and index % 3 == 0:  # what a projection makes of 3 units are 2
                    changed |= {
                        "projection": rng.uniform(-1, 1, (2, 3)), "U": rng.uniform(-0.3, 0.3, (12, 2)),
                        "peephole": rng.uniform(-0.3, 0.3, (3, 3)),
                    }  # fmt: skip
                yield f"{kind.kind} {options} {role}={chosen}", replace(made, **changed)


def mixed() -> Iterator[tuple[str, Cell]]:
    """Another activation in each place at once, with a clip and what else the cell's kind has to choose."""
    rng = np.random.default_rng(7)
    names = list(FUNCTIONS)
    for index, gate in enumerate(names):
        candidate, cell = names[(index + 7) % len(names)], names[(index + 13) % len(names)]
        chosen: dict[str, Any] = {"gate_activation": gate, "candidate_activation": candidate, "clip": 0.5}
        for reset in ("before", "after"):
            gru: Any = GRU.init(2, 3, rng, reset=reset)
            small = {name: 0.3 * getattr(gru, name) for name in ("W", "U", "b")}
            yield f"gru {reset} {gate}, {candidate}", replace(gru, **small, **chosen)
        coupled = index % 2 == 0
        chosen |= {
            "cell_activation": cell,
            "coupled": coupled,
            "without": [("output",), (), ("input", "forget")][index % 3 - (coupled and index % 3 == 2)],
            "peephole": rng.uniform(-0.3, 0.3, (3, 3)) if index % 5 else None,
        }
        lstm: Any = LSTM.init(2, 3, rng)
        small = {name: 0.3 * getattr(lstm, name) for name in ("W", "U", "b")}
        yield f"lstm {gate}, {candidate}, {cell}", replace(lstm, **small, **chosen)


def clamps(cell: Cell) -> list[list[dict[str, Any]]]:
    """No clamps; one on every signal; and several that overlap, of which the last must hold."""
    names = [name for name in cell.signals if name != "x"]
    last = cell.outputs - 1
    one_each = [
        {"signal": name, "units": [last], "steps": [3 + k, 5 + k], "value": 0.125 * (k - 2)}
        for k, name in enumerate(names)
    ]
    gate = names[0]
    overlapping = [
        {"signal": gate, "units": None, "steps": None, "value": 0.5},
        {"signal": gate, "units": [0], "steps": [4, STEPS - 1], "value": 0.0},
        {"signal": gate, "units": None, "steps": [6, 6], "value": 1.0},
    ]
    return [[], one_each, overlapping]


def engine_clamp(clamp: dict[str, Any]) -> Clamp:
    first, final = clamp["steps"] or (0, STEPS - 1)
    return Clamp(clamp["signal"], clamp["value"], units=clamp["units"], steps=range(first, final + 1))


def run_of(cell: Cell, held: list[dict[str, Any]], rng: np.random.Generator) -> Any:
    """A run over a random sequence, from a random state."""
    x = rng.normal(size=(STEPS, cell.inputs))
    h = rng.uniform(-0.5, 0.5, cell.outputs)
    state = (h, rng.uniform(-2, 2, cell.hidden)) if isinstance(cell, LSTM) else h
    return cell.run(x, state, [engine_clamp(clamp) for clamp in held])


def described(name: str, trace: Any, held: list[dict[str, Any]]) -> dict[str, Any]:
    """A run as the browser gets it, in the names of the stage's data."""
    cell = trace.source
    names = [*trace.signals, "initial_hidden"]
    names += ["tanh_cell", "initial_cell"] if isinstance(cell, LSTM) else []
    names += ["recurrent"] if isinstance(cell, GRU) else []
    names += ["reset_hidden"] if isinstance(cell, GRU) and cell.reset == "before" else []
    arrays = {name: getattr(trace, name) for name in names} | cell.arrays()
    arrays |= {f"pre.{part}": getattr(trace.pre, part) for part in cell.parts}
    edit = {"coupled": False, "without": [], "clamps": held}
    if isinstance(cell, LSTM):
        edit |= {"coupled": cell.coupled, "without": sorted(cell.without)}
    header = {
        "cell": cell.kind, "description": kinds.described(cell.kind),
        "reset": getattr(cell, "reset", "after"),
        "steps": STEPS, "units": cell.hidden, "inputs": cell.inputs, "tokens": [""] * STEPS,
        "lab": {"edit": edit},
    }  # fmt: skip
    for option in cell.squash_options:
        chosen = getattr(cell, option)
        header[option] = asdict(chosen) if isinstance(chosen, Activation) else chosen
    lists = {key: np.ravel(array).tolist() for key, array in arrays.items()}
    return {"name": name, "header": header, "arrays": lists}


def answers(check: Path, runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a script makes of runs, one line of JSON for each."""
    lines = "\n".join(json.dumps(run, allow_nan=False) for run in runs)
    ran = subprocess.run([NODE, check], input=lines, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    found: list[dict[str, Any]] = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [each["name"] for each in found] == [run["name"] for run in runs]
    return found
