"""Read the LaTeX of the equations back as arithmetic, to hold what is shown against the engine."""

import re
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Value = NDArray[np.float64] | float

TOKEN = re.compile(
    r"\\begin\{bmatrix\}|\\end\{bmatrix\}|\\left\(|\\right\)|\\sigma|\\tanh|\\exp|\\mathrm\{[A-Za-z\\ ]+\}"
    r"|\\odot|\\cdot|\\\\|\\log|\\max|/"
    r"|(?:\\tilde\{[A-Za-z]\}|[A-Za-z])'?(?:[_^](?:\{[^{}]*\}|[A-Za-z0-9]))*|1|[-+()\[\],]"
)
FUNCTIONS: Mapping[str, Callable[[Value], Value]] = {
    r"\sigma": lambda a: 1 / (1 + np.exp(-a)),
    r"\tanh": np.tanh,
    r"\mathrm{ReLU}": lambda a: np.maximum(a, 0),
    r"\mathrm{hard\ sigmoid}": lambda a: np.clip(0.2 * a + 0.5, 0, 1),
    r"\mathrm{softsign}": lambda a: a / (1 + abs(a)),
    r"\exp": np.exp,
    r"\log": np.log,
}
CLOSING = {r"\odot", "/", "+", "-", ")", r"\right)", "]", ",", r"\\", r"\end{bmatrix}"}


class Reader:
    """A recursive descent over the few forms in use; juxtaposition and \\cdot are matrix products."""

    def __init__(self, latex: str, values: Mapping[str, Value]) -> None:
        plain = latex.replace(r"\,", " ").replace(r",\ ", ", ")
        self.tokens = TOKEN.findall(plain)
        assert "".join(self.tokens).replace(" ", "") == plain.replace(" ", ""), f"not understood: {latex}"
        self.values = values

    def read(self) -> Value:
        value = self.sum()
        assert not self.tokens, f"left over: {self.tokens}"
        return value

    def take(self, *expected: str) -> str:
        token = self.tokens.pop(0)
        assert not expected or token in expected, f"{token} where {expected} was due"
        return token

    def sum(self) -> Value:
        value = -self.product() if self.tokens[0] == "-" and self.take() else self.product()
        while self.tokens and self.tokens[0] in "+-":
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> Value:
        value = self.chain()
        while self.tokens and self.tokens[0] in (r"\odot", "/"):
            value = value * self.chain() if self.take() == r"\odot" else value / self.chain()
        return value

    def chain(self) -> Value:
        value = self.factor()
        while self.tokens and self.tokens[0] not in CLOSING:
            if self.tokens[0] == r"\cdot":
                self.take()
            value = value @ self.factor()  # type: ignore[operator]
        return value

    def factor(self) -> Value:
        token = self.take()
        if token in FUNCTIONS:
            return FUNCTIONS[token](self.factor())
        if token == r"\max":
            self.take(r"\left(")
            value = self.sum()
            self.take(",")
            value = np.maximum(value, self.sum())
            self.take(r"\right)")
            return value
        if token in ("(", r"\left("):
            value = self.sum()
            self.take(")", r"\right)")
            return value
        if token in ("[", r"\begin{bmatrix}"):
            first = self.sum()
            self.take(",", r"\\")
            second = self.sum()
            self.take("]", r"\end{bmatrix}")
            return np.concatenate([first, second])  # type: ignore[list-item]
        return 1.0 if token == "1" else self.values[token]


def evaluate(latex: str, values: Mapping[str, Value]) -> tuple[str, Value]:
    """Return the left side's name, and the right side computed from ``values``."""
    left, right = latex.split(" = ")
    return left, Reader(right, values).read()
