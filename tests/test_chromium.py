"""The browser tests find their own browser, or install one, on a machine that nobody prepared."""

import os
import sys
from pathlib import Path

import pytest

from tests.browser import chromium

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")

STARTS = "exit 0"
ASKS_FOR_A_SNAP = "echo 'requires the chromium snap to be installed' >&2; exit 1"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty PATH, on which Playwright has downloaded nothing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "MAC", tmp_path / "none")
    return tmp_path


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_machine_without_a_browser_has_none(machine: Path) -> None:
    assert chromium.find() is None


def test_a_stand_in_that_does_not_start_is_passed_over(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chromium, "WHERE", "raise SystemExit(1)")  # Playwright is not installed
    program(machine / "chromium-browser", ASKS_FOR_A_SNAP)
    assert chromium.find() is None
    chrome = program(machine / "google-chrome", STARTS)
    assert chromium.find() == chrome


def test_the_browser_that_was_named_comes_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(machine / "chromium", STARTS)
    mine = program(machine / "mine", STARTS)
    monkeypatch.setenv("CHROMIUM", str(mine))
    assert chromium.find() == mine
    monkeypatch.setenv("CHROMIUM", str(program(machine / "broken", ASKS_FOR_A_SNAP)))
    with pytest.raises(chromium.NoBrowserError, match="broken"):
        chromium.find()


@pytest.mark.parametrize("has_shell", [True, False])
def test_debian_installs_it_by_package(
    has_shell: bool, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(machine / "env", 'export "$1"; shift; exec "$@"')
    browser = machine / ("chromium-headless-shell" if has_shell else "chromium")
    program(
        machine / "apt-get",
        f"""echo "$DEBIAN_FRONTEND $*" >> {machine}/log
        case "$*" in update) exit;; *" {browser.name}") ;; *) exit 100;; esac
        printf '#!/bin/sh\n' > {browser}; /bin/chmod +x {browser}""",
    )
    assert chromium.install() == browser
    update, *installs = (machine / "log").read_text().splitlines()
    assert update == "noninteractive update"
    assert len(installs) == (1 if has_shell else 2), "Ubuntu has no package of the shell"
    assert all(install.startswith("noninteractive install -y ") for install in installs)


def test_the_systems_package_is_installed_before_anything_else_and_once(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[bool] = []
    monkeypatch.setattr(chromium, "install_packages", lambda: installed.append(True))
    monkeypatch.setattr(sys, "argv", ["chromium", "--system"])
    assert chromium.main() == 0
    assert len(installed) == 1
    full = program(machine / "chromium", STARTS)
    assert chromium.main() == 0
    monkeypatch.setenv("CHROMIUM", "mine")
    full.unlink()
    assert chromium.main() == 0
    assert len(installed) == 1
    monkeypatch.delenv("CHROMIUM")
    program(machine / "google-chrome", STARTS)
    shell = program(machine / "chromium-headless-shell", STARTS)
    assert chromium.find() == shell


def test_without_any_way_it_says_what_to_do(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "run", lambda command: False)
    with pytest.raises(chromium.NoBrowserError, match="make test CHROMIUM="):
        chromium.install()
