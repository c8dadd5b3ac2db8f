"""What the engine says of each item of the gate test.

A template takes what was drawn and returns numbers by name: those that the item's sentences say, and, under
the option's name, the value of each option that is a number. It also returns which option is right, as the
runs say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM, LSTMTrace
from gates.cells.rnn import RNN
from gates.core.activations import FloatArray
from gates.core.clamps import Clamp
from gates.core.signals import State
from gates.examples.presets.registry import preset
from gates.network import Network

Draws = Mapping[str, Any]
Outcome = tuple[dict[str, float], str]
CELLS: Mapping[str, type[LSTM] | type[GRU] | type[RNN]] = {"nn.LSTM": LSTM, "nn.GRU": GRU, "nn.RNN": RNN}
SAME = 1e-12
"""What differs by less is the same run."""
LAST = 10
"""How many steps at the end count as the last ones."""
RUNS = 4
"""How many seeds the typical gradient of a fresh network is the geometric mean of."""


def _scalar(gates: Mapping[str, Any], cell: float, steps: int = 1) -> FloatArray:
    """Run one LSTM unit from a memory, each gate held at a value or at one a step; return c and h, (2, T)."""
    unit = LSTM(W=np.zeros((4, 1)), U=np.zeros((4, 1)), b=np.zeros(4))
    clamps = []
    for gate, value in gates.items():
        if isinstance(value, list):
            clamps += [Clamp(gate, level, steps=t) for t, level in enumerate(value)]
        else:
            clamps.append(Clamp(gate, value))
    trace = unit.run(np.zeros((steps, 1)), State(np.zeros(1), np.array([cell])), clamps=clamps)
    return np.stack([trace.cell[:, 0], trace.hidden[:, 0]])


def update(p: Draws) -> Outcome:
    """One step of c by hand."""
    gates = {"forget": p["f"], "input": p["i"], "candidate": 1}
    c = float(_scalar(gates, p["c"])[0, 0])
    read = float(_scalar(gates | {"forget": 1 - p["f"]}, p["c"])[0, 0])
    return {"kept": c, "reads": read, "bounded": min(c, 1.0), "same": p["c"]}, "kept"


def fade(p: Draws) -> Outcome:
    """What is left after many steps of nearly 1."""
    left = _scalar({"forget": p["f"], "input": 0}, 1, p["n"])[0]
    half = np.log(0.5) / np.log(p["f"])
    return {"left": left[-1], "step": left[0], "gone": 0.0, "half": 0.5, "life": half}, "left"


def shut(p: Draws) -> Outcome:
    """Whether x reaches c and h where i = 0."""
    rng = np.random.default_rng(p["seed"])
    unit = LSTM(W=rng.uniform(1, 2, (4, 1)), U=rng.uniform(-1, 1, (4, 1)), b=rng.uniform(-1, 1, 4))
    start = State(np.array([0.2]), np.array([p["c"]]))
    without_input, with_input = (unit.run([[x]], start, clamps=[Clamp("input", 0)]) for x in (0.0, p["x"]))
    moved = (
        abs(without_input.cell - with_input.cell).item() > SAME,
        abs(without_input.hidden - with_input.hidden).item() > SAME,
    )
    right = {(True, True): "both", (False, False): "nothing", (False, True): "hidden", (True, False): "cell"}
    values = {
        "c1": without_input.cell,
        "c2": with_input.cell,
        "h1": without_input.hidden,
        "h2": with_input.hidden,
    }
    return {name: float(value[0, 0]) for name, value in values.items()}, right[moved]


def hide(p: Draws) -> Outcome:
    """What an output gate that was shut has done to c."""
    output = [0.5, *[0] * p["n"], 1]
    c, h = _scalar({"forget": 1, "input": 0, "output": output}, p["c"], len(output))
    return {"shown": h[-1], "zero": h[-2], "raw": c[-1], "last": h[0]}, "shown"


def reads(p: Draws) -> Outcome:
    """What a gate is computed from: each of four things is changed alone."""
    unit = LSTM.init(1, 1, p["seed"])
    base = {"x": 0.3, "h": 0.4, "c": -0.6}

    def gate(x: float, h: float, c: float, now: float | None = None) -> float:
        clamps = [] if now is None else [Clamp("hidden", now)]
        trace = unit.run([[x]], State(np.array([h]), np.array([c])), clamps=clamps)
        return float(getattr(trace, p["gate"])[0, 0])

    before = gate(**base)
    changed = {name for name in base if abs(gate(**base | {name: 0.9}) - before) > SAME}
    changed |= {"now"} if abs(gate(**base, now=0.9) - before) > SAME else set()
    right = {"xh": {"x", "h"}, "xc": {"x", "c"}, "now": {"x", "now"}, "x": {"x"}, "fixed": set()}
    return {}, next(option for option, of in right.items() if of == changed)


def keep(p: Draws) -> Outcome:
    """What PyTorch's GRU does at z = 1 and r = 0."""
    weights = np.zeros((3, 1))
    W, U = weights.copy(), weights.copy()
    W[2], U[2] = p["a"], p["u"] / p["h"]
    unit = GRU(W=W, U=U, b=np.zeros(3), b_hn=np.zeros(1))

    def after(z: float, r: float) -> float:
        clamps = [Clamp("update", z), Clamp("reset", r)]
        return float(unit.run([[1.0]], np.array([p["h"]]), clamps=clamps).hidden[0, 0])

    return {"old": after(1, 0), "zero": 0.0, "candidate": after(0, 0), "plain": after(0, 1)}, "old"


def convention(p: Draws) -> Outcome:
    """Which change of the weights turns a z that writes into PyTorch's, which keeps."""
    rng = np.random.default_rng(p["seed"])
    source = GRU.init(2, 3, rng)
    x = rng.normal(size=(6, 2))

    def writes(signal: str, value: FloatArray) -> FloatArray:
        return 1 - value if signal == "update" else value

    h: FloatArray = np.zeros(3)
    for step in x:
        h = source.step(step, h, writes).hidden
    rows = {part: source.rows(part) for part in source.parts}

    def changed(parts: tuple[str, ...], inner: int) -> dict[str, Any]:
        arrays = {name: array.copy() for name, array in source.arrays().items()}
        for part in parts:
            for name in ("W", "U", "b"):
                arrays[name][rows[part]] *= -1
        return arrays | {"b_hn": arrays["b_hn"] * inner}

    order = np.r_[rows["update"], rows["reset"], rows["candidate"]]
    swapped = {name: array[order] for name, array in source.arrays().items() if name != "b_hn"}
    ways = {
        "update": changed(("update",), 1),
        "nothing": changed((), 1),
        "candidate": changed(("candidate",), -1),
        "swap": swapped | {"b_hn": source.b_hn},
    }
    off = {name: float(np.abs(GRU(**arrays).run(x).hidden[-1] - h).max()) for name, arrays in ways.items()}
    right = [name for name, distance in off.items() if distance < SAME]
    return {f"off_{name}": distance for name, distance in off.items()}, right[0] if len(right) == 1 else ""


def length(p: Draws) -> Outcome:
    """How many more parameters a longer sequence takes."""
    cell = LSTM.init(3, p["units"], 1)
    for steps in (p["short"], p["long"]):
        cell.run(np.zeros((steps, 3)))  # the same weights read both
    count = sum(array.size for array in cell.arrays().values())
    times = p["long"] / p["short"]
    return {"same": 1.0, "times": times, "square": times**2, "count": count}, "same"


def backward(p: Draws) -> Outcome:
    """Where the backward direction's last state stands in the output."""
    rng = np.random.default_rng(p["units"])
    network = Network.init(LSTM, 2, p["units"], rng, bidirectional=True)
    H = p["units"]
    trace = network.run(rng.normal(size=(p["steps"], 2)))
    final = trace.final_hidden[1]
    places = {
        "first": trace.output[0, H:],
        "last": trace.output[-1, H:],
        "forward": trace.output[-1, :H],
        "cell": trace.final_cell[1],
    }
    same = [name for name, state in places.items() if np.abs(state - final).max() < SAME]
    return {}, same[0] if len(same) == 1 else ""


def batches(p: Draws) -> Outcome:
    """What the state of a second call begins with."""
    rng = np.random.default_rng(p["first"])
    cell = CELLS[p["module"]].init(2, 4, rng)
    final = cell.run(rng.normal(size=(p["first"], 2))).final_state
    x = rng.normal(size=(p["second"], 2))
    zeros = State(np.zeros(4), np.zeros(4)) if isinstance(final, State) else np.zeros(4)
    baseline = cell.run(x)
    off = {
        name: float(np.abs(cell.run(x, h).hidden - baseline.hidden).max())
        for name, h in (("zeros", zeros), ("carried", final))
    }
    return {"off": off["carried"]}, min(off, key=off.__getitem__)


def fresh(units: int, steps: int, seed: int) -> tuple[LSTM, FloatArray, FloatArray]:
    """Return a default LSTM, noise to read, and the direction of a loss v·h at the end, |v| = 1."""
    rng = np.random.default_rng([units, steps, seed])
    v = rng.normal(size=units)
    return LSTM.init(8, units, rng), rng.normal(size=(steps, 8)), v / np.linalg.norm(v)


def vanish(p: Draws) -> Outcome:
    """How large ∂L/∂c still is, many steps back, in a default LSTM."""
    norms = []
    for seed in range(RUNS):
        cell, x, v = fresh(p["units"], p["lag"] + 1, seed)
        back = cell.backward(cell.run(x), d_final=(v, None))
        norms.append(np.linalg.norm(back.signals.cell[0]))
    typical = float(np.exp(np.mean(np.log(norms))))
    return {"tiny": typical, "percent": 1e-2, "half": 0.5, "one": 1.0}, "tiny"


def late(p: Draws) -> Outcome:
    """How large ∂L/∂W is there, and how much of it comes from the last steps."""
    cell, x, v = fresh(p["units"], p["steps"], 0)
    trace = cell.run(x)
    back = cell.backward(trace, d_final=(v, None))
    d = np.concatenate([back.signals.pre[part] for part in cell.parts], axis=1)
    size = float(np.linalg.norm(back.weights.W))
    early = float(np.linalg.norm(d[:-LAST].T @ x[:-LAST]))
    share = early / size
    right = "zero" if size < 1e-3 else "last" if share < 0.01 else "equal"
    return {"size": size, "early": share, "first": float(np.linalg.norm(np.outer(d[0], x[0])))}, right


def explode(p: Draws) -> Outcome:
    """The gradient through tanh(w h) at h = 0."""
    unit = RNN(W=np.zeros((1, 1)), U=np.array([[float(p["w"])]]), b=np.zeros(1))
    trace = unit.run(np.zeros((p["n"], 1)))
    factor = float(np.asarray(unit.backward(trace, d_final=np.ones(1)).state)[0])
    return {"grows": factor, "bounded": 1.0, "zero": 0.0, "once": float(p["w"])}, "grows"


def trained(p: Draws) -> Outcome:
    """A trained unit that is right with gates far from 0 and 1."""
    example = preset("lstm", p["example"])
    trace = example.build().run(example.sequence.x)
    assert isinstance(trace, LSTMTrace)
    gates = np.stack([trace.forget, trace.input, trace.output])
    error = abs(float(trace.hidden[-1, 0]) - p["target"])
    values = {"h": trace.hidden[-1, 0], "low": gates.min(), "high": gates.max(), "o": trace.output.min()}
    return {name: float(value) for name, value in values.items()} | {"error": error}, (
        "fine" if error < 0.05 else "undertrained"
    )


TEMPLATES: Mapping[str, Callable[[Draws], Outcome]] = {
    one.__name__: one
    for one in (
        update, fade, shut, hide, reads, keep, convention,
        length, backward, batches, vanish, late, explode, trained,
    )
}  # fmt: skip
