"""The command ``gatescope``, as somebody types it."""

import re
import sys
from pathlib import Path

import pytest

from gates import __main__ as command
from gates import __version__, commands, paths
from gates.text import translator
from gates.training.tasks.registry import TASKS


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The words that Streamlit is started with."""
    from streamlit.web import cli

    words: list[list[str]] = []

    def main(given: list[str], prog_name: str) -> None:
        assert prog_name == "gatescope"
        words.append(given)

    monkeypatch.setattr(cli, "main", main)
    return words


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ([], []),
        (["run"], []),
        (["--port", "8600"], ["--server.port", "8600"]),
        (["run", "--address", "0.0.0.0", "--port", "8600"],
         ["--server.port", "8600", "--server.address", "0.0.0.0"]),
        (["--server.headless", "true"], ["--server.headless", "true"]),
        (["run", "--por", "8600"], ["--por", "8600"]),  # no abbreviation of ours
    ],
)  # fmt: skip
def test_without_a_command_the_app_starts(
    typed: list[str], options: list[str], started: list[list[str]]
) -> None:
    assert command.main(typed) == 0
    assert started == [["run", str(paths.APP / "app.py"), *options]]
    assert Path(started[0][1]).is_file()


def test_train_is_the_trainer(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["train", "--list"]) == commands.DONE
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(TASKS)
    with pytest.raises(SystemExit):
        command.main(["train", "--help"])
    assert "usage: gatescope train" in capsys.readouterr().out
    assert command.main(["train", "no-such-task"]) == commands.REFUSED


def test_help_names_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # so that no line is broken
    t = translator("en")

    def shown(words: list[str]) -> tuple[str, str]:
        """What stands above the options and below them."""
        with pytest.raises(SystemExit) as end:
            command.main(words)
        assert end.value.code == 0
        above, options = capsys.readouterr().out.split("\n\noptions:\n")
        return above, options.partition("\n\n")[2]

    listed = "\n".join(f"  {name:<8} {t(f'command.{name}')}" for name in command.COMMANDS)
    assert shown(["--help"]) == (
        f"usage: gatescope [-h] [--version] [command] …\n\n{t('command.about')}",
        f"{t('command.list')}\n{listed}\n\n{t('command.more')}\n",
    )
    assert shown(["run", "--help"]) == (
        f"usage: gatescope run [-h] [--port N] [--address HOST] …\n\n{t('command.run')}",
        f"{t('command.run.others')}\n",
    )
    with pytest.raises(SystemExit):
        command.main(["run", "-h"])
    options = [line.split("  ") for line in capsys.readouterr().out.splitlines() if line.startswith("  --")]
    assert [(words[1], words[-1].strip()) for words in options] == [
        ("--port N", t("command.run.port")),
        ("--address HOST", t("command.run.address")),
    ]
    with pytest.raises(SystemExit):
        command.main(["--version"])
    assert capsys.readouterr().out.split() == ["gatescope", __version__]


def test_a_mistyped_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(["trian"])
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert "trian" in error and all(name in error for name in command.COMMANDS)
    assert error.startswith("usage: gatescope [-h]") and "\ngatescope: error: argument command: " in error


def test_a_missing_package_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "streamlit.web", None)  # so that importing it fails
    assert command.main([]) == commands.REFUSED
    error = capsys.readouterr().err
    assert "“streamlit”" in error
    assert f'-r "{paths.ROOT / "requirements.txt"}"' in error

    monkeypatch.setattr(paths, "INSTALLED", True)
    entries = [
        "numpy>=2",
        "torch>=2.5; extra == 'app'",
        'brotli>=1; extra == "app"',
        "keras; extra == 'keras'",
    ]
    monkeypatch.setattr(command.metadata, "requires", {"gatescope": entries}.get)
    assert command.main([]) == commands.REFUSED
    install = f'"{sys.executable}" -m pip install "torch>=2.5" "brotli>=1"'
    assert capsys.readouterr().err == (
        translator("en")("command.missing", package="streamlit", install=install) + "\n"
    )


def test_a_fault_of_our_own_is_not_taken_for_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gates.training.__main__", None)
    monkeypatch.delattr("gates.training.__main__", raising=False)
    with pytest.raises(ImportError):
        command.main(["train", "--list"])


OPTIONS = Path(__file__).parent / "options.txt"


def options_of(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    """A subcommand's usage, and how each argument is written that its help has a sentence for."""
    with pytest.raises(SystemExit) as end:
        command.main([name, "--help"])
    assert end.value.code == 0
    shown = capsys.readouterr().out
    usage, about, *_ = shown.split("\n\n")
    assert about == translator("en")(f"command.{name}") or name == "train"
    written, lines = [" ".join(usage.split())], shown.splitlines()
    for at, line in enumerate(lines):
        if found := re.match(r"  (\S.*?)(?:  +(\S.*))?$", line):
            assert found[2] or lines[at + 1].startswith(" " * 10), line  # a sentence, beside it or below
            written.append(f"  {found[1]}")
    return "\n".join([*written, ""])


def test_what_the_commands_take_is_what_was_looked_at(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where something else is meant, look at ``gatescope COMMAND --help`` and change the file."""
    monkeypatch.setenv("COLUMNS", "400")
    found = [options_of(name, capsys) for name in command.COMMANDS]
    assert "\n".join(found) == OPTIONS.read_text(encoding="utf-8")
