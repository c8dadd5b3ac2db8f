"""Language models of characters: The Time Machine, and a person's own text. What comes next?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import numpy as np

from gates.inputs.parse import WHITE
from gates.inputs.sequence import MAX_CHARACTERS
from gates.training.errors import TrainingError
from gates.training.tasks.corpus import letters_only, time_machine
from gates.training.tasks.generators import checked_length, recipes, symbol_probe
from gates.training.tasks.language import Vocabulary, reading, sequential_batches
from gates.training.tasks.measures import by_symbol, perplexity
from gates.training.tasks.model import Batch, Task

BATCH, STEPS = 32, 35
TRAINED, VALIDATED = 10_000, 5_000
"""d2l trains on the first 10,000 characters of The Time Machine; the next 5,000 are held out here."""

MIN_CHARACTERS = 200
MAX_SYMBOLS = 200
"""Of own text the most frequent symbols are told apart, the others pass for one and the same."""
TRAINED_SHARE = 0.8
PROBE_STEPS = 48


def characters(source: str | None = None, length: int | None = None) -> Task:
    """Return the character language model of the source texts: d2l's, on The Time Machine.

    Lower-case letters and spaces, in sequences of ``length`` characters read in one go; the metric is the
    perplexity of text that was not trained on. ``source`` puts another text in the place of The Time
    Machine. TrainingError where that cannot be had (``corpus.time_machine``) or the source is too short.
    """
    text = letters_only(time_machine() if source is None else source)
    if len(text) < TRAINED + VALIDATED:
        raise TrainingError("error.training.text.short", count=len(text), minimum=TRAINED + VALIDATED)
    return _model("characters", text, TRAINED, VALIDATED, length)


def own_text(source: str, length: int | None = None) -> Task:
    """Return the character language model of a person's own text.

    Its first 80% are trained on, what follows (5,000 characters at most) is held out. TrainingError for a
    text that is empty, too short, too long or nothing but one character.
    """
    text = unicodedata.normalize("NFC", source.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text:
        raise TrainingError("error.training.text.empty", minimum=MIN_CHARACTERS)
    if len(set(text)) == 1:
        raise TrainingError("error.training.text.same", symbol=text[0])
    if len(text) < MIN_CHARACTERS:
        raise TrainingError("error.training.text.short", count=len(text), minimum=MIN_CHARACTERS)
    if len(text) > MAX_CHARACTERS:
        raise TrainingError("error.training.text.long", count=f"{len(text):,}", limit=f"{MAX_CHARACTERS:,}")
    return _model("text", text, int(len(text) * TRAINED_SHARE), VALIDATED, length)


def _model(id: str, text: str, trained: int, validated: int, length: int | None) -> Task:
    steps = checked_length(length, STEPS, 2, (trained - 1) // 2)
    vocabulary = Vocabulary.of(text, MAX_SYMBOLS)
    classes = len(vocabulary)
    corpus = vocabulary.encode(text)
    known, unseen = corpus[:trained], corpus[trained : trained + validated]
    size = max(1, min(BATCH, (trained - 1) // steps - 1))

    def stream(rng: np.random.Generator, size: int) -> Iterator[Batch]:
        return sequential_batches(known, classes, rng, size, steps)

    evaluation = reading(unseen, classes, max(1, min(BATCH, len(unseen) // 100)))
    word = text.find(" ", trained) + 1  # 0 where there is no space any more
    shown = reading(corpus[max(word, trained) :][: PROBE_STEPS + 1], classes, 1)
    marks = tuple(WHITE.get(symbol, symbol) for symbol in vocabulary.symbols)
    return Task(
        id=id,
        inputs=classes,
        outputs=classes,
        loss="cross_entropy",
        metric="perplexity",
        better="lower",
        baseline=by_symbol(stream, evaluation, perplexity, classes, size),
        margin=1.0,
        probe=symbol_probe(shown, marks),
        recipes=recipes({"hidden": 64, "lr": 0.01, "batch": size, "steps": 160}, lstm={"forget_bias": 1.0}),
        answers=vocabulary.symbols,
        stream=stream,
        evaluation=evaluation,
        measure=perplexity,
    )
