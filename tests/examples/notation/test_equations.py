"""The equations on the page are the ones the engine computes: read back, they give its numbers."""

import itertools
import re

import numpy as np
import pytest
from numpy.typing import NDArray

from gates import GRU, LSTM, RNN, SLSTM, MinGRU, MinLSTM
from gates.cells.lstm import GATES
from gates.examples.notation.latex import Equation, equations
from gates.examples.notation.letters import NOTATIONS
from tests.examples.notation.latex_reader import Reader, Value, evaluate

H, I = 3, 2
RNG = np.random.default_rng(5)


def draw(*shape: int) -> NDArray[np.float64]:
    return RNG.uniform(-1, 1, shape)


x, h, c = draw(I), draw(H), draw(H)
SUBSCRIPTS = {"input": "i", "forget": "f", "output": "o", "reset": "r", "update": "z"}


def known(notation: str, cell: RNN | LSTM | GRU) -> dict[str, Value]:
    """Name the weights, the input and the old state as the notation does."""
    weights = {part: cell.part(part) for part in cell.parts}
    stack, names = np.hstack, {"lstm": "g", "gru": "n", "rnn": ""}
    match notation:
        case "pytorch":
            values: dict[str, Value] = {"x_t": x, "h_{t-1}": h, "c_{t-1}": c}
            for part, w in weights.items():
                low = SUBSCRIPTS.get(part, names[cell.kind])
                values |= {f"W_{low}": w.W, f"U_{low}": w.U, f"b_{low}": w.b}
                values |= {"W": w.W, "U": w.U, "b": w.b} if cell.kind == "rnn" else {}
        case "concatenated":
            values = {"x_t": x, "h_{t-1}": h, "C_{t-1}": c}
            for part, w in weights.items():
                low = SUBSCRIPTS.get(part, {"lstm": "C", "gru": r"\tilde h", "rnn": ""}[cell.kind])
                values |= {f"W_{{{low}}}": stack([w.U, w.W]), f"b_{{{low}}}": w.b}
                values |= {f"W_{{{low},x}}": w.W, f"W_{{{low},h}}": w.U}
                values |= {"W": stack([w.U, w.W]), "b": w.b} if cell.kind == "rnn" else {}
        case "row":
            values = {"X_t": x, "H_{t-1}": h, "C_{t-1}": c}
            for part, w in weights.items():
                low = SUBSCRIPTS.get(part, {"lstm": "c", "gru": "h", "rnn": "h"}[cell.kind])
                values |= {f"W_{{x{low}}}": w.W.T, f"W_{{h{low}}}": w.U.T, f"b_{low}": w.b}
        case _:
            values = {"x^t": x, "h^{t-1}": h, "c^{t-1}": c}
            for part, w in weights.items():
                high = f"^{SUBSCRIPTS[part]}" if part in SUBSCRIPTS else ""
                values |= {f"W{high}": stack([w.W, w.U]), f"b{high}": w.b}
    if isinstance(cell, GRU) and cell.reset == "after":
        values |= {"b_{hn}": cell.b_hn, "b_{hh}": cell.b_hn}
    if isinstance(cell, LSTM) and cell.peephole is not None:
        values |= dict(zip(("p_{i}", "p_{f}", "p_{o}"), cell.peephole, strict=True))
    return values


def worked_out(lines: tuple[Equation, ...], values: dict[str, Value]) -> dict[str, Value]:
    """Work the equations out one after the other, each from those before it."""
    results = {}
    for line in lines:
        name, value = evaluate(line.latex, values)
        values[name] = value
        results[line.signal] = value
    return results


def assert_same(results: dict[str, Value], cell: RNN | LSTM | GRU, state: object) -> None:
    trace = cell.run(x[None], state)
    assert results.keys() == set(trace.signals) - {"x"}
    for signal, value in results.items():
        np.testing.assert_allclose(value * np.ones(H), getattr(trace, signal)[0], atol=1e-12, err_msg=signal)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_lstm(notation: str) -> None:
    cell = LSTM(W=draw(4 * H, I), U=draw(4 * H, H), b=draw(4 * H))
    assert_same(worked_out(equations("lstm", notation), known(notation, cell)), cell, (h, c))


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize(
    "options",
    [
        {"peephole": True},
        {"coupled": True},
        {"without": {"forget", "output"}},
        {"candidate_activation": "identity"},
        {"cell_activation": "identity"},
        {
            "gate_activation": "hard_sigmoid",
            "candidate_activation": "softsign",
            "cell_activation": "softsign",
        },
    ],
)
def test_lstm_variants(notation: str, options: dict[str, object]) -> None:
    given = options | ({"peephole": draw(3, H)} if "peephole" in options else {})
    cell = LSTM(W=draw(4 * H, I), U=draw(4 * H, H), b=draw(4 * H), **given)  # type: ignore[arg-type]
    lines = equations("lstm", notation, **options)  # type: ignore[arg-type]
    assert_same(worked_out(lines, known(notation, cell)), cell, (h, c))


@pytest.mark.parametrize(
    ("notation", "reset"), list(itertools.product(("pytorch", "concatenated", "row"), ("before", "after")))
)
def test_gru(notation: str, reset: str) -> None:
    bias = {"b_hn": draw(H)} if reset == "after" else {}
    cell = GRU(W=draw(3 * H, I), U=draw(3 * H, H), b=draw(3 * H), reset=reset, **bias)
    keep = worked_out(equations("gru", notation, reset=reset), known(notation, cell))
    assert_same(keep, cell, h)
    write = worked_out(equations("gru", notation, reset=reset, update="write"), known(notation, cell))
    np.testing.assert_allclose(write.pop("update"), 1 - keep.pop("update"), atol=1e-12)
    for signal, value in keep.items():
        np.testing.assert_allclose(write[signal], value, atol=1e-12, err_msg=signal)


def test_a_z_that_writes_is_the_rest_of_one_that_keeps_whatever_its_squash() -> None:
    cell = GRU(W=draw(3 * H, I), U=draw(3 * H, H), b=draw(3 * H), gate_activation="hard_sigmoid")
    for update, sign in (("keep", 1), ("write", -1)):
        lines = equations("gru", "pytorch", update=update, gate_activation="hard_sigmoid")
        found = worked_out(lines, known("pytorch", cell) | {"b_{hn}": cell.b_hn})
        np.testing.assert_allclose(found["hidden"], cell.run(x[None], h).hidden[0], atol=1e-12)
        assert ("1 - " in lines[1].latex) == (sign == -1)


@pytest.mark.parametrize(
    ("notation", "activation"), list(itertools.product(("pytorch", "concatenated", "row"), ("tanh", "relu")))
)
def test_rnn(notation: str, activation: str) -> None:
    cell = RNN(W=draw(H, I), U=draw(H, H), b=draw(H), activation=activation)
    assert_same(worked_out(equations("rnn", notation, activation=activation), known(notation, cell)), cell, h)


AFTER_2014 = [MinGRU.init(I, H, 0), MinLSTM.init(I, H, 1), SLSTM.init(I, H, 2)]


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("cell", AFTER_2014, ids=repr)
def test_the_cells_after_2014(cell: MinGRU | MinLSTM | SLSTM, notation: str) -> None:
    """In every notation the letters are those of the papers: z the candidate of an sLSTM, h̃ of the others."""
    marks = {"update": "z", "candidate": "z" if cell.kind == "slstm" else "h"} | {g: g[0] for g in GATES}
    state = [h, c, abs(draw(H)), draw(H)]
    values: dict[str, Value] = {"x_t": x, **dict(zip(("h_{t-1}", "c_{t-1}"), state[:2], strict=True))}
    values |= dict(zip(("n_{t-1}", "m_{t-1}"), state[2:], strict=True))
    for part in cell.parts:
        for name, array in cell.part(part)._asdict().items():
            values[f"{name}_{marks[part]}"] = array
    found = worked_out(equations(cell.kind, notation), values)  # type: ignore[arg-type]
    trace = cell.run(x[None], state if cell.kind == "slstm" else h)
    assert found.keys() == set(trace.signals) - {"x"}
    for signal, value in found.items():
        np.testing.assert_allclose(value, getattr(trace, signal)[0], atol=1e-12, err_msg=signal)


@pytest.mark.parametrize(("cell", "notation"), list(itertools.product(("lstm", "gru", "rnn"), NOTATIONS)))
def test_products_are_told_apart_and_braces_close(cell: str, notation: str) -> None:
    for line in equations(cell, notation):
        assert line.latex.count("{") == line.latex.count("}")
        assert len(re.findall(r"\\left", line.latex)) == len(re.findall(r"\\right", line.latex))
        assert "*" not in line.latex and r"\times" not in line.latex


def test_the_reader_reads() -> None:
    values = {
        "W": np.array([[0.0, 1.0], [2.0, 0.0]]),
        "x_t": np.array([3.0, 4.0]),
        "r_t": np.array([1.0, -1.0]),
    }
    assert Reader(r"r_t \odot W x_t + (1 - r_t)", values).read() == pytest.approx([4.0, -4.0])
    assert Reader(r"W (r_t \odot x_t) + x_t", values).read() == pytest.approx([-1.0, 10.0])
