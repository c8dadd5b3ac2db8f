"""Letters and equations of the cells after 2014: complete, those of their papers, and true of a run."""

from typing import Any

import numpy as np
import pytest

from gates.examples.comparisons import aligned_cell
from gates.examples.notation.kinds import KINDS
from gates.examples.notation.latex import equations
from gates.examples.notation.letters import NOTATIONS, PAPERS, effective_notation, symbols

MODERN = tuple(PAPERS)


@pytest.mark.parametrize("kind", MODERN)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_signal_and_weight_has_a_letter_whatever_the_notation(kind: Any, notation: str) -> None:
    found = symbols(kind, notation)
    cell = KINDS[kind].type
    wanted = {*cell.signals, *(f"{name}.{part}" for part in cell.parts for name in ("W", "b", "pre"))}
    assert wanted <= found.labels.keys()
    assert found.labels == symbols(kind, "pytorch").labels
    assert len({found.labels[signal] for signal in cell.signals}) == len(cell.signals)
    said = None if notation == "pytorch" else "notation.reason.paper"
    assert effective_notation(kind, notation) == ("pytorch", said)


@pytest.mark.parametrize("kind", MODERN)
def test_every_signal_has_its_equation_and_gates_have_their_colour(kind: Any) -> None:
    colours = {"forget": "#111111", "update": "#222222"}
    lines = {line.signal: line.latex for line in equations(kind, colours=colours)}
    assert set(lines) == set(KINDS[kind].type.signals) - {"x"}
    assert ("#111111" in "".join(lines.values())) == ("forget" in lines)
    assert ("#222222" in "".join(lines.values())) == ("update" in lines)  # an sLSTM's z is no gate


def test_the_equations_are_true_of_a_run() -> None:
    x = np.random.default_rng(3).normal(size=(6, 3))
    gru, lstm, slstm = (aligned_cell(name, 3, 4, 7).run(x) for name in ("mingru", "minlstm", "slstm"))
    z, h = gru.update, gru.previous_hidden
    assert gru.hidden == pytest.approx((1 - z) * h + z * gru.candidate, abs=1e-15)
    f, i = lstm.forget, lstm.input
    assert lstm.forget_share == pytest.approx(f / (f + i), abs=1e-15)
    assert lstm.input_share == pytest.approx(i / (f + i), abs=1e-15)
    assert lstm.hidden == pytest.approx(
        lstm.forget_share * lstm.previous_hidden + lstm.input_share * lstm.candidate, abs=1e-15
    )
    before, now = slstm.previous_stabiliser, slstm.stabiliser
    assert now == pytest.approx(np.maximum(np.log(slstm.forget) + before, np.log(slstm.input)), abs=1e-14)
    assert slstm.stable_input == pytest.approx(np.exp(np.log(slstm.input) - now), abs=1e-14)
    assert slstm.stable_forget == pytest.approx(np.exp(np.log(slstm.forget) + before - now), abs=1e-14)
    assert slstm.hidden == pytest.approx(slstm.output * slstm.cell / slstm.normaliser, abs=1e-15)
