"""What all pages share: navigation, the header with its switches, and the state that a link brings.

The address has one writer, the stage's JavaScript; here it is only read, and only when a page is entered:
then it is a link, a reload or the browser's *back*. On every other run it is an echo of our own state.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from gates import paths
from gates.examples.notation.kinds import CellKind
from gates.examples.notation.letters import NOTATIONS
from gates.glossary.uses import linked
from gates.scenes import compact
from gates.scenes.links.codec import Problem
from gates.scenes.registry import HOME, PAGES, SETTINGS
from gates.scenes.state import INPUT, NO_SLIDERS, SHARED, Position, State
from gates.text import LANGUAGES, MarkdownTranslator, markdown_translator
from gates.ui import addresses, connection, theme
from gates.ui.language import session_language

_in_popover: ContextVar[bool] = ContextVar("in_popover", default=False)


@contextmanager
def popover(label: str, icon: str) -> Iterator[None]:
    """A popover whose widgets are filled by :meth:`Page.fill`."""
    with st.popover(label, icon=icon, width="content"):
        before = _in_popover.set(True)
        try:
            yield
        finally:
            _in_popover.reset(before)


Kind = TypeVar("Kind", bound=State)


@dataclass(frozen=True)
class Page:
    """A page while it runs: its name, its words, and what it showed last."""

    name: str
    cell: CellKind
    t: MarkdownTranslator
    position: Position
    nonce: str

    @property
    def state(self) -> State:
        """The state that this page shows, with the settings that all pages share."""
        return _stored(self.name)

    def state_as(self, kind: type[Kind]) -> Kind:
        """The same, of the kind that this page's states are."""
        state = self.state
        assert isinstance(state, kind)
        return state

    def keep(self, state: State) -> State:
        """Stores a new state of this page, for this run and the ones to come."""
        if state != self.state:
            addresses.leave_behind(self.name, self.state)
        st.session_state["states"][self.name] = state
        st.session_state["shared"] = state.values(SHARED)
        _keep_input(self.name, state)
        return state

    def key(self, field: str) -> str:
        """The session key of the widget that sets a field of the state."""
        return f"shared.{field}" if field in SHARED else f"{self.name}.{field}"

    def fill(self, key: str, value: Any, options: Collection[Any] | None = None, *, among: Any = None) -> str:
        """Assigns ``value`` to the widget with this key where a visit of the page begins; returns the key.

        Streamlit gives a widget of another page a new identity, even under the same key: a value that was
        kept under the key would be lost, and what it shows then is the front end's own default. So every
        visit assigns; a widget that appears later in the visit is assigned then.

        In a :func:`popover` every run assigns: what is in it is mounted anew whenever it is opened, and shows
        what the last run assigned, or else its own default. Until then the browser goes on to send the
        label that was chosen, which in another language is none of the ``options``: the state knows better.
        """
        filled, visit = st.session_state["filled"], st.session_state["visit"]
        if filled.get(key) != visit or key not in st.session_state:
            st.session_state[key] = value
            filled[key] = visit
        elif _in_popover.get() or st.session_state.get("settled") != visit:
            # The run before was interrupted, and the browser may never have heard what it assigned; or it
            # spoke another language, in whose words a list would go on to show what is chosen.
            chosen = st.session_state[key]
            st.session_state[key] = chosen if options is None or chosen in options else value
        self.refill(key, among)
        return key

    def refill(self, key: str, among: Any) -> None:
        """Assigns a widget's value again where its range ``among`` is not the one that it had.

        With another range it is another widget to Streamlit: what it shows then is the front end's default.
        """
        if st.session_state["ranges"].get(key, among) != among:
            st.session_state[key] = st.session_state[key]
        st.session_state["ranges"][key] = among

    def filled(self, key: str) -> bool:
        """Whether the widget with this key has got its value in this visit, so that it speaks for itself."""
        return key in st.session_state and st.session_state["filled"].get(key) == st.session_state["visit"]


def run() -> None:
    """Shows the page that the address names, in the language of link, choice or browser."""
    st.set_page_config(page_title="Gatescope", page_icon=str(paths.ASSETS / "icon.svg"), layout="wide")
    prepare_session(session_language())
    if st.session_state.get("shared.lang") in LANGUAGES:
        st.session_state["shared"]["lang"] = st.session_state["shared.lang"]
    _resume()
    t = markdown_translator(st.session_state["shared"]["lang"])
    choose = json.dumps(t.plain("file.choose"), ensure_ascii=False)
    style = compact.dense_style((paths.ASSETS / "page.css").read_text(encoding="utf-8"))
    st.html(f"<style>\n{style.replace('var(--choose-a-file)', choose)}</style>")
    navigation(t).run()
    st.session_state["settled"] = st.session_state["visit"]
    st.session_state["shown"] = True  # a page was seen whole: the address is not to blame for a later fault


def navigation(t: MarkdownTranslator) -> StreamlitPage:
    """Lays the pages into the bar; returns the one that the address names."""
    pages = [
        st.Page(
            paths.PAGES / f"{name}.py",
            title=t(f"page.{name}.nav"),
            url_path=name,
            default=name == HOME,
        )
        for name in PAGES
    ]
    return st.navigation(pages, position="top")


def prepare_session(language: str) -> None:
    """Lays out what pages keep in a session, where nothing is there yet."""
    st.session_state.setdefault("states", {})
    st.session_state.setdefault("shared", {"lang": language})
    st.session_state.setdefault("filled", {})
    st.session_state.setdefault("ranges", {})
    st.session_state.setdefault("mounted", set())
    st.session_state.setdefault("visit", 0)


def _resume() -> None:
    """Adopts what the browser shows, where it comes from a session that is no more."""
    language = st.session_state["shared"]["lang"]
    screen = connection.receive(language, tuple(PAGES))
    if screen is None:
        return
    for name, shown in screen.pages.items():
        adopt(name, shown.query, shown.nonce)
    if screen.page in screen.pages:
        st.session_state["page"] = screen.page  # so that the address of its load is not taken for a new link
    connection.adopted(screen)
    if st.session_state["shared"]["lang"] != language:
        st.rerun()


def enter(name: str) -> Page:
    """Begins a page: reads the link if one arrived, shows the header, and what was wrong with the link."""
    language = st.session_state["shared"]["lang"]
    before = st.session_state.get("page")
    entered = before != name
    if entered:
        begin_visit()
    query = st.query_params.to_dict()
    if entered and query and not addresses.is_behind(name, query, _stored(name)):
        arrive = adopt if before is None else adopt_from_history
        arrive(name, query)
    elif entered:
        shows_preset = _stored(name).source == "preset"
        position = PAGES[name].position if shows_preset else Position()
        st.session_state.setdefault(f"{name}.arrival", (position, "opening", [], None))
    st.session_state["page"] = name  # last, for another rerun may end this one at any line
    if st.session_state.get("spoken") != st.session_state["shared"]["lang"]:
        st.session_state["spoken"] = st.session_state["shared"]["lang"]
        st.session_state["settled"] = None
    position, nonce, problems, adopted = st.session_state[f"{name}.arrival"]
    page = Page(
        name, PAGES[name].cell, markdown_translator(st.session_state["shared"]["lang"]), position, nonce
    )
    if page.t.language != language:
        st.rerun()  # the navigation was already drawn in the other language
    _header(page)
    with st.container(gap=None):  # there when nothing is said too, so that the page below stays mounted
        _report(page, problems if adopted == page.state else [])
    return page


def adopt_from_history(name: str, query: Mapping[str, str]) -> None:
    """Opens what the browser's back or forward leads to; what was chosen for all pages stays as it is."""
    adopt(name, {field: value for field, value in query.items() if field not in SETTINGS})


def adopt(name: str, query: Mapping[str, str], nonce: str | None = None) -> str:
    """Makes what a link or a saved file says the state of a page, and every widget begin from it.

    Args:
        name: the page.
        query: the parameters of the link.
        nonce: of its place, where the stage stands there already; else it goes to where the link says.

    Returns:
        The nonce of its place.
    """
    base = replace(PAGES[name].opening, lang=st.session_state["shared"]["lang"])
    state, position, problems = PAGES[name].read(query, base)
    shared = {name: getattr(state, name) for name in SHARED if _sets(name, query, state)}
    st.session_state["shared"] |= shared
    st.session_state["states"][name] = state
    _keep_input(name, state)
    forget_widgets(f"{name}.", "shared.")
    begin_visit()
    adopted = _stored(name)
    if "data" in query and adopted.source in ("text", "numbers") and not getattr(adopted, adopted.source):
        page = Page(name, PAGES[name].cell, markdown_translator(adopted.lang), position, "")
        page.fill(page.key(adopted.source), "")  # it was emptied there: no example comes in its place
    nonce = nonce or _fresh_nonce()
    st.session_state[f"{name}.arrival"] = (position, nonce, problems, adopted)
    return nonce


def forget_widgets(*prefixes: str, keep: Collection[str] = ()) -> None:
    """Forgets what widgets hold whose keys begin so, but for those to keep.

    What a stage has told stays: without it, it would seem to tell all of that anew with the next rerun.
    """
    for key in {str(key) for key in st.session_state} - st.session_state["mounted"]:
        if key.startswith(prefixes) and key not in keep:
            del st.session_state[key]


def begin_visit() -> None:
    """Lets every widget begin from the state again."""
    st.session_state["visit"] += 1


def _sets(field: str, query: Iterable[str], state: State) -> bool:
    """Whether the link says something of a shared setting; where it is silent, the session's stays."""
    typed = {"by": "text", "text": "text", "numbers": "numbers"}  # the source that each is typed for
    if field in typed and "data" in query:
        return state.source == typed[field]
    return {"update": "z"}.get(field, field) in query


def _stored(name: str) -> State:
    shared: Mapping[str, Any] = st.session_state["shared"]
    state: State = st.session_state["states"].get(name, PAGES[name].opening)
    if PAGES[name].shares_input:
        settings = st.session_state.get("input", {})
        if settings.get("source", state.source) != state.source:
            state = replace(state, sliders=NO_SLIDERS)  # they belong to an example
        state = state.with_changes(**settings)
    return state.with_changes(**shared)


def _keep_input(name: str, state: State) -> None:
    if PAGES[name].shares_input:
        st.session_state["input"] = {field: getattr(state, field) for field in INPUT}


def _fresh_nonce() -> str:
    """A name for a place that no other session uses: the browser's stages outlive a session."""
    st.session_state["nonce"] = st.session_state.get("nonce", 0) + 1
    return f"{connection.session()}.{st.session_state['nonce']}"


def _header(page: Page) -> None:
    """Shows the title, and in the bar at the top what holds on every page."""
    t, state = page.t, page.state
    with st.container(
        horizontal=True, width="content", vertical_alignment="center", gap="small", key="settings"
    ):
        with st.container(key="pages", width="content"):
            _page_list(page)
        with (
            st.container(key="notations", width="content"),
            popover(t("ui.notation"), icon=":material/match_case:"),
        ):
            notation = st.selectbox(
                t("ui.notation"),
                NOTATIONS,
                format_func=lambda name: t(f"notation.{name}"),
                key=page.fill(page.key("notation"), state.notation, NOTATIONS),
                width=300,
            )
            st.caption(t("ui.notation.help"))
        language = st.segmented_control(
            t("ui.language"),
            LANGUAGES,
            format_func=lambda name: t(f"language.{name}"),
            key=page.fill(page.key("lang"), state.lang),
            required=True,
            label_visibility="collapsed",
        )
        theme.switch(t.plain)
    with st.container(gap=None, key="heading"):
        st.title(t(f"page.{page.name}.title"), anchor=False)
        st.markdown(linked(t(f"page.{page.name}.lead"), t.language))
    page.keep(replace(state, notation=notation, lang=language or state.lang))


def _page_list(page: Page) -> None:
    """Lists the pages where the bar has no room for their names; ``page.css`` shows it only there."""
    with st.popover(page.t("ui.pages"), icon=":material/menu:", width="content", key=f"pages.{page.name}"):
        for name in PAGES:
            st.page_link(paths.PAGES / f"{name}.py", label=page.t(f"page.{name}.nav"), icon=PAGES[name].icon)


def _report(page: Page, problems: list[Problem]) -> None:
    for problem in problems:
        st.warning(page.t(problem.key, **problem.values), icon=":material/link_off:")
