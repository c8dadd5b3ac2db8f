"""The command ``gatescope formulas``: a cell's formulas on one page, to print."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from gates import commands
from gates.errors import GatesError
from gates.examples.notation.letters import NOTATIONS
from gates.exercises.command import suffix
from gates.exercises.sheets.content import PAPERS
from gates.exercises.sheets.sheet import WRITERS
from gates.glossary.formulas import CELLS, UPDATES, Options, formula_sheet
from gates.text import Translator, translator


def main(words: Sequence[str], prog: str = "gatescope formulas") -> int:
    """Write the sheet that ``words`` ask for; return the exit status."""
    arguments = _parser(translator("en"), prog).parse_args(words)
    t = translator(arguments.language)
    try:
        options = Options(arguments.language, arguments.notation, arguments.z, arguments.paper)
        commands.write(arguments.out, WRITERS[suffix(arguments.out)](formula_sheet(arguments.cell, options)))
    except GatesError as wrong:
        return commands.refuse(t, wrong)
    print(t("command.written", file=arguments.out))
    return commands.DONE


def _parser(t: Translator, prog: str) -> argparse.ArgumentParser:
    usage = "CELL --out FILE [--language …] [--notation …] [--z …] [--paper …]"
    parser = commands.parser(prog, usage, t, "command.formulas")
    parser.add_argument(
        "cell", choices=CELLS, metavar="CELL", help=t("command.formulas.cell", cells=", ".join(CELLS))
    )
    parser.add_argument(
        "--out", required=True, type=Path, metavar="FILE",
        help=t("command.formulas.out", choices=", ".join(WRITERS)),
    )  # fmt: skip
    commands.add_language(parser, t)
    commands.add_choice(parser, t, "notation", NOTATIONS, "command.formulas.notation")
    commands.add_choice(parser, t, "z", UPDATES, "command.formulas.update")
    commands.add_choice(parser, t, "paper", PAPERS, "command.formulas.paper")
    return parser
