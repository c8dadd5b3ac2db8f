"""The cells that came after the GRU, and variants of the LSTM: equations, gradients, what they are for."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gates import GRU, LSTM, MGU, MLSTM, SLSTM, Clamp, GatesError, MinGRU, MinLSTM
from gates.analysis import flow
from gates.analysis.influence import backward_paths
from gates.analysis.perturbation import leave_out, state_difference
from gates.cells.variants import ODYSSEY, lstm_1997, lstm_variant
from tests.cells.gradients import (
    CLAMPS,
    B,
    H,
    I,
    T,
    as_parts,
    as_state,
    assert_gradients_equal_autograd,
    assert_gradients_equal_central_differences,
    assert_lengths_are_a_loop_over_single_sequences,
    assert_one_state_is_for_each_sequence,
    gap,
    in_pairs,
    problem,
)

VARIANTS = {
    "mingru": MinGRU.init(I, H, 0),
    "minlstm": MinLSTM.init(I, H, 1),
    "mgu": MGU.init(I, H, 2),
    "slstm": SLSTM.init(I, H, 3),
    "slstm exponential": SLSTM.init(I, H, 4, forget_activation="exponential"),
    "mlstm": MLSTM.init(I, H, 5),
    "mlstm exponential": MLSTM.init(I, H, 6, forget_activation="exponential"),
}
SIGNALS = {
    "mingru": "x update candidate hidden",
    "minlstm": "x forget input candidate forget_share input_share hidden",
    "mgu": "x forget candidate hidden",
    "slstm": "x candidate input forget output stabiliser stable_input stable_forget cell normaliser hidden",
    "mlstm": "x query key value input forget output stabiliser cell normaliser hidden",
}
X = np.random.default_rng(9).normal(size=(30, I))


def clamps_of(name, cell):
    """One clamp on each signal that can be held, or on the states."""
    if name == "whole states":
        return [Clamp("hidden", 0.25, steps=[3])]
    if name == "none":
        return []
    return [
        Clamp(signal, 0.3 + 0.1 * k, units=[k % 3, 1] if width > 1 else [0], steps=range(k % 4, 6))
        for k, (signal, width) in enumerate(cell.widths.items())
    ]


CASES = in_pairs(VARIANTS, CLAMPS, ((), (B,)))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_gradient_equals_autograd(case):
    name, clamping, batch = case
    assert_gradients_equal_autograd(VARIANTS[name], clamps_of(clamping, VARIANTS[name]), batch)


@pytest.mark.parametrize("name", VARIANTS)
def test_gradients_equal_central_differences(name):
    assert_gradients_equal_central_differences(VARIANTS[name])


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", VARIANTS)
def test_lengths_and_reverse_are_a_loop_over_single_sequences(name, reverse):
    cell = VARIANTS[name]
    assert_lengths_are_a_loop_over_single_sequences(cell, reverse, clamps_of("one of each", cell))


@pytest.mark.parametrize("name", VARIANTS)
def test_signals_and_parts_are_all_there(name):
    """The names that pictures, tables and links go by, and a pre-activation for each part."""
    cell = VARIANTS[name]
    trace = cell.run(X)
    assert trace.signals == cell.signals == tuple(SIGNALS[cell.kind].split())
    assert tuple(trace.pre) == cell.parts and set(cell.parts) <= set(cell.signals)
    for signal in trace.signals:
        shape = (30, H, H) if (cell.kind, signal) == ("mlstm", "cell") else (30, cell.widths.get(signal, I))
        assert getattr(trace, signal).shape == shape, signal
    for part in cell.parts:
        terms = trace.terms(part)
        assert abs(terms.x + terms.h + terms.bias - trace.pre[part]).max() < 1e-14, part
        assert terms.h.any() == hasattr(cell, "U")
    with pytest.raises(AttributeError, match=f"'gate' is not one of {', '.join(cell.parts)}"):
        trace.pre.gate  # noqa: B018
    grads = cell.backward(trace, np.ones_like(trace.hidden))
    assert grads.signals.keys() >= set(trace.signals)
    assert grads.weights.keys() == cell.arrays().keys()


@pytest.mark.parametrize("name", VARIANTS)
def test_a_run_is_its_steps_and_may_be_split_anywhere(name):
    cell = VARIANTS[name]
    whole, state = cell.run(X), None
    for t, x in enumerate(X):
        step = cell.step(x, state)
        state = step.state
        assert abs(step.hidden - whole.hidden[t]).max() < 1e-14
    first = cell.run(X[:12])
    assert abs(cell.run(X[12:], first.final_state).hidden - whole.hidden[12:]).max() < 1e-14
    both = cell.run(np.stack([X, X[::-1]], axis=1))
    assert abs(both.hidden[:, 0] - whole.hidden).max() < 1e-12


@pytest.mark.parametrize("name", VARIANTS)
def test_one_state_is_where_each_sequence_of_a_batch_begins(name):
    assert_one_state_is_for_each_sequence(VARIANTS[name])


@pytest.mark.parametrize("name", VARIANTS)
def test_float32_stays_float32(name):
    cell = type(VARIANTS[name]).init(I, H, 0, dtype=np.float32)
    trace = cell.run(X.astype(np.float32))
    assert {getattr(trace, array).dtype for array in trace.over_time} == {np.dtype(np.float32)}
    grads = cell.backward(trace, np.ones((30, H)))
    arrays = [*grads.weights.values(), *grads.signals.values(), *grads.signals.pre.values()]
    arrays += [grads.inputs, *as_parts(grads.state), *as_parts(trace.final_state)]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
    wide = replace(cell, **{name: array.astype(np.float64) for name, array in cell.arrays().items()})
    assert abs(trace.hidden - wide.run(X).hidden).max() < 1e-5


def test_where_the_gates_see_the_input_alone_all_steps_can_be_computed_at_once():
    for cell in (VARIANTS["mingru"], VARIANTS["minlstm"]):
        h = np.random.default_rng(3).normal(size=H)
        trace = cell.run(X, h)
        keep = 1 - trace.update if cell.kind == "mingru" else trace.forget_share
        write = trace.update if cell.kind == "mingru" else trace.input_share
        kept = np.cumprod(keep[::-1], axis=0)[::-1]  # of each step, by it and all after it
        after = np.concatenate([kept[1:], np.ones((1, H))])
        at_once = kept[0] * h + (after * write * trace.candidate).sum(axis=0)
        assert abs(at_once - trace.hidden[-1]).max() < 1e-14
        assert np.array_equal(cell.run(X).part_block, trace.part_block)  # whatever the state


def test_the_mingru_writes_where_the_gru_keeps():
    cell = VARIANTS["mingru"]
    full = cell.run(X, clamps=[Clamp("update", 1)])
    assert np.array_equal(full.hidden, full.candidate)
    shut = cell.run(X, np.ones(H), [Clamp("update", 0)])
    assert np.array_equal(shut.hidden, np.ones((30, H)))


def test_minlstm_shares_sum_to_one_also_where_both_gates_are_too_small_for_float64():
    cell = VARIANTS["minlstm"]
    trace = cell.run(X)
    assert abs(trace.forget_share - trace.forget / (trace.forget + trace.input)).max() < 1e-15
    shut = cell.with_bias("forget", -1000).with_bias("input", -1001)
    trace = shut.run(X)
    assert not trace.forget.any() and not trace.input.any()
    odds = np.exp(trace.pre.forget - trace.pre.input)
    assert abs(trace.forget_share - odds / (1 + odds)).max() < 1e-13
    assert abs(trace.forget_share + trace.input_share - 1).max() < 1e-15
    grads = cell.backward(
        cell.run(X, clamps=[Clamp("forget", 0), Clamp("input", 0, steps=4)]), np.ones((30, H))
    )
    assert all(np.isfinite(d).all() for d in grads.signals.values())


def test_the_mgu_is_a_gru_with_one_gate_for_reset_and_update():
    """Zhou et al. derive it from the GRU: reset before the product, and z (which writes) equal to r."""
    cell = VARIANTS["mgu"]
    (W_f, U_f, b_f), (W_n, U_n, b_n) = cell.part("forget"), cell.part("candidate")
    stacked = [np.concatenate(parts) for parts in ((W_f, -W_f, W_n), (U_f, -U_f, U_n), (b_f, -b_f, b_n))]
    gru = GRU(*stacked, reset="before").run(X)  # 1 − σ(a) = σ(−a): our z keeps
    mgu = cell.run(X)
    assert abs(gru.reset - mgu.forget).max() < 1e-14
    assert abs(gru.hidden - mgu.hidden).max() < 1e-14


def test_what_does_not_fit_is_named():
    slstm, mlstm, minlstm = VARIANTS["slstm"], VARIANTS["mlstm"], VARIANTS["minlstm"]
    grads = slstm.backward(slstm.run(X))
    for make, words in (
        (lambda: slstm.run(X, np.zeros(H)), r"state of SLSTM is \(hidden, cell, normaliser, stabiliser\)"),
        (lambda: mlstm.run(X, (None, None)), r"state of MLSTM is \(cell, normaliser, stabiliser\)"),
        (lambda: slstm.run(X, (None, None, np.zeros(3), None)), "initial normaliser has shape"),
        (lambda: slstm.run(X, (None, None, None, np.full(H, np.nan))), "stabiliser contains NaN"),
        (lambda: slstm.run(X, clamps=[Clamp("input", -1)]), "input cannot be below 0"),
        (lambda: minlstm.run(X, clamps=[Clamp("forget", [-1, 0], units=[0, 1])]), "forget cannot be below 0"),
        (lambda: mlstm.run(X, clamps=[Clamp("cell", 0)]), "'cell' cannot be clamped.*query, key"),
        (lambda: mlstm.run(X, clamps=[Clamp("forget", 0, units=1)]), "names units"),
        (
            lambda: SLSTM.init(I, H, 0, forget_activation="tanh"),
            "forget_activation cannot be .*sigmoid, exponential",
        ),
        (lambda: MinGRU(np.ones((3, 2)), np.ones(3)), r"W has shape \(3, 2\).*update, candidate"),
        (lambda: MLSTM(np.ones((9, 2)), np.ones(9)), r"W has shape \(9, 2\).*query, key"),
        (lambda: MinGRU.init(I, H, 0).part("reset"), "update, candidate"),
        (lambda: minlstm.backward(minlstm.run(X), d_cell=np.ones((30, H))), "A MinLSTM has no cell"),
        (lambda: flow.step_jacobians(mlstm.run(X)), "MLSTM holds a matrix"),
        (lambda: backward_paths(minlstm.run(X), grads), "this trace is of MinLSTM"),
        (lambda: lstm_variant(LSTM.init(I, H, 0), "FGR"), "NIG, NFG, NOG, NIAF"),
        (lambda: lstm_variant(LSTM.init(I, H, 0), "CIFG", "NFG"), "neither the input gate"),
    ):
        with pytest.raises(GatesError, match=words):
            make()


def test_they_say_what_they_are_in_one_line():
    assert repr(MinGRU.init(2, 3, 0)) == "MinGRU(inputs=2, hidden=3, float64)"
    assert "forget_activation='sigmoid'" in repr(VARIANTS["slstm"])


@pytest.mark.parametrize("clamping", CLAMPS)
@pytest.mark.parametrize("name", [name for name in VARIANTS if not name.startswith("mlstm")])
def test_jacobians_multiply_to_the_backward_pass(name, clamping):
    cell = VARIANTS[name]
    x, state, _ = problem(cell, (), np.random.default_rng(1))
    for reverse in (False, True):
        trace = cell.run(x, as_state(state), clamps_of(clamping, cell), reverse=reverse)
        total = np.eye(sum(part.size for part in state))
        for J in flow.step_jacobians(trace)[:: -1 if reverse else 1]:
            total = J @ total
        inputs = flow.input_map(trace)
        for k, pick in enumerate(np.eye(H)):
            final = pick if len(state) == 1 else (pick, None, None, None)
            grads = cell.backward(trace, d_final=final)
            back = grads.state if len(state) > 1 else (grads.state,)
            assert gap(total[k], np.concatenate(back)) < 1e-12
            assert gap(inputs[:, k], grads.inputs) < 1e-12


def test_a_final_state_is_one_more_thing_the_loss_reads():
    cell = VARIANTS["slstm"]
    x, state, _ = problem(cell, (B,), np.random.default_rng(9))
    trace = cell.run(x, state)
    d_h, d_c = np.zeros((2, T, B, H))
    d_h[-1], d_c[-1] = np.random.default_rng(2).normal(size=(2, B, H))
    one = cell.backward(trace, d_h, d_c)
    other = cell.backward(trace, d_final=(d_h[-1], d_c[-1], None, None))
    assert np.array_equal(one.weights.U, other.weights.U)
    assert one.state._fields == ("hidden", "cell", "normaliser", "stabiliser")


def test_what_an_echo_compares_is_the_memory():
    cell = VARIANTS["slstm"]
    found = state_difference(cell, X, 3)
    there, gone = cell.run(X), cell.run(leave_out(X, 3))
    assert found.memory == pytest.approx(np.linalg.norm(there.mean - gone.mean, axis=1))
    assert state_difference(VARIANTS["mingru"], X, 3).cell is None


def test_odyssey_variants_leave_out_what_they_say():
    full = replace(LSTM.init(I, H, 0), peephole=np.random.default_rng(0).normal(size=(3, H)))
    runs = {name: lstm_variant(full, name).run(X) for name in ODYSSEY}
    for name, gate in (("NIG", "input"), ("NFG", "forget"), ("NOG", "output")):
        assert np.all(getattr(runs[name], gate) == 1)
    assert np.array_equal(runs["NIAF"].candidate, runs["NIAF"].pre.candidate)
    assert np.array_equal(runs["NOAF"].hidden, runs["NOAF"].output * runs["NOAF"].cell)
    assert np.array_equal(runs["CIFG"].input, 1 - runs["CIFG"].forget)
    assert runs["NP"].source.peephole is None and full.peephole is not None
    hidden = [run.hidden for run in runs.values()]
    assert all(abs(a - b).max() > 1e-3 for k, a in enumerate(hidden) for b in hidden[:k])
    both = lstm_variant(full, "NIG", "NOG").run(X)
    assert np.all(both.input == 1) and np.all(both.output == 1)
    assert lstm_1997(I, H, 0).without == {"forget"} and lstm_1997(I, H, 0).peephole is None


def test_random_cells_take_the_bias_of_any_part():
    cell = SLSTM.init(I, H, 0, forget_bias=3, input_bias=-2, forget_activation="exponential")
    assert np.all(cell.part("forget").b == 3) and np.all(cell.part("input").b == -2)
    assert cell.options == {"forget_activation": "exponential"}
    assert np.all(MinGRU.init(I, H, 0, update_bias=-1).part("update").b == -1)
    with pytest.raises(GatesError, match="part cannot be 'reset'"):
        MGU.init(I, H, 0, reset_bias=1)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(VARIANTS)), st.sampled_from([0.01, 1, 30, 3000]), st.integers(0, 2**32 - 1))
def test_no_weights_however_large_make_a_number_that_is_none(name, scale, seed):
    rng = np.random.default_rng(seed)
    cell = type(VARIANTS[name]).init(I, H, rng, **VARIANTS[name].options)
    cell = replace(cell, **{weight: scale * array for weight, array in cell.arrays().items()})
    trace = cell.run(20 * rng.normal(size=(12, 2, I)), lengths=[12, 5], reverse=seed % 2 == 1)
    assert np.isfinite(trace.hidden).all()
    if cell.kind in ("slstm", "mgu"):
        assert np.all(abs(trace.hidden) <= 1)
    grads = cell.backward(trace, rng.normal(size=trace.hidden.shape))
    found = [getattr(trace, array) for array in trace.over_time]
    found += [*grads.weights.values(), *grads.signals.values(), *grads.signals.pre.values(), grads.inputs]
    assert not any(np.isnan(array).any() for array in found)
