"""What is found in a source: recurrent layers as this engine's cells, in one form for every framework."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

from gates.core.activations import FloatArray
from gates.interop.errors import InteropError
from gates.interop.report import Note
from gates.interop.values import Value
from gates.network import AnyCell, Layer, Readout

Reference: TypeAlias = Callable[..., FloatArray]
"""A framework's own forward pass, time first: (T, B, I) to (T, B, n)."""

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "activation": ("tanh", "relu", "sigmoid", "linear", "softsign", "elu"),
    "gate_activation": ("sigmoid", "hard_sigmoid", "hard_sigmoid_keras2"),
    "reset": ("after", "before"),
}
"""What weights alone may leave open: arguments of ``load``, and the values that it takes for each."""

FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "activation": {
        "rnn": ("activation",),
        "lstm": ("candidate_activation", "cell_activation"),
        "gru": ("candidate_activation",),
    },
    "gate_activation": {"lstm": ("gate_activation",), "gru": ("gate_activation",)},
    "reset": {"gru": ("reset",)},
}
"""The options of a cell that an argument of ``load`` sets, by kind of cell."""

TELLING_FORM: Mapping[str, tuple[str, ...]] = {
    "activation": ("rnn",),
    "gate_activation": ("lstm", "gru"),
    "reset": ("gru",),
}
"""The kinds that an argument of ``load`` speaks of where nothing is open: an LSTM squashes by tanh."""


@dataclass(frozen=True, eq=False)
class Stack:
    """One recurrent layer of a source, or several on each other, as this engine's cells.

    name: what the source calls it; ``load(…, name=…)`` chooses by it.
    layers: bottom first; none if there is a problem.
    notes: what was done to the weights, and what is not applied.
    problem: why it cannot be read (quantised, an option that no cell has); raised if it is asked for.
    word: how to show it, such as ``"LSTMCell(3, 4)"``; by default in PyTorch's manner, from the layers.
    open: what the source does not tell, by argument of ``load``: the values it may have, and what each means
        to the cells. The cells have the first of them until one is chosen.
    usual: the same for what the source does not tell either, but its framework has a default for; the cells
        have that unless the caller says otherwise.
    initial: the state that each direction begins in, in the order of ``Network.run``; None for zeros.
    lengths: how many steps of each sequence count, where the source says it, for a batch of one size.
    reversed_output: its output comes in the order of reading, last step first, as Keras' ``go_backwards``
        has it.
    readout: the name of the linear layer that the source puts on top; it is in ``SourceContents.readouts``.
    unread: names of arrays that are called as the layer's own are, and were not read.
    reference: the framework's own forward pass, if it is installed; where something is open it is called with
        what that means to the cells, by the same names. framework: its name and version.
    applied: the arguments of ``load`` that this reading follows beside those that are open.
    """

    name: str
    layers: tuple[Layer, ...] = ()
    notes: tuple[Note, ...] = ()
    problem: InteropError | None = None
    word: str = ""
    open: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    usual: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    initial: tuple[Any, ...] | None = None
    lengths: tuple[int, ...] | None = None
    reversed_output: bool = False
    readout: str | None = None
    unread: tuple[str, ...] = ()
    reference: Reference | None = None
    framework: str = ""
    applied: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.word or described(self.layers)

    @property
    def cells(self) -> tuple[AnyCell, ...]:
        """Every direction's cell: layer by layer, forward before backward."""
        return tuple(cell for layer in self.layers for cell in layer.cells)

    def has_option(self, option: str) -> bool:
        """Whether ``option`` is something to ask of this stack, be it open or not."""
        return option in self.open or any(cell.kind in TELLING_FORM[option] for cell in self.cells)

    def fits(self, option: str, value: str) -> bool:
        """Whether the source is, or may be, so: ``fits("activation", "relu")``."""
        if option in self.open:
            return value in self.open[option]
        cells = [cell for cell in self.cells if cell.kind in TELLING_FORM[option]]
        return {getattr(cell, name) for cell in cells for name in FIELDS[option][cell.kind]} == {value}

    def opened(self, options: Iterable[str]) -> Stack:
        """Return the stack with those of its usual options open that the caller speaks of."""
        usual = {option: self.usual[option] for option in options if option in self.usual}
        return replace(self, open={**self.open, **usual}) if usual else self

    def chosen(self, options: Mapping[str, str]) -> Stack:
        """Return the stack with what was open settled by ``options``; others than the open ones are left."""
        settled = {
            option: self.open[option][value] for option, value in options.items() if option in self.open
        }
        if not settled:
            return self

        def changed(cell: AnyCell | None) -> Any:
            if cell is None:
                return None
            names = {
                name: value for option, value in settled.items() for name in FIELDS[option].get(cell.kind, ())
            }
            return replace(cell, **names)

        layers = tuple(Layer(*map(changed, layer)) for layer in self.layers)
        reference = self.reference and partial(self.reference, **settled)
        options_text = ", ".join(f"{option}={options[option]}" for option in settled)
        notes = (*self.notes, Note("interop.report.chosen", options=options_text))
        return replace(self, layers=layers, open={}, reference=reference, notes=notes)


@dataclass(frozen=True, eq=False)
class SourceContents:
    """What a source holds.

    stacks: its recurrent layers, in its order.
    chains: names of stacks that the source itself puts one on the other, bottom first; without any each
        stack stands alone.
    arrays: all its arrays, named ``layer.array``; the report counts those of layers that were not read.
    linear: gives a linear layer by name, None if there is none.
    readout: the linear layer that belongs on top, as ``save`` noted it.
    """

    stacks: tuple[Stack, ...]
    chains: tuple[tuple[str, ...], ...] = ()
    arrays: Mapping[str, Value] = field(default_factory=dict)
    linear: Callable[[str], Readout | None] = lambda name: None
    readout: str | None = None
    notes: tuple[Note, ...] = ()


def stacked(stacks: tuple[Stack, ...]) -> tuple[Layer, ...]:
    """Return the layers of stacks put one on the other, bottom first.

    On top of one whose output is reversed, a layer that reads forward reads from the sequence's end.

    Raises:
        InteropError: a layer of two directions stands on one whose output is reversed.
    """
    layers: list[Layer] = []
    for stack, reversed_input in _with_input_order(stacks):
        for layer in stack.layers:
            if reversed_input and len(layer.cells) == 2:
                raise InteropError("interop.error.reversed_below", layer=stack.name)
            layers.append(Layer(layer.backward, layer.forward) if reversed_input else layer)
    return tuple(layers)


def chains_by_size(stacks: Sequence[Stack]) -> Iterator[tuple[str, ...]]:
    """Yield each stack's name alone and, where their sizes fit, those of all on each other in their order."""
    yield from ((stack.name,) for stack in stacks)
    layers = [stack.layers for stack in stacks]
    fit = (below[-1].outputs == above[0].inputs for below, above in pairwise(layers))
    if len(stacks) > 1 and all(layers) and all(fit):
        yield tuple(stack.name for stack in stacks)


def reference_of(stacks: tuple[Stack, ...]) -> Reference | None:
    """Return the forward pass of stacks put one on the other, None if one of them has none."""
    if not all(stack.reference for stack in stacks):
        return None

    def run(x: FloatArray) -> FloatArray:
        for stack, reversed_input in _with_input_order(stacks):
            assert stack.reference is not None
            x = stack.reference(x[::-1])[::-1] if reversed_input else stack.reference(x)
        return x

    return run


def initial_of(stacks: tuple[Stack, ...]) -> tuple[Any, ...] | None:
    """Return the state that each direction begins in, None if all begin in zeros."""
    if not any(stack.initial for stack in stacks):
        return None
    return tuple(state for stack in stacks for state in stack.initial or (None,) * len(stack.cells))


def lengths_of(stacks: tuple[Stack, ...]) -> tuple[int, ...] | None:
    """Return the lengths that the source says, None if it says none, or not the same for all of them."""
    lengths = {stack.lengths for stack in stacks}
    return lengths.pop() if len(lengths) == 1 else None


def described(layers: tuple[Layer, ...], cell: bool = False) -> str:
    """Return layers as PyTorch would print them, such as ``LSTM(3, 4, num_layers=2, bidirectional=True)``.

    cell: what was found is a cell, such as ``LSTMCell(3, 4)``, and no layer.
    """
    if not layers:
        return "–"
    lowest = layers[0].cells[0]
    arguments = [str(lowest.inputs), str(lowest.hidden)]
    arguments += [f"num_layers={len(layers)}"] if len(layers) > 1 else []
    arguments += ["bidirectional=True"] if len(layers[0].cells) == 2 else []
    arguments += [f"proj_size={lowest.outputs}"] if lowest.outputs != lowest.hidden else []
    kinds = dict.fromkeys(cell.kind.upper() for layer in layers for cell in layer.cells)
    return f"{'+'.join(kinds)}{'Cell' if cell else ''}({', '.join(arguments)})"


def _with_input_order(stacks: tuple[Stack, ...]) -> Iterator[tuple[Stack, bool]]:
    """Yield each stack, and whether what it reads comes last step first."""
    reversed_input = False
    for stack in stacks:
        yield stack, reversed_input
        reversed_input ^= stack.reversed_output
