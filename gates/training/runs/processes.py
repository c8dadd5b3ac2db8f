"""The processes that train, and the folder that tells one server's runs from those of servers long gone."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

from gates.paths import ROOT

fcntl: Any = None  # Windows has none; there the process's number alone tells whose a folder is
with contextlib.suppress(ImportError):
    import fcntl

WORKER = (sys.executable, "-m", "gates.training.runs.worker")
PREFIX = "gatescope-runs-"
LOCK = ".server"
PATIENCE = 1.0  # seconds that processes have to go by themselves

_claimed: dict[Path, IO[bytes] | None] = {}
_claiming = threading.Lock()


def spawn(command: Sequence[str], folder: Path) -> subprocess.Popen[str]:
    """Start the process of a run: one thread for its sums, no terminal, and a pipe that ends with us."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    with (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(
            [*command, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, **threads},
            text=True,
            start_new_session=True,  # a Ctrl-C at the server's terminal is not for the runs
        )


def close_input(process: subprocess.Popen[str]) -> None:
    """Tell a process that nobody waits for it any more, by which it ends."""
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()


def end(processes: Iterable[subprocess.Popen[str]]) -> None:
    """Let processes go by closing their input, and make those go that do not."""
    processes = list(processes)
    for process in processes:
        close_input(process)
    until = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(timeout=max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def claim() -> Path:
    """Make a temporary folder that is this process's for as long as it lives, and remove those of the dead.

    The folder bears the process's number and holds a locked file: numbers are given out again, and are the
    same in several containers, but a lock goes with its process.
    """
    where = Path(tempfile.gettempdir())
    with _claiming:
        _sweep(where)
        path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=where))
        _claimed[path] = _locked(path)
    return path


def release(path: Path) -> None:
    """Remove a folder with all that it holds, and the claim to it."""
    shutil.rmtree(path, ignore_errors=True)
    with _claiming:
        lock = _claimed.pop(path, None)
    if lock is not None:
        lock.close()


def sweep(where: Path) -> None:
    """Remove what servers left behind that were killed."""
    with _claiming:
        _sweep(where)


def _sweep(where: Path) -> None:
    for path in where.glob(f"{PREFIX}*"):
        if path not in _claimed and _abandoned(path):
            shutil.rmtree(path, ignore_errors=True)


def _locked(path: Path) -> IO[bytes] | None:
    """Lock a file in a folder. It gets its name when it is locked, so that nobody finds it unlocked."""
    if fcntl is None:
        return None
    part = path / f"{LOCK}.part"
    file = part.open("wb")
    with contextlib.suppress(OSError):  # a file system without locks
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        part.replace(path / LOCK)
    return file


def _abandoned(path: Path) -> bool:
    number = path.name.removeprefix(PREFIX).partition("-")[0]
    lock = path / LOCK
    try:
        if fcntl is not None and lock.exists():
            with lock.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except OSError:  # locked, or somebody else's
        return False
    return number.isdigit() and (int(number) == os.getpid() or not _lives(int(number)))


def _lives(process: int) -> bool:
    if os.name != "posix":  # there a signal of 0 would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True
