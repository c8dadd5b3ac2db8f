"""Which inputs a state listens to, by which ways a gradient returned, and the spectrum of a step."""

from dataclasses import replace

import numpy as np
import pytest

from gates import GRU, LSTM, RNN, Clamp
from gates.analysis import flow
from gates.analysis.influence import backward_paths, influence, spectra
from gates.errors import ShapeError

RNG = np.random.default_rng(0)
CELLS = {
    "rnn": RNN.init(2, 4, 1),
    "relu": RNN.init(2, 4, 2, activation="relu"),
    "lstm": LSTM.init(2, 4, 3),
    "peephole": replace(LSTM.init(2, 4, 4), peephole=RNG.normal(size=(3, 4))),
    "coupled": replace(LSTM.init(2, 4, 5), coupled=True),
    "gru after": GRU.init(2, 4, 6),
    "gru before": GRU.init(2, 4, 7, reset="before"),
}
X = RNG.normal(size=(9, 2))


@pytest.mark.parametrize("name", CELLS)
def test_influence_equals_the_map_of_every_single_step(name):
    trace = CELLS[name].run(X)
    found = influence(trace)
    for at in range(9):
        expected = np.linalg.norm(flow.input_map(trace, at), axis=(1, 2))
        assert found[at] == pytest.approx(expected, abs=1e-14)
    assert not np.triu(found, 1).any()


def test_what_is_heard_too_faintly_to_be_squared_is_still_heard():
    cell = RNN(W=np.ones((1, 1)), U=np.full((1, 1), 1e-4), b=np.zeros(1), activation="relu")
    found = influence(cell.run(np.ones((61, 1))))
    assert found[60, 0] == pytest.approx(1e-240, rel=1e-12)


@pytest.mark.parametrize("clamped", [False, True])
@pytest.mark.parametrize("name", CELLS)
def test_the_ways_back_add_up_to_the_gradient_of_the_state_before(name, clamped):
    cell = CELLS[name]
    clamps = [Clamp("hidden", 0.5, units=1, steps=4)] if clamped else []
    if clamped and cell.kind == "lstm":
        clamps.append(Clamp("cell", 0.5, units=2, steps=6))
    trace = cell.run(X, clamps=clamps)
    upstream = RNG.normal(size=(9, 4))
    gradients = cell.backward(trace, upstream)
    ways, signals = backward_paths(trace, gradients), gradients.signals
    back = sum(ways[part] for part in cell.parts)
    if cell.kind == "gru":
        back = back + ways.kept
    assert abs(back[1:] + upstream[:-1] - signals.hidden[:-1]).max() < 1e-14
    if name in ("lstm", "coupled") and not clamped:
        through_h = trace.output * (1 - trace.tanh_cell**2) * signals.hidden
        assert abs(ways.kept[1:] + through_h[:-1] - signals.cell[:-1]).max() < 1e-14
    if name == "peephole" and not clamped:
        through_h = trace.output * (1 - trace.tanh_cell**2) * signals.hidden
        through_o = cell.peephole[2] * signals.pre.output
        total = ways.kept[1:] + ways.peephole[1:] + (through_h + through_o)[:-1]
        assert abs(total - signals.cell[:-1]).max() < 1e-14


def test_a_run_in_reverse_or_of_a_batch_is_named():
    cell = CELLS["lstm"]
    with pytest.raises(ShapeError, match="read in reverse"):
        influence(cell.run(X, reverse=True))
    with pytest.raises(ShapeError, match=r"one sequence at a time.*\(9, 1, 2\)"):
        influence(cell.run(X[:, None]))
    with pytest.raises(ShapeError, match=r"one sequence at a time.*\(9, 1, 2\)"):
        spectra(cell.run(X[:, None]))


def test_spectra_are_those_of_the_step_jacobians():
    trace = CELLS["lstm"].run(X)
    jacobians = flow.step_jacobians(trace)
    found = spectra(trace)
    assert len(found) == 9
    for J, spectrum in zip(jacobians, found, strict=True):
        assert np.sum(spectrum.eigenvalues).real == pytest.approx(np.trace(J))
        assert np.prod(spectrum.singular) == pytest.approx(abs(np.linalg.det(J)))
        assert spectrum.radius <= spectrum.singular[0] + 1e-12
    assert spectra(trace, range(3, 9, 3))[1].radius == found[6].radius


def test_an_exploded_step_has_no_spectrum_but_no_error_either():
    cell = RNN(W=np.ones((4, 2)), U=np.full((4, 4), 1e200), b=np.ones(4), activation="relu")
    trace = cell.run(np.abs(X))
    assert spectra(trace)[-1].radius == pytest.approx(4e200)
    assert not np.isfinite(influence(trace)[-1, 0])
    gru = CELLS["gru after"]
    gru = replace(gru, U=gru.U * 1e300, W=gru.W * 1e300, b_hn=gru.b_hn * 1e300)
    for spectrum in spectra(gru.run(X)):
        assert np.isnan(spectrum.radius) or spectrum.radius >= 0
