"""Browser components of ours on a page: how each is declared, once a version, and what it is told."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from gates.paths import ASSETS
from gates.scenes import compact, modules


def assembled(name: str, base: str) -> ComponentRenderer:
    """Return the component whose modules, and styles, travel together in the file ``base``."""
    return _assembled(name, base, modules.version())


@lru_cache(maxsize=8)
def _assembled(name: str, base: str, version: str) -> ComponentRenderer:
    return st.components.v2.component(f"gatescope.{name}", js=modules.loader(base))


def fetched(folder: str, *, styled: bool = True) -> ComponentRenderer:
    """Return the component whose script is fetched from a folder of ``assets``.

    styled: whether Streamlit takes the folder's styles along; else the script fetches them itself.
    """
    return _fetched(folder, styled, modules.version())


@lru_cache(maxsize=16)
def _fetched(folder: str, styled: bool, version: str) -> ComponentRenderer:
    css = _text(folder, f"{folder}.css") if styled else None
    return st.components.v2.component(
        f"gatescope.{folder}", js=modules.fetching(folder), css=css and compact.style(css)
    )


@lru_cache(maxsize=8)
def inline(name: str, folder: str, *, styled: bool = True) -> ComponentRenderer:
    """Return the component whose script, ``<name>.js``, stands in the page itself, its styles likewise."""
    css = _text(folder, f"{name}.css") if styled else None
    return st.components.v2.component(
        f"gatescope.{name}", js=compact.script(_text(folder, f"{name}.js")), css=css and compact.style(css)
    )


def _text(folder: str, name: str) -> str:
    return (ASSETS / folder / name).read_text(encoding="utf-8")


def encoded(value: Any) -> bytes:
    """Return what a component is told, as JSON.

    As bytes: Streamlit looks into everything else for data frames, and loads pandas for that.
    """
    return json.dumps(value, ensure_ascii=False).encode()


def show(component: ComponentRenderer, key: str, value: Any, **handlers: Any) -> Any:
    """Shows a component that stays as long as its page, tells it a value, and returns what it returns."""
    st.session_state["mounted"].add(key)
    return component(key=key, data=encoded(value), **handlers)
