"""PyTorch modules beside cells of ours with the same weights, for comparison."""

import numpy as np
import torch

from gates import GRU, LSTM, RNN

KINDS = ("rnn_tanh", "rnn_relu", "lstm", "gru")


def pair(kind, inputs, hidden, dtype=np.float64, seed=0):
    """A torch module with distinct random weights, and the cell that must agree with it."""
    torch.manual_seed(seed)
    options = {"nonlinearity": kind[4:]} if kind.startswith("rnn") else {}
    module = getattr(torch.nn, kind[:4].rstrip("_").upper())(inputs, hidden, **options)
    module = module.to(torch.float64 if dtype == np.float64 else torch.float32)
    return module, cell_of(module)


def cell_of(module, suffix="l0"):
    """One layer and direction of a torch module as a cell."""
    W, U, b_i, b_h, *projection = (
        getattr(module, f"{name}_{suffix}").detach().numpy()
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")
        if hasattr(module, f"{name}_{suffix}")
    )
    if module.mode == "LSTM":
        return LSTM(W, U, b_i + b_h, projection=projection[0] if projection else None)
    if module.mode == "GRU":
        H = module.hidden_size
        outside = np.concatenate([b_h[: 2 * H], np.zeros_like(b_h[2 * H :])])
        return GRU(W, U, b_i + outside, b_hn=b_h[2 * H :])
    return RNN(W, U, b_i + b_h, activation=module.nonlinearity)


def run(module, x, *state, **options):
    """The module's output and final state as arrays."""
    with torch.no_grad():
        output, final = module(torch.from_numpy(x), *state, **options)
    final = final if isinstance(final, tuple) else (final,)
    return output.numpy(), tuple(part.numpy() for part in final)
