"""Numbers that are typed in the lab: exactly those in its state, message, link, file and run."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from gates import LSTM
from gates.scenes import header, payload
from gates.scenes.lab import header as lab_header
from gates.scenes.lab import message
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.lab import LAB
from gates.scenes.state import State
from gates.text import translator
from gates.ui import files
from tests.node import NODE

SCRIPT = Path(__file__).parent / "numbers.mjs"
BEGUN = State("lstm", in_lab=True, source="scratch", inputs=1, hidden=1)
PARTS = LSTM.parts

# An assignment found in several public repositories, [1, 2, 3] → 4: W and U as printed; there are no biases.
PUBLISHED = {
    "input": ("0.6", "0.2"),
    "forget": ("0.5", "0.1"),
    "candidate": ("0.7", "0.3"),
    "output": ("0.8", "0.4"),
}
PRINTED = [0.256356, 0.639790, 0.870678]


def in_the_browser(tmp_path: Path, state: State, **typed: Any) -> dict[str, Any]:
    """What a browser makes of a lab and of what is typed there."""
    t, shown = translator("en"), lab_scene.build(state)
    described = header.describe("lab", state, t, shown) | lab_header.header(shown, "en", "nonce")
    path = tmp_path / "run"
    path.write_bytes(payload.pack(described, payload.arrays(shown.trace), {}))
    typed = {name: json.dumps(value) for name, value in typed.items()}
    ran = subprocess.run(
        [NODE, SCRIPT],
        env={**os.environ, "RUN": str(path), **typed},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def weights(published: dict[str, tuple[str, str]]) -> list[Any]:
    matrices = [
        (part, matrix, text)
        for part, pair in published.items()
        for matrix, text in zip("WU", pair, strict=True)
    ]
    matrices += [(part, "b", "0") for part in published]
    return [
        [{"matrix": matrix, "part": part, "row": 0, "column": 0}, text] for part, matrix, text in matrices
    ]


def test_what_is_typed_is_what_is_kept_sent_linked_and_run(tmp_path: Path) -> None:
    place = {"matrix": "b", "part": "forget", "row": 0}
    typed = {"WEIGHTS": [[place, "0.1"]], "INPUT": [[0, 0, "−0,1"], [1, 0, "0.12345678901234567"]]}
    there = in_the_browser(tmp_path, BEGUN, **typed)
    began = lab_scene.build(BEGUN).lab
    assert there["arrived"]["b"] == there["undone"]["b"] == began.b.tolist()
    for moment in ("edited", "redone"):
        assert there[moment]["b"][1] == 0.1
        assert there[moment]["x"][:2] == [-0.1, 0.12345678901234567]

    state = message.apply_edit(BEGUN, there["message"])
    for link in (LAB.write(state), files.load(files.save(state).encode(), "lab")):
        again, _, problems = LAB.read(link, State("lstm", in_lab=True))
        assert not problems
        shown = lab_scene.build(again)
        assert shown.lab.b[1] == shown.cell.b[1] == 0.1
        assert shown.sequence.x[:2, 0].tolist() == [-0.1, 0.12345678901234567]
        back = in_the_browser(tmp_path, again)["arrived"]
        assert {name: back[name] for name in ("W", "U", "b", "x")} == there["edited"]
        assert back["difference"] <= 1e-15


def test_a_published_example_is_computed_as_from_the_printed_weights(tmp_path: Path) -> None:
    x = [[step, 0, text] for step, text in enumerate("123")]
    there = in_the_browser(tmp_path, BEGUN, WEIGHTS=weights(PUBLISHED), INPUT=x)
    lab = lab_scene.build(message.apply_edit(BEGUN, there["message"]))
    W, U = (np.array([[float(PUBLISHED[part][k])] for part in PARTS]) for k in (0, 1))
    expected = LSTM(W=W, U=U, b=np.zeros(4)).run([[1.0], [2.0], [3.0]])
    assert np.array_equal(lab.trace.hidden[:3], expected.hidden)
    np.testing.assert_allclose(there["hidden"][:3], expected.hidden[:, 0], rtol=0, atol=1e-12)
    assert np.round(expected.hidden[:, 0], 6).tolist() == PRINTED
