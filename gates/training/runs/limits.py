"""How much the runs of one server may take: processes, places in the queue, time, and bytes on the disk."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gates.training.loop import checkpoints
from gates.training.recipe import Recipe
from gates.training.runs.folder import MOST_BYTES
from gates.training.runs.processes import cores
from gates.training.tasks.registry import make_task

PREFIX = "GATESCOPE_RUNS_"
"""What the environment variables begin with that set limits; docs/deployment.md lists them."""

SPARE_PROCESSES = 2
"""Processes of paused runs beside those that train."""
MEGABYTE = 10**6
MOST_MEGABYTES = 4000
RECORD, HEADER, LOG = 160, 4096, 100_000
"""Bytes: of a step's record, of what a checkpoint holds beside its weights, and of all else in a folder."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What a pool allows. Times in seconds, sizes in bytes.

    at_once: how many runs train at the same time. processes: how many may be alive, those of paused runs
    too; one beyond it is put on disk, and goes on from there. waiting: how many may wait. each: how many
    runs that have not ended one owner may have. source: of own data. unwatched: how long a run goes on that
    nobody looks at. grace: how long a run may take to stop by itself. kept: how many ended runs are kept,
    and for how long (``old``) at most. bytes, each_bytes: what all runs, and those of one owner, may take.
    """

    at_once: int
    processes: int = 0  # 0: SPARE_PROCESSES more than at_once
    waiting: int = 16
    each: int = 4
    source: int = 2 * 10**6
    unwatched: float = 600.0
    grace: float = 0.7
    kept: int = 60
    old: float = 24 * 3600.0
    bytes: int = MOST_MEGABYTES * MEGABYTE
    each_bytes: int = MOST_MEGABYTES * MEGABYTE // 4

    @property
    def most_processes(self) -> int:
        """How many processes may be alive: enough for those that train at once."""
        return max(self.at_once, self.processes or self.at_once + SPARE_PROCESSES)

    @classmethod
    def for_machine(cls, folder: Path | None, environment: Mapping[str, str] = os.environ) -> Limits:
        """Return what this machine can bear, or what its environment says instead.

        By itself all runs take half of what is free on the folder's disk, and one owner's a quarter of that.
        """
        free = MOST_MEGABYTES
        if folder is not None:
            with contextlib.suppress(OSError):
                free = shutil.disk_usage(folder).free // 2 // MEGABYTE
        at_once = _number(environment, "AT_ONCE", cores())
        everything = _number(environment, "MB", max(1, min(MOST_MEGABYTES, free)))
        return cls(
            at_once,
            processes=_number(environment, "PROCESSES", at_once + SPARE_PROCESSES),
            each=_number(environment, "EACH", cls.each),
            bytes=everything * MEGABYTE,
            each_bytes=_number(environment, "EACH_MB", max(1, everything // 4)) * MEGABYTE,
        )


def _number(environment: Mapping[str, str], name: str, usual: int) -> int:
    text = environment.get(f"{PREFIX}{name}", "").strip()
    if not text:
        return usual
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    _log.warning("%s%s is %r and should be a whole number from 1; %d is used.", PREFIX, name, text, usual)
    return usual


def most_bytes(recipe: Recipe, source: str | None) -> int:
    """Return what a run will take on the disk at most, what it is kept with twice while that is replaced.

    Raises:
        TrainingError: the source cannot be trained on.
    """
    task = make_task(recipe.task, source, **({} if recipe.length is None else {"length": recipe.length}))
    parts = {"r": 1, "g": 3, "l": 4}[recipe.cell[0]]
    widths = [task.inputs, *[recipe.hidden] * (recipe.layers - 1)]
    weights = sum(recipe.hidden * (parts * (width + recipe.hidden + 1) + 1) for width in widths)
    network = 4 * (weights + task.outputs * (recipe.hidden + 1)) + HEADER
    states = 4 * 2 * recipe.batch * recipe.hidden * recipe.layers
    checkpoint_bytes = min(len(checkpoints(recipe.steps)) * network, MOST_BYTES + network)
    source_bytes = 0 if source is None else len(source.encode())
    return checkpoint_bytes + 2 * (3 * network + states) + RECORD * (recipe.steps + 1) + source_bytes + LOG


@dataclass(frozen=True)
class DiskUse:
    """What a run takes on the disk, or while it goes on may come to take.

    seen: when somebody last looked at it, in any seconds. watched: whether somebody has it open now.
    """

    id: str
    owner: str
    bytes: int
    ended: bool
    seen: float
    watched: bool = False


def removable(
    usages: Sequence[DiskUse], limits: Limits, now: float, owner: str = "", more: int = 0
) -> tuple[dict[str, str], int]:
    """Return which ended runs are to go, and why, so that ``owner`` may have ``more`` bytes.

    Of the runs of nobody watching the one that was looked at longest ago goes first, and then so do those
    that are watched. The reason is the end of a string's key: ``old`` or ``room``.

    Returns:
        The reasons by the runs' ids, and how many bytes are then still missing for ``more``.
    """
    gone: dict[str, str] = {}
    ended = sorted((run for run in usages if run.ended), key=lambda run: (run.watched, run.seen))
    for index, run in enumerate(ended):
        if not run.watched and now - run.seen > limits.old:
            gone[run.id] = "old"
        elif len(ended) - index > limits.kept:
            gone[run.id] = "room"
    missing = 0
    owners = {run.owner for run in usages} | {owner}
    shares = [(owned_by, limits.each_bytes, more if owned_by == owner else 0) for owned_by in sorted(owners)]
    for owned_by, most, needed in [*shares, (None, limits.bytes, more)]:
        mine = [run for run in usages if owned_by is None or run.owner == owned_by]
        excess = sum(run.bytes for run in mine if run.id not in gone) + needed - most
        for run in ended:
            if excess > 0 and run.id not in gone and (owned_by is None or run.owner == owned_by):
                gone[run.id] = "room"
                excess -= run.bytes
        if needed:
            missing = max(missing, excess)
    return gone, missing
