"""The command ``gatescope``, also ``python -m gates``: a subcommand for each thing to do from a terminal.

A subcommand is a function in ``COMMANDS`` that takes the words behind its name and returns the exit status,
and a sentence ``command.<name>`` that says what it does.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from types import MappingProxyType

from gates import __version__, commands, paths
from gates.text import Translator, translator

_OWN = {"-h", "--help", "--version"}  # the options that need no command


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what ``arguments`` say, those of the command line by default; return the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    t = translator("en")
    parser = _parser(t)
    if not words or (words[0].startswith("-") and words[0] not in _OWN):
        words.insert(0, "run")
    command = COMMANDS[parser.parse_args(words[:1]).command]
    try:
        return command(words[1:])
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in {"", "gates"}:
            raise
        print(t("command.missing", package=package, install=_install()), file=sys.stderr)
        return commands.REFUSED


def _parser(t: Translator) -> argparse.ArgumentParser:
    names = "\n".join(f"  {name:<8} {t(f'command.{name}')}" for name in COMMANDS)
    parser = argparse.ArgumentParser(
        prog="gatescope",
        usage="gatescope [-h] [--version] [command] …",
        description=t("command.about"),
        epilog=f"{t('command.list')}\n{names}\n\n{t('command.more')}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("command", choices=list(COMMANDS), metavar="command", help=argparse.SUPPRESS)
    parser.add_argument("--version", action="version", version=f"gatescope {__version__}")
    return parser


def _run(words: Sequence[str]) -> int:
    """Start the app; what is not known here goes to Streamlit as it is."""
    t = translator("en")
    parser = argparse.ArgumentParser(
        prog="gatescope run",
        usage="gatescope run [-h] [--port N] [--address HOST] …",
        description=t("command.run"),
        epilog=t("command.run.others"),
        allow_abbrev=False,
    )
    parser.add_argument("--port", type=int, metavar="N", help=t("command.run.port"))
    parser.add_argument("--address", metavar="HOST", help=t("command.run.address"))
    arguments, others = parser.parse_known_args(words)
    for option, value in (("--server.port", arguments.port), ("--server.address", arguments.address)):
        if value is not None:
            others += [option, str(value)]
    from streamlit.web import cli

    cli.main(["run", str(paths.APP / "app.py"), *others], prog_name="gatescope")
    return 0


def _train(words: Sequence[str]) -> int:
    """Train in the terminal, as ``python -m gates.training`` does."""
    from gates.training import __main__ as training

    return training.main(words, prog="gatescope train")


def _export(words: Sequence[str]) -> int:
    """Write states of the app into one HTML file."""
    from gates.export import command

    return command.main(words)


def _solve(words: Sequence[str]) -> int:
    """Solve an exercise file."""
    from gates.exercises import command

    return command.main(words)


def _generate(words: Sequence[str]) -> int:
    """Make exercises for a class."""
    from gates.exercises.classes import command

    return command.generate(words)


def _mark(words: Sequence[str]) -> int:
    """Mark a class's answers."""
    from gates.exercises.classes import command

    return command.mark(words)


def _puzzle(words: Sequence[str]) -> int:
    """Ask a puzzle."""
    from gates.exercises.puzzles import command

    return command.main(words)


def _class(words: Sequence[str]) -> int:
    """Count a class's results of the course."""
    from gates.course.classroom import command

    return command.main(words)


def _formulas(words: Sequence[str]) -> int:
    """Write a cell's formulas on one page."""
    from gates.glossary import command

    return command.main(words)


def _install() -> str:
    """The command that installs what the app needs beside the engine."""
    pip = f'"{sys.executable}" -m pip install'
    if not paths.INSTALLED:
        return f'{pip} -r "{paths.ROOT / "requirements.txt"}"'
    entries = [entry.partition(";") for entry in metadata.requires("gatescope") or []]
    app = [
        package.strip()
        for package, _, condition in entries
        if re.search(r"""extra == ['"]app['"]""", condition)
    ]
    return " ".join([pip, *(f'"{package}"' for package in app)])


COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = MappingProxyType(
    {
        "run": _run,
        "train": _train,
        "export": _export,
        "solve": _solve,
        "generate": _generate,
        "mark": _mark,
        "puzzle": _puzzle,
        "class": _class,
        "formulas": _formulas,
    }
)

if __name__ == "__main__":
    sys.exit(main())
