import functools
import io
import json
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from gates import paths
from gates.text import LANGUAGES, STRINGS
from gates.ui.web.static import fonts

MEDIA = fonts.STATIC / "static" / "media"
ASKED = re.compile(r":material/(\w+):")


def original(prefix: str) -> Path:
    return next(MEDIA.glob(f"{prefix}*.woff2"))


@pytest.fixture(scope="module")
def cut():
    @functools.cache
    def once(prefix):
        return fonts.cut(f"/static/media/{original(prefix).name}", original(prefix).read_bytes())

    return once


@pytest.fixture(scope="module")
def icons(cut):
    return fonts.ligatures(TTFont(io.BytesIO(cut("MaterialSymbols"))))


def test_every_icon_of_the_pages_is_there(icons):
    files = [*paths.PACKAGE.rglob("*.py"), *paths.PAGES.rglob("*.py")]
    named = {name: file.name for file in files for name in ASKED.findall(file.read_text(encoding="utf-8"))}
    assert len(named) > 20
    for name, file in named.items():
        assert name in icons, f"{file} asks for the icon {name}, which Streamlit's font does not have"


def test_the_icons_of_streamlits_own_front_end_are_there(icons):
    known = fonts.ligatures(TTFont(original("MaterialSymbols")))
    for name in (
        "expand_more",
        "keyboard_arrow_down",
        "close",
        "error",
        "check_circle",
        "info",
        "light_mode",
    ):
        assert name in fonts.icons()
    assert fonts.icons() & set(known) <= set(icons)
    assert len(icons) < 300


def test_an_icon_is_drawn_as_before(icons, cut):
    before, after = TTFont(original("MaterialSymbols")), TTFont(io.BytesIO(cut("MaterialSymbols")))
    glyphs = fonts.ligatures(before)
    for name in ("science", "share", "play_arrow", "expand_more"):
        old, new = before["glyf"][glyphs[name]], after["glyf"][icons[name]]
        assert old.coordinates == new.coordinates
        assert before["hmtx"][glyphs[name]] == after["hmtx"][icons[name]]


def test_every_letter_of_both_languages_that_the_text_font_had_is_still_there(cut):
    before = TTFont(original("SourceSansVF-Upright")).getBestCmap()
    after = TTFont(io.BytesIO(cut("SourceSansVF-Upright"))).getBestCmap()
    texts = [
        file.read_text(encoding="utf-8") for lang in LANGUAGES for file in (STRINGS / lang).glob("*.json")
    ]
    used = {ord(letter) for text in texts for letter in "".join(map(str, json.loads(text).values()))}
    missing = {chr(code) for code in used if code in before and code not in after}
    assert not missing


@pytest.mark.parametrize(
    ("prefix", "share"),
    [("MaterialSymbols", 0.05), ("SourceSansVF-Upright", 0.3), ("SourceSansVF-Italic", 0.2)],
)
def test_a_font_is_a_small_part_of_itself(cut, prefix, share):
    assert len(cut(prefix)) < share * original(prefix).stat().st_size


def test_other_files_stay_as_they_are():
    assert fonts.cut("/static/js/index.js", b"MaterialSymbols") == b"MaterialSymbols"
    assert fonts.cut("/static/media/KaTeX_Main-Regular.woff2", b"font") == b"font"


def test_a_font_is_cut_once_for_all_starts(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = []

    def make(content, wanted):
        made.append(content)
        return content[::-1]

    assert fonts._once(b"font", [1, 2], make) == fonts._once(b"font", [2, 1], make) == b"tnof"
    assert fonts._once(b"font", [1, 2, 3], make) == b"tnof"
    assert made == [b"font"] * 2
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    assert fonts._once(b"font", [1, 2], make) == b"tnof"
