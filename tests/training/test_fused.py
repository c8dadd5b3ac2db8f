"""The fused GRU: PyTorch's results and gradients, and those of the cell written from scratch."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gates.training.models import fused, scratch

T, B, I, H = 6, 3, 5, 4


def weights(after: bool, dtype: torch.dtype = torch.float64) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    shapes = {"W": (3 * H, I), "U": (3 * H, H), "b": (3 * H,)} | ({"b_hn": (H,)} if after else {})
    return {
        name: (0.6 * torch.randn(*shape, generator=generator, dtype=dtype)).requires_grad_()
        for name, shape in shapes.items()
    }


def inputs() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    x, h = (torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in ((T, B, I), (B, H)))
    return x.requires_grad_(), h.requires_grad_()


def loss(output: Tensor, last: Tensor) -> Tensor:
    """A sum in which every number has a weight of its own."""
    generator = torch.Generator().manual_seed(2)
    d_output, d_last = (
        torch.randn(part.shape, generator=generator, dtype=part.dtype) for part in (output, last)
    )
    return (output * d_output).sum() + (last * d_last).sum()


def split(own: dict[str, Tensor]) -> list[Tensor]:
    """The weights by gates, as the cell written from scratch takes them."""
    params = []
    for rows in torch.arange(3 * H).chunk(3):
        params += [own["W"][rows].T, own["U"][rows].T, own["b"][rows]]
    return params + ([own["b_hn"]] if "b_hn" in own else [])


@pytest.mark.parametrize("after", [True, False])
def test_values_and_gradients_are_those_of_autograd(after: bool) -> None:
    own, (x, h) = weights(after), inputs()
    results = []
    for output, last in (fused.gru(x, h, **own), scratch.gru(x, h, split(own))):
        gradients = torch.autograd.grad(loss(output, last), [x, h, *own.values()])
        results.append([output, last, *gradients])
    for ours, theirs in zip(*results, strict=True):
        assert ours.shape == theirs.shape
        assert (ours - theirs).abs().max() < 1e-13


def test_after_the_product_it_is_pytorchs() -> None:
    own, (x, h) = weights(after=True), inputs()
    module = torch.nn.GRU(I, H, dtype=torch.float64)
    b_hh = torch.cat([torch.zeros(2 * H, dtype=torch.float64), own["b_hn"].detach()])
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    given = [own["W"].detach(), own["U"].detach(), own["b"].detach(), b_hh]
    module.load_state_dict(dict(zip(names, given, strict=True)))
    output, last = module(x, h[None])
    ours = fused.gru(x, h, **own)
    assert (output - ours[0]).abs().max() < 1e-14 and (last[0] - ours[1]).abs().max() < 1e-14

    loss(output, last[0]).backward()
    loss(*ours).backward()
    for weight, name in zip(own.values(), names, strict=True):
        theirs = getattr(module, name).grad
        inside = theirs[2 * H :] if name == "bias_hh_l0" else theirs
        assert weight.grad is not None and (weight.grad - inside).abs().max() < 1e-13


@pytest.mark.parametrize("after", [True, False])
def test_gradients_are_those_of_small_differences(after: bool) -> None:
    own, (x, h) = weights(after), inputs()

    def run(x: Tensor, h: Tensor, *given: Tensor) -> tuple[Tensor, Tensor]:
        return fused.gru(x, h, *given)

    assert torch.autograd.gradcheck(run, (x, h, *own.values()))


def test_inputs_that_need_no_gradient_get_none() -> None:
    own, (x, h) = weights(after=True), inputs()
    loss(*fused.gru(x.detach(), h.detach(), **own)).backward()
    assert x.grad is None and h.grad is None and all(weight.grad is not None for weight in own.values())
