"""The glossary's data: complete in both languages, its links open, its names exist where they are said to."""

import inspect
import json
import math
import re
import subprocess
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest

from gates.examples.notation.letters import NOTATIONS
from gates.glossary.terms import LIBRARIES, described, letters, rows_of, terms
from gates.paths import ASSETS
from gates.scenes.links.glossary import GLOSSARY, GlossaryState
from gates.scenes.registry import PAGES
from gates.text import LANGUAGES, catalogue, translator
from tests.node import NODE

TERMS = terms()
NAMES = [(library, name) for term in TERMS.values() for library in LIBRARIES for name in term.names[library]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_term_says_all_that_it_should_and_nothing_is_left_over(language: str) -> None:
    wanted = {f"term.{name}.{part}" for name in TERMS for part in ("name", "forms", "text", "confusion")}
    assert wanted == {key for key in catalogue(language) if key.startswith("term.")}


def test_there_are_terms_enough_and_each_is_related_to_another() -> None:
    assert len(TERMS) >= 60
    for term in TERMS.values():
        assert term.related and set(term.related) <= TERMS.keys() - {term.id}, term.id
        assert len(set(term.related)) == len(term.related), term.id
    led_to = {name for term in TERMS.values() for name in term.related}
    assert led_to == TERMS.keys(), "a term that no other leads to"


@pytest.mark.parametrize("name", TERMS)
def test_the_state_that_shows_a_term_opens(name: str) -> None:
    page, _, query = TERMS[name].link[1:].partition("?")
    parameters = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    entry = PAGES[page]
    state, place, problems = entry.read(parameters)
    assert not problems
    assert parameters.keys() <= set(entry.link.names)
    written = entry.link.write(state) | {key: str(value) for key, value in vars(place).items() if value}
    said = {key: value for key, value in parameters.items() if key != "lang"}
    opening = entry.link.write(entry.opening)
    assert all(written.get(key, opening.get(key, value)) == value for key, value in said.items())


def test_letters_are_those_of_the_notations() -> None:
    assert letters(TERMS["forget-gate"]) == dict(zip(NOTATIONS, ("f", "fₜ", "Fₜ", "zᶠ"), strict=True))
    assert letters(TERMS["candidate"])["pytorch"] == "g (LSTM), n (GRU)"
    assert letters(TERMS["candidate"])["z"] == "z", "that of the LSTM: a GRU has no form there"
    assert letters(TERMS["update-gate"])["z"] is None
    assert letters(TERMS["hidden-state"])["row"] == "Hₜ"
    assert not letters(TERMS["epoch"])


def resolved(name: str) -> Any:
    """The object of a dotted name; of a layer's class, one that has its weights."""
    words = name.split(".")
    for cut in range(len(words), 0, -1):
        try:
            found = import_module(".".join(words[:cut]))
        except ImportError:
            continue
        for word in words[cut:]:
            if inspect.isclass(found) and word.startswith(("weight_", "bias_")):
                found = found(3, 4, bidirectional=True)
            elif inspect.isclass(found) and word in ("kernel", "recurrent_kernel", "bias"):
                found = built(found(4))
            found = getattr(found, word)
        return found
    raise AssertionError(name)


def built(layer: Any) -> Any:
    layer.build((None, None, 3))
    return layer.cell


def parameters(found: Any) -> set[str]:
    """The arguments of a function or class, those of its base classes too where it hands them on."""
    if not inspect.isclass(found):
        return set(inspect.signature(found).parameters)
    return {name for base in found.__mro__ for name in inspect.signature(base.__init__).parameters}


TORCH_RNN_OPTIONS = {"num_layers", "nonlinearity", "batch_first", "dropout", "bidirectional", "hidden_size"}
RETURNED = re.compile(r"(.+) → (\w+)")


def test_names_in_pytorch_exist() -> None:
    torch = pytest.importorskip("torch")
    for name in (name for library, name in NAMES if library == "pytorch"):
        plain = re.sub(r"\[.*\]$", "", name)
        if argument := re.fullmatch(r"(.+)\((\w+)=\)", plain):
            owner = resolved(argument[1])
            if argument[2] in TORCH_RNN_OPTIONS:  # torch's layers take *args, **kwargs
                owner(
                    3, 4, **{argument[2]: {"nonlinearity": "relu", "num_layers": 2}.get(argument[2], True)}
                ) if (argument[2] not in ("hidden_size", "dropout")) else owner(
                    input_size=3,
                    num_layers=2,
                    **{"hidden_size": 4} | {argument[2]: {"hidden_size": 5}.get(argument[2], 0.5)},
                )
            else:
                assert argument[2] in parameters(owner), name
        elif returned := RETURNED.fullmatch(plain):
            made = resolved(returned[1])(3, 4)
            output, (h_n, c_n) = made(torch.zeros(5, 3))
            shapes = {"output": (output, (5, 4)), "h_n": (h_n, (1, 4)), "c_n": (c_n, (1, 4))}
            value, shape = shapes[returned[2]]
            assert value.shape == shape, name
            assert f"{returned[2]}:" in made.__doc__ or f"**{returned[2]}**" in made.__doc__, name
        else:
            resolved(plain)


def test_names_in_keras_exist() -> None:
    pytest.importorskip("keras")
    for name in (name for library, name in NAMES if library == "keras"):
        plain = re.sub(r"\[.*\]$", "", name)
        if argument := re.fullmatch(r"(.+)\((\w+)=\)", plain):
            assert argument[2] in parameters(resolved(argument[1])), name
        else:
            resolved(plain)


def test_names_in_onnx_exist() -> None:
    onnx = pytest.importorskip("onnx")
    for name in (name for library, name in NAMES if library == "onnx"):
        operator, dot, value = re.sub(r"\[.*\]$", "", name).partition(".")
        argument = re.fullmatch(r"(\w+)\((\w+)=\)", operator)
        schema = onnx.defs.get_schema(argument[1] if argument else operator)
        if argument:
            assert argument[2] in schema.attributes, name
        if dot:
            assert value in {one.name for one in (*schema.inputs, *schema.outputs)}, name


def test_the_rows_of_a_gate_are_the_gates() -> None:
    """What is said to be the forget gate's makes that gate, and no other, in PyTorch's own layer."""
    torch = pytest.importorskip("torch")
    from gates.interop import load

    torch.manual_seed(3)
    for part in ("input", "forget", "candidate", "output", "reset", "update"):
        for name in rows_of(part, "pytorch"):
            kind, rows = re.fullmatch(r"torch\.nn\.(\w+)\.weight_ih_l0\[(.*)\]", name).groups()
            layer = getattr(torch.nn, kind)(3, 4).double()
            first, last = (4 * int(end.replace("H", "") or 1) if end != "0" else 0 for end in rows.split(":"))
            cell = load(layer).layers[0].forward
            at = cell.parts.index(part) * 4
            np.testing.assert_array_equal(cell.W[at : at + 4], layer.weight_ih_l0.detach()[first:last])
    assert list(rows_of("forget", "keras")) == ["keras.layers.LSTM.kernel[:, U:2U]"]
    assert list(rows_of("forget", "onnx")) == ["LSTM.W[:, 2H:3H]"]
    assert list(rows_of("update", "keras")) == ["keras.layers.GRU.kernel[:, 0:U]"]


def test_numbers_that_are_said_are_so() -> None:
    said = " ".join(
        catalogue("en")[f"term.{name}.{part}"] for name in TERMS for part in ("text", "confusion")
    )

    def half(f: float) -> float:
        return math.log(0.5) / math.log(f)

    for b in (1, 3):
        assert f"{half(1 / (1 + math.exp(-b))):.1f}" in said
    assert f"{half(0.9):.1f} steps" in said and f"{3**10:,}" in said


def test_terms_stand_in_the_order_of_the_language() -> None:
    """By pinyin as the browser's own collation has it, which reads a character in one way only."""
    zh = described("zh")
    assert [one["sort"] for one in zh] == sorted(one["sort"] for one in zh)
    names = [one["name"] for one in zh if re.match(r"[\u4e00-\u9fff]", one["name"])]
    script = (
        "const c = new Intl.Collator('zh-Hans-CN-u-co-pinyin');"
        "const first = JSON.parse(process.argv[1]).map((n) => n[0]);"
        "console.log(JSON.stringify(first.toSorted(c.compare)))"
    )
    ran = subprocess.run([NODE, "-e", script, json.dumps(names)], capture_output=True, text=True, check=True)
    read_otherwise = "重长"  # zhòng and zhǎng, where they are alone
    ours = [name[0] for name in names if name[0] not in read_otherwise]
    syllables = {one["name"][0]: one["letter"] for one in zh}
    theirs = [first for first in json.loads(ran.stdout) if first not in read_otherwise]
    assert [syllables[first] for first in theirs] == [syllables[first] for first in ours]
    assert syllables["重"] == syllables["长"] == "C"


def test_english_terms_stand_from_a_to_z() -> None:
    names = [one["name"].casefold() for one in described("en")]
    assert names == sorted(names)


def test_the_link_names_the_term() -> None:
    state, _, wrong = GLOSSARY.read({"term": "cell-state", "lang": "zh"}, GlossaryState())
    assert (state.term, state.lang, wrong) == ("cell-state", "zh", [])
    assert GLOSSARY.write(state) == {"lang": "zh", "term": "cell-state"}
    _, _, wrong = GLOSSARY.read({"term": "nothing"}, GlossaryState())
    assert [one.values["name"] for one in wrong] == ["term"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_words_of_the_page_are_sent(language: str) -> None:
    source = (ASSETS / "glossary" / "glossary.js").read_text(encoding="utf-8")
    used = {f"glossary.{name}" for name in re.findall(r"""\bt\("([\w.]+)\"""", source)}
    assert used and used <= catalogue(language).keys()
    assert translator(language)("glossary.here", name="x")
