"""What the lab edits: a small cell's weights and options, what is clamped, and the sequence it reads.

Weights and input are float64, kept as they were typed; a link carries every digit. What was drawn at random
is rounded to float32, so that its links stay short, and so were all numbers once: links from then still are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gates import strict_json
from gates.cells.gru import GRU
from gates.cells.lstm import GATES, LSTM
from gates.cells.rnn import RNN
from gates.core.activations import FUNCTIONS
from gates.core.clamps import Clamp
from gates.core.trace import Trace
from gates.examples.lab.numbers import LIMIT, Floats, checked_numbers
from gates.examples.lab.task import Task
from gates.examples.notation.kinds import CellKind
from gates.examples.notation.letters import Reset
from gates.inputs.sequence import MAX_STEPS, InputError
from gates.network import AnyCell

MOST = 8
"""Units that the lab edits: a matrix of more is no longer taken in at a glance."""
MOST_INPUTS = 32
"""Inputs: a cell from scratch has up to eight of its own, but text brings one for each of its symbols."""
MOST_CLAMPS = 200
LONGEST_TOKEN = 40

CELLS: dict[CellKind, type[RNN | LSTM | GRU]] = {"lstm": LSTM, "gru": GRU, "rnn": RNN}
ACTIVATIONS: dict[CellKind, tuple[str, ...]] = {
    kind: tuple(name for name in cell.squash_options if name != "clip") for kind, cell in CELLS.items()
}
"""The options that name each kind's activations; what stands there by default is the class's own."""
_DEFAULTS = {name: getattr(CELLS[kind], name) for kind, names in ACTIVATIONS.items() for name in names}
NO_TASK = Task()
LAYOUTS = ("columns", "rows", "[h,x]", "[x,h]", "rows [h,x]", "rows [x,h]")
ORDERS = ("gates", "pytorch", "keras", "onnx", "olah")
PLAIN_FORM = ("columns", "gates", "keep")


@dataclass(frozen=True)
class Clamped:
    """A signal held at a value: in ``units`` and at the steps from … to (both count), all where None."""

    signal: str
    value: float
    units: tuple[int, ...] | None = None
    steps: tuple[int, int] | None = None

    def within(self, steps: int) -> Clamp | None:
        """Return it for the engine in a run of so many steps; None if it holds nothing there."""
        if self.steps is None:
            return Clamp(self.signal, self.value, self.units)
        first, last = self.steps
        span = range(first, min(last + 1, steps))
        return Clamp(self.signal, self.value, self.units, span) if span else None


@dataclass(frozen=True, eq=False)
class LabState:
    """A cell as it stands in the lab. Two states are equal if all their bits are.

    W (G·H, I), U (G·H, H), b (G·H,), b_hn (H,) of a GRU that resets after the product, peephole (3, H) of an
    LSTM that has them: float64. ``reset``, ``coupled``, ``without`` and the activations, any of the engine's
    by name, count for the kind of cell that has them and are at their defaults elsewhere. ``x`` (T, I) and
    ``tokens`` (T) are the sequence if it is not that of the example the state began with, ``columns`` the
    names of its inputs. ``b`` is the sum of all biases outside a reset; ``b_h`` (G·H,), where a cell is
    printed with two, holds the second ones, and not ``biased`` is one that is printed without any.
    ``biases`` names those of a part, of "b" and "b_h", where it has others than is usual in its cell.
    ``initial_hidden`` and an LSTM's ``initial_cell`` (H,) are where a run begins, None for zeros. ``task``:
    what is read of the run, and what that should be. ``form``: how the weights are printed: their layout, the
    order in which gates are stacked, and whether z keeps or writes.

    Raises:
        InputError: ``error.lab.*``, if something is out of bounds or does not fit together.
    """

    kind: CellKind
    W: Floats
    U: Floats
    b: Floats
    b_hn: Floats | None = None
    peephole: Floats | None = None
    reset: Reset = "after"
    activation: str = "tanh"
    coupled: bool = False
    without: Collection[str] = frozenset()
    clamps: tuple[Clamped, ...] = ()
    x: Floats | None = None
    tokens: tuple[str, ...] = ()
    columns: tuple[str, ...] = field(default=(), kw_only=True)
    gate_activation: str = field(default="sigmoid", kw_only=True)
    candidate_activation: str = field(default="tanh", kw_only=True)
    cell_activation: str = field(default="tanh", kw_only=True)
    b_h: Floats | None = field(default=None, kw_only=True)
    biased: bool = field(default=True, kw_only=True)
    biases: Mapping[str, tuple[str, ...]] = field(default_factory=dict, kw_only=True)
    initial_hidden: Floats | None = field(default=None, kw_only=True)
    initial_cell: Floats | None = field(default=None, kw_only=True)
    task: Task = field(default=NO_TASK, kw_only=True)
    form: tuple[str, ...] = field(default=PLAIN_FORM, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "without", frozenset(self.without))
        _check_options(self)
        for name in ("W", "U", "b", "b_h", "b_hn", "peephole", "x"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, checked_numbers(name, value))
        for name, letter in (("initial_hidden", "h₀"), ("initial_cell", "c₀")):
            value = getattr(self, name)
            if value is not None:
                start = checked_numbers(letter, value)
                object.__setattr__(self, name, start if start.any() else None)
        _check_shapes(self)
        _check_biases(self)
        declared = {part: tuple(self.biases[part]) for part in CELLS[self.kind].parts if part in self.biases}
        beyond = {part: names for part, names in declared.items() if names != self._default_biases(part)}
        object.__setattr__(self, "biases", beyond)
        for clamp in self.clamps:
            _check_clamp(self, clamp)

    @classmethod
    def of(cls, cell: AnyCell, **more: Any) -> Self:
        """Return an engine's cell as the lab edits it, with the same weights.

        Raises:
            InputError: it has an option that the lab does not, such as a projection or a clip.
        """
        weights: dict[str, Any] = cell.arrays()
        if cell.kind not in CELLS:
            raise InputError("error.lab.option", name=cell.kind)
        unknown = {name for name, value in cell.other_squashes.items() if not isinstance(value, str)}
        beyond = {"projection"} & weights.keys() | unknown
        if beyond:
            raise InputError("error.lab.option", name=", ".join(sorted(beyond)))
        for name in ("reset", "coupled", "without", *_DEFAULTS):
            if hasattr(cell, name):
                more.setdefault(name, getattr(cell, name))
        if getattr(cell, "reset", "before") == "before":
            weights.pop("b_hn", None)
        return cls(cell.kind, **weights, **more)

    def rounded(self) -> Self:
        """Return the state with its weights rounded to float32, for those that were drawn at random."""
        weights: dict[str, Any] = {name: as_single(array) for name, array in self.weights.items()}
        return replace(self, **weights)

    @property
    def inputs(self) -> int:
        """The number of inputs I."""
        return int(self.W.shape[1])

    @property
    def hidden(self) -> int:
        """The number of units H."""
        return int(self.U.shape[1])

    def biases_of(self, part: str) -> tuple[str, ...]:
        """Return the biases that a part is printed with, of "b" and "b_h"; an update moves these alone."""
        return self.biases.get(part, self._default_biases(part))

    def _default_biases(self, part: str) -> tuple[str, ...]:
        inner = self.b_hn is not None and part == "candidate" and bool(self.b_hn.any())
        return () if not self.biased else ("b", "b_h") if inner or self.b_h is not None else ("b",)

    @property
    def weights(self) -> dict[str, Floats]:
        """All weights by name, those that the cell does not have left out."""
        named = {"W": self.W, "U": self.U, "b": self.b, "b_hn": self.b_hn, "peephole": self.peephole}
        return {name: array for name, array in named.items() if array is not None}

    @property
    def options(self) -> dict[str, Any]:
        """What the engine's cell of this kind takes besides weights."""
        names = {"lstm": ("coupled", "without"), "gru": ("reset",), "rnn": ()}[self.kind]
        return {name: getattr(self, name) for name in (*names, *ACTIVATIONS[self.kind])}

    @property
    def activations(self) -> dict[str, str]:
        """The activations that the cell has, by the engine's names for them."""
        return {name: getattr(self, name) for name in ACTIVATIONS[self.kind]}

    @property
    def has_initial_state(self) -> bool:
        """Whether a run begins elsewhere than at zero."""
        return self.initial_hidden is not None or self.initial_cell is not None

    def cell(self) -> AnyCell:
        """Return the engine's cell, in float64."""
        weights: dict[str, Any] = self.weights
        return CELLS[self.kind](**weights, **self.options)

    def run(self, x: ArrayLike | None = None, *, clamped: bool = True) -> Trace:
        """Run the cell over its own sequence, or another ``x`` (T, I), from its start, clamps and all.

        Where not ``clamped`` it begins at zero and nothing is held: what the weights alone do. ``x`` may then
        also be (T, B, I).
        """
        chosen = np.asarray(self.x if x is None else x, dtype=np.float64)
        if not clamped:
            return self.cell().run(chosen)
        clamps = (clamp.within(len(chosen)) for clamp in self.clamps)
        return self.cell().run(chosen, self._start(), [clamp for clamp in clamps if clamp])

    def _start(self) -> Any:
        return (self.initial_hidden, self.initial_cell) if self.kind == "lstm" else self.initial_hidden

    def weights_equal(self, other: LabState) -> bool:
        """Tell whether another state has the same weights, as far as :func:`equal_numbers` can tell."""
        ours, theirs = self.weights, other.weights
        return ours.keys() == theirs.keys() and all(
            ours[name].shape == theirs[name].shape and equal_numbers(ours[name], theirs[name]).all()
            for name in ours
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LabState) and self._bits() == other._bits()

    def __hash__(self) -> int:
        return hash(self._bits())

    def _bits(self) -> tuple[object, ...]:
        """Everything that it holds, numbers as bytes, so that 0 and −0 differ."""
        more = {
            "b_h": self.b_h,
            "x": self.x,
            "initial_hidden": self.initial_hidden,
            "initial_cell": self.initial_cell,
        }
        named = self.weights | {name: array for name, array in more.items() if array is not None}
        arrays = tuple((name, array.shape, array.tobytes()) for name, array in named.items())
        clamps = tuple(
            (clamp.signal, float(clamp.value).hex(), clamp.units and tuple(clamp.units), clamp.steps)
            for clamp in self.clamps
        )
        options = (
            self.kind,
            self.reset,
            tuple(self.activations.items()),
            self.coupled,
            self.without,
            self.biased,
            tuple(self.biases.items()),
        )
        return (*options, arrays, clamps, tuple(self.tokens), tuple(self.columns), self.task, self.form)


def as_single(array: Floats) -> Floats:
    """Return what float32 keeps of an array."""
    return array.astype(np.float32).astype(np.float64)


def equal_numbers(first: Floats, second: Floats) -> NDArray[np.bool_]:
    """Tell which numbers are equal, or the same up to what an old link has kept of one of them."""
    return np.asarray((first == second) | (as_single(first) == second) | (first == as_single(second)))


def sizes(kind: CellKind, inputs: int, hidden: int, b_hn: bool, peephole: bool) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a cell's weights by name, in the order in which they travel."""
    rows = len(CELLS[kind].parts) * hidden
    shapes: dict[str, tuple[int, ...]] = {"W": (rows, inputs), "U": (rows, hidden), "b": (rows,)}
    if b_hn:
        shapes["b_hn"] = (hidden,)
    if peephole:
        shapes["peephole"] = (3, hidden)
    return shapes


def check_sizes(inputs: int, hidden: int) -> None:
    """Raise an InputError for a cell that is too large, or nothing at all."""
    if not (1 <= inputs <= MOST_INPUTS and 1 <= hidden <= MOST):
        raise InputError("error.lab.size", inputs=inputs, hidden=hidden, most_inputs=MOST_INPUTS, most=MOST)


def _check_options(state: LabState) -> None:
    """Everything that a kind of cell does not have must be at its default, so that equal cells are equal."""
    allowed = {
        "reset": state.kind == "gru" or state.reset == "after",
        **{
            name: name in ACTIVATIONS[state.kind] or getattr(state, name) == usual
            for name, usual in _DEFAULTS.items()
            if state.kind in CELLS
        },
        "coupled": state.kind == "lstm" or not state.coupled,
        "without": state.kind == "lstm" or not state.without,
        "peephole": state.kind == "lstm" or state.peephole is None,
    }
    known = {
        "cell": state.kind in CELLS,
        "reset": state.reset in get_args(Reset),
        **{name: getattr(state, name) in FUNCTIONS for name in _DEFAULTS},
        "without": state.without <= set(GATES) if isinstance(state.without, frozenset) else False,
        "form": len(state.form) == 3
        and all(
            word in words
            for word, words in zip(state.form, (LAYOUTS, ORDERS, ("keep", "write")), strict=True)
        ),
        "coupled": not (state.coupled and {"input", "forget"} & set(state.without)),
    }
    for name, right in (*known.items(), *allowed.items()):
        if not right:
            raise InputError("error.lab.option", name=name)


def _check_shapes(state: LabState) -> None:
    if state.W.ndim != 2 or state.U.ndim != 2:
        raise InputError("error.lab.shape", name="W, U")
    check_sizes(state.inputs, state.hidden)
    has_b_hn = state.kind == "gru" and state.reset == "after"
    expected = sizes(state.kind, state.inputs, state.hidden, has_b_hn, state.peephole is not None)
    actual = {name: array.shape for name, array in state.weights.items()}
    for name in {**expected, **actual}:
        if expected.get(name) != actual.get(name):
            raise InputError("error.lab.shape", name=name)
    biases = [state.b, *([] if state.b_hn is None else [state.b_hn])]
    if state.b_h is not None and (state.b_h.shape != state.b.shape or not state.biased):
        raise InputError("error.lab.shape", name="b′")
    if not state.biased and any(values.any() for values in biases):
        raise InputError("error.lab.shape", name="b")
    for name, label, has in (
        ("initial_hidden", "h₀", True),
        ("initial_cell", "c₀", state.kind == "lstm"),
    ):
        start = getattr(state, name)
        if start is not None and not (has and start.shape == (state.hidden,)):
            raise InputError("error.lab.shape", name=label)
    state.task.check(state.hidden)
    if state.x is not None:
        if state.x.ndim != 2 or state.x.shape[1] != state.inputs:
            raise InputError("error.lab.shape", name="x")
        if not 1 <= len(state.x) <= MAX_STEPS:
            raise InputError("error.lab.steps", count=len(state.x), limit=MAX_STEPS)
    if len(state.tokens) != (0 if state.x is None else len(state.x)) or len(state.columns) not in (
        0,
        state.inputs,
    ):
        raise InputError("error.lab.labels")
    texts = (*state.tokens, *state.columns)
    if any(len(text) > LONGEST_TOKEN for text in texts) or not strict_json.well_formed("".join(texts)):
        raise InputError("error.lab.labels")
    if len(state.clamps) > MOST_CLAMPS:
        raise InputError("error.lab.clamps", count=len(state.clamps), limit=MOST_CLAMPS)


def _check_clamp(state: LabState, clamp: Clamped) -> None:
    units, steps = clamp.units, clamp.steps
    right = (
        clamp.signal in CELLS[state.kind].signals[1:]
        and abs(clamp.value) <= LIMIT
        and (units is None or (len(units) > 0 and set(units) <= set(range(state.hidden))))
        and (units is None or list(units) == sorted(set(units)))
        and (steps is None or 0 <= steps[0] <= steps[1] < MAX_STEPS)
    )
    if not right:
        raise InputError("error.lab.clamp", signal=str(clamp.signal)[:LONGEST_TOKEN])


def _check_biases(state: LabState) -> None:
    """What a part is said not to have must be 0, and a second bias must have a place of its own."""
    cell = CELLS[state.kind]
    for part, names in state.biases.items():
        if not state.biased or part not in cell.parts or not {"b", "b_h"}.issuperset(names):
            raise InputError("error.lab.option", name="b")
        at = cell.parts.index(part) * state.hidden
        rows = slice(at, at + state.hidden)
        inside = state.b_hn is not None and part == "candidate"
        second = state.b_hn if inside else None if state.b_h is None else state.b_h[rows]
        first = state.b[rows] if inside or second is None else state.b[rows] - second
        if "b" not in names and first.any():
            raise InputError("error.lab.shape", name="b")
        if second is None if "b_h" in names else second is not None and second.any():
            raise InputError("error.lab.shape", name="b′")
