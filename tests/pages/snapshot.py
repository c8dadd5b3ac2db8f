"""A page whole, as Streamlit was told of it: every element with its label, help, options, width and place.

Sentences stand by their keys, so another wording is no difference. What is drawn by others stands in brief:
of a figure's lines how many numbers they have and their sum, of the stage what it was told beside the run's
numbers; figures and stage have tests of their own, tables too, which are left out. The other tests say why a
page is as it is; this finds what none of them mentions. Where another page is meant, look at it in the app,
and write the file again: ``LOOKED_AT=1 python -m pytest tests/pages tests/ui/test_lab.py``.
"""

import base64
import json
import math
import os
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from gates.scenes.registry import HOME
from gates.text import catalogue

KEPT = Path(__file__).parent / "data" / "pages.json"
DRAWN = {"spec", "figure", "arrow_data", "styler", "js_content", "css_content", "html_content", "bytes"}
"""What is in a figure, a table or a component."""
STAGE, CONNECTION = "gatescope.stage", "gatescope.connection"
"""Components: the one whose data are bytes, and the one whose data are the same on every page."""
OF_ITS_KIND = {"version", "description", "symbols", "strings", "palette", "arrays", "digest"}
"""What a stage is told that follows from the kind of cell, the notation and the language."""
AGAIN = "look at it in the app, then LOOKED_AT=1 python -m pytest tests/pages tests/ui/test_lab.py"
PASSING = {
    "id",
    "set_value",
    "value",
    "element_id",
    "data",
    "form_id",
    "page_script_hash",
    "url",
    "element_type",
    "deferred_file_id",
    "nonce",
    "session",
    "made",
    "source",
}
"""What stands for one run alone."""

_PROSE = re.compile(r"[\u3400-\u9fff ]|.{200}")
_KEYED = re.compile(r"\$\$ID-[0-9a-f]+-(.*)")


def same(app: AppTest, name: str, language: str) -> None:
    """See that a page is what it was when somebody last looked at it.

    Args:
        app: the page.
        name: what it is called in the file.
        language: that it is in.
    """
    found = contents(app, language, set() if name == HOME else {CONNECTION})
    if "LOOKED_AT" in os.environ:
        _write(_kept.__wrapped__() | {name: found})
    else:
        assert found == _kept()[name], f"{name} is another page now. Where that is meant: {AGAIN}"


def contents(app: AppTest, language: str, left_out: Collection[str] = (CONNECTION,)) -> Any:
    """What stands on a page, without what passes; components that are left out aside."""
    return json.loads(json.dumps([_of(part, language, left_out) for part in (app.main, app.sidebar)]))


@cache
def _kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def _write(pages: dict[str, Any]) -> None:
    lines = (
        f"{json.dumps(name)}: {json.dumps(page, ensure_ascii=False)}" for name, page in sorted(pages.items())
    )
    KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _of(node: Any, language: str, left_out: Collection[str]) -> Any:
    children = getattr(node, "children", None)
    fields = MessageToDict(node.proto, preserving_proto_field_name=True) if node.proto is not None else {}
    own = {name: _told(value, language) for name, value in fields.items() if name not in PASSING | DRAWN}
    if found := _KEYED.fullmatch(str(fields.get("id", ""))):
        own["key"] = found[1]
    if node.type == "bidi_component" and fields["component_name"] not in left_out:
        read = _stage if fields["component_name"] == STAGE else _data
        own["data"] = _brief(_told(read(node.proto.bytes), language))
    if node.type == "plotly_chart":
        own["drawn"] = [_line(line, language) for line in json.loads(node.proto.spec)["data"]]
    if own.get("popover", {}).get("label") == "ui.pages":
        children = None  # the same on every page, and looked at by name in other tests
    under = [_of(child, language, left_out) for _, child in sorted((children or {}).items())]
    return [node.type, own, *([under] if under else [])]


def _told(value: Any, language: str) -> Any:
    if isinstance(value, dict):
        return {name: _told(each, language) for name, each in value.items() if name not in PASSING}
    if isinstance(value, list):
        return [_told(each, language) for each in value]
    if isinstance(value, float):
        return float(f"{value:.6g}")
    return _key(value, language) if isinstance(value, str) else value


def _data(sent: bytes) -> Any:
    """A component's data; what is no JSON is a text."""
    try:
        return json.loads(sent)
    except ValueError:
        return sent.decode("utf-8", "replace")


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
    """The finite numbers among a figure's values, however Plotly has packed them."""
    if isinstance(values, dict):
        values = np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    if isinstance(values, list):
        return [number for value in values for number in _numbers(value)]
    finite = isinstance(values, (int, float)) and math.isfinite(values)
    return [float(values)] if finite else []


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
def _key(text: str, language: str) -> str:
    """The key of a sentence with what is put into it; a text that is none as it is."""
    whole, patterns = _sentences(language)
    plain = text.replace("\\", "")
    if plain in whole:
        return whole[plain]
    for key, pattern in patterns:
        if found := pattern.fullmatch(plain):
            return f"{key} {_told(found.groupdict(), language)}"
    return text


@cache
def _sentences(language: str) -> tuple[dict[str, str], list[tuple[str, re.Pattern[str]]]]:
    whole: dict[str, str] = {}
    patterns = []
    for key, text in sorted(catalogue(language).items()):
        parts = list(Formatter().parse(text))
        if all(name is None for _, name, _, _ in parts):
            whole.setdefault(text.replace("\\", ""), key)
        elif sum(len(literal) for literal, *_ in parts) > 3:
            patterns.append((len(text), key, _pattern(parts)))
    return whole, [(key, pattern) for _, key, pattern in sorted(patterns, key=lambda one: (-one[0], one[1]))]


def _pattern(parts: Any) -> re.Pattern[str]:
    seen: set[str] = set()
    made = ""
    for literal, name, _, _ in parts:
        made += re.escape(literal.replace("\\", ""))
        if name is not None:
            made += f"(?P={name})" if name in seen else f"(?P<{name}>.*?)"
            seen.add(name)
    return re.compile(made, re.DOTALL)
