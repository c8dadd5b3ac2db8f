"""Networks that PyTorch can train, made from the engine's and made back into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from gates.cells.gru import GRU, Reset
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.core.activations import FloatArray
from gates.network import AnyCell, Layer, Network, Readout
from gates.training.models.layers import State, leaf, trained_layer
from gates.training.recipe import Recipe

if TYPE_CHECKING:
    from torch import Tensor

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
    rotation: FloatArray = Q * np.sign(np.diag(R))  # without the signs some rotations would come more often
    return rotation


class Model:
    """A network with its read-out, as PyTorch trains it.

    network: whose weights it begins with; it must have a read-out. from_scratch: write every cell from
    scratch, also those that PyTorch has a layer for. parameters: all that is trained. weights, gradients:
    the same numbers and their gradients side by side, flat, so that clipping and updating are one operation.
    """

    def __init__(self, network: Network, *, from_scratch: bool = False) -> None:
        self._layers = [trained_layer(cell, from_scratch=from_scratch) for cell in network.cells]
        if network.readout is None:
            raise ValueError("a network without a read-out cannot be trained")
        self._readout = [leaf(network.readout.V), leaf(network.readout.b)]
        self.parameters = [w for layer in self._layers for w in layer.parameters] + self._readout
        self.weights, self.gradients = _side_by_side(self.parameters)

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


def _side_by_side(parameters: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Move ``parameters`` and their gradients into two flat tensors, and return these."""
    import torch

    flat = torch.cat([weight.detach().flatten() for weight in parameters])
    gradients = flat.grad = torch.zeros_like(flat)
    start = 0
    for weight in parameters:
        part = slice(start, start := start + weight.numel())
        weight.data, weight.grad = flat[part].view_as(weight), gradients[part].view_as(weight)
    return flat, gradients
