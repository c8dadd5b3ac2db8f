"""The stage's folders: imports go one way between them, and no file or folder is part of a circle."""

import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath

import pytest

from gates import paths
from gates.scenes import linking, modules

# Which folders a folder's modules may import from besides itself; "." is the top.
IMPORTS = {
    "core": set(),
    "core/run": {"engine"},
    "core/text": {"core", "core/run"},
    "core/loading": {"core/run"},
    "engine": set(),
    "exercise": {"engine"},
    "widgets": {"core", "core/loading", "core/run", "core/text", "guess", "lecture"},
    "lecture": {"core", "core/run", "core/text"},
    "belt/parts": {"core", "core/run", "core/text"},
    "belt/lanes": {"belt/parts", "core", "core/run", "core/text"},
    "belt/folded": {"belt/lanes", "belt/parts", "core", "core/run", "core/text"},
    "belt/kinds": {"belt/folded", "belt/lanes"},
    "belt": {"belt/folded", "belt/kinds", "belt/lanes", "belt/parts", "core", "core/loading"},
    "diagram": {"core", "core/loading", "core/run", "core/text", "widgets"},
    "unrolled": {"core", "core/text", "widgets"},
    "score": {"core", "core/run", "core/text"},
    "inspector": {"core", "core/run", "core/text"},
    "guess": {"core", "core/run", "core/text"},
    "shell/address": {"core", "core/text", "widgets"},
    "shell/fullscreen": set(),
    "shell/stages": {"core", "core/text", "shell/fullscreen", "widgets"},
    "shell/keyboard": {"core", "shell/stages"},
    "shell/print": set(),
    "shell/recompute": {"widgets"},
    "shell": {
        "core",
        "core/loading",
        "core/run",
        "core/text",
        "inspector",
        "score",
        "shell/address",
        "shell/fullscreen",
        "shell/keyboard",
        "shell/print",
        "shell/recompute",
        "shell/stages",
        "widgets",
    },
    "lab/state": {"core/run", "engine"},
    "lab/printed": {"core", "core/text", "engine", "lab/state", "widgets"},
    "lab/editor": {"core", "core/text", "engine", "lab/printed", "lab/state", "widgets"},
    "lab/clamps": {"core", "core/text", "engine", "lab/editor", "lab/state", "widgets"},
    "lab/check": {"core", "core/text", "exercise"},
    "lab/task": {
        "core",
        "core/run",
        "core/text",
        "engine",
        "lab/editor",
        "lab/printed",
        "lab/state",
        "widgets",
    },
    "lab": {
        "core",
        "core/loading",
        "core/run",
        "core/text",
        "engine",
        "lab/check",
        "lab/clamps",
        "lab/editor",
        "lab/printed",
        "lab/state",
        "lab/task",
        "shell",
        "widgets",
    },
    "backward": {"core", "core/run", "core/text", "shell", "widgets"},
    "readout": {"core", "core/text", "shell"},
    "film": {"core", "core/run", "core/text", "shell"},
    ".": {
        "backward",
        "belt",
        "core",
        "core/loading",
        "diagram",
        "film",
        "lab",
        "readout",
        "shell",
        "shell/address",
        "shell/recompute",
        "shell/stages",
        "unrolled",
    },
}
MOST_FILES = 25
MOST_LINES = 400


def folder(name: str) -> str:
    return str(PurePosixPath(name).parent)


SOURCES = modules.sources()
FOUND = {name: linking.imports(name, source) for name, source in SOURCES.items()}
TYPE = re.compile(r'(?<!await )import\("(\.[^"]+)"\)')
# What a module names in its types counts as well: `@param {import("./trace.js").Trace} trace`.
TYPES = {
    name: [linking.resolve(name, path) for path in TYPE.findall(source)] for name, source in SOURCES.items()
}


def test_no_modules_import_each_other() -> None:
    assert [name for name, _ in linking.link(SOURCES)][-1] == "stage.js"
    both = {name: {*FOUND[name], *TYPES[name]} - {name} for name in SOURCES}
    assert {target for targets in TYPES.values() for target in targets} <= SOURCES.keys()
    assert list(TopologicalSorter(both).static_order())[-1] == "stage.js"


@pytest.mark.parametrize("place", sorted({folder(name) for name in SOURCES}))
def test_folders_import_one_way(place: str) -> None:
    assert place in IMPORTS, f"{place} is new: say here what it may import"
    here = [name for name in SOURCES if folder(name) == place]
    taken = {folder(target) for name in here for target in (*FOUND[name], *TYPES[name])} - {place}
    assert taken <= IMPORTS[place], f"{place} must not import {sorted(taken - IMPORTS[place])}"
    assert taken == IMPORTS[place], (
        f"{place} does not import {sorted(IMPORTS[place] - taken)}: strike them here"
    )


def test_no_folders_import_each_other() -> None:
    order = list(TopologicalSorter(IMPORTS).static_order())
    assert order[-1] == "."


def siblings(place: PurePosixPath, found: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """What a folder holds, each file and folder with those beside it that it imports from."""
    parted: dict[str, set[str]] = {}
    for name, targets in found.items():
        if PurePosixPath(name).is_relative_to(place):
            own = PurePosixPath(name).relative_to(place).parts[0]
            inside = [target for target in map(PurePosixPath, targets) if target.is_relative_to(place)]
            parted.setdefault(own, set()).update(
                {target.relative_to(place).parts[0] for target in inside} - {own}
            )
    return parted


def test_no_files_or_folders_of_any_component_import_each_other() -> None:
    """In the course, the lecture and exported files as in the stage; what types name counts as well."""
    found = {
        name: set(linking.imports(name, source))
        | {linking.resolve(name, path) for path in TYPE.findall(source)}
        for name, source in modules.sources(paths.ASSETS).items()
    }
    assert {"course/view.js", "lecture/lecture.js", "file/file.js"} <= found.keys()
    TopologicalSorter({name: targets - {name} for name, targets in found.items()}).prepare()
    for place in {parent for name in found for parent in PurePosixPath(name).parents}:
        TopologicalSorter(siblings(place, found)).prepare()
    with pytest.raises(CycleError):
        TopologicalSorter(
            siblings(PurePosixPath("a"), {"a/b/c.js": {"a/d.js"}, "a/d.js": {"a/b/e.js"}})
        ).prepare()


NAMED = re.compile(r'^(?:import|export) \{([^}]*)\} from "([^"]+)"', re.MULTILINE)
EXPORTED = re.compile(r"^export (?:async )?(?:function\*?|class|const|let) ([\w$]+)", re.MULTILINE)


def test_what_is_imported_exists_and_is_used() -> None:
    for name, source in SOURCES.items():
        for names, path in NAMED.findall(source):
            exported = set(EXPORTED.findall(SOURCES[linking.resolve(name, path)]))
            wanted = {part.split(" as ")[0].strip() for part in names.split(",") if part.strip()}
            own = {part.split(" as ")[-1].strip() for part in names.split(",") if part.strip()}
            assert wanted <= exported, f"{name} imports {wanted - exported} from {path}"
            idle = {one for one in own if len(re.findall(rf"\b{re.escape(one)}\b", source)) < 2}
            assert not idle, f"{name} imports {idle} and does not use it"


def test_every_module_is_in_use() -> None:
    """By the stage itself, or by the course and the lecture, which stand on it."""
    used = set(linking.reachable(SOURCES))
    everything = modules.sources(paths.ASSETS)
    for start in (modules.COURSE_START, modules.LECTURE_START):
        used |= {name.removeprefix("stage/") for name in linking.reachable(everything, start)}
    assert SOURCES.keys() <= used


def test_folders_and_files_can_be_overlooked() -> None:
    for place in sorted({folder(name) for name in SOURCES}):
        files = [path for path in (paths.STAGE / place).iterdir() if path.is_file()]
        assert len(files) <= MOST_FILES, f"{place} has {len(files)} files"
        for path in files:
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= MOST_LINES, f"{path} has {lines} lines: split it"


def test_no_style_is_written_as_an_attribute() -> None:
    """Where a policy allows no styles in attributes, as an exported file does, it would do nothing."""
    for name, source in SOURCES.items():
        assert not re.search(r'setAttribute\(\s*"style"', source), (
            f"{name}: set() of core/dom.js writes styles"
        )
