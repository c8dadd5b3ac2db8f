"""A preset: a cell made by hand so that its gates can be read, with the sequence that shows what it does."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from gates.cells.gru import GRU
from gates.cells.lstm import LSTM
from gates.cells.rnn import RNN
from gates.examples.notation.kinds import CellKind
from gates.examples.notation.letters import Reset
from gates.examples.presets.readings import Figure, PresetRun, figure_text
from gates.inputs.sequence import LARGEST, InputError, Sequence, check_length, is_number

Cell = RNN | LSTM | GRU
Values = Mapping[str, float]
Translate = Callable[..., str]

_IDLE_MARKS = "-−–—‒_.·␣"


@dataclass(frozen=True)
class Slider:
    """A number a lecturer moves: its range, its grid and its start. Its name is ``slider.<id>``."""

    id: str
    minimum: float
    maximum: float
    step: float
    default: float

    def clipped(self, value: float) -> float:
        """Return ``value`` within the range, or the default where it is not a number."""
        return min(max(value, self.minimum), self.maximum) if math.isfinite(value) else self.default


@dataclass(frozen=True)
class Alphabet:
    """The symbols a preset knows, and the input vector of each.

    ``columns`` are string keys naming the inputs. ``aliases`` are other spellings; ``idle`` is the symbol
    that any dash, dot or space stands for; ``other`` the symbol for every word not known. ``numbers``
    allows plain numbers in the symbols' place, one for each column.
    """

    vectors: Mapping[str, tuple[float, ...]]
    columns: tuple[str, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    idle: str | None = None
    other: str | None = None
    numbers: bool = False

    def vector(self, token: str) -> tuple[float, ...] | None:
        """Return the inputs that ``token`` stands for, None where it stands for nothing here."""
        symbol = self._symbol(token)
        if symbol is not None:
            return self.vectors[symbol]
        number = token.replace("−", "-")
        if self.numbers and len(self.columns) == 1 and is_number(number) and abs(float(number)) <= LARGEST:
            return (float(number),)
        return self.vectors[self.other] if self.other is not None else None

    def recognises(self, token: str) -> bool:
        """Tell whether ``token`` means something of its own here, rather than passing for any other word."""
        symbol = self._symbol(token)
        return symbol is not None and symbol != self.other

    def _symbol(self, token: str) -> str | None:
        spellings = (token, token.upper(), token.lower())
        for spelling in spellings:
            if spelling in self.vectors:
                return spelling
            if spelling in self.aliases:
                return self.aliases[spelling]
        return self.idle if token in _IDLE_MARKS else None


@dataclass(frozen=True, eq=False)
class Preset:
    """A hand-made cell and the sequence that shows it at work.

    Its texts are ``preset.<cell>.<id>.title`` and ``.watch``; ``figures`` are the numbers that the latter
    says, by their placeholders, for they follow the sliders. ``units`` are string keys naming the hidden
    units. ``fails`` marks one that does not do its task with the weights that it opens with: it shows why.
    ``reset`` is the GRU form it opens in. ``sentence`` is the string key of a sequence in words,
    separated by spaces, whose language is the reader's; ``source`` the key of a line of credit.
    """

    id: str
    cell: CellKind
    alphabet: Alphabet
    tokens: tuple[str, ...]
    sliders: tuple[Slider, ...]
    make: Callable[[Values, Reset], Cell]
    units: tuple[str, ...] = ()
    fails: bool = False
    reset: Reset = "after"
    sentence: str | None = None
    source: str | None = None
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The string key of its name."""
        return f"preset.{self.cell}.{self.id}.title"

    @property
    def watch(self) -> str:
        """The string key of the sentence on what to watch."""
        return f"preset.{self.cell}.{self.id}.watch"

    def name(self, translate: Translate) -> str:
        """Return its name in the reader's language."""
        return translate(self.title)

    def description(
        self,
        translate: Translate,
        values: Values | None = None,
        reset: Reset | None = None,
        run: PresetRun | None = None,
    ) -> str:
        """Return what to watch, and whom the example is owed to, in the reader's language.

        Its numbers are those of the preset's own sequence with the sliders at ``values``. ``run`` is that
        run, where it is known.
        """
        run = run or PresetRun.of(self.build(values, reset), self.sequence_for(translate))
        figures = {name: figure_text(figure(run)) for name, figure in self.figures.items()}
        return translate(self.watch, **figures) + (f" {translate(self.source)}" if self.source else "")

    @property
    def sequence(self) -> Sequence:
        """The sequence it opens with."""
        return self.sequence_of(self.tokens)

    @property
    def defaults(self) -> dict[str, float]:
        """Where its sliders start."""
        return {slider.id: slider.default for slider in self.sliders}

    @property
    def editable(self) -> bool:
        """Whether it is small enough for the lab."""
        return True

    def bounded_values(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return a value for every slider: ``values`` within their ranges, unknown ones dropped."""
        return {s.id: s.clipped(values.get(s.id, s.default)) for s in self.sliders}

    def build(self, values: Mapping[str, float] | None = None, reset: Reset | None = None) -> Cell:
        """Return the cell for the sliders' ``values``, defaults where missing; ``reset`` is a GRU's form.

        Values are taken as they are, beyond a slider's range too; ValueError for a slider it does not have.
        """
        chosen = dict(values or {})
        if unknown := chosen.keys() - self.defaults.keys():
            raise ValueError(f"{self.cell}/{self.id} has no slider {', '.join(sorted(unknown))}")
        return self.make(self.defaults | chosen, reset or self.reset)

    def sequence_for(self, translate: Translate) -> Sequence:
        """Return the opening sequence in the reader's language, as far as it is made of words."""
        return self.sequence if self.sentence is None else self.sequence_of(translate(self.sentence).split())

    def sequence_of(self, tokens: Iterable[str]) -> Sequence:
        """Return the inputs for ``tokens``, spelled as given. InputError for a token outside the alphabet."""
        words = tuple(tokens)
        check_length(len(words), "error.alphabet.too_long")
        vectors = []
        for index, token in enumerate(words, start=1):
            vector = self.alphabet.vector(token)
            if vector is None:
                raise self._unknown(token, index)
            vectors.append(vector)
        if not vectors:
            raise InputError("error.text.empty")
        return Sequence(
            np.array(vectors, dtype=np.float64), words, self.alphabet.columns, "symbols", keyed=True
        )

    def _unknown(self, token: str, place: int) -> InputError:
        if not self.alphabet.vectors:
            return InputError("error.alphabet.numbers", token=token[:40], place=place)
        return InputError(
            "error.alphabet", token=token[:40], place=place, known=" ".join(self.alphabet.vectors)
        )

    def adapt(self, sequence: Sequence) -> Sequence | None:
        """Return own input as this preset reads it, or None where it does not fit and needs a random cell.

        Numbers fit where the preset takes numbers and has as many columns; anything else fits where every
        token is in the alphabet (brackets drive a counter, the letters S, R and A a locker) and at least
        one of them means something to it.
        """
        alphabet = self.alphabet
        if sequence.kind == "numbers" and alphabet.numbers and sequence.x.shape[1] == len(alphabet.columns):
            return sequence
        if any(map(alphabet.recognises, sequence.tokens)) and all(
            alphabet.vector(token) is not None for token in sequence.tokens
        ):
            return self.sequence_of(sequence.tokens)
        return None

    def adapt_loosely(self, sequence: Sequence) -> Sequence | None:
        """Return own input as this preset reads it where a person insists, None where it cannot at all."""
        return self.adapt(sequence)


def fits(preset: Preset, sequence: Sequence) -> bool:
    """Tell whether own input can go through ``preset``."""
    return preset.adapt(sequence) is not None
