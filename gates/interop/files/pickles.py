"""Untrusted pickles: what one would call on opening is read off it, and nothing is opened."""

from __future__ import annotations

import io
import pickletools
import re
import zipfile
from collections.abc import Sequence
from typing import BinaryIO

from gates.interop.errors import InteropError

MAX_SHARED = 16
NAMED = re.compile(r"[A-Za-z_][\w.]* [A-Za-z_][\w.]*")
SHOWN = 5


def refuse_code(file: BinaryIO, label: str, pickles: int = 1) -> int:
    """Raise an InteropError if pickles would call more than what PyTorch's weights-only reader calls.

    pickles: how many stand one behind the other. Returns the highest protocol among them.
    """
    called, protocol = scanned(file, label, pickles)
    if beyond := unsafe(called):
        raise InteropError("interop.error.code", path=label, names=", ".join(beyond[:SHOWN]))
    return protocol


def scanned(file: BinaryIO, label: str, pickles: int = 1) -> tuple[list[str], int]:
    """Return what pickles would call, each as "module name", and the highest protocol among them.

    Raises:
        InteropError: one is damaged, or puts tuples together from the same tuples over and over: each time
            doubles the time to hash them, and a hundred bytes would take for ever.
    """
    called: list[str] = []
    texts = ["", ""]
    fetched, protocol = 0, 0
    try:
        for _ in range(pickles):
            memo: dict[int, str] = {}  # the operation that made each thing that may be fetched again
            previous = ""
            for operation, argument, _ in pickletools.genops(file):
                name = operation.name
                if name == "PROTO":
                    protocol = max(protocol, int(str(argument)))
                elif name in ("GLOBAL", "INST"):
                    called.append(str(argument))
                elif name == "STACK_GLOBAL":
                    called.append(" ".join(texts))
                elif isinstance(argument, str):
                    texts = [texts[1], argument]
                if name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
                    memo[len(memo) if name == "MEMOIZE" else int(str(argument))] = previous
                fetched += name == "DUP" or (name.endswith("GET") and "TUPLE" in memo[int(str(argument))])
                previous = name
    except Exception as error:  # it ends in the middle, or is no pickle
        raise InteropError("interop.error.damaged", path=label, where="data.pkl") from error
    if fetched > MAX_SHARED:
        raise InteropError("interop.error.damaged", path=label, where="data.pkl")
    return list(dict.fromkeys(called)), protocol


def unsafe(names: Sequence[str]) -> list[str]:
    """Return those of ``names`` ("module name") that PyTorch's weights-only reader does not call.

    PyTorch tells that of a checkpoint only, so it is asked about one that mentions the names and no more.
    """
    from torch.serialization import get_unsafe_globals_in_checkpoint

    strange = [name.replace(" ", ".") for name in names if not NAMED.fullmatch(name)]
    known = [name for name in names if NAMED.fullmatch(name)]
    mentions = "".join(f"c{name.replace(' ', chr(10))}\n" for name in known)
    checkpoint = io.BytesIO()
    with zipfile.ZipFile(checkpoint, "w") as archive:
        archive.writestr("names/data.pkl", b"\x80\x02(" + mentions.encode() + b"t.")
        archive.writestr("names/version", b"3\n")
        archive.writestr("names/byteorder", b"little")
    checkpoint.seek(0)
    refused = set(get_unsafe_globals_in_checkpoint(checkpoint))
    return strange + sorted(refused, key=lambda name: mentions.find(name.replace(".", "\n")))
