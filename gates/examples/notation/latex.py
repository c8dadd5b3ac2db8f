r"""The equations of a step as LaTeX, one a signal, in the notations of ``gates.examples.notation.letters``.

``\odot`` is the product element by element; a matrix product is written by juxtaposition, or by ``\cdot``
where the notation has it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypedDict

from gates import GRU, LSTM
from gates.examples.notation.kinds import KINDS, DrawnKind
from gates.examples.notation.letters import PAPERS, Reset, Update, effective_notation

Affine = Callable[[str, str], str]
"""(subscript, old hidden state) -> the weighted sum of input and old state, plus bias."""


@dataclass(frozen=True)
class Equation:
    """The LaTeX of the equation that makes ``signal``."""

    signal: str
    latex: str


@dataclass(frozen=True)
class Style:
    """How a notation writes a cell: its signals, the marks of its weights, and a weighted sum."""

    letters: Mapping[str, str]
    subscripts: Mapping[str, str]
    affine: Affine
    squashes: tuple[str, str, str] = ("sigmoid", "tanh", "tanh")

    def gate(self, argument: str) -> str:
        """Return a gate of its pre-activation."""
        return _squashed(self.squashes[0], argument)

    def candidate(self, argument: str) -> str:
        """Return a candidate of its pre-activation."""
        return _squashed(self.squashes[1], argument)

    def sum(self, part: str) -> str:
        """Return the pre-activation of ``part`` from the input and the old hidden state as it is."""
        return self.affine(self.subscripts[part], self.letters["previous_hidden"])


def equations(
    cell: DrawnKind,
    notation: str = "pytorch",
    *,
    reset: Reset = "after",
    update: Update = "keep",
    activation: str = "tanh",
    gate_activation: str = "sigmoid",
    candidate_activation: str = "tanh",
    cell_activation: str = "tanh",
    peephole: bool = False,
    coupled: bool = False,
    without: Collection[str] = (),
    colours: Mapping[str, str] | None = None,
) -> tuple[Equation, ...]:
    """Return the equations of one step in reading order.

    ``reset`` and ``update`` concern the GRU, ``activation`` the RNN; ``peephole``, ``coupled`` (i = 1 − f)
    and ``without`` (gates fixed at 1) the LSTM. ``gate_activation`` and so on are the cells' own options, by
    name. Where the notation has no form for the cell, PyTorch's is given: ``effective_notation`` says so.
    ``colours`` gives signals a hex colour wherever they stand.
    """
    if cell in PAPERS:
        return _paper(cell, colours or {})
    effective, _ = effective_notation(cell, notation, reset)
    style = _coloured(style_of(cell, notation), colours or {})
    style = replace(style, squashes=(gate_activation, candidate_activation, cell_activation))
    if cell == "lstm":
        lines = _lstm(style, peephole, coupled, without)
    elif cell == "gru":
        lines = _gru(style, reset, update, effective)
    else:
        lines = {"hidden": _squashed(activation, style.sum("hidden"))}
    return tuple(Equation(signal, f"{style.letters[signal]} = {right}") for signal, right in lines.items())


def style_of(cell: DrawnKind, notation: str) -> Style:
    """Return the letters of a cell of before 2015 in a notation, or in PyTorch's where that has no form."""
    effective, _ = effective_notation(cell, notation)
    return _STYLES[effective](cell)


class Options(TypedDict):
    """What an LSTM has beyond, or short of, the common one; for other cells it is all as it is not.

    The activations are a GRU's too, those that it has.
    """

    peephole: bool
    coupled: bool
    without: tuple[str, ...]
    gate_activation: str
    candidate_activation: str
    cell_activation: str


def options_of(cell: Any) -> Options:
    """Return a cell's options as :func:`equations` takes them."""
    lstm = cell if isinstance(cell, LSTM) else None
    squashes = cell.squashes if isinstance(cell, LSTM | GRU) else {}
    gate = "forget" if lstm else "update"

    def named(part: str, usual: str) -> str:
        return squashes[part].activation.name if part in squashes else usual

    return Options(
        peephole=lstm is not None and lstm.peephole is not None,
        coupled=lstm is not None and lstm.coupled,
        without=tuple(sorted(lstm.without)) if lstm else (),
        gate_activation=named(gate, "sigmoid"),
        candidate_activation=named("candidate", "tanh"),
        cell_activation=named("cell", "tanh"),
    )


def _paper(cell: DrawnKind, colours: Mapping[str, str]) -> tuple[Equation, ...]:
    """Return the equations of a cell after 2014 as its paper has them, with a bias in every sum."""
    lines = KINDS[cell].equations
    tints = {
        letter: colour
        for gate, colour in colours.items()
        if gate in lines  # an sLSTM's z is no gate
        for letter in _TINTED.get(gate, ())
    }
    equations = []
    for signal, latex in lines.items():
        for letter, colour in tints.items():
            latex = latex.replace(letter, rf"\textcolor{{{colour}}}{{{letter}}}")
        equations.append(Equation(signal, latex))
    return tuple(equations)


_TINTED = {"forget": ("f'_t", "f_t"), "input": ("i'_t", "i_t"), "output": ("o_t",), "update": ("z_t",)}
"""The letters of a gate's colour: those of what is made of it as well."""


def _coloured(style: Style, colours: Mapping[str, str]) -> Style:
    def letter(signal: str, plain: str) -> str:
        return rf"\textcolor{{{colours[signal]}}}{{{plain}}}" if signal in colours else plain

    return replace(style, letters={signal: letter(signal, plain) for signal, plain in style.letters.items()})


def _applied(function: str, argument: str) -> str:
    return rf"{function}\left({argument}\right)"


_FUNCTIONS = {
    "sigmoid": r"\sigma", "tanh": r"\tanh", "relu": r"\mathrm{ReLU}", "exponential": r"\exp",
}  # fmt: skip


def _function(activation: str) -> str:
    words = activation.replace("_", r"\ ")
    return _FUNCTIONS.get(activation, rf"\mathrm{{{words}}}")


def _squashed(activation: str, argument: str) -> str:
    return argument if activation == "identity" else _applied(_function(activation), argument)


def _grouped(expression: str) -> str:
    return f"({expression})" if " " in expression else expression


def _lstm(style: Style, peephole: bool, coupled: bool, without: Collection[str]) -> dict[str, str]:
    at = style.letters

    def gate(part: str, seen: str) -> str:
        if part in without:
            return "1"
        look = rf" + p_{{{part[0]}}} \odot {seen}" if peephole else ""
        weighed, plus, bias = style.sum(part).rpartition(" + ")
        return style.gate(weighed + look + plus + bias)

    ψ = style.squashes[2]
    squashed_cell = at["cell"] if ψ == "identity" else f"{_function(ψ)} {at['cell']}"
    return {
        "forget": gate("forget", at["previous_cell"]),
        "input": f"1 - {at['forget']}" if coupled else gate("input", at["previous_cell"]),
        "candidate": style.candidate(style.sum("candidate")),
        "cell": rf"{at['forget']} \odot {at['previous_cell']} + {at['input']} \odot {at['candidate']}",
        "output": gate("output", at["cell"]),
        "hidden": rf"{at['output']} \odot {squashed_cell}",
    }


def _gru(style: Style, reset: Reset, update: Update, notation: str) -> dict[str, str]:
    at = style.letters
    z, old, new = at["update"], at["previous_hidden"], at["candidate"]
    keep, write = (z, f"(1 - {z})") if update == "keep" else (f"(1 - {z})", z)
    update_gate = style.gate(style.sum("update"))
    if update == "write":  # the weights are those of a z that keeps, and 1 − σ(a) = σ(−a)
        logistic = style.squashes[0] == "sigmoid"
        update_gate = style.gate(_applied("-", style.sum("update"))) if logistic else f"1 - {update_gate}"
    candidate = _reset_before(style) if reset == "before" else _reset_after(style, notation)
    return {
        "reset": style.gate(style.sum("reset")),
        "update": update_gate,
        "candidate": style.candidate(candidate),
        "hidden": rf"{keep} \odot {old} + {write} \odot {new}",
    }


def _reset_before(style: Style) -> str:
    muted = rf"{style.letters['reset']} \odot {style.letters['previous_hidden']}"
    return style.affine(style.subscripts["candidate"], muted)


def _reset_after(style: Style, notation: str) -> str:
    r, old = style.letters["reset"], style.letters["previous_hidden"]
    match notation:
        case "concatenated":
            return (
                rf"W_{{\tilde h,x}}\, x_t + b_{{\tilde h}} + {r} \odot (W_{{\tilde h,h}}\, {old} + b_{{hn}})"
            )
        case "row":
            return rf"X_t W_{{xh}} + b_h + {r} \odot ({old} W_{{hh}} + b_{{hh}})"
        case _:
            return rf"W_n x_t + b_n + {r} \odot (U_n {old} + b_{{hn}})"


_TIMED = {"x": "x_t", "hidden": "h_t", "previous_hidden": "h_{t-1}"}
_GATES = {"input": "i_t", "forget": "f_t", "output": "o_t", "reset": "r_t", "update": "z_t"}
_OWN = {"input": "i", "forget": "f", "output": "o", "reset": "r", "update": "z"}


def _pytorch(cell: DrawnKind) -> Style:
    new = "g" if cell == "lstm" else "n"
    letters = _TIMED | _GATES | {"candidate": f"{new}_t", "cell": "c_t", "previous_cell": "c_{t-1}"}

    def affine(mark: str, hidden: str) -> str:
        low = f"_{mark}" if mark else ""
        return f"W{low} x_t + U{low} {_grouped(hidden)} + b{low}"

    return Style(letters, _OWN | {"candidate": new, "hidden": ""}, affine)


def _concatenated(cell: DrawnKind) -> Style:
    new, mark = (r"\tilde{C}_t", "C") if cell == "lstm" else (r"\tilde{h}_t", r"\tilde h")
    letters = _TIMED | _GATES | {"candidate": new, "cell": "C_t", "previous_cell": "C_{t-1}"}

    def affine(mark: str, hidden: str) -> str:
        low = f"_{{{mark}}}" if mark else ""
        return rf"W{low} \cdot [{hidden},\, x_t] + b{low}"

    return Style(letters, _OWN | {"candidate": mark, "hidden": ""}, affine)


def _row(cell: DrawnKind) -> Style:
    new, mark = (r"\tilde{C}_t", "c") if cell == "lstm" else (r"\tilde{H}_t", "h")
    gates = {part: letter.upper() for part, letter in _GATES.items()}
    gates = {part: letter.replace("_T", "_t") for part, letter in gates.items()}
    states = {
        "x": "X_t",
        "hidden": "H_t",
        "previous_hidden": "H_{t-1}",
        "cell": "C_t",
        "previous_cell": "C_{t-1}",
    }

    def affine(mark: str, hidden: str) -> str:
        return f"X_t W_{{x{mark}}} + {_grouped(hidden)} W_{{h{mark}}} + b_{mark}"

    return Style(states | gates | {"candidate": new}, _OWN | {"candidate": mark, "hidden": "h"}, affine)


def _z(cell: DrawnKind) -> Style:
    gates = {part: f"z^{letter}" for part, letter in _OWN.items()}
    states = {
        "x": "x^t",
        "hidden": "h^t",
        "previous_hidden": "h^{t-1}",
        "cell": "c^t",
        "previous_cell": "c^{t-1}",
    }

    def affine(mark: str, hidden: str) -> str:
        high = f"^{mark}" if mark else ""
        return rf"W{high} \begin{{bmatrix}} x^t \\ {hidden} \end{{bmatrix}} + b{high}"

    return Style(states | gates | {"candidate": "z"}, _OWN | {"candidate": ""}, affine)


_STYLES: Mapping[str, Callable[[DrawnKind], Style]] = {
    "pytorch": _pytorch,
    "concatenated": _concatenated,
    "row": _row,
    "z": _z,
}


def conventions(
    cell: DrawnKind, notation: str, *, reset: Reset = "after", update: Update = "keep"
) -> tuple[str, ...]:
    """Return the string keys of the sentences that say which conventions the equations follow."""
    effective, reason = effective_notation(cell, notation, reset)
    keys = [f"convention.notation.{effective}"] + ([reason] if reason else [])
    if cell == "gru":
        keys += [f"convention.update.{update}", f"convention.reset.{reset}"]
    return tuple(keys)
