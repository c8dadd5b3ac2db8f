"""All cells to begin with: hand-made ones, the first of each kind its page's opening, and trained ones."""

from collections.abc import Mapping
from types import MappingProxyType

from gates.examples.presets import gru, lstm, rnn
from gates.examples.presets.model import Alphabet, Preset, Slider, fits
from gates.examples.presets.trained import TRAINED
from gates.inputs.sequence import InputError, Sequence

__all__ = ["HANDMADE", "PRESETS", "Alphabet", "Preset", "Slider", "fits", "fitting", "preset"]

HANDMADE: Mapping[str, tuple[Preset, ...]] = MappingProxyType(
    {"lstm": lstm.PRESETS, "gru": gru.PRESETS, "rnn": rnn.PRESETS}
)
PRESETS: Mapping[str, tuple[Preset, ...]] = MappingProxyType(
    {kind: (*made, *TRAINED[kind]) for kind, made in HANDMADE.items()}
)


def preset(cell: str, name: str) -> Preset:
    """Return the preset of ``cell`` called ``name``. InputError where there is none."""
    for candidate in PRESETS[cell]:
        if candidate.id == name:
            return candidate
    raise InputError("error.preset", preset=str(name)[:40])


def fitting(cell: str, sequence: Sequence) -> tuple[Preset, ...]:
    """Return the presets of ``cell`` that own input can go through."""
    return tuple(candidate for candidate in PRESETS[cell] if fits(candidate, sequence))
