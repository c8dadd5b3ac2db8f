"""The command ``gatescope``, as somebody types it."""

import sys
from pathlib import Path

import pytest

from gates import __main__ as command
from gates import __version__, commands, paths
from gates.training.tasks.registry import TASKS


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The words that Streamlit is started with."""
    from streamlit.web import cli

    words: list[list[str]] = []
    monkeypatch.setattr(cli, "main", lambda given, **_: words.append(given))
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


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(["--help"])
    assert end.value.code == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert set(command.COMMANDS) <= {words[0] for words in lines if len(words) > 1}
    with pytest.raises(SystemExit):
        command.main(["--version"])
    assert capsys.readouterr().out.split() == ["gatescope", __version__]


def test_a_mistyped_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(["trian"])
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert "trian" in error and all(name in error for name in command.COMMANDS)


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
    monkeypatch.setattr(command.metadata, "requires", lambda _: entries)
    assert command.main([]) == commands.REFUSED
    assert capsys.readouterr().err.rstrip().endswith('pip install "torch>=2.5" "brotli>=1"')


def test_a_fault_of_our_own_is_not_taken_for_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gates.training.__main__", None)
    monkeypatch.delattr("gates.training.__main__", raising=False)
    with pytest.raises(ImportError):
        command.main(["train", "--list"])
