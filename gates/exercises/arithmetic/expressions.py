"""Expressions of a few kinds that know their value, and are written in letters or in numbers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np

from gates.core.activations import Activation, AnyActivation
from gates.exercises.arithmetic.writers import Plain

SUM, PRODUCT, ATOM = 0, 1, 2
"""How tightly an expression holds together: what is looser than its place needs brackets."""


Number: TypeAlias = Any
"""A float, or an array of floats: the same number of many exercises of one kind at once."""
Key: TypeAlias = tuple[Hashable, ...]
"""What a symbol stands for: ("signal", "cell", 0, 1) is unit 1 of c at the first step; see ``Numbers``."""


class Evaluation:
    """What symbols and functions are taken for while an expression is computed: what they are."""

    def symbol(self, symbol: Symbol) -> Number:
        """Return the number that stands for a symbol."""
        return symbol.number

    def function(self, function: AnyActivation) -> AnyActivation:
        """Return the function that stands for another."""
        return function


TRUE_VALUES = Evaluation()


class Expression:
    """An expression: its value, how tightly it holds together, and how it is written."""

    precedence: ClassVar[int] = ATOM

    @property
    def value(self) -> float:
        """Its value."""
        return float(self.evaluate(TRUE_VALUES))

    def evaluate(self, at: Evaluation) -> Number:
        """Return its value where symbols and functions stand for what ``at`` says."""
        raise NotImplementedError

    def write(self, to: Plain) -> str:
        """Return it as text."""
        raise NotImplementedError

    def inside(self, to: Plain, place: int) -> str:
        """Return it with brackets if it is looser than ``place``."""
        text = self.write(to)
        return to.brackets(text) if self.written_precedence(to) < place else text

    def written_precedence(self, to: Plain) -> int:
        """Return how tightly it holds together as written: a negative number is a sum."""
        return self.precedence


@dataclass(frozen=True)
class Symbol(Expression):
    """A letter with its value. given: it stands in the exercise, and is written with all its digits."""

    label: str
    number: float
    given: bool = False

    key: Key = ()

    def evaluate(self, at: Evaluation) -> Number:
        """Return the number that stands for it."""
        return at.symbol(self)

    def write(self, to: Plain) -> str:
        """Return the letter or the number."""
        return to.number(self.number, self.given) if to.numbers else to.symbol(self.label)

    def written_precedence(self, to: Plain) -> int:
        """Return ``SUM`` for a negative number."""
        return SUM if to.numbers and self.number < 0 else ATOM


@dataclass(frozen=True)
class Constant(Expression):
    """A number that is a number in letters too."""

    number: float

    def evaluate(self, at: Evaluation) -> Number:
        """Return the number."""
        return self.number

    def write(self, to: Plain) -> str:
        """Return the number."""
        return to.number(self.number, True)

    def written_precedence(self, to: Plain) -> int:
        """Return ``SUM`` for a negative number."""
        return SUM if self.number < 0 else ATOM


@dataclass(frozen=True)
class Sum(Expression):
    """A sum; ``minus`` says how many of its last terms are taken away."""

    terms: Sequence[Expression]
    minus: int = 0
    precedence: ClassVar[int] = SUM

    def evaluate(self, at: Evaluation) -> Number:
        """Return its value."""
        plus = len(self.terms) - self.minus
        values = [term.evaluate(at) for term in self.terms]
        return sum(values[:plus]) - sum(values[plus:])

    def write(self, to: Plain) -> str:
        """Return the terms with their signs."""
        if not self.terms:
            return to.number(0, True)
        plus = len(self.terms) - self.minus
        text = self.terms[0].write(to) if plus else f"{to.minus}{self.terms[0].inside(to, PRODUCT)}"
        for at, term in enumerate(self.terms[1:], 1):
            text += f" {'+' if at < plus else to.minus} {term.inside(to, PRODUCT)}"
        return text

    def written_precedence(self, to: Plain) -> int:
        """Return how tightly a sum of one term holds together."""
        return self.terms[0].written_precedence(to) if len(self.terms) == 1 and not self.minus else SUM


@dataclass(frozen=True)
class Product(Expression):
    """A product."""

    factors: Sequence[Expression]
    precedence: ClassVar[int] = PRODUCT

    def evaluate(self, at: Evaluation) -> Number:
        """Return its value."""
        return math.prod(factor.evaluate(at) for factor in self.factors)

    def write(self, to: Plain) -> str:
        """Return the factors."""
        if len(self.factors) == 1:
            return self.factors[0].write(to)
        return to.times.join(factor.inside(to, ATOM) for factor in self.factors)

    def written_precedence(self, to: Plain) -> int:
        """Return how tightly a product of one factor holds together."""
        return self.factors[0].written_precedence(to) if len(self.factors) == 1 else PRODUCT


@dataclass(frozen=True)
class Call(Expression):
    """An activation of something."""

    function: AnyActivation
    argument: Expression

    def evaluate(self, at: Evaluation) -> Number:
        """Return its value."""
        return activation_value(at.function(self.function), self.argument.evaluate(at))

    def write(self, to: Plain) -> str:
        """Return the function and, in brackets, what it is of."""
        name = self.function if isinstance(self.function, str) else self.function.name
        return self.argument.write(to) if name == "identity" else to.call(name, self.argument.write(to))

    def written_precedence(self, to: Plain) -> int:
        """Return how tightly it holds together: an identity as its argument."""
        return self.argument.written_precedence(to) if self.function == "identity" else ATOM


@dataclass(frozen=True)
class Square(Expression):
    """A square."""

    base: Expression

    def evaluate(self, at: Evaluation) -> Number:
        """Return its value."""
        return self.base.evaluate(at) ** 2

    def write(self, to: Plain) -> str:
        """Return the base, in brackets where it needs them, and its exponent."""
        return to.power(self.base.inside(to, ATOM))


@dataclass(frozen=True)
class Quotient(Expression):
    """A quotient."""

    above: Expression
    below: Expression
    precedence: ClassVar[int] = PRODUCT

    def evaluate(self, at: Evaluation) -> Number:
        """Return its value; 0 where 0 is divided, as targets that are 0 count in logarithms."""
        above, below = self.above.evaluate(at), self.below.evaluate(at)
        if isinstance(above, np.ndarray) or isinstance(below, np.ndarray):
            return np.where(above == 0, 0.0, above / below)
        return above / below if above else 0.0

    def write(self, to: Plain) -> str:
        """Return both parts."""
        return to.fraction(self.above.inside(to, ATOM), self.below.inside(to, ATOM))


@dataclass(frozen=True)
class Exponential(Expression):
    """A power of e."""

    exponent: Expression

    def evaluate(self, at: Evaluation) -> Number:
        """Return its value."""
        return np.exp(self.exponent.evaluate(at))

    def write(self, to: Plain) -> str:
        """Return e and its exponent."""
        return to.exponential(self.exponent.write(to))


@dataclass(frozen=True)
class Logarithm(Expression):
    """A natural logarithm."""

    argument: Expression

    def evaluate(self, at: Evaluation) -> Number:
        """Return its value."""
        return np.log(self.argument.evaluate(at))

    def write(self, to: Plain) -> str:
        """Return ln and, in brackets, what it is of."""
        return to.call("ln", self.argument.write(to))


@dataclass(frozen=True)
class Named(Expression):
    """An activation of something, or its slope there, that is a letter of its own: tanh(c₁), relu′(a₂)."""

    label: str
    function: AnyActivation
    argument: Expression
    slope: bool = False

    def evaluate(self, at: Evaluation) -> Number:
        """Return its value."""
        return activation_value(at.function(self.function), self.argument.evaluate(at), self.slope)

    def write(self, to: Plain) -> str:
        """Return the letter or the number."""
        return to.number(self.value, False) if to.numbers else to.symbol(self.label)

    def written_precedence(self, to: Plain) -> int:
        """Return ``SUM`` for a negative number."""
        return SUM if to.numbers and self.value < 0 else ATOM


def activation_value(function: AnyActivation, a: Number, slope: bool = False) -> Number:
    """Return an activation's value, or its slope, at a number."""
    if isinstance(a, float) and not slope and function in ("tanh", "sigmoid") and abs(a) < 700:
        return math.tanh(a) if function == "tanh" else 1 / (1 + math.exp(-a))
    activation = Activation(function) if isinstance(function, str) else function
    at = np.atleast_1d(np.asarray(a, dtype=np.float64))
    values = activation.derivative(at) if slope else activation(at)
    return values if isinstance(a, np.ndarray) else float(values[0])


def one_minus(subtrahend: Expression) -> Sum:
    """Return 1 − something."""
    return Sum((Constant(1), subtrahend), minus=1)


def difference(minuend: Expression, subtrahend: Expression) -> Sum:
    """Return one − other."""
    return Sum((minuend, subtrahend), minus=1)
