"""Kinds of cell side by side on one input: which do a task, by which weights; what corresponds to what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, cast

import numpy as np

from gates.analysis.ensembles import stream
from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.cells.stepwise import Stepwise
from gates.cells.variants import lstm_variant
from gates.examples.notation.kinds import KINDS, DrawnKind, Kind, kind_of
from gates.examples.presets.alphabets import PLUS_MINUS, SET_RESET, STORE_MUTE, UP_DOWN
from gates.examples.presets.handmade import Part, gru, lstm, rnn
from gates.examples.presets.model import Alphabet, Cell
from gates.examples.presets.registry import preset
from gates.inputs.sequence import Sequence

AnyCell = Cell | Stepwise[Any]

MOST_COLUMNS = 4
K = 20.0

COLUMNS: Mapping[str, DrawnKind] = MappingProxyType(
    {
        "rnn": "rnn",
        "rnn-relu": "rnn",
        "lstm": "lstm",
        "lstm-coupled": "lstm",
        "lstm-peephole": "lstm",
        "lstm-1997": "lstm",
        "lstm-no-input": "lstm",
        "lstm-no-output": "lstm",
        "lstm-niaf": "lstm",
        "lstm-noaf": "lstm",
        "gru-before": "gru",
        "gru-after": "gru",
        **{name: cast("DrawnKind", name) for name, kind in KINDS.items() if kind.paper},
    }
)
"""What a column may hold, and its kind of cell. The LSTM of 1997 has no forget gate: f = 1.

NIAF has no tanh at the candidate, NOAF none on the way out (Greff et al. 2017).
"""

_WITHOUT = {"lstm-1997": "forget", "lstm-no-input": "input", "lstm-no-output": "output"}

ROLES = ("new", "keep", "write", "show", "hear")
"""What parts of different cells correspond in: candidate; f ≈ z; i ≈ 1 − z; o; r."""


def _parts(kind: Kind) -> Mapping[str, str]:
    roles = {role: part for role, part in kind.roles.items() if role in ROLES and part in kind.parts}
    return roles or {"new": kind.parts[0]}  # a plain RNN is one candidate


PARTS: Mapping[str, Mapping[str, str]] = {name: _parts(kind) for name, kind in KINDS.items()}
"""Which part of a cell plays which role."""


def aligned_cell(column: str, inputs: int, hidden: int, seed: int, bias: float | None = None) -> AnyCell:
    """Return a random cell whose parts have the same numbers as the parts that correspond to them elsewhere.

    All weights are uniform in ±1/√hidden, each role drawn from a stream of its own: the candidates of RNN,
    LSTM and GRU are the same, and the forget gate's weights are the update gate's. ``bias`` is what f and z
    get for all their biases (None: as drawn); a gate that writes alone, as a minGRU's z, gets its opposite.
    b_hn is 0, so that a GRU before and one after differ in nothing but where r acts.
    """
    kind = COLUMNS[column]
    drawn = {part: _draw(role, inputs, hidden, seed) for role, part in PARTS[kind].items()}
    if bias is not None and kind != "rnn":
        keeps = PARTS[kind].get("keep")
        part = keeps or PARTS[kind]["write"]
        drawn[part] = (*drawn[part][:2], np.full(hidden, bias if keeps else -bias))
    W, U, b = (np.concatenate([drawn[part][k] for part in KINDS[kind].type.parts]) for k in range(3))
    if KINDS[kind].paper:
        cell: AnyCell = KINDS[kind].type(W=W, b=b, **({"U": U} if KINDS[kind].recurrent else {}))
        return cell
    match column:
        case "rnn" | "rnn-relu":
            return RNN(W, U, b, activation="relu" if column == "rnn-relu" else "tanh")
        case "gru-before" | "gru-after":
            return GRU(W, U, b, np.zeros(hidden), reset="before" if column == "gru-before" else "after")
    cell = LSTM(W, U, b)
    if column == "lstm-coupled":
        return replace(cell, coupled=True)
    if column in ("lstm-niaf", "lstm-noaf"):
        return lstm_variant(cell, column.removeprefix("lstm-").upper())
    if left_out := _WITHOUT.get(column):
        return replace(cell, without={left_out})
    if column == "lstm-peephole":
        return replace(cell, peephole=_uniform(stream(seed, 20), hidden, (3, hidden)))
    return cell


def column_of(cell: AnyCell) -> str:
    """Return which of ``COLUMNS`` a cell is, or the common form of its kind where it is none of them."""
    kind = kind_of(cell)
    if isinstance(cell, RNN):
        return "rnn-relu" if cell.squashes["hidden"].activation.name == "relu" else "rnn"
    if isinstance(cell, GRU):
        return f"gru-{cell.reset}"
    if not isinstance(cell, LSTM):
        return kind
    if cell.coupled:
        return "lstm-coupled"
    if cell.peephole is not None:
        return "lstm-peephole"
    left_out = {frozenset({part}): column for column, part in _WITHOUT.items()}
    return left_out.get(frozenset(cell.without), "lstm")


def _draw(role: str, inputs: int, hidden: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = stream(seed, 10 + ROLES.index(role))
    return (
        _uniform(rng, hidden, (hidden, inputs)),
        _uniform(rng, hidden, (hidden, hidden)),
        _uniform(rng, hidden, (hidden,)),
    )


def _uniform(rng: np.random.Generator, hidden: int, shape: tuple[int, ...]) -> np.ndarray:
    return rng.uniform(-(hidden**-0.5), hidden**-0.5, shape)


@dataclass(frozen=True)
class Count:
    """How many numbers a cell learns, by what it is of: ``W``, ``U``, ``b``, and what else it has."""

    shapes: Mapping[str, tuple[int, ...]]
    total: int


def count(cell: AnyCell) -> Count:
    """Return the parameters that ``cell`` uses; rows that an option leaves unused are not counted."""
    rows = len(cell.W)
    if isinstance(cell, LSTM):
        rows -= cell.hidden * (len(cell.without) + cell.coupled)
    shapes: dict[str, tuple[int, ...]] = {"W": (rows, cell.inputs)}
    if KINDS[kind_of(cell)].recurrent:
        shapes["U"] = (rows, cell.outputs)
    shapes["b"] = (rows,)
    if isinstance(cell, GRU) and cell.reset == "after":
        shapes["b_hn"] = (cell.hidden,)
    if isinstance(cell, LSTM) and cell.peephole is not None:
        shapes["p"] = (3 - len(cell.without) - cell.coupled, cell.hidden)
    return Count(shapes, sum(int(np.prod(shape)) for shape in shapes.values()))


FRAMEWORKS = ("paper", "pytorch", "keras")


def parameters_by_framework(cell: AnyCell) -> Mapping[str, int | None]:
    """Return how many parameters the papers, PyTorch and Keras count in a cell of this form and size.

    Papers have one bias a row, PyTorch two in every cell, Keras two only in a GRU that resets after the
    product. None where there is no such cell: the papers' GRU resets before the product.
    """
    plain = count(cell).total
    rows = len(cell.b)
    if isinstance(cell, RNN):
        return {"paper": plain, "pytorch": plain + rows, "keras": plain}
    if isinstance(cell, GRU) and cell.reset == "before":
        return {"paper": plain, "pytorch": None, "keras": plain}
    if isinstance(cell, GRU):
        both = plain - cell.hidden + rows
        return {"paper": None, "pytorch": both, "keras": both}
    if isinstance(cell, LSTM) and not _variant(cell):
        return {"paper": plain, "pytorch": plain + rows, "keras": plain}
    return {"paper": plain, "pytorch": None, "keras": None}


def _variant(cell: LSTM) -> bool:
    return bool(cell.coupled or cell.without or cell.peephole is not None or cell.other_squashes)


@dataclass(frozen=True, eq=False)
class Entry:
    """A column of a prepared comparison: its hand-made cell, and whether it does the task (None: no task).

    That is said of these weights alone: what no weights do would need a proof.
    """

    column: str
    make: Callable[[], Cell]
    can: bool | None = None


@dataclass(frozen=True, eq=False)
class Comparison:
    """A task, the sequence that shows it, and hand-made cells side by side that do it or fail.

    Texts: ``compare.preset.<id>`` and ``….watch``. ``units`` are string keys naming the hidden units.
    ``disturb`` is the step that the memory test opens with, from 1. ``wanted`` is what the memory should be
    at each step, None where the task asks nothing; ``unit`` the one that answers, from 0. ``relative`` says
    that the answer is counted in units of what the first step leaves, so that cells of any size count alike.
    """

    id: str
    alphabet: Alphabet
    tokens: tuple[str, ...]
    entries: tuple[Entry, ...]
    disturb: int = 1
    targets: tuple[float | None, ...] = ()
    unit: int = 0
    relative: bool = False

    @property
    def sequence(self) -> Sequence:
        """What all columns read."""
        x = np.array([self.alphabet.vectors[token] for token in self.tokens], dtype=np.float64)
        return Sequence(x, self.tokens, self.alphabet.columns, "symbols", keyed=True)


def answer(task: Comparison, trace: Any) -> np.ndarray:
    """Return what the answering unit's memory says at each step, (T,): c of an LSTM, h of the others."""
    memory: np.ndarray = getattr(trace, "cell", trace.hidden)[:, task.unit]
    return memory / memory[0] if task.relative else memory


def _last_set_value(tokens: Iterable[str], sets: Mapping[str, float | None]) -> tuple[float | None, ...]:
    """What is to be held at each step: what the last of the symbols in ``sets`` sets, from 0."""
    value: float | None = 0.0
    values = []
    for token in tokens:
        value = sets.get(token, value)
        values.append(value)
    return tuple(values)


def _signs(length: int) -> tuple[str, ...]:
    """Return a minus and then signs drawn with seed 0, more plus than minus among the first."""
    drawn = np.random.default_rng(0).integers(2, size=length - 1)
    return ("−", *("+" if sign else "−" for sign in drawn))


_DELIMITED = "–A––––|–––––B––––|–––––"
_SET_ONCE = "–S–––––––––––R––––––"

DELIMITED = Alphabet(
    {"–": (0, 0, 0), "A": (1, 0, 0), "B": (0, 1, 0), "|": (0, 0, 1)},
    ("column.a", "column.b", "column.delimiter"),
    idle="–",
)


def holder(recurrent: float) -> RNN:
    """Return one tanh unit with W = 1: from U ≈ 2.65 on, inputs of ±1 never turn what it holds."""
    return rnn(1, 1, Part(W=[1.0], U={(0, 0): recurrent}))


def _lstm_counter() -> LSTM:
    wide = Part(b=20)
    return lstm(1, 1, 1.0, i=wide, f=wide, g=Part(W=[20]), o=wide)


def _lstm_register() -> LSTM:
    writes = [2 * K, 2 * K, 0]
    return lstm(3, 1, 1.0, i=Part(W=writes, b=-K), f=Part(W=[-2 * K] * 3, b=K), g=Part(W=[10, -10, 0]))


def _gru_register() -> GRU:
    return gru(3, 1, 1.0, "after", z=Part(W=[-20.0] * 3, b=10), n=Part(W=[10, -10, 0]))


def _rnn_register() -> RNN:
    """It latches A and B. The delimiter's weight can clear one of them at best, for there is one unit."""
    return rnn(3, 1, Part(W=[4, -4, -2], U={(0, 0): 2}))


def _preset(kind: str, name: str, **values: float) -> Callable[[], Cell]:
    return lambda: preset(kind, name).build(values)


def _silenced(reset: str) -> Callable[[], Cell]:
    return lambda: preset("gru", "silenced").build({}, "before" if reset == "before" else "after")


def _all() -> tuple[Comparison, ...]:
    return (
        Comparison(
            "first",
            PLUS_MINUS,
            _signs(100),
            (
                Entry("rnn", lambda: holder(3.0), can=True),
                Entry("lstm", _preset("lstm", "first", sharpness=1.0), can=True),
                Entry("gru-after", _preset("gru", "first", sharpness=1.0), can=True),
            ),
            targets=(-1.0,) * 100,
        ),
        Comparison(
            "count",
            UP_DOWN,
            tuple("(" * 30 + ")" * 30),
            (
                Entry("rnn", lambda: rnn(1, 1, Part(W=[0.2], U={(0, 0): 1.0})), can=False),
                Entry("lstm", _lstm_counter, can=True),
                Entry("gru-after", _preset("gru", "counter"), can=False),
                Entry("rnn-relu", _preset("rnn", "relu_counter"), can=True),
            ),
            targets=(*map(float, range(1, 31)), *map(float, range(29, -1, -1))),
            relative=True,
        ),
        Comparison(
            "reset",
            DELIMITED,
            tuple(_DELIMITED),
            (
                Entry("rnn", _rnn_register, can=False),
                Entry("lstm", _lstm_register, can=True),
                Entry("gru-after", _gru_register, can=True),
            ),
            disturb=2,
            targets=_last_set_value(_DELIMITED, {"A": 1.0, "B": -1.0, "|": 0.0}),
        ),
        Comparison(
            "latch",
            SET_RESET,
            tuple(_SET_ONCE),
            (
                Entry("rnn", _preset("rnn", "latch"), can=True),
                Entry("lstm", _preset("lstm", "latch", sharpness=1.0), can=True),
                Entry("gru-after", _preset("gru", "latch", sharpness=1.0), can=True),
            ),
            disturb=2,
            targets=_last_set_value(_SET_ONCE, {"S": 1.0, "R": None}),  # off is 0 in some, below it in others
        ),
        Comparison(
            "silenced",
            STORE_MUTE,
            tuple("S––MM–"),
            (
                Entry("gru-before", _silenced("before")),
                Entry("gru-after", _silenced("after")),
            ),
            unit=1,
        ),
    )


COMPARISONS: Mapping[str, Comparison] = MappingProxyType({one.id: one for one in _all()})
OPENING = "first"
