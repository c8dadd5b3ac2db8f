"""A run of one's own in a notebook: in the cells of a real one, and what is said where it cannot be shown."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from gates import GRU, LSTM, MGU, RNN, SLSTM, Clamp, MinGRU, MinLSTM
from gates.core import picture
from gates.errors import GatesError
from gates.inputs.sequence import MAX_STEPS, MAX_VOCABULARY
from gates.notebook import Shown, show
from gates.text import LANGUAGES, surrounding_language, translator
from tests.export.files import Parsed, arrays, numbers
from tests.text.hostile import HOSTILE, in_parts

ROOT = Path(__file__).resolve().parents[2]
DRAWN = [LSTM, GRU, RNN, MinGRU, MinLSTM, SLSTM]


def framed(html: str) -> Parsed:
    """The page in the frame that a notebook shows, as a browser reads both."""
    (attributes,) = (found for tag, found in Parsed(html).elements if tag == "iframe")
    assert attributes["sandbox"] == "allow-scripts"
    return Parsed(attributes["srcdoc"] or "")


def run(shown: Shown) -> Any:
    (only,) = framed(shown._repr_html_()).data["runs"]
    return only["common"] | only["own"]["en"] | {"at": only["at"]}


def test_a_notebook_shows_a_still_picture_and_the_stage(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_code_cell(code)
        for code in (
            f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
            "from gates import LSTM\nfrom gates.notebook import show\n"
            "trace = LSTM.init(inputs=1, hidden=2, rng=4).run([[1.0], [-0.5], [0.25]])\ntrace",
            "show(trace, step=2, tokens=['a', '</script>', '\"'], lang='zh')",
            "sorted({'streamlit', 'torch', 'plotly', 'pandas', 'starlette'} & sys.modules.keys())",
        )
    ]
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    nbformat.validate(notebook)
    still, stage, loaded = (cell.outputs[0].data for cell in notebook.cells)
    trace = LSTM.init(inputs=1, hidden=2, rng=4).run([[1.0], [-0.5], [0.25]])
    assert still["text/html"] == trace._repr_html_()
    assert still["text/plain"] == repr(trace)
    assert loaded["text/plain"] == "[]"
    page = framed(stage["text/html"])
    found = arrays(page.data, 0, "zh")
    for name in trace.signals:
        assert np.array_equal(found[name], getattr(trace, name)), name
    assert page.data["lang"] == "zh"
    assert page.data["runs"][0]["common"]["tokens"] == ["a", "</script>", '"']
    assert page.data["runs"][0]["at"]["step"] == 1
    assert len(stage["text/plain"]) < 100
    t = translator("zh")
    left = re.sub(
        r"<style>.*?</style>|</?noscript>|<iframe .*?</iframe>", "", stage["text/html"], flags=re.DOTALL
    )
    assert left == f"<p>{t('notebook.still')}</p>{picture.html(trace, t)}"  # what a notebook keeps untrusted


@pytest.mark.parametrize("kind", DRAWN)
def test_every_cell_that_the_stage_draws_is_shown_with_its_own_numbers(kind: type) -> None:
    cell = kind.init(inputs=3, hidden=4, rng=2, dtype=np.float32)  # type: ignore[attr-defined]
    trace = cell.run(np.random.default_rng(0).normal(size=(6, 3)))
    page = framed(show(trace)._repr_html_())
    told = page.data["runs"][0]["common"] | page.data["runs"][0]["own"]["en"]
    body = numbers(page.data["bodies"][0], told["arrays"])
    for entry in told["arrays"]:
        if entry["name"] in trace.signals:
            values = np.frombuffer(body, "<f4", int(np.prod(entry["shape"])), entry["offset"])
            assert np.array_equal(values.reshape(entry["shape"]), getattr(trace, entry["name"])), entry[
                "name"
            ]
    assert told["random"] is False
    assert told["link"] is None
    assert told["columns"] == ["x1", "x2", "x3"]
    assert told["tokens"] == list("123456")


def test_a_sequence_of_a_batch_read_backwards_is_shown_as_it_was_read() -> None:
    x = np.random.default_rng(7).normal(size=(6, 3, 2))
    state = tuple(np.random.default_rng(8).normal(size=(2, 3, 2)))
    clamps = [Clamp("forget", 0.5, units=1, steps=range(1, 3))]
    for kind in (LSTM, GRU):
        cell = kind.init(inputs=2, hidden=2, rng=3)
        of = {"state": state, "clamps": clamps} if kind is LSTM else {"state": state[0]}
        whole = cell.run(x, lengths=[6, 4, 5], reverse=True, **of)  # type: ignore[attr-defined]
        one = {name: value[1] if name == "state" and kind is GRU else value for name, value in of.items()}
        if kind is LSTM:
            one = {
                "state": (state[0][1], state[1][1]),
                "clamps": [Clamp("forget", 0.5, units=1, steps=(2, 1))],
            }
        alone = cell.run(x[3::-1, 1], **one)  # type: ignore[attr-defined]
        shown = show(whole, sequence=1, lang="en")
        assert shown.still.endswith(picture.html(alone, translator("en")))
        found = arrays(framed(shown._repr_html_()).data, 0, "en")
        for name in (*alone.signals, "initial_hidden"):
            assert np.allclose(found[name], getattr(alone, name), rtol=0, atol=1e-15), (kind, name)


def test_clamps_of_a_run_are_told() -> None:
    trace = LSTM.init(inputs=1, hidden=2, rng=0).run(
        np.ones((5, 1)), clamps=[Clamp("forget", 0.5, 1, range(2, 4))]
    )
    assert run(show(trace))["clamps"] == [{"signal": "forget", "units": [1], "steps": [2, 3], "value": 0.5}]


@pytest.mark.parametrize("texts", in_parts([text for text in HOSTILE if text], 20))
def test_names_stay_text(texts: list[str]) -> None:
    count = len(texts)
    trace = RNN.init(inputs=count, hidden=count, rng=0).run(np.eye(count))
    page = framed(show(trace, tokens=texts, inputs=texts, units=texts)._repr_html_())
    harmless = ["a"] * count
    plain = framed(show(trace, tokens=harmless, inputs=harmless, units=harmless)._repr_html_())
    assert page.elements == plain.elements
    assert page.texts["script"] == plain.texts["script"]
    told = page.data["runs"][0]["common"]
    assert told["tokens"] == told["columns"] == told["unit_names"] == texts


def test_the_page_can_be_kept_as_a_file(tmp_path: Path) -> None:
    shown = show(RNN.init(inputs=1, hidden=1, rng=0).run([[1.0]]), height=500)
    shown.save(tmp_path / "run.html")
    assert (tmp_path / "run.html").read_text(encoding="utf-8") == shown.html
    html = shown._repr_html_()
    assert "height:500px" in html and 'title="RNN · Gatescope"' in html
    assert repr(shown) == f"Shown('RNN · Gatescope', {len(shown.html):,} characters of HTML)"
    assert framed(html).data["lang"] == surrounding_language()


RNG = np.random.default_rng(1)
ONE = RNN.init(inputs=2, hidden=2, rng=0)
NARROW = RNN.init(inputs=1, hidden=1, rng=0)
DRAWN_NAMES = {"kind": "MGU", "drawn": "LSTM, GRU, RNN, minGRU, minLSTM, sLSTM"}
LARGE = {"limit": 16_000}
REFUSED: dict[str, tuple[str, Any, dict[str, Any], dict[str, Any]]] = {
    "no trace": ("trace", 3, {}, {"given": "int"}),
    "kind": ("kind", MGU.init(inputs=2, hidden=2, rng=0).run(np.ones((2, 2))), {}, DRAWN_NAMES),
    "single": ("single", ONE.step([1.0, 2.0]), {}, {}),
    "single of a batch": ("single", ONE.step(np.ones((3, 2))), {}, {}),
    "sequence": ("sequence", ONE.run(np.ones((3, 2, 2))), {"sequence": 2}, {"given": 2, "count": 2}),
    "sequence below": ("sequence", ONE.run(np.ones((3, 2, 2))), {"sequence": -1}, {"given": -1, "count": 2}),
    "no batch": ("sequence", ONE.run(np.ones((3, 2))), {"sequence": 1}, {"given": 1, "count": 1}),
    "step": ("step", ONE.run(np.ones((3, 2))), {"step": 4}, {"given": 4, "count": 3}),
    "step 0": ("step", ONE.run(np.ones((3, 2))), {"step": 0}, {"given": 0, "count": 3}),
    "tokens": (
        "names",
        ONE.run(np.ones((3, 2))),
        {"tokens": "a"},
        {"name": "tokens", "given": 1, "count": 3},
    ),
    "inputs": (
        "names",
        ONE.run(np.ones((3, 2))),
        {"inputs": "a"},
        {"name": "inputs", "given": 1, "count": 2},
    ),
    "units": ("names", NARROW.run([[1.0]]), {"units": "ab"}, {"name": "units", "given": 2, "count": 1}),
    "large": (
        "large",
        RNN.init(inputs=1, hidden=40, rng=0).run(np.ones((401, 1))),
        {},
        LARGE | {"steps": 401, "units": 40, "most": 400},
    ),
    "long": (
        "large",
        NARROW.run(np.ones((MAX_STEPS + 1, 1))),
        {},
        LARGE | {"steps": MAX_STEPS + 1, "units": 1, "most": MAX_STEPS},
    ),
    "wide": ("wide", RNN.init(1, 65, 0).run(np.ones((2, 1))), {}, {"units": 65, "inputs": 1}),
    "inputs beyond": (
        "wide",
        RNN.init(MAX_VOCABULARY + 1, 1, 0).run(np.ones((1, MAX_VOCABULARY + 1))),
        {},
        {"units": 1, "inputs": MAX_VOCABULARY + 1},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_gets_a_sentence(name: str) -> None:
    key, trace, options, values = REFUSED[name]
    with pytest.raises(GatesError) as found:
        show(trace, **options)
    assert found.value.key == f"error.notebook.{key}"
    assert found.value.values == values
    for language in LANGUAGES:
        said = translator(language)(found.value.key, **found.value.values)
        assert "{" not in said.replace("{…}", "") and "\n" not in said


def test_what_just_fits_is_shown() -> None:
    trace = RNN.init(inputs=1, hidden=64, rng=0).run(np.ones((3, 1)))
    assert run(show(trace, step=3))["at"]["step"] == 2
    (told,) = framed(show(trace, step=3)._repr_html_()).data["runs"]
    assert told.keys() == {"common", "own", "body", "title", "at", "path", "params"}
    assert (told["path"], told["params"]) == (None, {})
    assert run(show(trace))["at"]["step"] == 0
    show(RNN.init(MAX_VOCABULARY, 1, 0).run(np.ones((1, MAX_VOCABULARY))), step=1)


@pytest.mark.parametrize(
    ("cell", "option"),
    [
        (LSTM.init(inputs=1, hidden=2, rng=0), {"gate_activation": "hard_sigmoid"}),
        (LSTM.init(inputs=1, hidden=2, rng=0), {"clip": 2.0}),
        (
            LSTM.init(inputs=1, hidden=2, rng=0),
            {"projection": np.ones((1, 2)), "U": np.ones((8, 1))},
        ),
        (GRU.init(inputs=1, hidden=2, rng=0), {"candidate_activation": "relu"}),
        (RNN.init(inputs=1, hidden=2, rng=0), {"activation": "softsign"}),
    ],
)
def test_what_the_stage_would_draw_wrongly_is_refused(cell: Any, option: dict[str, Any]) -> None:
    trace = replace(cell, **option).run(np.ones((2, 1)))
    with pytest.raises(GatesError) as found:
        show(trace)
    assert found.value.key == "error.notebook.option"
    assert next(iter(option)) in str(found.value)


def test_the_advice_of_the_sentences_works() -> None:
    big = RNN.init(inputs=1, hidden=40, rng=0)
    with pytest.raises(GatesError) as found:
        show(big.run(np.ones((700, 1))))
    show(big.run(np.ones((found.value.values["most"], 1))))  # type: ignore[arg-type]
    with np.errstate(all="ignore"):
        overflows = RNN(W=[[3.0]], U=[[1e200]], b=[0.0], activation="relu")
        with pytest.raises(GatesError) as found:
            show(overflows.run(np.ones((4, 1))))
        assert found.value.key == "error.notebook.finite"
        assert found.value.values == {"signal": "hidden", "step": 3, "before": 2}
        show(overflows.run(np.ones((found.value.values["before"], 1))))  # type: ignore[arg-type]
