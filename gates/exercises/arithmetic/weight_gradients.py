"""The lines of ∂L/∂ every weight, and of one step of descent."""

from __future__ import annotations

from collections.abc import Iterator

from gates.exercises.arithmetic.backward_pass import BackwardPass, D
from gates.exercises.arithmetic.expressions import Expression, Product, Sum, Symbol, difference
from gates.exercises.arithmetic.forward import Line


def gradients(back: BackwardPass) -> Iterator[Line]:
    """Yield the lines of ∂L/∂ every weight, sums over time, and of the new weights."""
    for gradient, weight, name in _weights(back):
        label = D + weight.label
        yield Line(f"d{name}", label, gradient, "gradient", 0, ("dw", name))
    rate = back.exercise.learning_rate
    if rate is None:
        return
    eta = Symbol("η", rate, True, ("rate",))
    for gradient, weight, name in _weights(back):
        step = Product((eta, Symbol(D + weight.label, gradient.value, False, ("dw", name))))
        yield Line(f"new {name}", f"{weight.label}′", difference(weight, step), "update", 0, ("new", name))


def _weights(back: BackwardPass) -> Iterator[tuple[Expression, Symbol, str]]:
    """Yield each weight's gradient, the weight, and its name, in the printed order of each matrix."""
    exercise, numbers, labels = back.exercise, back.numbers, back.labels
    for part in exercise.parts:
        cells = []
        for matrix, read, count in (("W", "x", exercise.inputs), ("U", "hidden", exercise.hidden)):
            for unit in range(exercise.hidden):
                for k in range(count):
                    name, row, column = exercise.printed.place(
                        matrix, unit, k, exercise.inputs, exercise.hidden
                    )
                    steps = [t for t in range(exercise.steps) if back.has_gradient(part, t, unit)]
                    terms = [_share(back, part, matrix, read, t, unit, k) for t in steps]
                    single = exercise.printed.shapes(exercise.inputs, exercise.hidden)[name] == (1, 1)
                    short = labels.short_weight(name, part, row, column, single)
                    weight = numbers.weight(matrix, part, unit, k)
                    cells.append((name, row, column, Sum(terms), weight, short))
        for _, _, _, gradient, weight, short in sorted(cells, key=lambda cell: (cell[0] != "W", *cell[1:3])):
            yield gradient, weight, short
        for unit in range(exercise.hidden):
            for p in numbers.peephole(part, unit):
                letter = labels.short_weight("p", part, unit, 0, True)
                index = "" if exercise.hidden == 1 else f"[{unit + 1}]"
                yield _peephole(back, part, unit), p, letter + index
        for name in ("b", "b_h"):
            for unit in range(exercise.hidden):
                for bias in numbers.biases(part, unit, (name,)):
                    letter = labels.short_weight(name, part, unit, 0, True)
                    index = "" if exercise.hidden == 1 else f"[{unit + 1}]"
                    inside = exercise.has_inner_bias and name == "b_h" and part == "candidate"
                    yield _bias(back, part, unit, inside), _as_symbol(bias), letter + index
    if exercise.readout is not None:
        yield from _readout(back)


def _as_symbol(expression: Expression) -> Symbol:
    if not isinstance(expression, Symbol):
        raise TypeError(expression)
    return expression


def _share(back: BackwardPass, part: str, matrix: str, read: str, t: int, unit: int, k: int) -> Expression:
    """Return what step t gives to the gradient of a weight."""
    exercise, numbers = back.exercise, back.numbers
    factors: list[Expression] = [back.d(f"pre.{part}", t, unit)]
    if exercise.kind == "gru" and part == "candidate" and matrix == "U":
        factors.append(numbers.signal("reset", t, unit if exercise.reset == "after" else k))
    factors.append(numbers.signal(read, t if read == "x" else t - 1, k))
    return Product(factors)


def _bias(back: BackwardPass, part: str, unit: int, inside: bool) -> Expression:
    terms: list[Expression] = []
    for t in range(back.exercise.steps):
        if not back.has_gradient(part, t, unit):
            continue
        factors: list[Expression] = [back.d(f"pre.{part}", t, unit)]
        if inside:
            factors.append(back.numbers.signal("reset", t, unit))
        terms.append(Product(factors))
    return Sum(terms)


def _peephole(back: BackwardPass, part: str, unit: int) -> Expression:
    """Return the gradient of a gate's peephole: what each step's sum asks, times the c that it saw."""
    steps = [t for t in range(back.exercise.steps) if back.has_gradient(part, t, unit)]
    seen = [back.numbers.signal("cell", t if part == "output" else t - 1, unit) for t in steps]
    return Sum([Product((back.d(f"pre.{part}", t, unit), c)) for t, c in zip(steps, seen, strict=True)])


def _readout(back: BackwardPass) -> Iterator[tuple[Expression, Symbol, str]]:
    exercise, reading = back.exercise, back.exercise.readout
    if reading is None:
        return
    steps = [t for t in range(exercise.steps) if back.has_loss(t)]
    places = [(k, j) for k in range(exercise.outputs) for j in range(exercise.hidden)]
    for k, j in sorted(places, key=lambda kj: kj[::-1] if reading.transposed else kj):
        terms = [Product((back.d_score(t, k), back.numbers.signal("hidden", t, j))) for t in steps]
        weight = back.numbers.readout("V", k, j)
        yield Sum(terms), weight, weight.label
    if reading.biased:
        for k in range(exercise.outputs):
            bias = back.numbers.readout("b", k)
            yield Sum([back.d_score(t, k) for t in steps]), bias, bias.label
