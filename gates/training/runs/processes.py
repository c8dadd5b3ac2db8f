"""The processes that train."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from gates.paths import ROOT
from gates.training.runs.claims import lock_of

WORKER = (sys.executable, "-m", "gates.training.runs.worker")
LONGEST_WAIT = 3.0  # seconds that processes have to put their runs on disk and go by themselves


def spawn(command: Sequence[str], folder: Path) -> subprocess.Popen[str]:
    """Start the process of a run: one thread for its sums, no terminal, and a pipe that ends with us."""
    lock = lock_of(folder.parent)
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
            pass_fds=() if lock is None else (lock,),
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
    until = time.monotonic() + LONGEST_WAIT
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
