"""The glossary on its page: a browser component that gets all terms in the reader's language."""

from __future__ import annotations

from typing import Any

from gates.examples.notation.letters import NOTATIONS
from gates.glossary import formulas
from gates.glossary.terms import LIBRARIES, described
from gates.scenes.links.glossary import GLOSSARY, GlossaryState
from gates.text import subset
from gates.ui import components
from gates.ui.frame import Page

_LIBRARIES = {"pytorch": "PyTorch", "keras": "Keras", "onnx": "ONNX"}


def show(page: Page) -> None:
    """Shows the terms, the one that the link names in sight."""
    components.show(components.fetched("glossary"), f"{page.name}.terms", payload(page))


def payload(page: Page) -> dict[str, Any]:
    """What the browser is told: terms and words, and where the link leads."""
    state, language = page.state_as(GlossaryState), page.t.language
    t = page.t.plain
    return {
        "nonce": page.nonce,
        "lang": language,
        "notation": state.notation,
        "link": GLOSSARY.header(state) | {"choices": ["term"]},
        "term": state.term or None,
        "terms": described(language),
        "notations": {name: t(f"notation.{name}") for name in NOTATIONS},
        "libraries": {name: _LIBRARIES[name] for name in LIBRARIES},
        "sheets": [
            [t(f"compare.column.{cell}"), formulas.link(cell, language, state.notation, state.update)]
            for cell in formulas.CELLS
        ],
        "words": subset(language, ("glossary.", "formulas.links")),
    }
