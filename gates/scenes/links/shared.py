"""The fields that the links of several pages have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.notation.kinds import CellKind
from gates.examples.notation.letters import NOTATIONS
from gates.examples.presets.model import Preset, Slider
from gates.examples.presets.registry import PRESETS
from gates.exercises.ready import READY, kind
from gates.inputs.sources import PRICE_COLUMNS, SIGNALS
from gates.scenes.links.codec import Field, Kind, choice, day, number, packed
from gates.scenes.state import State
from gates.text import LANGUAGES

LANG = Field("lang", "lang", choice(*LANGUAGES), required=True)
NOTATION = Field("notation", "notation", choice(*NOTATIONS))
BY = Field("by", "by", choice("characters", "words"), inputs=("text",))
Z = Field("z", "update", choice("keep", "write"))

_SCALE = choice("none", "standard")
NUMBERS = (
    Field("row", "row", choice("steps", "inputs"), inputs=("numbers",)),
    Field("scale", "scale", _SCALE, inputs=("numbers",)),
)
SCALED = Field("scale", "scale", _SCALE, inputs=("preset", "scratch"))
"""How the numbers were scaled that the lab was opened with."""
SIGNAL = (
    Field("signal", "signal", choice(*SIGNALS), inputs=("signal",)),
    Field("steps", "steps", number(int, 1, 1000), inputs=("signal",)),
    Field("at", "at", number(int, 1, 1000), inputs=("signal",)),
    Field("period", "period", number(float, 2, 1000), inputs=("signal",)),
    Field("noise", "signal_seed", number(int, 0, 10**9), inputs=("signal",)),
)
_DAYS = ("2018-01-01", "2019-12-30")
PRICES = (
    Field("company", "company", choice(*PRICE_COLUMNS), inputs=("prices",)),
    Field("from", "start", day(*_DAYS), inputs=("prices",)),
    Field("to", "end", day(*_DAYS), inputs=("prices",)),
)


def _own(source: str, attribute: str, *, required: bool) -> Field:
    """What a person typed for a source; where it is damaged the page opens with its own example."""
    return Field(
        "data", attribute, packed(), required=required,
        inputs=(source,), read_if=lambda state: state.source == source, resets=("source",),
    )  # fmt: skip


# A box that was emptied is said, or the page would open with its example; brackets that are none are drawn.
OWN_TEXT = _own("text", "text", required=True)
OWN = (OWN_TEXT, _own("numbers", "numbers", required=True), _own("signal", "brackets", required=False))


def kind_at_first(state: State) -> CellKind:
    """Return the kind of cell that a page begins with: that of a challenge or exercise, or the one chosen."""
    if state.source == "exercise":
        return cast("CellKind", kind(state.exercise or READY[0]))
    if state.source != "challenge":
        return state.cell
    start = CHALLENGES[state.challenge or next(iter(CHALLENGES))].start
    return cast("CellKind", start.kind)


def _presets(state: State) -> Mapping[str, Preset]:
    return {preset.id: preset for preset in PRESETS[kind_at_first(state)]}


def _example(state: State) -> Kind:
    ids = tuple(_presets(state))
    words = choice(*ids)
    return Kind(words.read, words.allowed, lambda chosen: chosen or ids[0])


def _through(state: State) -> Kind:
    return choice(*_presets(state), "random")


def _sliders(state: State) -> Mapping[str, Slider]:
    """The sliders of the preset that a state shows, by their names."""
    presets = _presets(state)
    chosen = presets.get(state.preset if state.source == "preset" else state.through)
    if chosen is None and state.source == "preset":
        chosen = next(iter(presets.values()))
    return {slider.id: slider for slider in chosen.sliders} if chosen else {}


def _slider(slider: Slider) -> Field:
    def bounds(state: State) -> Kind:
        current = _sliders(state).get(slider.id, slider)
        return number(float, current.minimum, current.maximum)

    return Field(
        slider.id, slider.id, bounds, within="sliders", read_if=lambda state: slider.id in _sliders(state)
    )


_ALL_SLIDERS = {
    slider.id: slider for presets in PRESETS.values() for preset in presets for slider in preset.sliders
}


def examples(*others: str) -> tuple[Field, ...]:
    """Return the fields of the example that a page shows, or through which it sends one of ``others``."""
    return (
        Field("preset", "preset", _example, inputs=("preset",), required=True),
        Field("through", "through", _through, inputs=others),
        *(_slider(slider) for slider in _ALL_SLIDERS.values()),
    )
