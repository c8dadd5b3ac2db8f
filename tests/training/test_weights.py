"""The trained networks that come with the app score what they claim, and are made as they say."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from gates.examples.presets.trained import FOLDER, Notes
from gates.interop import load
from gates.training import make_pretrained
from gates.training.recipe import Recipe
from gates.training.tasks.registry import make_task

FILES = sorted(path.stem for path in FOLDER.glob("*.safetensors"))
OWN = [name for name in FILES if not name.endswith("characters")]
"""Those whose data the tasks make: all but the ones that read The Time Machine."""


def test_every_recipe_has_its_file_and_all_together_are_small() -> None:
    assert sorted(make_pretrained.RECIPES) == FILES
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 2_000_000


@pytest.mark.parametrize("name", FILES)
def test_a_network_scores_what_it_claims(name: str) -> None:
    notes = Notes.of(FOLDER / f"{name}.safetensors")
    assert make_pretrained.recomputed_score(name) == pytest.approx(notes.score, rel=1e-6)


@pytest.mark.parametrize("name", FILES)
def test_its_notes_are_those_of_its_task(name: str) -> None:
    path = FOLDER / f"{name}.safetensors"
    notes = Notes.of(path)
    recipe = Recipe.from_json(json.dumps(dict(notes.recipe)))
    if recipe.task == "text":
        return
    again = make_pretrained.notes_on(make_task(recipe.task), recipe, notes.score)
    assert json.loads(again.to_json()) == json.loads(notes.to_json())
    network = load(path)
    assert network.readout is not None and len(network.layers) == 1
    assert network.cells[0].hidden == recipe.hidden and network.cells[0].kind == recipe.cell


@pytest.mark.parametrize("name", OWN)
def test_its_recipe_is_the_one_that_makes_it_today(name: str) -> None:
    changes = dict(make_pretrained.RECIPES[name])
    cell, _, task = name.partition("-")
    recipe = Recipe.of(task, cell, **changes)
    assert dict(Notes.of(FOLDER / f"{name}.safetensors").recipe) == asdict(recipe)


def test_what_was_learned_beats_a_predictor_without_memory_but_for_the_one_that_fails() -> None:
    for name in set(OWN) - {"rnn-recall"}:
        notes = Notes.of(FOLDER / f"{name}.safetensors")
        task = make_task(str(notes.recipe["task"]))
        assert task.beats(notes.score, notes.baseline, task.margin), name
    failing = Notes.of(FOLDER / "rnn-recall.safetensors")
    assert failing.score == pytest.approx(0.25, abs=0.05)
    for name in set(FILES) - set(OWN):
        notes = Notes.of(FOLDER / f"{name}.safetensors")
        assert notes.score < 5 < 8.5 < notes.baseline


def test_a_network_is_made_and_noted(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(make_pretrained, "RECIPES", {"lstm-sine": {"hidden": 3, "steps": 2, "batch": 4}})
    notes = make_pretrained.make("lstm-sine", tmp_path)
    assert Notes.of(tmp_path / "lstm-sine.safetensors").to_json() == notes.to_json()
    assert make_pretrained.recomputed_score("lstm-sine", tmp_path) == notes.score
    assert np.isfinite(notes.score) and notes.recipe["hidden"] == 3
