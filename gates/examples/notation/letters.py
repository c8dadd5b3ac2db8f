"""The letters for a cell's signals in the notations of the common courses, as plain text for the stage."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gates.examples.notation.kinds import KINDS, DrawnKind

NOTATIONS = ("pytorch", "concatenated", "row", "z")

Update = Literal["keep", "write"]
Reset = Literal["before", "after"]

PAPERS: Mapping[str, Mapping[str, str]] = {name: kind.letters for name, kind in KINDS.items() if kind.paper}
"""The letters of the cells that came after 2014: those of their own papers, whatever the notation."""


@dataclass(frozen=True)
class Symbols:
    """What to write beside each signal.

    ``labels`` maps the trace's names, and ``W.<part>``, ``U.<part>``, ``b.<part>``, ``pre.<part>``, an LSTM's
    ``p.<gate>`` (peephole weights) and a GRU's ``b_hn``, to plain text. ``effective`` is the notation really
    used, and ``reason`` the string key of a sentence where that, or part of it, is not the one asked for.
    ``phases`` gives string keys for the phases that this notation has names of its own for.
    """

    labels: Mapping[str, str]
    effective: str
    reason: str | None = None
    phases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Alphabet:
    """The letters of one notation: marks of time, and the subscripts that its weights carry."""

    now: str
    before: str
    first: str
    states: Mapping[str, str]
    gates: Mapping[str, str]
    candidate: Mapping[str, str]
    subscripts: Mapping[str, str]
    gate_time: bool = True


_LOWER = {"input": "i", "forget": "f", "output": "o", "reset": "r", "update": "z"}
_UPPER = {part: letter.upper() for part, letter in _LOWER.items()}

_ALPHABETS: Mapping[str, _Alphabet] = {
    "pytorch": _Alphabet(
        now="",
        before="₋₁",
        first="₀",
        states={"x": "x", "cell": "c", "hidden": "h"},
        gates=_LOWER,
        candidate={"lstm": "g", "gru": "n"},
        subscripts={"lstm": "g", "gru": "n"},
    ),
    "concatenated": _Alphabet(
        now="ₜ",
        before="ₜ₋₁",
        first="₀",
        states={"x": "x", "cell": "C", "hidden": "h"},
        gates=_LOWER,
        candidate={"lstm": "C̃", "gru": "h̃"},
        subscripts={"lstm": "C", "gru": "h̃"},
    ),
    "row": _Alphabet(
        now="ₜ",
        before="ₜ₋₁",
        first="₀",
        states={"x": "X", "cell": "C", "hidden": "H"},
        gates=_UPPER,
        candidate={"lstm": "C̃", "gru": "H̃"},
        subscripts={"lstm": "c", "gru": "h", "rnn": "h"},
    ),
    "z": _Alphabet(
        now="ᵗ",
        before="ᵗ⁻¹",
        first="⁰",
        states={"x": "x", "cell": "c", "hidden": "h"},
        gates={"input": "zⁱ", "forget": "zᶠ", "output": "zᵒ"},
        candidate={"lstm": "z"},
        subscripts={"input": "ⁱ", "forget": "ᶠ", "output": "ᵒ", "lstm": ""},
        gate_time=False,
    ),
}

_Z_PHASES = {"forget": "phase.z.forget", "write": "phase.z.write", "read": "phase.z.read"}


def effective_notation(cell: DrawnKind, notation: str, reset: Reset = "after") -> tuple[str, str | None]:
    """Return the notation that can be shown for ``cell``, and the key of the reason where it is not as asked.

    z-notation has no form for GRU and RNN, which fall back to PyTorch's. A reset after the product does not
    fit one concatenated product: the letters stay, the candidate is written with its matrix split, and the
    reason says why.
    """
    if notation not in NOTATIONS:
        raise ValueError(f"notation must be one of {NOTATIONS}, not {notation!r}")
    if cell in PAPERS:
        return "pytorch", None if notation == "pytorch" else "notation.reason.paper"
    if notation == "z" and cell != "lstm":
        return "pytorch", f"notation.reason.z_{cell}"
    if notation == "concatenated" and cell == "gru" and reset == "after":
        return notation, "notation.reason.concatenated_after"
    return notation, None


def symbols(cell: DrawnKind, notation: str, update: Update = "keep", reset: Reset = "after") -> Symbols:
    """Return the letters of ``cell`` in ``notation``; ``update`` says what z does (display only)."""
    effective, reason = effective_notation(cell, notation, reset)
    if cell in PAPERS:
        return Symbols(_paper(cell), effective, reason)
    letters = _ALPHABETS[effective]
    labels = _states(cell, letters) | _parts(cell, letters) | _weights(cell, effective)
    if cell == "lstm":
        labels |= _lstm_products(labels) | {
            f"p.{gate}": f"p_{gate[0]}" for gate in ("input", "forget", "output")
        }
    elif cell == "gru":
        labels |= _gru_products(labels, update) | _gru_recurrent(labels, reset, rows=effective == "row")
    return Symbols(labels, effective, reason, _Z_PHASES if effective == "z" else {})


def _paper(cell: DrawnKind) -> dict[str, str]:
    """Name everything about a cell after 2014, whose gates write where a GRU's z keeps."""
    labels = dict(PAPERS[cell])
    for name in ("hidden", "cell", "normaliser", "stabiliser"):
        if name in labels:
            labels |= {f"previous_{name}": f"{labels[name]}₋₁", f"initial_{name}": f"{labels[name]}₀"}
    for part in KINDS[cell].parts:
        mark = "h" if labels[part] == "h̃" else labels[part]
        labels |= {f"{name}.{part}": f"{letter}_{mark}" for name, letter in _WEIGHTS.items()}
    for product, factor, *other in (each for sum in KINDS[cell].sums.values() for each in sum):
        if other:
            left = labels[factor] if isinstance(factor, str) else f"(1−{labels[factor[0]]})"
            labels[product] = f"{left}⊙{labels[other[0]]}"
    return labels


_WEIGHTS = {"W": "W", "U": "U", "b": "b", "pre": "a"}


def _states(cell: DrawnKind, letters: _Alphabet) -> dict[str, str]:
    labels = {"x": letters.states["x"] + letters.now}
    for name in ("cell", "hidden") if cell == "lstm" else ("hidden",):
        letter = letters.states[name]
        labels[name] = letter + letters.now
        labels[f"previous_{name}"] = letter + letters.before
        labels[f"initial_{name}"] = letter + letters.first
    return labels


def _parts(cell: DrawnKind, letters: _Alphabet) -> dict[str, str]:
    time = letters.now if letters.gate_time else ""
    names = {part: letters.gates[part] for part in KINDS[cell].parts if part in letters.gates}
    if cell != "rnn":
        names["candidate"] = letters.candidate[cell]
    return {part: letter + time for part, letter in names.items()}


def _lstm_products(labels: Mapping[str, str]) -> dict[str, str]:
    return {
        "kept": f"{labels['forget']}⊙{labels['previous_cell']}",
        "written": f"{labels['input']}⊙{labels['candidate']}",
        "tanh_cell": f"tanh {labels['cell']}",
    }


def _gru_products(labels: Mapping[str, str], update: Update) -> dict[str, str]:
    z, old, new = (labels[name] for name in ("update", "previous_hidden", "candidate"))
    keep, write = (z, f"(1−{z})") if update == "keep" else (f"(1−{z})", z)
    return {"kept": f"{keep}⊙{old}", "written": f"{write}⊙{new}"}


def _gru_recurrent(labels: Mapping[str, str], reset: Reset, rows: bool) -> dict[str, str]:
    """Name the state that the candidate reads, and b_hn: on its own in the reset-after form only."""
    old, matrix = labels["previous_hidden"], labels["U.candidate"]
    muted = f"{labels['reset']}⊙{old}"
    bias = "b_hh" if rows else "b_hn"
    if reset == "after":
        return {"b_hn": bias, "recurrent": f"{old} {matrix} + {bias}" if rows else f"{matrix} {old} + {bias}"}
    return {"reset_hidden": muted, "recurrent": f"({muted}) {matrix}" if rows else f"{matrix} ({muted})"}


def _weights(cell: DrawnKind, notation: str) -> dict[str, str]:
    subscripts = _ALPHABETS[notation].subscripts
    labels: dict[str, str] = {}
    for part in KINDS[cell].parts:
        of = cell if part in ("candidate", "hidden") else part
        mark = subscripts.get(of, _LOWER.get(of, ""))
        labels |= {f"{name}.{part}": text for name, text in _weight_names(notation, mark).items()}
    return labels


def _weight_names(notation: str, mark: str) -> dict[str, str]:
    low = f"_{mark}" if mark else ""
    match notation:
        case "concatenated":
            join = f"{low}," if mark else "_"
            return {"W": f"W{join}x", "U": f"W{join}h", "b": f"b{low}", "pre": f"a{low}"}
        case "row":
            return {"W": f"W_x{mark}", "U": f"W_h{mark}", "b": f"b_{mark}", "pre": f"a_{mark}"}
        case "z":
            return {"W": f"W{mark}ₓ", "U": f"W{mark}ₕ", "b": f"b{mark}", "pre": f"a{mark}"}
        case _:
            return {"W": f"W{low}", "U": f"U{low}", "b": f"b{low}", "pre": f"a{low}"}


_WRITTEN = {"sigmoid": "σ", "relu": "ReLU", "exponential": "exp", "identity": ""}


def written(activation: str) -> str:
    """Return how an activation is written before its argument; nothing for the identity."""
    return _WRITTEN.get(activation, activation.replace("_", " "))
