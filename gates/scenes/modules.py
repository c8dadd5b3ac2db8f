"""The stage's modules and styles: how they reach the browser, and under which version.

``assets/stage`` holds plain ES modules in folders, each known by its path below that folder
(``"core/dom.js"``). A request for each would cost a first visit as much as Streamlit itself, so they travel
linked in a few files: a module's imports are found by ``imports``, resolved as a browser would, and sorted so
that each module comes after those it imports. What the stage imports at once is the base; what it imports
later, by ``await import(…)``, is a chunk that is fetched then. Each module is a function that returns what it
exports, and the loader runs those of a file as one script, for eighty scripts cost a browser more than what
stands in them. The version is a hash of the files and part of the path: a browser may keep what it has got
for good and still gets the new one after a change.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
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
    found = {name: imports(name, source) for name, source in modules.items()}
    for name, targets in found.items():
        for target in targets:
            if target not in modules:
                raise LinkError(f"{name} imports {target}, but there is no such module.")
    try:
        order = list(TopologicalSorter(found).static_order())
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

    def brought(found: re.Match[str]) -> str:
        own = resolve(name, found[3])
        if found[2]:
            return f"const {found[2]} = {place(own)};"
        pairs = [pair.split(" as ") for pair in map(str.strip, found[1].split(",")) if pair]
        names = [f"{key(own, pair[0])}: {pair[-1]}" for pair in pairs]
        return f"const {{ {', '.join(names)} }} = {place(own)};"

    handed: dict[str, str] = {}

    def exported(found: re.Match[str]) -> str:
        default, kind, own, value, listed = found.groups()
        if listed:
            pairs = [pair.split(" as ") for pair in map(str.strip, listed.split(",")) if pair]
            handed.update({pair[-1]: pair[0] for pair in pairs})
            return ""
        handed["default" if default or value else own] = own or "$default"
        return f"{kind} {own}" if own else "const $default ="

    text = _AWAITED_IMPORT.sub(
        lambda found: "await " + late(resolve(name, found[1])), _STATIC_IMPORT.sub(brought, source)
    )
    text = _EXPORT.sub(exported, text)
    if unknown := _UNKNOWN.search(text):
        line = text[unknown.start() :].partition("\n")[0]
        raise LinkError(f"{name} has a form of import or export that is not known here: {line}")
    result = ", ".join(f"{key(name, export)}: {own}" for export, own in handed.items())
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
    """By file, its styles and its linked modules; JSON.

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
