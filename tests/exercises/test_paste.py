"""Matrices as text, and stacked weights in a framework's order."""

import copy
import json
import math
from typing import Any

import numpy as np
import pytest

from gates.exercises import paste
from gates.exercises.classics import classic, text
from gates.exercises.errors import ExerciseError
from gates.exercises.file import STACKED, from_json, to_json
from gates.exercises.forms import FORMS
from gates.exercises.solve import solve
from tests.exercises.cases import random_exercise

TWO = [[0.6, -0.3], [0.8, 0.1]]


@pytest.mark.parametrize(
    "written",
    [
        "0.6 -0.3; 0.8 0.1",
        "[0.6, -0.3; 0.8, 0.1]",
        "[.6 −.3\n .8 .1]",
        "0.6\t-0.3\n0.8\t0.1\n",
        "array([[ 0.6, -0.3],\n       [ 0.8,  0.1]], dtype=float32)",
        "[[0.6 -0.3]\n [0.8 0.1]]",
        "tensor([[0.6000, -0.3000], [0.8000, 0.1000]])",
        r"\begin{pmatrix} 0.6 & -0.3 \\ 0.8 & 0.1 \end{pmatrix}",
        r"$\left[\begin{array}{cc}6e-1 & -.3 \\ .8 & 1e-1\end{array}\right]$",
        "［０.6，－0.3；0.8，0.1］".replace("０", "0"),
        "【0.6、-0.3】，【0.8、0.1】",
        "((0.6, -0.3), (0.8, 0.1))",
        "[ [0.6\n -0.3]\n [0.8 0.1] ]",
        "3/5 -3/10; 4/5 1/10",
    ],
)
def test_a_pasted_matrix_is_read(written: str) -> None:
    np.testing.assert_allclose(paste.matrix(written, "W"), TWO, rtol=1e-15)


def test_long_rows_that_numpy_breaks_and_logarithms_are_read() -> None:
    assert paste.matrix("[[1 2 3\n  4]\n [5 6 7\n  8]]", "W") == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert paste.vector("ln 3, -ln2, \\ln 9", "b") == pytest.approx([math.log(3), -math.log(2), math.log(9)])
    assert paste.vector("1\n2\n3", "b") == paste.vector("[1 2 3]", "b") == [1, 2, 3]


@pytest.mark.parametrize(
    ("written", "said"),
    [("1 2; 3 x", "row 2, number 2: .* but 'x' was"), ("1/0 2", "row 1, number 1: .* but '1/0' was"),
     ("", "list of rows, .* but '' was"), ("[];", r"list of rows, .* but '\[\];' was"),
     ("ln 0", "'ln0'"), ("1 2 3,4,,5 1e9999", "row 1, number 6"),
     ("1 " + 45 * "x", f"'{40 * 'x'}' was"), (20_000 * " ", "'" + 40 * " " + "' was")],
)  # fmt: skip
def test_what_is_no_number_is_named_by_its_place(written: str, said: str) -> None:
    with pytest.raises(ExerciseError, match=said):
        paste.matrix(written, "weights.forget.W")
    with pytest.raises(ExerciseError, match=r"b must be one list, .* but '1 2; 3 4' was found"):
        paste.vector("1 2; 3 4", "b")


def test_a_file_takes_matrices_as_text() -> None:
    value = json.loads(text("gru-integers-after"))
    value["weights"]["candidate"] |= {"U": "1 -1; 2 1", "b": "0; 0"}
    value |= {"x": "1; -1", "h0": "1/2, −1/2"}
    assert to_json(from_json(value)) == to_json(classic("gru-integers-after"))
    value["weights"]["candidate"]["U"] = "1 -1; 2"
    with pytest.raises(
        ExerciseError, match=r"weights.candidate.U, row 2: numbers found: 1; expected, as in each row: 2"
    ):
        from_json(value)
    value["weights"]["candidate"]["U"] = "1 -1; 2 1e7"
    with pytest.raises(ExerciseError, match="1,000,000"):
        from_json(value)


def stacked(value: dict[str, Any], order: str) -> dict[str, Any]:
    parts = [value["weights"][part] for part in STACKED[order][value["cell"]]]
    axis = 1 if FORMS[value["form"]].rows else 0
    joined = {
        key: np.concatenate([part[key] for part in parts], axis if key in "WU" else 0) for key in parts[0]
    }
    found = copy.deepcopy(value)
    found["weights"] = {"order": order} | {key: array.tolist() for key, array in joined.items()}
    return found


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("form", ["columns", "rows", "[h,x]", "rows [x,h]"])
def test_stacked_weights_are_taken_apart_in_their_order(kind: str, form: str) -> None:
    value = random_exercise(kind, form, 90)
    apart = solve(from_json(value)).to_json()
    for order in ("pytorch", "keras", "onnx", "olah", "tf1"):
        assert solve(from_json(stacked(value, order))).to_json() == apart, order
    if kind == "lstm":
        swapped = stacked(value, "pytorch")
        swapped["weights"]["order"] = "onnx"
        assert solve(from_json(swapped)).to_json() != apart


def test_a_stack_that_cannot_be_split_is_refused() -> None:
    value = stacked(random_exercise("lstm", "columns", 91), "keras")
    value["weights"]["b"].append(0.5)
    with pytest.raises(
        ExerciseError, match=r"weights.b has 13 .* 4 parts .* input, forget, candidate, output"
    ):
        from_json(value)
    value["weights"]["order"] = "caffe"
    with pytest.raises(ExerciseError, match=r"weights\.order"):
        from_json(value)
