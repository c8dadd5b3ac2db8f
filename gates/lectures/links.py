"""What a run of show knows of the links that it lists: whether the app opens them, and what they show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gates.examples.lab import codec as lab_codec
from gates.examples.notation.kinds import KINDS, CellKind, DrawnKind
from gates.examples.notation.letters import symbols
from gates.examples.presets.model import Preset
from gates.examples.presets.registry import PRESETS
from gates.export import stages, states
from gates.export.stages import Find, no_run
from gates.export.states import ExportError, OpenedLink
from gates.inputs.sequence import InputError
from gates.lectures import runs
from gates.scenes import pair, scene
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.compare import CompareState
from gates.scenes.links.gradients import GradientState
from gates.scenes.links.train import KINDS as TRAINED
from gates.scenes.links.train import TrainState
from gates.scenes.registry import PAGES
from gates.scenes.scene import Scene
from gates.text import Translator

Json = dict[str, Any]


def described(link: str, t: Translator, find: Find = no_run) -> Json:
    """Return what a list says of a link.

    Args:
        link: what is described.
        t: the reader's words.
        find: what finds the runs of a training.

    Returns:
        ``page``; ``title``; ``signals``: what may be hidden or asked for, ``[name, letter, meaning]`` each;
        ``parts``, likewise: what else may be hidden, such as of what a signal is made, and all signals where
        several cells are shown; ``stages``: of those side by side ``[name, signals]`` each, in their order,
        none of a lone one; ``step``: where the stage stands, from 1; ``phase``: what that is called, "" at
        the end of the step; ``unit``: from 1, 0 where the link names none;
        ``beside``: what its page shows beside it and a lecture does not, "" for nothing. Or ``problem``: the
        sentence that says why it is no state of a lecture. All of it is there where only a training is not
        here any more: that may be mended.
    """
    try:
        opened = states.open_link(link)
    except ExportError as wrong:
        key = "lecture.link.page" if wrong.key == "export.page" else wrong.key
        return {"problem": t(key, **wrong.values)}
    more: Json = {}
    kinds: Sequence[DrawnKind] = (kind_of(opened),)
    names: Sequence[str] = ()
    title = ""
    if isinstance(opened.state, TrainState):
        kinds = (TRAINED[opened.state.kind],)
        try:
            films = stages.trainings(opened.state, t, find)
            kinds = [TRAINED[each.film.recipe.cell] for each in films]
            names = [each.title for each in films]
            title = stages.title_of(films, t)
        except InputError as wrong:
            key = "lecture.link.run" if wrong.key == "export.run" else wrong.key
            more["problem"] = t(key, **wrong.values)
    elif opened.page in runs.TOGETHER:
        kinds = PAGES[opened.page].link.drawn(opened.state)
    if isinstance(opened.state, CompareState):
        names = [t(f"compare.column.{column}") for column in opened.state.column_names]
    signals: dict[str, list[str]] = {}
    parts: dict[str, list[str]] = {}
    alone = opened.page in states.ALONE or (len(kinds) == 1 and opened.page != "compare")
    by_kind: list[list[list[str]]] = []
    for kind in kinds:
        labels = symbols(kind, opened.state.notation, opened.state.update, opened.state.reset).labels
        of_kind: list[list[str]] = []
        by_kind.append(of_kind)
        for name in dict.fromkeys((*KINDS[kind].signals, *KINDS[kind].made)):
            if name != "x" and name in labels and f"signal.{name}" in t.catalogue:
                group = signals if name in KINDS[kind].signals and alone else parts
                signal = [name, labels[name], t(f"signal.{name}")]
                group.setdefault(name, signal)
                if name in KINDS[kind].signals:
                    of_kind.append(signal)
    return {
        "page": opened.page,
        "title": title or _title(opened, kinds[0], t),
        "signals": list(signals.values()),
        "parts": list(parts.values()),
        "stages": [] if alone else [list(each) for each in zip(names, by_kind, strict=True)],
        "step": opened.position.step or 1,
        "phase": _phase(opened.position.phase, kinds, t),
        "unit": opened.position.unit or 0,
        "beside": _companion_title(opened, t),
        **more,
    }


def _phase(phase: str | None, kinds: Sequence[DrawnKind], t: Translator) -> str:
    known = {name for kind in kinds for name in KINDS[kind].phases[:-1]}
    return t.catalogue[f"stage.phase.{phase}"] if phase in known else ""


def _companion_title(opened: OpenedLink, t: Translator) -> str:
    if opened.page not in states.ALONE or opened.state.source != "preset":
        return ""
    companion = pair.companion_preset(opened.page, opened.state, _preset(opened).id)
    return next((preset.name(t) for preset in PRESETS[opened.state.cell] if preset.id == companion), "")


def _preset(opened: OpenedLink) -> Preset:
    """Return the example of a link, the first of its cell's where it names none."""
    known = PRESETS[opened.state.cell]
    return next((preset for preset in known if preset.id == opened.state.preset), known[0])


def all_described(links: Sequence[str], t: Translator, find: Find = no_run) -> list[Json]:
    """Return :func:`described` of each link."""
    return [described(link, t, find) for link in links]


def kind_of(opened: OpenedLink) -> CellKind:
    """Return the kind of cell that a link shows; one that was edited in the lab may have become another."""
    return lab_codec.unpack(opened.state.lab).kind if opened.state.lab else opened.state.cell


def run_of(opened: OpenedLink, language: str) -> Scene:
    """Return the run of a link.

    Raises:
        InputError: its input is none.
    """
    state = replace(opened.state, lang=language)
    return lab_scene.build(state) if state.in_lab else scene.build(state)


def _title(opened: OpenedLink, kind: DrawnKind, t: Translator) -> str:
    state = opened.state
    if isinstance(state, CompareState):
        key = f"preset.{state.preset}" if state.source == "preset" else f"source.{state.source}"
        return f"{t('page.compare.nav')} · {t(f'compare.{key}')}"
    if isinstance(state, GradientState):
        subject = t(f"gradients.demo.{state.demo}") if state.demo else kind.upper()
        return f"{t('page.gradients.nav')} · {subject}"
    if isinstance(state, TrainState):
        return f"{t('page.train.nav')} · {t(f'task.{state.task}')}"
    if state.source == "challenge":
        return t(f"challenge.{state.challenge}.title")
    if state.source == "exercise":
        return f"{kind.upper()} · {t(f'exercise.{state.exercise}.title')}"
    if state.source == "preset":
        return f"{kind.upper()} · {_preset(opened).name(t)}"
    return f"{kind.upper()} · {t('page.lab.title' if state.in_lab else f'input.source.{state.source}')}"
