import contextlib
import csv
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

from gates import interop
from gates.core.activations import FUNCTIONS
from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.lab import snippets
from gates.examples.lab.state import Clamped, LabState
from gates.examples.lab.task import Task
from gates.examples.presets.registry import PRESETS, preset
from gates.text import LANGUAGES, translator
from tests.examples.lab.labs import MODEST, labs
from tests.text.keys import by_keys

ROOT = Path(__file__).resolve().parents[3]
T = translator("en")
SCRIPTS = Path(__file__).parent / "scripts.txt"
EXAMPLES = [
    pytest.param(one, id=f"{one.cell}-{one.id}")
    for those in PRESETS.values()
    for one in those
    if one.editable
]


def executed(code: str) -> dict:
    namespace: dict = {}
    exec(compile(code, "snippet", "exec"), namespace)  # it is what a student runs
    return namespace


def in_float32(code: str) -> str:
    assert code.count("dtype = torch.float64") == 1
    return code.replace("dtype = torch.float64", "dtype = torch.float32")


def check(lab: LabState, x: np.ndarray) -> None:
    shown = lab.run(x)
    trace = executed(snippets.numpy_code(lab, x, T))["trace"]
    for signal in shown.signals:
        assert getattr(trace, signal).tobytes() == getattr(shown, signal).tobytes(), signal
    hidden = executed(snippets.torch_code(lab, x, T))["hidden"].numpy()
    assert np.abs(hidden - shown.hidden).max() <= 1e-12


@pytest.mark.parametrize("one", EXAMPLES)
def test_both_scripts_reproduce_every_example(one, capsys):
    check(LabState.of(one.build()), one.sequence.x)
    assert capsys.readouterr().out.count("[") > 2, "they print what they found"


def held_whole() -> str:
    """The scripts of cells with all that may be edited, sentences by their keys."""
    t, x = by_keys("en"), np.array([[0.5, -1.0], [1.0, 0.1], [0.0, 2.0]])

    def one(kind: str, rows: int, **more: Any) -> LabState:
        W = np.linspace(-1, 1, rows * 2).reshape(rows, 2).round(2)
        given = {"W": W, "U": -W[:, ::-1], "b": W[:, 0], "x": x, "tokens": ("a", "b", "c"), **more}
        return LabState(kind, **given)

    clamps = (
        Clamped("cell", 0.5, (1,), (1, 2)),
        Clamped("output", 1.0),
        Clamped("hidden", 0.25, None, (0, 9)),
    )
    task = Task(V=[[1.0, 0.5]], b=[0.1], activation="sigmoid", targets=[[np.nan], [1], [0]], loss="squared")
    bare = Task(targets=[[np.nan, 0], [1, 0], [0, 0.5]], loss="mean_squared")
    cells = [
        (
            one(
                "lstm",
                8,
                clamps=clamps,
                peephole=[[1, 2], [3, 4], [5, 6]],
                initial_cell=[0.1, 0.2],
                task=task,
            ),
            True,
        ),
        (one("lstm", 8, without={"input"}, cell_activation="identity", initial_hidden=[0.3, 0.1]), False),
        (one("lstm", 8, coupled=True, clamps=(Clamped("forget", 0.9, (0,), (0, 0)),)), False),
        (one("gru", 6, b_hn=[0.1, 0.2], b_h=[0.1, 0.2, 0.3, 0.4, 0, 0], task=bare), False),
        (one("gru", 6, reset="before", clamps=(Clamped("update", 0.5, (1,)),)), False),
        (one("rnn", 2, activation="relu", initial_hidden=[1.0, 0.1], task=bare), True),
    ]
    return "\n\n".join(
        code(lab, x, t, scaled)
        for lab, scaled in cells
        for code in (snippets.numpy_code, snippets.torch_code)
    )


def test_scripts_are_what_was_looked_at():
    """Where another script is meant, look at it, run it, and write the file again."""
    assert held_whole() == SCRIPTS.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CHALLENGES)
def test_both_scripts_reproduce_every_challenge(name):
    task = CHALLENGES[name]
    check(LabState.of(task.solution), task.sequence.x)


@given(labs(values=MODEST, largest=5))
@settings(max_examples=60, deadline=None)
def test_both_scripts_reproduce_any_cell_with_clamps_and_surgery(lab):
    assume(lab.activation == "tanh")  # relu may grow without bounds, where 1e-12 means nothing
    check(lab, lab.x.astype(np.float64))


BOUNDED = ("sigmoid", "tanh", "hard_sigmoid", "hard_tanh", "softsign", "scaled_tanh", "relu6")


def test_a_mean_of_no_counted_target_is_nothing_in_both_scripts(capsys):
    task = Task(targets=np.array([[np.nan]]), loss="mean_squared")
    lab = LabState("rnn", W=[[1.0]], U=[[0.0]], b=[0.0], x=[[0.5]], tokens=("",), task=task)
    for code in (snippets.numpy_code, snippets.torch_code):
        executed(code(lab, lab.x, T))
        said = capsys.readouterr().out.strip().splitlines()[-1]
        assert float(said.removeprefix("tensor(").split(",")[0]) == 0


@given(labs(values=MODEST, largest=4, tasks=True, squash=BOUNDED))
@settings(max_examples=40, deadline=None)
def test_both_scripts_say_what_is_read_and_the_loss(lab):
    assume(lab.activation != "relu")
    check(lab, lab.x)
    if not lab.task.is_asked:
        return
    expected = lab.task.outcome(lab.run().hidden)
    for code in (snippets.numpy_code(lab, lab.x, T), snippets.torch_code(lab, lab.x, T)):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            found = executed(code)
        if lab.task.V is not None:
            np.testing.assert_allclose(np.asarray(found["y"]), expected.outputs, rtol=0, atol=1e-11)
        loss = None if expected.losses is None else float(expected.losses.sum())
        if loss is not None and np.isfinite(loss):
            said = out.getvalue().strip().splitlines()[-1].removeprefix("tensor(").split(",")[0]
            assert float(said) == pytest.approx(loss, rel=1e-3, abs=1e-3)  # tensors print four digits


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_activation_is_pytorchs(name):
    a = np.linspace(-4.3, 4.1, 57)
    lab = LabState("rnn", W=[[1.0]], U=[[0.0]], b=[0.0], activation=name)
    check(lab, a[:, None])


@given(labs(values=MODEST, largest=4))
@settings(max_examples=15, deadline=None)
def test_in_float32_pytorch_agrees_to_six_digits(lab):
    assume(lab.activation == "tanh")
    x = lab.x.astype(np.float64)[:4]
    code = in_float32(snippets.torch_code(lab, x, T))
    assert np.abs(executed(code)["hidden"].numpy() - lab.run(x).hidden).max() <= 1e-5


@pytest.mark.parametrize(("cell", "name"), [("lstm", "latch"), ("gru", "delay"), ("rnn", "delay")])
def test_in_float32_an_example_agrees_to_a_millionth(cell, name):
    one = preset(cell, name)
    lab = LabState.of(one.build())
    code = in_float32(snippets.torch_code(lab, one.sequence.x, T))
    shown = lab.run(one.sequence.x).hidden
    assert np.abs(executed(code)["hidden"].numpy() - shown).max() <= 1e-6


def relu_counter() -> tuple[LabState, np.ndarray]:
    one = preset("rnn", "relu_counter")
    return LabState.of(one.build()), one.sequence.x


def test_an_rnn_with_relu_is_pytorchs_own():
    lab, x = relu_counter()
    code = snippets.torch_code(lab, x, T)
    assert 'nonlinearity="relu"' in code
    assert np.array_equal(executed(code)["hidden"].numpy(), lab.run(x).hidden)


def test_pytorchs_module_is_used_where_it_has_one_and_nowhere_else():
    latch = LabState.of(preset("lstm", "latch").build())
    x = preset("lstm", "latch").sequence.x
    assert "torch.nn.LSTM(2, 1" in snippets.torch_code(latch, x, T)
    after = LabState.of(preset("gru", "latch").build(reset="after"))
    before = LabState.of(preset("gru", "latch").build(reset="before"))
    timer = LabState.of(preset("lstm", "timer").build())
    held = LabState.of(preset("lstm", "latch").build(), clamps=(Clamped("forget", 0.5),))
    assert snippets.in_torch(after) and "torch.nn.GRU(2, 1" in snippets.torch_code(after, x, T)
    for lab, own in ((before, x), (timer, np.zeros((3, 1))), (held, x)):
        assert not snippets.in_torch(lab)
        assert "torch.nn" not in snippets.torch_code(lab, own, T)


@pytest.mark.parametrize(
    ("kind", "reset", "hidden_candidate"),
    [("lstm", "after", None), ("gru", "after", 0.9), ("gru", "before", 0.3)],
)
def test_pytorch_is_given_both_biases_as_they_were_entered(kind, reset, hidden_candidate):
    rng = np.random.default_rng(5)
    gates = 4 if kind == "lstm" else 3
    first, second = np.arange(1, gates + 1) / 10, np.arange(gates) / 10 + 0.1
    more = {} if kind == "lstm" else {"reset": reset}
    if reset == "after" and kind == "gru":
        more["b_hn"] = np.array([hidden_candidate])
        second = second * [1, 1, 0]  # it stands inside r, and is no part of the sum
    W, U = rng.normal(size=(2, gates, 1)).round(2)
    lab = LabState(
        kind, W, U, (first + second).round(12), b_h=second, x=[[0.5], [-1]], tokens=("a", "b"), **more
    )
    check(lab, lab.x)
    found = executed(snippets.torch_code(lab, lab.x, T))
    expected = second if hidden_candidate is None else [*second[:2], hidden_candidate]
    assert found["b_ih"].tolist() == first.tolist()
    assert found["b_hh"].tolist() == pytest.approx(expected, abs=1e-16)
    if reset == "after":
        assert found[kind].bias_ih_l0.tolist() == first.tolist()
        assert found[kind].bias_hh_l0.tolist() == found["b_hh"].tolist()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_script_runs_by_itself(language, tmp_path):
    lab, x = relu_counter()
    path = tmp_path / "cell.py"
    path.write_text(snippets.numpy_code(lab, x, translator(language)), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(path)], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=600,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == str(lab.run(x).hidden)


@pytest.mark.parametrize("one", EXAMPLES)
def test_the_weights_open_without_pickle_and_as_the_same_cell(one, tmp_path):
    lab = LabState.of(one.build())
    path = tmp_path / "gatescope.npz"
    path.write_bytes(snippets.npz(lab))
    with np.load(path, allow_pickle=False) as arrays:
        found = {name: arrays[name] for name in arrays}
    assert any(np.array_equal(array, lab.W) for array in found.values())
    cell = interop.load(path).cells[0]
    shown = lab.run(one.sequence.x)
    assert np.array_equal(cell.run(one.sequence.x).hidden, shown.hidden)


def test_the_table_holds_every_number_in_full():
    one = preset("gru", "silenced")
    lab = LabState.of(one.build())
    trace = lab.run(one.sequence.x)
    rows = list(csv.DictReader(io.StringIO(snippets.table(trace, one.sequence.tokens))))
    found = {(int(row["step"]), row["signal"], int(row["unit"])): float(row["value"]) for row in rows}
    assert len(found) == len(rows) == sum(getattr(trace, signal).size for signal in trace.signals)
    for signal in trace.signals:
        for (step, unit), value in np.ndenumerate(getattr(trace, signal)):
            assert found[step + 1, signal, unit + 1] == value
    assert [row["token"] for row in rows if row["signal"] == "hidden" and row["unit"] == "1"] == list(
        "S––MM–"
    )
