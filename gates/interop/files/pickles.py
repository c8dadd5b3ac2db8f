"""Pickles from strangers: what one would call on opening is read off it, and nothing is opened."""

from __future__ import annotations

import pickletools
import re

from gates.interop.errors import InteropError

MAX_SHARED = 16

HARMLESS = re.compile(
    r"collections\.OrderedDict|_codecs\.encode|builtins\.set|torch\.(Size|device|Tensor)"
    r"|torch\._utils\._rebuild_(tensor|tensor_v2|parameter|parameter_with_state|qtensor)"
    r"|torch\.nn\.parameter\.Parameter|torch\._tensor\._rebuild_from_type_v2"
    r"|torch\.(storage\.)?\w*Storage|torch\.(q?u?int\d+(x\d+)?|b?float\d+\w*|bool|complex\d+)"
    r"|torch\.(per_tensor_affine|per_channel_affine|serialization\._get_layout)"
)
"""What a pickled state dict may ask for. PyTorch's weights-only reader has a list of its own besides."""


def refuse_code(pickled: bytes, label: str) -> None:
    """Raise an InteropError if a pickle would call more than what rebuilds tensors, and name that.

    Also if it puts tuples together from the same tuples over and over: each doubling doubles the time to
    hash them, and a hundred bytes would take for ever.
    """
    asked: list[str] = []
    texts: list[str] = []
    memo: list[str] = []  # the operation that made each thing that may be fetched again
    fetched = 0
    previous = ""
    try:
        for operation, argument, _ in pickletools.genops(pickled):
            name = operation.name
            if name in ("GLOBAL", "INST"):
                asked.append(str(argument).replace(" ", "."))
            elif name == "STACK_GLOBAL":
                asked.append(".".join(texts[-2:]))
            elif isinstance(argument, str):
                texts.append(argument)
            if name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
                place = len(memo) if name == "MEMOIZE" else int(str(argument))
                memo += [""] * (min(place, len(pickled)) + 1 - len(memo))
                memo[place] = previous
            fetched += name == "DUP" or (name.endswith("GET") and "TUPLE" in memo[int(str(argument))])
            previous = name
    except Exception as error:  # it ends in the middle, or is no pickle
        raise InteropError("interop.error.damaged", path=label, where="data.pkl") from error
    if beyond := [name for name in dict.fromkeys(asked) if not HARMLESS.fullmatch(name)]:
        raise InteropError("interop.error.code", path=label, names=", ".join(beyond[:5]))
    if fetched > MAX_SHARED:
        raise InteropError("interop.error.damaged", path=label, where="data.pkl")
