"""Cells as plain PyTorch loops that keep every signal's gradient: the reference for ours, options and all."""

import numpy as np
import torch
import torch.nn.functional as F

from gates.core.activations import Activation

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
    step = STEPS[cell.kind]
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


def mingru_step(cell, p, x, state, keep):
    (h,) = state
    a_z, a_n = (x @ p["W"].T + p["b"]).chunk(2, -1)
    z = keep("update", torch.sigmoid(keep("pre.update", a_z)))
    n = keep("candidate", keep("pre.candidate", a_n) + 0)
    return (keep("hidden", (1 - z) * h + z * n),)


def minlstm_step(cell, p, x, state, keep):
    (h,) = state
    a_f, a_i, a_n = (x @ p["W"].T + p["b"]).chunk(3, -1)
    f = keep("forget", torch.sigmoid(keep("pre.forget", a_f)))
    i = keep("input", torch.sigmoid(keep("pre.input", a_i)))
    n = keep("candidate", keep("pre.candidate", a_n) + 0)
    f_share, i_share = keep("forget_share", f / (f + i)), keep("input_share", i / (f + i))
    return (keep("hidden", f_share * h + i_share * n),)


def mgu_step(cell, p, x, state, keep):
    """Zhou et al. (2016) write [h, x] for what stands side by side, and one matrix for both."""
    (h,) = state
    H = cell.hidden
    W_f, W_h = (torch.cat([p["U"][rows], p["W"][rows]], 1) for rows in (slice(0, H), slice(H, 2 * H)))
    f = keep("forget", torch.sigmoid(keep("pre.forget", torch.cat([h, x], -1) @ W_f.T + p["b"][:H])))
    n = torch.cat([f * h, x], -1) @ W_h.T + p["b"][H:]
    n = keep("candidate", torch.tanh(keep("pre.candidate", n)))
    return (keep("hidden", (1 - f) * h + f * n),)


def exponential_gates(cell, a_i, a_f, m, keep):
    i = keep("input", torch.exp(keep("pre.input", a_i)))
    f = torch.sigmoid if cell.forget_activation == "sigmoid" else torch.exp
    f = keep("forget", f(keep("pre.forget", a_f)))
    m_new = keep("stabiliser", torch.maximum(torch.log(f) + m, torch.log(i)))
    i_stable = keep("stable_input", torch.exp(torch.log(i) - m_new))
    return m_new, i_stable, keep("stable_forget", torch.exp(torch.log(f) + m - m_new))


def slstm_step(cell, p, x, state, keep):
    h, c, n, m = state
    a_z, a_i, a_f, a_o = (x @ p["W"].T + h @ p["U"].T + p["b"]).chunk(4, -1)
    z = keep("candidate", torch.tanh(keep("pre.candidate", a_z)))
    m, i, f = exponential_gates(cell, a_i, a_f, m, keep)
    o = keep("output", torch.sigmoid(keep("pre.output", a_o)))
    c, n = keep("cell", f * c + i * z), keep("normaliser", f * n + i)
    return keep("hidden", o * c / n), c, n, m


def mlstm_step(cell, p, x, state, keep):
    C, n, m = state
    a = dict(zip(cell.parts, (x @ p["W"].T + p["b"]).split(list(cell.sizes.values()), -1), strict=True))
    q = keep("query", keep("pre.query", a["query"]) + 0)
    k = keep("key", keep("pre.key", a["key"]) / cell.hidden**0.5)
    v = keep("value", keep("pre.value", a["value"]) + 0)
    m, i, f = exponential_gates(cell, a["input"], a["forget"], m, keep)
    o = keep("output", torch.sigmoid(keep("pre.output", a["output"])))
    C = keep("cell", f[..., None] * C + i[..., None] * torch.einsum("...i,...j->...ij", v, k))
    n = keep("normaliser", f * n + i * k)
    size = torch.maximum((n * q).sum(-1, keepdim=True).abs(), torch.exp(-m))
    keep("hidden", o * torch.einsum("...ij,...j->...i", C, q) / size)
    return C, n, m


STEPS = {
    "rnn": rnn_step, "lstm": lstm_step, "gru": gru_step, "mingru": mingru_step, "minlstm": minlstm_step,
    "mgu": mgu_step, "slstm": slstm_step, "mlstm": mlstm_step,
}  # fmt: skip
