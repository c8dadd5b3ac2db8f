"""Runs that several readers ask for, computed once: a class opens one link, and moves one slider alike."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields
from threading import Lock
from typing import Generic, TypeVar

from gates.scenes.state import State

T = TypeVar("T")
NOT_OF_THE_RUN = frozenset({"notation", "update", "check"})
"""Fields of a state that change what is said of a run, and not the run."""


def digest(state: State) -> bytes:
    """Return what stands for all that determines a state's run: 16 bytes, of an own input too."""
    values = [(each.name, getattr(state, each.name)) for each in fields(state)]
    determining = [(name, _plain(value)) for name, value in values if name not in NOT_OF_THE_RUN]
    return hashlib.blake2b(
        repr((type(state).__name__, determining)).encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()


def _plain(value: object) -> object:
    return sorted(value.items()) if hasattr(value, "items") else value


class SharedCache(Generic[T]):
    """What was asked for last, by digest, bounded by bytes and by number; may be used from any thread.

    Args:
        most_bytes: what all that is kept may take; what alone is larger is not kept.
        most: how much of it there may be.
        clock: the time in seconds.
    """

    def __init__(self, most_bytes: int, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most_bytes, self.most, self.clock = most_bytes, most, clock
        self.bytes = 0
        self.hits = 0
        self._kept: OrderedDict[bytes, tuple[T, int, float]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: bytes, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """Return what is kept under a digest; else make it, which may raise, and keep it.

        size: its bytes.
        """
        with self._lock:
            entry = self._kept.pop(key, None)
            if entry is not None:
                self.hits += 1
                self._kept[key] = entry[0], entry[1], self.clock()
                return entry[0]
        value = make()
        bytes_taken = size(value)
        if bytes_taken <= self.most_bytes:
            with self._lock:
                self._drop(key)
                self._kept[key] = value, bytes_taken, self.clock()
                self.bytes += bytes_taken
                while self.bytes > self.most_bytes or len(self._kept) > self.most:
                    self._drop(next(iter(self._kept)))
        return value

    def forget(self, seconds: float) -> None:
        """Let go what nobody has asked for in so many seconds."""
        with self._lock:
            while self._kept and self.clock() - next(iter(self._kept.values()))[2] > seconds:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: bytes) -> None:
        entry = self._kept.pop(key, None)
        if entry is not None:
            self.bytes -= entry[1]
