"""One run as the pool knows it, and as whoever has its id may see it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from gates.training.errors import code_of, kind_of
from gates.training.recipe import Recipe
from gates.training.runs.folder import ENDED, UNREADABLE, RunFolder, Status
from gates.training.runs.processes import close_input
from gates.training.runs.worker import REFUSED

TOUCHED_EVERY = 60.0
"""Seconds between two notes on the disk that somebody looks at a run."""


def owner_digest(owner: str) -> str:
    """Return what is kept of an owner's word: who reads the server's disk can't stop a run by it."""
    return hashlib.sha256(owner.encode()).hexdigest()


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
class Run:
    """What the pool knows of a run.

    owner: the mark of the owner's word. process: None before its first turn, while it is on disk, and after
    its end. bytes: on the disk, while it goes on the most that it may come to. suspending: its process has
    been told to put it on disk.
    """

    id: str
    owner: str
    recipe: Recipe
    folder: RunFolder
    bytes: int
    process: subprocess.Popen[str] | None = None
    begun: bool = False
    paused: bool = False
    paused_at: float = 0.0
    suspending: bool = False
    ended: Status | None = None
    reason: str = ""  # the key that says why it was made to stop
    last: Status = field(default_factory=lambda: Status("queued"))  # what was read of it last
    stop_by: float | None = None
    seen: float = field(default_factory=time.monotonic)
    touched: float = field(default_factory=time.monotonic)
    watchers: set[str] = field(default_factory=set)

    @classmethod
    def taken_over(cls, path: Path) -> Run:
        """Return the run in a folder that another server has left; one that had not ended is to go on.

        Raises:
            OSError, ValueError: the folder cannot be read, or holds no run.
        """
        folder = RunFolder(path)
        owner, status = folder.owner, folder.status
        if owner is None or status.key == UNREADABLE:
            raise ValueError(path)
        run = cls(path.name, owner.mark, Recipe.from_json(folder.recipe), folder, owner.bytes, last=status)
        if status.state in ENDED:
            run.ended, run.begun, run.bytes = status, True, folder.size
            return run
        resume_point = folder.rewind()
        run.begun, run.paused = resume_point is not None, status.state == "paused"
        if run.paused:
            run.paused_at = run.seen
        run.last = resume_point.status if resume_point else Status("queued", steps=status.steps)
        folder.write_status(run.last)
        return run

    @property
    def working(self) -> bool:
        """Whether it takes one of the places of those that train."""
        return self.ended is None and self.process is not None and not self.paused

    @property
    def suspendable(self) -> bool:
        """Whether it is paused, and neither over nor about to be."""
        return self.ended is None and self.paused and self.stop_by is None

    def read(self) -> Status:
        """How far it says that it came; the last that it said, where that can no longer be read."""
        status = self.folder.status
        if status.key != UNREADABLE:
            self.last = status
        return self.last

    def current(self, queued: bool) -> Status:
        """How far it came; what it says itself is corrected by what only the pool knows, as that it waits."""
        if self.ended:
            return self.ended
        status = self.read()
        if status.state in ENDED:
            return replace(status, key=self.reason or status.key)
        if queued:
            return replace(status, state="queued")
        return replace(status, state="paused") if self.paused else status

    def release_process(self) -> int | None:
        """Forget a process that is gone, and return its exit status."""
        process, self.process = self.process, None
        if process is None:
            return None
        close_input(process)
        return process.returncode

    def ending(self, code: int | None) -> Status:
        """How it ended, its process gone with an exit status: as it says, or else by what killed it."""
        status = self.read()
        refused = next((kind for kind, number in REFUSED.items() if number == code), None)
        values = {"step": status.step, "code": code}
        if status.state not in ENDED and refused:
            return replace(status, state="failed", key=f"training.ended.disk.{refused}", values=values)
        if status.state not in ENDED or (status.state == "stopped" and self.reason):
            key = self.reason or "training.ended.killed"
            return replace(status, state="stopped" if self.reason else "lost", key=key, values=values)
        return status

    def failure(self, wrong: Exception) -> Status:
        """How it ended that the server could not look after."""
        status = self.read()
        if isinstance(wrong, OSError):
            key, values = f"training.ended.disk.{kind_of(wrong)}", {"code": code_of(wrong)}
        else:
            key, values = "training.ended.error", {"kind": type(wrong).__name__}
        return replace(status, state="failed", key=key, values={"step": status.step} | values)

    def look(self) -> None:
        """Note that somebody looks at it, on the disk too: by that the next server knows how old it is."""
        self.seen = now = time.monotonic()
        if now - self.touched > TOUCHED_EVERY:
            self.touched = now
            with contextlib.suppress(OSError):
                os.utime(self.folder.path)

    def send(self, order: str) -> None:
        """Send a line to the process; one that is gone has nothing to do any more."""
        if self.process and self.process.stdin:
            with contextlib.suppress(OSError, ValueError):
                self.process.stdin.write(f"{order}\n")
                self.process.stdin.flush()
