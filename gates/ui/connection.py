"""The connection between browser and server, and what to do when it was cut.

Streamlit keeps the state of a browser that has gone for two minutes, and none through a restart. After that
the browser meets a session that knows nothing of it and is told the address with which the page was loaded,
however long ago. So the browser remembers what its stages show (``assets/connection/connection.js``), and a
session that has just begun adopts that.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from gates.export.states import EXPORTED
from gates.text import LANGUAGES, markdown_translator, subset
from gates.ui import components

ENGLISH, STREAMLIT = "en", "streamlit."
"""The language of Streamlit's own words, and what their keys begin with."""
LONGEST_NONCE = 60
LONGEST_NAME, LONGEST_VALUE, MOST_VALUES = 20, 300, 30
"""Of what a page keeps beside its link."""
_KEY, _SESSION, _ADOPTED, _UNLINKED = (
    "connection",
    "connection.session",
    "connection.adopted",
    "line.unlinked",
)


@dataclass(frozen=True)
class ShownPage:
    """What a browser shows of a page: the parameters of its link, and the nonce that it had of its place."""

    query: Mapping[str, str]
    nonce: str


@dataclass(frozen=True)
class Screen:
    """What a browser shows: the session that it met before, the page that it is on, and that one last.

    unlinked: by page, what it keeps that is in no link.
    """

    session: str
    page: str
    pages: Mapping[str, ShownPage]
    unlinked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def session() -> str:
    """The name of this session, by which a browser recognises that it has met another one."""
    return str(st.session_state.setdefault(_SESSION, secrets.token_urlsafe(9)))


def receive(language: str, pages: tuple[str, ...]) -> Screen | None:
    """Mounts the browser's side of the connection; returns what another session has put on its screen.

    Args:
        language: the reader's, for the sentence that it is cut.
        pages: the pages that exist.

    Returns:
        What this session is to adopt before it says so to :func:`adopted`; nearly always None.
    """
    data = {
        "session": session(),
        "lang": language,
        "pages": pages,
        "words": words(language),
        "adds": {
            "pages": EXPORTED,
            "words": {
                name: markdown_translator(language).catalogue[f"link.{name}"]
                for name in ("added", "added.unkept", "add.title", "add.full")
            },
        },
        "scrolling": {
            kind: markdown_translator(language).plain(f"ui.scrolling.{kind}") for kind in ("table", "code")
        },
        **{
            event: {name: markdown_translator(name).plain(f"ui.connection.{event}") for name in LANGUAGES}
            for event in ("cut", "missing", "part", "reload")
        },
    }
    components.fetched("connection")(key=_KEY, data=components.encoded(data), on_shown_change=_nothing)
    sent = st.session_state[_KEY].get("shown")
    screen = read(sent, pages) if isinstance(sent, dict) else None
    return None if screen is None or screen.session in _adopted() else screen


def words(language: str) -> dict[str, str]:
    """What Streamlit says in English only, and what it is called in a language; nothing for English."""
    english, translated = subset(ENGLISH, (STREAMLIT,)), subset(language, (STREAMLIT,))
    return {text: translated[key] for key, text in english.items() if translated[key] != text}


def adopted(screen: Screen) -> None:
    """Notes that a screen has been adopted; before, another rerun may have ended the script on the way."""
    st.session_state[_UNLINKED] = {page: dict(kept) for page, kept in screen.unlinked.items()}
    _adopted().add(screen.session)


def _adopted() -> set[str]:
    known: set[str] = st.session_state.setdefault(_ADOPTED, {session()})
    return known


def read(sent: Mapping[str, Any], pages: tuple[str, ...]) -> Screen | None:
    """What the browser says that it shows, as far as it makes sense."""
    shown: dict[str, ShownPage] = {}
    before, current, shown_pages = sent.get("session"), sent.get("page"), sent.get("pages")
    if not isinstance(before, str) or not isinstance(current, str) or not isinstance(shown_pages, dict):
        return None
    for name, page in shown_pages.items():
        if name not in pages or not isinstance(page, dict):
            continue
        query, nonce = page.get("query"), page.get("nonce")
        if isinstance(query, dict) and isinstance(nonce, str) and 0 < len(nonce) <= LONGEST_NONCE:
            shown[name] = ShownPage({str(key): str(value) for key, value in query.items()}, nonce)
    if current in shown:
        shown[current] = shown.pop(current)
    return Screen(before, current, shown, _unlinked(sent.get("unlinked"), pages))


def _unlinked(sent: Any, pages: tuple[str, ...]) -> dict[str, dict[str, str]]:
    by_page: dict[str, dict[str, str]] = {}
    for page, kept in sent.items() if isinstance(sent, dict) else ():
        if page in pages and isinstance(kept, dict) and len(kept) <= MOST_VALUES:
            by_page[page] = {name: value for name, value in kept.items() if _fits(name, value)}
    return by_page


def _fits(name: Any, value: Any) -> bool:
    are_texts = isinstance(name, str) and isinstance(value, str)
    return are_texts and len(name) <= LONGEST_NAME and len(value) <= LONGEST_VALUE


def remember(page: str, kept: Mapping[str, str], *, stays: bool) -> None:
    """Lets the browser keep for a page what is in no link, for a session that knows nothing of it.

    stays: also while another page is shown, or what this comes from is gone from the page.
    """
    data = {"page": page, "kept": dict(kept), "stays": stays}
    component = components.inline("unlinked", "connection", styled=False)
    component(key=f"{page}.unlinked", data=components.encoded(data))


def recall(page: str) -> Mapping[str, str]:
    """What the browser kept for a page, once after another session is gone; else nothing."""
    kept: Mapping[str, str] = st.session_state.get(_UNLINKED, {}).pop(page, {})
    return kept


def _nothing() -> None:
    """Streamlit wants to call somebody; the script that runs next reads the value."""
