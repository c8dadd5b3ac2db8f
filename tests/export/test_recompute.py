"""Runs that a file computes anew: what it computes is NumPy's, and what it might not, travels."""

from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest

from gates import RNN
from gates.examples.notation.kinds import CellKind
from gates.examples.presets.registry import PRESETS
from gates.export import page, recompute
from gates.inputs.sequence import Sequence
from gates.scenes import payload, readouts
from gates.scenes import scene as scenes
from gates.scenes.links import codec
from gates.scenes.scene import Scene
from gates.scenes.state import State
from gates.text import LANGUAGES
from tests.export.files import AGREED, LARGEST, Parsed, answers, answers_of_files

TEXT = "The cell keeps what the gate lets it keep; and then the gate forgets. " * 5


def agrees(scene: Scene, found: dict[str, Any]) -> None:
    """All numbers of a run, and what is read of it, are NumPy's."""
    expected = payload.arrays(scene.trace) | readouts.arrays(scene)
    for name, values in expected.items():
        ours = np.array(found["arrays"][name], dtype=float).reshape(values.shape)
        assert np.abs(ours - values).max() <= AGREED, (scene.kind, name)


@pytest.mark.parametrize("kind", PRESETS)
def test_the_trained_examples_are_in_a_file_as_numpy_computes_them(kind: CellKind) -> None:
    trained = [one for one in PRESETS[kind] if one.id.startswith("trained")]
    reset = {one: f"&reset={one.reset}" if kind == "gru" else "" for one in trained}
    data = Parsed(page.build([f"/{kind}?preset={one.id}{reset[one]}" for one in trained])).data
    asked = [(place, language) for place in range(len(trained)) for language in LANGUAGES]
    found = answers(data, [{"state": place, "lang": language} for place, language in asked])
    for (place, language), told in zip(asked, found, strict=True):
        one = trained[place]
        agrees(scenes.build(State(kind, preset=one.id, reset=one.reset, lang=language)), told)
    (characters,) = (run for run in data["runs"] if run["params"]["preset"] == "trained-characters")
    kept = {entry["name"] for entry in (characters["common"] | characters["own"]["en"])["arrays"]}
    assert characters["common"]["again"]
    assert kept <= {"x", "W", "U", "b", "b_hn", "initial_hidden", "initial_cell", "readout.V", "readout.b"}


OWN = [
    {"cell": "lstm", "through": "random", "units": 64, "seed": 3},
    {"cell": "gru", "through": "random", "units": 40, "reset": "before"},
    {"cell": "rnn", "through": "random", "units": 64, "activation": "relu"},
    {"cell": "gru", "through": "trained-characters"},
]


def test_somebodys_own_text_is_computed_anew_and_the_file_stays_small() -> None:
    files = []
    for query in OWN:
        told = {name: value for name, value in query.items() if name != "cell"}
        read = {"input": "text", "data": codec.compress(TEXT[:240])}
        text = page.build([f"/{query['cell']}?{urlencode({**told, **read})}"])
        assert len(text.encode()) <= LARGEST
        files.append(Parsed(text).data)
        assert files[-1]["runs"][0]["common"]["again"]
    answered = answers_of_files([(data, [{"state": 0, "lang": "en"}]) for data in files])
    for query, (found,) in zip(OWN, answered, strict=True):
        hidden = {"hidden": query["units"]} if "units" in query else {}
        more = {name: query[name] for name in ("through", "seed", "reset", "activation") if name in query}
        agrees(scenes.build(State(query["cell"], source="text", text=TEXT[:240], **more, **hidden)), found)


def test_a_run_in_which_the_last_digit_of_a_sum_grows_travels_as_numpy_found_it() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 2))
    for gain, carried in ((0.5, False), (4.0, True)):
        cell = RNN(W=rng.normal(size=(16, 2)), U=gain * rng.normal(size=(16, 16)) / 4, b=np.zeros(16))
        scene = Scene(cell, Sequence(x, tuple("·" * 200), ("a", "b")), cell.run(x), None, {})
        assert (recompute.run_inputs(scene, 0) is None) is carried, gain
    x = np.tile([3e3, -3e3], (200, 1))  # cancels, but not where one weight differs from its neighbour
    cell = RNN(W=np.ones((16, 2)), U=np.zeros((16, 16)), b=np.zeros(16))
    scene = Scene(cell, Sequence(x, tuple("·" * 200), ("a", "b")), cell.run(x), None, {})
    assert recompute.run_inputs(scene, 0) is None


def test_a_small_run_travels_for_its_engine_would_take_more() -> None:
    scene = scenes.build(State("lstm", preset="latch"))
    assert recompute.run_inputs(scene, 0) is None
    assert "again" not in Parsed(page.build(["/lstm?preset=latch"])).data["runs"][0]["common"]
