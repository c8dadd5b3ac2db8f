"""Sentences of the pages about numbers and about what a cell can do at all, each tried by the engine."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gates import LSTM, RNN
from gates.analysis.ensembles import Loss, Setting, noise, run_and_backprop
from gates.core.activations import sigmoid
from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.demonstrations import latch
from gates.examples.lab.state import LabState
from gates.text import translator


def test_float64_rounds_a_gate_to_one_from_a_sum_of_37_on() -> None:
    assert sigmoid(np.array([36.0]))[0] < 1 == sigmoid(np.array([37.0]))[0]
    assert sigmoid(np.array([-700.0]))[0] > 0


@pytest.mark.parametrize(("bias", "life"), [(0, 1.0), (1, 2.2), (3, 14.3), (5, 103)])
def test_half_lives_of_forget_biases(bias: float, life: float) -> None:
    assert np.log(0.5) / np.log(sigmoid(np.array(float(bias)))) == pytest.approx(life, rel=0.02)


def test_a_forget_bias_of_5_lets_c_outgrow_its_tanh() -> None:
    def saturated(bias: float) -> float:
        traces = [LSTM.init(8, 32, seed, forget_bias=bias).run(noise(seed, 100, 8)) for seed in range(5)]
        return float(np.mean([np.abs(np.tanh(trace.cell)) > 0.9 for trace in traces]))

    assert saturated(5.0) > 0.05 > 10 * saturated(0.0)


def test_a_latch_at_w_2_leaves_a_gradient_of_1e_39_over_fifty_steps() -> None:
    run = latch(2.0, 50)
    trace = run.cell.run(run.sequence.x, run.state)
    flow = run.cell.backward(trace, d_final=np.ones(1)).state
    assert float(np.ravel(flow)[0]) == pytest.approx(run.slope**50, rel=1e-9) == pytest.approx(1e-39, rel=0.5)
    for weight in (1.05, 1.25, 2.0, 3.0):
        assert 0 < latch(weight, 1).slope < 1, "wherever the point holds"


def test_a_gain_of_8_makes_every_cell_explode() -> None:
    for kind in ("rnn", "lstm", "gru"):
        logs = []
        for seed in range(5):
            found = run_and_backprop(Setting(gain=8.0).cell(kind, 8, seed), Loss(), noise(seed, 200, 8), seed)
            lengths = found.norms()
            flow = lengths.hidden if lengths.cell is None else lengths.cell
            logs.append(np.log(flow[0] / flow[-1]))
        assert np.mean(logs) > np.log(10), kind


def test_what_hears_the_input_alone_moves_one_way_while_ones_come() -> None:
    """With no U, a step on a given input is a monotone map of c: c can then not go to and fro."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        cell = LSTM(rng.normal(0, 8, (4, 1)), np.zeros((4, 1)), rng.normal(0, 8, 4))
        moves = np.diff(cell.run(np.ones((30, 1)), (np.zeros(1), rng.normal(0, 2, 1))).cell[:, 0])
        assert (moves >= -1e-12).all() or (moves <= 1e-12).all()


def solved(task: str, lab: LabState) -> bool:
    return CHALLENGES[task].judge(lab, CHALLENGES[task].sequence.x).solved


def having(lab: LabState, name: str, place: tuple[int, ...], value: float) -> LabState:
    array = np.array(lab.weights[name])
    array[place] = value
    return replace(lab, **{name: array})


def test_the_other_ways_that_the_explanations_name() -> None:
    i, f, g = 0, 1, 2  # rows of a single unit
    assert solved("hold", having(LabState.of(CHALLENGES["hold"].start), "U", (g, 0), 8.0))
    assert solved("parity", having(LabState.of(CHALLENGES["parity"].start), "U", (i, 0), -40.0))
    start = LabState.of(CHALLENGES["break"].start)
    alone = {
        (name, place)
        for name in ("W", "U", "b")
        for place in np.ndindex(start.weights[name].shape)
        for value in (-40.0, -20.0, -12.0, -8.0, -4.0, -2.0, 0.0, 2.0, 6.0, 20.0)
        if solved("break", having(start, name, place, value))
    }
    assert alone == {("b", (f,)), ("U", (f, 0))}, "b_f, and one other weight"


def test_the_numbers_that_hints_name_solve_their_challenges() -> None:
    stay = LabState.of(CHALLENGES["stay"].start)
    assert not solved("stay", stay) and solved("stay", having(stay, "U", (0, 0), 2.0))
    count = having(LabState.of(CHALLENGES["count"].start), "b", (2,), 0.0)
    assert not solved("count", count) and solved("count", having(count, "b", (1,), 12.0))
    negate = LabState.of(CHALLENGES["negate"].start)
    assert not solved("negate", negate)
    assert solved("negate", having(having(negate, "U", (1, 0), -20.0), "U", (2, 0), 16.0))
    timer = LabState.of(CHALLENGES["timer"].start)
    peephole = np.array(timer.weights["peephole"])
    peephole[1] = -200.0
    assert not solved("timer", timer) and solved("timer", replace(timer, peephole=peephole))
    forget = LabState.of(CHALLENGES["forget"].start)
    assert solved("forget", having(forget, "W", (1, 1), -12.0))


def test_a_saturated_unit_repairs_what_a_soft_lstm_latch_loses() -> None:
    """SCIENCE's comparison: after 100 idle steps the soft LSTM latch keeps .51, the RNN all of it."""
    from gates.examples.presets.registry import preset

    idle = np.zeros((101, 2))
    idle[0, 0] = 1
    soft = preset("lstm", "latch").build().run(idle).cell[:, 0]
    assert soft[-1] / soft[0] == pytest.approx(0.51, abs=0.01)
    plain = RNN(np.array([[4.0, -4.0]]), np.array([[2.0]]), np.zeros(1)).run(idle).hidden[:, 0]
    assert plain[-1] == pytest.approx(0.9575, abs=1e-4)


def test_how_many_seeds_of_a_plain_rnn_find_parity() -> None:
    table = (Path(__file__).parents[2] / "docs" / "training.md").read_text("utf-8")
    row = next(line for line in table.splitlines() if line.startswith("| `parity`")).split("|")
    plain = [round(float(score)) for score in row[7].split(",")]
    assert sorted(plain) == [60, 60, 100], "“of three seeds only one finds this; the others stay at 60%”"
    for language, said in (("en", "Of three seeds only one"), ("zh", "三个种子里只有一个")):
        assert said in translator(language)("weights.rnn.parity") and "60%" in translator(language)(
            "weights.rnn.parity"
        )
