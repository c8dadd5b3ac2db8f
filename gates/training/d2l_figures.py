"""What *Dive into Deep Learning* (d2l) reports of its models on The Time Machine, and its recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gates.training.recipe import Recipe

EPOCHS = 500
BATCHES_AN_EPOCH = 8
"""What 10,000 characters give in batches of 32 sequences of 35 steps."""


@dataclass(frozen=True)
class Published:
    """What a book reports of a model on The Time Machine.

    training, validation: perplexities. speed: tokens a second, on the book's GPU. scratch: written from
    scratch, else with the framework's own layer ("concise").
    """

    cell: str
    scratch: bool
    training: float
    validation: float | None = None
    speed: int | None = None


FIRST_EDITION = (
    Published("gru-before", True, 1.1, speed=26_805),
    Published("gru", False, 1.0, speed=334_687),
    Published("lstm", True, 1.1, speed=23_382),
    Published("lstm", False, 1.0, speed=334_398),
    Published("rnn", True, 1.0, speed=69_605),
)
"""d2l 0.17 (sections 8.5, 9.1 and 9.2): hidden 256, batch 32, 35 steps, 500 epochs of the first 10,000
characters, SGD with rate 1. Its perplexities are those of the text it learned by heart."""

SECOND_EDITION = (
    Published("gru-before", True, 5.73, 6.74),
    Published("gru", False, 4.94, 6.55),
    Published("lstm", True, 6.94, 7.41),
    Published("lstm", False, 5.76, 6.69),
)
"""d2l 1.0 (sections 10.1 and 10.2), read off its curves: hidden 32, batch 1024, 32 steps, 50 epochs, SGD with
rate 4. Not comparable with the first edition's."""


def published_recipe(cell: str, *, scratch: bool = False, seed: int = 0, source: str | None = None) -> Recipe:
    """Return the recipe of d2l's first edition for its model of The Time Machine, 500 epochs long.

    source: a text in the place of The Time Machine.
    """
    fields: dict[str, Any] = {
        "hidden": 256,
        "batch": 32,
        "length": 35,
        "optimiser": "sgd",
        "lr": 1.0,
        "clip": 1.0,
        "init": "small",
    }
    steps = EPOCHS * BATCHES_AN_EPOCH
    fields |= {"forget_bias": None, "steps": steps, "seed": seed, "scratch": scratch}
    return Recipe.of("characters", cell, source=source, **fields)
