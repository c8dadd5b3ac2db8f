"""What the documents say: their code runs, in a reader's order, and what they name is there."""

import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gates import __main__ as command
from gates.scenes.registry import PAGES
from gates.text import catalogue, translator
from gates.training import __main__ as trainer
from gates.training.runs.limits import PREFIX
from gates.training.tasks.registry import TASKS

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
ENGINE = ROOT / "docs" / "engine.md"
EXPORT = ROOT / "docs" / "export.md"
TRAINING = ROOT / "docs" / "training.md"
ALL = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
GUIDES = [path for path in ALL if path.name != "CHANGELOG.md"]  # what holds today, not what held once
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```(?:sh|powershell)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
FILE = re.compile(r"`((?:gates|pages|assets|tests|docs)/[\w./*<>-]+|app\.py|\.streamlit/[\w.]+)`")
NAME = re.compile(r"`([\w]+)`")

each = pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
guide = pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def run(path: Path) -> dict[str, Any]:
    """What a reader who typed in every block has afterwards."""
    namespace: dict[str, Any] = {}
    for block in BLOCK.finditer(text(path)):
        before = text(path).count("\n", 0, block.start(1))  # so that an error names the document's line
        exec(compile("\n" * before + block[1], str(path), "exec"), namespace)
    return namespace


def test_the_readme_is_read_in_a_sitting() -> None:
    assert len(text(README).splitlines()) <= 120


def test_what_the_readme_calls_by_name_is_called_so_on_the_screen() -> None:
    labels = {label.partition(":")[0] for label in catalogue("en").values()}
    named = {name.strip(".,") for name in re.findall(r"(?<![*\w])\*([A-Z][^*\n]+)\*(?!\*)", text(README))}
    assert named > {"Train", "Edit weights"}, named
    assert named <= labels, named - labels


def test_no_code_stands_in_a_document_that_nothing_runs() -> None:
    own = {ROOT / "docs" / "interop.md"}  # tests/interop/test_docs.py runs it
    assert {path for path in ALL if BLOCK.search(text(path))} == {README, ENGINE, EXPORT, TRAINING, *own}


def test_the_readmes_code_runs() -> None:
    names = run(README)
    assert names["trace"].forget.shape == names["trace"].cell.shape == (20, 4)
    assert names["net"].run(names["trace"].x).layers[1].forward.forget.shape == (20, 4)


def test_the_notebooks_code_runs() -> None:
    names = run(EXPORT)
    assert names["shown"].html.startswith('<!doctype html>\n<html lang="zh-Hans">')


def test_the_trainings_code_runs(capsys: pytest.CaptureFixture[str]) -> None:
    progress = run(TRAINING)["progress"]
    assert progress.step == 200 and progress.network.cells[0].kind == "gru"
    assert capsys.readouterr().out.splitlines()[-1].startswith("200 ")


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    return run(ENGINE)


def test_the_shapes_are_the_ones_it_states(names: dict[str, Any]) -> None:
    x, cell = names["x"], names["cell"]
    assert x.shape == (20, 3)
    trace = cell.run(x)
    for signal in ("forget", "input", "output", "candidate", "cell", "hidden"):
        assert getattr(trace, signal).shape == (20, 4), signal
    assert cell.run(x[:, None]).hidden.shape == (20, 1, 4)


def test_gradients_have_the_shape_of_what_they_belong_to(names: dict[str, Any]) -> None:
    cell, trace, grads = names["cell"], names["trace"], names["grads"]
    assert grads.weights.U.shape == cell.U.shape
    assert grads.inputs.shape == trace.x.shape
    assert grads.signals.forget.shape == trace.forget.shape


def test_stepping_by_hand_ends_where_run_does(names: dict[str, Any]) -> None:
    last = names["rnn"].run(names["x"]).hidden[-1]
    np.testing.assert_allclose(names["state"], last, rtol=0, atol=1e-12)


def test_the_preset_it_shows_is_the_one_that_is_there() -> None:
    block = re.search(r"^```py\n(.*?)^```$", text(ROOT / "CONTRIBUTING.md"), re.MULTILINE | re.DOTALL)
    assert block
    shown = {line.partition("  #")[0].strip() for line in block[1].splitlines()}
    source = text(ROOT / "gates" / "examples" / "presets" / "rnn.py")
    assert shown <= {line.strip() for line in source.splitlines()}


@each
def test_links_lead_to_files(path: Path) -> None:
    assert not [link for link in LINK.findall(text(path)) if not (path.parent / link).exists()]


@guide
def test_the_files_that_are_named_are_there(path: Path) -> None:
    """A <name> stands for anything that is there already."""
    patterns = [re.sub(r"<\w+>", "*", name).rstrip("/") for name in FILE.findall(text(path))]
    assert not [pattern for pattern in patterns if not any(ROOT.glob(pattern))]


def test_the_tree_names_every_folder_of_the_engine_and_of_the_stage() -> None:
    tree = re.search(
        r"^```text\n(.*?)^```$", text(ROOT / "docs" / "architecture.md"), re.MULTILINE | re.DOTALL
    )
    assert tree
    named = set(re.findall(r"([\w]+)/", tree[1]))
    for folder in (ROOT / "gates", ROOT / "assets" / "stage"):
        there = {path.name for path in folder.iterdir() if path.is_dir() and path.name[0] not in "_."}
        assert there <= named, folder


@guide
def test_the_commands_that_are_shown_are_understood(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE))
    parser = trainer._parser(translator("en"), "gatescope train")
    for block in SHELL.findall(text(path)):
        for line in block.splitlines():
            program, *words = shlex.split(line, comments=True) or [""]
            if program == "make":
                assert words[0] in targets, line
            if program == "gatescope" and words and not words[0].startswith("-"):
                assert words[0] in command.COMMANDS, line
            if program == "gatescope" and words[:1] == ["train"]:
                given = parser.parse_args(words[1:])
                assert given.list or given.task in TASKS, line


def test_every_parameter_of_a_link_is_explained() -> None:
    sections = re.split(r"^## ", text(ROOT / "docs" / "links.md"), flags=re.MULTILINE)
    said = {section.partition("\n")[0]: set(NAME.findall(section)) for section in sections}
    everywhere = said["Every page"]
    steps = "Home, LSTM, GRU, RNN"
    sliders = {field.name for field in PAGES["lstm"].link.fields if field.within == "sliders"}
    also = {"Lab": said[steps], "Compare": said[steps]}
    for page, entry in PAGES.items():
        section = next(title for title in said if page.lower() in title.lower())
        explained = said[section] | everywhere | sliders | also.get(section, set())
        assert set(entry.link.names) <= explained, page


def test_every_variable_is_explained() -> None:
    sources = [text(path) for path in (ROOT / "gates").rglob("*.py")]
    used = {name for source in sources for name in re.findall(r"GATESCOPE_[A-Z_]+[A-Z](?=\")", source)}
    limits = text(ROOT / "gates" / "training" / "runs" / "limits.py")
    used |= {PREFIX + name for name in re.findall(r'_number\([^")]+"([A-Z_]+)"', limits)}
    assert len(used) == 11
    said = set(re.findall(r"GATESCOPE_[A-Z_]+[A-Z]", text(ROOT / "docs" / "deployment.md")))
    assert said == used
    given = set(re.findall(r"^([A-Z_]+)\s*\?=", text(ROOT / "Makefile"), re.MULTILINE))
    assert {"PORT", "ADDRESS", "TORCH_INDEX", "PYTHON"} <= given
