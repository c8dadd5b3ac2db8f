"""Holds the browser's arithmetic against the engine: runs packed by Python, accounted for in node."""

import json
import math
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gates import GRU, LSTM, RNN, SLSTM, MinGRU, MinLSTM
from gates.core.clamps import Clamp
from gates.examples.notation.kinds import described, kind_of
from gates.examples.notation.letters import NOTATIONS, symbols
from gates.figures.palette import DARK, LIGHT
from gates.inputs.sequence import Sequence
from gates.paths import STRINGS
from gates.scenes.header import PREFIXES
from gates.scenes.payload import arrays, clamps, pack
from gates.scenes.scene import Scene
from gates.scenes.words import of
from gates.text import LANGUAGES
from gates.text.numbers import gate, number, share
from tests.node import NODE, kinds

HERE = Path(__file__).parent
STAGE = HERE.parents[1] / "assets" / "stage"


CELLS = {
    "lstm": LSTM.init(inputs=3, hidden=5, rng=1, forget_bias=1.0),
    "lstm-64": LSTM.init(inputs=6, hidden=64, rng=2),
    "gru-before": GRU.init(inputs=3, hidden=5, rng=3, reset="before"),
    "gru-after": GRU.init(inputs=3, hidden=5, rng=4, reset="after"),
    "rnn": RNN.init(inputs=3, hidden=5, rng=5),
    "mingru": MinGRU.init(inputs=3, hidden=5, rng=8),
    "minlstm": MinLSTM.init(inputs=3, hidden=5, rng=9),
    "slstm": SLSTM.init(inputs=3, hidden=5, rng=10),
}
PLAIN = LSTM.init(inputs=3, hidden=5, rng=6)
SEEING = replace(PLAIN, peephole=np.random.default_rng(7).normal(size=(3, 5)))
VARIANTS = {
    "peephole": SEEING,
    "coupled": replace(SEEING, coupled=True),
    "without forget": replace(SEEING, without={"forget"}),
    "without input": replace(SEEING, without={"input"}),
    "without output": replace(SEEING, without={"output"}),
    "1997": replace(PLAIN, without={"forget"}),
}
HELD = {
    "lstm": [
        Clamp("forget", 0.0, units=1, steps=range(2, 5)),
        Clamp("cell", [0.5, -2.0], units=[0, 3], steps=4),
    ],
    "gru-before": [
        Clamp("reset", 0.0),
        Clamp("reset", 1.0, steps=range(3, 6)),
        Clamp("hidden", 0.25, units=2),
    ],
    "gru-after": [Clamp("update", 0.875, units=[0, 4], steps=[1, 2, 5]), Clamp("candidate", -1.0, steps=3)],
    "rnn": [Clamp("hidden", 0.5, units=4, steps=range(0, 3))],
    "coupled": [Clamp("forget", 0.25, steps=2), Clamp("input", 1.0, units=0)],
    "without input": [Clamp("input", 0.0, units=3), Clamp("output", 0.5, steps=range(5, 7))],
}


def node(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, *arguments, str(HERE / script)],
        capture_output=True,
        text=True,
        timeout=600,
        env={**kinds(), **environment},
    )


def _state(cell: Any, generator: np.random.Generator) -> Any:
    """A state to begin in that is not 0, so that peepholes see something from the first step on."""
    if isinstance(cell, SLSTM):
        return None  # what it may begin in is bound together: c, n and m
    h, c = generator.normal(size=(2, cell.hidden))
    return (np.tanh(h), c) if isinstance(cell, LSTM) else np.tanh(h)


def _packed(name: str, update: str, held: bool) -> tuple[bytes, int]:
    """A run as the browser gets it, and how many numbers of it must be accounted for at least."""
    cell = (CELLS | VARIANTS)[name]
    generator = np.random.default_rng(9)
    steps = 7
    x = generator.normal(size=(steps, cell.inputs)) * 2
    trace = cell.run(x, _state(cell, generator), HELD[name] if held else ())
    header = {
        **Scene(cell, Sequence(x, ("",) * steps, ("",) * cell.inputs), trace, None, {}).variant,
        "clamps": clamps(trace),
        "cell": kind_of(cell),
        "description": described(kind_of(cell)),
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
    return pack(header, arrays(trace), at={}), steps * cell.hidden * len(cell.parts)


def test_every_number_of_an_engine_run_is_accounted_for(tmp_path: Path) -> None:
    asked = [(name, "keep", False) for name in CELLS | VARIANTS]
    asked += [(f"gru-{reset}", "write", held) for reset in ("before", "after") for held in (False, True)]
    asked += [(name, "keep", True) for name in HELD]
    paths, least = [tmp_path / f"{number}.bin" for number in range(len(asked))], []
    for path, case in zip(paths, asked, strict=True):
        packed, count = _packed(*case)
        path.write_bytes(packed)
        least.append(count)
    ran = node("inspector/agreement.mjs", RUNS=json.dumps([*map(str, paths)]))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    assert {case: found["disagreements"] for case, found in zip(asked, told, strict=True)} == {
        case: [] for case in asked
    }
    assert all(found["accounts"] > count for found, count in zip(told, least, strict=True))


def test_numbers_read_alike_in_the_stage_and_on_the_pages() -> None:
    values = [
        0.0,
        1.0,
        0.5,
        0.125,
        0.005,
        0.004999,
        0.9975,
        1 - 2e-9,
        3e-12,
        4.44e-5,
        9.96e-6,
        2.5,
        12.345,
        123.45,
    ]
    values += [1234.5, 99999.5, 1e5, 3.14e7, float("inf"), float("nan")]
    ran = node("core/text/format_check.mjs", VALUES=json.dumps([str(value) for value in values]))
    assert ran.returncode == 0, ran.stderr
    numbers, opposite, gates, shares = json.loads(ran.stdout)
    assert numbers == [number(value) for value in values]
    assert opposite == [number(-value) for value in values]
    assert gates == [gate(value) for value in values if math.isfinite(value)]
    assert shares == [share(value) for value in values if math.isfinite(value)]
    assert [share(value) for value in (0.2449, 0.9951, 0.99996, 1)] == ["24.5%", "99.51%", "99.99%", "100%"]
    assert number(-4.4e-5) == "−4.4×10⁻⁵" and gate(0.99) == "0.99"


def test_text_on_every_fill_of_the_palettes_can_be_read() -> None:
    ran = node(
        "core/text/format.test.mjs", "--test", GATESCOPE_PALETTES=json.dumps([dict(LIGHT), dict(DARK)])
    )
    assert ran.returncode == 0, ran.stdout
    assert "skipped 0" in ran.stdout, ran.stdout


def test_every_sentence_of_the_drawings_exists_and_is_filled() -> None:
    """Each part's note and type is a key, and its placeholders are symbols that every notation gives."""
    ran = node("notes.mjs")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    own = {"symbol", "name", "kept", "written", "shown", "gated"}
    for form in json.loads(ran.stdout):
        for language in LANGUAGES:
            words = of(language, [form["cell"]], PREFIXES)  # what a stage of this kind gets
            for key in form["keys"]:
                assert key in words, key
                wanted = {part.split("}")[0] for part in words[key].split("{")[1:]}
                for notation in NOTATIONS:
                    labels = symbols(form["cell"], notation, form["update"], form["reset"]).labels
                    assert wanted <= own | set(labels), (key, notation, wanted - own - set(labels))


def test_no_sentence_of_the_views_is_left_over_or_missing() -> None:
    sources = "".join(path.read_text("utf-8") for path in STAGE.rglob("*.js"))
    views = json.loads((STRINGS / "en" / "views.json").read_text("utf-8"))
    for key in views:
        stem, _, last = key.rpartition(".")
        used = f'"{key}"' in sources or f"`{stem}.${{" in sources or f'note: "{last}"' in sources
        used = used or (stem == "diagram.note" and f'"{last}"' in sources)
        assert used, f"{key} is not used"
