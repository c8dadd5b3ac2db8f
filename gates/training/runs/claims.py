"""Whose the folders of runs are: each server has one of its own, and takes runs over from servers long gone.

A server's folder bears the number of its process and holds a locked file. Numbers are given out again, and
are the same in several containers; a lock goes with its process and with those of its runs, which hold it
too, so that a run is never taken over while a process of it still writes.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

fcntl: Any = None  # Windows has none: there no run outlives its server
with contextlib.suppress(ImportError):
    import fcntl

FOLDER = "GATESCOPE_RUNS_FOLDER"
"""The environment variable that says where the folders are made; without it, where temporary files are."""
PREFIX = "gatescope-runs-"
LOCK = ".server"
NAME = re.compile(r"[A-Za-z0-9_-]{16}", re.ASCII)
"""What a run's folder is called: ``secrets.token_urlsafe(12)``."""
LONGEST_WAIT = 5.0  # seconds that the processes of a server that is gone may take to put their runs on disk

_claimed: dict[Path, IO[bytes] | None] = {}
_claiming = threading.Lock()


def runs_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder in which servers make theirs."""
    configured = environment.get(FOLDER, "").strip()
    return Path(configured) if configured else Path(tempfile.gettempdir())


def claim(parent: Path | None = None) -> Path:
    """Make a folder that is this process's for as long as it lives. OSError where there is no place."""
    parent = parent or runs_folder()
    if os.environ.get(FOLDER):
        parent.mkdir(parents=True, exist_ok=True)
    with _claiming:
        path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
        _claimed[path] = _locked(path)
    return path


def lock_of(path: Path) -> int | None:
    """Return the open file that locks a folder of this process, for the processes of its runs to hold too."""
    lock = _claimed.get(path)
    return None if lock is None else lock.fileno()


def release(path: Path) -> None:
    """Let a folder go: a claimed one stays with its runs, for the next server to take over, else it goes."""
    with _claiming:
        claimed, lock = path in _claimed, _claimed.pop(path, None)
    if not (claimed and lock is not None and _runs(path)):
        shutil.rmtree(path, ignore_errors=True)
    if lock is not None:
        lock.close()


def take_over(name: str, folder: Path, longest: float = LONGEST_WAIT) -> Path | None:
    """Move a run that a server left behind into this server's folder.

    Args:
        name: of the run.
        own: this server's folder, beside which the others lie.
        longest: seconds to wait for the processes of that server, if they are still there.

    Returns:
        Its folder as of now; None if no server that is gone has left such a run.
    """
    if NAME.fullmatch(name) is None:
        return None
    until = time.monotonic() + longest
    while True:
        waits = False
        for path in _others(folder.parent):
            if not _is_folder(path / name):
                continue
            with _abandoned(path) as free:
                if free:
                    with contextlib.suppress(OSError):  # another server was first
                        return (path / name).rename(folder / name)
            waits = waits or not _server_lives(path)
        if not waits or time.monotonic() > until:
            return None
        time.sleep(0.05)


def sweep(parent: Path, old: float, most: int) -> None:
    """Remove what servers left behind that are gone: runs that nobody has looked at for long, and too many.

    Args:
        parent: where the folders of servers lie.
        old: seconds after which a run goes.
        most: bytes that all runs left behind may take; those looked at longest ago go first.
    """
    with contextlib.ExitStack() as locks:
        left = [path for path in _others(parent) if locks.enter_context(_abandoned(path))]
        runs = sorted((_last_seen(run), run) for path in left for run in _runs(path))
        sizes = {run: size_of(run) for _, run in runs}
        total = sum(sizes.values())
        for seen, run in runs:
            if time.time() - seen > old or total > most:
                total -= sizes[run]
                shutil.rmtree(run, ignore_errors=True)
        for path in left:
            if not _runs(path):
                shutil.rmtree(path, ignore_errors=True)


def size_of(path: Path) -> int:
    """Return the bytes that a folder takes on the disk."""
    with contextlib.suppress(OSError):
        return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
    return 0


def _runs(path: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return [each for each in path.iterdir() if NAME.fullmatch(each.name) and _is_folder(each)]
    return []


def _last_seen(run: Path) -> float:
    """When somebody looked at a run last, or it wrote something, as ``time.time`` counts."""
    with contextlib.suppress(OSError):
        return run.stat().st_mtime
    return 0.0


def _others(parent: Path) -> list[Path]:
    """The folders of other servers of this user's."""
    with contextlib.suppress(OSError):
        return [path for path in sorted(parent.glob(f"{PREFIX}*")) if path not in _claimed and _is_own(path)]
    return []


def _is_folder(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return stat.S_ISDIR(path.lstat().st_mode)
    return False


def _is_own(path: Path) -> bool:
    """Whether a folder is this user's: anybody may make one in a place for temporary files."""
    if not hasattr(os, "getuid"):
        return _is_folder(path)
    with contextlib.suppress(OSError):
        status = path.lstat()
        return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return False


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


@contextmanager
def _abandoned(path: Path) -> Iterator[bool]:
    """Whether no process has a claim to a folder any more; within, none of us gets one."""
    lock = path / LOCK
    if fcntl is None or not lock.exists():
        yield not _server_lives(path)
        return
    with contextlib.ExitStack() as locks:
        try:
            file = locks.enter_context(lock.open("rb"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # locked
            yield False
        else:
            yield True


def _server_lives(path: Path) -> bool:
    """Whether the process whose number a folder bears is another than this one, and alive."""
    number = path.name.removeprefix(PREFIX).partition("-")[0]
    if not number.isdigit():
        return True
    if int(number) == os.getpid():
        return False
    if os.name != "posix":  # there a signal of 0 would end it
        return True
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # somebody else's
    return True
