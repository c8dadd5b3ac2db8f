"""What a file holds of the states that it was made of: runs by NumPy, words in all languages, as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np

from gates.errors import GatesError
from gates.export import lab, stages
from gates.export.bundle import PLUGINS, Reach
from gates.export.packed import packed as in_signs
from gates.export.stages import Find, StageData
from gates.figures.palette import DARK, LIGHT
from gates.inputs.sequence import InputError
from gates.scenes import header, payload
from gates.scenes import words as scene_words
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.codec import LONGEST
from gates.scenes.links.course import LESSONS, CourseState
from gates.scenes.registry import HOME, PAGES
from gates.scenes.state import Position, State
from gates.text import LANGUAGES, translator

Json = dict[str, Any]

ALONE = ("home", "lstm", "gru", "rnn", "lab")
"""The pages of a single stage whose whole state is in their link."""
EXPORTED = (*ALONE, "compare", "gradients", "train")
"""The pages whose states can be taken away, or shown in a lecture; the runs of a training are a server's."""
MOST_STATES = 12
LARGEST_RUN = 16_000
"""Steps × units of a run that a file may hold: some 2 MB."""
_LONGEST_ADDRESS = 2 * LONGEST
_WORDS = {"gradient": ("gradient.", "readout."), "film": ("film.",)}
"""By plug-in, the words that it says beyond those of every stage."""
_OF_PLUGINS = re.compile(r"export\.file\.(?:made\.(?P<made>.+)|(?P<show>show)\.)")
"""Keys of a file's own words that some plug-ins need."""
_PLUGIN = {"back": "asks", "own": None}
"""By a part of such a key, its plug-in, where that has another name; None: it has none."""
_SHARED = ("strings", "palette")
"""Fields of a header that are the same for all states of a file, in one language or in all."""


class ExportError(GatesError):
    """What cannot be taken away, and why."""


@dataclass(frozen=True)
class OpenedLink:
    """A link that was read: its page, what that shows, where the stage stands, and the site it came from."""

    page: str
    state: State
    position: Position
    site: str | None = None

    @property
    def path(self) -> str:
        """The path of the page, below the site."""
        return "/" if self.page == HOME else f"/{self.page}"

    @property
    def params(self) -> dict[str, str]:
        """The parameters of the link, without the stage's position."""
        return PAGES[self.page].link.write(self.state)


def open_link(link: str, pages: Sequence[str] = EXPORTED) -> OpenedLink:
    """Read a link of the app, with or without the site it leads to.

    Args:
        link: what is read.
        pages: of which pages it may be.

    Raises:
        ExportError: it is none, or one of a page that cannot be taken away, or says what makes no sense.
    """
    if len(link) > _LONGEST_ADDRESS:
        raise ExportError("export.link.long")
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        raise ExportError("export.link", link=_short(link)) from None
    if parts.scheme not in ("", "http", "https") or (parts.scheme and not parts.hostname):
        raise ExportError("export.link", link=_short(link))
    page = parts.path.strip("/").rpartition("/")[2].lower() or HOME
    if page not in pages and HOME in pages and parts.scheme and parts.path.endswith("/"):
        page = HOME  # of an app below a path of its site
    if page not in pages:
        key = "export.page" if page in PAGES else "export.link"
        raise ExportError(key, link=_short(link), page=page, pages=", ".join(f"/{name}" for name in pages))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    entry = PAGES[page]
    state, position, problems = entry.read(query)
    if problems:
        values = dict(problems[0].values)
        if problems[0].key == "link.value":
            raise ExportError("export.value", **values)
        raise ExportError(problems[0].key, **values)
    return OpenedLink(page, state, position, _site(link, page))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _site(link: str, page: str) -> str | None:
    """The site of a link, with the path below which the app stands there; None for a link without one."""
    parts = urlsplit(link.strip())
    if not parts.scheme:
        return None
    path = parts.path.rstrip("/")
    below = path[: -len(page)] if path.lower().endswith(f"/{page}") else path
    return f"{parts.scheme}://{parts.netloc}{below}".rstrip("/")


def site(address: str) -> str:
    """Return where the app is to be found, checked.

    Raises:
        ExportError: it is no address that a browser opens.
    """
    parts = urlsplit(address.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ExportError("export.site", address=_short(address))
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def lesson(link: str) -> Json:
    """Return where a lesson's file leads back to: the path of the lesson, and its title in each language.

    Raises:
        ExportError: it is no link of a lesson.
    """
    state = open_link(link, ("course",)).state
    if not isinstance(state, CourseState) or not state.lesson:
        raise ExportError("export.link", link=_short(link))
    number = LESSONS.structure(state.lesson)["number"]
    titles = {language: LESSONS.words(state.lesson, language)["title"] for language in LANGUAGES}
    query = urlencode({"lesson": state.lesson, "part": state.part})
    return {
        "path": f"/course?{query}",
        "title": {language: f"{number} · {title}" for language, title in titles.items()},
    }


def reach(runs: Sequence[Json]) -> Reach:
    """Return which cells and plug-ins the headers of :func:`packed` call for."""
    every = [each for run in runs for each in (run, *run.get("beside", ()))]
    headers = [each["common"] | each["own"][LANGUAGES[0]] for each in every]
    plugins = frozenset(field for field in PLUGINS for each in headers if field in each)
    if "guesses" not in plugins or any(run["at"].get("lecture") for run in runs):
        plugins |= {"lecture"}  # 14 KB, which a file that asks goes without
    if len(runs) > 1:
        plugins |= {"several"}
    if "lab" in plugins:
        plugins |= {"gradient"}  # whose belt runs backwards as soon as there is a loss
    kinds = {each["cell"] for each in headers} | ({"lstm", "gru", "rnn"} if "lab" in plugins else set())
    return Reach(frozenset(kinds), plugins)


def packed(
    opened: OpenedLink,
    bodies: dict[str, int],
    *,
    guesses: bool = False,
    find: Find = stages.no_run,
    alone: bool = False,
) -> Json:
    """Run a state, in every language in which it reads another sequence, and describe the runs.

    Args:
        one: what is run.
        bodies: the arrays packed so far, each with its place in the file; this run's are added.
        guesses: whether its reader may guess first.
        find: what finds the runs of a training; by default none but the recorded one.
        alone: whether an example comes without the one that its page shows beside it.

    Returns:
        ``common`` and ``own`` by language: the fields of the header (:mod:`gates.scenes.header`) that are the
        same in all languages, and those that are not. ``body``: by language, which arrays. ``at``: where the
        stage stands. ``title``: by language. ``path``, ``params``: its link, without the stage's position.
        ``lab``: :func:`gates.export.lab.answers`. ``beside``: those that a bar moves, as
        :func:`merge_languages` returns them.

    Raises:
        ExportError: its input is none, its run is too large, or not here.
    """
    by_language: dict[str, list[StageData]] = {}
    more: Json = {}
    for language in LANGUAGES:
        state = replace(opened.state, lang=language)
        try:
            t = translator(language)
            several = stages.of(opened.page, state, t, guesses=guesses, find=find, alone=alone)
        except InputError as wrong:
            raise ExportError(wrong.key, **wrong.values) from None
        size = max(
            sum(each.size for each in several[1:]), several[0].size
        )  # a bar's run is one of the others
        if size > LARGEST_RUN:
            steps = several[0].header["steps"]
            raise ExportError("export.large", steps=steps, units=size // steps)
        by_language[language] = several
        if state.in_lab:
            more["lab"] = lab.answers(lab_scene.build(state), state)
    first, *others = (
        dict(zip(by_language, each, strict=True)) for each in zip(*by_language.values(), strict=True)
    )
    if others:
        more["beside"] = [merge_languages(each, bodies, guesses=guesses) for each in others]
    return merge_languages(first, bodies, guesses=guesses) | {
        "at": opened.position.as_json(),
        "path": opened.path,
        "params": opened.params,
        **more,
    }


def merge_languages(
    by_language: Mapping[str, StageData], bodies: dict[str, int], *, guesses: bool = False
) -> Json:
    """Put together what is told of a run in each language, what is the same once; see :func:`packed`."""
    headers: dict[str, Json] = {}
    body: dict[str, int] = {}
    for language, (described, values, _) in by_language.items():
        arrays = payload.pack_arrays(values)
        whole = described | {"arrays": arrays.entries, "sliders": []}
        if not guesses:
            whole.pop("guesses", None)
        headers[language] = {name: value for name, value in whole.items() if name not in _SHARED}
        body[language] = bodies.setdefault(in_signs(_planes(arrays)), len(bodies))
    common = {name: value for name, value in headers[LANGUAGES[0]].items() if _is_common(name, headers)}
    own_fields = {
        language: {name: value for name, value in each.items() if name not in common}
        for language, each in headers.items()
    }
    title = {language: each.title for language, each in by_language.items()}
    return {"common": common, "own": own_fields, "body": body, "title": title}


def _planes(arrays: payload.Blocks) -> bytes:
    """Return numbers as their first bytes, then their second ones: alike bytes compress better.

    A number has 4 bytes where all of them are in single precision, else 8.
    """
    size = 4 if all(entry.get("single") or "offset" not in entry for entry in arrays.entries) else 8
    return np.frombuffer(arrays.body, dtype=np.uint8).reshape(-1, size).T.tobytes()


def _is_common(name: str, headers: Mapping[str, Json]) -> bool:
    first, *others = ([name in each, each.get(name)] for each in headers.values())
    return all(header == first for header in others)


_PLUGIN_OF_PREFIX: Mapping[str, str] = {
    "lecture": "stage.lecture",
    "embed": "export.file.made.embed",
    "film": "export.file.made.film",
    "lab": "export.file.made.lab",
    "show": "export.file.show.",
    "several": "stage.example",
    "server": "stage.example.failed",
}
"""By plug-in, how the keys begin of words that it alone says: a file without it goes without them."""


def words(reach: Reach) -> Json:
    """Return what is the same for all states of a file: the stage's words by language, and its colours."""
    left_out = {"guess.": "guesses", "readout.": "readout"}
    prefixes = [name for name in header.PREFIXES if left_out.get(name, name) in {name, *reach.plugins}]
    if "lab" in reach.plugins:
        prefixes = [*lab.PREFIXES, *prefixes]
    prefixes += [prefix for name, more in _WORDS.items() if name in reach.plugins for prefix in more]
    if {"bar", "guesses"} <= reach.plugins:
        prefixes.append("holds.")
    prefixes = list(dict.fromkeys((*prefixes, "export.file.")))
    unused = tuple(start for plugin, start in _PLUGIN_OF_PREFIX.items() if plugin not in reach.plugins)
    return {
        "strings": {
            language: {
                key: text
                for key, text in scene_words.of(language, reach.kinds, prefixes).items()
                if not key.startswith(unused) and _plugins_of(key) <= reach.plugins
            }
            for language in LANGUAGES
        },
        "palette": {"light": dict(LIGHT), "dark": dict(DARK)},
    }


def _plugins_of(key: str) -> set[str]:
    """Return the plug-ins without which no file shows the words of this key."""
    match = _OF_PLUGINS.match(key)
    if not match:
        return set()
    parts = (match["show"] or match["made"]).split(".")
    return {plugin for part in parts if (plugin := _PLUGIN.get(part, part))}
