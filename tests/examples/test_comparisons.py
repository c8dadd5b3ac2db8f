"""Cells side by side: what each can do, and that what corresponds has the same numbers."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates import GRU, LSTM, RNN
from gates.analysis.perturbation import half_life, state_difference
from gates.examples.comparisons import (
    COLUMNS,
    COMPARISONS,
    PARTS,
    aligned_cell,
    answer,
    count,
    holder,
    parameters_by_framework,
)
from gates.text import LANGUAGES, catalogue, translator


def states(task: str) -> dict[str, Any]:
    """Each column's memory: c where there is one, else h."""
    found = {}
    for entry in COMPARISONS[task].entries:
        trace: Any = entry.make().run(COMPARISONS[task].sequence.x)
        found[entry.column] = trace.cell if hasattr(trace, "cell") else trace.hidden
    return found


def test_counting_to_thirty_needs_a_cell_without_bounds():
    found = states("count")
    assert found["lstm"][29, 0] == pytest.approx(30, abs=1e-4)
    assert found["lstm"][59, 0] == pytest.approx(0, abs=1e-4)
    assert found["rnn-relu"][29, 0] == 30 and found["rnn-relu"][59, 0] == 0
    assert abs(found["gru-after"][29, 0] - 0.958) < 1e-3 and abs(found["gru-after"][59, 0]) > 0.9
    assert abs(found["rnn"]).max() < 1


def test_all_three_carry_the_first_symbol_to_the_hundredth_step():
    task = COMPARISONS["first"]
    assert len(task.sequence) == 100 and task.tokens[0] == "−" and set(task.tokens) == {"+", "−"}
    found = states("first")
    assert found["lstm"][:, 0] == pytest.approx(-np.ones(100), abs=2e-3)
    assert found["gru-after"][:, 0] == pytest.approx(-np.ones(100), abs=2e-3)
    assert found["rnn"].max() < -0.7, "with U = 3"
    flipped = holder(2.0).run(task.sequence.x).hidden[:, 0]
    assert (flipped[:2] < 0).all() and flipped[2] > 0, "with U = 2, at step 3"
    assert all(entry.can for entry in task.entries)


def test_a_plain_unit_holds_the_first_of_a_hundred_signs_and_its_gradient_dies():
    x = np.random.default_rng(0).choice([-1.0, 1.0], (100, 500, 1))
    for recurrent in (2.65, 3.0):
        assert (np.sign(holder(recurrent).run(x).hidden) == x[:1]).all(), "500 of 500 runs, at every step"
    assert not (np.sign(holder(2.0).run(x).hidden[-1]) == x[0]).all()
    task, left = COMPARISONS["first"], {}
    for entry in task.entries:
        cell: Any = entry.make()
        trace = cell.run(task.sequence.x)
        last = np.zeros_like(trace.hidden)
        last[-1, 0] = 1
        signals = cell.backward(trace, last).signals
        flow = signals.cell if entry.column == "lstm" else signals.hidden
        left[entry.column] = flow[0, 0] / flow[-1, 0]
    assert left["rnn"] == pytest.approx(3e-136, rel=0.1)
    for column in ("lstm", "gru-after"):
        assert 0 < 1 - left[column] < 1e-6
    for language in LANGUAGES:
        said = translator(language)("compare.preset.first.watch")
        assert all(number in said for number in ("3×10⁻¹³⁶", "10⁻⁶", "U = 2", "U = 3"))


def test_what_training_reaches_on_recall_is_what_the_measured_table_says():
    table = (Path(__file__).parents[2] / "docs" / "training.md").read_text("utf-8")
    row = next(line for line in table.splitlines() if line.startswith("| `recall`")).split("|")
    baseline, lstm, gru, plain = ([round(float(part)) for part in cell.split(",")] for cell in row[4:8])
    assert gru == [100] * 3 and (min(plain), max(plain)) == (20, 24) and baseline == [24]
    for language in LANGUAGES:
        said = translator(language)("compare.preset.first.watch")
        assert "20–24%" in said and "24%" in said.replace("20–24%", "")
        a, b, c = lstm
        assert {"en": f"{a}, {b} and {c}%", "zh": f"{a}%、{b}%、{c}%"}[language] in said


def test_a_bounded_state_trades_resolution_for_range():
    up_and_down = np.repeat([1.0, -1.0], 30)[:, None]
    z = 0.9999
    b = np.array([0.0, np.log(z / (1 - z)), 0.0])
    cell = GRU(np.array([[0.0], [0.0], [10.0]]), np.zeros((3, 1)), b, np.zeros(1))
    h = cell.run(up_and_down).hidden[:, 0]
    assert h[29] / h[0] == pytest.approx(29.96, abs=0.01) and h[59] / h[0] == pytest.approx(-0.09, abs=5e-3)
    lstm: Any = COMPARISONS["count"].entries[1].make().run(up_and_down)
    assert lstm.cell[29, 0] == pytest.approx(30, abs=1e-4)
    assert lstm.hidden[29, 0] == pytest.approx(np.tanh(30), abs=1e-6)
    for language in LANGUAGES:
        assert "−0.09" in translator(language)("compare.preset.count.watch")


def test_two_plain_units_clear_at_the_delimiter_where_one_cannot():
    """One unit a symbol, each a latch that the delimiter pushes down: neither is set after it."""
    x = COMPARISONS["reset"].sequence.x
    W = np.array([[6.0, -6, -6], [-6, 6, -6]])
    cell = RNN(W, 2 * np.eye(2), np.zeros(2))
    h = cell.run(x, np.array([-0.96, -0.96])).hidden
    wanted, held = [], np.array([False, False])
    for step in x:
        held = step[:2] > 0.5 if step.any() else held
        wanted.append(held)
    np.testing.assert_array_equal(h > 0.9, wanted)
    np.testing.assert_array_equal(h < -0.9, ~np.array(wanted))
    one = COMPARISONS["reset"].entries[0].make()
    U, rest = float(one.U[0, 0]), 0.9575
    push = -U * rest  # tanh(U h + push) is 0 for the state of A, and for no other
    assert np.tanh(U * rest + push) == 0 and np.tanh(-U * rest + push) < -0.99


def test_a_delimiter_clears_a_gated_cell_and_not_a_plain_one():
    tokens = COMPARISONS["reset"].tokens
    wanted = np.zeros(len(tokens))
    held = 0.0
    for step, token in enumerate(tokens):
        held = {"A": 1.0, "B": -1.0, "|": 0.0}.get(token, held)
        wanted[step] = held
    found = states("reset")
    assert found["lstm"][:, 0] == pytest.approx(wanted, abs=1e-2)
    assert found["gru-after"][:, 0] == pytest.approx(wanted, abs=1e-2)
    after = [step for step, value in enumerate(wanted) if value == 0 and step > tokens.index("|")]
    assert abs(found["rnn"][after, 0]).max() > 0.9


def test_all_three_can_latch():
    found = states("latch")
    set_, reset = (COMPARISONS["latch"].tokens.index(token) for token in "SR")
    for name, memory in found.items():
        assert memory[set_:reset, 0].min() > 0.9, name
        assert memory[reset:, 0].max() < 0.1, name


def test_the_two_resets_differ_where_the_speaker_is_silenced():
    found = states("silenced")
    muted = [step for step, token in enumerate(COMPARISONS["silenced"].tokens) if token == "M"]
    assert abs(found["gru-before"][muted, 1]).max() < 0.1 < 0.9 < found["gru-after"][muted, 1].min()


def test_what_a_task_says_a_cell_can_do_is_said_of_every_cell_or_of_none():
    for task in COMPARISONS.values():
        said = {entry.can is None for entry in task.entries}
        assert len(said) == 1 and len(task.entries) <= 4
        assert 1 <= task.disturb <= len(task.sequence)


@pytest.mark.parametrize("task", COMPARISONS.values(), ids=COMPARISONS)
def test_the_verdict_is_what_the_answers_say(task):
    assert len(task.targets) in (0, len(task.tokens))
    asked = [step for step, value in enumerate(task.targets) if value is not None]
    for entry in task.entries:
        said = answer(task, entry.make().run(task.sequence.x))
        assert said.shape == (len(task.tokens),)
        if asked:
            off = max(abs(said[step] - task.targets[step]) for step in asked)
            assert (off <= 0.5) == entry.can


def test_a_verdict_is_about_the_weights_that_are_shown():
    for language, words in (("en", "with these weights"), ("zh", "用这组权重")):
        verdicts = [catalogue(language)[key] for key in ("compare.can", "compare.cannot")]
        assert all(words in verdict for verdict in verdicts) and len(set(verdicts)) == 2


def torch_counts(cell: Any) -> int | None:
    import torch

    made = {LSTM: torch.nn.LSTM, GRU: torch.nn.GRU, RNN: torch.nn.RNN}[type(cell)](cell.inputs, cell.hidden)
    return sum(parameter.numel() for parameter in made.parameters())


def keras_counts(cell: Any) -> int:
    os.environ.setdefault(
        "KERAS_BACKEND", "torch"
    )  # before Keras is imported, which would look for TensorFlow
    import keras

    layer: Any = {
        LSTM: lambda: keras.layers.LSTM(cell.hidden),
        GRU: lambda: keras.layers.GRU(cell.hidden, reset_after=cell.reset == "after"),
        RNN: lambda: keras.layers.SimpleRNN(cell.hidden),
    }[type(cell)]()
    layer.build((None, None, cell.inputs))
    return int(layer.count_params())


@pytest.mark.parametrize(("inputs", "hidden"), [(1, 1), (3, 5)])
@pytest.mark.parametrize("column", ["rnn", "rnn-relu", "lstm", "gru-before", "gru-after"])
def test_frameworks_count_as_they_do(column, inputs, hidden):
    cell = aligned_cell(column, inputs, hidden, 0)
    found = parameters_by_framework(cell)
    assert found["keras"] == keras_counts(cell)
    assert found["pytorch"] == (None if column == "gru-before" else torch_counts(cell))
    assert found["paper"] == (None if column == "gru-after" else count(cell).total)


def test_the_counts_of_a_cell_with_one_unit():
    """One input and one unit: the numbers that are printed."""
    counts = {
        name: parameters_by_framework(aligned_cell(name, 1, 1, 0))
        for name in ("lstm", "rnn", "gru-before", "gru-after")
    }
    assert {name: found["keras"] for name, found in counts.items()} == {
        "lstm": 12, "rnn": 3, "gru-before": 9, "gru-after": 12,
    }  # fmt: skip
    assert (counts["lstm"]["pytorch"], counts["rnn"]["pytorch"], counts["gru-after"]["pytorch"]) == (
        16,
        4,
        12,
    )


def test_no_framework_has_the_variants():
    plain = {"rnn", "rnn-relu", "lstm", "gru-before", "gru-after"}
    for column in set(COLUMNS) - plain:
        found = parameters_by_framework(aligned_cell(column, 3, 5, 0))
        assert (found["pytorch"], found["keras"]) == (None, None)
        assert found["paper"] == count(aligned_cell(column, 3, 5, 0)).total


def test_parts_that_correspond_have_the_same_numbers_in_every_cell():
    cells = {name: aligned_cell(name, 3, 5, seed=2, bias=None) for name in COLUMNS}
    by_role: dict[str, list[Any]] = {}
    for name, cell in cells.items():
        for role, part in PARTS[COLUMNS[name]].items():
            by_role.setdefault(role, []).append(cell.part(part))
    for role, parts in by_role.items():
        assert len(parts) > 1
        for part in parts[1:]:
            for name in ("W", "U", "b"):  # a minGRU and a minLSTM have no U
                if hasattr(part, name):
                    assert np.array_equal(getattr(part, name), getattr(parts[0], name)), role
    distinct = {role: parts[0].U[0, 0] for role, parts in by_role.items()}
    assert len(set(distinct.values())) == len(distinct)


def test_a_bias_is_given_to_what_keeps_and_to_nothing_else():
    lstm, gru, rnn = (aligned_cell(name, 3, 5, 2, bias=4.0) for name in ("lstm", "gru-after", "rnn"))
    assert np.all(lstm.part("forget").b == 4) and np.all(gru.part("update").b == 4)
    assert not np.any(lstm.part("input").b == 4) and not np.any(rnn.b == 4)


def test_variants_are_what_their_names_say():
    x = np.random.default_rng(0).normal(size=(7, 3))
    coupled: Any = aligned_cell("lstm-coupled", 3, 5, 0).run(x)
    assert np.array_equal(coupled.input, 1 - coupled.forget)
    old: Any = aligned_cell("lstm-1997", 3, 5, 0).run(x)
    assert np.all(old.forget == 1)
    assert aligned_cell("lstm-peephole", 3, 5, 0).peephole.shape == (3, 5)
    before, after = aligned_cell("gru-before", 3, 5, 0), aligned_cell("gru-after", 3, 5, 0)
    assert np.array_equal(before.U, after.U) and not after.b_hn.any()
    assert (before.reset, after.reset) == ("before", "after")
    assert aligned_cell("rnn-relu", 3, 5, 0).activation == "relu"
    free: Any = aligned_cell("lstm-niaf", 3, 5, 0).run(x)
    assert np.array_equal(free.candidate, free.pre.candidate)
    shown: Any = aligned_cell("lstm-noaf", 3, 5, 0).run(x)
    assert np.array_equal(shown.hidden, shown.output * shown.cell)


def test_a_bias_keeps_in_every_cell_whatever_its_z_means():
    x = np.random.default_rng(1).normal(size=(6, 3))
    keeps, loses = (aligned_cell("mingru", 3, 5, 2, bias=bias).run(x) for bias in (8.0, -8.0))
    assert keeps.update.max() < 0.1 < 0.9 < loses.update.min()
    for column, gate in (("minlstm", "forget"), ("slstm", "forget")):
        assert getattr(aligned_cell(column, 3, 5, 2, bias=8.0).run(x), gate).min() > 0.9


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_remembers_a_change_for_a_while(column):
    """The page's memory test: a difference begins with the change and falls, if anything is forgotten."""
    cell: Any = aligned_cell(column, 3, 5, seed=1, bias=2.0)
    found = state_difference(cell, np.random.default_rng(0).normal(size=(60, 3)), 10)
    assert not found.memory[:10].any() and found.memory[10] > 0
    assert np.isfinite(found.memory).all()
    assert (half_life(found.memory, 10) is None) == (column == "lstm-1997")


@pytest.mark.parametrize(
    ("column", "total"),
    [
        ("rnn", 5 * 3 + 25 + 5),
        ("lstm", 4 * (5 * 3 + 25 + 5)),
        ("gru-before", 3 * (5 * 3 + 25 + 5)),
        ("gru-after", 3 * (5 * 3 + 25 + 5) + 5),
        ("lstm-coupled", 3 * (5 * 3 + 25 + 5)),
        ("lstm-1997", 3 * (5 * 3 + 25 + 5)),
        ("lstm-no-input", 3 * (5 * 3 + 25 + 5)),
        ("lstm-no-output", 3 * (5 * 3 + 25 + 5)),
        ("lstm-peephole", 4 * (5 * 3 + 25 + 5) + 15),
        ("lstm-niaf", 4 * (5 * 3 + 25 + 5)),
        ("mingru", 2 * (5 * 3 + 5)),
        ("minlstm", 3 * (5 * 3 + 5)),
        ("slstm", 4 * (5 * 3 + 25 + 5)),
    ],
)
def test_parameters_are_counted_as_used(column, total):
    found = count(aligned_cell(column, 3, 5, 0))
    assert found.total == total == sum(int(np.prod(shape)) for shape in found.shapes.values())
    own = {"gru-after": ["b_hn"], "lstm-peephole": ["p"]}.get(column, [])
    assert list(found.shapes) == ["W", *(["U"] if column[:3] != "min" else []), "b", *own]
