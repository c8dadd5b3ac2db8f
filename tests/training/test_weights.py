"""The trained networks that come with the app score what they claim, and are made as they say."""

from __future__ import annotations

import json
import random
from dataclasses import asdict

import numpy as np
import pytest

from gates.examples.presets.trained import FOLDER, NOTES, Notes
from gates.interop import load, save
from gates.training import make_pretrained
from gates.training.recipe import Recipe
from gates.training.tasks.measures import by_symbol, perplexity
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
    if recipe.task == "text":  # the text is not at hand: one of as many symbols, as frequent in their order
        letters = [letter for k, letter in enumerate(notes.answers[1:]) for _ in range(200 - 5 * k)]
        random.Random(0).shuffle(letters)
        own = make_task("text", f"e{''.join(letters)}e")
        task = make_pretrained.on_the_page(own, recipe.batch)
        unseen = make_pretrained.page(notes.answers)
        assert np.array_equal(task.held_out().x, unseen.x) and unseen.x.shape[1] == 1
        score = by_symbol(own.stream, unseen, perplexity, own.outputs, recipe.batch)
        assert task.baseline == score != own.baseline
        again = make_pretrained.notes_on(task, recipe, notes.score)
        assert json.loads(again.to_json()) == json.loads(notes.to_json()) | {"baseline": score}
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


def test_a_network_is_made_and_noted(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(make_pretrained, "RECIPES", {"lstm-sine": {"hidden": 3, "steps": 2, "batch": 4}})
    monkeypatch.setattr(make_pretrained, "FOLDER", tmp_path / "made")
    notes = make_pretrained.make("lstm-sine", tmp_path)
    content = (tmp_path / "lstm-sine.safetensors").read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    save(load(tmp_path / "lstm-sine.safetensors"), tmp_path / "plain.safetensors")
    plain = (tmp_path / "plain.safetensors").read_bytes()
    kept = 8 + int.from_bytes(plain[:8], "little")
    assert content[8 + size :] == plain[kept:] and size % 8 == 0
    assert header.pop("__metadata__") == json.loads(plain[8:kept]).pop("__metadata__") | {
        NOTES: notes.to_json()
    }
    made = []
    monkeypatch.setattr(make_pretrained, "make", lambda name: made.append(name) or notes)
    for names in ([], ["lstm-sine"], ["one", "other"]):
        make_pretrained.main(names)
    assert made == ["lstm-sine", "lstm-sine", "one", "other"] and (tmp_path / "made").is_dir()
    line = f"lstm-sine: mse {notes.score:.4g} (without memory {notes.baseline:.4g})"
    assert capsys.readouterr().out.splitlines()[:2] == [line] * 2
    assert Notes.of(tmp_path / "lstm-sine.safetensors").to_json() == notes.to_json()
    assert make_pretrained.recomputed_score("lstm-sine", tmp_path) == notes.score
    assert np.isfinite(notes.score) and notes.recipe["hidden"] == 3
