"""Every published exercise, typed into the lab from its printed form, in each of the forms there are.

Without a browser: forwards, backwards and after one update it comes to what the NumPy engine solves, and what
is sent to the server is the exercise.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates.exercises.classics import CLASSICS, classic
from gates.exercises.file import dumps, loads, to_json
from gates.exercises.forms import FORMS
from gates.exercises.model import Exercise
from gates.exercises.solve import solve
from gates.scenes.lab import exercises, message
from tests.exercises.printing import WRITERS, Rows, sheet
from tests.node import NODE

SCRIPT = Path(__file__).with_name("exercise.mjs")
ATOL = 1e-12
SPLIT = ("hkust", "gru-integers-before", "gru-integers-after")
SPELLINGS: dict[str, Callable[[str, Rows], str]] = dict(zip(FORMS, WRITERS, strict=True))
"""One way to write a matrix for each form in which it may be printed."""


def asked(exercise: Exercise) -> dict[str, Any]:
    """What is typed: the weights as they are printed, as text to paste."""
    value, spelled = to_json(exercise), SPELLINGS[exercise.form]
    parts, apart = {}, is_uneven(exercise)
    for name, weights in value["weights"].items():
        printed = () if apart else (("b", "b"), ("b_h", "b_hh"))
        biases = {sign: [weights[key]] for key, sign in printed if key in weights}
        matrices = {"W": weights["W"], **({"U": weights["U"]} if "U" in weights else {}), **biases}
        parts[name] = "\n\n".join(spelled(matrix, rows) for matrix, rows in matrices.items())
    reading, readout = exercise.readout, None
    if reading is not None:
        V = reading.V.T if exercise.form.startswith("rows") else reading.V
        readout = {
            "V": sheet("V", V.tolist()),
            "b": reading.b.tolist(),
            "outputs": len(reading.b),
            "biased": reading.biased,
            "activation": reading.activation,
        }
    x = sheet("x", exercise.x.tolist()) if exercise.inputs > 1 else json.dumps(exercise.x[:, 0].tolist())
    return {
        "cell": exercise.kind, "hidden": exercise.hidden, "inputs": exercise.inputs, "form": exercise.form,
        "reset": exercise.reset if exercise.kind == "gru" else "after", "update": exercise.update,
        "parts": parts, "x": x, "biases": bias_count(exercise),
        "activations": dict(exercise.activations), "h0": value.get("h0"),
        "c0": value.get("c0"), "readout": readout, "targets": value.get("targets"), "loss": exercise.loss,
        "rate": exercise.learning_rate or 0.1,
        "uneven": {name: own_biases(exercise, name) for name in exercise.parts} if apart else None,
    }  # fmt: skip


def bias_count(exercise: Exercise) -> int:
    """How many biases it is printed with, outside a reset."""
    if not any(part.biased for part in exercise.parts.values()):
        return 0
    inside = "candidate" if exercise.has_inner_bias else None
    return 2 if any(part.b_h is not None for name, part in exercise.parts.items() if name != inside) else 1


def is_uneven(exercise: Exercise) -> bool:
    """Whether its parts have different biases."""
    return len({tuple(own_biases(exercise, name)) for name in exercise.parts}) > 1


def own_biases(exercise: Exercise, name: str) -> dict[str, list[float]]:
    """The biases that a part is printed with, of the z that keeps."""
    part, sign = exercise.parts[name], exercise.sign(name)
    found = {"b": part.b if part.biased else None, "b_h": part.b_h}
    return {key: (sign * values).tolist() for key, values in found.items() if values is not None}


def split(exercise: Exercise) -> Exercise:
    """The exercise with its biases as two that add up to them."""
    parts = {
        name: replace(part, b=np.round(part.b - 0.3 * at, 9), b_h=np.full_like(part.b, round(0.3 * at, 9)))
        for at, (name, part) in enumerate(exercise.parts.items(), 1)
    }
    return replace(exercise, parts=parts)


def written() -> list[Exercise]:
    """Each classic in each form, some with two biases, and the GRUs with a z that writes as well."""
    found = [replace(classic(name), form=form) for name in CLASSICS for form in FORMS]
    found += [split(replace(classic(name), form=form)) for name in SPLIT for form in FORMS]
    asked = {"targets": np.array([[0.5, -0.25], [0.125, 0.75]]), "learning_rate": 0.25}
    found = [replace(one, **asked) if one.kind == "gru" else one for one in found]
    for one in [one for one in found if one.kind == "gru"]:
        parts = dict(one.parts)
        z = parts["update"]
        parts["update"] = replace(z, W=-z.W, U=-z.U, b=-z.b)
        found.append(replace(one, update="write", parts=parts))
    return found + uneven()


def uneven() -> list[Exercise]:
    """Exercises whose gates do not have the same biases: one, the second alone, two, or none."""
    names = {
        "hkust": [
            {"forget": "", "output": ""},
            {"input": "b", "forget": "h", "candidate": "", "output": "bh"},
        ],
        "gru-integers-before": [{"reset": "", "candidate": ""}, {"update": "h", "reset": ""}],
        "gru-integers-after": [
            {"candidate": "h", "reset": ""},
            {"candidate": "bh", "update": ""},
            {"reset": "bh", "update": "bh", "candidate": "b"},
        ],
    }
    rng = np.random.default_rng(7)
    made = []
    for name, variants in names.items():
        for which in variants:
            own = classic(name)
            parts = {}
            for part, weights in own.parts.items():
                b, b_h = rng.uniform(-1, 1, (2, own.hidden)).round(2)
                has = which.get(part, "b")
                if own.has_inner_bias and part == "candidate" and has == "bh":
                    b_h = np.zeros(own.hidden)  # it may begin at 0, and moves all the same
                parts[part] = replace(
                    weights,
                    b=b if "b" in has else np.zeros(own.hidden),
                    b_h=b_h if "h" in has else None,
                    biased="b" in has,
                )
            targets = own.targets if own.targets is not None else np.array([[0.5, -0.25], [0.125, 0.75]])
            made.append(replace(own, parts=parts, targets=targets, learning_rate=0.25))
    return made


def of_engine(exercise: Exercise, parts: Any, name: str) -> np.ndarray:
    """One matrix of all parts, stacked as the engine has them, of the z that keeps."""
    stacked = [exercise.sign(part) * getattr(parts[part], name) for part in exercise.cell.parts]
    return np.concatenate(stacked)


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Exercise, dict[str, Any]]]:
    path = tmp_path_factory.mktemp("exercises") / "asked.json"
    all_of_them = written()
    path.write_text(json.dumps([asked(one) for one in all_of_them]), encoding="utf-8")
    environment = {**os.environ, "EXERCISES": str(path)}
    ran = subprocess.run([NODE, SCRIPT], env=environment, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    return list(zip(all_of_them, json.loads(ran.stdout), strict=True))


def test_forwards_and_its_loss(typed: list[tuple[Exercise, dict[str, Any]]]) -> None:
    assert len(typed) == 6 * (len(CLASSICS) + len(SPLIT)) + 24 + 7
    for exercise, found in typed:
        solution = solve(exercise)
        for name in exercise.cell.signals[1:]:
            expected = getattr(solution.trace, name)
            np.testing.assert_allclose(found["signals"][name], expected.ravel(), rtol=0, atol=ATOL)
        np.testing.assert_allclose(found["outputs"], solution.outputs.ravel(), rtol=0, atol=ATOL)
        assert ("losses" in found) == (solution.loss is not None)
        if solution.loss is not None:
            np.testing.assert_allclose(found["losses"], solution.loss.steps, rtol=0, atol=ATOL)


def test_backwards_and_after_one_update(typed: list[tuple[Exercise, dict[str, Any]]]) -> None:
    stepped = 0
    for exercise, found in typed:
        solution = solve(exercise)
        back, after = solution.gradients, solution.updated_exercise
        if back is None:
            continue
        for name in ("W", "U", "b"):
            np.testing.assert_allclose(
                found["gradients"][name], of_engine(exercise, back.parts, name).ravel(), rtol=0, atol=ATOL
            )
        np.testing.assert_allclose(found["gradients"]["h0"], back.h0, rtol=0, atol=ATOL)
        if back.c0 is not None:
            np.testing.assert_allclose(found["gradients"]["c0"], back.c0, rtol=0, atol=ATOL)
        for name, values in back.signals.items():
            if name in exercise.cell.signals or name.startswith("pre."):
                sign = exercise.sign("update") if name in ("update", "pre.update") else 1
                given = found["signal_gradients"][name]
                np.testing.assert_allclose(given, sign * values.ravel(), rtol=0, atol=ATOL)
        if back.readout is not None:
            np.testing.assert_allclose(found["gradients"]["V"], back.readout[0].ravel(), rtol=0, atol=ATOL)
        if after is None:
            continue
        for name in ("W", "U"):
            np.testing.assert_allclose(
                found["after"][name], of_engine(exercise, after.parts, name).ravel(), rtol=0, atol=ATOL
            )
        if (
            exercise.has_inner_bias
        ):  # what stands inside r moves where it is printed, and is not made up where it is not
            inner = after.parts["candidate"].b_h
            expected = np.zeros(exercise.hidden) if inner is None else inner
            np.testing.assert_allclose(found["after"]["b_hn"], expected, rtol=0, atol=ATOL)
            assert inner is None or inner.all()
        assert found["loss_after"] == pytest.approx(solution.loss_after, abs=ATOL)
        stepped += 1
    assert stepped >= 18


def test_what_is_sent_is_the_exercise_and_comes_back_as_a_file(
    typed: list[tuple[Exercise, dict[str, Any]]],
) -> None:
    for exercise, found in typed:
        lab = message.read(found["message"])
        assert replace(lab, tokens=exercises.labels(lab.x)) == exercises.to_lab(exercise)
        again = loads(dumps(exercises.of_lab(lab, lab.x)))
        assert (again.kind, again.form, again.update) == (exercise.kind, exercise.form, exercise.update)
        assert exercises.to_lab(again) == exercises.to_lab(exercise)
        assert bias_count(again) == bias_count(exercise)
        for name in exercise.parts:
            assert own_biases(again, name).keys() == own_biases(exercise, name).keys()
        if bias_count(exercise) == 2:
            for name, part in exercise.parts.items():
                assert again.parts[name].b_h == pytest.approx(part.b_h, abs=1e-15)
                assert again.parts[name].b == pytest.approx(part.b, abs=1e-14)
        ours, theirs = solve(exercise), solve(again)
        assert np.array_equal(ours.trace.hidden, theirs.trace.hidden)
        assert ours.loss is None or (theirs.loss is not None and ours.loss.value == theirs.loss.value)
