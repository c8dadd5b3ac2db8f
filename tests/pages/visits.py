"""Pages opened and gone between as a person does, with Streamlit's own tester."""

from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gates.scenes.registry import HOME

ROOT = Path(__file__).resolve().parents[2]


def opened(name: str, language: str | None = None, /, **query: str) -> AppTest:
    """Open a page by a link, in a language that the link says, or else the browser."""
    app = AppTest.from_file(str(ROOT / "gates" / "ui" / "main.py"), default_timeout=600)
    app.query_params.update({**({"lang": language} if language else {}), **query})
    if name != HOME:
        app.switch_page(f"../../pages/{name}.py")
    app.run()
    assert not app.exception, app.exception[0].value
    return app


def go(app: AppTest, name: str) -> AppTest:
    """Go to a page by the navigation, which takes no parameters along."""
    app.query_params.clear()
    app.switch_page(f"../../pages/{name}.py").run()
    assert not app.exception, app.exception[0].value
    return app


def files_of(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> dict[str | None, tuple[str, str | None]]:
    """Run a page, and return name and type of each file it offers, none empty, by its button."""
    offered: dict[str | None, tuple[str, str | None]] = {}
    button = st.download_button

    def noted(label: str, **given: Any) -> bool:
        offered[given.get("key")] = given["file_name"], given.get("mime")
        assert given["data"]() if callable(given["data"]) else given["data"], label
        return button(label, **given)

    with monkeypatch.context() as patch:
        patch.setattr(st, "download_button", noted)
        app.run()
    assert not app.exception, app.exception[0].value
    return offered
