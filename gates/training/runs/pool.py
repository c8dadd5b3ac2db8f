"""All runs of one server: which train, which wait, who may stop them, and when they end by themselves.

Each run is a process of its own (:mod:`gates.training.runs.worker`), so that neither a crash nor a want of
memory reaches the server or another run. At most as many train at once as there are cores; the others wait
their turn and know their place.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gates.paths import ROOT
from gates.training.errors import TrainingError, code_of, kind_of
from gates.training.runs.folder import ENDED, UNREADABLE, RunFolder, Status
from gates.training.runs.worker import REFUSED

if TYPE_CHECKING:
    from gates.training.recipe import Recipe

WORKER = (sys.executable, "-m", "gates.training.runs.worker")
PREFIX = "gatescope-runs-"
PULSE = 0.1  # seconds between two looks at the processes
IDLE = 60.0  # the same while nothing trains
RETRY = 1.0  # seconds until the next look after one that failed

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What a pool allows. Times in seconds, sizes in bytes.

    at_once: how many runs train at the same time. waiting: how many may wait. each: how many runs that have
    not ended one owner may have. source: of own data. unwatched: how long a run goes on that nobody looks at.
    grace: how long a run may take to stop by itself. kept: how many ended runs are kept, and for how long
    (``old``) at most.
    """

    at_once: int
    waiting: int = 16
    each: int = 4
    source: int = 2 * 10**6
    unwatched: float = 600.0
    grace: float = 0.7
    kept: int = 60
    old: float = 24 * 3600.0


@dataclass(frozen=True)
class View:
    """A run as anybody with its id may see it. place: in the queue, from 1; 0 if it does not wait."""

    id: str
    recipe: Recipe
    folder: RunFolder
    status: Status
    place: int

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.status.state in ENDED


@dataclass
class _Run:
    id: str
    owner: str
    recipe: Recipe
    folder: RunFolder
    process: subprocess.Popen[str] | None = None
    paused: bool = False
    ended: Status | None = None
    reason: str = ""  # the key that says why it was made to stop
    last: Status = field(default_factory=lambda: Status("queued"))  # what was read of it last
    stop_by: float | None = None
    seen: float = field(default_factory=time.monotonic)

    def read(self) -> Status:
        """How far it says that it came; the last that it said, where that can no longer be read."""
        status = self.folder.status
        if status.key != UNREADABLE:
            self.last = status
        return self.last

    def tell(self, order: str) -> None:
        """Send a line to the process; one that is gone has nothing to do any more."""
        if self.process and self.process.stdin:
            with contextlib.suppress(OSError, ValueError):
                self.process.stdin.write(f"{order}\n")
                self.process.stdin.flush()


class Pool:
    """The runs of a server. Its methods may be called from any thread.

    folder: where the runs are kept; a temporary one if None. command: what trains, given the run's folder.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        limits: Limits | None = None,
        command: Sequence[str] = WORKER,
    ) -> None:
        sweep(Path(tempfile.gettempdir()))
        self.folder = folder or Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.limits = limits or Limits(at_once=cores())
        self._command = tuple(command)
        self._runs: dict[str, _Run] = {}
        self._queue: list[_Run] = []
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._closed = False
        threading.Thread(target=self._watch, daemon=True, name="gatescope-pool").start()

    # What a page asks for

    def start(self, recipe: Recipe, source: str | None, owner: str) -> str:
        """Let a run begin, or wait where all places are taken; return its id, which nobody can guess.

        Raises:
            TrainingError: the recipe or the data are none, there are too many runs already, or the disk
                takes no more.
        """
        recipe.check()
        if source is not None and len(source.encode()) > self.limits.source:
            most = f"{self.limits.source / 1e6:g}"
            raise TrainingError("error.training.source_size", size=f"{len(source):,}", most=most)
        with self._lock:
            going = [run for run in self._runs.values() if run.ended is None]
            if sum(run.owner == owner for run in going) >= self.limits.each:
                raise TrainingError("error.training.pool.own", most=self.limits.each)
            if len(self._queue) >= self.limits.waiting:
                raise TrainingError("error.training.pool.full", most=self.limits.waiting)
            name = secrets.token_urlsafe(12)
            run = _Run(name, owner, recipe, self._create(name, recipe, source))
            self._runs[name] = run
            self._queue.append(run)
            self._turn()
        self._wake.set()
        return name

    def look(self, name: str) -> View | None:
        """Return a run as it stands, and note that somebody watches it; None if there is no such run."""
        with self._lock:
            run = self._runs.get(name)
            if run is None:
                return None
            run.seen = time.monotonic()
            place = self._queue.index(run) + 1 if run in self._queue else 0
            return View(name, run.recipe, run.folder, self._status(run), place)

    def owns(self, name: str, owner: str) -> bool:
        """Whether a run was started by an owner."""
        run = self._runs.get(name)
        return run is not None and secrets.compare_digest(run.owner.encode(), owner.encode())

    def stop(self, name: str, owner: str) -> bool:
        """End a run, keeping what it has; only its owner may. Return whether it was allowed."""
        with self._lock:
            if not self.owns(name, owner):
                return False
            self._stop(self._runs[name], "training.ended.stopped")
        self._wake.set()
        return True

    def pause(self, name: str, owner: str) -> bool:
        """Let a run rest; its place goes to who waits. Only its owner may; return whether it was allowed."""
        with self._lock:
            if not self.owns(name, owner):
                return False
            run = self._runs[name]
            if run.ended is None and run.process is not None and not run.paused:
                run.paused = True
                run.tell("pause")
                self._turn()
        return True

    def resume(self, name: str, owner: str) -> bool:
        """Let a run go on that rests, in its turn. Only its owner may; return whether it was allowed."""
        with self._lock:
            if not self.owns(name, owner):
                return False
            run = self._runs[name]
            if run.ended is None and run.paused and run not in self._queue:
                self._queue.append(run)
                self._turn()
        return True

    def _create(self, name: str, recipe: Recipe, source: str | None) -> RunFolder:
        path = self.folder / name
        try:
            return RunFolder.create(path, recipe.to_json(), source)
        except OSError as wrong:
            shutil.rmtree(path, ignore_errors=True)
            key = f"error.training.disk.{kind_of(wrong)}"
            _log.warning("No run can begin: %s", wrong)
            raise TrainingError(key, code=code_of(wrong)) from wrong

    def close(self) -> None:
        """End every process and forget every run."""
        with self._lock:
            self._closed = True
            for run in self._runs.values():
                if run.process is not None:
                    _end(run.process)
            self._runs.clear()
            self._queue.clear()
        self._wake.set()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _status(self, run: _Run) -> Status:
        """How far a run came; what it says itself is corrected by what only the pool knows."""
        if run.ended:
            return run.ended
        status = run.read()
        if status.state in ENDED:
            return replace(status, key=run.reason or status.key)
        if run in self._queue:
            return replace(status, state="queued")
        return replace(status, state="paused") if run.paused else status

    # What goes on by itself

    def _turn(self) -> None:
        """Give free places to those who wait, in the order in which they came."""
        working = sum(run.process is not None and not run.paused for run in self._going())
        while self._queue and working < self.limits.at_once:
            run = self._queue.pop(0)
            try:
                if run.process is None:
                    run.process = self._spawn(run)
            except Exception as wrong:
                self._fail(run, wrong)
                continue
            run.paused = False
            run.tell("continue")
            working += 1

    def _going(self) -> list[_Run]:
        return [run for run in self._runs.values() if run.ended is None]

    def _spawn(self, run: _Run) -> subprocess.Popen[str]:
        """Start the process of a run: one thread for its sums, no terminal, and a pipe that ends with us."""
        threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        with (run.folder.path / "log.txt").open("wb") as log:
            return subprocess.Popen(
                [*self._command, str(run.folder.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=ROOT,
                env={**os.environ, **threads},
                text=True,
                start_new_session=True,  # a Ctrl-C at the server's terminal is not for the runs
            )

    def _watch(self) -> None:
        while not self._closed:
            try:
                pause = PULSE if self._look_after_all() else IDLE
            except Exception:  # without this thread no run would ever start again
                _log.exception("The runs could not be looked after; trying again.")
                pause = RETRY
            self._wake.wait(pause)
            self._wake.clear()

    def _look_after_all(self) -> bool:
        """Note what became of every run, and give free places away; return whether any run goes on."""
        with self._lock:
            for run in self._going():
                try:
                    self._attend(run)
                except Exception as wrong:
                    self._fail(run, wrong)
            self._turn()
            self._forget()
            return bool(self._going())

    def _attend(self, run: _Run) -> None:
        """Note what became of a run since the last look, and end it where it is time."""
        now = time.monotonic()
        if run.stop_by is not None and run.process is not None and now > run.stop_by:
            run.process.kill()
        if run.process is not None and run.process.poll() is not None:
            self._ended(run, run.process)
        elif not run.folder.path.is_dir():
            self._fail(run, FileNotFoundError(errno.ENOENT, "the folder is gone", str(run.folder.path)))
        elif run.stop_by is None and now - run.seen > self.limits.unwatched:
            self._stop(run, "training.ended.unwatched")

    def _fail(self, run: _Run, wrong: Exception) -> None:
        """End a run that the server cannot look after, and say why; nothing here may fail in its turn."""
        if run.process is not None:
            with contextlib.suppress(OSError):
                run.process.kill()
        if isinstance(wrong, OSError):
            _log.warning("Run %s ended: %s", run.id, wrong)
            key, values = f"training.ended.disk.{kind_of(wrong)}", {"code": code_of(wrong)}
        else:
            _log.error("Run %s ended by a fault.", run.id, exc_info=wrong)
            key, values = "training.ended.error", {"kind": type(wrong).__name__}
        status = run.read()
        self._settle(run, replace(status, state="failed", key=key, values={"step": status.step} | values))

    def _stop(self, run: _Run, reason: str) -> None:
        if run.ended is not None or run.stop_by is not None:
            return
        run.reason = reason
        if run.process is None:
            self._settle(run, replace(run.read(), state="stopped", key="training.ended.waiting"))
            return
        run.stop_by = time.monotonic() + self.limits.grace
        run.tell("stop")

    def _ended(self, run: _Run, process: subprocess.Popen[str]) -> None:
        """Say how a run ended whose process is gone: as it says itself, or else by what killed it."""
        if process.stdin:
            with contextlib.suppress(OSError):
                process.stdin.close()
        status, code = run.read(), process.returncode
        refused = next((kind for kind, number in REFUSED.items() if number == code), None)
        values = {"step": status.step, "code": code}
        if status.state not in ENDED and refused:
            status = replace(status, state="failed", key=f"training.ended.disk.{refused}", values=values)
        elif status.state not in ENDED or (status.state == "stopped" and run.reason):
            key = run.reason or "training.ended.killed"
            status = replace(status, state="stopped" if run.reason else "lost", key=key, values=values)
        self._settle(run, status)

    def _settle(self, run: _Run, status: Status) -> None:
        run.ended = status
        if run in self._queue:
            self._queue.remove(run)
        with contextlib.suppress(OSError):
            run.folder.write_status(status)

    def _forget(self) -> None:
        """Remove the folders of runs that ended long ago, or of the oldest where there are too many."""
        ended = sorted((run for run in self._runs.values() if run.ended), key=lambda run: run.seen)
        now = time.monotonic()
        for place, run in enumerate(ended):
            if now - run.seen > self.limits.old or len(ended) - place > self.limits.kept:
                del self._runs[run.id]
                shutil.rmtree(run.folder.path, ignore_errors=True)


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def sweep(where: Path) -> None:
    """Remove what servers left behind that were killed: their folders bear the number of their process."""
    for path in where.glob(f"{PREFIX}*"):
        number = path.name.removeprefix(PREFIX).partition("-")[0]
        if number.isdigit() and not _lives(int(number)):
            shutil.rmtree(path, ignore_errors=True)


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


def _end(process: subprocess.Popen[str]) -> None:
    """Let a process go by closing its input, and make it go where it does not."""
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
