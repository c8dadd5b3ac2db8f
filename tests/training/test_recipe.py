"""Recipes: the measured defaults, the bounds, and JSON that anybody may have written."""

from __future__ import annotations

import json

import pytest

from gates.training.errors import TrainingError
from gates.training.recipe import BOUNDS, CELLS, OPTIONAL, Recipe
from gates.training.tasks.registry import make_task


@pytest.mark.parametrize("cell", CELLS)
def test_defaults_are_the_tasks_own(cell: str) -> None:
    recipe = Recipe.of("adding", cell)
    assert (recipe.task, recipe.cell) == ("adding", cell)
    for name, value in make_task("adding").recipes[cell].items():
        assert getattr(recipe, name) == value


def test_changes_go_over_the_defaults() -> None:
    recipe = Recipe.of("adding", hidden=5, seed=7)
    assert (recipe.hidden, recipe.seed, recipe.cell) == (5, 7, "lstm")


@pytest.mark.parametrize("name", BOUNDS)
def test_numbers_have_bounds_that_the_sentence_names(name: str) -> None:
    least, greatest = BOUNDS[name]
    for inside in (least, greatest):
        assert getattr(Recipe.of("adding", **{name: inside}), name) == inside
    for outside in (
        least - 1,
        greatest + 1,
        float("nan"),
        "many",
        True,
        *([] if name in OPTIONAL else [None]),
    ):
        with pytest.raises(TrainingError, match=name) as caught:
            Recipe.of("adding", **{name: outside})
        assert f"{greatest:,}" in str(caught.value)


@pytest.mark.parametrize("name", sorted(OPTIONAL))
def test_some_numbers_may_be_left_open(name: str) -> None:
    assert getattr(Recipe.of("adding", **{name: None}), name) is None


@pytest.mark.parametrize("name", ["hidden", "steps", "seed"])
def test_whole_numbers_are_whole(name: str) -> None:
    with pytest.raises(TrainingError, match="whole"):
        Recipe.of("adding", **{name: 2.5})


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"cell": "lstn"}, "lstm-coupled"),
        ({"optimiser": "adamw"}, "sgd"),
        ({"init": "zeros"}, "orthogonal"),
        ({"scratch": "yes"}, "True"),
        ({"hiden": 3}, "hiden"),
    ],
)
def test_a_wrong_choice_is_told_the_right_ones(changes: dict[str, object], word: str) -> None:
    with pytest.raises(TrainingError, match=word):
        Recipe.of("adding", **changes)  # type: ignore[arg-type]


def test_a_task_that_does_not_exist() -> None:
    with pytest.raises(TrainingError, match="parity"):
        Recipe.of("chess")
    with pytest.raises(TrainingError, match="parity"):
        Recipe("chess").check()


def test_a_plain_rnn_has_no_forget_bias() -> None:
    with pytest.raises(TrainingError, match="no gate"):
        Recipe.of("adding", "rnn", forget_bias=1.0)


def test_batches_that_would_fill_the_memory_are_refused() -> None:
    recipe = Recipe.of("adding", hidden=256, batch=1024)
    recipe.check_size(15)
    with pytest.raises(TrainingError, match="4,000,000"):
        recipe.check_size(16)


def test_json_there_and_back() -> None:
    recipe = Recipe.of("recall", "gru-before", clip=None, lr=0.003, length=12, scratch=True)
    assert Recipe.from_json(recipe.to_json()) == recipe


NO_RECIPE = "This is no recipe"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *((text, NO_RECIPE) for text in ("", "{", "[]", "3", "{}", '{"task": 3}', '{"task": ["adding"]}')),
        *((text, NO_RECIPE) for text in ("[" * 100_000, '{"task": "adding", "lr": NaN}')),
        ('{"task": "adding", "hidden": 1e999}', NO_RECIPE),
        ('{"task": "adding", "hidden": [4]}', r"hidden cannot be \[4\]. It must be .* from 1 to 256"),
        ('{"task": "adding", "cell": {}}', "cell cannot be {}. Choose one of: rnn, lstm"),
        ('{"task": "adding", "shell": "rm"}', "A recipe has no “shell”. It may hold: task, cell, hidden"),
        ('{"task": "no\\u0000such"}', "no task called “nosuch”. Choose one of: parity, recall"),
    ],
)
def test_json_that_is_no_recipe(text: str, said: str) -> None:
    with pytest.raises(TrainingError, match=said):
        Recipe.from_json(text)


def test_json_is_plain() -> None:
    assert json.loads(Recipe("adding").to_json())["hidden"] == 16
