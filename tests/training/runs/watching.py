"""What the tests of runs share: recipes, how to wait for something, and what is said at the end."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gates.text import LANGUAGES, translator
from gates.training.recipe import Recipe
from gates.training.runs.pool import Pool
from gates.training.runs.run import View

COMMAND = (sys.executable, "-m", "tests.training.runs.pretending")
_IDLE = """
import sys
try:
    with open(sys.argv[1] + "/source.txt") as source:
        if "stays" in source.read():
            sys.stdin.read()
except FileNotFoundError:
    pass
"""
IDLE = (sys.executable, "-I", "-S", "-c", _IDLE)
"""Starts at once and trains nothing: it ends with its input where a run's source is ``stays``, else alone."""
PATIENCE = 300.0
"""Seconds after which what is waited for never comes: a busy machine may take a minute for one process."""
QUICK = Recipe.of("parity", steps=20)
LONG = Recipe.of("parity", steps=90_000)

NewPool = Callable[..., Pool]


def until(pool: Pool, run: str, wanted: Callable[[View], bool], patience: float = PATIENCE) -> View:
    """Look at a run until something is so."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        view = pool.look(run)
        assert view is not None
        if wanted(view):
            return view
        time.sleep(0.02)
    raise AssertionError(f"still {view.status}")


def working(view: View) -> bool:
    return view.status.state == "running" and view.status.step > 0


def end_sentences(view: View) -> list[str]:
    """The sentence on how a run ended, in both languages: every key exists and every value is there."""
    return [translator(language)(view.status.key, **view.status.values) for language in LANGUAGES]


def process_of(pool: Pool, run: str) -> subprocess.Popen[str]:
    process = pool._runs[run].process
    assert process is not None
    return process


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not (state.exists() and ") Z" in state.read_text())


def gone(process: int) -> bool:
    """Whether a process ends, and does not only seem to for want of patience."""
    last = time.monotonic() + PATIENCE
    while alive(process) and time.monotonic() < last:
        time.sleep(0.05)
    return not alive(process)
