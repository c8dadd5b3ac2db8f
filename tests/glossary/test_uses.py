"""Terms are found in texts, in Python as in the browser, and lead to their definitions."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from gates.course import checks, reader
from gates.glossary.terms import terms
from gates.glossary.uses import explanations, first_uses, forms, linked, uses
from gates.scenes.registry import PAGES
from gates.text import LANGUAGES, catalogue
from gates.text.escape import Markdown
from tests.node import NODE

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def terms_in(text: str, language: str) -> list[tuple[str, str]]:
    return [(match[0], name) for match, name in uses(text, language)]


def test_the_longest_form_is_found_and_whole_words_only() -> None:
    assert terms_in("A forget gate, two gates; delegates of minGRU and LSTMs.", "en") == [
        ("forget gate", "forget-gate"),
        ("gates", "gate"),
        ("minGRU", "mingru"),
        ("LSTMs", "lstm"),
    ]
    assert terms_in("Forget gates close.", "en") == [("Forget gates", "forget-gate")]
    assert terms_in("LSTM 的遗忘门偏置，minGRU 没有遗忘门", "zh") == [
        ("LSTM", "lstm"),
        ("遗忘门偏置", "forget-bias"),
        ("minGRU", "mingru"),
        ("遗忘门", "forget-gate"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_form_means_two_things(language: str) -> None:
    every = [form for form, _ in forms(language)]
    assert len(set(every)) == len(every)
    assert all(form == form.strip() and form for form in every)
    for name in terms():
        own = {form for form, of in forms(language) if of == name}
        assert own & set(catalogue(language)[f"term.{name}.name"].replace("（", " ").split()) or own


def test_first_uses_are_first_and_only_once() -> None:
    known: set[str] = set()
    assert first_uses(["the cell and its hidden state", "a cell"], "en", known) == ["cell", "hidden-state"]
    assert first_uses(["hidden state, forget gate"], "en", known) == ["forget-gate"]


def test_links_keep_emphasis_code_formulas_and_other_links() -> None:
    assert linked(Markdown("**遗忘门**决定，遗忘门"), "zh") == (
        "[**遗忘门**](glossary?term=forget-gate&lang=zh)决定，遗忘门"
    )
    for left in ("`forget gate`", "$gate$", "[gate](x)", "**the gate** is"):
        assert linked(Markdown(left), "en") == left
    assert linked(Markdown("x < 1, a gate"), "en").endswith("a [gate](glossary?term=gate&lang=en)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_pages_explain_is_still_the_same_text(language: str) -> None:
    """Each sentence, rendered, says what it said, with links to terms that exist."""
    render = MarkdownIt().render
    keys = [f"page.{name}.lead" for name in PAGES]
    keys += [key for key in catalogue(language) if key.startswith(("convention.", "equations.symbols"))]
    count = 0
    for key in keys:
        plain = catalogue(language)[key]
        html = render(linked(Markdown(plain), language))
        links = re.findall(r'<a href="glossary\?term=([\w-]+)&amp;lang=(\w+)">', html)
        assert re.sub(r"</?a\b[^>]*>", "", html) == render(plain), key
        assert {name for name, _ in links} <= terms().keys() and {lang for _, lang in links} <= {language}
        count += len(links)
    assert count > 40


def paragraphs(own: Any) -> list[str]:
    return [text for key, text in checks.flat(own).items() if not key.endswith(("title", "why.question"))]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", reader.names())
def test_a_lesson_explains_each_term_where_all_first_meet_it(name: str, language: str) -> None:
    lesson = reader.compiled(name, language)
    always = ("text", "question", "task", "reason", "done")
    explained: set[str] = set()
    for index, step in enumerate(lesson["steps"]):
        own = step["words"]
        texts = [own[key] for key in always if key in own] + ([lesson["lead"]] if index == 0 else [])
        met = {of for text in texts for _, of in terms_in(text, language)}
        assert met <= explained | set(step["terms"])
        assert set(step["terms"]) <= {
            of for text in [*texts, *paragraphs(own)] for _, of in terms_in(text, language)
        }
        explained |= set(step["terms"])
    assert explained


def test_what_a_lesson_explains_comes_with_its_words() -> None:
    lessons = [reader.compiled(name, "zh") for name in reader.names()]
    used = {name for lesson in lessons for step in lesson["steps"] for name in step["terms"]}
    told = explanations(used, "zh")
    assert told["terms"].keys() == used
    assert told["terms"]["forget-gate"]["text"] == catalogue("zh")["term.forget-gate.text"]
    assert set(told["words"]) == {"glossary.open", "glossary.close", "glossary.what"}


def test_the_browser_finds_what_python_finds(tmp_path: Path) -> None:
    texts = {
        language: [
            *(text for key, text in catalogue(language).items() if not key.endswith(".forms")),
            *(text for name in reader.names() for text in checks.flat(reader.words(name, language)).values()),
        ]
        for language in LANGUAGES
    }
    plain = {
        language: [re.sub(r"[`$\[\]<>]", "", text) for text in every] for language, every in texts.items()
    }
    path = tmp_path / "texts.json"
    path.write_text(
        json.dumps({"texts": plain, "forms": {one: forms(one) for one in LANGUAGES}}), encoding="utf-8"
    )
    script = f"""
import {{ readFileSync }} from "node:fs";
const {{ finder }} = await import("{(ASSETS / "course" / "step" / "terms.js").as_uri()}");
const {{ texts, forms }} = JSON.parse(readFileSync("{path}", "utf8"));
const found = Object.entries(texts).map(([language, every]) => {{
  const find = finder(forms[language]);
  return [language, every.map((text) => find(text).map(({{ form, id }}) => [form, id]))];
}});
console.log(JSON.stringify(Object.fromEntries(found)));
"""
    ran = subprocess.run(
        [NODE, "--input-type=module", "-e", script], capture_output=True, text=True, timeout=600, check=True
    )
    theirs = json.loads(ran.stdout)
    for language in LANGUAGES:
        ours = [[[form, name] for form, name in terms_in(text, language)] for text in plain[language]]
        assert theirs[language] == ours


def test_search() -> None:
    script = Path(__file__).with_name("search.test.mjs")
    ran = subprocess.run([NODE, "--test", str(script)], capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stdout
