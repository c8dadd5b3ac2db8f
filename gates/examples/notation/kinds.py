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
        strips: the signals of the score where they are not all signals.
        sums: by signal, the products that add up to it.
        rules: signals that are another function of others.
        spans: signals that share one colour scale, as wide as the largest of them.
        shown: arrays that the stage shows beside the signals and the first hidden state.
        roles: what stands beside what when kinds are compared: a signal by the role that it plays.
        letters, equations: of a cell whose letters are those of its paper, by signal; the equations in LaTeX.
        row: the signals of a thin lane, and signs between them, where the cell has no lanes of its own.
    """

    type: Any
    name: str
    squashes: Mapping[str, Squash]
    phases: tuple[str, ...]
    made: Mapping[str, str]
    memory: Literal["hidden", "cell"] = "hidden"
    recurrent: bool = True
    strips: tuple[str, ...] | None = None
    sums: Mapping[str, tuple[Product, ...]] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    spans: tuple[tuple[str, ...], ...] = ()
    shown: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    equations: Mapping[str, str] = field(default_factory=dict)
    row: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts in the order of their weight rows."""
        return tuple(self.type.parts)

    @property
    def paper(self) -> bool:
        """Whether its letters are those of its paper, whatever the notation."""
        return bool(self.letters)

    @property
    def writes(self) -> bool:
        """Whether one gate says what is written, and what it leaves of 1 is kept."""
        return self.paper and "write" in self.roles and "keep" not in self.roles

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
            roles={
                "keep": "forget", "write": "input", "new": "candidate", "memory": "cell", "show": "output",
                "out": "hidden",
            },
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
            roles={"keep": "update", "hear": "reset", "new": "candidate", "memory": "hidden"},
        ),
        "rnn": Kind(
            type=RNN,
            name="RNN",
            squashes={"hidden": "tanh"},
            phases=("look", "squash", "carry"),
            made={"hidden": "squash"},
            roles={"memory": "hidden"},
        ),
        "mingru": Kind(
            type=MinGRU,
            name="minGRU",
            squashes={"update": "sigma", "candidate": "none"},
            phases=("see", "mix", "carry"),
            made={"kept": "mix", "written": "mix", "hidden": "mix"},
            recurrent=False,
            sums={"hidden": (_KEPT_HIDDEN, ("written", "update", "candidate"))},
            spans=_UNBOUNDED,
            roles={"write": "update", "new": "candidate", "memory": "hidden"},
            letters={"x": "x", "update": "z", "candidate": "h̃", "hidden": "h"},
            equations={
                "update": r"z_t = \sigma\left(W_z x_t + b_z\right)",
                "candidate": r"\tilde{h}_t = W_h x_t + b_h",
                "hidden": r"h_t = (1 - z_t) \odot h_{t-1} + z_t \odot \tilde{h}_t",
            },
            row=("update", "", "candidate", "→", "hidden"),
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
            roles={
                "keep": "forget", "write": "input", "share_keep": "forget_share",
                "share_write": "input_share", "new": "candidate", "memory": "hidden",
            },
            letters={
                "x": "x", "forget": "f", "input": "i", "candidate": "h̃", "forget_share": "f′",
                "input_share": "i′", "hidden": "h",
            },
            equations={
                "forget": r"f_t = \sigma\left(W_f x_t + b_f\right)",
                "input": r"i_t = \sigma\left(W_i x_t + b_i\right)",
                "candidate": r"\tilde{h}_t = W_h x_t + b_h",
                "forget_share": r"f'_t = f_t / (f_t + i_t)",
                "input_share": r"i'_t = i_t / (f_t + i_t)",
                "hidden": r"h_t = f'_t \odot h_{t-1} + i'_t \odot \tilde{h}_t",
            },
            row=(
                "forget", "", "input", "→", "forget_share", "", "input_share", "", "candidate", "→", "hidden",
            ),
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
            roles={
                "keep": "forget", "write": "input", "stabilise": "stabiliser", "share_keep": "stable_forget",
                "share_write": "stable_input", "new": "candidate", "memory": "cell",
                "normalise": "normaliser", "show": "output", "out": "hidden",
            },
            letters={
                "x": "x", "candidate": "z", "input": "i", "forget": "f", "output": "o", "stabiliser": "m",
                "stable_input": "i′", "stable_forget": "f′", "cell": "c", "normaliser": "n", "hidden": "h",
                "mean": "c/n",
            },
            equations={
                "candidate": r"z_t = \tanh\left(W_z x_t + U_z h_{t-1} + b_z\right)",
                "input": r"i_t = \exp\left(W_i x_t + U_i h_{t-1} + b_i\right)",
                "forget": r"f_t = \sigma\left(W_f x_t + U_f h_{t-1} + b_f\right)",
                "output": r"o_t = \sigma\left(W_o x_t + U_o h_{t-1} + b_o\right)",
                "stabiliser": r"m_t = \max\left(\log f_t + m_{t-1},\ \log i_t\right)",
                "stable_input": r"i'_t = \exp\left(\log i_t - m_t\right)",
                "stable_forget": r"f'_t = \exp\left(\log f_t + m_{t-1} - m_t\right)",
                "cell": r"c_t = f'_t \odot c_{t-1} + i'_t \odot z_t",
                "normaliser": r"n_t = f'_t \odot n_{t-1} + i'_t",
                "hidden": r"h_t = o_t \odot c_t / n_t",
            },
            row=(
                "stable_forget", "", "stable_input", "", "candidate", "→", "cell", "÷", "normaliser", "⊙",
                "output", "=", "hidden",
            ),
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
        "row": kind.row,
    }
