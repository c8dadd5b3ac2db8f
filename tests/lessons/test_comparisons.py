"""Cells side by side: what each can do, and that what corresponds has the same numbers."""

from typing import Any

import numpy as np
import pytest

from gates.lessons.comparisons import COLUMNS, COMPARISONS, PARTS, aligned, count
from gates.memory import echo, half_life


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


def test_the_first_symbol_reaches_the_hundredth_step_only_through_gates():
    task = COMPARISONS["first"]
    assert len(task.sequence) == 100 and task.tokens[0] == "−" and set(task.tokens) == {"+", "−"}
    found = states("first")
    assert found["lstm"][:, 0] == pytest.approx(-np.ones(100), abs=2e-3)
    assert found["gru-after"][:, 0] == pytest.approx(-np.ones(100), abs=2e-3)
    assert found["rnn"].max() > 0.5
    lives = {
        entry.column: half_life(echo(entry.make(), task.sequence.x, 0).memory, 0) for entry in task.entries
    }
    assert lives["lstm"] is None and lives["gru-after"] is None and lives["rnn"] < 10


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


def test_parts_that_correspond_have_the_same_numbers_in_every_cell():
    cells = {name: aligned(name, 3, 5, seed=2, bias=None) for name in COLUMNS}
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
    lstm, gru, rnn = (aligned(name, 3, 5, 2, bias=4.0) for name in ("lstm", "gru-after", "rnn"))
    assert np.all(lstm.part("forget").b == 4) and np.all(gru.part("update").b == 4)
    assert not np.any(lstm.part("input").b == 4) and not np.any(rnn.b == 4)


def test_variants_are_what_their_names_say():
    x = np.random.default_rng(0).normal(size=(7, 3))
    coupled: Any = aligned("lstm-coupled", 3, 5, 0).run(x)
    assert np.array_equal(coupled.input, 1 - coupled.forget)
    old: Any = aligned("lstm-1997", 3, 5, 0).run(x)
    assert np.all(old.forget == 1)
    assert aligned("lstm-peephole", 3, 5, 0).peephole.shape == (3, 5)
    before, after = aligned("gru-before", 3, 5, 0), aligned("gru-after", 3, 5, 0)
    assert np.array_equal(before.U, after.U) and not after.b_hn.any()
    assert (before.reset, after.reset) == ("before", "after")
    assert aligned("rnn-relu", 3, 5, 0).activation == "relu"
    free: Any = aligned("lstm-niaf", 3, 5, 0).run(x)
    assert np.array_equal(free.candidate, free.pre.candidate)
    shown: Any = aligned("lstm-noaf", 3, 5, 0).run(x)
    assert np.array_equal(shown.hidden, shown.output * shown.cell)


def test_a_bias_keeps_in_every_cell_whatever_its_z_means():
    x = np.random.default_rng(1).normal(size=(6, 3))
    keeps, loses = (aligned("mingru", 3, 5, 2, bias=bias).run(x) for bias in (8.0, -8.0))
    assert keeps.update.max() < 0.1 < 0.9 < loses.update.min()
    for column, gate in (("minlstm", "forget"), ("slstm", "forget")):
        assert getattr(aligned(column, 3, 5, 2, bias=8.0).run(x), gate).min() > 0.9


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_remembers_a_change_for_a_while(column):
    """The page's memory test: a difference begins with the change and falls, if anything is forgotten."""
    cell: Any = aligned(column, 3, 5, seed=1, bias=2.0)
    found = echo(cell, np.random.default_rng(0).normal(size=(60, 3)), 10)
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
    found = count(aligned(column, 3, 5, 0))
    assert found.total == total == sum(int(np.prod(shape)) for shape in found.shapes.values())
