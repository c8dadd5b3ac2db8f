"""What the subcommands of ``gatescope`` have in common: exit statuses, options, files, refusals."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gates.errors import GatesError
from gates.text import LANGUAGES, Translator

DONE, WRONG, REFUSED = 0, 1, 2
"""Exit statuses. Wrong: an answer is; refused: what is asked for cannot be done."""


def parser(
    prog: str, usage: str, t: Translator, about: str, more: str | None = None
) -> argparse.ArgumentParser:
    """Return the parser of a subcommand.

    Args:
        prog: its name. usage: what follows that.
        t: the language of its help.
        about: the key of what it does. more: a sentence below the options.
    """
    return argparse.ArgumentParser(
        prog=prog, usage=f"{prog} [-h] {usage}", description=t(about), epilog=more, allow_abbrev=False
    )


def add_language(
    arguments: argparse.ArgumentParser, t: Translator, default: str | None = LANGUAGES[0]
) -> None:
    """Add the option ``--language``."""
    arguments.add_argument("--language", choices=LANGUAGES, default=default, help=t("command.language"))


def add_choice(
    arguments: argparse.ArgumentParser, t: Translator, name: str, choices: Sequence[str], key: str
) -> None:
    """Add the option ``--name``, the first of its choices by default; ``key`` is that of what it is for."""
    help_text = t(key, choices=", ".join(choices))
    arguments.add_argument(f"--{name}", choices=choices, default=choices[0], help=help_text)


def refuse(t: Translator, wrong: GatesError) -> int:
    """Say what is wrong, and return the exit status."""
    print(t(wrong.key, **wrong.values), file=sys.stderr)
    return REFUSED


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system says while a file or a folder is written into a sentence.

    Raises:
        GatesError: it cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise GatesError("command.unwritten", file=path, reason=error.strerror or error) from None


def write(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a text to a file.

    Raises:
        GatesError: it cannot be written.
    """
    with writing(path):
        path.write_text(text, encoding=encoding, newline="\n")
