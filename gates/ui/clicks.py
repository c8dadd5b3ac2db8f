"""Buttons whose click waits until the script has acted on it.

What ``st.button`` returns is true for one run of the script only, and a rerun that follows may end that run
before it comes to the place where something is done. Here the click is noted before the script begins.
"""

from __future__ import annotations

from typing import Any

import streamlit as st


def button(label: str, *, key: str, **options: Any) -> bool:
    """Shows a button; returns whether a click of it waits, until :func:`done` is told that it was acted on.

    Args:
        label: what stands on it.
        key: of its widget.
        options: further ones of ``st.button``.
    """
    st.button(label, key=key, on_click=note, args=(key,), **options)
    return waits(key)


def note(key: str) -> None:
    """Notes a click."""
    st.session_state[_name(key)] = True


def waits(key: str) -> bool:
    """Whether a click waits to be acted on."""
    return bool(st.session_state.get(_name(key), False))


def done(key: str) -> None:
    """Forgets a click, for it was acted on."""
    st.session_state.pop(_name(key), None)


def _name(key: str) -> str:
    return f"clicked.{key}"
