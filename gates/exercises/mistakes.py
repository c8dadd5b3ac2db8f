"""The usual mistakes: what comes out where somebody makes one, found by making it on their own numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from gates.core.activations import AnyActivation
from gates.exercises.arithmetic.expressions import Evaluation, Key, Number, Symbol
from gates.exercises.arithmetic.forward import Line
from gates.exercises.arithmetic.lines import lines
from gates.exercises.model import Exercise, Floats
from gates.exercises.solve import Solution

Known: TypeAlias = Mapping[str, Number]
"""Numbers by the names of lines."""


class MistakenEvaluation(Evaluation):
    """Symbols stand for what earlier lines came to, except where a mistake is made in this line."""

    def __init__(self, values: Mapping[Key, Number], line: Line, mistake: Mistake | None) -> None:
        self.values, self.line, self.mistake = values, line, mistake
        self.replaces = mistake.replaces if mistake is not None else None

    def symbol(self, symbol: Symbol) -> Number:
        """Return a symbol's number."""
        key = symbol.key
        if self.replaces is not None:
            replacement = self.replaces(self.line, key)
            if isinstance(replacement, float):
                return replacement
            if replacement is not None:
                return self.at(replacement, symbol.number)
        return self.at(key, symbol.number)

    def at(self, key: Key, otherwise: float) -> Number:
        """Return the number that stands for a key: negated or taken from 1 where the key says so."""
        number = self.values.get(key)
        if number is not None:
            return number
        if key[:1] == ("minus",):
            return -self.at(key[1:], otherwise)
        return 1 - self.at(key[1:], otherwise) if key[:1] == ("one minus",) else otherwise

    def function(self, function: AnyActivation) -> AnyActivation:
        """Return the activation that is used."""
        if self.mistake is None or self.mistake.changes_activation is None:
            return function
        return self.mistake.changes_activation(self.line, function)


@dataclass(frozen=True)
class Mistake:
    """One way to go wrong.

    cause: the name of its sentence, ``mistake.<cause>``; two ways may have one cause. replaces: what is taken
    for a symbol in a line: another key, a number, or None for what it is. changes_activation: what is used
    for an activation there. changes_result: what becomes of a line's result, "minus" or "one minus" of it,
    or "". changes_exercise: the exercise that is solved in place of this one. ignores_clamps: nothing is
    clamped.
    """

    cause: str
    replaces: Callable[[Line, Key], Key | float | None] | None = None
    changes_activation: Callable[[Line, AnyActivation], AnyActivation] | None = None
    changes_result: Callable[[Line], str] | None = None
    changes_exercise: Callable[[Exercise], Exercise] | None = None
    ignores_clamps: bool = False


def follow(
    solution_lines: Sequence[Line],
    given: Mapping[Key, Number],
    known: Known,
    mistake: Mistake | None = None,
    wanted: str = "",
) -> dict[str, Number]:
    """Return what each line comes to for somebody who goes on from the numbers that are ``known``.

    given: the exercise's own numbers by key. A line that is known is computed all the same, from what is
    known before it; what comes after it takes the known number. Numbers may be arrays, of many exercises.
    wanted: a line; then only it is computed, and what is not known before it.
    """
    at: dict[Key, Number] = dict(given)
    values: dict[str, Number] = {}
    with np.errstate(all="ignore"):
        for line in solution_lines:
            if wanted in values:
                break
            if wanted and line.name != wanted and line.name in known:
                at[line.key] = known[line.name]
                continue
            value = line.expression.evaluate(MistakenEvaluation(at, line, mistake))
            turn = mistake.changes_result(line) if mistake and mistake.changes_result else ""
            values[line.name] = _changed_sign(value, turn)
            # a line turned over once is not turned back by the next
            at[line.key] = known.get(line.name, value)
    return values


def _changed_sign(value: Number, turn: str) -> Number:
    if turn == "":
        return value
    return -value if turn == "minus" else 1 - value


class SolutionPaths:
    """An exercise's right way and its wrong ones, up to the last line of those that are asked.

    notation: in whose letters lines are labelled.
    """

    def __init__(self, exercise: Exercise, asked: Sequence[str] = (), notation: str = "pytorch") -> None:
        self.exercise = exercise
        all_lines = lines(Solution(exercise), notation)
        last = max((at for at, line in enumerate(all_lines, 1) if line.name in asked), default=len(all_lines))
        self.lines = all_lines[:last]
        self.given = given_numbers(exercise)
        self.right = {line.name: line.value for line in self.lines}
        self.mistakes: tuple[tuple[Mistake, tuple[Line, ...]], ...] = tuple(
            (mistake, self._lines(mistake)[:last]) for mistake in mistakes(exercise)
        )

    def _lines(self, mistake: Mistake) -> tuple[Line, ...]:
        """Return the lines of somebody who makes a mistake, as many as there are."""
        if mistake.changes_exercise is not None:
            return lines(Solution(mistake.changes_exercise(self.exercise)))
        return lines(Solution(self.exercise), ignores_clamps=True) if mistake.ignores_clamps else self.lines

    def follow(self, known: Known, wanted: str = "") -> dict[str, Number]:
        """Return the right values for somebody who goes on from what is known.

        wanted: as in :func:`follow`.
        """
        return follow(self.lines, self.given, known, wanted=wanted)

    def wrong(self, known: Known, wanted: str = "") -> Iterator[tuple[str, dict[str, Number]]]:
        """Yield each mistake's cause and the values of somebody who makes it, from what is known.

        wanted: as in :func:`follow`.
        """
        for mistake, mistaken_lines in self.mistakes:
            yield mistake.cause, follow(mistaken_lines, self.given, known, mistake, wanted)


def given_numbers(exercise: Exercise) -> dict[Key, float]:
    """Return an exercise's own numbers by key."""
    numbers: dict[Key, float] = {("rate",): exercise.learning_rate or 0.0}
    arrays: list[tuple[Key, Floats | None]] = [(("signal", "x"), exercise.x), (("target",), exercise.targets)]
    for part, weights in exercise.parts.items():
        arrays += [(("W", part), weights.W), (("U", part), weights.U)]
        arrays += [(("b", part), weights.b), (("b_h", part), weights.b_h), (("p", part), weights.p)]
    zeros = np.zeros(exercise.hidden)
    for name, state in (("hidden", exercise.h0), ("cell", exercise.c0)):
        arrays.append((("signal", name, -1), zeros if state is None else state))
    for (name, t, unit), value in exercise.clamped_values.items():
        numbers["signal", name, t, unit] = value
    if exercise.readout is not None:
        arrays += [(("V",), exercise.readout.V), (("b",), exercise.readout.b[:, None])]
    for key, array in arrays:
        if array is not None:
            numbers |= {(*key, *place): float(value) for place, value in np.ndenumerate(array)}
    return numbers


def mistakes(exercise: Exercise) -> Iterator[Mistake]:
    """Yield the mistakes that can be made in an exercise."""
    yield from _KINDS[exercise.kind](exercise)
    if exercise.clamps:
        yield Mistake("not_held", ignores_clamps=True)
    yield Mistake("no_h", replaces=_weight("U", lambda key: 0.0))
    yield Mistake("no_b", replaces=_weight("b", lambda key: 0.0))
    if exercise.steps > 1:
        yield Mistake("old_state", replaces=_initial(("hidden", "cell")))
        if exercise.kind == "lstm":
            yield Mistake("old_h", replaces=_initial(("hidden",)))
            yield Mistake("old_c", replaces=_initial(("cell",)))
        yield Mistake("last_x", replaces=_last_x)
    if exercise.hidden > 1:
        yield Mistake("transposed.U", replaces=_weight("U", lambda key: (*key[:2], key[3], key[2])))
    if exercise.hidden == exercise.inputs > 1:
        yield Mistake("transposed.W", replaces=_weight("W", lambda key: (*key[:2], key[3], key[2])))
    if exercise.targets is not None:
        yield Mistake("minus", changes_result=_minus)
        yield Mistake("uphill", replaces=_uphill)
        yield Mistake("no_slope", replaces=_no_slope)
        if exercise.steps > 1:
            yield Mistake("last_share", replaces=_last_share(exercise.steps))
            yield Mistake("no_later", replaces=_no_later)


def _rnn(exercise: Exercise) -> Iterator[Mistake]:
    yield from _activations(exercise, "hidden", "no_tanh.hidden", "sigmoid_hidden")


def _lstm(exercise: Exercise) -> Iterator[Mistake]:
    parts, left_out = exercise.parts, exercise.without
    if {"input", "forget"} <= parts.keys():
        yield Mistake("swapped.b.input.forget", replaces=_swapped("b", "input", "forget"))
    for gate, instead in (("input", "forget"), ("forget", "output")):
        if {gate, instead} <= parts.keys():
            yield Mistake(f"swapped.{gate}.{instead}", replaces=_swapped("WUb", gate, instead))
        if gate == "input" and not {gate, instead} & {*left_out}:
            yield Mistake(f"swapped.{gate}.{instead}", replaces=_swapped_gate("cell", gate, instead))
    if exercise.coupled:
        yield Mistake("not_turned", changes_result=_mirrored_input)
    if any(part.p is not None for part in parts.values()):
        yield Mistake("no_peephole", replaces=_weight("p", lambda key: 0.0))
    yield from _activations(exercise, "candidate", "no_tanh.candidate", "sigmoid_candidate")
    yield from _gates(exercise)
    if exercise.activation("cell") == "tanh":
        yield Mistake("no_tanh.cell", changes_activation=_used("hidden", "identity"))
    yield Mistake("no_forget", replaces=_constant("cell", "forget", 0.0))
    yield Mistake("all_kept", replaces=_constant("cell", "forget", 1.0))


def _gru(exercise: Exercise) -> Iterator[Mistake]:
    yield Mistake("z_other_way", replaces=_other_z)
    yield Mistake("z_other_way", changes_result=_mirrored_z)
    yield Mistake("swapped.reset.update", replaces=_swapped("WUb", "reset", "update"))
    reset = "before" if exercise.reset == "after" else "after"
    if exercise.parts["candidate"].b_h is None:
        yield Mistake("reset_other", changes_exercise=lambda exercise: replace(exercise, reset=reset))
    yield Mistake("no_reset", replaces=_constant("pre.candidate", "reset", 1.0))
    yield from _activations(exercise, "candidate", "no_tanh.candidate", "sigmoid_candidate")
    yield from _gates(exercise)


_KINDS = {"rnn": _rnn, "lstm": _lstm, "gru": _gru}
GATES = ("input", "forget", "output", "reset", "update")


def _computed_signal(line: Line) -> str:
    """Return the signal that a line of the run computes, "" for other lines."""
    return str(line.key[1]) if line.group == "forward" else ""


def _activations(exercise: Exercise, name: str, identity: str, sigmoid: str) -> Iterator[Mistake]:
    activation = exercise.activation(name)
    if activation != "identity":
        yield Mistake(identity, changes_activation=_used(name, "identity"))
    if activation == "tanh":
        yield Mistake(sigmoid, changes_activation=_used(name, "sigmoid"))


def _gates(exercise: Exercise) -> Iterator[Mistake]:
    if exercise.activation("gate") == "sigmoid":
        yield Mistake(
            "tanh_gates",
            changes_activation=lambda line, function: "tanh" if _computed_signal(line) in GATES else function,
        )


def _used(signal: str, instead: str) -> Callable[[Line, AnyActivation], AnyActivation]:
    return lambda line, function: instead if _computed_signal(line) == signal else function


def _weight(name: str, instead: Callable[[Key], Key | float]) -> Callable[[Line, Key], Key | float | None]:
    """Return what takes other numbers for W, U or both biases, in the sums of a run."""
    names = ("b", "b_h") if name == "b" else (name,)

    def takes(line: Line, key: Key) -> Key | float | None:
        return instead(key) if line.group == "forward" and key[:1] and key[0] in names else None

    return takes


def _swapped(names: str, part: str, instead: str) -> Callable[[Line, Key], Key | float | None]:
    """Return what takes one part's weights for another's."""
    parts = {part: instead, instead: part}
    matrices = {"b": ("b", "b_h"), "WUb": ("W", "U", "b", "b_h", "p")}[names]

    def takes(line: Line, key: Key) -> Key | float | None:
        if line.group != "forward" or not key or key[0] not in matrices or key[1] not in parts:
            return None
        return (key[0], parts[str(key[1])], *key[2:])

    return takes


def _swapped_gate(signal: str, gate: str, instead: str) -> Callable[[Line, Key], Key | float | None]:
    """Return what takes one gate for another in the line of a signal."""
    parts = {gate: instead, instead: gate}

    def takes(line: Line, key: Key) -> Key | float | None:
        if _computed_signal(line) != signal or key[:1] != ("signal",) or key[1] not in parts:
            return None
        return ("signal", parts[str(key[1])], *key[2:])

    return takes


def _constant(signal: str, gate: str, value: float) -> Callable[[Line, Key], Key | float | None]:
    """Return what takes a number for a gate in the line of a signal."""
    return lambda line, key: (
        value if _computed_signal(line) == signal and key[:2] == ("signal", gate) else None
    )


def _initial(states: tuple[str, ...]) -> Callable[[Line, Key], Key | float | None]:
    """Return what takes the initial state for that of the step before."""

    def takes(line: Line, key: Key) -> Key | float | None:
        if line.group != "forward" or key[:1] != ("signal",) or key[1] not in states:
            return None
        return ("signal", key[1], -1, key[3]) if key[2] == line.step - 2 else None

    return takes


def _last_x(line: Line, key: Key) -> Key | float | None:
    if line.group != "forward" or key[:2] != ("signal", "x") or line.step < 2:
        return None
    return ("signal", "x", line.step - 2, key[3])


def _other_z(line: Line, key: Key) -> Key | float | None:
    return (
        ("one minus", *key)
        if _computed_signal(line) == "hidden" and key[:2] == ("signal", "update")
        else None
    )


def _mirrored_z(line: Line) -> str:
    return "one minus" if _computed_signal(line) == "update" else ""


def _mirrored_input(line: Line) -> str:
    """A coupled i is taken for f itself."""
    return "one minus" if _computed_signal(line) == "input" else ""


def _minus(line: Line) -> str:
    return "minus" if line.group in ("backward", "gradient") else ""


def _uphill(line: Line, key: Key) -> Key | float | None:
    return ("minus", *key) if line.group == "update" and key == ("rate",) else None


def _no_slope(line: Line, key: Key) -> Key | float | None:
    """In ∂a the activation's slope is left out: 1 − h² is 1 where h is taken for 0."""
    sums = line.group == "backward" and str(line.key[1]).startswith("pre.")
    return 0.0 if sums and key[:1] == ("signal",) and key[1] in ("hidden", "candidate") else None


def _last_share(steps: int) -> Callable[[Line, Key], Key | float | None]:
    """Return what leaves all shares of a gradient out but the last step's."""

    def takes(line: Line, key: Key) -> Key | float | None:
        return 0.0 if line.group == "gradient" and key[:1] == ("d",) and key[2] != steps - 1 else None

    return takes


def _no_later(line: Line, key: Key) -> Key | float | None:
    """What comes back from the next step is left out."""
    state = line.group == "backward" and line.key[1] in ("hidden", "cell")
    return 0.0 if state and key[:1] == ("d",) and key[2] == line.step else None
