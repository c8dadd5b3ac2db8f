"""Scripts that compute what a network computes, without this package: in NumPy alone, and in PyTorch.

They read the weights from the .npz file that ``save`` writes, and the input from an .npy file.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.core.activations import Squash
from gates.interop.report import Translate
from gates.interop.torch.convert import places_of, suffix_of
from gates.interop.torch.state import READOUT, beyond_torch
from gates.network import AnyCell, Layer, Network
from gates.text import english

WIDTH = 98

FORMULAS: Mapping[str, str] = {
    "sigmoid": "1 / (1 + {xp}.exp(-a))",
    "tanh": "{xp}.tanh(a)",
    "relu": "{xp}.clip(a, 0, None)",
    "identity": "a",
    "affine": "{alpha} * a + {beta}",
    "hard_sigmoid": "{xp}.clip({alpha} * a + {beta}, 0, 1)",
    "hard_tanh": "{xp}.clip(a, -1, 1)",
    "scaled_tanh": "{alpha} * {xp}.tanh({beta} * a)",
    "softsign": "a / (1 + abs(a))",
    "softplus": "{xp}.clip(a, 0, None) + {xp}.log1p({xp}.exp(-abs(a)))",
    "leaky_relu": "{xp}.where(a > 0, a, {alpha} * a)",
    "thresholded_relu": "a * (a >= {alpha})",
    "elu": "{xp}.where(a > 0, a, {alpha} * {xp}.expm1({xp}.clip(a, None, 0)))",
    "selu": (
        "1.0507009873554805 * {xp}.where(a > 0, a, 1.6732632423543772 * {xp}.expm1({xp}.clip(a, None, 0)))"
    ),
    "silu": "a / (1 + {xp}.exp(-a))",
    "gelu": "a * (1 + {erf}(a / 2**0.5)) / 2",
    "mish": "a * {xp}.tanh({xp}.clip(a, 0, None) + {xp}.log1p({xp}.exp(-abs(a))))",
    "exponential": "{xp}.exp(a)",
    "relu6": "{xp}.clip(a, 0, 6)",
    "hard_silu": "a * {xp}.clip(a / 6 + 0.5, 0, 1)",
    "log_sigmoid": "{xp}.clip(a, None, 0) - {xp}.log1p({xp}.exp(-abs(a)))",
    "tanh_shrink": "a - {xp}.tanh(a)",
}
"""Each of the engine's activations in functions that NumPy and PyTorch both have under one name."""


@dataclass(frozen=True)
class Library:
    """How a library writes what the two do not write alike."""

    xp: str
    erf: str
    split: str
    stack: str
    concat_last: str
    flipped: str
    zeros: str
    array: str


NUMPY = Library(
    "np", "np.vectorize(math.erf)", "np.split({0}, {1}, axis=-1)", "np.stack({0})",
    "np.concatenate({0}, axis=-1)", "{0}[::-1]", "np.zeros({0}, x.dtype)", "np.array({0}, x.dtype)",
)  # fmt: skip
TORCH = Library(
    "torch", "torch.erf", "({0}).chunk({1}, -1)", "torch.stack({0})", "torch.cat({0}, -1)",
    "{0}.flip(0)", "torch.zeros({0}, dtype=x.dtype)", "torch.tensor({0}, dtype=x.dtype)",
)  # fmt: skip


def numpy_code(
    network: Network | AnyCell,
    weights: str = "weights.npz",
    x: str = "x.npy",
    *,
    name: str = "",
    t: Translate = english,
) -> str:
    """Return a script in plain NumPy that runs a network as it is here; ``output`` holds the result.

    Args:
        network: a network, or a cell for a layer of its own; a state that it begins in is written out.
        weights: the file to read, from ``save(network, weights, name=name)``.
        x: the file with the input, (T, B, I), from ``np.save``.
        name: as it was given to ``save``.
        t: looks up the comments' sentences in another language.
    """
    network = network if isinstance(network, Network) else Network((Layer(network),))
    text = _Script(network, NUMPY, name).text()
    return "\n".join(
        [
            _comment(t("interop.snippet.weights", weights=repr(weights), x=repr(x))),
            *(["import math", ""] if "math." in text else []),
            "import numpy as np",
            "",
            f"weights = np.load({weights!r})",
            f"x = np.load({x!r}).astype({str(network.cells[0].dtype)!r})",
            "",
            text,
            f"print({'output' if network.readout is None else 'scores'})",
            "",
        ]
    )


def torch_code(
    network: Network | AnyCell,
    weights: str = "weights.npz",
    x: str = "x.npy",
    *,
    name: str = "",
    t: Translate = english,
) -> str:
    """Return a script that does the same in PyTorch: by its own module if it has one, else written out."""
    network = network if isinstance(network, Network) else Network((Layer(network),))
    as_module = not any(beyond_torch(network)) and getattr(network, "initial", None) is None
    return "\n".join(
        [
            _comment(t("interop.snippet.weights", weights=repr(weights), x=repr(x))),
            "import numpy as np",
            "import torch",
            "",
            f"arrays = np.load({weights!r})",
            "weights = {name: torch.from_numpy(a) for name, a in arrays.items() if a.dtype.kind == 'f'}",
            f"x = torch.from_numpy(np.load({x!r}).astype({str(network.cells[0].dtype)!r}))",
            "",
            _module(network, name) if as_module else _Script(network, TORCH, name).text(),
            f"print({'output' if network.readout is None else 'scores'})",
            "",
        ]
    )


def _comment(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="# ", subsequent_indent="# ")


def _scores(network: Network) -> list[str]:
    """The read-out's line, if there is a read-out."""
    taken = f'weights["{READOUT}.weight"].T + weights["{READOUT}.bias"]'
    return [f"scores = output @ {taken}"] if network.readout is not None else []


def _module(network: Network, name: str) -> str:
    """The network as PyTorch's own module, its weights by name."""
    first = network.cells[0]
    options = [f"{first.inputs}, {first.hidden}"]
    options += [f"num_layers={len(network.layers)}"] if len(network.layers) > 1 else []
    options += ["bidirectional=True"] if len(network.layers[0].cells) == 2 else []
    options += [f"proj_size={first.outputs}"] if first.outputs != first.hidden else []
    options += [f'nonlinearity="{first.activation}"'] if isinstance(first, RNN) else []
    key = f'weights[f"{name}.{{own}}"]' if name else "weights[own]"
    return "\n".join(
        [
            f"module = torch.nn.{first.kind.upper()}({', '.join(options)}, dtype=x.dtype)",
            f"module.load_state_dict({{own: {key} for own in module.state_dict()}})",
            "with torch.no_grad():",
            "    output, _ = module(x)",
            *_scores(network),
        ]
    )


class _Script:
    """A network written out: a function for each activation and each form of cell, and what calls them."""

    def __init__(self, network: Network, library: Library, name: str) -> None:
        self.network = network
        self.dialect = library
        self.prefix = f"{name}." if name else ""
        self.functions: dict[str, str] = {}

    def text(self) -> str:
        """Return the functions, and the lines that make ``output`` from ``x``."""
        lines = self._lines()
        functions = [f"{text}\n\n" for text in self.functions]
        return "\n".join(["", *functions, *lines])

    def _lines(self) -> list[str]:
        lines = []
        states = iter(getattr(self.network, "initial", None) or (None,) * len(self.network.cells))
        calls: dict[int, list[str]] = {}
        for place, cell in places_of(self.network):
            reads = self.dialect.flipped.format("x") if place.backward else "x"
            call = self._call(cell, reads, next(states), suffix_of(place))
            calls.setdefault(place.layer, []).append(
                self.dialect.flipped.format(call) if place.backward else call
            )
        for directions in calls.values():
            joined = "[\n" + textwrap.indent(",\n".join(directions), "    ") + ",\n]"
            lines.append(
                f"x = {directions[0] if len(directions) == 1 else self.dialect.concat_last.format(joined)}"
            )
        return [*lines, "output = x", *_scores(self.network)]

    def _call(self, cell: AnyCell, reads: str, state: Any, suffix: str) -> str:
        def array(parameter: str) -> str:
            return f'weights["{self.prefix}{parameter}{suffix}"]'

        both = [array("bias_ih"), array("bias_hh")]
        biases = both if isinstance(cell, GRU) else [" + ".join(both)]
        arguments = [reads, *self._states(cell, state), array("weight_ih"), array("weight_hh"), *biases]
        if isinstance(cell, LSTM):
            arguments += [array("peephole")] if cell.peephole is not None else []
            arguments += [array("weight_hr")] if cell.projection is not None else []
        line = f"{self._function(cell)}({', '.join(arguments)})"
        if len(line) <= WIDTH:
            return line
        return f"{self._function(cell)}(\n" + textwrap.indent(",\n".join(arguments), "    ") + ",\n)"

    def _states(self, cell: AnyCell, state: Any) -> list[str]:
        """What the cell begins in: a number for each unit, or for each unit of each sequence."""
        sizes = [cell.outputs, cell.hidden] if isinstance(cell, LSTM) else [cell.outputs]
        parts = state if isinstance(cell, LSTM) else (state,)
        return [
            self.dialect.zeros.format(size) if part is None else self.dialect.array.format(part.tolist())
            for size, part in zip(sizes, parts or (None, None), strict=False)
        ]

    def _function(self, cell: AnyCell) -> str:
        """The name of the function that runs such a cell; it is written when it is first asked for."""
        if isinstance(cell, LSTM):
            arguments, before, step = self._lstm(cell)
        elif isinstance(cell, GRU):
            arguments, before, step = self._gru(cell)
        else:
            arguments, before, step = self._rnn(cell)
        body = [
            *before,
            "shown = []",
            "for x_t in x:",
            *(f"    {line}" for line in [*step, "shown.append(h)"]),
            f"return {self.dialect.stack.format('shown')}",
        ]
        return self._named(cell.kind, arguments, body)

    def _squash(self, squash: Squash) -> str:
        """The name of the function that squashes as a gate or candidate does."""
        activation = squash.activation
        formula = FORMULAS[activation.name].format(
            xp=self.dialect.xp, erf=self.dialect.erf, alpha=activation.alpha, beta=activation.beta
        )
        clip = squash.clip
        clipped = [] if clip is None else [f"a = {self.dialect.xp}.clip(a, {-clip}, {clip})"]
        return self._named(activation.name, "a", [*clipped, f"return {formula}"])

    def _named(self, name: str, arguments: str, body: list[str]) -> str:
        """Keep a function, and return its name: a number is added where another has it already."""
        for n in range(1, len(self.functions) + 2):
            unique = name if n == 1 else f"{name}_{n}"
            text = "\n".join([f"def {unique}({arguments}):", *(f"    {line}" for line in body)])
            if self.functions.get(text) == unique or unique not in self.functions.values():
                self.functions[text] = unique
                return unique
        raise AssertionError

    def _lstm(self, cell: LSTM) -> tuple[str, list[str], list[str]]:
        gate, φ, ψ = (self._squash(cell.squashes[part]) for part in ("forget", "candidate", "cell"))
        sees = cell.peephole is not None

        def written(part: str) -> str:
            looks = f" + p_{part[0]} * c" if sees else ""
            return "1.0" if part in cell.without else f"{gate}(a_{part[0]}{looks})"

        output = f"o * {ψ}(c)"
        step = [
            f"a_i, a_f, a_g, a_o = {self.dialect.split.format('x_t @ W.T + h @ U.T + b', 4)}",
            f"f = {written('forget')}",
            f"i = {'1 - f' if cell.coupled else written('input')}",
            f"g = {φ}(a_g)",
            "c = f * c + i * g",
            f"o = {written('output')}",
            f"h = {output}" if cell.projection is None else f"h = ({output}) @ R.T",
        ]
        arguments = "x, h, c, W, U, b" + ", peephole" * sees + ", R" * (cell.projection is not None)
        return arguments, ["p_i, p_f, p_o = peephole"] * sees, step

    def _gru(self, cell: GRU) -> tuple[str, list[str], list[str]]:
        gate, φ = self._squash(cell.squashes["update"]), self._squash(cell.squashes["candidate"])
        after = cell.reset == "after"
        step = [
            f"i_r, i_z, i_n = {self.dialect.split.format('x_t @ W.T + b_ih', 3)}",
            f"h_r, h_z, h_n = {self.dialect.split.format('h @ U.T + b_hh', 3)}",
            f"r = {gate}(i_r + h_r)",
            f"z = {gate}(i_z + h_z)",
            f"n = {φ}(i_n + {'r * h_n' if after else '(r * h) @ U_n.T'})",
            "h = z * h + (1 - z) * n",
        ]
        return "x, h, W, U, b_ih, b_hh", [] if after else [f"U_n = U[{2 * cell.hidden}:]"], step

    def _rnn(self, cell: RNN) -> tuple[str, list[str], list[str]]:
        φ = self._squash(cell.squashes["hidden"])
        return "x, h, W, U, b", [], [f"h = {φ}(x_t @ W.T + h @ U.T + b)"]
