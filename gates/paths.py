"""Where the files that are not Python stand: in a checkout, and in an installed package."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
"""The folder that holds ``app.py``, ``pages`` and ``assets``."""
PAGES = ROOT / "pages"
ASSETS = ROOT / "assets"
STAGE = ASSETS / "stage"
WEIGHTS = ASSETS / "weights"
RUNS = ASSETS / "runs"
STRINGS = PACKAGE / "text" / "strings"
