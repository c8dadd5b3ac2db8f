"""The stage's modules as one classic script, and its styles as one sheet, cut down to what some states reach.

A file opened from a disk, in a sandboxed frame or under a strict policy can neither import modules nor make
addresses for them. So each module becomes a function that is called once and returns what it exports, in the
order of their imports, and the script needs nothing but to be run.
"""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import TopologicalSorter
from pathlib import PurePosixPath

from gates.examples.notation.kinds import KINDS
from gates.paths import ASSETS
from gates.scenes import compact, linking, modules
from gates.scenes.linking import LinkError

ENTRY = "file/file.js"
FOLDERS = ("file", "stage")
"""The folders of ``assets`` whose modules a file may hold."""

PLUGINS: Mapping[str, tuple[str, ...]] = {
    "lab": ("stage/lab/lab.js", "file/edited-run.js"),
    "gradient": ("stage/backward/backward.js",),
    "asks": ("file/gradients.js",),
    "again": ("file/recompute.js",),
    "drawn": ("file/numpy-random.js",),
    "readout": ("stage/readout/readout.js",),
    "film": ("stage/film/film.js",),
    "guesses": ("stage/guess/guess.js",),
    "embed": ("file/embed.js",),
    "show": ("file/lecture.js",),
    "bar": ("stage/shell/stages/group.js",),
    "lecture": ("stage/lecture/mode.js", "stage/widgets/lecturing.js"),
    "several": ("file/several.js", "stage/widgets/examples.js"),
    "server": ("stage/widgets/choice.js",),
}
"""By the field of a run's header that calls for them (stage/mount.js, stage/shell), the modules loaded. An
embedded stage calls for ``embed``, a lecture's file for ``show``;
``asks``: the browser computes the way back, ``again``: the run, ``drawn``: by weights that it draws;
``lecture``: one is given from the stage; ``several``: there are several states to choose from;
``server``: one answers, as in no file."""

_CHOOSERS = ("stage/belt/kinds.js", "stage/diagram/kinds.js", "stage/engine/forward.js")
"""Modules that import what draws or computes each kind of cell, and choose among that by the run."""
_OF_KINDS: Mapping[str, frozenset[str]] = {
    "stage/belt/parts/mixer.js": frozenset({"gru", "rnn"}),
    "stage/core/run/rules.js": frozenset(name for name, kind in KINDS.items() if kind.rules),
}
"""Modules that others import for every kind, but call for some kinds alone."""
_MODERN = "modern"
"""What draws the kinds that have no module of their own."""

_WHOLE = re.compile(r'^import\s+\*\s+as\s+\w+\s+from\s+"([^"]+)"|\bimport\("([^"]+)"\)', re.MULTILINE)
"""An import of a module as a whole."""
_EXPORT = re.compile(r"^export\s+(?:(?:async\s+)?function\*?|class|const)\s+(\w+)", re.MULTILINE)
_LETTERS = string.ascii_lowercase
_NOT_IN_HTML = re.compile(r"<(?=!--|/?script)", re.IGNORECASE)


@dataclass(frozen=True)
class Reach:
    """What the runs of a file call for: kinds of cells, and fields of their headers that bring a plug-in."""

    kinds: frozenset[str]
    plugins: frozenset[str]


def reachable(reach: Reach, sources: Mapping[str, str]) -> list[str]:
    """Return the modules that the runs call for, each after those that it imports.

    Raises:
        LinkError: for an import of what is no module, and for modules that import each other.
    """
    imported: dict[str, list[str]] = {}
    waiting = [ENTRY]
    while waiting:
        name = waiting.pop()
        if name in imported:
            continue
        if name not in sources:
            raise LinkError(f"There is no module {name}.")
        targets = linking.imports(name, sources[name])
        imported[name] = [target for target in targets if _is_needed(name, target, targets, reach)]
        waiting += imported[name]
    return list(TopologicalSorter(imported).static_order())


def _is_needed(name: str, target: str, siblings: Collection[str], reach: Reach) -> bool:
    """Whether a module will need another one that it imports, among those beside it, for these runs."""
    for field, loaded in PLUGINS.items():
        if target in loaded:
            return field in reach.plugins
    if not reach.kinds & _OF_KINDS.get(target, reach.kinds):
        return False
    if name not in _CHOOSERS:
        return True
    if _stem(target) in KINDS:
        return _stem(target) in reach.kinds
    return _stem(target) != _MODERN or bool(reach.kinds - {_stem(sibling) for sibling in siblings})


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


def script(reach: Reach) -> str:
    """Return the script of a file, to be put into an element ``script`` as it is.

    Raises:
        LinkError: where the modules cannot be put together.
    """
    return _linked(reach, _files("*.js"))


@lru_cache(maxsize=32)
def _linked(reach: Reach, files: modules.Files) -> str:
    return linked(reach, _sources(files))


def linked(reach: Reach, sources: Mapping[str, str]) -> str:
    """Return :func:`script` of other modules, by their paths below ``assets``; raises as that does."""
    names = reachable(reach, sources)
    # the same name in every file, so that a module is made small once
    places = {name: f"${_short(index)}" for index, name in enumerate(sorted(sources)) if name in names}
    keys = _keys(sources)
    bodies = ",\n".join(_function(name, sources[name], places, keys) for name in names)
    whole = compact.minified(
        f'"use strict";\n(async()=>{{let {bodies}}})();\n'
    )  # now the names of the modules too
    return _NOT_IN_HTML.sub(r"\\x3c", whole)


def _keys(sources: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    """By module, the keys under which it hands over its exports: short, unless it is asked for as a whole."""
    whole = {
        linking.resolve(name, path) for name, source in sources.items() for path in _imported_whole(source)
    }
    return {
        name: {each: each if name in whole else _short(index) for index, each in enumerate(_exported(source))}
        for name, source in sources.items()
    }


@lru_cache(maxsize=1024)
def _imported_whole(source: str) -> tuple[str, ...]:
    """The paths of the modules that one imports as a whole."""
    return tuple(match[1] or match[2] for match in _WHOLE.finditer(source))


@lru_cache(maxsize=1024)
def _exported(source: str) -> tuple[str, ...]:
    """The names that a module exports."""
    return tuple(match[1] for match in _EXPORT.finditer(source))


def _short(number: int) -> str:
    """A name for each number, of few letters."""
    return _LETTERS[number % 26] + (_short(number // 26 - 1) if number >= 26 else "")


def _function(
    name: str, source: str, places: Mapping[str, str], keys: Mapping[str, Mapping[str, str]]
) -> str:
    """One module as a function that is called at once, and the name of what it returns."""

    def place(target: str) -> str:
        return places.get(target, "{}")

    def key(target: str, export: str) -> str:
        return keys.get(target, {}).get(export, export)

    text = linking.function(name, source, place, place, key)
    return f"{places[name]}={'await ' if text.startswith(linking.WAITED) else ''}{_minified(text)}"


_minified = lru_cache(maxsize=1024)(compact.minified)


def style(reach: Reach) -> str:
    """Return the styles of the modules that are reached, as one sheet for an element ``style``."""
    return _style(reach, _files("*.js"), _files("*.css"))


@lru_cache(maxsize=32)
def _style(reach: Reach, scripts: modules.Files, sheets: modules.Files) -> str:
    folders = {ASSETS / PurePosixPath(name).parent for name in reachable(reach, _sources(scripts))}
    return compact.dense_style(modules.sheet(path for path, _ in sheets if path.parent in folders))


def stamp() -> modules.Files:
    """Return what changes whenever a script or style sheet does."""
    return (*_files("*.js"), *_files("*.css"))


def _files(pattern: str) -> modules.Files:
    return tuple(file for folder in FOLDERS for file in modules.files(pattern, ASSETS / folder))


@lru_cache(maxsize=4)
def _sources(files: modules.Files) -> Mapping[str, str]:
    return {
        path.relative_to(ASSETS).as_posix(): compact.script(path.read_text(encoding="utf-8"))
        for path, _ in files
    }
