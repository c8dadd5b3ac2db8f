"""The commands ``gatescope generate`` and ``gatescope mark``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from gates import commands
from gates.errors import GatesError
from gates.examples.notation.letters import NOTATIONS
from gates.exercises.classes import marks, papers, platforms, puzzles, sets
from gates.exercises.classes.answers import LARGEST, LONGEST_ID
from gates.exercises.classes.puzzles import PUZZLES, PuzzleSet
from gates.exercises.errors import ExerciseError
from gates.exercises.file import dumps
from gates.exercises.generate import DIFFICULTIES, TEMPLATES
from gates.exercises.puzzles import command as asking
from gates.exercises.puzzles.strips import STRIP
from gates.exercises.sheets.content import PAPERS, Options
from gates.text import LANGUAGES, Translator, translator


def generate(words: Sequence[str], prog: str = "gatescope generate") -> int:
    """Write a set for a class, or print one exercise; return the exit status."""
    arguments = _generator(translator("en"), prog).parse_args(words)
    t = translator(arguments.language)
    if arguments.list:
        for name in TEMPLATES:
            print(f"{name:<16} {t(f'template.{name}')}")
        for name in PUZZLES:
            print(f"{name:<16} {t(f'puzzle.{name}.title')}")
        return commands.DONE
    try:
        numbers = sets.seeds(arguments.seeds)
        if arguments.template is None:
            raise ExerciseError(
                "error.generate.template", name="–", choices=", ".join((*TEMPLATES, *PUZZLES))
            )
        if arguments.out is None and len(numbers) > 1:
            raise ExerciseError("error.generate.out")
        class_set = sets.make(
            arguments.template,
            numbers,
            difficulty=arguments.difficulty,
            decimals=arguments.decimals,
            points=arguments.points,
            language=arguments.language,
            students=_students(arguments.students),
        )
        if arguments.out is None:
            _print(class_set, numbers[0], t)
            return commands.DONE
        key = "puzzles" if isinstance(class_set, PuzzleSet) else "written"
        with commands.writing(arguments.out):
            if isinstance(class_set, PuzzleSet):
                _save_puzzles(class_set, arguments.out, arguments.notation, arguments.paper)
            else:
                _save(class_set, arguments.out, arguments.notation, arguments.paper)
        print(t(f"command.generate.{key}", count=len(numbers), folder=arguments.out))
    except GatesError as wrong:
        return commands.refuse(t, wrong)
    return commands.DONE


def mark(words: Sequence[str], prog: str = "gatescope mark") -> int:
    """Mark a class; return the exit status."""
    arguments = _marker(translator("en"), prog).parse_args(words)
    t = translator(arguments.language or LANGUAGES[0])
    try:
        class_set = sets.read(arguments.set)
        t = translator(arguments.language or class_set.language)
        table, summary = _marked(class_set, _text(arguments.answers), t)
        out = arguments.out or arguments.set / "marks.csv"
        commands.write(out, table, "utf-8-sig")
        print(summary)
        print(t("command.written", file=out))
    except GatesError as wrong:
        return commands.refuse(t, wrong)
    return commands.DONE


def _print(class_set: sets.ClassSet | PuzzleSet, number: int, t: Translator) -> None:
    if isinstance(class_set, sets.ClassSet):
        print(dumps(class_set.exercises[number]), end="")
    else:
        asking.ask(t, class_set.template, number)


def _marked(class_set: sets.ClassSet | PuzzleSet, text: str, t: Translator) -> tuple[str, str]:
    """Return the table of the marks, and what is said of the class."""
    if isinstance(class_set, PuzzleSet):
        judged = puzzles.mark(class_set, text, t)
        return puzzles.table(class_set, judged), puzzles.summary(class_set, judged, t)
    marked = marks.mark(class_set, text)
    return marks.table(class_set, marked, t), marks.summary(class_set, marked, t)


def _save_puzzles(puzzle_set: PuzzleSet, folder: Path, notation: str, size: str) -> None:
    sets.write(puzzle_set, folder)
    for part, name in (("worksheet", "worksheets.html"), ("key", "keys.html")):
        options = Options(puzzle_set.language, notation, size, puzzle_set.decimals, part)
        (folder / name).write_text(puzzles.paper(puzzle_set, options), encoding="utf-8", newline="\n")
    (folder / "answers.csv").write_text(papers.form(puzzle_set), encoding="utf-8-sig", newline="\n")
    if puzzle_set.template == STRIP:  # a platform cannot run a cell with somebody's weights
        (folder / "moodle.xml").write_text(
            platforms.moodle_strips(puzzle_set), encoding="utf-8", newline="\n"
        )
        (folder / "qti.zip").write_bytes(platforms.qti_strips(puzzle_set))


def _save(class_set: sets.ClassSet, folder: Path, notation: str, size: str) -> None:
    sets.write(class_set, folder)
    for part, name in (("worksheet", "worksheets.html"), ("key", "keys.html")):
        options = Options(class_set.language, notation, size, class_set.decimals, part)
        (folder / name).write_text(papers.paper(class_set, options), encoding="utf-8", newline="\n")
    (folder / "answers.csv").write_text(papers.form(class_set), encoding="utf-8-sig", newline="\n")
    (folder / "moodle.xml").write_text(platforms.moodle(class_set), encoding="utf-8", newline="\n")
    (folder / "qti.zip").write_bytes(platforms.qti(class_set))


def _students(path: Path | None) -> list[str]:
    """Return the ids of a list of students, one a line."""
    if path is None:
        return []
    lines = (line.strip().strip('"').strip() for line in _text(path).splitlines())
    return [line[:LONGEST_ID] for line in lines if line]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1).decode("utf-8-sig")
    except OSError as error:
        raise ExerciseError("error.mark.unread", file=path, reason=error.strerror or error) from None
    except UnicodeDecodeError:
        raise ExerciseError("error.exercise.encoding") from None


def _generator(t: Translator, prog: str) -> argparse.ArgumentParser:
    usage = "[--list] --template NAME --seeds 1-150 --out FOLDER …"
    parser = commands.parser(prog, usage, t, "command.generate")
    parser.add_argument("--list", action="store_true", help=t("command.generate.list"))
    parser.add_argument("--template", metavar="NAME", help=t("command.generate.template"))
    parser.add_argument("--seeds", default="1", metavar="N-M", help=t("command.generate.seeds"))
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=t("command.generate.out"))
    parser.add_argument("--students", type=Path, metavar="FILE", help=t("command.generate.students"))
    parser.add_argument("--points", type=float, metavar="N", default=1, help=t("command.generate.points"))
    digits = t("command.solve.decimals")
    parser.add_argument("--decimals", type=int, choices=range(2, 7), default=3, metavar="N", help=digits)
    commands.add_choice(parser, t, "difficulty", DIFFICULTIES, "command.generate.difficulty")
    commands.add_choice(parser, t, "notation", NOTATIONS, "command.solve.notation")
    commands.add_choice(parser, t, "paper", PAPERS, "command.solve.paper")
    commands.add_language(parser, t)
    return parser


def _marker(t: Translator, prog: str) -> argparse.ArgumentParser:
    usage = "ANSWERS.csv --set FOLDER [--out MARKS.csv]"
    parser = commands.parser(prog, usage, t, "command.mark")
    parser.add_argument("answers", type=Path, metavar="ANSWERS.csv", help=t("command.mark.answers"))
    parser.add_argument("--set", type=Path, required=True, metavar="FOLDER", help=t("command.mark.set"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=t("command.mark.out"))
    commands.add_language(parser, t, default=None)
    return parser
