"""Texts to learn characters from: The Time Machine as *Dive into Deep Learning* has it, or what is at hand.

The text (H. G. Wells, 1895, public domain) is fetched when it is first asked for, checked, and kept.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from gates.training.errors import TrainingError

URL = "http://d2l-data.s3-accelerate.amazonaws.com/timemachine.txt"
SHA1 = "090b5e7e70c295757f55df93cb0a180b9691891a"
MAX_BYTES = 1_000_000
SECONDS = 20.0
"""The most that a download may be and take; the text has 178,979 bytes."""

VARIABLE = "GATESCOPE_TIMEMACHINE"
"""The environment variable that may name a file of the text, where there is no way to the internet."""


def time_machine(path: str | os.PathLike[str] | None = None) -> str:
    """Return the text of The Time Machine, checked by its SHA-1.

    It comes from ``path``, else from the file that ``VARIABLE`` names, else from what an earlier call kept,
    else from d2l's data bucket. TrainingError where it cannot be had or is another text.
    """
    chosen = path or os.environ.get(VARIABLE)
    if chosen:
        return _checked(_read(Path(chosen)), chosen)
    cached = _cache_path()
    if cached is not None and cached.is_file() and _is_time_machine(content := _read(cached)):
        return content.decode()
    content = _download(URL)
    text = _checked(content, URL)
    if cached is not None:
        _write_cache(content, cached)
    return text


def python_documentation() -> str:
    """Return the text that Python's own ``help()`` shows on its topics: a text that is always at hand.

    TrainingError where this Python has been installed without it.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError:  # some distributions leave it out
        raise TrainingError("error.training.corpus.pydoc") from None
    return "\n".join(topics[name] for name in sorted(topics))


def letters_only(text: str) -> str:
    """Return d2l's form of a text: of each line the letters, in lower case, with one space between words.

    As in d2l's first edition the lines follow each other without a space (section 8.2,
    ``read_time_machine`` and ``load_corpus_time_machine``).
    """
    return "".join(re.sub("[^A-Za-z]+", " ", line).strip().lower() for line in text.splitlines())


def _is_time_machine(content: bytes) -> bool:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest() == SHA1


def _checked(content: bytes, source: str | os.PathLike[str]) -> str:
    if not _is_time_machine(content):
        raise TrainingError("error.training.corpus.other", place=os.fspath(source), variable=VARIABLE)
    return content.decode()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        raise TrainingError(
            "error.training.corpus.file", place=path, reason=error.strerror or error, variable=VARIABLE
        ) from error


def _download(url: str) -> bytes:
    deadline = time.monotonic() + SECONDS
    content = b""
    try:
        with urlopen(url, timeout=SECONDS / 2) as response:
            while len(content) < MAX_BYTES and (part := response.read(65_536)):
                content += part
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{SECONDS:.0f} s")
    except (OSError, HTTPException) as error:
        raise TrainingError(
            "error.training.corpus.download", url=url, reason=_reason(error), variable=VARIABLE
        ) from error
    return content


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", error)) or type(error).__name__


def _cache_path() -> Path | None:
    """Where the text is kept between runs; None where there is no home."""
    try:
        folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:
        return None
    return Path(folder) / "gatescope" / "timemachine.txt"


def _write_cache(content: bytes, path: Path) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError:  # a read-only home: it is fetched again next time
        return
