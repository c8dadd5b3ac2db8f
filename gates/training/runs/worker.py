"""The process that trains one run: ``python -m gates.training.runs.worker FOLDER``.

It writes what it learns into the folder and listens on its standard input: ``pause``, ``continue``,
``suspend`` (put all on disk that another process needs to go on, and end) and ``stop``, a line each. When
that input ends, whoever started it is gone, and so is it, within ``GRACE`` seconds: it puts on disk what the
next server needs, and no orphan goes on computing. It does that now and then without being asked, too, for it
may be killed. It takes no more memory and no more time than it is allowed, and where memory runs out in the
whole machine it offers itself first.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from gates.errors import GatesError
from gates.training.errors import code_of, kind_of
from gates.training.runs.folder import Log, RunFolder

if TYPE_CHECKING:
    from gates.training.loop import Progress

Train = Callable[..., "Training"]
"""Takes the recipe, the source, and where a run goes on what ``state`` returned."""


class Training(Protocol):
    """A run under way."""

    def __iter__(self) -> Iterator[Progress]: ...

    def state(self) -> bytes:
        """Return all that it needs to go on after what it yielded last."""
        ...


LONGEST = 3600.0
"""Seconds of training, pauses left out, after which a run ends with what it has."""
MOST_MEMORY = 3 * 2**30
"""Bytes of data that the process may hold: several times what the largest recipe takes."""
GRACE = 2.0
"""Seconds that it has to put its run on disk when whoever started it is gone."""
RESUME_POINT_EVERY = 10.0
"""Seconds of training between two times at which the run is put on disk unasked."""
NICE = 5
"""How far the process stands back, so that the server answers first."""
ENDED, ALONE, SUSPENDED = 0, 3, 5
REFUSED = {"full": 10, "denied": 11, "gone": 12, "busy": 13, "other": 14}
"""The exit status where the system refused something, by ``errors.kind_of``: a full disk may not even take
the sentence that says so."""


class Orders:
    """What comes in over the standard input, heard while the training goes on."""

    def __init__(self, source: TextIO) -> None:
        self.stopped, self.suspended, self.alone = threading.Event(), threading.Event(), threading.Event()
        self.going = threading.Event()
        self.going.set()
        threading.Thread(target=self._listen, args=(source,), daemon=True).start()

    def _listen(self, source: TextIO) -> None:
        for line in source:
            match line.strip():
                case "pause":
                    self.going.clear()
                case "continue":
                    self.going.set()
                case "suspend":
                    self.suspend()
                case "stop":
                    self.stopped.set()
                    self.going.set()
        self.alone.set()
        self.suspend()
        time.sleep(GRACE)
        os._exit(ALONE)  # nobody is left to read what this process would still compute

    def suspend(self) -> None:
        """Ask the training to put all on disk after its present step."""
        self.suspended.set()
        self.going.set()


def main(
    path: str, train: Train | None = None, *, longest: float = LONGEST, memory: int = MOST_MEMORY
) -> int:
    """Train what the folder asks for, and say in it how that went; return the exit status.

    Args:
        path: the run's folder.
        train: makes the progress; the project's own loop if None.
        longest: seconds after which the run ends.
        memory: bytes that it may take.
    """
    orders = Orders(sys.stdin)
    _suspend_on_sigterm(orders)
    _lower_priority()
    log = Log(RunFolder(Path(path)), 0)
    try:
        _limit_memory(memory)
        suspended = _report(log, orders, train, longest)
    except OSError as wrong:
        kind = kind_of(wrong)
        log.fail(f"training.ended.disk.{kind}", code=code_of(wrong), step=log.status.step)
        return REFUSED[kind]
    if orders.alone.is_set():
        return ALONE
    return SUSPENDED if suspended else ENDED


def _report(log: Log, orders: Orders, train: Train | None, longest: float) -> bool:
    """Train, and write down how it ended; return whether it is suspended instead. OSError from the disk."""
    try:
        return _follow(log.folder, log, orders, train or _loop(), longest)
    except GatesError as wrong:
        log.end("failed", wrong.key, **wrong.values)
    except MemoryError:
        log.end("failed", "training.ended.memory")
    except OSError:
        raise
    except Exception as wrong:
        if not _is_memory(wrong):
            log.end("failed", "training.ended.error", kind=type(wrong).__name__)
            raise
        log.end("failed", "training.ended.memory")
    return False


def _loop() -> Train:
    import torch

    from gates.training.loop import train

    torch.set_num_threads(1)  # as many runs as cores, and the same curve to the bit wherever it is run
    return train


def _follow(folder: RunFolder, log: Log, orders: Orders, train: Train, longest: float) -> bool:
    """Take the run's progress step by step until it ends; return whether it is suspended instead."""
    from gates.training.recipe import Recipe

    recipe = Recipe.from_json(folder.recipe)
    log.status = type(log.status)("running", steps=recipe.steps)
    resume_point = folder.rewind()
    if resume_point is None:
        training = train(recipe, folder.source)
    else:
        training = train(recipe, folder.source, resume_point.state)
        log.resume(resume_point.status)
    clock = Clock(log.status.seconds)
    log.flush()
    kept_at = clock.seconds
    last: Progress | None = None
    for progress in training:
        last = progress
        values = {"loss": progress.loss, "metric": progress.metric, **progress.more}
        log.record(progress.step, progress.tokens, clock.seconds, values)
        if progress.network is not None:
            log.checkpoint(progress.step, progress.network)
        if not orders.going.is_set():
            _pause(log, orders, clock)
        if orders.stopped.is_set():
            log.end("stopped", "training.ended.stopped", step=progress.step)
            return False
        if orders.suspended.is_set() and not progress.diverged:
            log.write_resume_point(training.state())
            return True
        if clock.seconds - kept_at > RESUME_POINT_EVERY and not progress.diverged:
            log.write_resume_point(training.state())
            kept_at = clock.seconds
        if clock.seconds > longest:
            log.end("stopped", "training.ended.time", minutes=f"{longest / 60:g}")
            return False
    if last is not None and last.diverged:
        log.end("failed", "training.ended.diverged", step=last.step)
    else:
        log.end("done")
    return False


class Clock:
    """Seconds spent at work, with those of earlier processes."""

    def __init__(self, before: float = 0.0) -> None:
        self._began = time.monotonic()
        self._paused = -before

    @property
    def seconds(self) -> float:
        """Seconds since the beginning, pauses left out."""
        return time.monotonic() - self._began - self._paused

    def wait(self, until: threading.Event) -> None:
        """Wait, off the clock."""
        paused_at = time.monotonic()
        until.wait()
        self._paused += time.monotonic() - paused_at


def _pause(log: Log, orders: Orders, clock: Clock) -> None:
    log.pause(True)
    clock.wait(orders.going)
    if not orders.suspended.is_set():  # else it stays paused, on the disk
        log.pause(False)


def _suspend_on_sigterm(orders: Orders) -> None:
    """Put the run on disk where the system ends all processes of a service at once, this one too."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: orders.suspend())


def _lower_priority() -> None:
    """Let the server go first, and the kernel take this process first where memory runs out."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    except OSError:
        return  # no Linux, or not allowed: then the kernel chooses by size


def _limit_memory(most: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    except (ValueError, OSError):
        return  # a system that does not limit it


def _is_memory(wrong: Any) -> bool:
    """Whether torch ran out of memory, of which it tells by a RuntimeError."""
    return isinstance(wrong, RuntimeError) and "alloc" in str(wrong) and "memory" in str(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
