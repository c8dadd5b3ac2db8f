"""What comes from outside is shown as it is, in every sentence that takes a value, and is never Markdown."""

import json
import re

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from gates.text import LANGUAGES, catalogue, escape, markdown_translator, translator
from gates.text.escape import json_in_html
from tests.text.hostile import HOSTILE

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PLACEHOLDER = re.compile(r"\{(\w+)\}")
JOINER = "\u2060"
TEXTS = [text for text in HOSTILE if text]

# What Streamlit and GitHub's dialect look for in the finished text: addresses, icons and emoji, arrows.
AFTERWARDS = re.compile(r"https?://|www\.|[-.\w+]@[-\w]|:[\w+-]+(/[^:]*)?:|<-|->|--|>=|<=|~=", re.IGNORECASE)
# What this parser knows nothing of, in the source: formulas and directives.
BEYOND = re.compile(r"(?<!\\)(?:\\\\)*(\$|:[^\W\d_])")


def structure(tokens: list[Token]) -> list[str]:
    """Return what was found in a text, without the text."""
    return [
        f"{token.type} {token.attrs} {structure(token.children or [])}"
        for token in tokens
        if token.type != "text"
    ]


def words(tokens: list[Token]) -> str:
    return "".join(words(token.children) if token.children else token.content for token in tokens)


def shown(text: str) -> str:
    """Return what a reader sees of a text from outside."""
    text = re.sub("[\x00\u202a-\u202e]", "", text.replace("\ud800", "\ufffd"))
    return re.sub(r"[\s\u2028]", " ", text).strip()


PLACES = ("{}", "x {} y", "x\n\n{} y", "**{}** y", "| a | b |\n|---|---|\n| {} | c |")


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_shown_as_it_is_wherever_it_stands(text: str) -> None:
    said = escape.markdown(text)
    said.encode()
    for place in PLACES:
        found, plain = PARSER.parse(place.format(said)), PARSER.parse(place.format("w"))
        assert structure(found) == structure(plain), place
        assert words(found).replace(JOINER, "") == words(plain).replace("w", shown(text), 1), place
    assert not AFTERWARDS.search(words(PARSER.parse(said)))
    assert not BEYOND.search(said)


def test_the_corpus_is_hostile() -> None:
    """As it is, most of it is more than text: the parser and the patterns above do tell."""
    plain = structure(PARSER.parse("w"))
    harmless = [
        text
        for text in TEXTS
        if structure(tokens := PARSER.parse(text)) == plain
        and words(tokens) == text
        and not AFTERWARDS.search(text)
        and not BEYOND.search(text)
    ]
    assert len(harmless) < len(TEXTS) / 3


USUAL = (
    3,
    2.5,
    -1.5,
    "−1.5",
    "1,234",
    "4.4×10⁻⁵",
    "weight_ih_l0",
    "rnn.weight",
    "9:30",
    "a-b.npz",
    "5 %",
    "(x)",
)


def test_markdown_goes_into_markdown_as_it_is_and_what_is_usual_looks_as_before() -> None:
    inner = escape.markdown("*a*")
    assert escape.markdown(inner) is inner
    for value in USUAL:
        assert escape.markdown(value) == str(value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_turns_a_value_into_more_than_its_text(language: str) -> None:
    """Every message that takes values, with some of the corpus in every place, and all of it in turn."""
    t = markdown_translator(language)
    checked = 0
    for key, template in catalogue(language).items():
        names = set(PLACEHOLDER.findall(template))
        if not names:
            continue
        plain = structure(PARSER.parse(t(key, **dict.fromkeys(names, "w"))))
        some = [TEXTS[(4 * checked + place) % len(TEXTS)] for place in range(4)]
        begins = template.startswith("{") or "\n{" in template
        for text in some if begins else ("\n".join(some),):
            found = PARSER.parse(t(key, **dict.fromkeys(names, text)))
            assert structure(found) == plain, (key, text)
            assert shown(text) in words(found).replace(JOINER, ""), (key, text)
        checked += 1
    assert 4 * checked > 10 * len(TEXTS)


def test_a_plain_sentence_has_its_values_as_they_are_but_for_what_cannot_be_sent() -> None:
    t = markdown_translator("en")
    values = {"row": 2, "token": "*a*_b \ud800\u202e"}
    assert translator("en")("error.numbers.letters", **values) == t.plain("error.numbers.letters", **values)
    assert "“*a*_b \ufffd”" in t.plain("error.numbers.letters", **values)
    inner = t("error.numbers.empty")
    assert inner in t("error.numbers.letters", row=2, token=inner)


def test_code_stays_in_its_cell() -> None:
    said = escape.code("a`b|c\n\ud800*d*")
    table = PARSER.parse(f"| a | b |\n|---|---|\n| {said} | x |")
    assert [line.split(" {")[0] for line in structure(table)] == [
        line.split(" {")[0] for line in structure(PARSER.parse("| a | b |\n|---|---|\n| `y` | x |"))
    ]
    assert words(PARSER.parse(said)) == "aʼb¦c↵\ufffd*d*"


def test_a_token_is_text_in_a_figure() -> None:
    assert escape.plotly('<a href="http://x">&</a>"') == '&lt;a href="http://x"&gt;&amp;&lt;/a&gt;"'
    assert "%{" not in escape.plotly("%{x} \ud800")


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE,
        "</script>",
        "</SCRIPT ",
        "<!--",
        "<script>",
        "]]>",
        "\u2028\u2029",
        "\ud800",
        "&lt;",
        "\\u003c",
    ],
)
def test_json_in_html_ends_nothing_and_says_what_it_said(text: str) -> None:
    written = json_in_html({text: [text]})
    written.encode()
    assert not re.search("[<>&\u2028\u2029]", written)
    assert json.loads(written) == {text: [text]}


def test_json_in_html_refuses_what_json_cannot_say() -> None:
    with pytest.raises(ValueError):
        json_in_html([float("nan")])
