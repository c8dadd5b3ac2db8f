"""The command ``gatescope puzzle``: asks one, and judges an answer to it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from gates.exercises.arithmetic.writers import exact, rounded
from gates.exercises.check import read_answer
from gates.exercises.errors import ExerciseError
from gates.exercises.puzzles.designs import DESIGNS, Design, design
from gates.exercises.puzzles.strips import DECIMALS, LETTERS, Strips, strips
from gates.text import LANGUAGES, Translator, translator

DONE, WRONG, REFUSED = 0, 1, 2
STRIP = "which-strip"
NAMES = (*DESIGNS, STRIP)


def main(words: Sequence[str], prog: str = "gatescope puzzle") -> int:
    """Ask the puzzle that ``words`` name, or judge their answer; return 0 if that is right, else 1."""
    given = _parser(translator("en"), prog).parse_args(words)
    t = translator(given.language)
    try:
        if given.name == STRIP:
            return _strip(t, strips(given.seed), given.answer)
        return _design(t, design(given.name, given.seed), given.answer)
    except ExerciseError as wrong:
        print(t(wrong.key, **wrong.values), file=sys.stderr)
        return REFUSED


def _parser(t: Translator, prog: str) -> argparse.ArgumentParser:
    usage = f"{prog} [-h] NAME [--seed N] [--answer b_f=2.94 …]"
    parser = argparse.ArgumentParser(
        prog=prog, usage=usage, description=t("command.puzzle"), allow_abbrev=False
    )
    names = ", ".join(NAMES)
    parser.add_argument("name", choices=NAMES, metavar="NAME", help=t("command.puzzle.name", names=names))
    parser.add_argument("--seed", type=int, default=1, metavar="N", help=t("command.puzzle.seed"))
    parser.add_argument("--answer", nargs="+", metavar="ANSWER", help=t("command.puzzle.answer"))
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0], help=t("command.language"))
    return parser


def _design(t: Translator, own: Design, answer: Sequence[str] | None) -> int:
    if answer is None:
        print(t(f"design.{own.id}", **own.values))
        for name, part in own.exercise.parts.items():
            W, U, b = ", ".join(map(exact, part.W[0])), exact(part.U[0, 0]), exact(part.b[0])
            print(f"  {t(f'sheet.part.{name}')}: W = [{W}], U = {U}, b = {b}")
        print(t("puzzle.find", names=", ".join(own.blanks)))
        return DONE
    found = {}
    for text in answer:
        name, _, number = text.partition("=")
        typed = read_answer(number)
        if typed is None:
            raise ExerciseError("error.puzzle.typed", found=text[:40], name=next(iter(own.blanks)))
        found[name.strip()] = typed.value
    judged = own.judge(found)
    print(t("puzzle.judged", right=judged.hidden.right, of=judged.hidden.of))
    if judged.miss is not None:
        miss = judged.miss
        low, high = (rounded(edge, 3) for edge in miss.band)
        said = {"step": miss.step + 1, "value": rounded(miss.value, 3), "low": low, "high": high}
        print(t("puzzle.miss", tokens=" ".join(miss.tokens), **said))
    return DONE if judged.solved else WRONG


def _strip(t: Translator, own: Strips, answer: Sequence[str] | None) -> int:
    letter = {"input": "i", "forget": "f", "output": "o"}[own.asked]
    if answer is None:
        print(t("puzzle.strips", gate=letter))
        solution = own.solution
        rows = {"x": solution.signal("x"), **{k: v[:, None] for k, v in own.unnamed.items()}}
        rows |= {
            "g": solution.signal("candidate"),
            "c": solution.signal("cell"),
            "h": solution.signal("hidden"),
        }
        print(t("puzzle.start", c=exact(own.exercise.state[1][0])))
        for name, values in rows.items():
            print(f"  {name} " + "".join(f"{rounded(value, DECIMALS):>7}" for value in values[:, 0]))
        return DONE
    said = answer[0].strip().upper()
    if len(answer) != 1 or said not in LETTERS:
        raise ExerciseError("error.puzzle.letter", found=" ".join(answer)[:40], choices=", ".join(LETTERS))
    print(t("puzzle.right" if said == own.answer else "puzzle.wrong", gate=letter, answer=own.answer))
    return DONE if said == own.answer else WRONG
