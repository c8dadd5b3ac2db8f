"""A sequence that a cell can read, and the error that says why something typed is none."""

import re
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gates.errors import GatesError

MAX_STEPS = 1000
MAX_COLUMNS = 64
MAX_VOCABULARY = 512
MAX_CHARACTERS = 200_000
LARGEST = 1e9  # Larger inputs say nothing a gate can show, and their products overflow.

_NUMBER = re.compile(r"[+-]?+(?:\d++\.?+\d*+|\.\d++)(?:e[+-]?+\d++)?+", re.IGNORECASE)

Kind = Literal["numbers", "symbols"]


@dataclass(frozen=True)
class Note:
    """A remark on how an input was read: a string key and the values of its placeholders."""

    key: str
    values: dict[str, object] = field(default_factory=dict)


class InputError(GatesError):
    """Input that cannot be used: why, and the way out."""


@dataclass(frozen=True, eq=False)
class Sequence:
    """What a cell reads: T timesteps of I inputs, with the words that label both.

    ``x`` is (T, I) float64. ``tokens`` labels each step; ``columns`` names each input. ``kind`` tells numbers
    from symbols (one-hot, or the input vectors of a preset). Where ``keyed`` is true the columns are string
    keys to translate, else they are shown as they are. ``notes`` say how it was read.
    """

    x: NDArray[np.float64]
    tokens: tuple[str, ...]
    columns: tuple[str, ...]
    kind: Kind = "numbers"
    keyed: bool = False
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        if self.x.shape != (len(self.tokens), len(self.columns)):
            raise ValueError(
                f"x {self.x.shape} against {len(self.tokens)} tokens, {len(self.columns)} columns"
            )
        self.x.flags.writeable = False

    def __len__(self) -> int:
        return len(self.tokens)


def check_length(count: int, key: str, limit: int = MAX_STEPS) -> None:
    """Raise the InputError ``key`` when ``count`` timesteps are more than ``limit``, which the app shows."""
    if count > limit:
        raise InputError(key, count=count, limit=limit)


def check_size(text: str) -> None:
    """Raise an InputError for a text so long that reading it would only keep its reader waiting."""
    if len(text) > MAX_CHARACTERS:
        raise InputError("error.too_much", count=f"{len(text):,}", limit=f"{MAX_CHARACTERS:,}")


def is_number(word: str) -> bool:
    """Tell whether ``word`` is written as a number, however large, and nothing else.

    Possessive, so that 200,000 digits and a letter take one look at each and not one for every two.
    """
    return _NUMBER.fullmatch(word) is not None


def number_label(value: float) -> str:
    """Return a number short enough to label a step, with a real minus sign."""
    return f"{value:.4g}".replace("-", "−")


def one_hot(tokens: tuple[str, ...], vocabulary: tuple[str, ...], notes: tuple[Note, ...] = ()) -> Sequence:
    """Return the sequence in which each step is a 1 in the column of its token."""
    column = {token: index for index, token in enumerate(vocabulary)}
    x = np.zeros((len(tokens), len(vocabulary)))
    x[np.arange(len(tokens)), [column[token] for token in tokens]] = 1.0
    return Sequence(x, tokens, vocabulary, kind="symbols", notes=notes)
