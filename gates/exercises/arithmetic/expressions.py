"""Expressions of a few kinds that know their value, and are written in letters or in numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gates.core.activations import Activation, AnyActivation
from gates.exercises.arithmetic.writers import Plain

SUM, PRODUCT, ATOM = 0, 1, 2
"""How tightly an expression holds together: what is looser than its place needs brackets."""


class Expression:
    """An expression: its value, how tightly it holds together, and how it is written."""

    holds: ClassVar[int] = ATOM

    @property
    def value(self) -> float:
        """Its value."""
        raise NotImplementedError

    def write(self, to: Plain) -> str:
        """Return it as text."""
        raise NotImplementedError

    def inside(self, to: Plain, place: int) -> str:
        """Return it with brackets if it is looser than ``place``."""
        text = self.write(to)
        return to.brackets(text) if self.loosely(to) < place else text

    def loosely(self, to: Plain) -> int:
        """Return how tightly it holds together as written: a negative number is a sum."""
        return self.holds


@dataclass(frozen=True)
class Symbol(Expression):
    """A letter with its value. given: it stands in the exercise, and is written with all its digits."""

    label: str
    number: float
    given: bool = False

    @property
    def value(self) -> float:
        """Its value."""
        return self.number

    def write(self, to: Plain) -> str:
        """Return the letter or the number."""
        return to.number(self.number, self.given) if to.numbers else to.symbol(self.label)

    def loosely(self, to: Plain) -> int:
        """Return ``SUM`` for a negative number."""
        return SUM if to.numbers and self.number < 0 else ATOM


@dataclass(frozen=True)
class Constant(Expression):
    """A number that is a number in letters too."""

    number: float

    @property
    def value(self) -> float:
        """Its value."""
        return self.number

    def write(self, to: Plain) -> str:
        """Return the number."""
        return to.number(self.number, True)

    def loosely(self, to: Plain) -> int:
        """Return ``SUM`` for a negative number."""
        return SUM if self.number < 0 else ATOM


@dataclass(frozen=True)
class Sum(Expression):
    """A sum; ``minus`` says how many of its last terms are taken away."""

    terms: Sequence[Expression]
    minus: int = 0
    holds: ClassVar[int] = SUM

    @property
    def value(self) -> float:
        """Its value."""
        kept = len(self.terms) - self.minus
        return sum(term.value for term in self.terms[:kept]) - sum(term.value for term in self.terms[kept:])

    def write(self, to: Plain) -> str:
        """Return the terms with their signs."""
        if not self.terms:
            return to.number(0, True)
        kept = len(self.terms) - self.minus
        text = self.terms[0].write(to) if kept else f"{to.minus}{self.terms[0].inside(to, PRODUCT)}"
        for at, term in enumerate(self.terms[1:], 1):
            text += f" {'+' if at < kept else to.minus} {term.inside(to, PRODUCT)}"
        return text

    def loosely(self, to: Plain) -> int:
        """Return how tightly a sum of one term holds together."""
        return self.terms[0].loosely(to) if len(self.terms) == 1 and not self.minus else SUM


@dataclass(frozen=True)
class Product(Expression):
    """A product."""

    factors: Sequence[Expression]
    holds: ClassVar[int] = PRODUCT

    @property
    def value(self) -> float:
        """Its value."""
        return math.prod(factor.value for factor in self.factors)

    def write(self, to: Plain) -> str:
        """Return the factors."""
        if len(self.factors) == 1:
            return self.factors[0].write(to)
        return to.times.join(factor.inside(to, ATOM) for factor in self.factors)

    def loosely(self, to: Plain) -> int:
        """Return how tightly a product of one factor holds together."""
        return self.factors[0].loosely(to) if len(self.factors) == 1 else PRODUCT


@dataclass(frozen=True)
class Call(Expression):
    """An activation of something."""

    function: AnyActivation
    argument: Expression

    @property
    def value(self) -> float:
        """Its value."""
        function = Activation(self.function) if isinstance(self.function, str) else self.function
        return float(function(np.float64(self.argument.value)))  # type: ignore[arg-type]

    def write(self, to: Plain) -> str:
        """Return the function and, in brackets, what it is of."""
        name = self.function if isinstance(self.function, str) else self.function.name
        return self.argument.write(to) if name == "identity" else to.call(name, self.argument.write(to))

    def loosely(self, to: Plain) -> int:
        """Return how tightly it holds together: an identity as its argument."""
        return self.argument.loosely(to) if self.function == "identity" else ATOM


@dataclass(frozen=True)
class Square(Expression):
    """A square."""

    base: Expression

    @property
    def value(self) -> float:
        """Its value."""
        return self.base.value**2

    def write(self, to: Plain) -> str:
        """Return the base, in brackets where it needs them, and its exponent."""
        return to.power(self.base.inside(to, ATOM))


@dataclass(frozen=True)
class Quotient(Expression):
    """A quotient."""

    above: Expression
    below: Expression
    holds: ClassVar[int] = PRODUCT

    @property
    def value(self) -> float:
        """Its value; 0 where 0 is divided, as targets that are 0 count in logarithms."""
        return self.above.value / self.below.value if self.above.value else 0.0

    def write(self, to: Plain) -> str:
        """Return both parts."""
        return to.fraction(self.above.inside(to, ATOM), self.below.inside(to, ATOM))


@dataclass(frozen=True)
class Exponential(Expression):
    """A power of e."""

    exponent: Expression

    @property
    def value(self) -> float:
        """Its value."""
        return math.exp(self.exponent.value)

    def write(self, to: Plain) -> str:
        """Return e and its exponent."""
        return to.exponential(self.exponent.write(to))


@dataclass(frozen=True)
class Logarithm(Expression):
    """A natural logarithm."""

    argument: Expression

    @property
    def value(self) -> float:
        """Its value."""
        return math.log(self.argument.value) if self.argument.value > 0 else -math.inf

    def write(self, to: Plain) -> str:
        """Return ln and, in brackets, what it is of."""
        return to.call("ln", self.argument.write(to))


def one_minus(what: Expression) -> Sum:
    """Return 1 − something."""
    return Sum((Constant(1), what), minus=1)


def difference(one: Expression, other: Expression) -> Sum:
    """Return one − other."""
    return Sum((one, other), minus=1)
