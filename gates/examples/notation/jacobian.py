r"""How a step's state depends on the one before, as formulas: once, for LaTeX and for numbers.

A derivative is a sum of terms, each a diagonal of factors times, if any, a weight matrix of the old hidden
state. The tests put numbers in and compare with :mod:`gates.analysis.flow`. A prime is an activation's slope
where the cell stands: for σ it is s(1 − s), for tanh 1 − s².
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gates.examples.notation.kinds import DrawnKind
from gates.examples.notation.latex import style_of
from gates.examples.notation.letters import PAPERS, Reset

Factor = str | tuple[str, str]
"""A signal by its name; with ``'`` its slope; ``("1", z)`` is 1 − z, ``(a, b)`` another difference a − b."""


@dataclass(frozen=True)
class Term:
    """A product: diag of ``factors`` multiplied element by element, then ``matrix``, the U of a part."""

    factors: tuple[Factor, ...]
    matrix: str = ""


Terms = tuple[Term, ...]


@dataclass(frozen=True)
class Line:
    """A sum of terms, and the letter that stands for it in others."""

    name: str
    terms: Terms


def lstm_lines(
    peephole: bool, coupled: bool, without: Collection[str], linear: Collection[str] = ()
) -> tuple[Line, ...]:
    """Return A = ∂c/∂h₋₁, F = ∂c/∂c₋₁, and D and B, of which ∂h/∂h₋₁ = D A + B.

    ``linear``: ``"candidate"`` and ``"cell"`` where no tanh stands at the candidate or between c and h.
    """
    squashed_cell: Factor = "cell" if "cell" in linear else "tanh_cell"
    forget = "forget" not in without
    sees_input = "input" not in without and not coupled
    old: Factor = ("previous_cell", "candidate") if coupled else "previous_cell"
    A = [Term((old, "forget'"), "forget")] if forget else []
    A += [Term(("candidate", "input'"), "input")] if sees_input else []
    A.append(Term(("input", "candidate'") if "candidate" not in linear else ("input",), "candidate"))
    F = [Term(("forget",))]
    D = [Term(("output", "tanh_cell'") if "cell" not in linear else ("output",))]
    if peephole:
        F += [Term((old, "forget'", "p.forget"))] if forget else []
        F += [Term(("candidate", "input'", "p.input"))] if sees_input else []
        D += [Term((squashed_cell, "output'", "p.output"))] if "output" not in without else []
    B = () if "output" in without else (Term((squashed_cell, "output'"), "output"),)
    return Line("A", tuple(A)), Line("F", tuple(F)), Line("D", tuple(D)), Line("B", B)


def gru_lines(reset: Reset) -> tuple[Line, ...]:
    """Return ∂h/∂h₋₁ without the candidate's way, and K, what the candidate reads by h₋₁."""
    J = (Term(("update",)), Term((("previous_hidden", "candidate"), "update'"), "update"))
    candidate_terms = (
        (Term(("reset",)), Term(("previous_hidden", "reset'"), "reset"))
        if reset == "before"
        else (Term(("reset",), "candidate"), Term(("heard", "reset'"), "reset"))
    )
    return Line("J", J), Line("K", candidate_terms)


_TRANSPOSED = r"^{\top}"
RNN_TERMS: Terms = (Term(("hidden'",), "hidden"),)


class _Writer:
    def __init__(self, cell: DrawnKind, notation: str) -> None:
        self.style, self.notation = style_of(cell, notation), notation

    def factor(self, factor: Factor) -> str:
        if isinstance(factor, tuple):
            left = "1" if factor[0] == "1" else self.factor(factor[0])
            return f"({left} - {self.factor(factor[1])})"
        name, prime = factor.removesuffix("'"), "'" * factor.endswith("'")
        if name == "tanh_cell":
            inside = self.style.letters["cell"]
            return rf"\tanh'({inside})" if prime else rf"\tanh({inside})"
        if name.startswith("p."):
            return f"p_{name[2]}"
        if name == "heard":
            return f"({self.recurrent_term()})"
        letter = self.style.letters[name]
        return f"{{{letter}}}'" if prime else letter

    def recurrent_term(self) -> str:
        old, U = self.style.letters["previous_hidden"], self.U("candidate")
        if self.notation == "row":
            return f"{old} {U.removesuffix(_TRANSPOSED)} + b_{{hh}}"
        return f"{U} {old} + b_{{hn}}"

    def U(self, part: str) -> str:
        """The weights of the old hidden state; of a row-vector's they are turned."""
        mark = self.style.subscripts[part]
        match self.notation:
            case "row":
                return f"W_{{h{mark}}}{_TRANSPOSED}"
            case "concatenated":
                return rf"W_{{{mark},h}}" if mark else "W_h"
            case "z":
                return rf"W^{{{mark}}}_h" if mark else "W_h"
            case _:
                return f"U_{{{mark}}}" if mark else "U"

    def term(self, term: Term) -> str:
        inside = r" \odot ".join(map(self.factor, term.factors))
        inside = inside[1:-1] if len(term.factors) == 1 and inside.startswith("(") else inside
        matrix = rf"\, {self.U(term.matrix)}" if term.matrix else ""
        return rf"\operatorname{{diag}}\left({inside}\right){matrix}"

    def sum(self, terms: Terms) -> str:
        return " + ".join(map(self.term, terms))


def _by(left: str, right: str) -> str:
    return rf"\frac{{\partial {left}}}{{\partial {right}}}"


def gradient_lines(
    cell: DrawnKind,
    notation: str,
    *,
    reset: Reset = "after",
    peephole: bool = False,
    coupled: bool = False,
    without: Collection[str] = (),
    linear: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the LaTeX of how the state depends on the one before.

    Of a cell after 2014 it is the way along its memory alone: all of it where no gate sees the old state.
    """
    if cell in PAPERS:
        return _PAPERS[cell]
    writer = _Writer(cell, notation)
    at = writer.style.letters
    h, old = at["hidden"], at["previous_hidden"]
    if cell == "rnn":
        return (f"{_by(h, old)} = {writer.sum(RNN_TERMS)}",)
    if cell == "gru":
        J, K = gru_lines(reset)
        new = rf"\operatorname{{diag}}\left((1 - {at['update']}) \odot {{{at['candidate']}}}'\right)"
        U = writer.U("candidate")
        recurrent = rf"{U} \left({writer.sum(K.terms)}\right)" if reset == "before" else writer.sum(K.terms)
        return f"{_by(h, old)} = {writer.sum(J.terms)} + {new}\\, K", f"K = {recurrent}"
    A, F, D, B = lstm_lines(peephole, coupled, without, linear)
    c, before = at["cell"], at["previous_cell"]
    through = " + B" if B.terms else ""
    named = (A, F, D, *((B,) if B.terms else ()))
    return (
        rf"{_by(c, before)} = F \qquad {_by(c, old)} = A \qquad {_by(h, before)} = D F \qquad "
        rf"{_by(h, old)} = D A{through}",
        *(f"{line.name} = {writer.sum(line.terms)}" for line in named),
    )


def slope_lines(cell: DrawnKind, notation: str, squashes: Mapping[str, str]) -> tuple[str, ...]:
    """Return the LaTeX of the slopes that are written with a prime.

    Args:
        cell: its kind. notation: whose letters.
        squashes: the activation of each signal that has a prime; ``cell`` for the tanh between c and h.
    """
    letters = style_of(cell, notation).letters
    return tuple(
        rf"\tanh'({letters['cell']}) = 1 - \tanh^2({letters['cell']})"
        if signal == "cell"
        else f"{{{letters[signal]}}}' = {_SLOPES[activation].format(s=letters[signal])}"
        for signal, activation in squashes.items()
        if activation != "identity"
    )


_SLOPES = {"sigmoid": r"{s} \odot (1 - {s})", "tanh": r"1 - {s} \odot {s}", "relu": r"[{s} > 0]"}
_PAPERS: Mapping[str, tuple[str, ...]] = {
    "mingru": (rf"{_by('h_t', 'h_{t-1}')} = \operatorname{{diag}}\left(1 - z_t\right)",),
    "minlstm": (rf"{_by('h_t', 'h_{t-1}')} = \operatorname{{diag}}\left(f'_t\right)",),
    "slstm": (
        rf"{_by('c_t', 'c_{t-1}')} = {_by('n_t', 'n_{t-1}')} = \operatorname{{diag}}\left(f'_t\right)",
    ),
}
