"""The activations that an ONNX LSTM, GRU or RNN names, with their parameters.

https://onnx.ai/onnx/operators/onnx__LSTM.html: alpha and beta are "consumed in the order of activation
functions", and default to those "of corresponding ONNX operators".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gates.core.activations import Activation
from gates.interop.errors import InteropError


class Function(NamedTuple):
    """A function's name here, and its own alpha and beta, None where none is agreed on.

    ScaledTanh and Affine are operators no more, so they have no defaults left; ThresholdedRelu's is 1 in the
    document, but ONNX Runtime takes 0. takes: how many parameters it has, alpha first.
    """

    name: str
    takes: int = 0
    alpha: float | None = None
    beta: float | None = None


FUNCTIONS: Mapping[str, Function] = {
    "Affine": Function("affine", 2),
    "Elu": Function("elu", 1, 1.0),
    "HardSigmoid": Function("hard_sigmoid", 2, 0.2, 0.5),
    "LeakyRelu": Function("leaky_relu", 1, 0.01),
    "Relu": Function("relu"),
    "ScaledTanh": Function("scaled_tanh", 2),
    "Sigmoid": Function("sigmoid"),
    "Softplus": Function("softplus"),
    "Softsign": Function("softsign"),
    "Tanh": Function("tanh"),
    "ThresholdedRelu": Function("thresholded_relu", 1),
}
"""By ONNX' name, which is the same in capital and small letters."""

DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "lstm": ("Sigmoid", "Tanh", "Tanh"),
    "gru": ("Sigmoid", "Tanh"),
    "rnn": ("Tanh",),
}
"""f, g and h of one direction, by kind."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "lstm": ("gate_activation", "candidate_activation", "cell_activation"),
    "gru": ("gate_activation", "candidate_activation"),
    "rnn": ("activation",),
}
"""The cell's options that f, g and h are."""

ONNX_NAMES = {function.name: name for name, function in FUNCTIONS.items()}
_BY_LOWER_CASE = {name.lower(): name for name in FUNCTIONS}


def activations_of(
    layer: str, kind: str, directions: int, options: Mapping[str, Any]
) -> list[dict[str, Activation]]:
    """Return the activation options of each direction's cell.

    Raises:
        InteropError: there are too few or too many names, one is unknown, or a parameter is not told.
    """
    declared = list(options.get("activations") or DEFAULTS[kind] * directions)
    each = len(DEFAULTS[kind])
    if len(declared) != each * directions:
        raise InteropError(
            "interop.error.onnx.count", layer=layer, given=len(declared), needed=each * directions
        )
    for name in declared:
        if name.lower() not in _BY_LOWER_CASE:
            raise InteropError("interop.error.onnx.activation", layer=layer, given=name)
    names = [_BY_LOWER_CASE[name.lower()] for name in declared]
    alphas = _spread(layer, "activation_alpha", names, 1, options)
    betas = _spread(layer, "activation_beta", names, 2, options)
    activations = [
        _made(layer, name, alpha, beta) for name, alpha, beta in zip(names, alphas, betas, strict=True)
    ]
    cells = [activations[place : place + each] for place in range(0, len(activations), each)]
    return [dict(zip(FIELDS[kind], cell, strict=True)) for cell in cells]


def _spread(
    layer: str, parameter: str, names: Sequence[str], place: int, options: Mapping[str, Any]
) -> list[float | None]:
    """Return a parameter's value for each function, None where it is not told.

    Values are for the functions that have the parameter, one after the other, as in ONNX Runtime. Some
    converters write one for every function; where that gives other numbers, it is not told which is meant.
    """
    values = list(options.get(parameter) or ())
    has_parameter = [FUNCTIONS[name].takes >= place for name in names]
    left = iter(values)
    spread = [next(left, None) if takes else None for takes in has_parameter]
    by_place = [value if takes else None for value, takes in zip(values, has_parameter, strict=False)]
    if len(values) > sum(has_parameter) and (len(values) != len(names) or by_place != spread):
        raise InteropError(
            "interop.error.onnx.parameters",
            layer=layer,
            parameter=parameter,
            given=len(values),
            needed=sum(has_parameter),
        )
    return spread


def _made(layer: str, name: str, alpha: float | None, beta: float | None) -> Activation:
    function = FUNCTIONS[name]
    parameters: dict[str, float] = {}
    for index, (parameter, declared, default) in enumerate(
        (("alpha", alpha, function.alpha), ("beta", beta, function.beta)), start=1
    ):
        if function.takes < index:
            continue
        value = default if declared is None else declared
        if value is None:
            raise InteropError(
                "interop.error.onnx.untold", layer=layer, function=name, parameter=f"activation_{parameter}"
            )
        parameters[parameter] = value
    return Activation(function.name, **parameters)


def described(activations: Mapping[str, Activation]) -> str:
    """Return f, g and h as a person reads them: ``HardSigmoid(0.2, 0.5), Tanh, Tanh``."""
    return ", ".join(map(_one, activations.values()))


def _one(activation: Activation) -> str:
    numbers = [f"{value:g}" for value in (activation.alpha, activation.beta) if value is not None]
    return ONNX_NAMES[activation.name] + (f"({', '.join(numbers)})" if numbers else "")


def attributes_of(activations: Sequence[Activation]) -> Iterator[tuple[str, Any]]:
    """Yield the attributes that say ``activations``: their names, and the parameters in order.

    Raises:
        KeyError: ONNX has no such function.
    """
    yield "activations", [ONNX_NAMES[activation.name] for activation in activations]
    for parameter in ("alpha", "beta"):
        values = [getattr(activation, parameter) for activation in activations]
        if present := [value for value in values if value is not None]:
            yield f"activation_{parameter}", present
