"""What must hold for any weights and any input."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gates import GRU, LSTM, RNN

KINDS = {
    "tanh": lambda i, h, rng: RNN.init(i, h, rng),
    "lstm": lambda i, h, rng: LSTM.init(i, h, rng),
    "before": lambda i, h, rng: GRU.init(i, h, rng, reset="before"),
    "after": lambda i, h, rng: GRU.init(i, h, rng, reset="after"),
}


@st.composite
def runs(draw, kinds=tuple(KINDS), batch=False):
    """A cell with weights scaled from tiny to saturating, an input and a state."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    inputs, hidden = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    cell = KINDS[draw(st.sampled_from(kinds))](inputs, hidden, rng)
    scale = draw(st.sampled_from([0.01, 1, 10, 300]))
    cell = type(cell)(**{name: scale * array for name, array in cell.arrays().items()}, **options(cell))
    shape = (draw(st.integers(1, 3)),) if batch else ()
    x = draw(st.sampled_from([0.1, 1, 50])) * rng.normal(size=(draw(st.integers(1, 20)), *shape, inputs))
    state = 3 * rng.normal(size=(*shape, hidden))
    return cell, x, (state, 10 * state[..., ::-1]) if cell.kind == "lstm" else state


def options(cell):
    return {"reset": cell.reset} if cell.kind == "gru" else {}


def arrays(trace):
    return {name: getattr(trace, name) for name in trace.over_time}


@settings(max_examples=60, deadline=None)
@given(runs(kinds=("before", "after")))
def test_a_gru_stays_in_the_hull_of_its_first_state_and_one(run):
    cell, x, h = run
    limit = np.maximum(abs(h), 1)
    assert np.all(abs(cell.run(x, h).hidden) <= limit * (1 + 1e-15))


@settings(max_examples=60, deadline=None)
@given(runs(kinds=("before", "after")))
def test_a_gru_state_lies_between_the_old_state_and_the_candidate(run):
    cell, x, h = run
    trace = cell.run(x, h)
    low = np.minimum(trace.previous_hidden, trace.candidate)
    high = np.maximum(trace.previous_hidden, trace.candidate)
    slack = 1e-15 * np.maximum(abs(low), abs(high))
    assert np.all((low - slack <= trace.hidden) & (trace.hidden <= high + slack))


@settings(max_examples=60, deadline=None)
@given(runs(kinds=("tanh", "lstm")))
def test_hidden_states_stay_within_one_and_gates_within_zero_and_one(run):
    cell, x, state = run
    trace = cell.run(x, state)
    assert np.all(abs(trace.hidden) <= 1)
    if cell.kind == "lstm":
        for gate in (trace.input, trace.forget, trace.output):
            assert np.all((gate >= 0) & (gate <= 1))


@settings(max_examples=40, deadline=None)
@given(runs(batch=True))
def test_a_batch_is_a_loop_over_its_sequences(run):
    cell, x, state = run
    trace = arrays(cell.run(x[:6], state))
    for b in range(x.shape[1]):
        own = (state[0][b], state[1][b]) if cell.kind == "lstm" else state[b]
        for name, array in arrays(cell.run(x[:6, b], own)).items():
            scale = max(1, abs(array).max())
            # a saturating recurrence amplifies one rounding; six steps of it are compared
            assert abs(trace[name][:, b] - array).max() <= 1e-6 * scale, name


@settings(max_examples=40, deadline=None)
@given(runs(), st.data())
def test_a_run_split_anywhere_is_the_same_run(run, data):
    cell, x, state = run
    whole = arrays(cell.run(x, state))
    t = data.draw(st.integers(1, max(1, len(x) - 1)))
    first = cell.run(x[:t], state)
    parts = [arrays(first)]
    if t < len(x):
        parts.append(arrays(cell.run(x[t:], first.final_state)))
    for name, array in whole.items():
        joined = np.concatenate([part[name] for part in parts])
        assert abs(joined - array).max() <= 1e-9 * max(1, abs(array).max()), name


@settings(max_examples=40, deadline=None)
@given(runs(batch=True), st.data())
def test_padding_never_matters(run, data):
    cell, x, state = run
    lengths = data.draw(st.lists(st.integers(1, len(x)), min_size=x.shape[1], max_size=x.shape[1]))
    reverse = data.draw(st.booleans())
    other = x.copy()
    for b, length in enumerate(lengths):
        other[length:, b] = np.inf
    one = arrays(cell.run(x, state, lengths=lengths, reverse=reverse))
    two = arrays(cell.run(other, state, lengths=lengths, reverse=reverse))
    for name, array in one.items():
        assert np.array_equal(array, two[name]), name
