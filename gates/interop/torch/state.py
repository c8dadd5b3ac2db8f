"""State dicts: a network's arrays under PyTorch's names, and whether PyTorch can build it."""

from __future__ import annotations

from collections.abc import Iterator

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.core.activations import FloatArray
from gates.interop.torch.convert import arrays_of
from gates.network import AnyCell, Layer, Network

READOUT = "readout"
"""What the read-out is called in a state dict made here."""


def state_dict(network: Network | AnyCell, name: str = "") -> dict[str, FloatArray]:
    """Return the weights under PyTorch's names and in its order, as NumPy arrays.

    ``module.load_state_dict({k: torch.from_numpy(v) for k, v in state_dict(net).items()})`` fills a torch
    module of the same kind and sizes. Biases go into bias_ih; bias_hh is 0, but for a GRU's b_hn.

    Args:
        network: a network, or a cell for a layer of its own.
        name: what stands before each name, such as ``"encoder.lstm"``.

    A read-out adds ``readout.weight`` and ``readout.bias``.
    """
    network = network if isinstance(network, Network) else Network((Layer(network),))
    arrays = arrays_of(network, name)
    if network.readout is not None:
        arrays |= {f"{READOUT}.weight": network.readout.V, f"{READOUT}.bias": network.readout.b}
    return arrays


def beyond_torch(network: Network) -> Iterator[str]:
    """Yield what keeps a network from being one ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU``."""
    cells = network.cells
    for cell in cells:
        if isinstance(cell, GRU) and cell.reset == "before":
            yield 'reset="before"'
        if isinstance(cell, LSTM):
            yield from ["coupled=True"] if cell.coupled else []
            yield from [f"without={sorted(cell.without)}"] if cell.without else []
            yield from ["peephole"] if cell.peephole is not None else []
        for name, value in cell.other_squashes.items():
            if (name, value) != ("activation", "relu"):
                yield f"{name}={value!r}"
    if len({(cell.kind, cell.hidden, cell.outputs, getattr(cell, "activation", "")) for cell in cells}) > 1:
        yield " + ".join(f"{cell.kind.upper()}({cell.inputs}, {cell.hidden})" for cell in cells)
    if len({len(layer.cells) for layer in network.layers}) > 1:
        yield "bidirectional=?"
    if any(layer.forward is None for layer in network.layers):
        yield "backward"
