"""Mappings of mappings, as checkpoints and trees are, made flat."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from gates.interop.errors import InteropError
from gates.interop.report import Note
from gates.interop.values import Value, as_value

DEPTH = 8
WRAPPERS = ("module.", "_orig_mod.")
"""What DataParallel and torch.compile put before every name."""


def as_mapping(content: Any, label: str) -> Mapping[Any, Any]:
    """Return what a checkpoint holds as a mapping: one as it is, the parts of a list by their numbers.

    Raises:
        InteropError: it is neither.
    """
    if isinstance(content, Mapping):
        return content
    if isinstance(content, (list, tuple)) and any(isinstance(part, Mapping) for part in content):
        return {str(index): part for index, part in enumerate(content)}
    raise InteropError("interop.error.top", path=label, type=type(content).__name__)


def state_dicts(mapping: Mapping[Any, Any]) -> frozenset[str]:
    """Return the names before the top levels of the state dicts in a checkpoint, that of its own among them.

    A part of it is a state dict if it has dotted names; of a tree of mappings each level is a layer's own.
    """
    roots = {""}
    waiting: deque[tuple[int, str, Mapping[Any, Any]]] = deque([(0, "", mapping)])
    seen: set[int] = set()
    while waiting:
        depth, prefix, part = waiting.popleft()
        if id(part) in seen or depth > DEPTH:
            continue
        seen.add(id(part))
        for key, value in part.items():
            if isinstance(key, str) and isinstance(value, Mapping):
                path = f"{prefix}{key}"
                if any(isinstance(name, str) and "." in name for name in value):
                    roots |= {path, *(f"{path}.{wrapper[:-1]}" for wrapper in WRAPPERS)}
                waiting.append((depth + 1, f"{path}.", value))
    return frozenset(roots)


def flatten(mapping: Mapping[Any, Any]) -> dict[str, Value]:
    """Return the arrays of a nested checkpoint under dotted names. What is no array is passed over."""
    arrays: dict[str, Value] = {}
    seen: dict[
        int, Any
    ] = {}  # held, for some mappings make each part anew, and a number may be given out again
    waiting: deque[tuple[int, str, Any]] = deque([(0, "", mapping)])
    while waiting:
        depth, prefix, part = waiting.popleft()
        if id(part) in seen or depth > DEPTH:  # a hostile file's may contain itself, or go down for ever
            continue
        seen[id(part)] = part
        for key, value in part.items() if isinstance(part, Mapping) else enumerate(part):
            if not isinstance(key, (str, int)):
                continue
            if isinstance(value, Mapping) or _is_list_of_parts(value):
                waiting.append((depth + 1, f"{prefix}{key}.", value))
            elif (array := as_value(value)) is not None:
                arrays[f"{prefix}{key}"] = array
    return arrays


def _is_list_of_parts(value: Any) -> bool:
    """Whether it is a list of layers or arrays, as trees have them, rather than one of numbers."""
    return isinstance(value, (list, tuple)) and any(
        isinstance(item, Mapping) or getattr(item, "shape", ()) for item in value
    )


def unwrap(arrays: Mapping[str, Value]) -> tuple[dict[str, Value], tuple[Note, ...]]:
    """Return the arrays without the prefix that DataParallel or torch.compile put before every name."""
    notes: list[Note] = []
    names = dict(arrays)
    for prefix in WRAPPERS * 2:  # DataParallel around torch.compile, or the other way round
        if not names or not all(name.startswith(prefix) for name in names):
            continue
        names = {name.removeprefix(prefix): value for name, value in names.items()}
        notes.append(Note("interop.report.prefix", prefix=prefix))
    return names, tuple(notes)
