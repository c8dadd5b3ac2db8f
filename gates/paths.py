"""Where the files that are not Python stand: in a checkout, and in an installed package."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
"""The folder that ``gates`` is imported from: the checkout, or ``site-packages``."""
_CARRIED = PACKAGE / "_app"
INSTALLED = _CARRIED.is_dir()
"""Whether this is an installed wheel: it carries the app's files within the package (pyproject.toml)."""
APP = _CARRIED if INSTALLED else ROOT
"""The folder that holds ``app.py``, ``pages``, ``assets`` and ``.streamlit``."""
PAGES = APP / "pages"
ASSETS = APP / "assets"
STAGE = ASSETS / "stage"
WEIGHTS = ASSETS / "weights"
RUNS = ASSETS / "runs"
STRINGS = PACKAGE / "text" / "strings"
