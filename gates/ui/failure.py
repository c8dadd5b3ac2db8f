"""What a reader sees of a fault of ours: a sentence, and a way on."""

from __future__ import annotations

import logging
from html import escape
from urllib.parse import urlencode

import streamlit as st

from gates.text import markdown_translator
from gates.ui.language import session_language


def show_failure(error: Exception) -> bool:
    """Says in a sentence that a fault occurred, and offers to start again; the log gets the traceback.

    It may be called with a session in any condition, so it relies on nothing that is kept there.
    """
    logging.getLogger("gatescope").error("A page failed", exc_info=error)
    language = session_language()
    t = markdown_translator(language)
    st.error(t("error.unexpected", kind=type(error).__name__), icon=":material/error:")
    st.html(_link(_restart_address(language), t.plain("error.start_again")))
    return True


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}" target="_self">{escape(text)}</a>'


def _restart_address(language: str) -> str:
    """Where to start again: at the address as it stands, or at the page alone if the address is to blame.

    Following a link within the window begins a new session, whatever has become of this one.
    """
    shown_before = "shown" in st.session_state
    return "" if shown_before else "?" + urlencode({"lang": language})
