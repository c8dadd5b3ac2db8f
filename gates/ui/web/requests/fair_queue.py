"""A fair queue: few computations at a time, reader after reader, small ones before large ones.

A class shares one address behind its router, so that turns go round by browser tab. A tab says itself who it
is; what many invented tabs could take is bounded by their address.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple


class Client(NamedTuple):
    """Who asks: the address, and the tab as it names itself."""

    address: str
    tab: str


class Busy(Exception):
    """There is no slot now; ``after`` seconds it is worth asking again."""

    def __init__(self, after: int = 1) -> None:
        super().__init__(f"busy; again after {after} s")
        self.after = after


@dataclass(frozen=True)
class Limits:
    """What is let through.

    rates: tokens a second for a tab and for an address, of which twice as many may be saved up. A slider
    under a hand takes up to 60 a second.
    light, heavy: computations at a time. waiting: for their turn, of one tab and of one address.
    """

    tab_rate: float = 60.0
    address_rate: float = 600.0
    light: int = 2
    heavy: int = 1
    tab_waiting: int = 4
    address_waiting: int = 400
    most_overtaking: int = 20
    """Light computations that may overtake a heavy one that waits."""


class Buckets:
    """Token buckets by name; those that have been full for long are forgotten.

    Args:
        rate: tokens a second.
        clock: the time in seconds.
    """

    MOST = 10_000

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self.clock = rate, 2 * rate, clock
        self.levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_seconds(self, name: str, tokens: float) -> float:
        """Return the seconds until ``name`` has so many tokens; 0 if it has them."""
        return max(0.0, min(tokens, self.burst) - self._level(name)) / self.rate

    def spend(self, name: str, tokens: float) -> None:
        """Take tokens, also more than there are."""
        self.levels[name] = self._level(name) - tokens, self.clock()
        self.levels.move_to_end(name)
        while len(self.levels) > self.MOST:
            self.levels.popitem(last=False)

    def _level(self, name: str) -> float:
        level, at = self.levels.get(name, (self.burst, 0.0))
        return min(self.burst, level + (self.clock() - at) * self.rate)


@dataclass
class _Queue:
    """Clients that wait, each with what it waits for, the one whose turn is next first."""

    waiting: OrderedDict[Client, deque[asyncio.Future[None]]] = field(default_factory=OrderedDict)
    running: int = 0

    def add(self, client: Client, turn: asyncio.Future[None]) -> None:
        self.waiting.setdefault(client, deque()).append(turn)

    def remove(self, client: Client, turn: asyncio.Future[None]) -> None:
        turns = self.waiting.get(client)
        if turns and turn in turns:
            turns.remove(turn)
            if not turns:
                del self.waiting[client]

    def begin(self) -> None:
        """Lets the first client's first go on; its next waits until all others had a turn."""
        client, turns = self.waiting.popitem(last=False)
        turn = turns.popleft()
        if turns:
            self.waiting[client] = turns
        if not turn.done():  # else who waited has just been cancelled
            turn.set_result(None)
            self.running += 1


class FairQueue:
    """Lets computations begin in a fair order. All of it lives in the event loop's thread.

    Args:
        limits: what is let through.
        clock: the time in seconds.
    """

    def __init__(self, limits: Limits = Limits(), clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.tabs = Buckets(limits.tab_rate, clock)
        self.addresses = Buckets(limits.address_rate, clock)
        self.light, self.heavy = _Queue(), _Queue()
        self.of_address: Counter[str] = Counter()
        self.overtaken = 0
        self.clock = clock
        self.rests_until = -math.inf

    def charge(self, client: Client, tokens: float = 1.0) -> None:
        """Take from what a client may ask for.

        Raises:
            Busy: if it has asked for too much.
        """
        tab = f"{client.address} {client.tab}"
        lacks = max(self.tabs.wait_seconds(tab, tokens), self.addresses.wait_seconds(client.address, tokens))
        if lacks:
            raise Busy(math.ceil(lacks))
        self.tabs.spend(tab, tokens)
        self.addresses.spend(client.address, tokens)

    @asynccontextmanager
    async def slot(self, client: Client, heavy: bool = False) -> AsyncIterator[None]:
        """Wait for a slot, and hold it as long as the context lasts.

        Raises:
            Busy: if too many wait already.
        """
        queue = self.heavy if heavy else self.light
        waiting = len(queue.waiting.get(client, ()))
        if (
            waiting >= self.limits.tab_waiting
            or self.of_address[client.address] >= self.limits.address_waiting
        ):
            raise Busy
        turn = asyncio.get_running_loop().create_future()
        queue.add(client, turn)
        self.of_address[client.address] += 1
        self._dispatch()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._end(queue)
            raise
        finally:
            queue.remove(client, turn)
            self.of_address -= Counter([client.address])
        try:
            yield
        finally:
            self._end(queue)

    def rest(self, seconds: float) -> None:
        """Let no heavy computation begin for so long: the more they take, the more they leave to others."""
        self.rests_until = self.clock() + seconds
        self._dispatch_after_rest()

    def _dispatch_after_rest(self) -> None:
        """Goes on once the rest is over; a timer that comes too early by this clock is set again."""
        left = self.rests_until - self.clock()
        if left > 0:
            asyncio.get_running_loop().call_later(left, self._dispatch_after_rest)
        else:
            self._dispatch()

    def _end(self, queue: _Queue) -> None:
        queue.running -= 1
        self._dispatch()

    def _dispatch(self) -> None:
        limits, light, heavy = self.limits, self.light, self.heavy
        while light.waiting and light.running < limits.light:
            if self._heavy_may_begin() and self.overtaken >= limits.most_overtaking:
                break
            light.begin()
            self.overtaken += bool(heavy.waiting)
        if self._heavy_may_begin() and (not light.waiting or self.overtaken >= limits.most_overtaking):
            self.overtaken = 0
            heavy.begin()
            self._dispatch()

    def _heavy_may_begin(self) -> bool:
        waits = self.heavy.waiting and self.heavy.running < self.limits.heavy
        return bool(waits) and self.clock() >= self.rests_until
