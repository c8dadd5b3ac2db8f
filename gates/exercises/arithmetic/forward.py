"""The lines of a run: every sum, gate, state, output and loss, in the order in which they are computed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from gates.exercises.arithmetic.expressions import (
    Call,
    Constant,
    Exponential,
    Expression,
    Key,
    Logarithm,
    Product,
    Quotient,
    Square,
    Sum,
    Symbol,
    difference,
    one_minus,
)
from gates.exercises.arithmetic.labels import Labels
from gates.exercises.model import Exercise
from gates.exercises.solve import Solution


@dataclass(frozen=True)
class Line:
    """One line of arithmetic: what is computed, and from what.

    name: what it is called in answers. key: what it computes, as symbols have it. step: from 1, 0 for what
    belongs to no step. group: "forward", "output", "loss", "backward", "gradient" or "update".
    """

    name: str
    label: str
    expression: Expression
    group: str
    step: int
    key: Key = ()

    @property
    def value(self) -> float:
        """What comes out."""
        return self.expression.value


class Numbers:
    """A solution's numbers as symbols.

    ignores_clamps: what is clamped is read, in the lines of the run, as if it were not: a usual mistake.
    """

    def __init__(self, solution: Solution, labels: Labels, *, ignores_clamps: bool = False) -> None:
        self.solution, self.labels, self.ignores_clamps = solution, labels, ignores_clamps
        self.exercise: Exercise = solution.exercise

    def signal(self, name: str, t: int, unit: int) -> Symbol:
        """Return a signal at step t (from 0; −1 is the initial state), at a unit."""
        exercise = self.exercise
        count = {"x": exercise.inputs, "y": exercise.outputs}.get(name, exercise.hidden)
        label, key = self.labels.signal(name, t + 1, unit, count), ("signal", name, t, unit)
        if t < 0:
            initial = exercise.h0 if name == "hidden" else exercise.c0
            return Symbol(label, 0.0 if initial is None else float(initial[unit]), True, key)
        if (
            clamped := exercise.clamped_values.get((name, t, unit))
        ) is not None:  # with the digits that it is given with
            return Symbol(label, clamped, True, key)
        return Symbol(label, float(self.solution.signal(name)[t, unit]), name == "x", key)

    def is_clamped(self, name: str, t: int, unit: int) -> bool:
        """Tell whether a signal is clamped at step t: then it is given, and nothing computes it."""
        return (name, t, unit) in self.exercise.clamped_values

    def read(self, name: str, t: int, unit: int) -> Expression:
        """Return a signal as lines of the run read it."""
        if not (self.ignores_clamps and self.is_clamped(name, t, unit)):
            return self.signal(name, t, unit)
        self.ignores_clamps = False  # what it would be computed from is as it is
        try:
            return formula(self, name, t, unit)
        finally:
            self.ignores_clamps = True

    def gate(self, name: str, t: int, unit: int) -> list[Expression]:
        """Return a gate as a factor; none where the cell has no such gate."""
        absent = name in self.exercise.without and not self.is_clamped(name, t, unit)
        return [] if absent else [self.read(name, t, unit)]

    def weight(self, name: str, part: str, unit: int, column: int) -> Symbol:
        """Return a number of W or U."""
        matrix = getattr(self.exercise.parts[part], name)
        label = self.labels.weight(name, part, unit, column)
        return Symbol(label, float(matrix[unit, column]), True, (name, part, unit, column))

    def biases(self, part: str, unit: int, names: tuple[str, ...] = ("b", "b_h")) -> list[Expression]:
        """Return the biases that a part has."""
        weights = self.exercise.parts[part]
        by_name = {"b": weights.b if weights.biased else None, "b_h": weights.b_h}
        return [
            Symbol(self.labels.bias(part, unit, name), float(values[unit]), True, (name, part, unit))
            for name in names
            if (values := by_name[name]) is not None
        ]

    def peephole(self, part: str, unit: int) -> list[Symbol]:
        """Return the weight with which a gate sees c; none where it sees nothing of it."""
        p = self.exercise.parts[part].p
        if p is None:
            return []
        return [Symbol(self.labels.bias(part, unit, "p"), float(p[unit]), True, ("p", part, unit))]

    def readout(self, name: str, output: int, unit: int = 0) -> Symbol:
        """Return a number of a read-out's V or b."""
        reading = self.exercise.readout
        if reading is None:
            raise ValueError(name)
        value = reading.V[output, unit] if name == "V" else reading.b[output]
        return Symbol(self.labels.readout(name, output, unit), float(value), True, (name, output, unit))

    def score(self, t: int, output: int) -> Symbol:
        """Return a score, V·h + b, before it is squashed."""
        label = self.labels.signal("s", t + 1, output, self.exercise.outputs)
        return Symbol(
            label, float(self.solution.network.scores[t, output]), False, ("signal", "s", t, output)
        )

    def loss(self, t: int) -> Symbol:
        """Return a step's loss."""
        loss = self.solution.loss
        value = 0.0 if loss is None else float(loss.steps[t])
        return Symbol(self.labels.signal("L", t + 1), value, False, ("L", t))

    def prediction(self, t: int, output: int) -> Symbol:
        """Return what a loss compares: y, or h without a read-out."""
        return self.signal("hidden" if self.exercise.readout is None else "y", t, output)

    def target(self, t: int, output: int) -> Symbol | None:
        """Return a target, None where nothing counts."""
        targets = self.exercise.targets
        if targets is None or math.isnan(targets[t, output]):
            return None
        label = self.labels.signal("t", t + 1, output, self.exercise.outputs)
        return Symbol(label, float(targets[t, output]), True, ("target", t, output))


def forward(numbers: Numbers) -> Iterator[Line]:
    """Yield the lines of a run, of its outputs and its loss."""
    exercise = numbers.exercise
    for t in range(exercise.steps):
        yield from _STEPS[exercise.kind](numbers, t)
        if exercise.readout is not None:
            yield from _outputs(numbers, t)
        if (loss := _loss(numbers, t)) is not None:
            mark = numbers.loss(t)
            yield Line(f"L{t + 1}", mark.label, loss, "loss", t + 1, mark.key)
    if exercise.targets is not None and numbers.solution.loss is not None:
        counted = [t for t in range(exercise.steps) if _loss(numbers, t) is not None]
        yield Line("L", "L", Sum([numbers.loss(t) for t in counted]), "loss", 0, ("L",))


def _line(numbers: Numbers, name: str, t: int, unit: int, expression: Expression) -> Line:
    mark = numbers.signal(name, t, unit)
    short = numbers.labels.short(name, t + 1, unit)
    return Line(short, mark.label, expression, "forward", t + 1, mark.key)


def _products(numbers: Numbers, matrix: str, part: str, t: int, unit: int, read: str) -> list[Expression]:
    exercise = numbers.exercise
    count, at = (exercise.inputs, t) if read == "x" else (exercise.hidden, t - 1)
    return [Product((numbers.weight(matrix, part, unit, k), numbers.read(read, at, k))) for k in range(count)]


def _sum(numbers: Numbers, part: str, t: int, unit: int) -> Sum:
    """Return what a part adds up: W x + U h₋₁ + b, and p⊙c of a gate that sees c, o the new one."""
    x = _products(numbers, "W", part, t, unit, "x")
    if part != "candidate" or numbers.exercise.kind != "gru":
        h = _products(numbers, "U", part, t, unit, "hidden")
        at = t if part == "output" else t - 1
        c = [Product((p, numbers.read("cell", at, unit))) for p in numbers.peephole(part, unit)]
        return Sum((*x, *h, *c, *numbers.biases(part, unit)))
    recurrent = _recurrent_terms(numbers, t, unit)
    if numbers.exercise.reset == "before":
        return Sum((*x, *recurrent, *numbers.biases(part, unit)))
    b, b_h = (numbers.biases(part, unit, (name,)) for name in ("b", "b_h"))
    return Sum((*x, *b, Product((numbers.read("reset", t, unit), Sum((*recurrent, *b_h))))))


def _recurrent_terms(numbers: Numbers, t: int, unit: int) -> list[Expression]:
    """Return U_n h₋₁, or U_n (r⊙h₋₁) where the reset comes before, term by term."""
    exercise = numbers.exercise
    if exercise.reset == "after":
        return _products(numbers, "U", "candidate", t, unit, "hidden")
    return [
        Product(
            (
                numbers.weight("U", "candidate", unit, k),
                numbers.read("reset", t, k),
                numbers.read("hidden", t - 1, k),
            )
        )
        for k in range(exercise.hidden)
    ]


def formula(numbers: Numbers, name: str, t: int, unit: int, total: Expression | None = None) -> Expression:
    """Return what makes a signal of the cell; ``total`` stands for what its part adds up."""
    exercise = numbers.exercise
    if name == "input" and exercise.coupled:
        return one_minus(numbers.read("forget", t, unit))
    if name in exercise.parts:
        kind = name if name in ("candidate", "hidden") else "gate"
        return Call(exercise.activation(kind), total or _sum(numbers, name, t, unit))
    if name == "cell":
        kept = Product((*numbers.gate("forget", t, unit), numbers.read("cell", t - 1, unit)))
        return Sum((kept, Product((*numbers.gate("input", t, unit), numbers.read("candidate", t, unit)))))
    if exercise.kind == "lstm":
        squashed_cell = Call(exercise.activation("cell"), numbers.read("cell", t, unit))
        return Product((*numbers.gate("output", t, unit), squashed_cell))
    z, n = (numbers.read(each, t, unit) for each in ("update", "candidate"))
    keep, write = (z, one_minus(z)) if exercise.update == "keep" else (one_minus(z), z)
    return Sum((Product((keep, numbers.read("hidden", t - 1, unit))), Product((write, n))))


def _lines(numbers: Numbers, names: tuple[str, ...], t: int) -> Iterator[Line]:
    """Yield the lines of signals, each part's sum before it; what is held has none."""
    exercise = numbers.exercise
    for name in names:
        for unit in range(exercise.hidden):
            if numbers.is_clamped(name, t, unit):
                continue
            total = None
            if name in exercise.parts:
                yield _line(numbers, f"pre.{name}", t, unit, _sum(numbers, name, t, unit))
                total = numbers.signal(f"pre.{name}", t, unit)
            yield _line(numbers, name, t, unit, formula(numbers, name, t, unit, total))


def _rnn(numbers: Numbers, t: int) -> Iterator[Line]:
    return _lines(numbers, ("hidden",), t)


def _lstm(numbers: Numbers, t: int) -> Iterator[Line]:
    exercise = numbers.exercise
    order = ("forget", "input", "candidate", "output") if exercise.coupled else exercise.cell.parts
    order = tuple(name for name in order if name not in exercise.without)
    if exercise.sees_new_cell:  # then o comes after c
        yield from _lines(numbers, (*(name for name in order if name != "output"), "cell", "output"), t)
        yield from _lines(numbers, ("hidden",), t)
        return
    yield from _lines(numbers, order, t)
    for unit in range(exercise.hidden):
        for name in ("cell", "hidden"):
            if not numbers.is_clamped(name, t, unit):
                yield _line(numbers, name, t, unit, formula(numbers, name, t, unit))


def _gru(numbers: Numbers, t: int) -> Iterator[Line]:
    return _lines(numbers, ("reset", "update", "candidate", "hidden"), t)


_STEPS = {"rnn": _rnn, "lstm": _lstm, "gru": _gru}


def _outputs(numbers: Numbers, t: int) -> Iterator[Line]:
    exercise, reading = numbers.exercise, numbers.exercise.readout
    if reading is None:
        return
    K = range(exercise.outputs)
    sums = []
    for k in K:
        terms: list[Expression] = [
            Product(
                (
                    numbers.readout("V", k, j),
                    numbers.read("hidden", t, j),
                )
            )
            for j in range(exercise.hidden)
        ]
        if reading.biased:
            terms.append(numbers.readout("b", k))
        sums.append(Sum(terms))
    for k in K:
        mark, name = numbers.score(t, k), numbers.labels.short("s", t + 1, k)
        if reading.activation != "identity":
            yield Line(name, mark.label, sums[k], "output", t + 1, mark.key)
    for k in K:
        y, name = numbers.prediction(t, k), numbers.labels.short("y", t + 1, k)
        output: Expression
        match reading.activation:
            case "identity":
                output = sums[k]
            case "softmax":
                scores = [Exponential(numbers.score(t, each)) for each in K]
                output = Quotient(scores[k], Sum(scores))
            case activation:
                output = Call(activation, numbers.score(t, k))
        yield Line(name, y.label, output, "output", t + 1, y.key)


def counted(exercise: Exercise) -> int:
    """Return how many numbers a loss counts."""
    targets = exercise.targets
    return 0 if targets is None else sum(not math.isnan(value) for value in targets.ravel())


def _loss(numbers: Numbers, t: int) -> Expression | None:
    """Return a step's loss; None where nothing counts."""
    exercise = numbers.exercise
    pairs = [(numbers.prediction(t, k), numbers.target(t, k)) for k in range(exercise.outputs)]
    terms: list[Expression] = []
    for y, target in pairs:
        if target is None:
            continue
        match exercise.loss:
            case "half_squared":
                terms.append(Product((Quotient(Constant(1), Constant(2)), Square(difference(y, target)))))
            case "squared":
                terms.append(Square(difference(y, target)))
            case "mean_squared":
                terms.append(Quotient(Square(difference(y, target)), Constant(counted(exercise))))
            case "binary_cross_entropy":
                pair = ((target, y), (one_minus(target), one_minus(y)))
                terms += [Product((share, Logarithm(part))) for share, part in pair if share.value]
            case _:
                terms += [Product((target, Logarithm(y)))] if target.value else []
    if not terms:
        return None if all(target is None for _, target in pairs) else Constant(0)
    return Sum(terms, minus=len(terms)) if exercise.loss.endswith("cross_entropy") else Sum(terms)
