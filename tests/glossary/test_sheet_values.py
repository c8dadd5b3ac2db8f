"""A formula sheet's table of shapes and a term's entry, to the letter."""

from collections.abc import Sequence
from typing import Any

import pytest

from gates.exercises.sheets.blocks import Equations, Maths, Table
from gates.glossary import command, terms, uses
from gates.glossary.formulas import CELLS, Options, formula_sheet
from gates.text import translator

T = translator("en")


def text_of(prose: Sequence[Any]) -> str:
    return "".join(piece.text if isinstance(piece, Maths) else piece for piece in prose)


def rows(cell: str, options: Options | None = None) -> list[tuple[str, ...]]:
    (table,) = (block for block in formula_sheet(cell, options).blocks if isinstance(block, Table))
    return [tuple(map(text_of, row)) for row in table.rows]


X, H = ("x", "I", T("formulas.input")), ("h", "H", T("formulas.states"))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (
            "lstm-peephole",
            [
                X,
                ("h, c", "H", T("formulas.states")),
                ("W_i, W_f, W_g, W_o", "(H, I)", T("formulas.new")),
                ("U_i, U_f, U_g, U_o", "(H, H)", T("formulas.old")),
                ("b_i, b_f, b_g, b_o", "H", T("formulas.bias")),
                ("p_i, p_f, p_o", "H", T("formulas.peephole")),
            ],
        ),
        (
            "lstm-coupled",
            [
                X,
                ("h, c", "H", T("formulas.states")),
                ("W_f, W_g, W_o", "(H, I)", T("formulas.new")),
                ("U_f, U_g, U_o", "(H, H)", T("formulas.old")),
                ("b_f, b_g, b_o", "H", T("formulas.bias")),
            ],
        ),
        ("mingru", [X, H, ("W_z, W_h", "(H, I)", T("formulas.new")), ("b_z, b_h", "H", T("formulas.bias"))]),
    ],
)
def test_the_shapes_of_a_cell(cell: str, expected: list[tuple[str, ...]]) -> None:
    assert rows(cell) == expected


def test_where_rows_are_multiplied_from_the_left_the_shapes_are_turned() -> None:
    assert rows("gru-after", Options(notation="row")) == [
        ("Xₜ", "I", T("formulas.input")),
        ("Hₜ", "H", T("formulas.states")),
        ("W_xr, W_xz, W_xh", "(I, H)", T("formulas.new")),
        ("W_hr, W_hz, W_hh", "(H, H)", T("formulas.old")),
        ("b_r, b_z, b_h", "H", T("formulas.bias")),
        ("b_hh", "H", T("formulas.inside")),
    ]


@pytest.mark.parametrize(
    ("cell", "step", "last", "back", "slopes"),
    [
        ("rnn-relu", 1, r"h_t = \mathrm{ReLU}\left(W x_t + U h_{t-1} + b\right)", 2, "{h_t}' = [h_t > 0]"),
        ("lstm", 6, r"h_t = o_t \odot \tanh c_t", 7, r"\tanh'(c_t) = 1 - \tanh^2(c_t)"),
        (
            "mingru", 3, r"h_t = (1 - z_t) \odot h_{t-1} + z_t \odot \tilde{h}_t",
            1, r"\frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}\left(1 - z_t\right)",
        ),
    ],
)  # fmt: skip
def test_the_step_and_the_way_back_of_a_sheet(
    cell: str, step: int, last: str, back: int, slopes: str
) -> None:
    forward, backward = (
        block.lines for block in formula_sheet(cell, Options()).blocks if isinstance(block, Equations)
    )
    assert (len(forward), forward[-1]) == (step, last)
    assert len(backward) == back and backward[-1].endswith(slopes)


def test_a_gru_whose_reset_comes_before_is_written_with_one_bias() -> None:
    """Ng's course has no form for it, so its letters are used but for that."""
    before, after = rows("gru-before"), rows("gru-after")
    assert after[:-1] == before and after[-1][0] == "b_hn"


def test_a_term_is_what_its_entry_says() -> None:
    told = {
        "id": "forget-gate", "pinyin": "yíwàngmén", "link": "/lstm?step=2", "related": ["cell-state"],
        "symbols": ["lstm.forget", "lstm.pre.forget"], "part": "forget",
        "names": {"pytorch": ["torch.nn.LSTM"], "onnx": ["LSTM.P"]},
    }  # fmt: skip
    found = terms._term(told)
    assert found == terms.Term(
        "forget-gate",
        "yíwàngmén",
        "/lstm?step=2",
        ("cell-state",),
        (("lstm", "forget"), ("lstm", "pre.forget")),
        "forget",
        {
            "pytorch": ("torch.nn.LSTM.weight_ih_l0[H:2H]", "torch.nn.LSTM"),
            "keras": ("keras.layers.LSTM.kernel[:, U:2U]",),
            "onnx": ("LSTM.W[:, 2H:3H]", "LSTM.P"),
        },
    )
    bare = terms._term({"id": "a", "pinyin": "a", "link": "/", "related": []})
    assert (bare.symbols, bare.part, bare.names) == ((), None, dict.fromkeys(terms.LIBRARIES, ()))


def test_letters_of_several_cells_say_whose_they_are() -> None:
    both = terms._term(
        {"id": "a", "pinyin": "a", "link": "/", "related": [], "symbols": ["lstm.candidate", "gru.candidate"]}
    )
    assert terms.letters(both) == {
        "pytorch": "g (LSTM), n (GRU)",
        "concatenated": "C̃ₜ (LSTM), h̃ₜ (GRU)",
        "row": "C̃ₜ (LSTM), H̃ₜ (GRU)",
        "z": "z",
    }
    assert terms.letters(terms._term({"id": "a", "pinyin": "a", "link": "/", "related": []})) == {}


def test_a_form_is_found_at_the_beginning_of_a_sentence_too() -> None:
    assert uses.form_pattern("forget gate") == r"[fF]orget\ gate"
    assert uses.form_pattern("遗忘门") == "遗忘门" and uses.form_pattern("LSTM (1997)") == r"LSTM\ \(1997\)"


def test_the_command_says_how_it_is_called_and_which_cells_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        command.main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("usage: gatescope formulas [-h] CELL --out FILE")
    assert ", ".join(CELLS[:4]) in said
