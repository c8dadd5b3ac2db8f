"""Torch modules with distinct random weights, and whether a network gives what they give."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-6}
STEPS, BATCH = 7, 3


def module(kind: str, *sizes: int, dtype: torch.dtype = torch.float64, seed: int = 0, **options: Any) -> Any:
    """``torch.nn.<kind>`` with weights that are all different, about as large as PyTorch's own."""
    torch.manual_seed(seed)
    made = getattr(torch.nn, kind)(*sizes, **options).to(dtype).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.3)
    return made


def sequence(inputs: int, dtype: torch.dtype = torch.float64, seed: int = 1) -> torch.Tensor:
    return torch.randn(STEPS, BATCH, inputs, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def states(layer: Any, seed: int = 2) -> Any:
    """A random initial state for each direction of each layer, as torch takes it."""
    directions = layer.num_layers * (1 + layer.bidirectional)
    random = torch.Generator().manual_seed(seed)
    dtype = layer.weight_hh_l0.dtype
    h = torch.randn(directions, BATCH, layer.proj_size or layer.hidden_size, dtype=dtype, generator=random)
    if layer.mode != "LSTM":
        return h
    return h, torch.randn(directions, BATCH, layer.hidden_size, dtype=dtype, generator=random)


def torch_run(layer: Any, x: torch.Tensor, state: Any = None, lengths: list[int] | None = None) -> Any:
    """Output (time-major), h_n and c_n (or None) of a torch layer, as arrays."""
    given: Any = x.transpose(0, 1) if layer.batch_first else x
    if lengths is not None:
        given = torch.nn.utils.rnn.pack_padded_sequence(
            given, torch.tensor(lengths), batch_first=layer.batch_first, enforce_sorted=False
        )
    with torch.no_grad():
        output, final = layer(given, state)
    if lengths is not None:
        output, _ = torch.nn.utils.rnn.pad_packed_sequence(
            output, batch_first=layer.batch_first, total_length=len(x)
        )
    h, c = final if isinstance(final, tuple) else (final, None)
    output = output.transpose(0, 1) if layer.batch_first else output
    return output.numpy(), h.numpy(), None if c is None else c.numpy()


def assert_same(network: Any, layer: Any, state: Any = None, lengths: list[int] | None = None) -> None:
    """The network's output and final states are the torch layer's, in the layer's precision."""
    dtype = layer.weight_hh_l0.dtype
    x = sequence(layer.input_size, dtype)
    output, h, c = torch_run(layer, x, state, lengths)
    numpy_state = tuple(s.numpy() for s in state) if isinstance(state, tuple) else state
    if isinstance(numpy_state, torch.Tensor):
        numpy_state = numpy_state.numpy()
    out = network.run(x.numpy(), numpy_state, lengths=lengths)
    assert out.output.dtype == output.dtype
    close(out.output, output, dtype)
    close(out.final_hidden, h, dtype)
    if c is not None:
        close(out.final_cell, c, dtype)


def close(ours: Any, theirs: Any, dtype: torch.dtype) -> None:
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= TOLERANCE[dtype]


def assert_equal(first: Any, second: Any) -> None:
    """Two networks have the same cells, bit by bit."""
    assert len(first.layers) == len(second.layers)
    for ours, theirs in zip(first.cells, second.cells, strict=True):
        assert type(ours) is type(theirs)
        assert ours.options == theirs.options
        own, other = ours.arrays(), theirs.arrays()
        assert own.keys() == other.keys()
        for name in own:
            assert own[name].dtype == other[name].dtype and np.array_equal(own[name], other[name]), name
    assert (first.readout is None) == (second.readout is None)
    if first.readout is not None:
        assert np.array_equal(first.readout.V, second.readout.V)
        assert np.array_equal(first.readout.b, second.readout.b)
