"""Two programs timed against each other, and a table of how they compare."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

Program = Callable[[], object]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""What the environment says before NumPy is imported, which reads it only then.

With two threads the ratio of two programs depends on what else the machine does.
"""


def on_one_core() -> None:
    """Keep this process on one core.

    Raises:
        SystemExit: NumPy was not told to use one thread.
    """
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        raise SystemExit("Start it by its name, which sets one thread: python -m tests.bench engine")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@dataclass(frozen=True)
class Comparison:
    """Least seconds of ours and theirs, and the greatest ratio that is good enough (None: no target)."""

    name: str
    ours: float
    theirs: float
    target: float | None

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return "pass" if self.ratio <= self.target else "MISS"


def compare(
    name: str, ours: Program, theirs: Program, target: float | None = None, seconds: float = 1.0
) -> Comparison:
    """Time two programs, turn by turn, so that what else the machine does meets both alike.

    The least of many times is the program's own: all that a neighbour does makes a time longer.
    """
    for program in (ours, theirs):  # once, to warm up
        program()
    times: tuple[list[float], list[float]] = ([], [])
    collecting = gc.isenabled()
    gc.disable()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[0]) < 3:
        for program, own in zip((ours, theirs), times, strict=True):
            start = time.perf_counter()
            program()
            own.append(time.perf_counter() - start)
    if collecting:
        gc.enable()
    return Comparison(name, min(times[0]), min(times[1]), target)


def show(rows: list[Comparison]) -> None:
    """Print a table of milliseconds, ratios and targets."""
    print(f"  {'':<24}{'ours ms':>10}{'theirs ms':>11}{'ratio':>8}  target")
    for row in rows:
        target = "" if row.target is None else f"≤ {row.target:g}"
        ours, theirs = 1e3 * row.ours, 1e3 * row.theirs
        print(f"  {row.name:<24}{ours:>10.3f}{theirs:>11.3f}{row.ratio:>8.2f}  {target:<7}{row.verdict}")
