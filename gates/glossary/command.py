"""The command ``gatescope formulas``: a cell's formulas on one page, to print."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from gates.examples.notation.letters import NOTATIONS
from gates.exercises.command import save
from gates.exercises.errors import ExerciseError
from gates.exercises.sheets.content import PAPERS
from gates.exercises.sheets.sheet import WRITERS
from gates.glossary.formulas import CELLS, UPDATES, Options, formula_sheet
from gates.text import LANGUAGES, Translator, translator

DONE, REFUSED = 0, 2


def main(words: Sequence[str], prog: str = "gatescope formulas") -> int:
    """Write the sheet that ``words`` ask for; return the exit status."""
    given = _parser(translator("en"), prog).parse_args(words)
    t = translator(given.language)
    suffix = given.out.suffix.lower()
    try:
        if suffix not in WRITERS:
            raise ExerciseError("error.sheet.suffix", file=given.out, choices=", ".join(WRITERS))
        options = Options(given.language, given.notation, given.z, given.paper)
        save(given.out, WRITERS[suffix](formula_sheet(given.cell, options)))
    except ExerciseError as wrong:
        print(t(wrong.key, **wrong.values), file=sys.stderr)
        return REFUSED
    print(t("command.solve.written", file=given.out))
    return DONE


def _parser(t: Translator, prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        usage=f"{prog} [-h] CELL --out FILE [--language …] [--notation …] [--z …] [--paper …]",
        description=t("command.formulas"),
        allow_abbrev=False,
    )
    parser.add_argument(
        "cell", choices=CELLS, metavar="CELL", help=t("command.formulas.cell", cells=", ".join(CELLS))
    )
    parser.add_argument(
        "--out", required=True, type=Path, metavar="FILE",
        help=t("command.formulas.out", choices=", ".join(WRITERS)),
    )  # fmt: skip
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0], help=t("command.language"))
    for name, key, choices in (
        ("notation", "notation", NOTATIONS), ("z", "update", UPDATES), ("paper", "paper", PAPERS),
    ):  # fmt: skip
        said = t(f"command.formulas.{key}", choices=", ".join(choices))
        parser.add_argument(f"--{name}", choices=choices, default=choices[0], help=said)
    return parser
