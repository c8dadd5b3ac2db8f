"""One run as the pool knows it, and as whoever has its id may see it."""

from __future__ import annotations

import contextlib
import subprocess
import time
from dataclasses import dataclass, field

from gates.training.recipe import Recipe
from gates.training.runs.folder import ENDED, UNREADABLE, RunFolder, Status


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

    process: None before its first turn, while it is on disk, and after its end. bytes: on the disk, while
    it goes on the most that it may come to. parking: its process has been told to put it on disk.
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
    parking: bool = False
    ended: Status | None = None
    reason: str = ""  # the key that says why it was made to stop
    last: Status = field(default_factory=lambda: Status("queued"))  # what was read of it last
    stop_by: float | None = None
    seen: float = field(default_factory=time.monotonic)
    watchers: set[str] = field(default_factory=set)

    @property
    def working(self) -> bool:
        """Whether it takes one of the places of those that train."""
        return self.ended is None and self.process is not None and not self.paused

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
