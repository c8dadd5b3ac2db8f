"""The smallest letter of a stage: what its styles say, at the size in which it stands on a page."""

import re

from gates import paths

SMALLEST = 12
"""CSS px on a page; 20 on a hall's screen of 1920 by 1080 (assets/stage/shell/fullscreen/fullscreen.js)."""
_SIZE = re.compile(r"([^{}]+)\{[^{}]*?font-size:\s*([^;]+);")
_LENGTH = re.compile(r"([\d.]+)(px|em)")
_IN = {".gs-reading .gs-long": 14, ".gs-ins-": 13, ".gs-unr-same": 13}
"""CSS px around what is smaller than its surroundings, by its selector."""
_ENLARGED = ("sub", "sup", ".gs-shift")
"""What is smaller on a page, and has a size of its own on a filled screen (fullscreen.css)."""


def _smallest(selector: str, size: str) -> float:
    if "--gs-small" in size or size == "inherit":
        return SMALLEST
    lengths = [
        float(number) * (1 if unit == "px" else _around(selector)) for number, unit in _LENGTH.findall(size)
    ]
    return max(lengths, default=0.0)


def _around(selector: str) -> float:
    return next((px for known, px in _IN.items() if known in selector), SMALLEST)


def test_no_letter_is_smaller_than_a_hall_can_read() -> None:
    seen, small = 0, []
    for path in sorted(paths.STAGE.rglob("*.css")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for selector, size in _SIZE.findall(text):
            seen += 1
            own = selector.strip().splitlines()[-1].strip()
            if size in {"0", "0.9rem"} or own.endswith(_ENLARGED) or own.endswith(("sup)", "sub)")):
                continue  # of nothing that is read, of the page around, or enlarged
            if _smallest(own, size) < SMALLEST:
                small.append(f"{path.name}: {own} has {size}")
    assert seen > 60, "the styles were found"
    assert not small
