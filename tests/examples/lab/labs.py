"""States of the lab drawn by hypothesis: every kind of cell, with all that may be edited."""

import base64

import numpy as np
from hypothesis import strategies as st

from gates.core.activations import FUNCTIONS
from gates.core.losses import LOSSES, OUTPUT_FUNCTIONS
from gates.examples.lab.state import ACTIVATIONS, CELLS, Clamped, LabState, sizes
from gates.examples.lab.task import Task

FLOATS = st.floats(-1e6, 1e6, width=32)
MODEST = st.floats(-3, 3, width=32)


@st.composite
def labs(
    draw, kinds=tuple(CELLS), largest=8, values=FLOATS, clamped=True, variants=True, tasks=False, squash=None
):
    """A state; ``variants`` are what only the engine has: peepholes, coupled and missing gates.

    tasks: also other activations, of ``squash`` if given, starts, two biases or none, read-outs and targets.
    """
    kind = draw(st.sampled_from(kinds))
    inputs, hidden = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    more = {}
    if kind == "gru":
        more["reset"] = draw(st.sampled_from(["before", "after"]))
    elif kind == "rnn":
        more["activation"] = draw(st.sampled_from(["tanh", "relu"]))
    elif variants:
        more["coupled"] = draw(st.booleans())
        left_out = ["output"] if more["coupled"] else ["input", "forget", "output"]
        more["without"] = draw(st.sets(st.sampled_from(left_out)))
    peephole = kind == "lstm" and variants and draw(st.booleans())
    shapes = sizes(kind, inputs, hidden, more.get("reset") == "after", peephole)
    seed = draw(st.integers(0, 2**32))
    some = draw(st.lists(values, min_size=1, max_size=6))
    rng = np.random.default_rng(seed)  # a few awkward numbers among ordinary ones
    weights = {
        name: np.where(rng.random(shape) < 0.3, rng.choice(some, shape), rng.normal(size=shape))
        for name, shape in shapes.items()
    }
    steps = draw(st.integers(1, 12))
    clamps = draw(st.lists(clamps_of(kind, hidden, steps), max_size=3)) if clamped else []
    x = rng.choice([*some, 0.0, 1.0], (steps, inputs))
    tokens = tuple(draw(st.lists(st.text(max_size=4), min_size=steps, max_size=steps)))
    columns = draw(st.sampled_from([(), tuple(f"列 {column}" for column in range(inputs))]))
    if tasks:
        names = st.sampled_from(sorted(squash or FUNCTIONS))
        more |= {name: draw(names) for name in ACTIVATIONS[kind] if draw(st.booleans())}
        for name in ("initial_hidden", *(["initial_cell"] if kind == "lstm" else [])):
            more[name] = rng.choice([*some, 0.1, 0.0], hidden) if draw(st.booleans()) else None
        more["task"] = draw(tasks_of(hidden, steps, rng))
        biases = draw(st.sampled_from([1, 2, 0]))
        if biases == 2:
            more["b_h"] = rng.choice([*some, 0.1, 0.0], shapes["b"])
        elif biases == 0:
            more["biased"] = False
            weights |= {name: np.zeros(shape) for name, shape in shapes.items() if name in ("b", "b_hn")}
        if biases:
            more["biases"] = draw(uneven(CELLS[kind].parts, hidden, weights, more.get("b_h")))
    return LabState(
        kind, **weights, **more, clamps=tuple(clamps), x=x, tokens=tokens, columns=columns
    )  # fmt: skip


@st.composite
def uneven(draw, parts, hidden, weights, b_h):
    """Parts with other biases than the rest of their cell; what they have not is made 0 in the arrays."""
    found = {}
    for at, part in enumerate(parts):
        rows = slice(at * hidden, (at + 1) * hidden)
        inside = part == "candidate" and "b_hn" in weights
        names = draw(
            st.sampled_from([None, (), ("b",), *([("b", "b_h")] if inside or b_h is not None else [])])
        )
        if names is None:
            continue
        found[part] = names
        if "b_h" not in names and inside:
            weights["b_hn"] = np.zeros(hidden)
        if b_h is not None and ("b_h" not in names or inside):
            b_h[rows] = 0
        if not names:
            weights["b"][rows] = 0
    return found


@st.composite
def tasks_of(draw, hidden, steps, rng):
    """A task for hidden states (steps, hidden); its targets are distributions, with steps left out."""
    outputs = draw(st.none() | st.integers(1, 4))
    found = {"learning_rate": draw(st.sampled_from([0.1, 0.5, 1 / 3]))}
    if outputs:
        found |= {"V": rng.normal(size=(outputs, hidden)), "b": rng.normal(size=outputs).round(1)}
        found["activation"] = draw(st.sampled_from(sorted(OUTPUT_FUNCTIONS)))
        if not draw(st.booleans()):
            found |= {"b": np.zeros(outputs), "biased": False}
    if draw(st.booleans()):
        targets = rng.dirichlet(np.ones(outputs or hidden), steps)
        targets[rng.random(steps) < 0.4] = np.nan
        found |= {"targets": targets, "loss": draw(st.sampled_from(sorted(LOSSES)))}
    return Task(**found)


@st.composite
def clamps_of(draw, kind, hidden, steps):
    units = draw(st.none() | st.sets(st.integers(0, hidden - 1), min_size=1).map(sorted).map(tuple))
    span = draw(st.none() | st.tuples(st.integers(0, steps - 1), st.integers(0, 20)))
    return Clamped(
        draw(st.sampled_from(CELLS[kind].signals[1:])),
        draw(st.floats(-2, 2)),
        units,
        span and (span[0], span[0] + span[1]),
    )


def encoded(*arrays):
    """Numbers as a message of the browser has them."""
    flat = np.concatenate([np.ravel(array) for array in arrays]).astype("<f8")
    return base64.urlsafe_b64encode(flat.tobytes()).decode().rstrip("=")


def sent_beyond(lab):
    """What a message says of a state besides its weights, clamps and input."""
    task, start = lab.task, None
    if lab.has_initial_state:
        states = [lab.initial_hidden, *([lab.initial_cell] if lab.kind == "lstm" else [])]
        start = encoded(*(np.zeros(lab.hidden) if state is None else state for state in states))
    readout = None
    if task.V is not None:
        weights = encoded(task.V, task.b)
        readout = {"outputs": len(task.b), "activation": task.activation, "weights": weights}
        readout["biased"] = task.biased
    said = {
        "readout": readout,
        "targets": None if task.targets is None else encoded(task.targets),
        "loss": task.loss,
        "learning_rate": task.learning_rate,
    }
    return {
        "b_h": None if lab.b_h is None else encoded(lab.b_h),
        "biased": lab.biased,
        "biases": {part: list(names) for part, names in lab.biases.items()},
        **lab.activations,
        "start": start,
        "task": None if task == Task() else said,
    }
