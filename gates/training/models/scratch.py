"""The cells as one writes them from scratch in PyTorch: one product for each gate, one step after another.

The names are those of *Dive into Deep Learning* (d2l, sections 8.5, 9.1 and 9.2 of its first edition): X and
H hold a sequence of the batch in each row. Autograd finds the way back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    Parameters = Sequence[Tensor]
    """W_x (I, H), W_h (H, H) and b (H,) of each part of a cell in turn, then b_hn (H,) if a GRU has it."""


def rnn(inputs: Tensor, state: Tensor, params: Parameters) -> tuple[Tensor, Tensor]:
    """Return the outputs (T, B, H) and the last state of a plain RNN; inputs (T, B, I), state (B, H)."""
    import torch

    W_xh, W_hh, b_h = params
    H, outputs = state, []
    for X in inputs:
        H = torch.tanh(X @ W_xh + H @ W_hh + b_h)
        outputs.append(H)
    return torch.stack(outputs), H


def lstm(
    inputs: Tensor, state: tuple[Tensor, Tensor], params: Parameters, coupled: bool = False
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Return what ``rnn`` does for an LSTM, whose state is (H, C). coupled: I = 1 − F, its weights unused."""
    import torch

    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xc, W_hc, b_c, W_xo, W_ho, b_o = params
    (H, C), outputs = state, []
    for X in inputs:
        F = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        I = 1 - F if coupled else torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        O = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        C_tilde = torch.tanh(X @ W_xc + H @ W_hc + b_c)
        C = F * C + I * C_tilde
        H = O * torch.tanh(C)
        outputs.append(H)
    return torch.stack(outputs), (H, C)


def gru(inputs: Tensor, state: Tensor, params: Parameters) -> tuple[Tensor, Tensor]:
    """Return what ``rnn`` does for a GRU. Its reset acts after the product if there is a b_hn, or before."""
    import torch

    W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h, *b_hn = params
    H, outputs = state, []
    for X in inputs:
        R = torch.sigmoid(X @ W_xr + H @ W_hr + b_r)
        Z = torch.sigmoid(X @ W_xz + H @ W_hz + b_z)
        recurrent = R * (H @ W_hh + b_hn[0]) if b_hn else (R * H) @ W_hh
        H_tilde = torch.tanh(X @ W_xh + recurrent + b_h)
        H = Z * H + (1 - Z) * H_tilde
        outputs.append(H)
    return torch.stack(outputs), H
