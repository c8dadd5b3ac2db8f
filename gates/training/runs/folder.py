"""A run on disk: what is to be trained, how far it came, and the networks it passed through.

The process that trains writes; the server, and whoever finds the folder later, reads. All of it is JSON and
.safetensors, and a file is there whole or not at all, so that a process killed at any moment leaves a run
that can be read up to there.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from gates.network import Network
from gates.training.runs.claims import size_of

State = Literal["queued", "running", "paused", "done", "stopped", "failed", "lost"]
LIVE: frozenset[State] = frozenset({"queued", "running", "paused"})
ENDED: frozenset[State] = frozenset({"done", "stopped", "failed", "lost"})

RECIPE, SOURCE, STATUS, RECORDS, CHECKPOINTS, RESUME_POINT, OWNER = (
    "recipe.json",
    "source.txt",
    "status.json",
    "records.jsonl",
    "checkpoints",
    "parked",
    "owner.json",
)
SUFFIX = ".safetensors"
"""What a checkpoint's file ends in; its name is the step."""
UNREADABLE = "training.ended.lost"
MOST_BYTES = 2**28
"""Bytes of checkpoints that a run keeps; beyond it every other one goes, but the first and the newest."""


@dataclass(frozen=True)
class Status:
    """How far a run came.

    seconds: spent training, pauses left out. ``key`` and ``values`` make the sentence that says how it ended,
    "" where nothing is to be said.
    """

    state: State
    step: int = 0
    steps: int = 0
    tokens: int = 0
    seconds: float = 0.0
    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Tokens a second, so far."""
        return self.tokens / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds left at this pace; None before there is one."""
        return self.seconds / self.step * (self.steps - self.step) if self.step > 0 else None


@dataclass(frozen=True)
class ResumePoint:
    """What a process needs to take up a run: how far it came, its records' bytes then, and its state."""

    status: Status
    records: int
    state: bytes


@dataclass(frozen=True)
class Owner:
    """Who may stop a run, by a digest of the owner's word; and the bytes that were set aside for it."""

    mark: str
    bytes: int


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @classmethod
    def create(cls, path: Path, recipe: str, source: str | None, owner: Owner | None = None) -> RunFolder:
        """Make the folder of a run that waits: its recipe as JSON, and the person's own data if any."""
        (path / CHECKPOINTS).mkdir(parents=True)
        folder = cls(path)
        if owner is not None:
            (path / OWNER).write_text(json.dumps(asdict(owner)), encoding="utf-8")
        (path / RECIPE).write_text(recipe, encoding="utf-8")
        if source is not None:
            (path / SOURCE).write_text(source, encoding="utf-8")
        folder.write_status(Status("queued"))
        return folder

    @property
    def recipe(self) -> str:
        """The recipe, as JSON."""
        return (self.path / RECIPE).read_text(encoding="utf-8")

    @property
    def source(self) -> str | None:
        """The person's own text or numbers; None for a task that brings its own data."""
        path = self.path / SOURCE
        return path.read_text(encoding="utf-8") if path.exists() else None

    @property
    def owner(self) -> Owner | None:
        """Who may stop the run; None where that cannot be told."""
        try:
            owner = Owner(**json.loads((self.path / OWNER).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return owner if isinstance(owner.mark, str) and isinstance(owner.bytes, int) else None

    @property
    def size(self) -> int:
        """Bytes that the run takes on the disk."""
        return size_of(self.path)

    @property
    def status(self) -> Status:
        """How far the run came; lost, where that cannot be told."""
        try:
            return Status(**json.loads((self.path / STATUS).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Status("lost", key=UNREADABLE)

    def write_status(self, status: Status) -> None:
        """Replace what the folder says of how far the run came."""
        text = json.dumps(asdict(status), default=str)
        _write_whole(self.path / STATUS, lambda path: path.write_text(text, encoding="utf-8"))

    def write_resume_point(self, point: ResumePoint) -> None:
        """Keep what another process needs to take the run up; the records up to there are on disk."""
        head = json.dumps([asdict(point.status), point.records], default=str).encode()
        _write_whole(self.path / RESUME_POINT, lambda path: path.write_bytes(head + b"\n" + point.state))

    @property
    def resume_point(self) -> ResumePoint | None:
        """What the run was kept with last; None where it is to begin from its first step."""
        try:
            head, _, state = (self.path / RESUME_POINT).read_bytes().partition(b"\n")
            status, records = json.loads(head)
            return ResumePoint(Status(**status), int(records), state)
        except (OSError, ValueError, TypeError):
            return None

    def rewind(self) -> ResumePoint | None:
        """Go back to where the run was kept last: forget what came after it, for it will come again.

        Training is the same to the bit each time, so a reader who has seen more than is left here reads on
        where it stopped.

        Returns:
            What it was kept with; None where it begins from its first step.
        """
        point = self.resume_point
        records = self.path / RECORDS
        written = records.stat().st_size if records.exists() else 0
        if point is not None and written < point.records:  # the machine went down before all was stored
            point = None
        if written:
            os.truncate(records, point.records if point else 0)
        for step, path in self.checkpoints().items():
            if point is None or step > point.status.step:
                path.unlink()
        return point

    def records(self, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
        """Return the records from a byte on, and the byte up to which whole lines have been read."""
        try:
            with (self.path / RECORDS).open("rb") as file:
                file.seek(offset)
                data = file.read()
        except OSError:
            return [], offset
        whole = data[: data.rfind(b"\n") + 1]
        try:
            return [json.loads(line) for line in whole.splitlines()], offset + len(whole)
        except (
            ValueError
        ):  # another file by now, begun after the folder was removed: the byte is within a line
            return [], offset

    def checkpoints(self) -> dict[int, Path]:
        """Return the files of the networks that the run passed through, by their steps."""
        folder = self.path / CHECKPOINTS
        found = folder.iterdir() if folder.is_dir() else ()
        return dict(sorted((int(path.stem), path) for path in found if path.stem.isdigit()))


class Log:
    """What the training process writes into the folder of its run."""

    EVERY = 0.1  # seconds between two visits to the disk: what a page can show in time

    def __init__(self, folder: RunFolder, steps: int) -> None:
        self.folder = folder
        self.status = Status("running", steps=steps)
        self._lines: list[str] = []
        self._written = 0.0
        self._bytes = 0

    def resume(self, status: Status) -> None:
        """Take up what an earlier process wrote, from where it was kept."""
        self.status = replace(status, state="running")
        self._bytes = sum(path.stat().st_size for path in self.folder.checkpoints().values())

    def record(self, step: int, tokens: int, seconds: float, values: Mapping[str, float | None]) -> None:
        """Note the numbers of one step; what is not finite becomes null."""
        numbers = {name: _finite(value) for name, value in values.items()}
        self._lines.append(json.dumps({"step": step, **numbers}))
        self.status = Status("running", step, self.status.steps, tokens, round(seconds, 3))
        if time.monotonic() - self._written > self.EVERY:
            self.flush()

    def checkpoint(self, step: int, network: Network) -> None:
        """Keep a network; the records up to here are on disk before it.

        Raises:
            OSError: it cannot be written.
        """
        from gates.interop import InteropError, save

        self.flush()
        path = self.folder.path / CHECKPOINTS / f"{step}{SUFFIX}"
        try:
            _write_whole(path, lambda place: save(network, place), f".part{SUFFIX}")
        except InteropError as wrong:
            raise wrong.__cause__ if isinstance(wrong.__cause__, OSError) else wrong from None
        self._bytes += path.stat().st_size
        if self._bytes > MOST_BYTES:
            self._thin()

    def write_resume_point(self, state: bytes) -> None:
        """Keep what another process needs to go on after what was recorded last."""
        self.flush()
        records = self.folder.path / RECORDS
        written = records.stat().st_size if records.exists() else 0
        self.folder.write_resume_point(ResumePoint(self.status, written, state))

    def end(self, state: State, key: str = "", **values: Any) -> None:
        """Say that, and how, the run ended."""
        now = self.status
        self.status = Status(state, now.step, now.steps, now.tokens, now.seconds, key, values)
        self.flush()
        (self.folder.path / RESUME_POINT).unlink(missing_ok=True)

    def fail(self, key: str, **values: Any) -> None:
        """Say that the run ended because the disk takes nothing more, if it takes as much as that."""
        now = self.status
        status = Status("failed", now.step, now.steps, now.tokens, now.seconds, key, values)
        with contextlib.suppress(OSError):
            self.folder.write_status(status)

    def pause(self, paused: bool) -> None:
        """Say that the run pauses, or goes on."""
        now = self.status
        self.status = Status("paused" if paused else "running", now.step, now.steps, now.tokens, now.seconds)
        self.flush()

    def flush(self) -> None:
        """Write what is not on disk yet."""
        if self._lines:
            with (self.folder.path / RECORDS).open("a", encoding="utf-8") as file:
                file.write("\n".join(self._lines) + "\n")
            self._lines.clear()
        self.folder.write_status(self.status)
        self._written = time.monotonic()

    def _thin(self) -> None:
        paths = list(self.folder.checkpoints().values())
        for path in paths[1:-1:2]:
            self._bytes -= path.stat().st_size
            path.unlink()


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and abs(value) < float("inf") else None


def _write_whole(path: Path, write: Any, suffix: str = ".part") -> None:
    """Write a file beside its place and then put it there, so that no reader ever sees half of it."""
    part = path.with_name(f".{path.name}{suffix}")
    try:
        write(part)
        part.replace(path)
    except BaseException:  # on a full disk half a file takes the room that the last words need
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
