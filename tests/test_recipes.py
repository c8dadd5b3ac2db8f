"""CONTRIBUTING's recipes, followed to the letter in a copy of the tree: a preset, a page, a task, a format
and a cell.

What a recipe lists must be enough, and each file that it lists must be needed: what is written here is
compared with the list.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NAME = "walked"
IN_COPY = ("app.py", "gates", "pages", "assets", "docs", "tests", ".streamlit", "pyproject.toml")

PAGE = """\
from gates.ui import frame
from gates.ui.step import view

page = frame.enter("walked")
view.stage_alone(page)
"""

SMOOTHS = """\
def _walked(v: Values, reset: Reset) -> GRU:
    z = Part(b=2 * math.log(4), shift=v["update_shift"])
    return gru(1, 1, v["sharpness"], reset, z=z, n=Part(W=[v["gain"]]))


"""

PRESET = """\
    Preset(
        "walked",
        "gru",
        UP_DOWN,
        tuple("(((()((("),
        (sharpness(0.5), UPDATE_SHIFT, GAIN),
        _walked,
        units=("unit.memory",),
        figures={"z": at("update", 1), "h4": at("hidden", 4)},
    ),
"""

SMOOTHED = """

@FORMS
def test_walked(reset: Reset) -> None:
    h = run("walked", {}, reset).hidden[:4, 0]
    np.testing.assert_allclose(h, 1 - 0.8 ** np.arange(1, 5), atol=1e-6)
"""

TASK = '''\
"""A task for the test of the recipes: say the bit that came one step before."""

import numpy as np

from gates.training.tasks.generators import at_every_step, checked_length, classification, recipes, symbols
from gates.training.tasks.model import Batch, Task


def walked(length: int | None = None) -> Task:
    """Return the task; the bit before the first is 0."""
    steps = checked_length(length, 12, 2)

    def draw(rng: np.random.Generator, size: int) -> Batch:
        bits = rng.integers(2, size=(steps, size))
        before = np.concatenate([np.zeros((1, size), dtype=np.int64), bits[:-1]])
        return Batch(symbols(bits, 2), before, at_every_step(steps, size))

    usual = recipes({"hidden": 4, "steps": 200, "lr": 0.05})
    return classification(
        "walked", draw, ("0", "1"), ("0", "1"), margin=0.2, recipes=usual, probe=3
    )
'''

FORMAT = '''\
"""A format for the test of the recipes: JSON of nested lists behind a first line."""

import json
from pathlib import Path

import numpy as np

from gates.interop.files.format import Format, Source
from gates.interop.stacks import SourceContents
from gates.interop.torch.reading import read_arrays
from gates.interop.torch.state import state_dict
from gates.network import Network

FIRST = b"walked 1\\n"


def _match(source: Source) -> bool:
    return source.head.startswith(FIRST)


def _open(source: Source) -> SourceContents:
    source.file.seek(len(FIRST))
    return read_arrays({name: np.array(rows) for name, rows in json.load(source.file).items()})


def _write(path: Path, network: Network, name: str) -> None:
    arrays = {name: array.tolist() for name, array in state_dict(network, name).items()}
    path.write_bytes(FIRST + json.dumps(arrays).encode())


FORMAT = Format(".walked", (".walked",), _match, _open, _write)
'''

OPENS = """\
import numpy as np

from gates import LSTM, Layer, Network
from gates.interop import load, save


def test_a_network_goes_out_and_comes_back(tmp_path):
    net = Network((Layer(LSTM.init(3, 4, rng=1)),))
    save(net, tmp_path / "net.walked")
    x = np.random.default_rng(0).normal(size=(5, 3))
    assert (load(tmp_path / "net.walked").run(x).output == net.run(x).output).all()
"""


KIND = """\
        "walked": Kind(
            type=Walked,
            name="Walked",
            squashes={"update": "sigma", "candidate": "none"},
            phases=("see", "mix", "carry"),
            made={"kept": "mix", "written": "mix", "hidden": "mix"},
            recurrent=False,
            sums={"hidden": (_KEPT_HIDDEN, ("written", "update", "candidate"))},
            spans=_UNBOUNDED,
            roles={"write": "update", "new": "candidate", "memory": "hidden"},
            letters={"x": "x", "update": "z", "candidate": "k", "hidden": "h"},
            equations={
                "update": r"z_t = \\sigma\\left(W_z x_t + b_z\\right)",
                "candidate": r"k_t = W_k x_t + b_k",
                "hidden": r"h_t = (1 - z_t) \\odot h_{t-1} + z_t \\odot k_t",
            },
            row=("update", "", "candidate", "→", "hidden"),
        ),
"""

COMPARED = """\
import subprocess

import numpy as np
import pytest

from gates.examples.comparisons import aligned_cell, count
from gates.paths import PAGES
from gates.scenes.links.codec import compress
from streamlit.testing.v1 import AppTest
from tests.node import NODE, kinds

pytestmark = pytest.mark.unheld("it is opened in this copy of the tree alone")


def test_what_is_said_of_a_walked_cell_is_drawn():
    command = [NODE, "--test", "tests/stage/kinds.test.mjs"]
    done = subprocess.run(command, capture_output=True, text=True, env=kinds(), timeout=600)
    assert not done.returncode and '"walked"' in kinds()["GATESCOPE_KINDS"], done.stdout


def opened(page, **link):
    app = AppTest.from_file(str(PAGES.parent / "gates" / "ui" / "main.py"), default_timeout=600)
    app.switch_page(str(PAGES / f"{page}.py"))
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def test_a_walked_page_is_opened():
    assert "Walked" in [one.value for one in opened("walked").title]


def test_a_walked_cell_is_compared():
    cell = aligned_cell("walked", 3, 4, 7)
    assert count(cell).total == 32
    assert (aligned_cell("mingru", 3, 4, 7).W == cell.W).all()
    app = opened("compare", input="text", data=compress("a b a"), cells="walked,rnn")
    assert "**Walked**" in [one.value for one in app.markdown]
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a contributor changes; where nothing is changed, a link will do."""
    copy = tmp_path_factory.mktemp("tree")
    for name in IN_COPY:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("bench", "browser"))
        else:
            shutil.copy(ROOT / name, copy / name)
    return copy


class Change:
    """What a contributor does to a tree, and which files that touched."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self.touched: set[str] = set()

    def add(self, path: str, content: str) -> None:
        """Write a new file."""
        assert not (self.tree / path).exists()
        (self.tree / path).write_text(content, encoding="utf-8")
        self.touched.add(path)

    def insert(self, path: str, before: str, line: str) -> None:
        """Put a line before one that is there once."""
        file = self.tree / path
        text = file.read_text(encoding="utf-8")
        assert text.count(before) == 1, (path, before)
        file.write_text(text.replace(before, line + before), encoding="utf-8")
        self.touched.add(path)

    def replace(self, path: str, old: str, new: str) -> None:
        """Put other words for those that are there once."""
        file = self.tree / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, (path, old)
        file.write_text(text.replace(old, new), encoding="utf-8")
        self.touched.add(path)

    def say(self, part: str, **sentences: tuple[str, str]) -> None:
        """Give sentences in both languages; an underscore stands for a dot."""
        for index, language in enumerate(("en", "zh")):
            path = f"gates/text/strings/{language}/{part}.json"
            file = self.tree / path
            known = json.loads(file.read_text(encoding="utf-8"))
            known |= {key.replace("_", "."): both[index] for key, both in sentences.items()}
            file.write_text(json.dumps(known, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            self.touched.add(path)


def listed(recipe: str) -> set[str]:
    """The files of a recipe's list, for a thing called ``NAME``."""
    section = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition(f"### {recipe}\n")[2]
    entries = re.findall(r"^- ((?:.|\n(?!-|\n))*)", section.partition("\n### ")[0], re.MULTILINE)
    heads = [entry.partition(": ")[0] for entry in entries]
    paths = {path for head in heads for path in re.findall(r"`([^`]+)`", head)}
    return {path.replace("<name>", NAME).replace("<cell>", "gru") for path in paths}


def preset(tree: Path) -> set[str]:
    """A GRU's preset: z = 0.8 keeps four fifths at each step."""
    change = Change(tree)
    presets = "gates/examples/presets/gru.py"
    change.insert(presets, "def _not_good(", SMOOTHS)
    change.insert(presets, "    NOT_GOOD.solved_by(\n", PRESET)
    change.say(
        "lessons",
        preset_gru_walked_title=("Smoothing", "平滑"),
        preset_gru_walked_watch=(
            "z = {z} of the old state is kept at each step, so four times + take h to {h4} only.",
            "每一步保留旧状态的 z = {z}，所以连续四个 + 只把 h 带到 {h4}。",
        ),
    )
    change.insert(
        "tests/examples/presets/test_presets_gru.py", "\n\n@FORMS\n@BOTH\ndef test_latch(", SMOOTHED
    )
    own_input = """ids("gru", brackets("（（））")) == {"counter\""""
    change.replace("tests/examples/presets/test_presets.py", own_input, f'{own_input}, "{NAME}"')
    return change.touched


def page(tree: Path) -> set[str]:
    change = Change(tree)
    change.add(f"pages/{NAME}.py", PAGE)
    entry = f'    PageEntry("{NAME}", ":material/hiking:", State("gru", reset="after"), recomputes=True),\n'
    change.insert("gates/scenes/registry.py", ")  # fmt: skip\n\nPAGES:", entry)
    change.say(
        "ui",
        page_walked_nav=("Walked", "走过"),
        page_walked_title=("Walked", "走过"),
        page_walked_lead=("A page to try the recipe.", "用来试配方的页面。"),
        home_walked=("Opens on a GRU.", "打开时是一个 GRU。"),
    )
    return change.touched


def task(tree: Path) -> set[str]:
    change = Change(tree)
    change.add(f"gates/training/tasks/{NAME}.py", TASK)
    registry = "gates/training/tasks/registry.py"
    change.insert(registry, "\nTASKS: Mapping", f"from gates.training.tasks.{NAME} import {NAME}\n")
    change.insert(registry, '        "characters": characters,\n', f'        "{NAME}": {NAME},\n')
    change.say(
        "training",
        task_walked=("One before", "前一位"),
        task_walked_about=("Which bit came before?", "前一位是什么？"),
        task_walked_gates=("The input gate should stay open.", "输入门应当一直开着。"),
        task_walked_baseline=("Knows the present bit alone.", "只知道当前这一位。"),
    )
    change.insert(
        "tests/training/tasks/test_learn.py",
        '    "characters": {"steps"',
        f'    "{NAME}": {{"steps": 80}},\n',
    )
    return change.touched


def model_format(tree: Path) -> set[str]:
    change = Change(tree)
    change.add(f"gates/interop/files/{NAME}.py", FORMAT)
    registry = "gates/interop/files/registry.py"
    change.insert(registry, ")\nfrom gates.interop.files.format", f"    {NAME},\n")
    change.insert(registry, "    torchscript.FORMAT,\n", f"    {NAME}.FORMAT,\n")
    change.add(f"tests/interop/files/test_{NAME}.py", OPENS)
    change.insert("docs/interop.md", "| `.onnx` |", f"| `.{NAME}` | the test of the recipes | arrays |\n")
    return change.touched


def cell(tree: Path) -> set[str]:
    """A cell after 2014: the minGRU's equations under another name and other letters."""
    change = Change(tree)
    source = (tree / "gates/cells/mingru.py").read_text(encoding="utf-8")
    change.add(f"gates/cells/{NAME}.py", source.replace("MinGRU", "Walked").replace('"mingru"', f'"{NAME}"'))
    line = f"from gates.cells.{NAME} import Walked\n"
    change.insert("gates/__init__.py", "from gates.core.clamps", line)
    change.insert("gates/__init__.py", '    "__version__",\n', '    "Walked",\n')
    kinds = "gates/examples/notation/kinds.py"
    change.replace(kinds, "SLSTM, MinGRU, MinLSTM\n", "SLSTM, MinGRU, MinLSTM, Walked\n")
    change.replace(kinds, '"minlstm", "slstm"]', f'"minlstm", "slstm", "{NAME}"]')
    change.insert(kinds, '    }\n)  # fmt: skip\n"""The kinds that can be drawn', KIND)
    palette = "gates/figures/palette.py"
    change.replace(palette, '"slstm": "#5b3fa0",', f'"slstm": "#5b3fa0", "{NAME}": "#6b5200",')
    change.replace(palette, '"slstm": "#b7a2f0",', f'"slstm": "#b7a2f0", "{NAME}": "#d9c05a",')
    change.say(
        "cells",
        compare_column_walked=("Walked", "走过"),
        belt_note_walked=("A cell to try the recipe: {before}, {z}.", "用来试配方的单元：{before}、{z}。"),
    )
    change.replace("assets/stage/belt/folded/modern.js", "slstm: sLSTM }", f"slstm: sLSTM, {NAME}: minGRU }}")
    change.replace("assets/stage/diagram/modern.js", "slstm };", f"slstm, {NAME}: mingru }};")
    return change.touched


def test_a_preset_a_page_a_task_a_format_and_a_cell_are_added_by_the_files_that_are_listed(
    tree: Path,
) -> None:
    assert preset(tree) == listed("A preset")
    assert page(tree) == listed("A page")
    assert task(tree) == listed("A training task")
    touched = model_format(tree)
    needed_by_some = {f"gates/text/strings/{language}/interop.json" for language in ("en", "zh")}
    assert touched == listed("A model format") - needed_by_some
    assert cell(tree) == listed("A cell")
    assert len(listed("A cell")) <= 8
    (tree / "tests" / "pages" / "test_walked_cell.py").write_text(COMPARED, encoding="utf-8")
    tests = [
        "tests/test_imports.py",
        "tests/text/test_catalogue.py",
        "tests/training/tasks/test_tasks.py",
        "tests/training/tasks/test_learn.py",
        "tests/interop/files/test_walked.py",
        "tests/examples/presets",
        "tests/interop/test_docs.py",
        "tests/examples/notation/test_modern_cells.py",
        "tests/examples/test_comparisons.py",
        "tests/pages/test_walked_cell.py",
        "tests/stage/test_javascript.py",
    ]
    of_cells = "modern_cells or correspond or whatever_its_z or remembers or left_over or drawings"
    written = [sys.executable, "-m", "tests.examples.test_whole"]  # as after any recipe
    assert not subprocess.run(written, cwd=tree, capture_output=True, timeout=600).returncode
    assert "gru walked" in (tree / "tests/examples/data/presets.txt").read_text(encoding="utf-8")
    chosen = f"{NAME} or presets or catalogue or circle or suffix or every_kind_of_file or {of_cells}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "-k", chosen, *tests],
        cwd=tree, capture_output=True, text=True, timeout=900, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    for passed in (
        "walked_page_is_opened",
        "test_a_short_run_beats_the_baseline",
        "goes_out_and_comes_back",
        "walked_cell_is_compared",
        "walked_cell_is_drawn",
        r"test_presets_gru.*test_walked",
        r"test_every_signal_has_its_equation.*walked",
    ):
        assert re.search(rf"^PASSED .*{passed}", done.stdout, re.MULTILINE), done.stdout[-4000:]
    ruff = [sys.executable, "-m", "ruff", "check", "--no-cache", "gates", "pages"]
    assert not subprocess.run(ruff, cwd=tree, capture_output=True, timeout=600).returncode
