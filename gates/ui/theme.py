"""The switch between light and dark colours: the browser's own business, remembered there for all pages."""

from __future__ import annotations

from gates.text import Translator
from gates.ui import components


def switch(t: Translator) -> None:
    """Shows the switch; ``assets/startup.js`` holds what is chosen."""
    components.inline("theme", "theme")(key="theme", data=t("ui.theme").encode(), width="content")
