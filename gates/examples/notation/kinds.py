"""What is said of each kind of cell beside its equations: once, for the pages and for the browser.

The engine's classes have the names of the parts and the signals. Here stand the phases in which a step is
told, what carries the memory, and what is one small rule away from the engine's numbers. ``described`` gives
the same as JSON: it travels with every run, so that the browser keeps no table of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from gates import GRU, LSTM, RNN, SLSTM, MinGRU, MinLSTM

CellKind = Literal["lstm", "gru", "rnn"]
DrawnKind = CellKind | Literal["mingru", "minlstm", "slstm"]
"""The kinds that have pages of their own, and those that can be shown beside them."""

Squash = Literal["sigma", "tanh", "exp", "none"]
Factor = str | tuple[str]
"""A signal, or a tuple of one signal for what it leaves of 1."""

Product = tuple[str, Factor, str] | tuple[str, str]
"""The name of a product and its two factors; or a name and the one signal that is added as it is."""


@dataclass(frozen=True)
class Rule:
    """A signal as a function of others, ``inputs``, and the equation that says which."""

    inputs: tuple[str, ...]
    equation: str


@dataclass(frozen=True)
class Kind:
    """One kind of cell.

    Attributes:
        type: its class.
        name: how its paper writes it.
        squashes: what each part's sum goes through. A plain RNN's own activation comes with the run, and so
            do parts of an LSTM that were made without a squash.
        phases: in which a step is told; in the last it is complete.
        made: by signal, the phase from which on its value of a step exists; the first where it is not named.
        memory: what carries the memory from step to step.
        recurrent: whether the parts see h₋₁.
        paper: whether its letters are those of its paper, whatever the notation.
        strips: the signals of the score where they are not all signals.
        sums: by signal, the products that add up to it.
        rules: signals that are another function of others.
        spans: signals that share one colour scale, as wide as the largest of them.
        shown: arrays that the stage shows beside the signals and the first hidden state.
    """

    type: Any
    name: str
    squashes: Mapping[str, Squash]
    phases: tuple[str, ...]
    made: Mapping[str, str]
    memory: Literal["hidden", "cell"] = "hidden"
    recurrent: bool = True
    paper: bool = False
    strips: tuple[str, ...] | None = None
    sums: Mapping[str, tuple[Product, ...]] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    spans: tuple[tuple[str, ...], ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts in the order of their weight rows."""
        return tuple(self.type.parts)

    @property
    def signals(self) -> tuple[str, ...]:
        """The input, and what the cell computes, in reading order."""
        return tuple(self.type.signals)


_KEPT_HIDDEN: Product = ("kept", ("update",), "previous_hidden")
_UNBOUNDED = (("hidden", "previous_hidden", "candidate", "kept", "written"),)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "lstm": Kind(
            type=LSTM,
            name="LSTM",
            squashes={"input": "sigma", "forget": "sigma", "candidate": "tanh", "output": "sigma"},
            phases=("look", "forget", "write", "read", "carry"),
            made={
                "forget": "forget", "kept": "forget",
                "input": "write", "candidate": "write", "written": "write", "cell": "write",
                "tanh_cell": "read", "output": "read", "shown": "read", "hidden": "read",
            },
            memory="cell",
            sums={
                "cell": (("kept", "forget", "previous_cell"), ("written", "input", "candidate")),
                "hidden": (("shown", "output", "tanh_cell"),),
            },
            spans=(("cell", "previous_cell", "kept", "written"),),
            shown=("tanh_cell", "initial_cell"),
        ),
        "gru": Kind(
            type=GRU,
            name="GRU",
            squashes={"reset": "sigma", "update": "sigma", "candidate": "tanh"},
            phases=("look", "reset", "propose", "blend", "carry"),
            made={
                "reset_hidden": "reset", "recurrent": "reset",
                "candidate": "propose", "pre.candidate": "propose",
                "kept": "blend", "written": "blend", "hidden": "blend",
            },
            sums={
                "hidden": (("kept", "update", "previous_hidden"), ("written", ("update",), "candidate")),
                "reset_hidden": (("reset_hidden", "reset", "previous_hidden"),),
            },
            shown=("recurrent",),
        ),
        "rnn": Kind(
            type=RNN,
            name="RNN",
            squashes={"hidden": "tanh"},
            phases=("look", "squash", "carry"),
            made={"hidden": "squash"},
        ),
        "mingru": Kind(
            type=MinGRU,
            name="minGRU",
            squashes={"update": "sigma", "candidate": "none"},
            phases=("see", "mix", "carry"),
            made={"kept": "mix", "written": "mix", "hidden": "mix"},
            recurrent=False,
            paper=True,
            sums={"hidden": (_KEPT_HIDDEN, ("written", "update", "candidate"))},
            spans=_UNBOUNDED,
        ),
        "minlstm": Kind(
            type=MinLSTM,
            name="minLSTM",
            squashes={"forget": "sigma", "input": "sigma", "candidate": "none"},
            phases=("see", "share", "mix", "carry"),
            made={
                "forget_share": "share", "input_share": "share",
                "kept": "mix", "written": "mix", "hidden": "mix",
            },
            recurrent=False,
            paper=True,
            sums={
                "hidden": (
                    ("kept", "forget_share", "previous_hidden"),
                    ("written", "input_share", "candidate"),
                )
            },
            rules={
                "forget_share": Rule(("forget", "input"), "f′ = f / (f + i)"),
                "input_share": Rule(("input", "forget"), "i′ = i / (f + i)"),
            },
            spans=_UNBOUNDED,
        ),
        "slstm": Kind(
            type=SLSTM,
            name="sLSTM",
            squashes={"candidate": "tanh", "input": "exp", "forget": "sigma", "output": "sigma"},
            phases=("look", "stabilise", "store", "divide", "carry"),
            made={
                "stabiliser": "stabilise", "stable_input": "stabilise", "stable_forget": "stabilise",
                "kept": "store", "written": "store", "cell": "store",
                "kept_normaliser": "store", "normaliser": "store",
                "mean": "divide", "output": "divide", "shown": "divide", "hidden": "divide",
            },
            memory="cell",
            paper=True,
            strips=(
                "x", "candidate", "stable_forget", "stable_input", "stabiliser", "cell", "normaliser",
                "output", "hidden",
            ),
            sums={
                "cell": (
                    ("kept", "stable_forget", "previous_cell"),
                    ("written", "stable_input", "candidate"),
                ),
                "normaliser": (
                    ("kept_normaliser", "stable_forget", "previous_normaliser"),
                    ("stable_input", "stable_input"),
                ),
                "hidden": (("shown", "output", "mean"),),
            },
            rules={
                "stabiliser": Rule(("forget", "previous_stabiliser", "input"), "m = max(log f + m₋₁, log i)"),
                "stable_input": Rule(("input", "stabiliser"), "i′ = exp(log i − m)"),
                "stable_forget": Rule(
                    ("forget", "previous_stabiliser", "stabiliser"), "f′ = exp(log f + m₋₁ − m)"
                ),
                "mean": Rule(("cell", "normaliser"), "c/n"),
            },
            spans=(
                ("cell", "previous_cell", "kept", "written"),
                ("normaliser", "previous_normaliser", "kept_normaliser"),
                ("stabiliser", "previous_stabiliser"),
            ),
            shown=("initial_cell", "initial_normaliser", "initial_stabiliser"),
        ),
    }
)  # fmt: skip
"""The kinds that can be drawn, by the name that links and the browser use."""

_NAMES: Mapping[type, Any] = {kind.type: name for name, kind in KINDS.items()}


def kind_of(cell: Any) -> DrawnKind:
    """The name of a cell's kind, as ``"lstm"``.

    Raises:
        KeyError: for a cell that cannot be drawn.
    """
    name: DrawnKind = _NAMES[type(cell)]
    return name


def described(name: str) -> dict[str, Any]:
    """A kind as the browser gets it: JSON, under the names of the attributes."""
    kind = KINDS[name]
    return {
        "name": kind.name,
        "parts": kind.parts,
        "squashes": dict(kind.squashes),
        "signals": kind.signals,
        "strips": kind.strips or kind.signals,
        "phases": kind.phases,
        "made": dict(kind.made),
        "memory": kind.memory,
        "recurrent": kind.recurrent,
        "paper": kind.paper,
        "sums": dict(kind.sums),
        "rules": {
            signal: {"inputs": rule.inputs, "equation": rule.equation} for signal, rule in kind.rules.items()
        },
        "spans": kind.spans,
    }
