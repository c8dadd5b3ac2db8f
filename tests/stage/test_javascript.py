"""Holds the browser's arithmetic against the engine: runs packed by Python, accounted for in node."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from gates import GRU, LSTM, RNN
from gates.figures.palette import DARK, LIGHT
from gates.lessons.notation import NOTATIONS, symbols
from gates.text import LANGUAGES, catalogue
from gates.ui.payload import arrays, kind, pack

HERE = Path(__file__).parent
STAGE = HERE.parents[1] / "assets" / "stage"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None, reason="node is not installed; it runs the JavaScript"
)

CELLS = {
    "lstm": LSTM.init(inputs=3, hidden=5, rng=1, forget_bias=1.0),
    "lstm-64": LSTM.init(inputs=6, hidden=64, rng=2),
    "gru-before": GRU.init(inputs=3, hidden=5, rng=3, reset="before"),
    "gru-after": GRU.init(inputs=3, hidden=5, rng=4, reset="after"),
    "rnn": RNN.init(inputs=3, hidden=5, rng=5),
}


def node(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", *arguments, str(HERE / script)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(
    ("name", "update"),
    [(name, "keep") for name in CELLS] + [("gru-before", "write"), ("gru-after", "write")],
)
def test_every_number_of_an_engine_run_is_accounted_for(name: str, update: str, tmp_path: Path) -> None:
    cell = CELLS[name]
    generator = np.random.default_rng(9)
    steps = 7
    trace = cell.run(generator.normal(size=(steps, cell.inputs)) * 2)
    header = {
        "cell": kind(cell),
        "steps": steps,
        "units": cell.hidden,
        "inputs": cell.inputs,
        "reset": getattr(cell, "reset", "after"),
        "activation": getattr(cell, "activation", "tanh"),
        "update": update,
        "tokens": [str(step) for step in range(steps)],
        "columns": ["", "", ""],
        "unit_names": [],
    }
    path = tmp_path / "run.bin"
    path.write_bytes(pack(header, arrays(trace), at={}))
    ran = node("agreement.mjs", RUN=str(path))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    assert told["disagreements"] == []
    assert told["accounts"] > steps * cell.hidden * len(cell.parts)


def test_text_on_every_fill_of_the_palettes_can_be_read() -> None:
    ran = node("format.test.mjs", "--test", GATESCOPE_PALETTES=json.dumps([dict(LIGHT), dict(DARK)]))
    assert ran.returncode == 0, ran.stdout
    assert "# skipped 0" in ran.stdout, ran.stdout


def test_every_sentence_of_the_drawings_exists_and_is_filled() -> None:
    """Each part's note and type is a key, and its placeholders are symbols that every notation gives."""
    ran = node("notes.mjs")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    own = {"symbol", "name", "kept", "written", "shown", "gated"}
    for form in json.loads(ran.stdout):
        for language in LANGUAGES:
            words = catalogue(language)
            for key in form["keys"]:
                assert key in words, key
                wanted = {part.split("}")[0] for part in words[key].split("{")[1:]}
                for notation in NOTATIONS:
                    labels = symbols(form["cell"], notation, form["update"], form["reset"]).labels
                    assert wanted <= own | set(labels), (key, notation, wanted - own - set(labels))


def test_no_sentence_of_the_views_is_left_over_or_missing() -> None:
    sources = "".join(path.read_text("utf-8") for path in STAGE.glob("*.js"))
    views = json.loads((STAGE.parents[0] / "strings" / "en" / "views.json").read_text("utf-8"))
    for key in views:
        stem, _, last = key.rpartition(".")
        used = f'"{key}"' in sources or f"`{stem}.${{" in sources or f'note: "{last}"' in sources
        used = used or (stem == "diagram.note" and f'"{last}"' in sources)
        assert used, f"{key} is not used"
