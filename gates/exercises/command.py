"""The command ``gatescope solve``: an exercise file's numbers."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gates import commands
from gates.errors import GatesError
from gates.examples.notation.letters import NOTATIONS
from gates.exercises import classics
from gates.exercises.check import judge
from gates.exercises.errors import ExerciseError
from gates.exercises.file import LARGEST_FILE, loads
from gates.exercises.mistakes import SolutionPaths
from gates.exercises.model import Exercise
from gates.exercises.sheets.content import PAPERS, PARTS, Options
from gates.exercises.sheets.sheet import WRITERS, sheet
from gates.exercises.solve import Solution
from gates.text import LANGUAGES, Translator, translator


def main(words: Sequence[str], prog: str = "gatescope solve") -> int:
    """Solve the exercise that ``words`` name; return the exit status."""
    arguments = _parser(translator("en"), prog).parse_args(words)
    t = translator(arguments.language)
    try:
        exercise = read(arguments.file, arguments.language)
        if arguments.check is not None:
            return _checked(t, exercise, arguments.check)
        if arguments.sheet is None:
            print(_printed(t, Solution(exercise), arguments.json))
        else:
            options = Options(
                arguments.language, arguments.notation, arguments.paper, arguments.decimals, arguments.part
            )
            commands.write(arguments.sheet, sheet(exercise, suffix(arguments.sheet), options))
            print(t("command.written", file=arguments.sheet))
    except GatesError as wrong:
        return commands.refuse(t, wrong)
    return commands.DONE


def _checked(t: Translator, exercise: Exercise, words: Sequence[str]) -> int:
    """Judge answers to some lines, name by name; return 0 if all are right, else 1."""
    answers = {}
    for word in words:
        name, sign, number = word.partition("=")
        if not sign:
            raise ExerciseError("error.check.typed", found=word[:40], name=name[:20] or "h1")
        answers[name.strip()] = number
    verdicts = judge(SolutionPaths(exercise, tuple(answers)), answers, tuple(answers))
    for verdict in verdicts:
        cause = f"  {t(f'mistake.{verdict.cause}')}" if verdict.cause else ""
        print(f"{verdict.name} = {answers[verdict.name].strip()}  {t(f'check.{verdict.status}')}{cause}")
    return commands.DONE if all(verdict.status == "right" for verdict in verdicts) else commands.WRONG


def suffix(path: Path) -> str:
    """Return the ending of a sheet's file, one of ``WRITERS``.

    Raises:
        ExerciseError: it is another one.
    """
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise ExerciseError("error.sheet.suffix", file=path, choices=", ".join(WRITERS))
    return suffix


def read(name: str, language: str = LANGUAGES[0]) -> Exercise:
    """Return the exercise of a file, or a published one by its id, with its title in a language.

    Raises:
        ExerciseError: there is no such file, or no exercise in it.
    """
    if name in classics.CLASSICS:
        return replace(classics.classic(name), title=translator(language)(f"exercise.{name}.title"))
    try:
        with Path(name).open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        ids = ", ".join(classics.CLASSICS)
        raise ExerciseError(
            "error.exercise.unread", file=name, reason=error.strerror or error, ids=ids
        ) from None
    return loads(content)


def _parser(t: Translator, prog: str) -> argparse.ArgumentParser:
    usage = "FILE [--json | --sheet FILE | --check LINE=NUMBER …] …"
    more = t("command.solve.classics", ids=", ".join(classics.CLASSICS))
    parser = commands.parser(prog, usage, t, "command.solve", more)
    parser.add_argument("file", metavar="FILE", help=t("command.solve.file"))
    parser.add_argument("--json", action="store_true", help=t("command.solve.json"))
    commands.add_language(parser, t)
    parser.add_argument("--sheet", type=Path, metavar="FILE", help=t("command.solve.sheet"))
    parser.add_argument("--check", nargs="+", metavar="LINE=NUMBER", help=t("command.solve.check"))
    for name, choices in (("notation", NOTATIONS), ("paper", PAPERS), ("part", PARTS)):
        commands.add_choice(parser, t, name, choices, f"command.solve.{name}")
    digits = t("command.solve.decimals")
    parser.add_argument("--decimals", type=int, choices=range(1, 11), default=4, metavar="N", help=digits)
    return parser


def _printed(t: Translator, solution: Solution, as_json: bool) -> str:
    """Return the numbers as JSON, or the signals of each step and the loss in a few lines."""
    result = solution.to_json()
    if as_json:
        return json.dumps(result, ensure_ascii=False, allow_nan=False)
    names = [name for name in (*solution.exercise.cell.signals, "y") if name in solution.names]
    lines = []
    for number, step in enumerate(result["steps"], 1):
        lines.append(t("exercise.step", step=number))
        lines += [f"  {name:<10}" + "".join(f" {value:>10.6f}" for value in step[name]) for name in names]
    if solution.loss is not None:
        lines.append(f"{t('exercise.loss')} {solution.loss.value:.6f}")
    if solution.loss_after is not None:
        lines.append(f"{t('exercise.loss_after')} {solution.loss_after:.6f}")
    return "\n".join(lines)
