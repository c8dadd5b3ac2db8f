"""The stage's modules and styles: how they reach the browser, and under which version.

``assets/stage`` holds plain ES modules in folders, each known by its path below that folder
(``"core/dom.js"``). A request for each would cost a first visit as much as Streamlit itself, so they travel
linked in a few files: a module's imports are found by ``imports``, resolved as a browser would, and sorted so
that each module comes after those it imports. What the stage imports at once is the base; what it imports
later, by ``await import(…)``, is a chunk that is fetched then. The loader hands the modules to the browser
one by one as they are. The version is a hash of the files and part of the path: a browser may keep what it
has got for good and still gets the new one after a change.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath
from typing import Any

from gates.paths import ASSETS, STAGE
from gates.scenes import compact
from gates.text import LANGUAGES, subset

PREFIX = "/assets"
BASE = "stage.json"
"""The file of what the stage imports at once, which tells of the chunks too."""
START = "stage.js"
COURSE_BASE = "course.json"
COURSE_START = "course/course.js"
"""Of the course, which builds on the stage: its modules are named by their path below ``assets``."""
COURSE = ASSETS / "course"
LECTURE_BASE = "lecture.json"
LECTURE_START = "lecture/lecture.js"
"""Of the lecture, likewise."""
LECTURE = ASSETS / "lecture"
WORDS: Mapping[str, tuple[str, ...]] = {
    "diagram/diagram.js": ("diagram.kind.", "diagram.note.", "diagram.type."),
    "guess/guess.js": (
        "guess.question",
        "guess.draw.",
        "guess.choice.",
        "guess.what",
        "guess.plot",
        "guess.point",
    ),
    "lecture/mode.js": ("stage.lecture.",),
}
"""By module of the stage, what begins the keys of the words that it alone says: they come with it, once."""
_APPS = {COURSE_BASE: (COURSE, COURSE_START), LECTURE_BASE: (LECTURE, LECTURE_START)}
COMPONENTS = ("connection", "share", "glossary", "resume")
"""Folders of small components whose scripts a browser fetches, instead of getting them with each page."""

# The forms of import that the stage uses; a type in a comment (`import("./x.js").X`) is none.
_IMPORT = re.compile(
    r"""(^(?:import|export)\b[\w\s{},*$]*?\bfrom\s*"|^import\s*"|\bawait import\(")(\.{1,2}/[^"]*)(?=")""",
    re.MULTILINE,
)

_CALL = 'import("'
_DYNAMIC_IMPORT = f"await {_CALL}"

Files = tuple[tuple[Path, int], ...]


class LinkError(ValueError):
    """Modules cannot be put together: an import leads nowhere, or modules import each other."""


def version() -> str:
    """Hash of the stage's files; follows their changes within a second, also while the server runs."""
    return _version(int(time.monotonic()))


@lru_cache(maxsize=2)
def _version(second: int) -> str:
    """What the version is in this second: a hundred files need not be looked at with every rerun."""
    beside = (*(folder for folder, _ in _APPS.values()), *(ASSETS / name for name in COMPONENTS))
    found = _hash((*files("*"), *(file for folder in beside for file in files("*", folder))))
    return hashlib.blake2b(f"{found}{_words_of_chunk(tuple(WORDS))}".encode(), digest_size=6).hexdigest()


@lru_cache(maxsize=8)
def _words_of_chunk(names: tuple[str, ...]) -> str:
    """The words of some modules by language, as JSON; nothing without any."""
    prefixes = tuple(prefix for name in names for prefix in WORDS.get(name, ()))
    return json.dumps({lang: subset(lang, prefixes) for lang in LANGUAGES} if prefixes else None)


def fetching(name: str) -> str:
    """The script that Streamlit runs for one of :data:`COMPONENTS`: it fetches the component's own."""
    return _FETCHING.replace("{script}", f"{PREFIX}/{version()}/{name}/{name}.js")


_FETCHING = """const script = import(location.origin + "{script}");
export default (component) => {
  let end, gone;
  script.then((loaded) => gone || (end = loaded.default(component)));
  return () => (gone = true, end?.());
}"""


def modules_path(base: str = BASE) -> str:
    """Where the base of the stage, the course or the lecture is to be had."""
    return f"{PREFIX}/{version()}/{base}"


def chunk_path(start: str) -> str:
    """Where what comes with a module that is imported later is to be had."""
    return f"{PREFIX}/{version()}/{_file(start)}"


def _file(start: str, base: str = BASE) -> str:
    app = "" if base == BASE else base.replace(".json", "-")
    return f"{app}{start.removesuffix('.js').replace('/', '-')}.json"


def loader(base: str = BASE) -> str:
    """The script that Streamlit runs for the component: it puts the modules together and starts them."""
    source = (ASSETS / "loader.js").read_text(encoding="utf-8")
    return (
        compact.without_spaces(compact.script(source)).strip().replace("{modules}", modules_path(base)) + "\n"
    )


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


def reachable(modules: Mapping[str, str], start: str = "stage.js") -> dict[str, str]:
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


def link(modules: Mapping[str, str]) -> list[tuple[str, list[Piece]]]:
    """Modules in an order in which each comes after those that it imports.

    Args:
        modules: source by name, as ``sources`` gives them.

    Returns:
        Pairs of name and pieces: the source cut where it names another module, and between the cuts the place
        of that module in this list: in a list of its own, with the whole call, where it is imported later.

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


Piece = str | int | list[int]
"""Of a module: text, the place of a module that it imports, or in a list that of one it imports later."""


def _pieces(name: str, source: str, places: Mapping[str, int]) -> list[Piece]:
    pieces: list[Piece] = []
    end = 0
    for found in _IMPORT.finditer(source):
        place = places[resolve(name, found[2])]
        if found[1].endswith(_DYNAMIC_IMPORT):
            pieces += [source[end : found.end(1) - len(_CALL)], [place]]
            end = found.end(2) + len('")')
        else:
            pieces += [source[end : found.start(2)], place]
            end = found.end(2)
    return [*pieces, source[end:]]


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
            name for name in names if any(name in more for other, more in needed.items() if other != each)
        }
    return Parts(
        frozenset(base), {each: frozenset(names - base) for each, names in needed.items() if each not in base}
    )


def _targets(name: str, source: str, later: bool) -> list[str]:
    found = _IMPORT.finditer(source)
    return [resolve(name, one[2]) for one in found if one[1].endswith(_DYNAMIC_IMPORT) == later]


def _closure(starts: Iterable[str], imported: Mapping[str, Iterable[str]]) -> set[str]:
    found, waiting = set(), [*starts]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += imported[name]
    return found


def packed_file(file: str = BASE) -> bytes | None:
    """Return a file of styles and modules, as JSON that the loader takes apart; None where there is none."""
    found = _packed_files(files("*.js"), files("*.css")).get(file)
    if found is not None:
        return found
    for base, (folder, start) in _APPS.items():
        scripts, sheets = ((*files(kind), *files(kind, folder)) for kind in ("*.js", "*.css"))
        found = _packed_files(scripts, sheets, ASSETS, start, base).get(file)
        if found is not None:
            return found
    return None


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
def _reachable_files(files: Files, folder: Path, start: str) -> Mapping[str, str]:
    return reachable({_name(path, folder): path.read_text(encoding="utf-8") for path, _ in files}, start)


@lru_cache(maxsize=4)
def _split_files(files: Files, folder: Path, start: str) -> Parts:
    return split_chunks(_reachable_files(files, folder, start), start)


@lru_cache(maxsize=6)
def _packed_files(
    files: Files, sheets: Files, folder: Path = STAGE, start: str = START, base: str = BASE
) -> Mapping[str, bytes]:
    """By file, its styles and its linked modules; JSON. The loader fills in the modules' addresses.

    A module comes with its place among all, and a folder's styles with theirs: they apply in that order,
    whenever they come. The styles are not left to Streamlit, which would send them anew with every run of a
    cell.

    Raises:
        LinkError: where modules cannot be put together.
    """
    sources, parts = _reachable_files(files, folder, start), _split_files(files, folder, start)
    linked = link({name: compact.script(source) for name, source in sources.items()})
    places = {name: place for place, (name, _) in enumerate(linked)}
    named = {base: parts.base} | {_file(late, base): of for late, of in parts.chunks.items()}
    bundles: dict[str, dict[str, Any]] = {
        file: {
            "styles": [],
            "modules": [[place, *linked[place]] for place in sorted(map(places.__getitem__, of))],
        }
        for file, of in named.items()
    }
    for place, (own, paths) in enumerate(_folders((path for path, _ in sheets), folder)):
        file = next((file for file, of in named.items() if any(_folder(name) == own for name in of)), base)
        bundles[file]["styles"].append([place, compact.style(sheet(paths))])
    for file, of in named.items():
        if words := json.loads(_words_of_chunk(tuple(sorted(name.removeprefix("stage/") for name in of)))):
            bundles[file]["words"] = words
    bundles[base] |= {
        "start": places[start],
        "late": {places[name]: _file(name, base) for name in parts.chunks},
    }
    return {file: json.dumps(each, ensure_ascii=False).encode() for file, each in bundles.items()}


def _folder(name: str) -> str:
    return str(PurePosixPath(name).parent)


def _folders(paths: Iterable[Path], within: Path) -> list[tuple[str, list[Path]]]:
    """Style sheets by the folder they are in, the folders in the order in which their styles apply."""
    by: dict[str, list[Path]] = {}
    for path in paths:
        by.setdefault(_folder(_name(path, within)), []).append(path)
    return sorted(by.items(), key=lambda item: (within / item[0]).as_posix())
