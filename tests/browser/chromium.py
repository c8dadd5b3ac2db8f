"""Find a Chromium for the browser tests, or install one: ``python -m tests.browser.chromium``."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SHELL = "chromium-headless-shell"
"""Chromium without the parts that need a window, which Playwright takes too: a seventh less work per test."""
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
WHERE = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
FONTS = "fonts-noto-cjk"


class NoBrowserError(RuntimeError):
    """No Chromium here, and none could be installed."""


def find() -> Path | None:
    """The browser to test with: $CHROMIUM, else the system's, else Playwright's own, else None.

    Raises:
        NoBrowserError: if $CHROMIUM names something that does not start.
    """
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        path = Path(shutil.which(chosen) or chosen)
        if not starts(path):
            raise NoBrowserError(f"CHROMIUM is {chosen}, and that does not start as a browser.")
        return path
    return next((path for path in candidates() if starts(path)), None)


def candidates() -> Iterator[Path]:
    yield from system()
    yield MAC
    # In a process of its own, since Playwright cannot start twice in one.
    asked = subprocess.run([sys.executable, "-c", WHERE], capture_output=True, text=True, timeout=60)
    if asked.returncode == 0:
        yield Path(asked.stdout.strip())


def system() -> Iterator[Path]:
    yield from (Path(path) for name in NAMES if (path := shutil.which(name)))


def starts(path: Path) -> bool:
    """Whether the program answers; Ubuntu's ``chromium-browser`` may only ask for a snap."""
    if not path.is_file():
        return False
    if sys.platform == "win32":  # chrome.exe --version opens a window there
        return True
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> Path:
    """Install a browser: the system's package where that needs no password, else Playwright's download.

    Raises:
        NoBrowserError: if neither way leads to a browser that starts.
    """
    if install_packages() and (path := find()):
        return path
    if run([sys.executable, "-m", "playwright", "install", "chromium"]) and (path := find()):
        return path
    raise NoBrowserError(
        "The browser tests need a Chromium. Install chromium or google-chrome, "
        "or name the one you have: make test CHROMIUM=/path/to/chrome"
    )


def install_packages() -> bool:
    """Install Debian's Chromium and Chinese fonts where that needs no password; whether that was done."""
    if not shutil.which("apt-get"):
        return False
    if os.geteuid() == 0:
        prefix = ["env"]
    elif shutil.which("sudo") and run(["sudo", "-n", "true"]):
        prefix = ["sudo", "-n", "env"]
    else:
        return False
    prefix += ["DEBIAN_FRONTEND=noninteractive", "apt-get"]
    install = [*prefix, "install", "-y", "--no-install-recommends", FONTS]
    return run([*prefix, "update"]) and any(run([*install, name]) for name in (SHELL, "chromium"))


def run(command: list[str]) -> bool:
    return subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0


def main() -> int:
    if sys.argv[1:] == ["--system"]:  # where that is possible and needed; the rest is done without it
        if "CHROMIUM" not in os.environ and not any(map(starts, system())):
            install_packages()
        return 0
    try:
        path = find() or install()
    except NoBrowserError as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"Browser: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
