"""Cells as plain PyTorch loops that keep every signal's gradient: the reference for ours, options and all."""

import numpy as np
import torch
import torch.nn.functional as F

from gates.activations import Activation

FUNCTIONS = {
    "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "identity": lambda a: a,
    "affine": lambda a, α, β: α * a + β, "hard_sigmoid": lambda a, α, β: torch.clamp(α * a + β, 0, 1),
    "hard_tanh": F.hardtanh, "scaled_tanh": lambda a, α, β: α * torch.tanh(β * a), "softsign": F.softsign,
    "softplus": lambda a: F.softplus(a, threshold=40), "leaky_relu": F.leaky_relu,
    "thresholded_relu": lambda a, α: F.threshold(a, α, 0), "elu": F.elu, "selu": F.selu, "silu": F.silu,
    "gelu": F.gelu, "mish": F.mish, "exponential": torch.exp, "relu6": F.relu6, "hard_silu": F.hardswish,
    "log_sigmoid": F.logsigmoid, "tanh_shrink": F.tanhshrink,
}  # fmt: skip


def squash(activation, clip=None):
    """A cell's option as a torch function."""
    if isinstance(activation, str):
        activation = Activation(activation)
    parameters = [p for p in (activation.alpha, activation.beta) if p is not None]
    function = FUNCTIONS[activation.name]
    return lambda a: function(a if clip is None else torch.clamp(a, -clip, clip), *parameters)


def tensors(cell):
    return {name: torch.tensor(array, requires_grad=True) for name, array in cell.arrays().items()}


class Recorder:
    """Keeps each signal of each step, clamped where asked, with its gradient."""

    def __init__(self, clamps):
        self.clamps, self.signals = clamps, {}

    def __call__(self, name, value):
        t = len(self.signals.setdefault(name, []))
        for clamp in self.clamps:
            if clamp.signal == name and t in (range(10**6) if clamp.steps is None else clamp.steps):
                mask = torch.zeros(value.shape[-1], dtype=torch.bool)
                mask[slice(None) if clamp.units is None else list(clamp.units)] = True
                held = torch.zeros(value.shape[-1], dtype=value.dtype)
                held[mask] = torch.as_tensor(clamp.value, dtype=value.dtype)
                value = torch.where(mask, held, value)
        if not value.requires_grad:
            value.requires_grad_()
        value.retain_grad()
        self.signals[name].append(value)
        return value


def loop(cell, x, state, clamps=()):
    """Run ``cell``'s equations in torch: (weights, x, state, signals) as tensors with gradients to come."""
    weights, keep = tensors(cell), Recorder(clamps)
    x = torch.tensor(x, requires_grad=True)
    state = tuple(torch.tensor(part, requires_grad=True) for part in state)
    step = {"rnn": rnn_step, "lstm": lstm_step, "gru": gru_step}[cell.kind]
    now = state
    for x_t in x:
        now = step(cell, weights, x_t, now, keep)
    return weights, x, state, {name: torch.stack(parts) for name, parts in keep.signals.items()}, keep


def gradient(parts):
    return np.stack([np.zeros(p.shape) if p.grad is None else p.grad.numpy() for p in parts])


def rnn_step(cell, p, x, state, keep):
    a = keep("pre.hidden", x @ p["W"].T + state[0] @ p["U"].T + p["b"])
    return (keep("hidden", squash(cell.activation, cell.clip)(a)),)


def lstm_step(cell, p, x, state, keep):
    h, c = state
    σ, φ = squash(cell.gate_activation, cell.clip), squash(cell.candidate_activation, cell.clip)
    a_i, a_f, a_g, a_o = (x @ p["W"].T + h @ p["U"].T + p["b"]).chunk(4, -1)
    if "peephole" in p:
        a_i, a_f = a_i + p["peephole"][0] * c, a_f + p["peephole"][1] * c
    a_i, a_f, a_g = keep("pre.input", a_i), keep("pre.forget", a_f), keep("pre.candidate", a_g)
    f = keep("forget", torch.ones_like(a_f) if "forget" in cell.without else σ(a_f))
    i = 1 - f if cell.coupled else torch.ones_like(a_i) if "input" in cell.without else σ(a_i)
    i = keep("input", i)
    g = keep("candidate", φ(a_g))
    c = keep("cell", f * c + i * g)
    if "peephole" in p:
        a_o = a_o + p["peephole"][2] * c
    a_o = keep("pre.output", a_o)
    o = keep("output", torch.ones_like(a_o) if "output" in cell.without else σ(a_o))
    h = o * squash(cell.cell_activation)(c)
    return keep("hidden", h @ p["projection"].T if "projection" in p else h), c


def gru_step(cell, p, x, state, keep):
    (h,) = state
    H = cell.hidden
    σ, φ = squash(cell.gate_activation, cell.clip), squash(cell.candidate_activation, cell.clip)
    Wx, Uh = x @ p["W"].T + p["b"], h @ p["U"].T
    a_r, a_z = keep("pre.reset", (Wx + Uh)[..., :H]), keep("pre.update", (Wx + Uh)[..., H : 2 * H])
    r, z = keep("reset", σ(a_r)), keep("update", σ(a_z))
    if cell.reset == "after":
        a_n = Wx[..., 2 * H :] + r * (Uh[..., 2 * H :] + p["b_hn"])
    else:
        a_n = Wx[..., 2 * H :] + (r * h) @ p["U"][2 * H :].T
    n = keep("candidate", φ(keep("pre.candidate", a_n)))
    return (keep("hidden", z * h + (1 - z) * n),)
