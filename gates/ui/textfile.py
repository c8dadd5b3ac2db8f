"""Text that a reader drops on a page as a file: too large is said before it is read."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gates.ui import files
from gates.ui.frame import Page


def dropped_text(page: Page, key: str, label: str, kinds: Sequence[str], most: float) -> str | None:
    """Shows where a file can be dropped; returns the text of one that is new, until :func:`done` is called.

    Args:
        page: gives the words.
        key: of the place.
        label: what stands above it.
        kinds: the endings of names that are accepted.
        most: megabytes.
    """
    t = page.t
    uploaded = st.file_uploader(
        label, type=list(kinds), key=f"{key}.file", max_upload_size=files.LARGEST_SENT
    )
    if uploaded is None or st.session_state.get(f"{key}.taken") == uploaded.file_id:
        return None
    st.session_state[f"{key}.seen"] = uploaded.file_id
    if uploaded.size > most * 10**6:
        size = f"{uploaded.size / 1e6:.1f}"
        st.error(
            t("train.upload.size", name=uploaded.name, size=size, most=most), icon=":material/edit_note:"
        )
        return None
    try:
        return uploaded.getvalue().decode("utf-8-sig")
    except UnicodeDecodeError:
        st.error(t("train.upload.encoding", name=uploaded.name), icon=":material/edit_note:")
        return None


def done(key: str) -> None:
    """Notes that the file which was returned last is taken."""
    st.session_state[f"{key}.taken"] = st.session_state.get(f"{key}.seen")
