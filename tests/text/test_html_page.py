"""The pages of HTML that stand alone, character by character, and the documents they are filled from."""

import json
from pathlib import Path

import pytest

from gates.text import documents, escape, html_page

WHOLE = """<!doctype html>
<html lang="zh-Hans">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link>
<title>a &lt; b &amp; &quot;c&quot;</title>
</head>
<body class="sheet">
<p>1 > 0</p>
</body>
</html>
"""


def test_a_page_holds_what_it_was_given() -> None:
    given = ('a < b & "c"\u202e', "<p>1 > 0</p>", "<link>")
    page = html_page.page("zh", *given, policy="default-src 'none'", css_class="sheet")
    assert page == WHOLE
    bare = html_page.page("en", *given)
    assert 'lang="en"' in bare and "<body>\n" in bare
    assert '<meta charset="utf-8">\n<meta name="viewport"' in bare


def test_what_is_shown_without_scripts_and_what_a_script_reads() -> None:
    assert html_page.noscript("a < b") == "<noscript>a &lt; b</noscript>"
    told = escape.json_in_html({"ü": "</script> & \u2028\ud800", "n": [1, 2]})
    assert told == '{"ü":"\\u003c/script\\u003e \\u0026 \\u2028\\ud800","n":[1,2]}'
    assert html_page.data("told", "[1]") == '<script type="application/json" id="told">[1]</script>'
    with pytest.raises(ValueError, match="JSON"):
        escape.json_in_html([float("inf")])


def test_a_text_in_each_kind_of_place() -> None:
    assert escape.in_html("<b> & 'x' \"y\"\x00\ud800") == "&lt;b&gt; &amp; &#x27;x&#x27; &quot;y&quot;\ufffd"
    assert escape.framed('<p a="1">\x07&') == "&lt;p a=&quot;1&quot;&gt;\x07&amp;"
    assert escape.code("a|b`c\nd\u202e") == "`a¦bʼc↵d`"
    assert escape.code("") == "` `"
    cells = {
        "=1+2": "'=1+2",
        " @x": "' @x",
        "-1.5": "-1.5",
        "+3,5": "+3,5",
        "-1.5x": "'-1.5x",
        "a\n=b": "a =b",
    }
    assert {text: escape.table_cell(text) for text in cells} == cells
    assert escape.tex("50 % of\na_b\x00 − {σ}₂²") == (
        r"50 \% of a\_b \ensuremath{-} \{\ensuremath{\sigma}\}\textsubscript{2}\textsuperscript{2}"
    )


def test_documents_are_found_by_name_and_ordered_by_number(tmp_path: Path) -> None:
    for name, number in (("b", 2), ("c", 10), ("a", 3)):
        (tmp_path / f"{name}.json").write_text(json.dumps({"number": number}), encoding="utf-8")
        (tmp_path / f"{name}.zh.json").write_text('{"title": "门"}', encoding="utf-8")
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    found = documents.Documents(tmp_path)
    assert found.ids() == ("a", "b", "c", "list")
    assert found.structure("c") == {"number": 10}
    assert found.words("b", "zh") == {"title": "门"}
    with pytest.raises(ValueError, match=r"list\.json"):
        found.structure("list")
    (tmp_path / "list.json").unlink()
    assert found.names() == ("b", "a", "c")
