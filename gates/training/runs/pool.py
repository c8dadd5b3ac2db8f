"""All runs of one server: which train, which wait, who may stop them, and when they end by themselves.

Each run is a process of its own (:mod:`gates.training.runs.worker`), so that neither a crash nor a want of
memory reaches the server or another run. It ends with the server and stays on disk: the next server takes it
over as soon as somebody looks at it, and it goes on as if nothing had been. At most as many train at once as
there are cores; the others wait their turn and know their place. Of paused runs few stay in memory: the one
that has been paused longest is put on disk when another needs the room, and goes on from there too.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import secrets
import shutil
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gates.training.errors import TrainingError, code_of, kind_of
from gates.training.runs.claims import claim, release, sweep, take_over
from gates.training.runs.folder import Owner, RunFolder, Status
from gates.training.runs.limits import MEGABYTE, DiskUse, Limits, most_bytes, removable
from gates.training.runs.processes import WORKER, end, spawn
from gates.training.runs.run import Run, View, owner_digest
from gates.training.runs.worker import SUSPENDED

if TYPE_CHECKING:
    from gates.training.recipe import Recipe

POLL = 0.1  # seconds between two looks at the processes
IDLE = 60.0  # the same while nothing trains
RETRY = 1.0  # seconds until the next look after one that failed
SURVEY = 2.0  # seconds between two looks at who has a run open
SWEEP = 600.0  # seconds between two looks at what other servers have left
REMEMBERED = 1000  # runs of which it is still known why they were removed

_log = logging.getLogger(__name__)
_open: weakref.WeakSet[Pool] = weakref.WeakSet()


class Pool:
    """The runs of a server. Its methods may be called from any thread.

    folder: where the runs are kept while the pool lives; if None, in one that stays for the next server where
    there are any. command: what trains, given the run's folder. watching: whether one who looked at a run
    under that name still has it open; None where nobody can tell.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        limits: Limits | None = None,
        command: Sequence[str] = WORKER,
        watching: Callable[[str], bool] | None = None,
    ) -> None:
        self._folder = folder
        if folder is None:
            with contextlib.suppress(OSError):  # whoever wants to train is told
                self._folder = claim()
        self.limits = limits or Limits.for_machine(self._folder)
        self._command = tuple(command)
        self._watching = watching
        self._runs: dict[str, Run] = {}
        self._queue: list[Run] = []
        self._removed: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.RLock()
        self._taking = threading.Lock()
        self._wake = threading.Event()
        self._surveyed = 0.0
        self._swept = -SWEEP
        self._closed = False
        _open.add(self)
        threading.Thread(target=self._watch, daemon=True, name="gatescope-pool").start()

    @property
    def folder(self) -> Path:
        """Where the runs are kept. OSError where there is no place for them."""
        if self._folder is None:
            self._folder = claim()
        return self._folder

    # What a page asks for

    def start(self, recipe: Recipe, source: str | None, owner: str) -> str:
        """Let a run begin, or wait where all places are taken; return its id, which nobody can guess.

        Raises:
            TrainingError: the recipe or the data are none, there are too many runs already, or the disk
                takes no more.
        """
        recipe.check()
        size, most = len((source or "").encode()), self.limits.source
        if size > most:
            raise TrainingError("error.training.source_size", size=f"{size:,}", most=f"{most:,}")
        takes = most_bytes(recipe, source)
        owner = owner_digest(owner)
        with self._lock:
            if sum(run.owner == owner for run in self._unfinished()) >= self.limits.each:
                raise TrainingError("error.training.pool.own", most=self.limits.each)
            if len(self._queue) >= self.limits.waiting:
                raise TrainingError("error.training.pool.full", most=self.limits.waiting)
            self._make_room(owner, takes)
            name = secrets.token_urlsafe(12)
            folder = self._create(name, recipe, source, Owner(owner, takes))
            run = Run(name, owner, recipe, folder, takes)
            self._runs[name] = run
            self._queue.append(run)
            self._start_waiting()
        self._wake.set()
        return name

    def look(self, name: str, watcher: str = "") -> View | None:
        """Return a run as it stands, and note that somebody watches it; None if there is no such run.

        One that another server has left is taken over from it.

        watcher: by what name ``watching`` knows who looks.
        """
        if name not in self._runs:
            self._take_over(name)
        with self._lock:
            run = self._runs.get(name)
            if run is None:
                return None
            run.look()
            if watcher and self._watching is not None:
                run.watchers.add(watcher)
            place = self._queue.index(run) + 1 if run in self._queue else 0
            return View(name, run.recipe, run.folder, run.current(run in self._queue), place)

    def why_removed(self, name: str) -> str | None:
        """Return the key of the sentence that says why a run is not here any more; None if nobody knows."""
        return self._removed.get(name)

    def owns(self, name: str, owner: str) -> bool:
        """Whether a run was started by an owner."""
        run = self._runs.get(name)
        return run is not None and secrets.compare_digest(run.owner, owner_digest(owner))

    def owned(self, owners: Iterable[str]) -> list[Run]:
        """Return the runs that any of some owners started, the first one first; nobody is noted to look."""
        marks = {owner_digest(owner) for owner in owners}
        return [run for run in list(self._runs.values()) if run.owner in marks]

    def stop(self, name: str, owner: str) -> bool:
        """End a run, keeping what it has; only its owner may. Return whether it was allowed."""
        with self._lock:
            if not self.owns(name, owner):
                return False
            self._stop(self._runs[name], "training.ended.stopped")
        self._wake.set()
        return True

    def pause(self, name: str, owner: str) -> bool:
        """Pause a run; its place goes to who waits. Only its owner may; return whether it was allowed."""
        with self._lock:
            if not self.owns(name, owner):
                return False
            run = self._runs[name]
            if run.working and run.stop_by is None:
                run.paused, run.paused_at = True, time.monotonic()
                run.send("pause")
                self._start_waiting()
        return True

    def resume(self, name: str, owner: str) -> bool:
        """Let a paused run go on, in its turn. Only its owner may; return whether it was allowed."""
        with self._lock:
            if not self.owns(name, owner):
                return False
            run = self._runs[name]
            if run.ended is None and run.paused and run not in self._queue:
                self._queue.append(run)
                self._start_waiting()
        self._wake.set()
        return True

    def close(self) -> None:
        """End every process and forget every run; what the next server may take over is on disk then."""
        with self._lock:
            self._closed = True
            end([run.process for run in self._runs.values() if run.process is not None])
            for run in self._runs.values():
                if run.ended is None and run.stop_by is not None:
                    self._ended(run)
                elif run in self._queue:
                    with contextlib.suppress(OSError):
                        run.folder.write_status(run.current(queued=True))
            self._runs.clear()
            self._queue.clear()
        _open.discard(self)
        self._wake.set()
        if self._folder is not None:
            release(self._folder)

    def _take_over(self, name: str) -> None:
        """Take a run over from a server that is gone, if one has left it."""
        with self._taking:  # who asks for the same run meanwhile finds it
            if self._closed or name in self._runs or name in self._removed:
                return
            try:
                if (path := take_over(name, self.folder)) is None:
                    return
                run = Run.taken_over(path)
            except (OSError, ValueError) as wrong:
                _log.warning("A run could not be taken over: %s", wrong)
                return
            with self._lock:
                self._runs[name] = run
                if run.ended is None and not run.paused:
                    self._queue.append(run)
                    self._start_waiting()
        self._wake.set()

    def _create(self, name: str, recipe: Recipe, source: str | None, owner: Owner) -> RunFolder:
        try:
            return RunFolder.create(self.folder / name, recipe.to_json(), source, owner)
        except OSError as wrong:
            if self._folder is not None:
                shutil.rmtree(self._folder / name, ignore_errors=True)
            key = f"error.training.disk.{kind_of(wrong)}"
            _log.warning("No run can begin: %s", wrong)
            raise TrainingError(key, code=code_of(wrong)) from wrong

    # Places and processes

    def _start_waiting(self) -> None:
        """Give free places to those who wait, in the order in which they came."""
        free = self.limits.at_once - sum(run.working for run in self._runs.values())
        for run in list(self._queue):
            if free <= 0:
                return
            if run.suspending or (run.process is None and not self._make_room_for_process()):
                continue  # one process must go before this run's can come
            self._queue.remove(run)
            try:
                if run.process is None:
                    run.process = spawn(self._command, run.folder.path)
            except Exception as wrong:
                self._fail(run, wrong)
                continue
            run.begun, run.paused = True, False
            run.send("continue")
            free -= 1

    def _make_room_for_process(self) -> bool:
        """Whether one more may be alive; if not, the run that has been paused longest is put on disk."""
        alive = [run for run in self._runs.values() if run.process is not None]
        if len(alive) < self.limits.most_processes:
            return True
        paused = [run for run in alive if run.suspendable and run not in self._queue]
        if paused and not any(run.suspending for run in alive):
            longest = min(paused, key=lambda run: run.paused_at)
            longest.suspending = True
            longest.send("suspend")
        return False

    def _unfinished(self) -> list[Run]:
        return [run for run in self._runs.values() if run.ended is None]

    # What goes on by itself

    def _watch(self) -> None:
        while not self._closed:
            try:
                pause = POLL if self._supervise() else IDLE
            except Exception:  # without this thread no run would ever start again
                _log.exception("The runs could not be looked after; trying again.")
                pause = RETRY
            self._wake.wait(pause)
            self._wake.clear()

    def _supervise(self) -> bool:
        """Note what became of every run, and give free places away; return whether any process is alive."""
        with self._lock:
            self._survey()
            for run in list(self._runs.values()):
                try:
                    self._check_on(run)
                except Exception as wrong:
                    self._fail(run, wrong)
            self._start_waiting()
            self._make_room()
            self._sweep()
            return any(run.ended is None or run.process is not None for run in self._runs.values())

    def _sweep(self) -> None:
        """Remove what other servers left that is old, or has no room beside the runs of this one."""
        now = time.monotonic()
        if self._folder is not None and now - self._swept > SWEEP:
            self._swept = now
            free = self.limits.bytes - sum(run.bytes for run in self._runs.values())
            sweep(self._folder.parent, self.limits.old, free)

    def _survey(self) -> None:
        """Note which runs somebody has open."""
        now = time.monotonic()
        if self._watching is None or now - self._surveyed < SURVEY:
            return
        self._surveyed = now
        for run in self._runs.values():
            run.watchers = {watcher for watcher in run.watchers if self._watching(watcher)}
            if run.watchers:
                run.look()

    def _check_on(self, run: Run) -> None:
        """Note what became of a run since the last look, and end it where it is time."""
        now = time.monotonic()
        gone = run.process is not None and run.process.poll() is not None
        if run.ended is not None:
            if gone:
                run.release_process()
            return
        if run.stop_by is not None and run.process is not None and now > run.stop_by:
            run.process.kill()
        if gone:
            self._ended(run)
        elif not run.folder.path.is_dir():
            self._fail(run, FileNotFoundError(errno.ENOENT, "the folder is gone", str(run.folder.path)))
        elif run.stop_by is None and now - run.seen > self.limits.unwatched:
            self._stop(run, "training.ended.unwatched")

    def _stop(self, run: Run, reason: str) -> None:
        if run.ended is not None or run.stop_by is not None:
            return
        run.reason = reason
        if run.process is None:
            status = run.read()
            key = reason if run.begun else "training.ended.waiting"
            self._record_end(run, replace(status, state="stopped", key=key, values={"step": status.step}))
            return
        run.stop_by = time.monotonic() + self.limits.grace
        run.send("stop")

    def _ended(self, run: Run) -> None:
        """Say how a run ended whose process is gone: as it says itself, or else by what killed it."""
        code = run.release_process()
        if code == SUSPENDED and run.stop_by is None:
            run.suspending = False
            if not run.paused and run not in self._queue:  # it was not we who told it to
                self._queue.append(run)
            return
        self._record_end(run, run.ending(code))

    def _fail(self, run: Run, wrong: Exception) -> None:
        """End a run that the server cannot look after, and say why; nothing here may fail in its turn."""
        if run.process is not None:
            with contextlib.suppress(OSError):
                run.process.kill()
        if isinstance(wrong, OSError):
            _log.warning("Run %s ended: %s", run.id, wrong)
        else:
            _log.error("Run %s ended by a fault.", run.id, exc_info=wrong)
        self._record_end(run, run.failure(wrong))

    def _record_end(self, run: Run, status: Status) -> None:
        if run.ended is not None:
            return
        run.ended = status
        if run in self._queue:
            self._queue.remove(run)
        with contextlib.suppress(OSError):
            run.folder.write_status(status)
        run.bytes = run.folder.size

    def _make_room(self, owner: str = "", more: int = 0) -> None:
        """Remove ended runs where there are too many, so that an owner may have ``more`` bytes.

        Raises:
            TrainingError: also without any ended run it would be too much; then all stay.
        """
        usages = [
            DiskUse(run.id, run.owner, run.bytes, run.ended is not None, run.seen, bool(run.watchers))
            for run in self._runs.values()
        ]
        gone, missing = removable(usages, self.limits, time.monotonic(), owner, more)
        if missing > 0:
            size, free = (f"{number / MEGABYTE:,.1f}" for number in (more, max(0, more - missing)))
            raise TrainingError("error.training.pool.room", size=size, free=free)
        for name, why in gone.items():
            run = self._runs.pop(name)
            end([run.process] if run.process else [])
            shutil.rmtree(run.folder.path, ignore_errors=True)
            self._removed[name] = f"train.gone.{why}"
        while len(self._removed) > REMEMBERED:
            self._removed.popitem(last=False)


def close_all() -> None:
    """Close every pool of this process: it is about to end."""
    for pool in list(_open):
        pool.close()
