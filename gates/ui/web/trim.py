"""Keeps memory near what is used, and what is there for good out of the garbage collector's way.

Runs that nobody asks for any more are forgotten; memory that is free inside the process is given back, which
glibc keeps for later otherwise.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
from collections.abc import Callable

from gates.scenes import scene

FIRST_GENERATION = 10_000
"""New objects between two looks of the garbage collector; Python's own 700 are a fifth of one page's run."""
EVERY = 30.0
"""Seconds between two times. A class that leaves takes its sessions along two minutes later."""


def memory_trimmer() -> Callable[[], int] | None:
    """Return what gives free memory back to the system; None where the C library does so by itself."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # no glibc: macOS, Windows, musl
        return None

    return lambda: int(trim(0))


def tune_collector() -> None:
    """Have the garbage collector look at what comes from now on, and less often.

    With 150 sessions it took a tenth of the processor time, and stopped everybody for up to 150 ms to look
    through modules that never go.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(FIRST_GENERATION, 20, 20)


async def keep_trimming(every: float = EVERY) -> None:
    """Forget old runs and give free memory back from time to time, until cancelled."""
    give_back = memory_trimmer()
    while True:
        await asyncio.sleep(every)
        scene.RUNS.forget(every)
        if give_back is not None:
            await asyncio.to_thread(give_back)
