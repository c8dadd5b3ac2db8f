"""Code for what is read of a run and how far that is from its targets, with the engine and in PyTorch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gates.core.activations import FUNCTIONS
from gates.examples.lab.numbers import Floats
from gates.examples.lab.task import Task

Written = Callable[[str, Floats], str]
"""Writes an array under a name as a line of code."""

_A, _B = "{alpha}", "{beta}"
_TORCH = {
    "sigmoid": "torch.sigmoid({a})",
    "tanh": "torch.tanh({a})",
    "relu": "torch.relu({a})",
    "identity": "{a}",
    "affine": f"{_A} * ({{a}}) + {_B}",
    "hard_sigmoid": f"torch.clamp({_A} * ({{a}}) + {_B}, 0, 1)",
    "hard_tanh": "torch.nn.functional.hardtanh({a})",
    "scaled_tanh": f"{_A} * torch.tanh({_B} * ({{a}}))",
    "softsign": "torch.nn.functional.softsign({a})",
    "softplus": "torch.logaddexp({a}, torch.zeros((), dtype=dtype))",
    "leaky_relu": f"torch.nn.functional.leaky_relu({{a}}, {_A})",
    "thresholded_relu": f"torch.nn.functional.threshold({{a}}, {_A}, 0.0)",
    "elu": f"torch.nn.functional.elu({{a}}, {_A})",
    "selu": "torch.nn.functional.selu({a})",
    "silu": "torch.nn.functional.silu({a})",
    "gelu": "torch.nn.functional.gelu({a})",
    "mish": "torch.nn.functional.mish({a})",
    "exponential": "torch.exp({a})",
    "relu6": "torch.nn.functional.relu6({a})",
    "hard_silu": "torch.nn.functional.hardswish({a})",
    "log_sigmoid": "torch.nn.functional.logsigmoid({a})",
    "tanh_shrink": "torch.nn.functional.tanhshrink({a})",
}


def torch_activation(name: str, argument: str) -> str:
    """Return an activation of ``gates.core.activations``, with its own parameters, as PyTorch computes it."""
    function = FUNCTIONS[name]
    return _TORCH[name].format(a=argument, alpha=function.alpha, beta=function.beta)


def numpy_lines(task: Task, comment: str, written: Written) -> list[str]:
    """Return the lines that follow a run whose hidden states are ``trace.hidden``."""
    if not task.is_asked:
        return []
    lines, scores = ["", comment], "trace.hidden"
    if task.V is not None and task.b is not None:
        lines += [written("V", task.V), written("b_y", task.b), "scores = trace.hidden @ V.T + b_y"]
        lines += [f'y = show(scores, "{task.activation}")', "print(y)"]
        scores = "scores"
    if task.targets is not None:
        argument = f', "{task.activation}"' if scores == "scores" else ""
        lines += [written("targets", task.targets)]
        lines += [f'print(loss("{task.loss}", {scores}, targets{argument}).value)']
    return lines


def torch_lines(task: Task, comment: str, written: Written) -> list[str]:
    """Return the lines that follow a run whose hidden states are ``hidden``."""
    if not task.is_asked:
        return []
    lines, y = ["", comment], "hidden"
    if task.V is not None and task.b is not None:
        lines += [written("V", task.V), written("b_y", task.b), "scores = hidden @ V.T + b_y"]
        softmax = "torch.softmax(scores, dim=-1)"
        lines += [
            f"y = {softmax if task.activation == 'softmax' else torch_activation(task.activation, 'scores')}"
        ]
        lines += ["print(y)"]
        y = "y"
    if task.targets is not None:
        lines += [written("targets", task.targets), "counts = ~torch.isnan(targets)"]
        lines += [f"print({_torch_loss(task, y)})"]
    return lines


def _torch_loss(task: Task, y: str) -> str:
    squares = f"(({y} - targets)[counts] ** 2)"
    match task.loss, task.activation:
        case "half_squared", _:
            return f"{squares}.sum() / 2"
        case "squared", _:
            return f"{squares}.sum()"
        case "mean_squared", _:
            counted = task.targets is not None and np.isfinite(task.targets).any()
            return f"{squares}.mean()" if counted else f"{squares}.sum()"  # no mean of nothing
        case "binary_cross_entropy", "sigmoid":
            arguments = 'scores[counts], targets[counts], reduction="sum"'
            return f"torch.nn.functional.binary_cross_entropy_with_logits({arguments})"
        case "binary_cross_entropy", _:
            return f"-(torch.xlogy(targets, {y}) + torch.xlogy(1 - targets, 1 - {y}))[counts].sum()"
        case _, "softmax":
            return "-(targets * torch.log_softmax(scores, dim=-1))[counts].sum()"
        case _:
            return f"-torch.xlogy(targets, {y})[counts].sum()"
