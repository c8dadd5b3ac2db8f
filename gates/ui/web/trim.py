"""Gives memory back that is free inside the process: glibc keeps it for later otherwise."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable

EVERY = 30.0
"""Seconds between two times. A class that leaves takes its sessions along two minutes later."""


def trimmer() -> Callable[[], int] | None:
    """Return what gives free memory back to the system; None where the C library does so by itself."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # no glibc: macOS, Windows, musl
        return None

    return lambda: int(trim(0))


async def keep_trimming(every: float = EVERY) -> None:
    """Give free memory back from time to time, until cancelled."""
    give_back = trimmer()
    while give_back is not None:
        await asyncio.sleep(every)
        await asyncio.to_thread(give_back)
