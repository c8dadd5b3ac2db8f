"""The stage's modules and styles: how they reach the browser, and under which version.

``assets/stage`` holds plain ES modules in folders, each known by its path below that folder
(``"core/dom.js"``). A request for each would cost a first visit as much as Streamlit itself, so all that the
stage reaches travel in one file, linked: a module's imports are found by ``imports``, resolved as a browser
would, and sorted so that each module comes after those it imports. The loader hands them to the browser one
by one as they are. The version is a hash of the files and part of the path: a browser may keep what it has
got for good and still gets the new one after a change.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

from gates.paths import ASSETS, STAGE
from gates.scenes import compact

PREFIX = "/assets"
COMPONENTS = ("connection", "share")
"""Folders of small components whose scripts a browser fetches, instead of getting them with each page."""

# The forms of import that the stage uses; a type in a comment (`import("./x.js").X`) is none.
_IMPORT = re.compile(
    r"""(^(?:import|export)\b[\w\s{},*$]*?\bfrom\s*"|^import\s*"|\bawait import\(")(\.{1,2}/[^"]*)(?=")""",
    re.MULTILINE,
)

Files = tuple[tuple[Path, int], ...]


class LinkError(ValueError):
    """Modules cannot be put together: an import leads nowhere, or modules import each other."""


def version() -> str:
    """Hash of the stage's files; follows their changes within a second, also while the server runs."""
    return _version(int(time.monotonic()))


@lru_cache(maxsize=2)
def _version(second: int) -> str:
    """What the version is in this second: a hundred files need not be looked at with every rerun."""
    return _hash((*files("*"), *(file for name in COMPONENTS for file in files("*", ASSETS / name))))


def fetching(name: str) -> str:
    """The script that Streamlit runs for one of :data:`COMPONENTS`: it fetches the component's own."""
    return _FETCHING.replace("{script}", f"{PREFIX}/{version()}/{name}/{name}.js")


_FETCHING = """const script = import(location.origin + "{script}");
export default (component) => {
  let end, gone;
  script.then((loaded) => gone || (end = loaded.default(component)));
  return () => (gone = true, end?.());
}"""


def modules_path() -> str:
    """Where all modules are to be had in one piece."""
    return f"{PREFIX}/{version()}/stage.json"


def loader() -> str:
    """The script that Streamlit runs for the component: it puts the modules together and starts them."""
    source = (ASSETS / "loader.js").read_text(encoding="utf-8")
    return compact.script(source).replace("{modules}", modules_path())


def sources(folder: Path = STAGE) -> dict[str, str]:
    """The text of every module in ``folder`` and below, by its path from there, as ``"core/dom.js"``."""
    return {_name(path, folder): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.js"))}


def imports(name: str, source: str) -> list[str]:
    """The modules that the module ``name`` imports, at its start or later, in the order of its text.

    Raises:
        LinkError: for a path that leads out of the stage.
    """
    return [resolve(name, found[2]) for found in _IMPORT.finditer(source)]


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


def reached(modules: Mapping[str, str], start: str = "stage.js") -> dict[str, str]:
    """The module ``start`` and those it imports, itself or through others: what a page can come to run.

    Raises:
        LinkError: for an import of a module that does not exist; the message names it.
    """
    found, waiting = {}, [("", start)]
    while waiting:
        by, name = waiting.pop()
        if name not in modules:
            raise LinkError(f"{by} imports {name}, but there is no such module.")
        if name not in found:
            found[name] = modules[name]
            waiting += [(name, target) for target in imports(name, modules[name])]
    return found


def link(modules: Mapping[str, str]) -> list[tuple[str, list[str | int]]]:
    """Modules in an order in which each comes after those that it imports.

    Args:
        modules: source by name, as ``sources`` gives them.

    Returns:
        Pairs of name and pieces: the source cut where it names another module, and between the cuts the place
        of that module in this list.

    Raises:
        LinkError: for an import of a module that does not exist, and for modules that import each other; the
            message names them.
    """
    found = {name: imports(name, source) for name, source in modules.items()}
    for name, targets in found.items():
        for target in targets:
            if target not in modules:
                raise LinkError(f"{name} imports {target}, but there is no such module.")
    try:
        order = list(TopologicalSorter(found).static_order())
    except CycleError as error:
        raise LinkError(f"These modules import each other: {' → '.join(reversed(error.args[1]))}.") from error
    places = {name: place for place, name in enumerate(order)}
    return [(name, _pieces(name, modules[name], places)) for name in order]


def _pieces(name: str, source: str, places: Mapping[str, int]) -> list[str | int]:
    pieces: list[str | int] = []
    end = 0
    for found in _IMPORT.finditer(source):
        pieces += [source[end : found.start(2)], places[resolve(name, found[2])]]
        end = found.end(2)
    return [*pieces, source[end:]]


def joined() -> bytes:
    """All styles, and the modules that the stage reaches, as JSON that the loader takes apart."""
    return _joined(files("*.js"), files("*.css"))


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def files(pattern: str, folder: Path = STAGE) -> Files:
    """Return the files of a folder and those below it, each with the time of its last change."""
    return tuple((path, path.stat().st_mtime_ns) for path in sorted(folder.rglob(pattern)) if path.is_file())


@lru_cache(maxsize=4)
def _hash(files: Files) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for path, _ in files:
        digest.update(_name(path, ASSETS).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def sheet(paths: Iterable[Path]) -> str:
    """Return style sheets in one: a folder's own sheet, then its others, then those of the folders in it."""

    def place(path: Path) -> tuple[str, bool, str]:
        return path.parent.as_posix(), path.stem != path.parent.name, path.name

    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(paths, key=place))


@lru_cache(maxsize=4)
def _joined(files: Files, sheets: Files) -> bytes:
    """The styles, and the linked modules; JSON. The loader fills in the modules' addresses.

    The styles are not left to Streamlit, which would send them anew with every run of a cell.

    Raises:
        LinkError: where modules cannot be put together.
    """
    found = {_name(path, STAGE): path.read_text(encoding="utf-8") for path, _ in files}
    modules = link({name: compact.script(source) for name, source in reached(found).items()})
    return json.dumps(
        {"styles": compact.style(sheet(path for path, _ in sheets)), "modules": modules}, ensure_ascii=False
    ).encode()
