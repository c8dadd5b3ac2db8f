"""Formula sheets: their derivatives and counts are the engine's; the server and the command give them."""

import re
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gates import GRU, LSTM, RNN
from gates.analysis.flow import step_jacobians
from gates.examples.comparisons import aligned_cell, column_of
from gates.examples.notation import jacobian
from gates.examples.notation.jacobian import RNN_TERMS, Factor, Terms, gru_lines, lstm_lines
from gates.examples.notation.latex import options_of
from gates.examples.notation.letters import NOTATIONS
from gates.exercises.sheets.sheet import WRITERS
from gates.glossary import command
from gates.glossary.formulas import CELLS, Options, formula_sheet, link, plain
from gates.text import LANGUAGES
from gates.ui.web import server
from gates.ui.web.routes import formulas

I, H, T = 3, 5, 4
WITH_JACOBIAN = [cell for cell in CELLS if cell not in ("mingru", "minlstm", "slstm")]


class Numbers:
    """The values that stand for the letters of a formula at one step of a run."""

    def __init__(self, cell: Any, trace: Any, t: int) -> None:
        self.cell, self.trace, self.t = cell, trace, t

    def factor(self, factor: Factor) -> Any:
        if isinstance(factor, tuple):
            return (1.0 if factor[0] == "1" else self.factor(factor[0])) - self.factor(factor[1])
        name, prime = factor.removesuffix("'"), factor.endswith("'")
        trace, t = self.trace, self.t
        if name.startswith("p."):
            return self.cell.peephole[["input", "forget", "output"].index(name[2:])]
        if name == "heard":
            rows = self.rows("candidate")
            return self.cell.U[rows] @ trace.hidden[t - 1] + self.cell.b_hn
        value = {
            "previous_hidden": lambda: trace.hidden[t - 1],
            "previous_cell": lambda: trace.cell[t - 1],
            "tanh_cell": lambda: np.tanh(trace.cell[t]),
        }.get(name, lambda: getattr(trace, name)[t])()
        if not prime:
            return value
        if name == "hidden" and self.cell.squashes["hidden"].activation.name == "relu":
            return (value > 0).astype(float)
        return 1 - value**2 if name in ("candidate", "hidden", "tanh_cell") else value * (1 - value)

    def rows(self, part: str) -> slice:
        at = list(self.cell.parts).index(part) * H
        return slice(at, at + H)

    def sum(self, terms: Terms) -> Any:
        total = np.zeros((H, H))
        for term in terms:
            diagonal = np.diag(np.prod([self.factor(factor) for factor in term.factors], axis=0))
            total = total + (diagonal @ self.cell.U[self.rows(term.matrix)] if term.matrix else diagonal)
        return total


def by_formula(cell: Any, trace: Any, t: int) -> Any:
    """The Jacobian of step t, put together as the sheet says."""
    numbers = Numbers(cell, trace, t)
    if isinstance(cell, RNN):
        return numbers.sum(RNN_TERMS)
    if isinstance(cell, GRU):
        J, K = gru_lines(cell.reset)
        heard = numbers.sum(K.terms)
        if cell.reset == "before":
            heard = cell.U[numbers.rows("candidate")] @ heard
        new = (1 - trace.update[t]) * (1 - trace.candidate[t] ** 2)
        return numbers.sum(J.terms) + np.diag(new) @ heard
    own = options_of(cell)
    linear = [name for name in ("candidate", "cell") if own[f"{name}_activation"] == "identity"]  # type: ignore[literal-required]
    lines = lstm_lines(own["peephole"], own["coupled"], own["without"], linear)
    if "candidate" in linear:
        assert all("candidate'" not in term.factors for line in lines for term in line.terms)
    A, F, D, B = (numbers.sum(line.terms) for line in lines)
    return np.block([[D @ A + B, D @ F], [A, F]])


@pytest.mark.parametrize("column", WITH_JACOBIAN)
def test_the_derivatives_on_a_sheet_are_those_of_the_engine(column: str) -> None:
    cell = aligned_cell(column, I, H, seed=7)
    if isinstance(cell, GRU) and cell.reset == "after":
        cell = GRU(cell.W, cell.U, cell.b, np.random.default_rng(5).normal(size=H), reset=cell.reset)
    trace = cell.run(np.random.default_rng(2).normal(size=(T, I)))
    expected = step_jacobians(trace)
    for t in range(1, T):
        np.testing.assert_allclose(by_formula(cell, trace, t), expected[t], atol=1e-13)


def test_the_derivatives_of_cells_after_2014_along_their_memory() -> None:
    mingru = aligned_cell("mingru", I, H, seed=7)
    trace = mingru.run(np.random.default_rng(2).normal(size=(T, I)))
    np.testing.assert_allclose(step_jacobians(trace)[2], np.diag(1 - trace.update[2]), atol=1e-15)
    minlstm = aligned_cell("minlstm", I, H, seed=7)
    trace = minlstm.run(np.random.default_rng(2).normal(size=(T, I)))
    np.testing.assert_allclose(step_jacobians(trace)[2], np.diag(trace.forget_share[2]), atol=1e-15)
    assert "1 - z_t" in jacobian.gradient_lines("mingru", "pytorch")[0]
    assert "f'_t" in jacobian.gradient_lines("minlstm", "pytorch")[0]


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_is_written_in_every_notation(language: str, suffix: str) -> None:
    for cell in CELLS:
        for notation in NOTATIONS:
            text = WRITERS[suffix](formula_sheet(cell, Options(language, notation)))
            assert len(text) > 500 and "{" + "cell}" not in text


def text_of(cell: str, **options: Any) -> str:
    return WRITERS[".md"](formula_sheet(cell, Options(**options)))


def test_a_sheet_says_what_z_and_r_do_and_counts_as_the_frameworks_do() -> None:
    kept, written = text_of("gru-after"), text_of("gru-after", update="write")
    assert "z keeps here" in kept and "z writes here" in written
    assert "r acts after the product" in kept and "r acts before the product" in text_of("gru-before")
    torch = pytest.importorskip("torch")
    for column, layer in (("lstm", torch.nn.LSTM), ("gru-after", torch.nn.GRU), ("rnn", torch.nn.RNN)):
        count = sum(one.numel() for one in layer(28, 256).parameters())
        assert f"PyTorch has its biases twice: {count:,}." in text_of(column)
    assert "4·H·I + 4·H·H + 4·H;" in text_of("lstm")
    assert "4·H·I + 4·H·H + 4·H + 3·H;" in text_of("lstm-peephole")
    assert "3·H·I + 3·H·H + 3·H + H;" in text_of("gru-after")
    assert "2·H·I + 2·H;" in text_of("mingru")
    assert "PyTorch i, f, g, o; Keras i, f, g, o; ONNX i, o, f, g." in text_of("lstm")


@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_sheet_keeps_to_its_notation(notation: str) -> None:
    said = {"pytorch": "U_{f}", "concatenated": "W_{f,h}", "row": r"W_{hf}^{\top}", "z": "W^{f}_h"}
    text = text_of("lstm", notation=notation)
    assert said[notation] in text
    assert not any(other in text for name, other in said.items() if name != notation)


def test_the_cell_on_a_page_is_that_of_its_sheet() -> None:
    assert [column_of(aligned_cell(cell, I, H, seed=1)) for cell in CELLS if "-n" not in cell] == [
        cell for cell in CELLS if "-n" not in cell
    ]
    assert column_of(LSTM.init(2, 3, rng=0)) == "lstm"


def client() -> TestClient:
    return TestClient(Starlette(routes=list(formulas.routes()), middleware=list(server.middleware())))


def test_the_server_gives_a_sheet_that_runs_no_script() -> None:
    answer = client().get("/" + link("lstm", "zh", "row", "keep"), headers={"accept": "text/html"})
    assert answer.status_code == 200 and "<script" not in answer.text
    assert answer.headers["content-security-policy"] == formulas.POLICY
    assert '<html lang="zh-Hans">' in answer.text and "<math" in answer.text and "size: A4" in answer.text
    assert client().get("/formulas").text == client().get("/formulas?cell=rnn").text
    letter = client().get("/formulas?cell=gru-before&paper=letter&lang=xx&notation=%3Cb%3E")
    assert "size: letter" in letter.text and '<html lang="en">' in letter.text
    unknown = client().get("/formulas?cell=%3Cscript%3E")
    assert (unknown.status_code, unknown.text.split(", ")) == (404, list(formulas.CELLS))
    assert plain(Options("fr", "row")) == Options("en", "row")


def test_the_command_writes_a_sheet_and_refuses_in_a_sentence(tmp_path: Any, capsys: Any) -> None:
    out = tmp_path / "lstm.html"
    assert command.main(["lstm", "--out", str(out), "--language", "zh", "--paper", "letter"]) == 0
    assert "公式表" in out.read_text(encoding="utf-8") and "lstm.html" in capsys.readouterr().out
    assert command.main(["lstm", "--out", str(tmp_path / "lstm.pdf")]) == 2
    assert re.search(r"\.html, \.tex, \.md", capsys.readouterr().err)
