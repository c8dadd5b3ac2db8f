"""The command ``gatescope puzzle``: asks one, and judges an answer to it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from gates import commands
from gates.exercises.arithmetic.writers import exact, rounded
from gates.exercises.check import read_answer
from gates.exercises.errors import ExerciseError
from gates.exercises.puzzles.designs import DESIGNS, Design, design
from gates.exercises.puzzles.strips import DECIMALS, LETTERS, STRIP, Strips, feedback, strips
from gates.text import Translator, translator

NAMES = (*DESIGNS, STRIP)


def main(words: Sequence[str], prog: str = "gatescope puzzle") -> int:
    """Ask the puzzle that ``words`` name, or judge their answer; return 0 if that is right, else 1."""
    arguments = _parser(translator("en"), prog).parse_args(words)
    t = translator(arguments.language)
    try:
        if arguments.answer is None:
            ask(t, arguments.name, arguments.seed)
            return commands.DONE
        if arguments.name == STRIP:
            return _strip(t, strips(arguments.seed), arguments.answer)
        return _design(t, design(arguments.name, arguments.seed), arguments.answer)
    except ExerciseError as wrong:
        return commands.refuse(t, wrong)


def _parser(t: Translator, prog: str) -> argparse.ArgumentParser:
    parser = commands.parser(prog, "NAME [--seed N] [--answer b_f=2.94 …]", t, "command.puzzle")
    names = ", ".join(NAMES)
    parser.add_argument("name", choices=NAMES, metavar="NAME", help=t("command.puzzle.name", names=names))
    parser.add_argument("--seed", type=int, default=1, metavar="N", help=t("command.puzzle.seed"))
    parser.add_argument("--answer", nargs="+", metavar="ANSWER", help=t("command.puzzle.answer"))
    commands.add_language(parser, t)
    return parser


def ask(t: Translator, name: str, seed: int) -> None:
    """Print a puzzle.

    Raises:
        ExerciseError: there is none of this name, or no run was found for the seed.
    """
    if name == STRIP:
        _ask_strip(t, strips(seed))
    else:
        _ask_design(t, design(name, seed))


def _ask_design(t: Translator, task: Design) -> None:
    print(t(f"design.{task.id}", **task.values))
    for name, part in task.exercise.parts.items():
        W, U, b = ", ".join(map(exact, part.W[0])), exact(part.U[0, 0]), exact(part.b[0])
        print(f"  {t(f'sheet.part.{name}')}: W = [{W}], U = {U}, b = {b}")
    print(t("puzzle.find", names=", ".join(task.blanks)))


def _design(t: Translator, task: Design, answer: Sequence[str]) -> int:
    answers = {}
    for text in answer:
        name, _, number = text.partition("=")
        typed = read_answer(number)
        if typed is None:
            raise ExerciseError("error.puzzle.typed", found=text[:40], name=next(iter(task.blanks)))
        answers[name.strip()] = typed.value
    judged = task.judge(answers)
    print(t("puzzle.judged", right=judged.hidden.right, of=judged.hidden.of))
    if judged.miss is not None:
        miss = judged.miss
        low, high = (rounded(edge, 3) for edge in miss.band)
        values = {"step": miss.step + 1, "value": rounded(miss.value, 3), "low": low, "high": high}
        print(t("puzzle.miss", tokens=" ".join(miss.tokens), **values))
    return commands.DONE if judged.solved else commands.WRONG


def _ask_strip(t: Translator, task: Strips) -> None:
    print(t("puzzle.strips", gate=task.letter))
    print(t("puzzle.start", c=exact(task.start)))
    for name, values in task.rows.items():
        print(f"  {name} " + "".join(f"{rounded(value, DECIMALS):>7}" for value in values))


def _strip(t: Translator, task: Strips, answer: Sequence[str]) -> int:
    letter = answer[0].strip().upper()
    if len(answer) != 1 or letter not in LETTERS:
        raise ExerciseError("error.puzzle.letter", found=" ".join(answer)[:40], choices=", ".join(LETTERS))
    for key, values in feedback(task, letter):
        print(t(key, **values))
    return commands.DONE if letter == task.answer else commands.WRONG
