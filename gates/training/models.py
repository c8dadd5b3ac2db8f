"""Networks that PyTorch can train, made from the engine's and made back into them.

Where a cell has two biases of which only the sum matters (PyTorch's RNN and LSTM, r and z of its GRU), one is
trained and the other stays 0, so that every way to write a cell learns alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from gates.activations import FloatArray
from gates.gru import GRU, Reset
from gates.interop import load, state_dict
from gates.lstm import LSTM
from gates.network import AnyCell, Layer, Network, Readout
from gates.rnn import RNN
from gates.training import scratch
from gates.training.recipe import Recipe

if TYPE_CHECKING:
    from torch import Tensor

State = Any
"""h (B, H), or for an LSTM the pair (h, c)."""

C = TypeVar("C", RNN, LSTM, GRU)

SMALL = 0.01
"""The standard deviation of *small* weights, as d2l draws them."""


def initial_network(recipe: Recipe, inputs: int, outputs: int) -> Network:
    """Return the network that a run begins with, in float32, drawn from the recipe's seed alone."""
    rng = np.random.default_rng([recipe.seed, 0])
    cells: list[AnyCell] = []
    for _ in range(recipe.layers):
        cells.append(_cell(recipe, cells[-1].outputs if cells else inputs, rng))
    bound = recipe.hidden**-0.5
    V, b = rng.uniform(-bound, bound, (outputs, recipe.hidden)), rng.uniform(-bound, bound, outputs)
    if recipe.init == "small":
        V, b = rng.normal(scale=SMALL, size=V.shape), np.zeros(outputs)
    return Network(tuple(map(Layer, cells)), Readout(V.astype(np.float32), b.astype(np.float32)))


def _cell(recipe: Recipe, inputs: int, rng: np.random.Generator) -> AnyCell:
    sizes: dict[str, Any] = {"inputs": inputs, "hidden": recipe.hidden, "rng": rng, "dtype": np.float32}
    if recipe.cell == "rnn":
        return _redrawn(RNN.init(**sizes), recipe.init, rng)
    if recipe.cell.startswith("gru"):
        reset: Reset = "before" if recipe.cell == "gru-before" else "after"
        gru = _redrawn(GRU.init(**sizes, reset=reset), recipe.init, rng)
        return gru if recipe.forget_bias is None else gru.with_bias("update", recipe.forget_bias)
    lstm = _redrawn(LSTM.init(**sizes), recipe.init, rng)
    if recipe.cell == "lstm-coupled":
        W, U, b = lstm.W.copy(), lstm.U.copy(), lstm.b.copy()
        for array in (W, U, b):
            array[lstm.rows("input")] = 0
        lstm = replace(lstm, W=W, U=U, b=b, coupled=True)
    return lstm if recipe.forget_bias is None else lstm.with_bias("forget", recipe.forget_bias)


def _redrawn(cell: C, init: str, rng: np.random.Generator) -> C:
    if init == "orthogonal":
        blocks = [_orthogonal(cell.hidden, rng) for _ in cell.parts]
        return replace(cell, U=np.concatenate(blocks).astype(np.float32))
    if init == "small":
        drawn: dict[str, Any] = {name: np.zeros_like(array) for name, array in cell.arrays().items()}
        for name in ("W", "U"):
            drawn[name] = rng.normal(scale=SMALL, size=drawn[name].shape).astype(np.float32)
        return replace(cell, **drawn)
    return cell


def _orthogonal(size: int, rng: np.random.Generator) -> FloatArray:
    Q, R = np.linalg.qr(rng.normal(size=(size, size)))
    turned: FloatArray = Q * np.sign(np.diag(R))  # without the signs some rotations would come more often
    return turned


class TrainedLayer(Protocol):
    """One layer's weights as PyTorch trains them."""

    parameters: list[Tensor]

    def run(self, x: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Return the outputs (T, B, H) and the last state; x: (T, B, I), state zeros if None."""
        ...

    def cell(self) -> AnyCell:
        """Return the engine's cell with the weights as they are now."""
        ...


class FusedLayer:
    """A layer that is one of PyTorch's own: ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU``."""

    def __init__(self, cell: AnyCell) -> None:
        import torch

        kind = getattr(torch.nn, cell.kind.upper())
        self.module = kind(cell.inputs, cell.hidden, device="meta").to_empty(device="cpu")
        weights = {name: torch.from_numpy(array.copy()) for name, array in state_dict(cell).items()}
        self.module.load_state_dict(weights)
        bias = self.module.bias_hh_l0
        if isinstance(cell, GRU):
            inside = torch.arange(3 * cell.hidden) >= 2 * cell.hidden
            bias.register_hook(lambda gradient: gradient * inside)
        else:
            bias.requires_grad_(False)
        self.parameters = [weight for weight in self.module.parameters() if weight.requires_grad]

    def run(self, x: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Return the outputs (T, B, H) and the last state."""
        output, last = self.module(x, state)
        return output, last

    def cell(self) -> AnyCell:
        """Return the engine's cell with the weights as they are now."""
        return load(self.module).cells[0]


class ScratchLayer:
    """A layer written from scratch, of any kind; see ``gates.training.scratch``."""

    def __init__(self, cell: AnyCell) -> None:
        self.source = cell
        arrays = [
            array
            for name in cell.parts
            for array in (cell.part(name).W.T, cell.part(name).U.T, cell.part(name).b)
        ]
        if isinstance(cell, GRU) and cell.reset == "after":
            arrays.append(cell.b_hn)
        self.parameters = [_leaf(array) for array in arrays]
        self._pair = isinstance(cell, LSTM)
        steps: dict[str, Any] = {"rnn": scratch.rnn, "gru": scratch.gru, "lstm": scratch.lstm}
        self._steps = steps[cell.kind]
        if isinstance(cell, LSTM):
            self._steps = partial(scratch.lstm, coupled=cell.coupled)

    def run(self, x: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Return the outputs (T, B, H) and the last state."""
        if state is None:
            zeros = x.new_zeros(x.shape[1], self.source.hidden)
            state = (zeros, zeros) if self._pair else zeros
        output, last = self._steps(x, state, self.parameters)
        return output, last

    def cell(self) -> AnyCell:
        """Return the engine's cell with the weights as they are now."""
        arrays = [weight.detach().numpy().T for weight in self.parameters]
        count = 3 * len(self.source.parts)
        names = {
            "W": arrays[0:count:3],
            "U": arrays[1:count:3],
            "b": arrays[2:count:3],
            "b_hn": arrays[count:],
        }
        weights: dict[str, Any] = {name: np.concatenate(own) for name, own in names.items() if own}
        return replace(self.source, **weights)


class Model:
    """A network with its read-out, as PyTorch trains it.

    network: whose weights it begins with; it must have a read-out. from_scratch: write every cell from
    scratch, also those that PyTorch has a layer for. parameters: all that is trained.
    """

    def __init__(self, network: Network, *, from_scratch: bool = False) -> None:
        self._layers = [_layer(cell, from_scratch) for cell in network.cells]
        if network.readout is None:
            raise ValueError("a network without a read-out cannot be trained")
        self._readout = [_leaf(network.readout.V), _leaf(network.readout.b)]
        self.parameters = [w for layer in self._layers for w in layer.parameters] + self._readout

    def run(self, x: Tensor, states: Sequence[State] | None = None) -> tuple[Tensor, list[State]]:
        """Return the top layer's outputs (T, B, H) and every layer's last state; x: (T, B, I)."""
        last = []
        for layer, state in zip(self._layers, states or [None] * len(self._layers), strict=True):
            x, state = layer.run(x, state)
            last.append(state)
        return x, last

    def scores(self, output: Tensor) -> Tensor:
        """Return the read-out of ``output``: (…, H) to (…, K)."""
        from torch.nn.functional import linear

        return linear(output, *self._readout)

    def network(self) -> Network:
        """Return the engine's network with the weights as they are now."""
        V, b = (weight.detach().numpy() for weight in self._readout)
        return Network(tuple(Layer(layer.cell()) for layer in self._layers), Readout(V, b))


def _layer(cell: AnyCell, from_scratch: bool) -> TrainedLayer:
    own = (isinstance(cell, GRU) and cell.reset == "before") or (isinstance(cell, LSTM) and cell.coupled)
    return ScratchLayer(cell) if own or from_scratch else FusedLayer(cell)


def _leaf(array: FloatArray) -> Tensor:
    import torch

    return torch.from_numpy(np.array(array, order="C")).requires_grad_()
