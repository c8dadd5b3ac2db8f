"""The files in which states of pages are kept, for people who read what changed.

``states.txt`` has under each test its states, each by its language and the names of its parts. ``parts.txt``
has each part once: its kind and name, what it was told, and the names of the parts in it. A part that changes
keeps its name, so nothing else changes with it.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parent / "data"
WIDTH = 110

State = tuple[str, list[Any]]
"""Language, and what stands on the page: `contents`."""


class Part(NamedTuple):
    """An element, or a container with what is in it."""

    kind: str
    told: str
    """As JSON."""
    under: tuple[str, ...] = ()


class Kept(NamedTuple):
    """What the files hold: the parts by their names, and of each test language and parts of each state."""

    parts: dict[str, Part]
    states: dict[str, list[tuple[str, list[str]]]]


def read(folder: Path = DATA) -> Kept:
    """Read both files."""
    parts = {}
    for name, lines in _entries(folder / "parts.txt"):
        under = tuple(line[3:] for line in lines if line.startswith(" - "))
        told = "".join(line for line in lines if not line.startswith(" - "))
        parts[name] = Part(name.partition(" ")[0], _json(json.loads(told or "{}")), under)
    states = {
        test: [(line[1:3], line[5:].split(", ") if line[5:] else []) for line in lines]
        for test, lines in _entries(folder / "states.txt")
    }
    return Kept(parts, states)


def whole(name: str, parts: dict[str, Part]) -> list[Any]:
    """Return a part as `contents` has it."""
    kind, told, under = parts[name]
    return [kind, json.loads(told), [whole(each, parts) for each in under]]


def write(
    looked_at: dict[str, list[State]],
    stale: Callable[[Iterable[str]], list[str]] = lambda states: [],
    folder: Path = DATA,
) -> None:
    """Put the states of some tests in the place of those that are kept of them, and leave out what is stale.

    Processes that write at the same time wait for each other.
    """
    import fcntl

    folder.mkdir(exist_ok=True)
    with (folder / "states.txt").open("a+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (folder / "parts.txt").touch()
        kept = read(folder)
        old = {
            test: [(language, [whole(name, kept.parts) for name in roots]) for language, roots in shown]
            for test, shown in kept.states.items()
        }
        shown = old | looked_at
        gone = {*stale(shown), *(test for test, states in shown.items() if not states)}
        shown = {test: states for test, states in sorted(shown.items()) if test not in gone}
        names = _names(
            [root for states in shown.values() for _, roots in states for root in roots], kept.parts
        )
        parts = sorted(names.items(), key=lambda one: _in_order(one[1]))
        lines = [f"{name}\n{_laid_out(part)}" for part, name in parts]
        (folder / "parts.txt").write_text("".join(lines), encoding="utf-8")
        lines = [
            "\n".join([test, *(f" {language}: {', '.join(roots)}" for language, roots in states), ""])
            for test, states in ((test, _named(states, names)) for test, states in shown.items())
        ]
        (folder / "states.txt").write_text("".join(lines), encoding="utf-8")


def _entries(path: Path) -> Iterator[tuple[str, list[str]]]:
    """What stands in a file: a line, and those under it, which are indented."""
    for entry in re.split(r"\n(?! )", path.read_text(encoding="utf-8").rstrip("\n")):
        if entry:
            head, *lines = entry.split("\n")
            yield head, lines


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _laid_out(part: Part) -> str:
    told = json.loads(part.told)
    lines = [f" {line}\n" for line in _lines(told)] if told else []
    return "".join([*lines, *(f" - {name}\n" for name in part.under)])


def _lines(value: Any, before: str = "", after: str = "") -> Iterator[str]:
    """JSON, on one line what fits there."""
    line = before + _json(value) + after
    if len(line.lstrip()) <= WIDTH or not isinstance(value, (dict, list)) or not value:
        yield line
        return
    indent = " " * (len(before) - len(before.lstrip()) + 1)
    inner = (
        [(f"{_json(name)}: ", each) for name, each in value.items()]
        if isinstance(value, dict)
        else [("", each) for each in value]
    )
    yield before + ("{" if isinstance(value, dict) else "[")
    for number, (name, each) in enumerate(inner, 1):
        yield from _lines(each, indent + name, "," if number < len(inner) else "")
    yield indent[1:] + ("}" if isinstance(value, dict) else "]") + after


def _named(states: list[State], names: dict[Part, str]) -> list[tuple[str, list[str]]]:
    def name(node: Any) -> str:
        kind, told, under = node
        return names[Part(kind, _json(told), tuple(map(name, under)))]

    return [(language, [name(root) for root in roots]) for language, roots in states]


def _names(roots: list[Any], old: dict[str, Part]) -> dict[Part, str]:
    """Name every part: as it was called where it is as it was, else by a name that is free."""
    levels: dict[int, list[Any]] = defaultdict(list)
    for root in roots:
        _height(root, levels)
    known = {part: name for name, part in old.items()}
    heights = _heights(old)
    names: dict[Part, str] = {}
    of: dict[int, str] = {}
    for height, nodes in sorted(levels.items()):
        found: dict[Part, Any] = {}
        for node in nodes:
            found.setdefault(Part(node[0], _json(node[1]), tuple(of[id(each)] for each in node[2])), node)
        kept = {part: known[part] for part in found if part in known}
        free = {name for name in old if heights[name] == height}.difference(kept.values())
        taken = set(old) | set(names.values())
        for part, node in found.items():
            if part not in kept:
                kept[part] = _name(part, _base(node), free, taken, old)
                free.discard(kept[part])
                taken.add(kept[part])
        names |= kept
        for node in nodes:
            of[id(node)] = names[Part(node[0], _json(node[1]), tuple(of[id(each)] for each in node[2]))]
    return names


def _height(node: Any, levels: dict[int, list[Any]]) -> int:
    height = 1 + max((_height(each, levels) for each in node[2]), default=-1)
    levels[height].append(node)
    return height


def _heights(parts: dict[str, Part]) -> dict[str, int]:
    found: dict[str, int] = {}

    def height(name: str) -> int:
        if name not in found:
            found[name] = 1 + max((height(each) for each in parts[name].under), default=-1)
        return found[name]

    return {name: height(name) for name in parts}


def _name(part: Part, base: str, free: set[str], taken: set[str], old: dict[str, Part]) -> str:
    """The name of the part that this one was before, as far as one can see, or a new one."""
    before = [name for name in sorted(free, key=_in_order) if name == base or name.startswith(f"{base} ")]
    if before:
        own = part.told + "".join(part.under)
        alike = lambda name: SequenceMatcher(None, old[name].told + "".join(old[name].under), own)  # noqa: E731
        return max(before, key=lambda name: alike(name).quick_ratio())
    number = 1
    while (name := base if number == 1 else f"{base} {number}") in taken:
        number += 1
    return name


def _in_order(name: str) -> tuple[str, int]:
    base, _, number = name.rpartition(" ")
    return (base, int(number)) if number.isdigit() else (name, 0)


def _base(node: Any) -> str:
    """Kind, and the first word that says which one it is: a key, a label, what it says, or what is in it."""
    kind = node[0]
    title = next((each for each in _within(node) if each[0] == "title"), None) if kind == "main" else None
    parts = [title] if title else _within(node)
    word = next((word for each in parts if (word := name_of(each[1]))), "")
    return f"{kind} {word}".strip()


def _within(node: Any) -> Iterator[Any]:
    yield node
    for each in node[2]:
        yield from _within(each)


def name_of(told: dict[str, Any]) -> str:
    """Return the word by which an element is known: its key, its label, what it says."""
    told = next((value for value in told.values() if isinstance(value, dict)), {}) | told
    for name in ("key", "label", "body", "component_name", "alt"):
        found = told.get(name)
        while found and isinstance(found, (list, dict)):
            found = next(iter(found))
        if word := re.sub(r"[^\w.]+", "-", str(found or ""))[:40].strip("-."):
            return word
    return ""
