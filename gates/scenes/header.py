"""What the stage gets beside a run's numbers: sizes, words, colours, sliders and the link, as JSON. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from gates.examples.notation import kinds
from gates.examples.notation.kinds import CellKind, DrawnKind
from gates.examples.notation.letters import symbols, written
from gates.examples.presets.model import Preset
from gates.examples.presets.registry import PRESETS
from gates.figures.palette import DARK, LIGHT
from gates.scenes import modules, payload, readouts, words
from gates.scenes.links.codec import phases_of, rounded
from gates.scenes.registry import PAGES
from gates.scenes.scene import Scene
from gates.scenes.state import State
from gates.text import Translator

PREFIXES = (
    "stage.",
    "signal.",
    "table.",
    "score.",
    "belt.",
    "diagram.",
    "unrolled.",
    "inspector.",
    "readout.",
    "guess.",
)
LAB_PREFIXES = (*(name for name in PREFIXES if name != "guess."), "lab.", "gradient.")
"""The words that the browser needs: on any page, and where weights are edited."""
_LATER_PREFIXES = tuple(prefix for prefixes in modules.WORDS.values() for prefix in prefixes)
"""The words that a part of the stage brings along."""
_WITHOUT_READOUT = tuple(name for name in PREFIXES if name != "readout.")


def describe(page: str, state: State, t: Translator, scene: Scene) -> dict[str, Any]:
    """The header of the stage's data.

    Args:
        page: the name of the page.
        state: what the page shows.
        t: the reader's words.
        scene: the run that comes of it.
    """
    cell = scene.cell
    steps, inputs = scene.sequence.x.shape
    read = readouts.header(scene, t)
    return {
        "page": page,
        "cell": scene.kind,
        "description": kinds.described(scene.kind),
        "reset": scene.reset,
        "activation": scene.activation,
        **scene.variant,
        "clamps": payload.clamps(scene.trace),
        "update": state.update if scene.kind == "gru" or state.in_lab else "keep",
        "steps": steps,
        "units": cell.hidden,
        "inputs": inputs,
        "tokens": list(scene.sequence.tokens),
        "columns": _names(scene.sequence.columns, t, scene.sequence.keyed),
        "unit_names": [t(unit) for unit in scene.preset.units] if scene.preset else [],
        "lang": state.lang,
        "notation": state.notation,
        "symbols": _symbols(scene, state),
        "strings": words.of(
            state.lang, [scene.kind], PREFIXES if read else _WITHOUT_READOUT, _LATER_PREFIXES
        ),
        "palette": {"light": dict(LIGHT), "dark": dict(DARK)},
        "preset": scene.preset.id if scene.preset else None,
        "sliders": _sliders(scene, t),
        "random": scene.random,
        "watch": scene.description(t),
        **read,
        "link": PAGES[page].link.header(state) | {"opens": PAGES[page].recomputes},
        "examples": examples(page, state, scene, t),
        **({"guesses": True} if page == scene.kind and not state.in_lab else {}),
    }


def bar(moved: Iterable[tuple[int, DrawnKind]]) -> dict[str, Any]:
    """Return the fields of a stage that is a transport alone, for those that it moves.

    Args:
        moved: units and kind of each of them; the bar goes to any unit and any phase that one of them has.
    """
    units, kinds = zip(*moved, strict=True)
    return {
        "bar": True,
        "most_units": max(units),
        "all_phases": phases_of(kinds),
        "random": False,
        "watch": None,
    }


def _symbols(scene: Scene, state: State) -> dict[str, str]:
    """The letters of a run; an LSTM's c goes out through what the cell has for it."""
    labels = dict(symbols(scene.kind, state.notation, state.update, scene.reset).labels)
    if "tanh_cell" in labels and scene.kind == "lstm":
        labels["tanh_cell"] = f"{written(scene.variant['cell_activation'])} {labels['cell']}".strip()
    return labels


def examples(page: str, state: State, scene: Scene, t: Translator) -> dict[str, Any] | None:
    """What the stage can choose from by itself, where no control of the page can be: the kind's examples.

    Returns:
        ``params`` of a link to any of them but for ``preset``; ``titles`` by preset; ``shown``, the one on
        the screen, None for an own input. None on pages that show no presets. Where what they offer is
        none, ``each`` has for each of the titles the parameters that are its own.
    """
    if not PAGES[page].recomputes or scene.kind not in PRESETS or type(state) is not State:
        return None
    kind = cast("CellKind", scene.kind)
    example = replace(State(kind, in_lab=state.in_lab), lang=state.lang, notation=state.notation)
    example = replace(example, reset=state.reset, update=state.update)
    params = {name: value for name, value in PAGES[page].link.write(example).items() if name != "preset"}
    shown = scene.preset.id if scene.preset and state.source == "preset" else None
    return {
        "params": params,
        "titles": {preset.id: title(preset, t) for preset in PRESETS[kind]},
        "shown": shown,
    }


def title(example: Preset, t: Callable[..., str]) -> str:
    """The name of an example in a list, which says of one that fails that it does."""
    name = example.name(t)
    return t("input.fails", title=name) if example.fails else name


def _names(columns: tuple[str, ...], t: Translator, keyed: bool) -> list[str]:
    return [t(column) if keyed else column for column in columns]


def _sliders(scene: Scene, t: Translator) -> list[dict[str, Any]]:
    if scene.preset is None:
        return []
    return [
        {
            "id": slider.id,
            "label": t(f"slider.{slider.id}"),
            "help": t(f"slider.{slider.id}.help"),
            "min": slider.minimum,
            "max": slider.maximum,
            "step": slider.step,
            "default": slider.default,
            "value": scene.sliders[slider.id],
        }
        for slider in scene.preset.sliders
    ]


def moved_sliders(state: State, sent: Mapping[str, Any], preset: Preset | None) -> dict[str, float]:
    """The values that the browser sent for the sliders of the preset that is shown, bounded; those of another
    preset are ignored, for they came late."""
    if preset is None or sent.get("preset") != preset.id:
        return dict(state.sliders)
    return slider_values(preset, sent.get("values", {}))


def slider_values(preset: Preset, values: Mapping[str, Any]) -> dict[str, float]:
    """Values for a preset's sliders, bounded and as a link carries them; those at their start left out."""
    sent = {slider: values.get(slider.id) for slider in preset.sliders}
    return {
        slider.id: rounded(min(slider.maximum, max(slider.minimum, value)))
        for slider, value in sent.items()
        if isinstance(value, int | float) and value != slider.default
    }
