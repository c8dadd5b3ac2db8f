"""What a file holds of the states that it was made of: runs by NumPy, words in all languages, as JSON."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from gates.export import lab
from gates.export.bundle import PLUGINS, Reach
from gates.figures.palette import DARK, LIGHT
from gates.inputs.sequence import InputError
from gates.scenes import header, payload, readouts
from gates.scenes import scene as scenes
from gates.scenes import words as said
from gates.scenes.lab import scene as lab_scene
from gates.scenes.lab.scene import LabScene
from gates.scenes.links.codec import LONGEST
from gates.scenes.registry import HOME, PAGES
from gates.scenes.state import Place, State
from gates.text import LANGUAGES, Translator, translator

Json = dict[str, Any]

EXPORTED = ("home", "lstm", "gru", "rnn", "lab")
"""The pages whose states can be taken away."""
_REFUSED = {name: f"export.page.{name}" for name in ("compare", "gradients", "train")}
"""By page that cannot, the sentence that says why, and what can in its stead."""
MOST_STATES = 12
LARGEST_RUN = 16_000
"""Steps × units of a run that a file may hold: some 2 MB."""
_LONGEST_ADDRESS = 2 * LONGEST
_WEIGHTS = ("W", "U", "b", "b_hn", "peephole")
_SHARED = ("strings", "palette")
"""Fields of a header that are the same for all states of a file, in one language or in all."""


class ExportError(ValueError):
    """What cannot be taken away: ``key`` and ``values`` make the sentence that says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"{key} {values}")
        self.key = key
        self.values = values


def refusal(wrong: ExportError, t: Translator) -> str:
    """Return the sentence that says why something cannot be taken away; of a page also what can instead."""
    page = wrong.values.get("page") if wrong.key == "export.page" else None
    return t(_REFUSED.get(str(page), wrong.key), **wrong.values)


@dataclass(frozen=True)
class Opened:
    """A link that was read: its page, what that shows, where the stage stands, and the site it came from."""

    page: str
    state: State
    place: Place
    site: str | None = None

    @property
    def path(self) -> str:
        """The path of the page, below the site."""
        return "/" if self.page == HOME else f"/{self.page}"

    @property
    def params(self) -> dict[str, str]:
        """The parameters of the link, without the stage's place."""
        return PAGES[self.page].link.write(self.state)


def opened(link: str) -> Opened:
    """Read a link of the app, with or without the site it leads to.

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
    if page not in EXPORTED:
        key = "export.page" if page in PAGES else "export.link"
        raise ExportError(key, link=_short(link), page=page, pages=", ".join(f"/{name}" for name in EXPORTED))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    entry = PAGES[page]
    state, place, problems = entry.read(query)
    if problems:
        values = dict(problems[0].values)
        if problems[0].key == "link.value":
            raise ExportError("export.value", **values)
        raise ExportError(problems[0].key, **values)
    return Opened(page, state, place, _site(link, page))


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


def reach(runs: Sequence[Json]) -> Reach:
    """Return which cells and plug-ins the headers of :func:`packed` call for."""
    headers = [run["common"] | run["own"][LANGUAGES[0]] for run in runs]
    plugins = frozenset(field for field in PLUGINS for each in headers if field in each)
    kinds = {each["cell"] for each in headers} | ({"lstm", "gru", "rnn"} if "lab" in plugins else set())
    return Reach(frozenset(kinds), plugins)


def packed(one: Opened, bodies: dict[str, int], *, guesses: bool = False) -> Json:
    """Run a state, in every language in which it reads another sequence, and describe the runs.

    Args:
        one: what is run.
        bodies: the arrays packed so far, base64, each with its place in the file; this run's are added.
        guesses: whether its reader may guess first.

    Returns:
        ``common`` and ``own`` by language: the fields of the header (:mod:`gates.scenes.header`) that are the
        same in all languages, and those that are not. ``body``: by language, which arrays. ``at``: where the
        stage stands. ``title``: by language. ``path``, ``params``: its link, without the stage's place.
        ``lab``: :func:`gates.export.lab.answers`.

    Raises:
        ExportError: its input is none, or its run is too large.
    """
    told: dict[str, Told] = {}
    more: Json = {}
    for language in LANGUAGES:
        state, t = replace(one.state, lang=language), translator(language)
        try:
            scene = lab_scene.build(state) if state.in_lab else scenes.build(state)
        except InputError as wrong:
            raise ExportError(wrong.key, **wrong.values) from None
        if scene.trace.hidden.size > LARGEST_RUN:
            raise ExportError("export.large", steps=len(scene.sequence.x), units=scene.cell.hidden)
        arrays = payload.arrays(scene.trace) | readouts.arrays(scene)
        if not state.in_lab:  # where weights are edited they have all their digits
            arrays = {name: _small(name, array) for name, array in arrays.items()}
        described = header.describe(one.page, state, t, scene)
        described.pop("examples", None)  # the file's own states take their place
        if isinstance(scene, LabScene):
            described |= lab.fields(scene, t)
            more["lab"] = lab.answers(scene, state)
        told[language] = Told(described, arrays, _title(one, scene, t))
    return joined(told, bodies, guesses=guesses) | {
        "at": one.place.as_json(),
        "path": one.path,
        "params": one.params,
        **more,
    }


class Told(NamedTuple):
    """What a file shows of a run in one language: its header, its arrays by name, its title."""

    header: Json
    arrays: Mapping[str, np.ndarray]
    title: str


def joined(told: Mapping[str, Told], bodies: dict[str, int], *, guesses: bool = False) -> Json:
    """Put together what is told of a run in each language, what is the same once; see :func:`packed`."""
    headers: dict[str, Json] = {}
    body: dict[str, int] = {}
    for language, (described, values, _) in told.items():
        arrays = payload.pack_arrays(values)
        whole = described | {"arrays": arrays.entries, "sliders": []}
        if not guesses:
            whole.pop("guesses", None)
        headers[language] = {name: value for name, value in whole.items() if name not in _SHARED}
        body[language] = bodies.setdefault(base64.b64encode(arrays.body).decode(), len(bodies))
    common = {name: value for name, value in headers[LANGUAGES[0]].items() if _alike(name, headers)}
    own = {
        language: {name: value for name, value in each.items() if name not in common}
        for language, each in headers.items()
    }
    title = {language: each.title for language, each in told.items()}
    return {"common": common, "own": own, "body": body, "title": title}


def _small(name: str, array: np.ndarray) -> np.ndarray:
    """Return weights in half the bytes where that is exact: those of trained examples were float32."""
    single = array.astype(np.float32)
    return single if name in _WEIGHTS and np.array_equal(single, array) else array


def _alike(name: str, headers: Mapping[str, Json]) -> bool:
    first, *others = ([name in each, each.get(name)] for each in headers.values())
    return all(other == first for other in others)


def _title(one: Opened, scene: scenes.Scene, t: Translator) -> str:
    if one.state.source == "challenge":
        return t(f"challenge.{one.state.challenge}.title")
    kind = scene.kind.upper()
    if one.state.source == "exercise":
        return f"{kind} · {t(f'exercise.{one.state.exercise}.title')}"
    if one.state.source == "preset" and scene.preset is not None:
        return f"{kind} · {scene.preset.name(t)}"
    return f"{kind} · {t('page.lab.title' if one.state.in_lab else f'input.source.{one.state.source}')}"


def words(reach: Reach) -> Json:
    """Return what is the same for all states of a file: the stage's words by language, and its colours."""
    left_out = {"guess.": "guesses", "readout.": "readout"}
    prefixes = [name for name in header.PREFIXES if left_out.get(name, name) in {name, *reach.plugins}]
    if "lab" in reach.plugins:
        prefixes = list(dict.fromkeys((*lab.PREFIXES, *prefixes)))
    return {
        "strings": {
            language: said.of(language, reach.kinds, (*prefixes, "export.file.")) for language in LANGUAGES
        },
        "palette": {"light": dict(LIGHT), "dark": dict(DARK)},
    }
