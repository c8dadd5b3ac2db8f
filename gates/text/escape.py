"""Text from outside, so written that it is shown as it is and does nothing, for each kind of place."""

from __future__ import annotations

import html
import json
import re
from typing import Any


class Markdown(str):
    """A text that is Markdown already, and goes into another one as it is."""

    __slots__ = ()


_JOINER = "\u2060"  # invisible, and no word or address goes across it

_UNSHOWN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[\s\u2028\u2029]")
_MARKED = re.compile(r"[\\`*\[\]<>~$&|]|(?<![^\W_])_|_(?![^\W_])|:(?=[^\W\d_])")
_BEGINS = re.compile(r"\A(?:\d{1,9}(?=[.)](?: |\Z))|(?=[#=]|[+-](?:[ +-]|\Z)))")
_LINKED = re.compile(r"(?i)(?<=http)(?=s?:)|(?<=https)(?=:)|(?<=www)(?=\.)|(?=@)")
_REPLACED = re.compile(r":(?=[\w+-]++(?:/[^:]*+)?:)|(?<=[<>=~-])(?=[>=-])")


def visible(text: str) -> str:
    """Return a text without what cannot be sent or turns the direction of what follows."""
    return _UNSHOWN.sub("", _SURROGATE.sub("\ufffd", text))


def markdown(value: object) -> Markdown:
    """Return a value as Markdown that shows it as it is, in one line; what is Markdown already stays.

    No link, picture, formula, icon, colour or emoji comes of it, and no heading or list. Backslashes stop
    what the grammar knows. What Streamlit and GitHub's dialect look for afterwards, in text that no backslash
    protects (addresses, ``:emoji:``, ``->``), is parted by an invisible character.
    """
    if isinstance(value, Markdown):
        return value
    text = _SPACE.sub(" ", visible(str(value))).strip()
    text = _REPLACED.sub(lambda match: match[0] + _JOINER, _LINKED.sub(_JOINER, text))
    text = _MARKED.sub(lambda match: "\\" + match[0], text)
    text = _BEGINS.sub(lambda match: match[0] + "\\", text, count=1)
    return Markdown(text)


def code(text: str) -> Markdown:
    """Return a text as code, in one line and in a cell of a table too: nothing in it ends either."""
    plain = visible(text).replace("\n", "↵").replace("|", "¦").replace("`", "ʼ")
    return Markdown(f"`{plain or ' '}`")


def in_html(text: str) -> str:
    """Return a text for HTML, in an element or in an attribute."""
    return html.escape(visible(text))


def framed(document: str) -> str:
    """Return an HTML document, every character of it, for the attribute ``srcdoc`` of a frame."""
    return html.escape(document)


def plotly(text: str) -> str:
    """Return a text for Plotly, whose labels and hovers read some HTML and, in braces, names of values."""
    return html.escape(visible(text), quote=False).replace("%{", f"%{_JOINER}{{")


_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}", "-": "{-}", "⊙": r"\ensuremath{\odot}", "−": r"\ensuremath{-}",
    "∂": r"\ensuremath{\partial}", "σ": r"\ensuremath{\sigma}", "η": r"\ensuremath{\eta}",
    "→": r"\ensuremath{\rightarrow}", "±": r"\ensuremath{\pm}", "½": r"\ensuremath{\tfrac12}",
}  # fmt: skip
_TEX |= {
    sign: rf"\textsubscript{{{plain}}}" for sign, plain in zip("₀₁₂₃₄₅₆₇₈₉ₜ", "0123456789t", strict=True)
}
_TEX |= {sign: rf"\textsuperscript{{{plain}}}" for sign, plain in zip("²³", "23", strict=True)}


def tex(text: object) -> str:
    """Return a text for TeX's text mode, in one line: no command, comment, group, ligature or alignment."""
    return "".join(_TEX.get(sign, sign) for sign in _SPACE.sub(" ", visible(str(text))))


_FORMULA = re.compile(r"\A[\s]*[=+@\t\r-]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d++(?:[.,]\d++)?")


def table_cell(text: object) -> str:
    """Return a text for a cell of a CSV file, in one line, which no spreadsheet takes for a formula.

    What begins as one gets an apostrophe in front; a number stays. Quoting is left to ``csv.writer``.
    """
    plain = _SPACE.sub(" ", visible(str(text)))
    return f"'{plain}" if _FORMULA.match(plain) and not _PLAIN_NUMBER.fullmatch(plain) else plain


_IN_SCRIPT = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


def json_in_html(value: Any) -> str:
    """Return a value as JSON for an element ``script`` in HTML, which nothing in it ends.

    What a reader of the JSON gets is the value as it was, halves of surrogate pairs included.

    Raises:
        ValueError: for NaN and infinities, of which JSON knows nothing.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _IN_SCRIPT.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
