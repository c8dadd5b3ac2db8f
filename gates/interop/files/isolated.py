"""Checkpoints that could take much time or memory to open, opened by PyTorch in a process of their own.

The process may take so much memory and so much time; what comes back is names and the bytes of arrays.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gates.interop.errors import InteropError
from gates.interop.files.format import Source
from gates.interop.files.raw import SHORT, strided
from gates.interop.report import Note
from gates.paths import ROOT

SECONDS = 60
"""How long opening may take of the processor, PyTorch's own start (2 s) among it."""

TIMEOUT_FACTOR = 3
"""How many times as long it may take by the clock, for the processor may have more to do."""

CODE_OF_MEMORY = 3
"""What the process ends with when it was refused memory."""


def opened_isolated(source: Source) -> tuple[dict[str, Any], str | None, tuple[Note, ...]]:
    """Return the arrays of a checkpoint by dotted name, what ``save`` noted, and what to report.

    Raises:
        InteropError: it holds code or no arrays, is damaged, takes too much time or memory, or this system
            has no way to limit them.
    """
    label = source.label
    if find_spec("torch") is None:
        raise InteropError("interop.error.package", package="torch", path=label)
    if not sys.platform.startswith("linux"):
        raise InteropError("interop.error.isolated.system", path=label)
    with tempfile.TemporaryDirectory(prefix="gatescope-") as folder:
        copied, answer = Path(folder, "given"), Path(folder, "answer")
        source.file.seek(0)
        with copied.open("wb") as copy:
            shutil.copyfileobj(source.file, copy)
        command = [sys.executable, "-P", "-m", "gates.interop.files.child"]
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
        try:
            done = subprocess.run(
                [*command, str(copied), str(answer), label, str(source.max_bytes), str(SECONDS)],
                timeout=TIMEOUT_FACTOR * SECONDS,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
            out_of_time = done.returncode == -signal.SIGXCPU
        except subprocess.TimeoutExpired:
            out_of_time = True
        if out_of_time:
            raise InteropError("interop.error.isolated.time", path=label, seconds=SECONDS)
        if done.returncode == CODE_OF_MEMORY or not answer.exists():
            limit = source.max_bytes // 2**20
            raise InteropError("interop.error.isolated.memory", path=label, limit=f"{limit:,}")
        return _read(answer, label)


def _read(answer: Path, label: str) -> tuple[dict[str, Any], str | None, tuple[Note, ...]]:
    data = answer.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    header: Mapping[str, Any] = json.loads(data[8:end])
    if "key" in header:
        raise InteropError(header["key"], **header["values"])
    body = memoryview(data)[end:]
    arrays = {
        name: strided(bytes(body[start : start + size]), kind, shape)
        for name, kind, shape, start, size in header["arrays"]
    }
    kinds = dict.fromkeys(kind for _, kind, *_ in header["arrays"] if kind in SHORT)
    notes = [Note("interop.report.converted", given=kind, dtype="float32") for kind in kinds]
    return arrays, header["about"], tuple(notes)
