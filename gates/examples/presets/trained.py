"""Trained cells: small networks that came out of training, beside the hand-made ones.

Each is a file in ``assets/weights``: weights, and in its notes the recipe, the score on data it was not
trained on, and the sequence to watch it on. ``make weights`` makes them (gates.training.make_pretrained).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from gates.cells.gru import GRU
from gates.examples.lab.state import MOST, MOST_INPUTS
from gates.examples.notation.kinds import CellKind
from gates.examples.notation.letters import Reset
from gates.examples.presets.alphabets import FORGET_SHIFT, INPUT_SHIFT, UPDATE_SHIFT
from gates.examples.presets.model import Alphabet, Cell, Preset, Slider, Translate, Values
from gates.examples.presets.readings import PresetRun
from gates.inputs.sequence import Note, Sequence, one_hot
from gates.network import Readout
from gates.paths import WEIGHTS
from gates.text import LANGUAGES, translator
from gates.text.numbers import share

FOLDER = WEIGHTS
NOTES = "training"
"""The name under which a file keeps its notes, as JSON."""

NEXT = frozenset({"reber", "embedded-reber", "characters", "text"})
"""The tasks that ask for the symbol that comes next."""

UNKNOWN = "<unk>"
ENOUGH = {"characters": 0.8, "words": 0.5}
"""The share of own characters, or words, that a network must know to be offered before random weights."""
MOST_EXAMPLES = 6
"""Unknown symbols that a note names."""

SLIDERS: Mapping[CellKind, tuple[Slider, ...]] = MappingProxyType(
    {"lstm": (INPUT_SHIFT, FORGET_SHIFT), "gru": (UPDATE_SHIFT,), "rnn": ()}
)
SHIFTED = {"input_shift": "input", "forget_shift": "forget", "update_shift": "update"}


@dataclass(frozen=True, eq=False)
class Notes:
    """What a file of weights says of itself.

    recipe: the fields of the recipe that made it. metric, score, baseline: the name of the measure, what the
    network reached on held-out data, and what a predictor without memory does there. answers: the names of
    the outputs, ``classes`` whether they are classes. symbols: whether inputs are one-hot over ``columns``,
    their names (string keys if ``keyed``). tokens, x, target, read: the sequence to watch, as a task's
    probe has it; x is left out for symbols. words: string key of its words, if it has any.
    """

    recipe: Mapping[str, Any]
    metric: str
    score: float
    baseline: float
    answers: tuple[str, ...]
    classes: bool
    symbols: bool
    columns: tuple[str, ...]
    keyed: bool
    tokens: tuple[str, ...]
    x: tuple[tuple[float, ...], ...]
    target: tuple[Any, ...]
    read: tuple[bool, ...]
    words: str | None = None

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the notes of a file of weights."""
        with path.open("rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        notes = json.loads(header["__metadata__"][NOTES])
        return cls(**{name: _frozen(value) for name, value in notes.items()})

    def to_json(self) -> str:
        """Return them as a file keeps them."""
        return json.dumps(
            {field.name: getattr(self, field.name) for field in fields(self)}, ensure_ascii=False
        )


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


@cache
def network(path: Path) -> tuple[Cell, Readout]:
    """Return the cell of a file of weights and its read-out, in float64, as the stage computes."""
    from gates.interop import load

    loaded = load(path)
    cell, top = loaded.cells[0], loaded.readout
    assert isinstance(cell, Cell) and top is not None
    arrays: dict[str, Any] = {name: array.astype(np.float64) for name, array in cell.arrays().items()}
    return replace(cell, **arrays), Readout(top.V.astype(np.float64), top.b.astype(np.float64))


def _make(path: Path, values: Values, reset: Reset) -> Cell:
    cell, _ = network(path)
    b = cell.b.copy()
    for slider, part in SHIFTED.items():
        if slider in values:
            b[cell.rows(part)] += values[slider]
    if isinstance(cell, GRU) and reset == "before":
        b[cell.rows("candidate")] += cell.b_hn
        return GRU(cell.W, cell.U, b, reset=reset)
    return replace(cell, b=b)


@dataclass(frozen=True, eq=False)
class Trained(Preset):
    """A trained cell as a preset; ``weights.<cell>.<task>`` says what to watch in it.

    A GRU learned with its reset after the product; asked for the other form, it shows what becomes of the
    same weights there.
    """

    notes: Notes = field(kw_only=True)
    path: Path = field(kw_only=True)

    @property
    def task(self) -> str:
        """The id of the task that it learned."""
        return str(self.notes.recipe["task"])

    @property
    def readout(self) -> Readout:
        """What reads its answers from h."""
        return network(self.path)[1]

    @property
    def answers(self) -> tuple[str, ...]:
        """The names of its answers, as the symbols they stand for are shown."""
        return self.notes.columns if self.task in NEXT else self.notes.answers

    @property
    def editable(self) -> bool:
        """Whether it is small enough for the lab."""
        return self.notes.recipe["hidden"] <= MOST and len(self.notes.columns) <= MOST_INPUTS

    def targets(self, sequence: Sequence) -> list[Any]:
        """Return the right answer at each step of ``sequence``, None where there is none or it is not known.

        It is known of the sequence that it opens with, and where what comes next is asked for.
        """
        notes = self.notes
        if np.array_equal(sequence.x, self.sequence.x):
            return [target if read else None for target, read in zip(notes.target, notes.read, strict=True)]
        if self.task in NEXT:
            return [*sequence.x[1:].argmax(axis=1).tolist(), None]
        return [None] * len(sequence)

    @property
    def sequence(self) -> Sequence:
        """The sequence it opens with."""
        notes = self.notes
        if notes.symbols:
            return one_hot(notes.tokens, notes.columns)
        return Sequence(np.array(notes.x), notes.tokens, notes.columns, keyed=notes.keyed)

    def name(self, translate: Translate) -> str:
        """Return its name in the reader's language."""
        return translate("weights.title", task=translate(f"task.{self._text}"))

    def description(
        self,
        translate: Translate,
        values: Values | None = None,
        reset: Reset | None = None,
        run: PresetRun | None = None,
    ) -> str:
        """Return what to watch, how it was trained and what it scored, in the reader's language.

        That is said of the weights as they were learned; where ``values`` move its biases it says so.
        """
        recipe, notes = self.notes.recipe, self.notes
        sentence = translate(
            "weights.made",
            watch=translate(f"weights.{self.cell}.{self._text}"),
            steps=f"{recipe['steps']:,}",
            hidden=recipe["hidden"],
            lr=f"{recipe['lr']:g}",
            seed=recipe["seed"],
            metric=translate(f"metric.{notes.metric}"),
            score=_figure(notes.metric, notes.score),
            baseline=_figure(notes.metric, notes.baseline),
        )
        moved = any((values or {}).get(name, start) != start for name, start in self.defaults.items())
        return translate("weights.moved", made=sentence) if moved else sentence

    @property
    def _text(self) -> str:
        """The task whose words are about it: a text of one's own was The Time Machine's here."""
        return "characters" if self.task == "text" else self.task

    def sequence_for(self, translate: Translate) -> Sequence:
        """Return the opening sequence in the reader's language, as far as it is made of words."""
        words = self.notes.words
        if words is None:
            return self.sequence
        tokens, columns = (tuple(translate(f"{words}.{part}").split()) for part in ("probe", "vocabulary"))
        return replace(self.sequence, tokens=tokens, columns=columns)

    def sequence_of(self, tokens: Iterable[str]) -> Sequence:
        """Return the inputs for ``tokens``, spelled as given. InputError for one outside the alphabet."""
        return replace(super().sequence_of(tokens), columns=self.notes.columns, keyed=self.notes.keyed)

    def adapt(self, sequence: Sequence) -> Sequence | None:
        """Return own input as this cell reads it, or None where it does not fit.

        A network of characters, or of words, takes a text most of which it knows; the rest is unknown to it.
        """
        if self.reads is None:
            return super().adapt(sequence)
        tokens = self._merge_words(sequence.tokens)
        known = sum(map(self._recognises, tokens))
        return self.adapt_loosely(sequence) if known and known >= ENOUGH[self.reads] * len(tokens) else None

    def adapt_loosely(self, sequence: Sequence) -> Sequence | None:
        """Return any text as this cell reads it, with a note on what it does not know.

        To a network of characters each of these is one symbol, which it was trained on; a network of words
        has none for them and reads no input there, and they are marked. It must know one word at least.
        """
        if self.reads is None:
            return self.adapt(sequence)
        tokens = self._merge_words(sequence.tokens)
        longer = any(len(token) > 1 and token.isascii() for token in tokens)
        if sequence.kind != "symbols" or (longer and self.reads == "characters"):
            return None
        unknown = [token for token in tokens if not self._recognises(token)]
        if self.reads == "words" and len(unknown) == len(tokens):
            return None
        nothing = (0.0,) * len(self.notes.columns)
        x = np.array([self.alphabet.vector(token) or nothing for token in tokens])
        if self.reads == "words":
            labels = tuple(token if self._recognises(token) else f"⟨{token}⟩" for token in tokens)
        else:
            labels = tokens
        return Sequence(x, labels, self.notes.columns, "symbols", notes=self._note(unknown, len(tokens)))

    @property
    def reads(self) -> str | None:
        """What it reads a text by: "characters", "words", or None where it reads no text."""
        if self.alphabet.other is not None:
            return "characters"
        return "words" if self.notes.words else None

    def _recognises(self, token: str) -> bool:
        return (self.reads == "words" or len(token) == 1) and self.alphabet.recognises(token)

    def _merge_words(self, tokens: tuple[str, ...]) -> tuple[str, ...]:
        """Put characters together that make a word it knows: Chinese comes without spaces between words."""
        if self.reads != "words" or all(token.isascii() for token in tokens):
            return tokens
        longest = max(map(len, (*self.alphabet.vectors, *self.alphabet.aliases)))
        cut: list[str] = []
        at = 0
        while at < len(tokens):
            ends = range(min(at + longest, len(tokens)), at + 1, -1)
            end = next((end for end in ends if self._joins(tokens[at:end])), at + 1)
            cut.append("".join(tokens[at:end]))
            at = end
        return tuple(cut)

    def _joins(self, tokens: tuple[str, ...]) -> bool:
        single = all(len(token) == 1 and not token.isascii() for token in tokens)
        return single and self.alphabet.recognises("".join(tokens))

    def _note(self, unknown: list[str], of: int) -> tuple[Note, ...]:
        if not unknown:
            return ()
        named = tuple(dict.fromkeys(unknown))
        more = " …" if len(named) > MOST_EXAMPLES else ""
        values = {"count": len(unknown), "of": of, "examples": " ".join(named[:MOST_EXAMPLES]) + more}
        return (Note(f"note.unknown.{self.reads}", values),)


def _figure(metric: str, value: float) -> str:
    """A score as people say it: accuracies and shares in per cent, others in three digits."""
    if metric in ("accuracy", "strict", "outer"):
        return share(value)
    return f"{value:.2g}" if value < 1 else f"{value:.3g}"


def _alphabet(notes: Notes) -> Alphabet:
    if not notes.symbols:
        return Alphabet({}, notes.columns, numbers=True)
    rows = np.eye(len(notes.columns)).tolist()
    vectors = {symbol: tuple(row) for symbol, row in zip(notes.columns, rows, strict=True)}
    unknown = UNKNOWN if UNKNOWN in vectors else None
    aliases = {" ": "␣"}
    if notes.words:
        for language in LANGUAGES:
            words = translator(language)(f"{notes.words}.vocabulary").split()
            aliases |= dict(zip(words, notes.columns, strict=True))
    return Alphabet(vectors, notes.columns, aliases=aliases, other=unknown)


def _preset(path: Path) -> Trained:
    notes = Notes.of(path)
    kind: CellKind = notes.recipe["cell"]
    return Trained(
        f"trained-{path.stem.partition('-')[2]}",
        kind,
        _alphabet(notes),
        notes.tokens,
        SLIDERS[kind],
        partial(_make, path),
        fails=abs(notes.score - notes.baseline) < notes.baseline / 10,
        notes=notes,
        path=path,
    )


def _found() -> Mapping[str, tuple[Trained, ...]]:
    presets = [_preset(path) for path in sorted(FOLDER.glob("*.safetensors"))]
    return MappingProxyType(
        {kind: tuple(preset for preset in presets if preset.cell == kind) for kind in SLIDERS}
    )


TRAINED = _found()
"""The trained cells of each kind."""
