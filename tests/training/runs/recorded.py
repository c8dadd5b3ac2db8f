"""The folder of a run that nobody trained, for what shows runs."""

from dataclasses import replace
from pathlib import Path

from gates.training.recipe import Recipe
from gates.training.runs.folder import Log, RunFolder


def recorded_run(
    path: Path, cell: str, layers: int = 1, checkpoints: tuple[int, ...] = (0, 1, 4)
) -> RunFolder:
    """A run's folder as the worker leaves it, with networks that nobody trained."""
    from gates.training.models.network import initial_network

    recipe = Recipe.of("recall", cell, layers=layers, hidden=3, steps=8)
    folder = RunFolder.create(path, recipe.to_json(), None)
    log = Log(folder, recipe.steps)
    for step in checkpoints:
        log.record(
            step, 10 * step, 0.1 * step, {"loss": 1 / (1 + step), "metric": None if step == 1 else 0.5}
        )
        log.checkpoint(step, initial_network(replace(recipe, seed=step), 9, 4))
    log.end("done")
    return folder
