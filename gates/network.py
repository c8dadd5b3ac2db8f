"""Networks: cells stacked in layers, read in one direction or both, with an optional linear read-out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from gates.cells.base import generator
from gates.cells.gru import GRU, GRUTrace
from gates.cells.lstm import LSTM, LSTMTrace
from gates.cells.rnn import RNN, RNNTrace
from gates.core.activations import FloatArray, softmax
from gates.core.arrays import as_floats, check_shape, concat_last, frozen_copy, matvec
from gates.core.clamps import Clamp
from gates.core.gradients import Gradients, flat, over_time
from gates.core.sequences import IntArray, ReadingOrder
from gates.core.signals import NamedArrays, State
from gates.errors import OptionError, ShapeError

AnyCell: TypeAlias = RNN | LSTM | GRU
AnyTrace: TypeAlias = RNNTrace | LSTMTrace | GRUTrace
Direction: TypeAlias = Literal["forward", "backward"]
LayerDirection: TypeAlias = tuple[int, Direction]


class Layer(NamedTuple):
    """One layer: the cell that reads forward and the one that reads from the end, or one of the two."""

    forward: AnyCell | None
    backward: AnyCell | None = None

    @property
    def cells(self) -> tuple[AnyCell, ...]:
        """The cells that there are, forward before backward."""
        return tuple(cell for cell in self if cell is not None)

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        return self.cells[0].inputs

    @property
    def outputs(self) -> int:
        """The size of what the layer gives: both directions' hidden states side by side."""
        return sum(cell.outputs for cell in self.cells)


class LayerTrace(NamedTuple):
    """The traces of a layer's directions, both in the sequence's order."""

    forward: AnyTrace | None
    backward: AnyTrace | None = None


@dataclass(frozen=True, eq=False)
class Readout:
    """A linear layer on top of the network's output: scores = V·h + b. V: (K, n), b: (K,)."""

    V: FloatArray
    b: FloatArray

    def __post_init__(self) -> None:
        V, b = as_floats("V", self.V), as_floats("b", self.b)
        dtype = np.result_type(V, b)
        object.__setattr__(self, "V", frozen_copy(V, dtype))
        object.__setattr__(self, "b", frozen_copy(b, dtype))
        if V.ndim != 2:
            raise ShapeError("error.engine.shape", name="V", shape=V.shape, expected="(K, n)")
        check_shape("b", b, (len(V),))

    def scores(self, output: FloatArray) -> FloatArray:
        """Return V·h + b for the last axis of ``output`` (…, n): (…, K)."""
        return matvec(self.V, output) + self.b


@dataclass(frozen=True, eq=False, repr=False)
class NetworkTrace:
    """All that happened in a network's run.

    x: (T, …, I). output: the top layer's hidden states, forward and backward side by side, (T, …, n).
    layers: for each layer its directions' traces. Beyond a sequence's length everything is 0.
    """

    source: Network
    x: FloatArray
    output: FloatArray
    layers: tuple[LayerTrace, ...]
    lengths: IntArray | None = None

    def __repr__(self) -> str:
        return f"NetworkTrace(output {self.output.shape}, layers={self.layers})"

    @property
    def scores(self) -> FloatArray:
        """The read-out's scores, (T, …, K). AttributeError if the network has no read-out."""
        if self.source.readout is None:
            raise AttributeError("this network has no read-out")
        return self.source.readout.scores(self.output)

    @property
    def probabilities(self) -> FloatArray:
        """The softmax of the scores, (T, …, K)."""
        return softmax(self.scores)

    @property
    def traces(self) -> tuple[AnyTrace, ...]:
        """Every direction's trace: layer by layer, forward before backward (PyTorch's order of states)."""
        return tuple(trace for layer in self.layers for trace in layer if trace is not None)

    @property
    def final_hidden(self) -> FloatArray:
        """Every direction's last state, (L·D, …, P), as PyTorch's h_n. The sizes must be equal."""
        return _stack([trace.final_hidden for trace in self.traces])

    @property
    def final_cell(self) -> FloatArray:
        """Every direction's last cell, (L·D, …, H), as PyTorch's c_n. All cells must be LSTMs."""
        return _stack([trace.final_cell for trace in self.traces if isinstance(trace, LSTMTrace)])

    @property
    def final_state(self) -> tuple[FloatArray | State, ...]:
        """Every direction's last state, one by one; ``run`` takes it as its ``state``."""
        return tuple(trace.final_state for trace in self.traces)


class LayerGradients(NamedTuple):
    """The gradients of a layer's directions."""

    forward: Gradients | None
    backward: Gradients | None = None


@dataclass(frozen=True, eq=False)
class NetworkGradients:
    """The gradients of a loss with respect to everything in a network's run.

    layers: for each layer its directions' ``Gradients``. inputs: ∂L/∂x, (T, …, I). readout: V and b by name,
    None if the loss was not given by its scores.
    """

    layers: tuple[LayerGradients, ...]
    inputs: FloatArray
    readout: NamedArrays | None = None

    @property
    def state(self) -> tuple[FloatArray | State, ...]:
        """∂L/∂ every direction's initial state, one by one in the order of ``NetworkTrace.final_state``."""
        return tuple(grads.state for layer in self.layers for grads in layer if grads is not None)


@dataclass(frozen=True, eq=False)
class Network:
    """Layers of cells, each reading the output of the one below, and an optional read-out.

    layers: a tuple of ``Layer``; a bare cell stands for a layer with one direction.
    """

    layers: tuple[Layer, ...]
    readout: Readout | None = None

    def __post_init__(self) -> None:
        layers = tuple(layer if isinstance(layer, Layer) else Layer(layer) for layer in self.layers)
        object.__setattr__(self, "layers", layers)
        if not layers or not all(layer.cells for layer in layers):
            raise OptionError("error.engine.no_layers")
        expected = layers[0].inputs
        for k, layer in enumerate(layers):
            for cell in layer.cells:
                if cell.inputs != expected:
                    raise ShapeError("error.engine.layers", layer=k, given=cell.inputs, expected=expected)
            expected = layer.outputs
        if self.readout is not None and self.readout.V.shape[1] != expected:
            given = self.readout.V.shape[1]
            raise ShapeError("error.engine.readout", given=given, expected=expected)

    @classmethod
    def init(
        cls,
        cell: type[RNN] | type[LSTM] | type[GRU],
        inputs: int,
        hidden: int,
        rng: np.random.Generator | int,
        *,
        layers: int = 1,
        bidirectional: bool = False,
        **options: Any,
    ) -> Network:
        """Return a network of random cells; ``options`` go to ``cell.init``."""
        rng = generator(rng)
        made: list[Layer] = []
        for _ in range(layers):
            size = made[-1].outputs if made else inputs
            cells = [cell.init(size, hidden, rng, **options) for _ in range(1 + bidirectional)]
            made.append(Layer(*cells))
        return cls(tuple(made))

    @property
    def cells(self) -> tuple[AnyCell, ...]:
        """Every direction's cell: layer by layer, forward before backward."""
        return tuple(cell for layer in self.layers for cell in layer.cells)

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        return self.layers[0].inputs

    @property
    def outputs(self) -> int:
        """The size of the output: the top layer's directions side by side."""
        return self.layers[-1].outputs

    def run(
        self,
        x: ArrayLike,
        state: Any = None,
        lengths: ArrayLike | None = None,
        clamps: Mapping[LayerDirection, Iterable[Clamp]] | None = None,
    ) -> NetworkTrace:
        """Run the network over a sequence (T, I) or a batch (T, B, I), time first, and keep everything.

        state: the initial states of all directions in PyTorch's order, zeros if None: h (L·D, …, P), for
            LSTMs the pair (h, c); or one state for each direction, as ``NetworkTrace.final_state`` gives.
        lengths: valid steps of each sequence of a batch, (B,).
        clamps: for a place in the network, such as (0, "forward"), what to clamp there.

        Raises:
            GatesError: an argument does not fit; the sentence says which and what to do.
        """
        x, reading = self.cells[0].check_run(x, lengths)
        states = iter(self._states(state, x.shape[1:-1]))
        clamps = self._clamps(clamps or {})
        output, layers = x, []
        for k, layer in enumerate(self.layers):
            traces: dict[Direction, AnyTrace] = {}
            for name, cell in self._directions(layer):
                order = ReadingOrder(reading.steps, name == "backward", reading.lengths)
                layer_clamps = clamps.get((k, name), ())
                traces[name] = cell.run_checked(output.astype(cell.dtype), next(states), layer_clamps, order)
            layers.append(LayerTrace(traces.get("forward"), traces.get("backward")))
            output = concat_last(*(trace.hidden for trace in traces.values()))
        return NetworkTrace(self, x, output, tuple(layers), reading.lengths)

    def backward(
        self,
        trace: NetworkTrace,
        d_output: ArrayLike | None = None,
        *,
        d_scores: ArrayLike | None = None,
        d_final: Any = None,
    ) -> NetworkGradients:
        """Go back through a run of this network and return the gradients of a loss L.

        d_output: ∂L/∂ output, (T, …, n). d_scores: ∂L/∂ the read-out's scores, (T, …, K); for a cross-entropy
        loss that is probabilities − targets. d_final: ∂L/∂ the final states, in any form that ``run`` takes
        states in. Beyond a sequence's length all of them are ignored.
        """
        if trace.source is not self:
            raise OptionError("error.engine.network_trace")
        d, readout = self._upstream(trace, d_output, d_scores)
        finals = [None] * len(self.cells) if d_final is None else self._states(d_final, d.shape[1:-1])
        layers: list[LayerGradients] = []
        for layer, traces in zip(self.layers[::-1], trace.layers[::-1], strict=True):
            names = [name for name, _ in self._directions(layer)]
            cells: list[Any] = list(layer.cells)
            read = [each for each in traces if each is not None]
            layer_finals, finals = finals[-len(cells) :], finals[: -len(cells)]
            shares = np.split(d, np.cumsum([cell.outputs for cell in cells])[:-1], axis=-1)
            gradients: list[Gradients] = [
                cell.backward(part, share, d_final=final)
                for cell, part, share, final in zip(cells, read, shares, layer_finals, strict=True)
            ]
            by_name = dict(zip(names, gradients, strict=True))
            layers.insert(0, LayerGradients(by_name.get("forward"), by_name.get("backward")))
            d = sum((grads.inputs for grads in gradients[1:]), start=gradients[0].inputs)
        return NetworkGradients(tuple(layers), d, readout)

    def _upstream(
        self, trace: NetworkTrace, d_output: ArrayLike | None, d_scores: ArrayLike | None
    ) -> tuple[FloatArray, NamedArrays | None]:
        """Return the loss's ∂L/∂ output in all, and the read-out's gradients."""
        d = np.zeros_like(trace.output)
        if d_output is not None:
            given = np.asarray(d_output, d.dtype)
            check_shape("d_output", given, d.shape)
            d += given
        if d_scores is None:
            return d, None
        if self.readout is None:
            raise OptionError("error.engine.no_readout")
        given = ReadingOrder(len(d), False, trace.lengths).zero_padding(np.asarray(d_scores, d.dtype))
        check_shape("d_scores", given, trace.scores.shape)
        return d + given @ self.readout.V, NamedArrays(
            {"V": over_time(flat(given), trace.output), "b": flat(given).sum(axis=1)}
        )

    @staticmethod
    def _directions(layer: Layer) -> list[tuple[Direction, AnyCell]]:
        both: tuple[Direction, Direction] = ("forward", "backward")
        return [(name, cell) for name, cell in zip(both, layer, strict=True) if cell is not None]

    def _states(self, state: Any, batch: tuple[int, ...]) -> list[Any]:
        """Return one checked initial state for each direction."""
        cells = self.cells
        if state is None:
            return [cell.as_state(None, batch) for cell in cells]
        if _is_pair_of_stacks(state, cells):
            state = list(zip(*state, strict=False))
        if not isinstance(state, (Sequence, np.ndarray)) or len(state) != len(cells):
            count = len(state) if isinstance(state, (Sequence, np.ndarray)) else type(state).__name__
            raise ShapeError("error.engine.states", count=len(cells), given=count)
        return [cell.as_state(part, batch) for cell, part in zip(cells, state, strict=True)]

    def _clamps(
        self, clamps: Mapping[LayerDirection, Iterable[Clamp]]
    ) -> Mapping[LayerDirection, Iterable[Clamp]]:
        places = [(k, name) for k, layer in enumerate(self.layers) for name, _ in self._directions(layer)]
        for place in clamps:
            if place not in places:
                choices = ", ".join(map(str, places))
                raise OptionError("error.engine.option", name="clamps", value=place, choices=choices)
        return clamps


def _is_pair_of_stacks(state: Any, cells: Sequence[AnyCell]) -> bool:
    """Tell (h, c), each with all directions stacked, from one state for each of two directions."""
    if not all(isinstance(cell, LSTM) for cell in cells) or not isinstance(state, (tuple, list)):
        return False
    return len(state) == 2 and not any(isinstance(part, (tuple, list)) or part is None for part in state)


def _stack(parts: list[FloatArray]) -> FloatArray:
    sizes = {part.shape for part in parts}
    if len(sizes) != 1:
        listed = ", ".join(map(str, sorted(sizes))) or "none"
        raise ShapeError("error.engine.stack", given=listed)
    return np.stack(parts)
