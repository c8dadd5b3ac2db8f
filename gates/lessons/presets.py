"""All hand-made cells; the first of each kind is the one its page opens on."""

from collections.abc import Mapping
from types import MappingProxyType

from gates.lessons import presets_gru, presets_lstm, presets_rnn
from gates.lessons.preset import Alphabet, Preset, Slider, fits
from gates.lessons.sequence import InputError, Sequence

__all__ = ["PRESETS", "Alphabet", "Preset", "Slider", "fits", "fitting", "preset"]

PRESETS: Mapping[str, tuple[Preset, ...]] = MappingProxyType(
    {"lstm": presets_lstm.PRESETS, "gru": presets_gru.PRESETS, "rnn": presets_rnn.PRESETS}
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
