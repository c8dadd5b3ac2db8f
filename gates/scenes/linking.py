"""Modules of JavaScript, linked: each as a function that returns what it exports, after those it imports.

A module's imports are found by :func:`imports`, resolved as a browser would, and sorted so that each module
comes after those it imports. What a start imports at once is the base; what it imports later, by
``await import(…)``, is a chunk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath

START = "stage.js"

# The forms of import that the stage uses; a type in a comment (`import("./x.js").X`) is none.
_IMPORT = re.compile(
    r"""(^(?:import|export)\b[\w\s{},*$]*?\bfrom\s*"|^import\s*"|\bawait import\(")(\.{1,2}/[^"]*)(?=")""",
    re.MULTILINE,
)
_DYNAMIC_IMPORT = 'await import("'
_STATIC_IMPORT = re.compile(r'^import\s+(?:\{([^}]*)\}|\*\s+as\s+(\w+))\s+from\s+"([^"]+)";?', re.MULTILINE)
_AWAITED_IMPORT = re.compile(r'\bawait import\("([^"]+)"\)')
_EXPORT = re.compile(
    r"^export\s+(?:(default\s+)?((?:async\s+)?function\*?|class|const)\s+(\w+)|(default)\b|\{([^}]*)\}(?!\s*from);?)",
    re.MULTILINE,
)
_UNKNOWN = re.compile(r"^(?:import|export)\b", re.MULTILINE)
_TOP_LEVEL_AWAIT = re.compile(r"^(?:const \w+ = )?await\b", re.MULTILINE)
"""Of a module that waits for something before it is there."""
WAITED = "(async "
"""What the call of such a module's function begins with."""


class LinkError(ValueError):
    """Modules cannot be put together: an import leads nowhere, or modules import each other."""


def imports(name: str, source: str) -> list[str]:
    """The modules that the module ``name`` imports, at its start or later, in the order of its text.

    Raises:
        LinkError: for a path that leads out of the stage.
    """
    return [target for target, _ in _imported(name, source)]


@lru_cache(maxsize=1024)
def _imported(name: str, source: str) -> tuple[tuple[str, bool], ...]:
    """What a module imports, each with whether it does so later; kept, for every file that is made asks."""
    matches = _IMPORT.finditer(source)
    return tuple((resolve(name, match[2]), match[1].endswith(_DYNAMIC_IMPORT)) for match in matches)


@lru_cache(maxsize=4096)
def resolve(name: str, path: str) -> str:
    """Which module the relative ``path`` means inside the module ``name``.

    Raises:
        LinkError: for a path that leads out of the stage.
    """
    parts = list(PurePosixPath(name).parent.parts)
    for part in PurePosixPath(path).parts:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            raise LinkError(f"{name} imports {path}, which lies outside the stage.")
    return "/".join(parts)


def reachable(modules: Mapping[str, str], start: str = "stage.js") -> dict[str, str]:
    """The module ``start`` and those it imports, itself or through others: what a page can come to run.

    Raises:
        LinkError: for an import of a module that does not exist; the message names it.
    """
    reached, waiting = {}, [("", start)]
    while waiting:
        by, name = waiting.pop()
        if name not in modules:
            raise LinkError(f"{by} imports {name}, but there is no such module.")
        if name not in reached:
            reached[name] = modules[name]
            waiting += [(name, target) for target in imports(name, modules[name])]
    return reached


def link(modules: Mapping[str, str]) -> list[tuple[str, str]]:
    """Modules in an order in which each comes after those that it imports.

    Args:
        modules: source by name, as ``sources`` gives them.

    Returns:
        Pairs of name and function, as :func:`function` writes it: ``$m`` has what the modules export, by
        their place in this list, and ``$late`` brings what is imported later.

    Raises:
        LinkError: for an import of a module that does not exist, and for modules that import each other; the
            message names them.
    """
    imported = {name: imports(name, source) for name, source in modules.items()}
    for name, targets in imported.items():
        for target in targets:
            if target not in modules:
                raise LinkError(f"{name} imports {target}, but there is no such module.")
    try:
        order = list(TopologicalSorter(imported).static_order())
    except CycleError as error:
        raise LinkError(f"These modules import each other: {' → '.join(reversed(error.args[1]))}.") from error
    places = {name: index for index, name in enumerate(order)}

    def called(name: str) -> str:
        text = function(
            name, modules[name], lambda to: f"$m[{places[to]}]", lambda to: f"$late({places[to]})"
        )
        return f"await {text}" if text.startswith(WAITED) else text

    return [(name, called(name)) for name in order]


def function(
    name: str,
    source: str,
    place: Callable[[str], str],
    late: Callable[[str], str],
    key: Callable[[str, str], str] = lambda _, export: export,
) -> str:
    """Return a module as the call of a function that returns what the module exports.

    Args:
        name: the module's.
        source: its text.
        place: says where what a module exports is to be found, by that module's name.
        late: what stands for the import of a module later.
        key: the key under which a module hands over an export.

    Raises:
        LinkError: for a form of import or export that is not known here; the message names it.
    """

    def brought(match: re.Match[str]) -> str:
        target = resolve(name, match[3])
        if match[2]:
            return f"const {match[2]} = {place(target)};"
        pairs = [pair.split(" as ") for pair in map(str.strip, match[1].split(",")) if pair]
        names = [f"{key(target, pair[0])}: {pair[-1]}" for pair in pairs]
        return f"const {{ {', '.join(names)} }} = {place(target)};"

    handed: dict[str, str] = {}

    def exported(match: re.Match[str]) -> str:
        default, kind, declared, value, listed = match.groups()
        if listed:
            pairs = [pair.split(" as ") for pair in map(str.strip, listed.split(",")) if pair]
            handed.update({pair[-1]: pair[0] for pair in pairs})
            return ""
        handed["default" if default or value else declared] = declared or "$default"
        return f"{kind} {declared}" if declared else "const $default ="

    text = _AWAITED_IMPORT.sub(
        lambda match: "await " + late(resolve(name, match[1])), _STATIC_IMPORT.sub(brought, source)
    )
    text = _EXPORT.sub(exported, text)
    if unknown := _UNKNOWN.search(text):
        line = text[unknown.start() :].partition("\n")[0]
        raise LinkError(f"{name} has a form of import or export that is not known here: {line}")
    result = ", ".join(f"{key(name, export)}: {declared}" for export, declared in handed.items())
    call = f"{WAITED}() => {{" if _TOP_LEVEL_AWAIT.search(text) else "(() => {"
    return f"{call}\n{text.strip()}\nreturn {{ {result} }};\n}})()"


@dataclass(frozen=True)
class Parts:
    """Modules in the files in which they travel.

    base: the modules of the base. chunks: by module that is imported later, those that come with it.
    """

    base: frozenset[str]
    chunks: Mapping[str, frozenset[str]]


def split_chunks(modules: Mapping[str, str], start: str = START) -> Parts:
    """Part modules by what imports them.

    A chunk holds what it alone needs. What two of them need is in the base, so that nothing is run twice.
    """
    now = {name: _targets(name, source, later=False) for name, source in modules.items()}
    late = {target for name, source in modules.items() for target in _targets(name, source, later=True)}
    base = _closure([start], now)
    needed = {each: _closure([each], now) for each in sorted(late - base)}
    for each, names in needed.items():
        base |= {
            name for name in names if any(name in more for chunk, more in needed.items() if chunk != each)
        }
    return Parts(
        frozenset(base), {each: frozenset(names - base) for each, names in needed.items() if each not in base}
    )


def _targets(name: str, source: str, later: bool) -> list[str]:
    return [target for target, is_later in _imported(name, source) if is_later == later]


def _closure(starts: Iterable[str], imported: Mapping[str, Iterable[str]]) -> set[str]:
    reached, waiting = set(), [*starts]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += imported[name]
    return reached
