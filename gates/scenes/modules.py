"""The stage's modules and styles: how they reach the browser, and under which version.

``assets/stage`` holds plain ES modules in folders, each known by its path below that folder
(``"core/dom.js"``). A request for each would cost a first visit as much as Streamlit itself, so they travel
linked in a few files (:mod:`gates.scenes.linking`): what the stage imports at once is the base, what it
imports later is a chunk that is fetched then. The loader runs the modules of a file as one script, for eighty
scripts cost a browser more than what stands in them. The version is a hash of the files and part of the path:
a browser may keep what it has got for good and still gets the new one after a change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from gates.caching import once_a_second
from gates.paths import ASSETS, STAGE
from gates.scenes import compact
from gates.scenes.linking import START, Parts, link, reachable, split_chunks
from gates.text import LANGUAGES, subset

PREFIX = "/assets"
BASE = "stage.json"
"""The file of what the stage imports at once, which tells of the chunks too."""
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


Files = tuple[tuple[Path, int], ...]


@once_a_second(most=2)
def version() -> str:
    """Hash of the stage's files; follows their changes within a second, also while the server runs."""
    beside = (*(folder for folder, _ in _APPS.values()), *(ASSETS / name for name in COMPONENTS))
    digest = _hash((*files("*"), *(file for folder in beside for file in files("*", folder))))
    return hashlib.blake2b(f"{digest}{_words_of_chunk(tuple(WORDS))}".encode(), digest_size=6).hexdigest()


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


def packed_file(file: str = BASE) -> bytes | None:
    """Return a file of styles and modules, as JSON that the loader takes apart; None where there is none."""
    packed = _packed_files(files("*.js"), files("*.css")).get(file)
    if packed is not None:
        return packed
    for base, (folder, start) in _APPS.items():
        scripts, sheets = ((*files(kind), *files(kind, folder)) for kind in ("*.js", "*.css"))
        packed = _packed_files(scripts, sheets, ASSETS, start, base).get(file)
        if packed is not None:
            return packed
    return None


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


@once_a_second(most=32)
def files(pattern: str, folder: Path = STAGE) -> Files:
    """Return the files of a folder and those below it, each with the time of its last change.

    A rerun asks for them several times, and an exported file a dozen times.
    """
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
    for place, (sheet_folder, paths) in enumerate(_folders((path for path, _ in sheets), folder)):
        file = next(
            (file for file, of in named.items() if any(_folder(name) == sheet_folder for name in of)), base
        )
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
