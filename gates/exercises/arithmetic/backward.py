"""The lines of the way back: ∂L/∂ every signal, from the last step to the first, then the weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gates.core.activations import AnyActivation
from gates.exercises.arithmetic.backward_pass import BackwardPass
from gates.exercises.arithmetic.expressions import (
    Constant,
    Expression,
    Named,
    Product,
    Quotient,
    Square,
    Sum,
    difference,
    one_minus,
)
from gates.exercises.arithmetic.forward import Line, Numbers, counted
from gates.exercises.arithmetic.weight_gradients import gradients
from gates.exercises.arithmetic.writers import FUNCTIONS


def backward(numbers: Numbers) -> Iterator[Line]:
    """Yield the lines of the gradients and, where there is a learning rate, of the new weights."""
    back = numbers.solution.gradients
    if back is None:
        return
    backward_pass = BackwardPass(numbers, back)
    exercise = backward_pass.exercise
    for t in reversed(range(exercise.steps)):
        if exercise.readout is not None and backward_pass.has_loss(t):
            for k in range(exercise.outputs):
                squashed = exercise.readout.activation != "identity"
                name = "d" + backward_pass.labels.short("s" if squashed else "y", t + 1, k)
                mark = backward_pass.d_score(t, k)
                yield Line(name, mark.label, _d_score(backward_pass, t, k), "backward", t + 1, mark.key)
        yield from _STEPS[exercise.kind](backward_pass, t)
    for unit in range(exercise.hidden):
        yield backward_pass.line("hidden", -1, unit, _d_hidden(backward_pass, -1, unit))
    if exercise.kind == "lstm":
        for unit in range(exercise.hidden):
            yield backward_pass.line("cell", -1, unit, Sum(_carried(backward_pass, -1, unit)))
    yield from gradients(backward_pass)


def _d_score(back: BackwardPass, t: int, k: int) -> Expression:
    """Return ∂L/∂ a score: the loss' slope by y times that of y by the score."""
    exercise, numbers = back.exercise, back.numbers
    activation = "identity" if exercise.readout is None else exercise.readout.activation
    y, target = numbers.prediction(t, k), numbers.target(t, k)
    if (exercise.loss, activation) == ("cross_entropy", "softmax") and target is not None:
        return difference(y, target)
    if target is None and activation != "softmax":
        return Constant(0)
    if (exercise.loss, activation) == ("binary_cross_entropy", "sigmoid") and target is not None:
        return difference(y, target)
    slope = _d_output(back, t, k)
    match activation:
        case "sigmoid":
            return Product((slope, y, one_minus(y)))
        case "tanh":
            return Product((slope, one_minus(Square(y))))
        case "softmax":
            along = [
                Product((_d_output(back, t, j), numbers.prediction(t, j))) for j in range(exercise.outputs)
            ]
            return Product((y, difference(slope, Sum(along))))
        case _:
            return slope


def _d_output(back: BackwardPass, t: int, k: int) -> Expression:
    """Return ∂L/∂y."""
    exercise, y, target = back.exercise, back.numbers.prediction(t, k), back.numbers.target(t, k)
    if target is None:
        return Constant(0)
    away = difference(y, target)
    match exercise.loss:
        case "half_squared":
            return away
        case "squared":
            return Product((Constant(2), away))
        case "mean_squared":
            return Quotient(Product((Constant(2), away)), Constant(counted(exercise)))
        case "binary_cross_entropy":
            return difference(Quotient(one_minus(target), one_minus(y)), Quotient(target, y))
        case _:
            return Sum((Quotient(target, y),), minus=1)


def _d_hidden(back: BackwardPass, t: int, unit: int) -> Expression:
    """Return ∂L/∂h: what the loss asks of this step, and what comes back from the next one."""
    exercise, numbers = back.exercise, back.numbers
    terms: list[Expression] = []
    if t >= 0 and back.has_loss(t):
        if exercise.readout is None:
            terms.append(_d_output(back, t, unit))
        else:
            terms += [
                Product(
                    (
                        numbers.readout("V", k, unit),
                        back.d_score(t, k),
                    )
                )
                for k in range(exercise.outputs)
            ]
    if t + 1 < exercise.steps:
        if exercise.kind == "gru" and back.has_gradient("hidden", t + 1, unit):
            z = numbers.signal("update", t + 1, unit)
            keep = z if exercise.update == "keep" else one_minus(z)
            terms.append(Product((back.d("hidden", t + 1, unit), keep)))
        for part in exercise.parts:
            terms += _through_weights(back, part, t + 1, unit)
    return Sum(terms) if terms else Constant(0)


def _through_weights(back: BackwardPass, part: str, t: int, unit: int) -> list[Expression]:
    """Return what comes back through a part's U from step t."""
    exercise, numbers = back.exercise, back.numbers
    inside = exercise.kind == "gru" and part == "candidate"
    products: list[Expression] = []
    for m in range(exercise.hidden):
        if not back.has_gradient(part, t, m):
            continue
        factors: list[Expression] = [numbers.weight("U", part, m, unit), back.d(f"pre.{part}", t, m)]
        if inside:
            factors.append(numbers.signal("reset", t, m if exercise.reset == "after" else unit))
        products.append(Product(factors))
    return products


def _slope(back: BackwardPass, activation: AnyActivation, name: str, t: int, unit: int) -> list[Expression]:
    """Return an activation's slope, from its value where that is enough, as factors."""
    y = back.numbers.signal(name, t, unit)
    match activation:
        case "sigmoid":
            return [y, one_minus(y)]
        case "tanh":
            return [one_minus(Square(y))]
        case "identity":
            return []
    a = back.numbers.signal(f"pre.{name}", t, unit)
    return [Named(f"{_name(activation)}′({a.label})", activation, a, slope=True)]


def _squashed(back: BackwardPass, parts: Iterable[str], t: int, unit: int) -> Iterator[Line]:
    """Yield the lines of ∂L/∂ what parts add up; what is held has none."""
    for part in parts:
        if back.has_gradient(part, t, unit):
            kind = part if part in ("candidate", "hidden") else "gate"
            factors = (back.d(part, t, unit), *_slope(back, back.exercise.activation(kind), part, t, unit))
            yield back.line(f"pre.{part}", t, unit, Product(factors))


def _rnn(back: BackwardPass, t: int) -> Iterator[Line]:
    for unit in range(back.exercise.hidden):
        yield back.line("hidden", t, unit, _d_hidden(back, t, unit))
        yield from _squashed(back, ("hidden",), t, unit)


def _carried(back: BackwardPass, t: int, unit: int) -> list[Expression]:
    """Return what comes back to c from the next step: through its forget gate, and what gates see of c."""
    terms: list[Expression] = []
    if t + 1 >= back.exercise.steps:
        return terms
    if back.has_gradient("cell", t + 1, unit):
        terms.append(Product((back.d("cell", t + 1, unit), *back.numbers.gate("forget", t + 1, unit))))
    for gate in ("input", "forget"):
        terms += _through_peephole(back, gate, t + 1, unit)
    return terms


def _through_peephole(back: BackwardPass, gate: str, t: int, unit: int) -> list[Expression]:
    """Return what comes back to c through a gate's peephole, if it has one."""
    if gate not in back.exercise.parts or not back.has_gradient(gate, t, unit):
        return []
    return [Product((p, back.d(f"pre.{gate}", t, unit))) for p in back.numbers.peephole(gate, unit)]


def _lstm(back: BackwardPass, t: int) -> Iterator[Line]:
    exercise, numbers = back.exercise, back.numbers
    for unit in range(exercise.hidden):
        g, c, old = (
            numbers.signal(name, at, unit) for name, at in (("candidate", t), ("cell", t), ("cell", t - 1))
        )
        i, o = (numbers.gate(name, t, unit) for name in ("input", "output"))
        psi = exercise.activation("cell")
        squashed_cell: Expression = c if psi == "identity" else Named(f"{_name(psi)}({c.label})", psi, c)
        d_h, d_c = back.d("hidden", t, unit), back.d("cell", t, unit)
        from_h = back.has_gradient("hidden", t, unit)
        through = [Product((d_h, *o, *_cell_slope(back, squashed_cell, t, unit)))] if from_h else []
        to_cell = [*through, *_through_peephole(back, "output", t, unit), *_carried(back, t, unit)]
        kept: Expression = Product((d_c, old))
        if exercise.coupled and back.has_gradient("input", t, unit):
            kept = difference(kept, back.d("input", t, unit))
        gradients: dict[str, Expression] = {
            "hidden": _d_hidden(back, t, unit),
            "output": Product((d_h, squashed_cell)) if from_h else Constant(0),
            "cell": Sum(to_cell) if to_cell else Constant(0),
            "input": Product((d_c, g)),
            "forget": kept,
            "candidate": Product((d_c, *i)),
        }
        if not back.has_gradient("cell", t, unit):
            gradients |= dict.fromkeys(("input", "forget", "candidate"), Constant(0))
        rest = tuple(exercise.parts)
        for name, expression in gradients.items():
            if name not in exercise.without:
                yield back.line(name, t, unit, expression)
            if name == "output" and exercise.sees_new_cell:  # ∂c is computed from it
                yield from _squashed(back, ("output",), t, unit)
                rest = tuple(part for part in rest if part != "output")
        yield from _squashed(back, rest, t, unit)


def _name(activation: AnyActivation) -> str:
    name = activation if isinstance(activation, str) else activation.name
    return FUNCTIONS.get(name, name)


def _cell_slope(back: BackwardPass, squashed_cell: Expression, t: int, unit: int) -> list[Expression]:
    activation = back.exercise.activation("cell")
    if activation == "tanh":
        return [one_minus(Square(squashed_cell))]
    if activation == "identity":
        return []
    c = back.numbers.signal("cell", t, unit)
    return [Named(f"{_name(activation)}′({c.label})", activation, c, slope=True)]


def _gru(back: BackwardPass, t: int) -> Iterator[Line]:
    exercise, numbers = back.exercise, back.numbers
    units = range(exercise.hidden)
    for unit in units:
        z, n, old = (
            numbers.signal("update", t, unit),
            numbers.signal("candidate", t, unit),
            numbers.signal("hidden", t - 1, unit),
        )
        d_h = back.d("hidden", t, unit)
        keeps, reaches = exercise.update == "keep", back.has_gradient("hidden", t, unit)
        new = Product((d_h, one_minus(z) if keeps else z))
        share = Product((d_h, difference(old, n) if keeps else difference(n, old)))
        yield back.line("hidden", t, unit, _d_hidden(back, t, unit))
        yield back.line("candidate", t, unit, new if reaches else Constant(0))
        yield back.line("update", t, unit, share if reaches else Constant(0))
        yield from _squashed(back, ("candidate", "update"), t, unit)
    for unit in units:
        old = numbers.signal("hidden", t - 1, unit)
        U = [numbers.weight("U", "candidate", unit, k) for k in units]
        if exercise.reset == "after":
            recurrent_terms: list[Expression] = [
                Product((U[k], numbers.signal("hidden", t - 1, k))) for k in units
            ]
            recurrent_terms += numbers.biases("candidate", unit, ("b_h",))
            reaches = back.has_gradient("candidate", t, unit)
            d_n = back.d("pre.candidate", t, unit)
            d_r: Expression = Product((d_n, Sum(recurrent_terms))) if reaches else Constant(0)
        else:
            to_reset = [
                Product((numbers.weight("U", "candidate", m, unit), back.d("pre.candidate", t, m)))
                for m in units
                if back.has_gradient("candidate", t, m)
            ]
            d_r = Product((Sum(to_reset), old)) if to_reset else Constant(0)
        yield back.line("reset", t, unit, d_r)
        yield from _squashed(back, ("reset",), t, unit)


_STEPS = {"rnn": _rnn, "lstm": _lstm, "gru": _gru}
