"""A GRU as one function with a way back of its own, for either place of the reset.

On a CPU PyTorch composes ``nn.GRU`` of single operations and differentiates each, and it has no GRU that
resets before the product. Here the slopes of all steps are computed at once and the way back is written out
(the Jacobians are those of ``gates.analysis.flow``), which takes half the time of ``nn.GRU`` and gives its
results.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


def gru(
    x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, b_hn: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Return the hidden states (T, B, H) and the last of them, (B, H); autograd knows the way back.

    x: (T, B, I). h: the state before, (B, H). W: (3H, I), U: (3H, H), b: (3H,), rows r, z, n; z keeps. b_hn:
    (H,), the bias inside the reset, which then acts after the product; before it if None.
    """
    output, last = _function().apply(x, h, W, U, b, b_hn)
    return output, last


class ForwardCache(NamedTuple):
    """What the way back needs of a run, time first.

    gates: r, z and n side by side, (T, B, 3H). recurrent: U_n h₋₁ + b_hn if the reset acts after the product,
    r⊙h₋₁ if before. hidden: the states from the one before the first step on, (T + 1, B, H).
    """

    x: Tensor
    W: Tensor
    U: Tensor
    gates: Tensor
    recurrent: Tensor
    hidden: Tensor

    def parts(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return r, z and n."""
        r, z, n = self.gates.chunk(3, dim=-1)
        return r, z, n


def forward(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, b_hn: Tensor | None) -> ForwardCache:
    """Run over the sequence; the arguments are as in :func:`gru`.

    The products with x are one, and every step writes into its place.
    """
    import torch

    (T, B, _), H = x.shape, h.shape[1]
    gates = torch.addmm(b, x.flatten(0, 1), W.T).view(T, B, 3 * H)
    recurrent, hidden = x.new_empty(T, B, H), x.new_empty(T + 1, B, H)
    hidden[0] = h
    past = ForwardCache(x, W, U, gates, recurrent, hidden)
    U_rz, U_n = U[: 2 * H].T.contiguous(), U[2 * H :].T.contiguous()
    over_time = (gates[..., : 2 * H], *past.parts(), recurrent, hidden[1:])
    for rz, r, z, n, rec, h_new in zip(*(array.unbind() for array in over_time), strict=True):
        rz.addmm_(h, U_rz).sigmoid_()
        if b_hn is not None:
            torch.addmm(b_hn, h, U_n, out=rec)
            n.addcmul_(r, rec).tanh_()
        else:
            torch.mul(r, h, out=rec)
            n.addmm_(rec, U_n).tanh_()
        h = torch.lerp(n, h, z, out=h_new)  # z⊙h₋₁ + (1−z)⊙n
    return past


def backward(cache: ForwardCache, d_output: Tensor, after: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of the pre-activations (T, B, 3H), of U_n h₋₁ + b_hn and of the state before."""
    import torch

    H = cache.hidden.shape[2]
    (r, z, n), before = cache.parts(), cache.hidden[:-1]
    to_n = (1 - n * n).mul_(1 - z)  # ∂h/∂a_n
    to_z = (z * (1 - z)).mul_(before - n)  # ∂h/∂a_z
    to_r = (r * (1 - r)).mul_(cache.recurrent if after else before)  # ∂a_n/∂a_r, or ∂(r⊙h₋₁)/∂a_r
    pre, inside = torch.empty_like(cache.gates), torch.empty_like(cache.recurrent)
    d_h = torch.cat([torch.zeros_like(d_output[:1]), d_output])
    U_rz, U_n = cache.U[: 2 * H], cache.U[2 * H :]
    over_time = (pre[..., : 2 * H], *pre.chunk(3, dim=-1), inside, r, z, to_r, to_z, to_n, d_h[1:], d_h[:-1])
    steps = list(zip(*(array.unbind() for array in over_time), strict=True))
    for d_rz, d_r, d_z, d_n, d_rec, r_t, z_t, r_slope, z_slope, n_slope, d, d_before in reversed(steps):
        torch.mul(d, n_slope, out=d_n)
        torch.mul(d, z_slope, out=d_z)
        if after:
            torch.mul(d_n, r_slope, out=d_r)
            torch.mul(d_n, r_t, out=d_rec)
            d_before.addmm_(d_rec, U_n)
        else:
            torch.mm(d_n, U_n, out=d_rec)
            torch.mul(d_rec, r_slope, out=d_r)
            d_before.addcmul_(d_rec, r_t)
        d_before.addcmul_(d, z_t).addmm_(d_rz, U_rz)
    return pre, inside, d_h[0]


@cache
def _function() -> Any:
    import torch

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *arguments: Any) -> tuple[Tensor, Tensor]:
            cache = forward(*arguments)
            ctx.save_for_backward(*cache)
            ctx.after = arguments[-1] is not None
            return cache.hidden[1:], cache.hidden[-1].clone()

        @staticmethod
        def backward(ctx: Any, *d: Tensor) -> tuple[Tensor | None, ...]:
            cache, d_output = ForwardCache(*ctx.saved_tensors), d[0].clone()
            d_output[-1] += d[1]
            pre, inside, d_h = backward(cache, d_output, ctx.after)
            H = inside.shape[2]
            flat, before = pre.flatten(0, 1), cache.hidden[:-1].flatten(0, 1)
            d_rz, d_n = flat[:, : 2 * H], flat[:, 2 * H :]
            if ctx.after:
                d_U_n, d_b_hn = inside.flatten(0, 1).T @ before, inside.sum((0, 1))
            else:
                d_U_n, d_b_hn = d_n.T @ cache.recurrent.flatten(0, 1), None
            d_x = pre @ cache.W if ctx.needs_input_grad[0] else None
            d_W, d_U = flat.T @ cache.x.flatten(0, 1), torch.cat([d_rz.T @ before, d_U_n])
            return d_x, d_h, d_W, d_U, flat.sum(0), d_b_hn

    return Function
