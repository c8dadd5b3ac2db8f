"""Solutions against the published numbers, and against PyTorch's autograd in the file's own form."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates import __main__ as command
from gates.exercises.classics import CLASSICS, classic, text
from gates.exercises.errors import ExerciseError
from gates.exercises.file import dumps, from_json, loads, to_json
from gates.exercises.model import Exercise
from gates.exercises.solve import solve
from tests.exercises.autograd import autograd
from tests.exercises.cases import CASES, STRUCTURED, random_exercise

PUBLISHED: dict[str, dict[str, Any]] = {
    "one-two-three": {"hidden": [0.256356, 0.639790, 0.870678], "y": [1.025425, 2.559159, 3.482711]},
    "hkust": {"cell": [1.113930, 1.109548], "hidden": [0.711114, 0.638403]},
    "gru-integers-before": {"hidden": [[0.660447, -0.284429], [0.236368, -0.004482]]},
    "gru-integers-after": {"hidden": [[0.660447, -0.284429], [0.210202, 0.357556]]},
    "lee-lstm": {
        "cell": [3, 7, 6.999773, 6.999501, 0],
        "hidden": [0.000136, 0.000318, 0.000318, 6.999501, 0],
    },
    "lee-rnn": {"hidden": [[2, 2], [6, 6], [16, 16]], "y": [4, 12, 32]},
    "rnn-readout": {"hidden": [[0.537050, 0.462117], [0.859738, 0.883666]], "y": [1.561284, 2.727071]},
    "yeh-rnn": {"hidden": [[3, 6], [1, 17], [0, 28], [0, 40]], "y": [3, 16, 28, 40]},
    "bptt": {"hidden": [0.462117, 0.780329]},
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_numbers_come_out(name: str) -> None:
    steps = solve(classic(name)).to_json()["steps"]
    for signal, values in PUBLISHED[name].items():
        expected = [value if isinstance(value, list) else [value] for value in values]
        np.testing.assert_allclose([step[signal] for step in steps], expected, atol=6e-7)


def test_the_unit_of_mitx_rounds_to_whole_numbers() -> None:
    for name, expected in (("mitx-first", [0, 0, 1, -1, 1, 0]), ("mitx-second", [1, -1, 0, 1, -1])):
        assert solve(classic(name)).trace.hidden.round().ravel().tolist() == expected


def test_hkusts_gradients_and_update() -> None:
    found = solve(classic("hkust")).to_json()
    assert found["loss"] == pytest.approx(0.013119, abs=6e-7)
    expected = {
        "input": ([-0.003639, -0.004002], -0.007401, -0.009266),
        "forget": ([-0.006204, -0.006088], -0.013188, -0.017132),
        "candidate": ([-0.012067, -0.011861], -0.025636, -0.033285),
        "output": ([-0.007211, -0.005423], -0.016614, -0.022918),
    }
    for part, (W, U, b) in expected.items():
        own = found["gradients"][part]
        np.testing.assert_allclose(own["W"], [W], atol=6e-7)
        np.testing.assert_allclose([own["U"][0][0], own["b"][0]], [U, b], atol=6e-7)
    np.testing.assert_allclose(found["gradients"]["h0"], [-0.008653], atol=6e-7)
    np.testing.assert_allclose(found["gradients"]["c0"], [-0.023547], atol=6e-7)
    assert found["loss_after"] == pytest.approx(0.012759, abs=6e-7)


def test_the_walkthroughs_gradients_and_update_which_gives_no_bias_to_what_has_none() -> None:
    found = solve(classic("bptt")).to_json()
    own, readout = found["gradients"]["hidden"], found["gradients"]["readout"]
    numbers = [found["loss"], own["W"][0][0], own["U"][0][0], own["b"][0], readout["V"][0][0]]
    np.testing.assert_allclose(numbers, [0.099381, -0.833479, -0.158802, -0.489838, -0.377844], atol=6e-7)
    assert found["loss_after"] == pytest.approx(0.0422, abs=5e-5)
    assert found["updated_readout"].keys() == {"V"}
    assert found["updated"]["hidden"]["W"][0][0] == pytest.approx(0.5833479, abs=5e-8)


# Against autograd


@pytest.mark.parametrize("value", CASES, ids=lambda value: f"{value['cell']} {value['form']} {value['loss']}")
def test_everything_agrees_with_autograd_in_the_files_own_form(value: dict[str, Any]) -> None:
    found = solve(from_json(value)).to_json()
    loss, leaves, steps = autograd(value)
    for own, expected in zip(found["steps"], steps, strict=True):
        for name, values in expected.items():
            np.testing.assert_allclose(own[name], values.detach(), rtol=0, atol=1e-12, err_msg=name)
    assert found["loss"] == pytest.approx(loss.item(), abs=1e-12)
    loss.backward()
    pairs = [
        (found["gradients"][part], found["updated"][part], own) for part, own in leaves["weights"].items()
    ]
    pairs.append((found["gradients"]["readout"], found["updated_readout"], leaves["readout"]))
    for gradients, updated, own in pairs:
        assert gradients.keys() == updated.keys() == own.keys()
        for name, leaf in own.items():
            np.testing.assert_allclose(gradients[name], leaf.grad, rtol=0, atol=1e-9)
            moved = leaf.detach() - 0.1 * leaf.grad
            np.testing.assert_allclose(updated[name], moved, rtol=0, atol=1e-9)
    for name in ("h0", "c0"):
        if name in leaves:
            np.testing.assert_allclose(found["gradients"][name], leaves[name].grad, rtol=0, atol=1e-9)
    again = dict(value, weights=found["updated"])
    again["readout"] = found["updated_readout"] | {"activation": value["readout"]["activation"]}
    assert found["loss_after"] == pytest.approx(autograd(again)[0].item(), abs=1e-9)


@pytest.mark.parametrize(
    "value",
    [*(random_exercise(name, "columns", 70, update="write") for name in ("gru", "lstm")), *STRUCTURED],
    ids=lambda value: value["cell"],
)
def test_the_gradients_of_signals_are_those_of_the_files_z(value: dict[str, Any]) -> None:
    exercise = from_json(value)
    back = solve(exercise).to_json()["backward"]
    loss, _, steps = autograd(value)
    for step in steps:
        for signal in step.values():
            signal.retain_grad()
    loss.backward()
    for own, step in zip(back, steps, strict=True):
        for signal in set(step) - {"y"}:
            np.testing.assert_allclose(own[signal], step[signal].grad, rtol=0, atol=1e-9, err_msg=signal)


def is_same(one: Exercise, other: Exercise) -> bool:
    return to_json(one) == to_json(other)


WITH_ALPHA = random_exercise("rnn", "columns", 110, activations={"hidden": {"name": "elu", "alpha": 0.5}})


@pytest.mark.parametrize(
    "value", [*CASES[:6], *STRUCTURED, WITH_ALPHA, *(json.loads(text(name)) for name in CLASSICS)]
)
def test_what_is_written_reads_as_it_was(value: dict[str, Any]) -> None:
    exercise = from_json(value)
    again = loads(dumps(exercise))
    assert is_same(exercise, again) and to_json(again).get("activations", {}) == value.get("activations", {})
    assert solve(exercise).to_json() == solve(again).to_json()


def test_the_shipped_files_are_as_they_would_be_written() -> None:
    assert all(text(name) == dumps(classic(name)) for name in CLASSICS)


def test_a_readout_without_h_turned_is_read_by_its_shape() -> None:
    value = json.loads(text("rnn-readout"))
    value["readout"]["V"] = [[1, 2]]
    assert solve(from_json(value)).outputs.ravel() == pytest.approx([1.561284, 2.727071], abs=6e-7)


def test_numbers_without_end_are_refused_by_their_step() -> None:
    value = json.loads(text("yeh-rnn")) | {"x": [[1e6]] * 200}
    value["weights"]["hidden"]["U"] = [[1e6, 0], [0, 1e6]]
    with pytest.raises(ExerciseError, match="step 5"):
        solve(from_json(value)).to_json()
    impossible = json.loads(text("bptt")) | {"loss": "binary_cross_entropy", "targets": [[1], [1]]}
    impossible["readout"]["V"] = [[-2]]
    with pytest.raises(ExerciseError, match="sigmoid"):
        solve(from_json(impossible)).to_json()


def test_the_command_prints_every_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "exercise.json"
    file.write_text(text("hkust"), "utf-8")
    assert command.main(["solve", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == solve(classic("hkust")).to_json()
    assert command.main(["solve", "hkust"]) == 0
    assert "0.711114" in capsys.readouterr().out
    assert command.main(["solve", str(tmp_path / "none.json"), "--language", "zh"]) == 2
    assert "none.json" in (said := capsys.readouterr().err) and "无法读取" in said
