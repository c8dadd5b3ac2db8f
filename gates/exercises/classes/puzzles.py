"""Puzzles for a class, one a student: on paper, for a learning platform, and marks by what an answer does.

Weights are right, whatever they are, if the cell does with them what is asked on every hidden sequence; a
strip is right if it is the gate that was asked for. A seed says the whole puzzle, so a set keeps no more.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gates.exercises.arithmetic.writers import exact, rounded
from gates.exercises.check import read_answer
from gates.exercises.classes.answers import answers, assigned
from gates.exercises.errors import ExerciseError
from gates.exercises.puzzles.designs import DESIGNS, Design, design
from gates.exercises.puzzles.strips import DECIMALS, LETTERS, SIGNS, STRIP, Strips, strips
from gates.exercises.sheets import html
from gates.exercises.sheets.blocks import (
    Blanks,
    Block,
    Document,
    Fields,
    Heading,
    Maths,
    Matrices,
    Matrix,
    PageBreak,
    Paragraph,
    Prose,
    Table,
)
from gates.exercises.sheets.content import Options
from gates.text import Translator, escape, translator

Puzzle: TypeAlias = Design | Strips

PUZZLES = (*DESIGNS, STRIP)
"""The puzzles by name."""


@dataclass(frozen=True)
class PuzzleSet:
    """A set: its puzzles by number, which is the seed of each; the rest as of ``sets.ClassSet``."""

    template: str
    exercises: Mapping[int, Puzzle]
    points: float
    language: str
    students: Mapping[str, int]
    decimals: int = DECIMALS

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of what is to be found: weights, or ``strip``."""
        return asked(next(iter(self.exercises.values())))

    def of(self, student: str) -> int | None:
        """Return the number of a student's puzzle, None for nobody of this set."""
        return assigned(student, self.students, self.exercises)


@dataclass(frozen=True)
class PuzzleMark:
    """A student's answer: right or not, and in numbers how far; ``sentence`` says so."""

    student: str
    number: int
    right: bool
    sentence: str


def puzzle(name: str, seed: int) -> Puzzle:
    """Return the puzzle of a name and a seed."""
    return strips(seed) if name == STRIP else design(name, seed)


def make(
    name: str, numbers: Iterable[int], *, points: float, language: str, students: Mapping[str, int]
) -> PuzzleSet:
    """Return a set, a puzzle a seed."""
    return PuzzleSet(name, {seed: puzzle(name, seed) for seed in numbers}, points, language, students)


def asked(task: Puzzle) -> tuple[str, ...]:
    """Return the names of what is to be found."""
    return tuple(task.blanks) if isinstance(task, Design) else ("strip",)


def question(task: Puzzle, t: Translator) -> str:
    """Return the task in a sentence."""
    if isinstance(task, Design):
        return t(f"design.{task.id}", **task.values)
    return t("puzzle.strips", gate=task.letter)


# Marks


def mark(puzzle_set: PuzzleSet, text: str, t: Translator) -> tuple[PuzzleMark, ...]:
    """Mark a CSV file of answers, a row a student; what is no answer is wrong, and said so.

    Raises:
        ExerciseError: as :func:`gates.exercises.classes.answers.answers`.
    """
    marked = []
    for student, number, cells in answers(puzzle_set, text):
        right, sentence = _judged(puzzle_set.exercises[number], cells, t)
        marked.append(PuzzleMark(student, number, right, sentence))
    return tuple(marked)


def _judged(task: Puzzle, cells: Mapping[str, str], t: Translator) -> tuple[bool, str]:
    if isinstance(task, Strips):
        answered = cells.get("strip", "").upper()
        key = "puzzle.right" if answered == task.answer else "puzzle.wrong"
        return answered == task.answer, t(key, gate=task.letter, answer=task.answer)
    answers = {}
    for name in task.blanks:
        typed = read_answer(cells.get(name, ""))
        if typed is None:
            return False, t("error.puzzle.typed", found=cells.get(name, "")[:40], name=name)
        answers[name] = typed.value
    try:
        judged = task.judge(answers)
    except ExerciseError as wrong:
        return False, t(wrong.key, **wrong.values)
    return judged.solved, t("puzzle.judged", right=judged.hidden.right, of=judged.hidden.of)


def table(puzzle_set: PuzzleSet, marked: Sequence[PuzzleMark]) -> str:
    """Return the marks as CSV: points, and how the answer was judged."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("student", "exercise", "points", "of", "verdict", "judged"))
    for each in marked:
        points = puzzle_set.points if each.right else 0
        verdict = "right" if each.right else "wrong"
        cells = (each.student, each.number, f"{points:g}", f"{puzzle_set.points:g}", verdict, each.sentence)
        writer.writerow([escape.table_cell(cell) for cell in cells])
    return out.getvalue()


def summary(puzzle_set: PuzzleSet, marked: Sequence[PuzzleMark], t: Translator) -> str:
    """Return the class in a line."""
    if not marked:
        return t("mark.nobody")
    mean = puzzle_set.points * sum(each.right for each in marked) / len(marked)
    return t("mark.mean", count=len(marked), mean=f"{round(mean, 2):g}", of=f"{puzzle_set.points:g}")


# On paper


def paper(puzzle_set: PuzzleSet, options: Options) -> str:
    """Return worksheets or keys of all puzzles, a page each, as one HTML page to be printed."""
    t = translator(options.language)
    blocks: list[Block] = []
    for number, each in puzzle_set.exercises.items():
        blocks += [
            *([PageBreak()] if blocks else []),
            *_sheet(puzzle_set.template, number, each, options.part, t),
        ]
    title = t(f"puzzle.{puzzle_set.template}.title")
    return html.write(Document(title, options.language, options.paper, tuple(blocks), ""))


def _sheet(name: str, number: int, task: Puzzle, part: str, t: Translator) -> Iterator[Block]:
    title = t("generate.title", title=t(f"puzzle.{name}.title"), number=number)
    yield Heading(t("sheet.title", title=title, what=t(f"sheet.{part}")), 1)
    if part == "worksheet":
        yield Fields((t("sheet.name"), t("sheet.date")))
    yield Paragraph((question(task, t),))
    yield from given(task, t)
    if part == "worksheet":
        yield Heading(t("sheet.wanted"))
        yield Blanks((task.letter,) if isinstance(task, Strips) else tuple(task.blanks))
        return
    yield Heading(t("puzzle.key"))
    if isinstance(task, Strips):
        named = (f"{letter} = {SIGNS[gate]}" for letter, gate in zip(LETTERS, task.order, strict=True))
        yield Paragraph((Maths(f"{task.letter} = {task.answer}"),))
        yield Paragraph(
            (Maths(", ".join(named)), ": ", Maths("c = f⊙c₋₁ + i⊙g"), ", ", Maths("h = o⊙tanh(c)"))
        )
        return
    solution = ", ".join(f"{blank} = {rounded(value, 3)}" for blank, value in task.solution.items())
    yield Paragraph((t("puzzle.key.some"), t.between, Maths(solution)))


def given(task: Puzzle, t: Translator) -> Iterator[Block]:
    """Yield what is given: the strips as numbers, or the weights with what is to be found left open."""
    if isinstance(task, Strips):
        head: tuple[Prose, ...] = (("t",), *((str(step + 1),) for step in range(task.exercise.steps)))
        body: list[tuple[Prose, ...]] = [
            ((Maths(name),), *((rounded(float(value), DECIMALS),) for value in values))
            for name, values in task.rows.items()
        ]
        yield Paragraph((t("puzzle.start", c=exact(task.start)),))
        yield Table(head, tuple(body))
        return
    wanted = {(weight.matrix, weight.part, weight.column) for weight in task.blanks.values()}
    for part, weights in task.exercise.parts.items():
        W = ["?" if ("W", part, k) in wanted else exact(value) for k, value in enumerate(weights.W[0])]
        b = "?" if ("b", part, 0) in wanted else exact(weights.b[0])
        members = (Matrix("W", [W]), Matrix("U", [[exact(weights.U[0, 0])]]), Matrix("b", [[b]]))
        yield Matrices(t(f"sheet.part.{part}"), members)
