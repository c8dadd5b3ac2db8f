"""A page whole, as Streamlit was told of it: every element with its label, help, options, width and place.

Sentences stand by their keys, so another wording is no difference. What is drawn by others stands in brief:
of a figure's lines how many numbers they have and their sum, of the stage what it was told beside the run's
numbers; figures and stage have tests of their own, tables too, which are left out. The other tests say why a
page is as it is; this finds what none of them mentions.
"""

import base64
import json
import math
import re
from functools import cache
from string import Formatter
from typing import Any

import numpy as np
from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from gates.text import LANGUAGES, catalogue

DRAWN = {"spec", "figure", "arrow_data", "styler", "js_content", "css_content", "html_content", "bytes"}
"""What is in a figure, a table or a component."""
STAGE = "gatescope.stage"
"""The component whose data are bytes."""
OF_ITS_KIND = {"version", "description", "symbols", "strings", "palette", "arrays", "digest"}
"""What a stage is told that follows from the kind of cell, the notation and the language."""
PASSING = {
    "id",
    "element_id",
    "data",
    "form_id",
    "page_script_hash",
    "url",
    "element_type",
    "deferred_file_id",
}
PASSING |= {"nonce", "session", "source"}
"""What stands for one run alone."""
DRAWN_AT_RANDOM = {"run", "other", "words", "time"}
"""The names of a run, what stops it, and how long it took."""
SMALLEST = 1e-12
"""What is smaller may be what another processor rounds otherwise."""
USUAL = {
    "height_config": {"use_content": True},
    "gap_config": {"gap_size": "SMALL"},
    "direction": "VERTICAL",
    "justify": "JUSTIFY_START",
    "align": "ALIGN_START",
    "width_config": {"use_stretch": True},
    "label_visibility": {},
    "wrap": True,
    "isolate_styles": True,
    "js_source_path": "",
    "css_source_path": "",
}
"""What goes without saying."""

_PROSE = re.compile(r"[\u3400-\u9fff ]|.{200}")
_LINES = re.compile(r"\n+|(?<=.)(?=<(?:tr|tbody|thead)>)")
_TOKEN = re.compile(r"[\w-]{16}|[\w-]{22}|[\d.]+ [s秒]")
_ROUNDED = re.compile(r"[\d.]+×10⁻¹[⁵⁶⁷](?![⁰¹²³⁴⁵⁶⁷⁸⁹])")
_WRITTEN = re.compile(r'content:\s*"([^"]+)"')
_KEYED = re.compile(r"\$\$ID-[0-9a-f]+-(.*)")


def language_of(app: AppTest) -> str:
    """The language that a page speaks."""
    shared = app.session_state.get("shared")
    asked = shared.get("lang") if isinstance(shared, dict) else None
    (queried,) = app.query_params.get("lang", ["en"])[:1]
    return next(str(one) for one in (asked, queried, "en") if one in LANGUAGES)


def contents(app: AppTest, language: str) -> list[Any]:
    """What stands on a page, without what passes: of each part kind, what it was told, and what is in it."""
    tree = app._tree
    return [_of(tree[place], language) for place in sorted(tree.children) if tree[place].children]


def _of(node: Any, language: str) -> list[Any]:
    fields = MessageToDict(node.proto, preserving_proto_field_name=True) if node.proto is not None else {}
    own = {name: _told(value, language) for name, value in fields.items() if name not in DRAWN}
    own = {
        name: value for name, value in own.items() if name not in PASSING and value != USUAL.get(name, ...)
    }
    if own.get("flex_container") == {}:
        del own["flex_container"]
    if (found := _KEYED.fullmatch(str(fields.get("id", "")))) and found[1] != "None":
        own["key"] = found[1]
    inner = []
    if node.type == "bidi_component":
        read = _stage if fields["component_name"] == STAGE else _data
        own["data"] = _brief(_told(read(node.proto.bytes), language))
        if isinstance(own["data"], dict) and isinstance(own["data"].get("words"), dict):
            inner = [["words", own["data"].pop("words"), []]]  # others are told the same
    if node.type == "plotly_chart":
        assert "\\" not in fields["alt"], "no Markdown is read there"
        own["drawn"] = [_line(line, language) for line in json.loads(node.proto.spec)["data"]]
    children = getattr(node, "children", None) or {}
    return [node.type, own, [*inner, *(_of(child, language) for _, child in sorted(children.items()))]]


def _told(value: Any, language: str, of: str = "") -> Any:
    if isinstance(value, dict):
        told = {name: _told(each, language, name) for name, each in value.items() if name not in PASSING}
        return {name: each for name, each in told.items() if each != USUAL.get(name, ...)}
    if isinstance(value, list):
        return [_told(each, language, of) for each in value]
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if of in DRAWN_AT_RANDOM and isinstance(value, str) and _TOKEN.fullmatch(value):
        return f"any {of}"
    if isinstance(value, str) and value.startswith("{") and isinstance(read := _data(value), dict):
        return _brief(_told(read, language))
    return _key(_ROUNDED.sub("≈0", value), language) if isinstance(value, str) else value


def _data(sent: bytes | str) -> Any:
    """A component's data; what is no JSON is a text."""
    try:
        return json.loads(sent)
    except ValueError:
        return sent if isinstance(sent, str) else sent.decode("utf-8", "replace")


def _stage(sent: bytes) -> dict[str, Any]:
    """What a stage is told, but for what is nothing; of what is long how much it is."""
    told = json.loads(sent[4 : 4 + int.from_bytes(sent[:4], "little")])
    at, link, examples = (told.pop(name, None) or {} for name in ("at", "link", "examples"))
    own = {name: value for name, value in told.items() if value and name not in OF_ITS_KIND}
    return {
        **{name: len(value) if isinstance(value, (dict, list)) else value for name, value in own.items()},
        "at": {name: value for name, value in at.items() if value is not None},
        "link": link.get("params"),
        "examples": len(examples.get("titles", ())),
    }


def _line(drawn: dict[str, Any], language: str) -> list[Any]:
    """A line or a heatmap of a figure: its kind and name, and how many numbers it has with their sum."""
    found = {axis: _numbers(drawn.get(axis)) for axis in "xyz"}
    sums = {
        axis: [len(numbers), _digits(sum(map(abs, numbers)))] for axis, numbers in found.items() if numbers
    }
    return [drawn["type"], _told(drawn.get("name"), language), sums]


def _numbers(values: Any) -> list[float]:
    """The finite numbers of a figure, however Plotly has packed them, but for those that rounding makes."""
    if isinstance(values, dict):
        values = np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    if isinstance(values, list):
        return [number for value in values for number in _numbers(value)]
    found = isinstance(values, (int, float)) and SMALLEST < abs(values) < math.inf
    return [float(values)] if found else []


def _digits(number: float) -> float:
    return float(f"{number:.4g}")


def _brief(data: Any) -> Any:
    """Of a list its first and how many there are; of words that no catalogue has, that there are some."""
    if isinstance(data, dict):
        return {name: _brief(value) for name, value in data.items()}
    if isinstance(data, list):
        return [*map(_brief, data[:1]), len(data)]
    return "…" if isinstance(data, str) and _PROSE.search(data) else data


@cache
def _key(text: str, language: str) -> Any:
    """The key of a sentence with what is put into it; of another text its lines."""
    whole, patterns = _sentences(language)
    plain = text.replace("\\", "")
    if plain in whole:
        return whole[plain]
    for key, sentence, begins, ends in patterns:
        near = plain.startswith(begins) and plain.endswith(ends)
        if near and (found := _pattern(sentence).fullmatch(plain)):
            return {key: {name: _told(each, language, name) for name, each in found.groupdict().items()}}
    if text.startswith("<style>"):
        return ["<style>", *(_key(words, language) for words in _WRITTEN.findall(text))]
    lines = _LINES.split(text)
    return text if len(lines) == 1 else [_key(line, language) for line in lines]


@cache
def _sentences(language: str) -> tuple[dict[str, str], list[list[str]]]:
    """The keys of sentences without places; of others key, words, beginning and end, the longest first."""
    whole: dict[str, str] = {}
    patterns = []
    for key, text in sorted(catalogue(language).items()):
        parts = list(Formatter().parse(text))
        if all(name is None for _, name, _, _ in parts):
            whole.setdefault(text.replace("\\", ""), key)
        elif sum(len(literal) for literal, *_ in parts) > 3:
            begins, ends = parts[0][0], parts[-1][0] if parts[-1][1] is None else ""
            patterns.append((len(text), key, text, begins.replace("\\", ""), ends.replace("\\", "")))
    return whole, [found for _, *found in sorted(patterns, key=lambda one: (-one[0], one[1]))]


@cache
def _pattern(text: str) -> re.Pattern[str]:
    seen: set[str] = set()
    made = ""
    for literal, name, _, _ in Formatter().parse(text):
        made += re.escape(literal.replace("\\", ""))
        if name is not None:
            made += f"(?P={name})" if name in seen else f"(?P<{name}>.*?)"
            seen.add(name)
    return re.compile(made, re.DOTALL)
