"""What cells of several kinds are shown to solve: the same symbols in the same order, to be compared."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gates.examples.notation.kinds import CellKind
from gates.examples.presets.alphabets import BITS, FILM_WORDS, PLUS_MINUS, SET_RESET
from gates.examples.presets.model import Alphabet, Preset, Slider


@dataclass(frozen=True)
class Problem:
    """A problem without a cell: its name in links, symbols and sequence, and what each unit holds."""

    id: str
    alphabet: Alphabet
    tokens: tuple[str, ...]
    units: tuple[str, ...]
    sentence: str | None = None

    def solved_by(
        self, cell: CellKind, sliders: tuple[Slider, ...], make: Callable[..., Any], **more: Any
    ) -> Preset:
        """Return its preset for a kind of cell; ``more``: fields of :class:`Preset`."""
        fields = {"units": self.units, "sentence": self.sentence, **more}
        return Preset(self.id, cell, self.alphabet, self.tokens, sliders, make, **fields)


LATCH = Problem("latch", SET_RESET, tuple("–S––R–S–"), ("unit.memory",))
DELAY = Problem("delay", PLUS_MINUS, tuple("+−−+−+++"), ("unit.ago0", "unit.ago1", "unit.ago2", "unit.ago3"))
PARITY = Problem("parity", BITS, tuple("10110010"), ("unit.parity",))
FIRST = Problem("first", PLUS_MINUS, tuple("−+++−+++"), ("unit.memory", "unit.started"))
LAST = Problem("last", PLUS_MINUS, tuple("+−−+00−+"), ("unit.memory",))
NOT_GOOD = Problem(
    "not_good",
    FILM_WORDS,
    ("this", "is", "not", "a", "very", "good", "movie"),
    ("unit.negation", "unit.plain", "unit.reversed"),
    "preset.not_good.sentence",
)
