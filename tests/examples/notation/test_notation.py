import itertools
from typing import Any

import pytest

from gates import SLSTM, MinGRU, MinLSTM
from gates.examples.notation.latex import conventions, equations
from gates.examples.notation.letters import NOTATIONS, effective_notation, symbols
from gates.text import LANGUAGES, translator

CELLS = ("lstm", "gru", "rnn")
PARTS = {
    "lstm": ("input", "forget", "candidate", "output"),
    "gru": ("reset", "update", "candidate"),
    "rnn": ("hidden",),
}


@pytest.mark.parametrize(("cell", "notation"), list(itertools.product(CELLS, NOTATIONS)))
@pytest.mark.parametrize("reset", ["before", "after"])
def test_every_signal_has_a_letter_of_its_own(cell: str, notation: str, reset: str) -> None:
    labels = symbols(cell, notation, reset=reset).labels
    signals = {"x", "hidden", "previous_hidden", *PARTS[cell]}
    signals |= {"cell", "previous_cell", "tanh_cell", "kept", "written"} if cell == "lstm" else set()
    signals |= {"kept", "written", "recurrent"} if cell == "gru" else set()
    signals |= {f"{w}.{part}" for w in ("W", "U", "b", "pre") for part in PARTS[cell]}
    assert signals <= labels.keys()
    assert len({labels[name] for name in signals}) == len(signals)
    assert ("b_hn" in labels) == (cell == "gru" and reset == "after")
    assert ("reset_hidden" in labels) == (cell == "gru" and reset == "before")


def test_letters_of_the_courses() -> None:
    def row(cell: str, notation: str, *names: str) -> str:
        return " ".join(symbols(cell, notation).labels[name] for name in names)

    lstm = ("forget", "input", "candidate", "output", "cell", "previous_cell", "hidden")
    assert row("lstm", "pytorch", *lstm) == "f i g o c c₋₁ h"
    assert row("lstm", "concatenated", *lstm) == "fₜ iₜ C̃ₜ oₜ Cₜ Cₜ₋₁ hₜ"
    assert row("lstm", "row", *lstm) == "Fₜ Iₜ C̃ₜ Oₜ Cₜ Cₜ₋₁ Hₜ"
    assert row("lstm", "z", *lstm) == "zᶠ zⁱ z zᵒ cᵗ cᵗ⁻¹ hᵗ"
    gru = ("reset", "update", "candidate", "previous_hidden")
    assert row("gru", "pytorch", *gru) == "r z n h₋₁"
    assert row("gru", "row", *gru) == "Rₜ Zₜ H̃ₜ Hₜ₋₁"
    assert row("lstm", "row", "W.forget", "U.forget") == "W_xf W_hf"


def test_the_side_that_z_keeps_changes_the_products_only() -> None:
    keep, write = symbols("gru", "pytorch").labels, symbols("gru", "pytorch", update="write").labels
    assert (keep["kept"], keep["written"]) == ("z⊙h₋₁", "(1−z)⊙n")
    assert (write["kept"], write["written"]) == ("(1−z)⊙h₋₁", "z⊙n")
    assert {name for name in keep if keep[name] != write[name]} == {"kept", "written"}


def test_unless_said_otherwise_z_keeps_and_the_reset_comes_after_the_product() -> None:
    given: dict[str, Any] = {"reset": "after", "update": "keep"}
    for notation in NOTATIONS:
        assert symbols("gru", notation) == symbols("gru", notation, **given)
        assert equations("gru", notation) == equations("gru", notation, **given)
        assert conventions("gru", notation) == conventions("gru", notation, **given)
        assert effective_notation("gru", notation) == effective_notation("gru", notation, "after")


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("cell", [MinGRU, MinLSTM, SLSTM])
def test_cells_after_2014_keep_the_letters_of_their_papers(cell: type, notation: str) -> None:
    labels = symbols(cell.kind, notation).labels
    weights = ("W", "U", "b", "pre") if cell is SLSTM else ("W", "b", "pre")
    signals = {*cell.signals, "previous_hidden", "kept", "written"}
    signals |= {f"{w}.{part}" for w in weights for part in cell.parts}
    assert signals <= labels.keys()
    assert len({labels[name] for name in signals}) == len(signals)
    written = {line.signal: line.latex for line in equations(cell.kind, notation)}
    assert written.keys() == set(cell.signals) - {"x"}
    plain = {"h̃": r"\tilde{h}_t", "f′": "f'_t", "i′": "i'_t"}
    for signal, latex in written.items():
        assert latex.startswith(plain.get(labels[signal], f"{labels[signal]}_t") + " = ")
    reason = effective_notation(cell.kind, notation)[1]
    assert (reason is None) == (notation == "pytorch")


@pytest.mark.parametrize("cell", ["gru", "rnn"])
def test_z_notation_falls_back_and_says_so(cell: str) -> None:
    assert effective_notation(cell, "z") == ("pytorch", f"notation.reason.z_{cell}")
    assert symbols(cell, "z").labels == symbols(cell, "pytorch").labels
    assert equations(cell, "z") == equations(cell, "pytorch")
    assert f"notation.reason.z_{cell}" in conventions(cell, "z")


def test_a_reset_after_the_product_is_not_one_concatenated_product() -> None:
    def candidate(reset: str) -> str:
        return next(e.latex for e in equations("gru", "concatenated", reset=reset) if e.signal == "candidate")

    assert r"\cdot" in candidate("before") and r"\cdot" not in candidate("after")
    assert effective_notation("gru", "concatenated", "after")[1] == "notation.reason.concatenated_after"
    assert effective_notation("gru", "concatenated", "before")[1] is None


def test_z_notation_names_its_stages() -> None:
    phases = symbols("lstm", "z").phases
    assert [translator("en")(phases[name]) for name in ("forget", "write", "read")] == [
        "forget",
        "select memory",
        "output",
    ]
    assert symbols("lstm", "row").phases == {}


def test_unknown_notation_is_refused() -> None:
    with pytest.raises(ValueError, match="notation"):
        symbols("lstm", "greek")


@pytest.mark.parametrize(("cell", "notation"), list(itertools.product(CELLS, NOTATIONS)))
@pytest.mark.parametrize(("reset", "update"), list(itertools.product(("before", "after"), ("keep", "write"))))
def test_every_convention_is_said_in_both_languages(
    cell: str, notation: str, reset: str, update: str
) -> None:
    keys = conventions(cell, notation, reset=reset, update=update)
    assert any(key.startswith("convention.notation.") for key in keys)
    assert (f"convention.update.{update}" in keys) == (cell == "gru")
    assert (f"convention.reset.{reset}" in keys) == (cell == "gru")
    for language in LANGUAGES:
        t = translator(language)
        assert all(t(key) for key in [*keys, f"notation.{notation}"])
