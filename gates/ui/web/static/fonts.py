"""Streamlit's fonts, cut down to what this app shows.

Of 4,300 icons a page needs thirty, and of the text fonts neither Cyrillic nor phonetic script. Letters
that are cut away are drawn in the system's font; Chinese always is.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit

from gates.paths import PACKAGE, PAGES, STRINGS
from gates.scenes.links.course import LESSONS

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

STATIC = Path(streamlit.__file__).parent / "static"
_ONE_AT_A_TIME = threading.Lock()
_NAMED = re.compile(rb"material/([a-z0-9_]+)")

_CHINESE = 0x2E80  # where letters begin that no font of Streamlit has
_LETTERS = frozenset(
    [
        *range(0x20, 0x7F), *range(0xA0, 0x180),  # Latin
        *range(0x391, 0x3CA), 0x3D5,  # Greek
        *range(0x2010, 0x2030), *range(0x2032, 0x2035), 0x20AC,  # dashes, quotation marks, primes, €
        *range(0x2070, 0x20A0), *range(0x1D62, 0x1D66), 0x2C7C,  # raised and lowered
        *range(0x2190, 0x219A), *range(0x2200, 0x2270), *range(0x2295, 0x22C6),  # arrows and operators
    ]
)  # fmt: skip


def cut(path: str, content: bytes) -> bytes:
    """Return what is served in place of one of Streamlit's files: a font cut down, anything else as it is.

    The first time a font takes about a second, and is kept in the user's cache for the starts to come.

    Args:
        path: under which the file is served.
        content: the file as Streamlit has it.
    """
    name = path.rpartition("/")[2]
    for prefix, (glyphs, make) in _CUTS.items():
        if name.startswith(prefix) and name.endswith(".woff2"):
            return _once(content, glyphs(), make)
    return content


def prepare() -> None:
    """Cuts the fonts that every page asks for, so that nobody waits for them after an installation."""
    for font in (STATIC / "static" / "media").glob("*.woff2"):
        if font.name.startswith(("MaterialSymbols", "SourceSans")):
            cut(font.name, font.read_bytes())


@cache
def icons() -> frozenset[str]:
    """The names of the icons that our sources or Streamlit's own front end ask for."""
    files = [
        *PACKAGE.rglob("*.py"),
        *PAGES.rglob("*.py"),
        *(STATIC / "static/js").glob("*.js"),
    ]
    return frozenset(name.decode() for file in files for name in _NAMED.findall(file.read_bytes()))


@cache
def letters() -> frozenset[int]:
    """The code points that a text font keeps: what a reader may type, and what our sentences hold."""
    files = (*STRINGS.rglob("*.json"), *LESSONS.folder.glob("*.json"))
    texts = "".join(file.read_text(encoding="utf-8") for file in files)
    return _LETTERS | {code for code in map(ord, texts) if code < _CHINESE}


def ligatures(font: TTFont) -> dict[str, str]:
    """The glyph that each name of an icon turns into."""
    spelt = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    names: dict[str, str] = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for subtable in lookup.SubTable:
            inner = getattr(subtable, "ExtSubTable", subtable)
            for first, each in getattr(inner, "ligatures", {}).items():
                for ligature in each:
                    names["".join(spelt[glyph] for glyph in (first, *ligature.Component))] = ligature.LigGlyph
    return names


def _cut_icons(content: bytes, names: Iterable[str]) -> bytes:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(content))
    known = ligatures(font)
    kept = [name for name in names if name in known]
    # The letters of a few names spell nearly every other name as well: what they could form stays out.
    cutter = Subsetter(
        Options(layout_features=["*"], layout_closure=False, hinting=False, notdef_outline=True)
    )
    cutter.populate(glyphs=[known[name] for name in kept], text="".join(kept))
    cutter.subset(font)
    return _packed(font)


def _cut_letters(content: bytes, letters: Iterable[int]) -> bytes:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(io.BytesIO(content))
    if font["post"].italicAngle:  # for a word here and there; without its weights it is a third as large
        instancer.instantiateVariableFont(font, {"wght": 400}, inplace=True)
    features = ["kern", "mark", "mkmk", "locl", "liga"]
    cutter = Subsetter(Options(layout_features=features, hinting=False, notdef_outline=True))
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    return _packed(font)


def _packed(font: TTFont) -> bytes:
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


_CUTS: Mapping[str, tuple[Callable[[], Iterable[str | int]], Callable[..., bytes]]] = {
    "MaterialSymbols": (icons, _cut_icons),
    "SourceSans": (letters, _cut_letters),
    "SourceCode": (letters, _cut_letters),
}


def _once(content: bytes, glyphs: Iterable[str | int], make: Callable[..., bytes]) -> bytes:
    """Makes a font, or takes it from where an earlier start left it."""
    import fontTools

    recipe = f"{fontTools.version} {sorted(map(str, glyphs))}".encode()
    source = Path(__file__).read_bytes()  # where fonts are cut differently, those kept on disk are made anew
    digest = hashlib.blake2b(recipe + source + content, digest_size=12).hexdigest()
    path = _folder() / f"{digest}.woff2"
    with _ONE_AT_A_TIME:
        try:
            return path.read_bytes()
        except OSError:
            font = make(content, glyphs)
        part = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(font)
            part.replace(path)
        except OSError:  # no home, or a read-only one: it is made again at the next start
            pass
        return font


def _folder() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path("~/.cache").expanduser()) / "gatescope" / "fonts"
