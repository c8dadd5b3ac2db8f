"""One layer's weights as PyTorch trains them: by its own fused functions, or written from scratch.

Where PyTorch has two biases of which only the sum matters, one is trained and the other stays 0, so that
every way to write a cell learns alike.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.core.activations import FloatArray
from gates.interop import load, state_dict
from gates.network import AnyCell
from gates.training.models import fused, scratch

if TYPE_CHECKING:
    from torch import Tensor

State = Any
"""h (B, H), or for an LSTM the pair (h, c)."""


class TrainedLayer(Protocol):
    """A layer in training."""

    parameters: list[Tensor]

    def run(self, x: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Return the outputs (T, B, H) and the last state; x: (T, B, I), state zeros if None."""
        ...

    def cell(self) -> AnyCell:
        """Return the engine's cell with the weights as they are now."""
        ...


def trained_layer(cell: AnyCell, *, from_scratch: bool = False) -> TrainedLayer:
    """Return a layer that begins with the weights of ``cell``, computed the fastest way or from scratch."""
    if from_scratch:
        return ScratchLayer(cell)
    if isinstance(cell, GRU):
        return GRULayer(cell)
    if isinstance(cell, LSTM) and cell.coupled:
        return CoupledLayer(cell)
    return TorchLayer(cell)


class TorchLayer:
    """A layer that is ``nn.RNN`` or ``nn.LSTM``."""

    def __init__(self, cell: AnyCell) -> None:
        import torch

        kind = getattr(torch.nn, cell.kind.upper())
        self.module = kind(cell.inputs, cell.hidden, device="meta").to_empty(device="cpu")
        weights = {name: torch.from_numpy(array.copy()) for name, array in state_dict(cell).items()}
        self.module.load_state_dict(weights)
        self.module.bias_hh_l0.requires_grad_(False)
        self.parameters = [weight for weight in self.module.parameters() if weight.requires_grad]

    def run(self, x: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Return the outputs and the last state."""
        if isinstance(state, tuple):
            state = tuple(part[None] for part in state)
        elif state is not None:
            state = state[None]
        output, last = self.module(x, state)
        return output, tuple(part[0] for part in last) if isinstance(last, tuple) else last[0]

    def cell(self) -> AnyCell:
        """Return the engine's cell with the weights as they are now."""
        return load(self.module).cells[0]


class GRULayer:
    """A GRU with either reset; see ``gates.training.models.fused``."""

    def __init__(self, cell: GRU) -> None:
        self._source = cell
        names = ("W", "U", "b", "b_hn") if cell.reset == "after" else ("W", "U", "b")
        self._weights = {name: leaf(getattr(cell, name)) for name in names}
        self.parameters = list(self._weights.values())

    def run(self, x: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Return the outputs and the last state."""
        h = x.new_zeros(x.shape[1], self._source.hidden) if state is None else state
        return fused.gru(x, h, **self._weights)

    def cell(self) -> AnyCell:
        """Return the engine's cell with the weights as they are now."""
        weights: dict[str, Any] = {name: weight.detach().numpy() for name, weight in self._weights.items()}
        return replace(self._source, **weights)


class CoupledLayer:
    """An LSTM with i = 1 − f, by PyTorch's own function: 1 − σ(a) is σ(−a), so i has f's weights negated."""

    def __init__(self, cell: LSTM) -> None:
        self._source = cell
        used = slice(cell.hidden, None)  # all rows but those of i
        self.parameters = [leaf(array[used]) for array in (cell.W, cell.U, cell.b)]

    def run(self, x: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Return the outputs and the last state."""
        import torch

        H = self._source.hidden
        weights = [torch.cat([-weight[:H], weight]) for weight in self.parameters]
        zeros = x.new_zeros(1, x.shape[1], H)
        initial = (zeros, zeros) if state is None else tuple(part[None] for part in state)
        weights.append(torch.zeros_like(weights[-1]))
        output, h, c = torch.lstm(x, initial, weights, True, 1, 0.0, True, False, False)
        return output, (h[0], c[0])

    def cell(self) -> AnyCell:
        """Return the engine's cell with the weights as they are now."""
        zeros, H = np.zeros_like, self._source.hidden
        arrays = [weight.detach().numpy() for weight in self.parameters]
        W, U, b = (np.concatenate([zeros(array[:H]), array]) for array in arrays)
        return replace(self._source, W=W, U=U, b=b)


class ScratchLayer:
    """A layer written from scratch, of any kind; see ``gates.training.models.scratch``."""

    def __init__(self, cell: AnyCell) -> None:
        self._source = cell
        parts = [cell.part(name) for name in cell.parts]
        arrays = [array for part in parts for array in (part.W.T, part.U.T, part.b)]
        if isinstance(cell, GRU) and cell.reset == "after":
            arrays.append(cell.b_hn)
        self.parameters = [leaf(array) for array in arrays]
        self._pair = isinstance(cell, LSTM)
        steps: dict[str, Any] = {"rnn": scratch.rnn, "gru": scratch.gru, "lstm": scratch.lstm}
        self._steps = steps[cell.kind]
        if isinstance(cell, LSTM):
            self._steps = partial(scratch.lstm, coupled=cell.coupled)

    def run(self, x: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Return the outputs and the last state."""
        if state is None:
            zeros = x.new_zeros(x.shape[1], self._source.hidden)
            state = (zeros, zeros) if self._pair else zeros
        output, last = self._steps(x, state, self.parameters)
        return output, last

    def cell(self) -> AnyCell:
        """Return the engine's cell with the weights as they are now."""
        arrays = [weight.detach().numpy().T for weight in self.parameters]
        count = 3 * len(self._source.parts)
        parameters = {
            "W": arrays[0:count:3],
            "U": arrays[1:count:3],
            "b": arrays[2:count:3],
            "b_hn": arrays[count:],
        }
        weights: dict[str, Any] = {name: np.concatenate(parts) for name, parts in parameters.items() if parts}
        return replace(self._source, **weights)


def leaf(array: FloatArray) -> Tensor:
    """Return a tensor of the same values, to be trained."""
    import torch

    return torch.from_numpy(np.array(array, order="C")).requires_grad_()
