"""The links of the compare and the gradients page: both ways, and what nonsense in them does."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates.analysis.ensembles import AIMS, INITS, KINDS
from gates.examples.comparisons import COLUMNS, COMPARISONS
from gates.examples.demonstrations import DEMONSTRATIONS
from gates.scenes.links import codec
from gates.scenes.links.compare import COMPARE, CompareState
from gates.scenes.links.gradients import GRADIENTS, GradientState
from gates.scenes.links.train import TRAIN, TrainState
from gates.scenes.state import State


def opened(state: State) -> State:
    """What a person sees who opens the link of ``state`` in a browser of the other language."""
    table = COMPARE if isinstance(state, CompareState) else GRADIENTS
    found, _, problems = table.read(
        table.write(state), State("lstm", lang="zh" if state.lang == "en" else "en")
    )
    assert problems == []
    return found


bias = st.none() | st.floats(-20, 20).map(codec.rounded)

EXPERIMENTS = st.builds(
    GradientState,
    cell=st.sampled_from(KINDS),
    source=st.sampled_from(["noise", "letters"]),
    steps=st.integers(1, 1000),
    hidden=st.integers(1, 64),
    seed=st.integers(0, 10**9),
    seeds=st.integers(1, 10),
    gain=st.floats(0, 1e9).map(codec.rounded),
    init=st.sampled_from(INITS),
    forget=bias,
    keep=bias,
    activation=st.sampled_from(["tanh", "relu"]),
    reset=st.sampled_from(["before", "after"]),
    aim=st.sampled_from(AIMS),
    loss_step=st.integers(0, 1000),
    loss_unit=st.integers(1, 64),
    reads=st.sampled_from(["hidden", "cell"]),
    threshold=st.floats(1e-6, 1e9).map(codec.rounded),
    clipping=st.sampled_from(["norm", "value"]),
    notation=st.sampled_from(["pytorch", "row"]),
    update=st.sampled_from(["keep", "write"]),
    lang=st.sampled_from(["en", "zh"]),
)


@given(EXPERIMENTS)
def test_an_experiment_survives_its_link(state: GradientState) -> None:
    assert opened(state) == state


@given(
    st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4, unique=True),
    st.text(min_size=1, max_size=200),
    st.integers(1, 1000),
)
def test_a_comparison_of_ones_own_survives_its_link(columns: list[str], text: str, disturb: int) -> None:
    state = CompareState(
        source="text",
        columns=tuple(columns),
        text=text,
        by="words",
        hidden=5,
        seed=7,
        bias=-1.5,
        disturb=disturb,
    )
    assert opened(state) == state


@pytest.mark.parametrize("task", COMPARISONS)
def test_a_prepared_comparison_survives_its_link(task: str) -> None:
    state = CompareState(preset=task, disturb=4, update="write", lang="zh")
    assert opened(state) == state
    assert COMPARE.drawn(state) == tuple(COLUMNS[entry.column] for entry in COMPARISONS[task].entries)


def test_a_signal_survives_the_link_of_a_comparison() -> None:
    state = CompareState(
        source="signal", signal="sine", steps=17, period=5.5, columns=("gru-before", "lstm-1997")
    )
    assert opened(state) == state


@pytest.mark.parametrize("one", DEMONSTRATIONS, ids=lambda one: one.id)
def test_every_demonstration_is_a_link(one: Any) -> None:
    state = replace(GradientState(), **one.changes)
    assert opened(state) == state


def test_a_text_travels_compressed() -> None:
    state = GradientState(source="text", text="记忆 " * 40, by="words", aim="readout")
    assert opened(state) == state
    assert "data" in GRADIENTS.write(state) and "data" not in GRADIENTS.write(GradientState(text="unused"))


def test_the_opening_is_a_short_link() -> None:
    assert GRADIENTS.write(GradientState()) == {"lang": "en", "cell": "lstm"}
    assert COMPARE.write(CompareState()) == {"lang": "en", "preset": "first"}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"T": "0"}, "T"),
        ({"T": "1e9"}, "T"),
        ({"gain": "NaN"}, "gain"),
        ({"gain": "1e10"}, "gain"),
        ({"gain": "-1"}, "gain"),
        ({"forget": "inf"}, "forget"),
        ({"seeds": "11"}, "seeds"),
        ({"loss": "everything"}, "loss"),
        ({"demo": "default"}, "demo"),
        ({"clipped": "yes"}, "clipped"),
        ({"units": "65"}, "units"),
        ({"step": "0"}, "step"),
        ({"phase": "blend"}, "phase"),
    ],
)
def test_nonsense_is_named_and_left_at_its_default(query: dict[str, str], name: str) -> None:
    state, _, problems = GRADIENTS.read(query, GradientState())
    assert state == GradientState()
    assert [problem.values["name"] for problem in problems] == [name]


def test_a_gain_of_a_billion_is_possible() -> None:
    state, _, problems = GRADIENTS.read({"gain": "1e9"}, GradientState())
    assert not problems and isinstance(state, GradientState) and state.gain == 1e9


@pytest.mark.parametrize("cells", ["", "rnn,rnn", "rnn,tcn", "rnn,lstm,gru-after,gru-before,lstm-1997"])
def test_columns_that_cannot_be_are_named(cells: str) -> None:
    state, _, problems = COMPARE.read({"input": "text", "cells": cells}, CompareState())
    assert isinstance(state, CompareState) and state.columns == CompareState().columns
    assert problems[0].values["name"] == "cells"


def test_damaged_input_is_said_and_the_opening_shown() -> None:
    state, _, problems = GRADIENTS.read({"input": "text", "data": "%%%"}, GradientState())
    assert state.source == "noise" and problems[0].key == "link.data"


def test_the_phase_of_a_link_is_that_of_the_cell_on_the_stage() -> None:
    _, position, problems = GRADIENTS.read({"cell": "gru", "phase": "blend", "step": "9"}, GradientState())
    assert not problems and (position.phase, position.step) == ("blend", 9)
    _, position, problems = COMPARE.read({"phase": "squash"}, CompareState())
    assert not problems and position.phase == "squash"


def test_a_comparison_may_stand_at_a_phase_of_any_of_its_cells() -> None:
    """The bar is of the first cell; what stands below it may be in a phase that only a GRU has."""
    state = CompareState(source="text", columns=("rnn", "gru-before"))
    _, position, problems = COMPARE.read(COMPARE.write(state) | {"phase": "propose"}, CompareState())
    assert not problems and position.phase == "propose"
    _, position, problems = COMPARE.read(COMPARE.write(state) | {"phase": "forget"}, CompareState())
    assert position.phase is None and len(problems) == 1


def test_a_training_may_stand_at_a_phase_of_any_cell() -> None:
    """What is shown may be an earlier run, of another cell than the settings'."""
    state = TrainState(kind="rnn")
    for phase in ("forget", "propose", "squash"):
        _, position, problems = TRAIN.read(TRAIN.write(state) | {"phase": phase}, TrainState())
        assert not problems and position.phase == phase
    _, position, problems = TRAIN.read(TRAIN.write(state) | {"phase": "dream"}, TrainState())
    assert position.phase is None and problems
