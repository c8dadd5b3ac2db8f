"""What stands on a worksheet and on its key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from gates.examples.notation.letters import NOTATIONS, effective_notation
from gates.exercises.arithmetic.forward import Line
from gates.exercises.arithmetic.labels import Labels
from gates.exercises.arithmetic.lines import lines
from gates.exercises.arithmetic.writers import Plain, Tex, exact, rounded, tex_label, tex_number
from gates.exercises.check import judge
from gates.exercises.errors import ExerciseError
from gates.exercises.file import to_json, written, written_readout
from gates.exercises.mistakes import SolutionPaths
from gates.exercises.model import Exercise
from gates.exercises.sheets.blocks import (
    Answer,
    Answers,
    Blanks,
    Block,
    Document,
    Fields,
    Formulas,
    Heading,
    Maths,
    Matrices,
    Matrix,
    PageBreak,
    Paragraph,
    Prose,
)
from gates.exercises.sheets.equations import clamp_texts, equations
from gates.exercises.sheets.picture import unrolled
from gates.exercises.solve import Solution
from gates.text import LANGUAGES, Translator, translator

PAPERS = ("a4", "letter")
PARTS = ("both", "worksheet", "key")
MOST = {"units": 8, "inputs": 8, "steps": 12, "outputs": 8}
"""What fits on paper line by line."""

_PLACE = re.compile(r"(\{\w+\})")


@dataclass(frozen=True)
class Options:
    """How a sheet is written: language, notation, paper, digits after the point, and which part of it."""

    language: str = LANGUAGES[0]
    notation: str = NOTATIONS[0]
    paper: str = PAPERS[0]
    decimals: int = 4
    part: str = PARTS[0]


class Content:
    """An exercise's worksheet and key.

    Raises:
        ExerciseError: it is too large to be written line by line, or asks for lines that it does not have.
    """

    def __init__(self, solution: Solution, options: Options) -> None:
        exercise = self.exercise = solution.exercise
        check_size(exercise)
        self.options, self.solution = options, solution
        self.t: Translator = translator(options.language)
        notation, _ = effective_notation(exercise.kind, options.notation, exercise.reset)  # type: ignore[arg-type]
        self.labels = Labels(exercise, notation)
        self.lines = lines(solution, notation)
        names = {line.name for line in self.lines}
        for name in exercise.asked:
            if name not in names:
                raise ExerciseError("error.sheet.asked", name=name, names=", ".join(sorted(names)[:12]))

    def blocks(self) -> Iterator[Block]:
        """Yield all that stands on the sheet."""
        title = self.exercise.title or self.t("sheet.untitled")
        if self.options.part != "key":
            yield from (*self._head(title), *self.given(), *self.asked())
        if self.options.part == "both":
            yield PageBreak()
        if self.options.part != "worksheet":
            yield from (Heading(self._title(title, "key"), 1), *self.key())

    def document(self) -> Document:
        """Return the sheet."""
        embedded = json.dumps(to_json(self.exercise), ensure_ascii=True, separators=(",", ":"))
        for sign in "<>&":
            embedded = embedded.replace(sign, f"\\u{ord(sign):04x}")
        embedded = embedded.replace("--", "\\u002d\\u002d")  # inside a text alone: two signs are no number
        title = self.exercise.title or self.t("sheet.untitled")
        return Document(title, self.options.language, self.options.paper, tuple(self.blocks()), embedded)

    @property
    def answer_lines(self) -> tuple[Line, ...]:
        """The lines that are asked for: those named, or all but the sums on the way."""
        exercise = self.exercise
        if exercise.claim is not None:
            return ()
        if exercise.asked:
            return tuple(line for line in self.lines if line.name in exercise.asked)
        return tuple(
            line for line in self.lines if line.group != "backward" and not line.name.startswith("a_")
        )

    def sentence(self, key: str, **values: str) -> Prose:
        """Return a sentence with formulas in its places."""
        pieces = _PLACE.split(self.t.catalogue[key])
        return tuple(
            Maths(values[piece[1:-1]]) if _PLACE.fullmatch(piece) else piece for piece in pieces if piece
        )

    def _title(self, title: str, what: str) -> str:
        return self.t("sheet.title", title=title, what=self.t(f"sheet.{what}"))

    def _head(self, title: str) -> Iterator[Block]:
        yield Heading(self._title(title, "worksheet"), 1)
        yield Fields((self.t("sheet.name"), self.t("sheet.date")))

    def given(self) -> Iterator[Block]:
        """Yield what is given, as it is printed."""
        exercise, t = self.exercise, self.t
        if exercise.source:
            yield Paragraph((t("sheet.source", source=exercise.source),))
        yield Heading(t("sheet.given"))
        counts = {"units": exercise.hidden, "inputs": exercise.inputs, "steps": exercise.steps}
        sentences = [t("sheet.cell", kind=exercise.kind.upper(), **counts), t(f"sheet.form.{exercise.form}")]
        if exercise.kind == "gru":
            sentences += [t(f"sheet.reset.{exercise.reset}"), t(f"sheet.update.{exercise.update}")]
        yield Paragraph((t.between.join(sentences),))
        yield from self._structure()
        yield unrolled(exercise, self.labels, t)
        for part, weights in exercise.parts.items():
            matrices = written(exercise, weights)
            members = tuple(
                Matrix(self.labels.matrix(name, part), _rows(numbers)) for name, numbers in matrices.items()
            )
            yield Matrices(t(f"sheet.part.{part}"), members)
        marks = [self.labels.signal("x", step + 1) for step in range(exercise.steps)]
        inputs = tuple(Matrix(mark, _rows(x)) for mark, x in zip(marks, exercise.x.tolist(), strict=True))
        yield Matrices(t("sheet.input"), inputs)
        states = [("hidden", exercise.h0)] + ([("cell", exercise.c0)] if exercise.kind == "lstm" else [])
        zeros = [0.0] * exercise.hidden
        yield Matrices(
            t("sheet.state"),
            tuple(
                Matrix(self.labels.signal(name, 0), _rows(zeros if value is None else value.tolist()))
                for name, value in states
            ),
        )
        yield from self._loss_given()
        yield Heading(t("sheet.equations"))
        yield Formulas(equations(exercise, self.labels))

    def _structure(self) -> Iterator[Block]:
        """Yield what is said of a cell that has not all gates, each of its own, and of what is held."""
        exercise, letter = self.exercise, self.labels.letters
        if exercise.coupled:
            formula = f"{letter['input']} = 1 − {letter['forget']}"
            yield Paragraph(self.sentence("sheet.coupled", gate=letter["input"], formula=formula))
        for gate in exercise.without:
            yield Paragraph(self.sentence("sheet.without", gate=letter[gate]))
        if exercise.clamped_values:
            yield Paragraph(self.sentence("sheet.held", values=", ".join(clamp_texts(exercise, self.labels))))

    def _loss_given(self) -> Iterator[Block]:
        exercise, t = self.exercise, self.t
        if exercise.readout is not None:
            readout = written_readout(exercise.readout, exercise.readout.V, exercise.readout.b)
            names = {"V": "V", "b": "b_y"}
            members = tuple(Matrix(names[name], _rows(numbers)) for name, numbers in readout.items())
            yield Matrices(t("sheet.readout"), members)
        if exercise.targets is not None:
            counted = [step for step, row in enumerate(exercise.targets) if not (row != row).all()]
            yield Matrices(
                t("sheet.targets"),
                tuple(
                    Matrix(self.labels.signal("t", step + 1), _rows(exercise.targets[step].tolist()))
                    for step in counted
                ),
            )
            yield Paragraph((t(f"sheet.loss.{exercise.loss}"),))
        if exercise.learning_rate is not None:
            yield Paragraph(self.sentence("sheet.rate", rate=f"η = {exact(exercise.learning_rate)}"))

    def asked(self) -> Iterator[Block]:
        """Yield what is asked, with room for it."""
        exercise, t = self.exercise, self.t
        yield Heading(t("sheet.wanted"))
        if exercise.claim is not None:
            yield Paragraph(self.sentence("sheet.claim", claim=self._claim()))
            yield Blanks(("",) * 4)
            return
        sentences: Prose = self.sentence("sheet.decimals", decimals=str(self.options.decimals))
        if exercise.hidden > 1 or exercise.inputs > 1 or exercise.outputs > 1:
            sentences += (t.between, t("sheet.places"))
        if any(line.name.startswith("d") for line in self.answer_lines):
            sentences += (t.between, t("sheet.short"))
        yield Paragraph(sentences)
        yield Blanks(tuple(line.label for line in self.answer_lines))

    def key(self) -> Iterator[Block]:
        """Yield the lines of the answer."""
        exercise, t = self.exercise, self.t
        if exercise.claim is not None:
            yield Paragraph(self.sentence("sheet.claim", claim=self._claim()))
            yield Paragraph(self._explained())
        lines = self.lines
        if exercise.asked and not any(
            line.group in _BACK and line.name in exercise.asked for line in self.lines
        ):
            lines = tuple(line for line in lines if line.group not in _BACK)
        wanted = {line.name for line in self.answer_lines} if exercise.asked else set()
        for (group, step), group_lines in groupby(lines, key=lambda line: (_GROUPS[line.group], line.step)):
            if step:
                yield Heading(t(f"sheet.{group}.step", step=step), 3)
            else:
                yield Heading(t(f"sheet.{group}"), 3)
            digits = self.options.decimals + (2 if group in _BACK else 0)  # gradients are small numbers
            plain, tex = Plain(digits), Tex(digits)
            yield Answers(tuple(_answer(line, plain, tex, line.name in wanted) for line in group_lines))
        if self.solution.loss_after is not None:
            after = f"L = {rounded(self.solution.loss_after, self.options.decimals + 2)}"
            before = f"L = {rounded(self.solution.loss.value, self.options.decimals + 2)}"  # type: ignore[union-attr]
            yield Paragraph(self.sentence("sheet.after", before=before, after=after))

    def _claim(self) -> str:
        claim = self.exercise.claim
        if claim is None:
            return ""
        count = len(claim.values)
        return ", ".join(
            f"{self.labels.signal(claim.signal, claim.step, unit, count)} = {rounded(value, claim.decimals)}"
            for unit, value in enumerate(claim.values)
        )

    def _explained(self) -> Prose:
        """Return the right values, and the mistake that makes the first one that is wrong."""
        claim = self.exercise.claim
        if claim is None:
            return ()
        values = self.solution.signal(claim.signal)[claim.step - 1]
        right = ", ".join(
            f"{self.labels.signal(claim.signal, claim.step, unit, len(values))} = "
            + rounded(value, claim.decimals)
            for unit, value in enumerate(values)
        )
        answers = {
            self.labels.short(claim.signal, claim.step, unit): f"{value:.{claim.decimals}f}"
            for unit, value in enumerate(claim.values)
        }
        verdicts = judge(
            SolutionPaths(self.exercise, tuple(answers)), answers, tuple(answers), claim.decimals
        )
        cause = next((verdict.cause for verdict in verdicts if verdict.cause), "")
        why = self.t(f"mistake.{cause}") if cause else self.t("sheet.claim.right")
        return (*self.sentence("sheet.right", value=right), self.t.between, why)


def check_size(exercise: Exercise) -> None:
    """Raise an ExerciseError for an exercise that is too large to be written line by line."""
    sizes = {
        "units": exercise.hidden,
        "inputs": exercise.inputs,
        "steps": exercise.steps,
        "outputs": exercise.outputs,
    }
    for name, count in sizes.items():
        if count > MOST[name]:
            raise ExerciseError(f"error.sheet.{name}", count=count, most=MOST[name])


_BACK = ("backward", "gradient", "update")
_GROUPS = {
    "forward": "forward", "output": "forward", "loss": "forward", "backward": "backward",
    "gradient": "gradient", "update": "update",
}  # fmt: skip


def _rows(numbers: Sequence[Any]) -> list[list[str]]:
    """Return a matrix, or a list as a column, as texts; a dash where nothing counts."""
    rows = numbers if numbers and isinstance(numbers[0], list) else [[each] for each in numbers]
    return [["–" if each is None or each != each else exact(each) for each in row] for row in rows]


def _answer(line: Line, plain: Plain, tex: Tex, asked: bool) -> Answer:
    value = rounded(line.value, plain.decimals)
    letters, numbers = line.expression.write(plain), line.expression.write(plain.with_numbers())
    tex_letters, tex_numbers = line.expression.write(tex), line.expression.write(tex.with_numbers())
    parts = [(line.label, tex_label(line.label)), (letters, tex_letters), (numbers, tex_numbers)]
    if numbers in (letters, value):
        parts.pop()
    parts.append((value, tex_number(value)))
    texts, texes = zip(*parts, strict=True)
    return Answer(texts, texes, asked)
