"""States of the lab drawn by hypothesis: every kind of cell, with all that may be edited."""

import numpy as np
from hypothesis import strategies as st

from gates.examples.lab.state import CELLS, Clamped, LabState, sizes

FLOATS = st.floats(-1e6, 1e6, width=32)
MODEST = st.floats(-3, 3, width=32)


@st.composite
def labs(draw, kinds=tuple(CELLS), largest=8, values=FLOATS, clamped=True, variants=True):
    """A state; ``variants`` are what only the engine has: peepholes, coupled and missing gates."""
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
    return LabState(
        kind, **weights, **more, clamps=tuple(clamps), x=x, tokens=tokens, columns=columns
    )  # fmt: skip


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
