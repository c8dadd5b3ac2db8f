import json
import re
from pathlib import Path
from string import Formatter

import pytest

from gates.text import LANGUAGES, STRINGS, CatalogueError, catalogue, subset, translator

# Names and symbols that are written alike in both languages.
NAMES = re.compile(
    r"\b(Gatescope|Adam|(?:min|s|x)?LSTMs?|(?:min)?GRUs?|RNNs?|PyTorch|NumPy|Keras|ONNX|cuDNN|Streamlit|Plotly"
    r"|StatQuest|GitHub|d2l|Olah|ReLU|tanh|sigmoid|softmax|CSV|URL|JSON|EN|English)\b"
)
WORD = re.compile(r"[A-Za-z]{2,}")
HAN = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_all_languages_have_the_same_parts_and_keys() -> None:
    parts = {
        language: {p.name: set(json.loads(p.read_text("utf-8"))) for p in (STRINGS / language).glob("*.json")}
        for language in LANGUAGES
    }
    assert parts["en"], "no strings at all"
    for language in LANGUAGES[1:]:
        assert parts["en"].keys() == parts[language].keys(), language
        for part in parts["en"]:
            assert parts["en"][part] ^ parts[language][part] == set(), (
                f"{part}: keys of en or {language} only"
            )


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_all_languages_fill_the_same_placeholders(language: str) -> None:
    en, other = catalogue("en"), catalogue(language)
    differing = {key for key in en.keys() & other.keys() if placeholders(en[key]) != placeholders(other[key])}
    assert not differing


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_says_something_and_uses_plain_named_placeholders(language: str) -> None:
    for key, text in catalogue(language).items():
        assert text.strip(), f"{key} is empty"
        assert text == text.strip(), f"{key} begins or ends with white space"
        for _, name, form, conversion in Formatter().parse(text):
            if name is not None:  # The browser replaces {name} by itself and knows no format language.
                assert name.isidentifier() and not form and not conversion, f"{key}: {{{name}}}"


def test_chinese_texts_are_chinese_wherever_the_english_has_words() -> None:
    en, zh = catalogue("en"), catalogue("zh")
    for key in en.keys() & zh.keys():
        words = WORD.search(NAMES.sub("", PLACEHOLDER.sub("", en[key])))
        if words and not HAN.search(en[key]):
            assert HAN.search(zh[key]), (
                f"{key}: {zh[key]!r} is not Chinese ({words.group()!r} in the English)"
            )


def test_english_texts_hold_no_chinese_but_the_names_of_chinese_words() -> None:
    for key, text in catalogue("en").items():
        if HAN.search(text):  # Such as the language switch, which names each language in itself.
            assert not WORD.search(NAMES.sub("", PLACEHOLDER.sub("", text))), f"{key}: {text!r}"


def test_translator_fills_values_and_names_what_is_missing() -> None:
    t = translator("en")
    key = "error.numbers.ragged"
    sentence = t(key, row=3, count=2, expected=4)
    assert {"3", "2", "4"} <= set(re.findall(r"\d", sentence))
    assert key in t and "no.such.key" not in t
    with pytest.raises(KeyError, match=r"no\.such\.key"):
        t("no.such.key")
    with pytest.raises(KeyError, match="row"):
        t(key, count=2, expected=4)
    with pytest.raises(ValueError, match="fr"):
        translator("fr")


def test_values_are_put_in_as_they_are() -> None:
    assert "{x}" in translator("en")("error.numbers.letters", row=1, token="{x}")


def test_subset_takes_prefixes_only() -> None:
    chosen = subset("zh", ["error.numbers."])
    assert chosen and all(key.startswith("error.numbers.") for key in chosen)
    assert chosen == {k: v for k, v in catalogue("zh").items() if k.startswith("error.numbers.")}


def write(folder: Path, part: str, text: str) -> None:
    (folder / "en").mkdir(exist_ok=True)
    (folder / "en" / part).write_text(text, "utf-8")


def test_catalogue_reads_a_changed_file_again(tmp_path: Path) -> None:
    write(tmp_path, "a.json", '{"greeting": "one"}')
    assert catalogue("en", tmp_path)["greeting"] == "one"
    write(tmp_path, "b.json", '{"farewell": "two"}')
    assert catalogue("en", tmp_path)["farewell"] == "two"


@pytest.mark.parametrize(
    "parts",
    [
        {"a.json": '{"k": "x", "k": "y"}'},
        {"a.json": '{"k": "x"}', "b.json": '{"k": "y"}'},
        {"a.json": '{"k": ["x"]}'},
    ],
)
def test_catalogue_refuses_duplicates_and_what_is_not_text(tmp_path: Path, parts: dict[str, str]) -> None:
    for part, text in parts.items():
        write(tmp_path, part, text)
    with pytest.raises(CatalogueError, match="k"):
        catalogue("en", tmp_path)
