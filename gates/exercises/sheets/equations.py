"""A step's equations in an exercise's letters and printed form."""

from __future__ import annotations

from gates.core.activations import AnyActivation
from gates.exercises.arithmetic.labels import Labels
from gates.exercises.arithmetic.writers import FUNCTIONS, exact
from gates.exercises.model import Exercise


def equations(exercise: Exercise, labels: Labels) -> tuple[str, ...]:
    """Return the equations of one step, of the outputs too, as plain text."""
    lines = _KINDS[exercise.kind](_Step(exercise, labels))
    if (reading := exercise.readout) is not None:
        h = labels.signal_at("hidden")
        score = f"{h} V" if reading.transposed else f"V {h}"
        score += " + b_y" if reading.biased else ""
        lines.append(f"yₜ = {score if reading.activation == 'identity' else _of(reading.activation, score)}")
    return tuple(lines)


def clamp_texts(exercise: Exercise, labels: Labels) -> list[str]:
    """Return what is clamped as plain text, f₂ = f₃ = 1: one for each run of steps of a signal and a unit."""
    runs: list[tuple[str, int, float, list[int]]] = []
    order = exercise.cell.signals.index
    places = sorted(exercise.clamped_values, key=lambda place: (order(place[0]), place[2], place[1]))
    for name, step, unit in places:
        value = exercise.clamped_values[name, step, unit]
        if runs and runs[-1][:3] == (name, unit, value) and runs[-1][3][-1] == step - 1:
            runs[-1][3].append(step)
        else:
            runs.append((name, unit, value, [step]))
    texts = []
    for name, unit, value, steps in runs:
        marks = [labels.signal(name, step + 1, unit, exercise.hidden) for step in steps]
        listed = marks if len(marks) < 4 else [marks[0], "…", marks[-1]]
        texts.append(" = ".join([*listed, exact(value)]))
    return texts


def _of(activation: AnyActivation, argument: str) -> str:
    name = activation if isinstance(activation, str) else activation.name
    return argument if name == "identity" else f"{FUNCTIONS.get(name, name)}({argument})"


class _Step:
    def __init__(self, exercise: Exercise, labels: Labels) -> None:
        self.exercise, self.labels = exercise, labels
        self.x, self.h = labels.signal_at("x"), labels.signal_at("hidden", before=True)

    def line(self, part: str, kind: str = "gate") -> str:
        """Return a part that sees the old state as it is."""
        total = f"{self.affine(part, self.h)}{self.peephole(part)}{self.biases(part)}"
        return f"{self.labels.signal_at(part)} = {_of(self.exercise.activation(kind), total)}"

    def affine(self, part: str, h: str) -> str:
        form, W, U = self.exercise.printed, *(self.labels.matrix(name, part) for name in ("W", "U"))
        if form.joined:
            both = f"[{h}, {self.x}]" if form.joined == "hx" else f"[{self.x}, {h}]"
            return f"{both} {W}" if form.rows else f"{W} {both}"
        return f"{self.x} {W} + {h} {U}" if form.rows else f"{W} {self.x} + {U} {h}"

    def peephole(self, part: str) -> str:
        if self.exercise.parts[part].p is None:
            return ""
        c = self.labels.signal_at("cell", before=part != "output")
        return f" + {self.labels.matrix('p', part)}⊙{c}"

    def biases(self, part: str, names: tuple[str, ...] = ("b", "b_h")) -> str:
        weights = self.exercise.parts[part]
        has = {"b": weights.biased, "b_h": weights.b_h is not None}
        return "".join(f" + {self.labels.matrix(name, part)}" for name in names if has[name])


def _rnn(step: _Step) -> list[str]:
    return [step.line("hidden", "hidden")]


def _lstm(step: _Step) -> list[str]:
    at = step.labels.signal_at
    squashed_cell = _of(step.exercise.activation("cell"), at("cell"))
    exercise = step.exercise
    lines = [step.line(part) for part in ("input", "forget") if part in exercise.parts]
    if exercise.coupled:
        lines.append(f"{at('input')} = 1 − {at('forget')}")
    lines.append(step.line("candidate", "candidate"))
    shown_by = [step.line("output")] if "output" in exercise.parts else []
    i, f, o = ("" if gate in exercise.without else f"{at(gate)}⊙" for gate in ("input", "forget", "output"))
    cell = f"{at('cell')} = {f}{at('cell', before=True)} + {i}{at('candidate')}"
    lines += [cell, *shown_by] if exercise.sees_new_cell else [*shown_by, cell]
    return [*lines, f"{at('hidden')} = {o}{squashed_cell}"]


def _gru(step: _Step) -> list[str]:
    exercise, at = step.exercise, step.labels.signal_at
    r, z, n, h = at("reset"), at("update"), at("candidate"), step.h
    W, U = (step.labels.matrix(name, "candidate") for name in ("W", "U"))
    if exercise.reset == "before":
        total = step.affine("candidate", f"({r}⊙{h})") + step.biases("candidate")
    else:
        x = f"{step.x} {W}" if exercise.printed.rows else f"{W} {step.x}"
        recurrent = f"{h} {U}" if exercise.printed.rows else f"{U} {h}"
        if exercise.printed.joined:
            x, recurrent = x.replace(W, f"{W},x"), recurrent.replace(U, f"{U},h")  # the one matrix, in two
        inside = recurrent + step.biases("candidate", ("b_h",))
        inside = f"({inside})"
        total = f"{x}{step.biases('candidate', ('b',))} + {r}⊙{inside}"
    keep, write = (z, f"(1 − {z})") if exercise.update == "keep" else (f"(1 − {z})", z)
    return [
        step.line("reset"),
        step.line("update"),
        f"{n} = {_of(exercise.activation('candidate'), total)}",
        f"{at('hidden')} = {keep}⊙{h} + {write}⊙{n}",
    ]


_KINDS = {"rnn": _rnn, "lstm": _lstm, "gru": _gru}
