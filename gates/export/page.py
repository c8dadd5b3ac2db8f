"""One HTML file with everything in it: it asks for nothing, and needs no server."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from gates import __version__
from gates.export import bundle, states
from gates.export.packed import packed as in_signs
from gates.export.stages import Find, no_run
from gates.export.states import ExportError, Json
from gates.text import LANGUAGES, html_page, translator
from gates.text.escape import json_in_html

_HEAD = f"""<meta name="referrer" content="no-referrer">
<meta name="generator" content="Gatescope {__version__}">
{html_page.ICON}"""


def build(
    links: Sequence[str], site: str | None = None, find: Find = no_run, lesson: str | None = None
) -> str:
    """Return the HTML file of one or several states of the app.

    Args:
        links: links of the app, with or without the site that they lead to. The first one is shown at first,
            and says in which language.
        site: where the app is to be found, as ``https://gates.example.org``; by default that of the first
            link, if it names one.
        find: what finds the runs of a training, of a link that names one.
        lesson: link of the lesson that the states were taken from, to which the file then leads back.

    Raises:
        ExportError: for no link, too many, or one that cannot be taken away.
        LinkError: where the stage's modules cannot be put together.
    """
    if not links:
        raise ExportError("export.none")
    if len(links) > states.MOST_STATES:
        raise ExportError("export.many", most=states.MOST_STATES)
    read = [states.open_link(link) for link in links]
    bodies: dict[str, int] = {}
    runs = [
        states.packed(opened, bodies, guesses=opened.position.guess is not None, find=find) for opened in read
    ]
    _number_equal_titles(runs)
    more = {"lesson": states.lesson(lesson)} if lesson else {}
    where = states.site(site) if site else read[0].site
    return filled(runs, list(bodies), read[0].state.lang, where, more)


def _number_equal_titles(runs: Sequence[Json]) -> None:
    """Number the titles of a file in whose list two would read the same."""
    if any(len({run["title"][language] for run in runs}) < len(runs) for language in LANGUAGES):
        for number, run in enumerate(runs, 1):
            run["title"] = {language: f"{number} · {title}" for language, title in run["title"].items()}


def filled(
    runs: Sequence[Json],
    bodies: Sequence[str],
    language: str,
    site: str | None = None,
    more: Json | None = None,
) -> str:
    """Return the HTML file of runs as :func:`gates.export.states.packed` makes them.

    Args:
        runs: what is shown, the first one at first.
        bodies: their arrays, packed.
        language: in which the file opens.
        site: where the app is to be found; None: nowhere.
        more: ``show``, of a lecture's runs its title and what each holds back (:mod:`gates.lectures.file`);
            ``lesson``, where the runs were taken from, as of :func:`gates.export.states.lesson`.
    """
    more = more or {}
    show, reach = more.get("show"), states.reach(runs)
    if show:
        reach = bundle.Reach(reach.kinds, reach.plugins | {"show", "guesses"})
    t = translator(language)
    data = _packed(contents(runs, bodies, language, reach) | {"style": bundle.style(reach)} | more)
    data |= {"site": site, "old": t("export.old")}
    script = bundle.script(reach)
    body = [
        html_page.noscript(t("export.noscript")),
        html_page.data("gatescope", json_in_html(data)),
        f"<script>{script}</script>",
    ]
    title = f"{show['title'] if show else runs[0]['title'][language]} · Gatescope"
    return html_page.page(language, title, "\n".join(body), _HEAD, policy=policy(script))


def _packed(data: Json) -> Json:
    """Return the data of a file compressed, but for what its reader may ask a file that does not open."""
    plain = {name: data.pop(name) for name in ("version", "lang", "bodies")}
    by_language = data.pop("strings")
    data["words"] = {  # each key once
        "keys": list(by_language[LANGUAGES[0]]),
        "texts": {
            language: [texts[key] for key in by_language[LANGUAGES[0]]]
            for language, texts in by_language.items()
        },
    }
    return plain | {"packed": in_signs(json_in_html(data).encode())}


def contents(runs: Sequence[Json], bodies: Sequence[str], language: str, reach: bundle.Reach) -> Json:
    """Return what ``assets/file/file.js`` shows: arguments as of :func:`filled`, and what they call for."""
    return {
        "version": __version__,
        "lang": language,
        **states.words(reach),
        "runs": runs,
        "bodies": bodies,
    }


def policy(script: str) -> str:
    """Return the content security policy of a file: its own script, and nothing from anywhere.

    Its styles lie compressed among its data, and the script hands them to the browser as a sheet, which is no
    element that a policy would have to allow.

    Args:
        script: the text of its element ``script``.
    """
    rules = {
        "default-src": "'none'",
        "script-src": _hash(script),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
