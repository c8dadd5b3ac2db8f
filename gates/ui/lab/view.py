"""The lab page: what one begins with, the stage whose weights are edited, and what is taken away.

The browser edits and previews; each edit that is done arrives here as a whole state, is checked, computed by
the engine and sent back. What cannot be is answered with a sentence, and what was there stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.lab.state import LabState
from gates.examples.presets.model import Preset
from gates.examples.presets.registry import PRESETS
from gates.exercises import ready
from gates.exercises.arithmetic.writers import rounded
from gates.exercises.classics import classic
from gates.exercises.errors import ExerciseError
from gates.exercises.generate import DIFFICULTIES, TEMPLATES
from gates.exercises.puzzles.designs import DESIGNS
from gates.exercises.puzzles.strips import STRIP
from gates.exercises.ready import READY
from gates.inputs.sequence import InputError
from gates.scenes import header as stage_header
from gates.scenes.lab import header as lab_header
from gates.scenes.lab import message, puzzles
from gates.scenes.lab import scene as lab_scene
from gates.scenes.lab.scene import LabScene
from gates.scenes.state import BEGINNINGS, NO_SLIDERS
from gates.ui import connection, controls, files
from gates.ui.frame import Page
from gates.ui.lab import strips, takeaway
from gates.ui.stage import component
from gates.ui.step import view


def choose(page: Page) -> None:
    """Shows what one can begin with, and a challenge's goal and help."""
    t = page.t
    with st.container(horizontal=True, vertical_alignment="bottom"):
        controls.pick(
            page,
            "source",
            BEGINNINGS,
            lambda name: t(f"lab.page.begin.{name}"),
            label=t("lab.page.begin"),
            width=190,
        )
        {"preset": _example, "exercise": _exercise, "scratch": _scratch, "challenge": _challenge}[
            page.state.source
        ](page)
        if current(page).kind == "gru":
            controls.segments(page, "update", ("keep", "write"))
        files.menu(page)
    if page.state.source == "challenge":
        _help(page)
    if page.state.source == "exercise":
        with st.container():  # one element, whatever is said: a stage that is moved is mounted anew
            _about(page)


@st.fragment
def show(page: Page) -> None:
    """Shows the stage with the lab on it, and the panels below."""
    if st.session_state.pop("lab.other", False):
        st.rerun()  # the controls above the stage are those of another kind of cell
    scene = current(page)
    if (strip := puzzles.strip_puzzle(page.state)) is not None and not strips.ask(page, strip, scene):
        return
    answer = st.session_state.get("lab.answer", {})
    challenge = scene.beginning.challenge
    checked = lab_header.checked(page.state)
    header = lab_header.header(scene, page.state.lang, nonce(page), checked=checked, **answer)
    if challenge:
        if header["lab"]["challenge"]["solved"]:
            _solved(challenge.id)
        header["lab"]["challenge"]["ticked"] = sorted(_ticked())
    _puzzle(page, scene)
    component.show(
        page,
        scene,
        on_sliders=_keep_sliders(page, scene.preset),
        on_lab=lambda sent: receive(page, sent),
        on_solved=_tick,
        move=view.move(page),
        **header,
    )
    view.panels(page, scene, {"takeaway": takeaway.panel})


def _puzzle(page: Page, scene: LabScene) -> None:
    """Says on how many hidden sequences the stage's weights solve a puzzle, and what goes wrong first."""
    t, puzzle = page.t, puzzles.puzzle(page.state)
    if puzzle is None:
        return
    try:
        verdict = puzzles.judged(puzzle, scene)
    except ExerciseError as wrong:
        st.warning(t(wrong.key, **wrong.values))
        return
    if verdict is None:
        st.info(t("lab.page.puzzle.other"))
        return
    result = t("puzzle.judged", right=verdict.hidden.right, of=verdict.hidden.of)
    if (miss := verdict.miss) is None:
        st.success(result, icon=":material/check_circle:")
        return
    low, high = (rounded(edge, 3) for edge in miss.band)
    first = t(
        "puzzle.miss",
        tokens=" ".join(miss.tokens), step=miss.step + 1, value=rounded(miss.value, 3), low=low, high=high,
    )  # fmt: skip
    st.info(t("text.sentences", one=result, other=first), icon=":material/target:")


def _solved(name: str) -> None:
    """Ticks a challenge off in the list above the stage, which is drawn again for it once."""
    if name not in _ticked():
        _tick([name])
        st.rerun()


def _tick(names: list[str]) -> None:
    """Notes challenges as solved: now, or in this browser before."""
    _ticked().update(name for name in names if name in CHALLENGES)
    st.session_state["challenge.ticked"] = st.session_state["lab.other"] = True


def _ticked() -> set[str]:
    ticked: set[str] = st.session_state.setdefault("challenge.solved", set())
    return ticked


def current(page: Page) -> LabScene:
    """The run of the page's state; of its beginning, where what was edited no longer fits it."""
    try:
        return lab_scene.build(page.state)
    except InputError as wrong:
        _answer(None, page.t.plain(wrong.key, **wrong.values))
        page.keep(replace(page.state, lab=""))
        return lab_scene.build(page.state)


def receive(page: Page, sent: message.Message) -> None:
    """Takes an edit from the browser, or says why not; one of an earlier beginning came too late."""
    if sent.get("nonce") != nonce(page):
        return
    serial = sent.get("serial")
    try:
        state = message.apply_edit(page.state, sent)
    except InputError as wrong:
        _answer(serial, page.t.plain(wrong.key, **wrong.values))
        return
    redraws = lab_scene.kind(state) != current(page).kind or state.check != page.state.check
    st.session_state["lab.other"] = redraws
    page.keep(state)
    _answer(serial, None)


def _keep_sliders(page: Page, preset: Preset | None) -> Callable[[message.Message], None]:
    def keep(sent: message.Message) -> None:
        _answer(None, None)
        page.keep(lab_scene.with_sliders(page.state, stage_header.moved_sliders(page.state, sent, preset)))

    return keep


def _answer(reply: Any, problem: str | None) -> None:
    """Keeps what the browser is told of its last message, until the next."""
    st.session_state["lab.answer"] = {"reply": reply if isinstance(reply, int) else None, "problem": problem}


def nonce(page: Page) -> str:
    """Names what one began with, so that the browser begins a new session for another."""
    return lab_header.nonce(page.state, page.nonce)


def _example(page: Page) -> None:
    state, t = page.state, page.t
    examples = {
        f"{cell}/{preset.id}": (cell, preset)
        for cell, those in PRESETS.items()
        for preset in those
        if preset.editable
    }
    if not any(preset.id == state.preset for preset in PRESETS[state.cell]):
        state = page.keep(replace(state, preset=PRESETS[state.cell][0].id))

    def title(name: str) -> str:
        cell, preset = examples[name]
        plain = preset.name(t)
        return f"{cell.upper()} · {t('input.fails', title=plain) if preset.fails else plain}"

    key = "lab.example"
    page.fill(key, f"{state.cell}/{state.preset}")
    chosen = st.selectbox(t("lab.page.example"), examples, format_func=title, key=key, width=400)
    cell, preset = examples[chosen]
    if (cell, preset.id) != (state.cell, state.preset):
        form = {"reset": preset.reset} if cell == "gru" else {}
        page.keep(state.with_changes(cell=cell, preset=preset.id, sliders=NO_SLIDERS, lab="", **form))


def _exercise(page: Page) -> None:
    t = page.t
    if page.state.exercise not in READY:
        page.keep(replace(page.state, exercise=READY[0], lab=""))

    def title(name: str) -> str:
        if name in DESIGNS or name == STRIP:
            return f"{ready.kind(name).upper()} · {t(f'puzzle.{name}.title')}"
        fresh = name in TEMPLATES
        plain = (
            t("lab.page.exercise.fresh", title=t(f"template.{name}"))
            if fresh
            else t(f"exercise.{name}.title")
        )
        return f"{ready.kind(name).upper()} · {plain}"

    controls.pick(page, "exercise", READY, title, label=t("lab.page.exercise"), width=400)
    if page.state.exercise in TEMPLATES:
        controls.segments(
            page,
            "difficulty",
            DIFFICULTIES,
            lambda name: t(f"lab.page.exercise.{name}"),
            t("lab.page.exercise.weights"),
        )
    kind = ready.kind(page.state.exercise)
    if page.state.cell != kind:
        page.keep(page.state.with_changes(cell=kind))
    st.button(
        t("lab.page.exercise.another"),
        key="exercise.another",
        icon=":material/casino:",
        help=t("lab.page.exercise.another.help"),
        on_click=_open_similar_exercise,
        args=(page,),
    )


def _open_similar_exercise(page: Page) -> None:
    """Opens a fresh exercise like the one that is shown: with the next seed, or the first of its kind."""
    state = page.state
    seed = state.seed + 1 if state.exercise in ready.DRAWN else 1
    _answer(None, None)
    template = ready.template_like(state.exercise)
    st.session_state[page.key("exercise")] = template
    page.keep(replace(state, exercise=template, seed=seed, lab=""))


def _about(page: Page) -> None:
    """What is in the exercise, and where it was published."""
    name = page.state.exercise
    if puzzle := puzzles.puzzle(page.state):
        st.markdown(page.t(f"design.{puzzle.id}", **puzzle.values))
        names = ", ".join(puzzle.blanks)
        st.caption(page.t("lab.page.puzzle", number=page.state.seed, names=names))
        return
    if strip := puzzles.strip_puzzle(page.state):
        st.markdown(page.t("puzzle.strips", gate=strip.letter))
        st.caption(page.t("lab.page.strips", number=page.state.seed))
        return
    if name in TEMPLATES:
        asked = ", ".join(TEMPLATES[name].asked)
        st.caption(page.t("lab.page.exercise.number", number=page.state.seed, asked=asked))
        return
    if not page.state.check:  # it may say what comes out
        st.markdown(page.t(f"exercise.{name}.about"))
    st.caption(page.t("lab.page.exercise.source", source=classic(name).source))


def _scratch(page: Page) -> None:
    controls.segments(page, "cell", tuple(PRESETS), str.upper, label=page.t("lab.page.cell"))


def _challenge(page: Page) -> None:
    t, solved = page.t, _ticked()
    if page.state.challenge not in CHALLENGES:
        page.keep(replace(page.state, challenge=next(iter(CHALLENGES))))
    numbers = {name: number for number, name in enumerate(CHALLENGES, start=1)}

    def title(name: str) -> str:
        return f"{numbers[name]} · {t(f'challenge.{name}.title')}" + (" ✓" if name in solved else "")

    if st.session_state.pop("challenge.ticked", False):
        # A closed box writes its choice anew only when that is set, not when its title has changed.
        st.session_state[page.key("challenge")] = page.state.challenge
    controls.pick(page, "challenge", tuple(CHALLENGES), title, label=t("challenge.choose"), width=400)
    kind = CHALLENGES[page.state.challenge].start.kind
    if page.state.cell != kind:
        page.keep(page.state.with_changes(cell=kind))


def _help(page: Page) -> None:
    """The goal of the challenge, hints one after another, and a solution for who asks for it."""
    t, task = page.t, CHALLENGES[page.state.challenge]
    hints: dict[str, int] = st.session_state.setdefault("challenge.hints", {})
    hints |= {
        name: max(count, hints.get(name, 0))
        for name, count in read_hints(connection.recall(page.name)).items()
    }
    seen: set[str] = st.session_state.setdefault("challenge.seen", set())

    def hint() -> None:
        hints[task.id] = hints.get(task.id, 0) + 1

    def solve() -> None:
        seen.add(task.id)
        _solve(page)

    revealed = hints.get(task.id, 0)
    hints_given = [
        f"{number}. " + t(f"challenge.{task.id}.hint.{number}") for number in range(1, revealed + 1)
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap="xsmall"):
            st.markdown(t(f"challenge.{task.id}.goal"))
            if hints_given:
                _hints(page, hints_given)
        st.button(
            t("challenge.hint", number=min(revealed + 1, task.HINTS), of=task.HINTS),
            key="challenge.hint",
            icon=":material/lightbulb:",
            disabled=revealed >= task.HINTS,
            on_click=hint,
        )
        st.button(
            t("challenge.solve"),
            key="challenge.solve",
            icon=":material/key:",
            help=t("challenge.solve.help"),
            on_click=solve,
        )
        names = list(CHALLENGES)
        following = names[(names.index(task.id) + 1) % len(names)]
        st.button(
            t("challenge.next"),
            key="challenge.next",
            icon=":material/arrow_forward:",
            type="primary" if task.id in _ticked() else "secondary",
            on_click=_choose,
            args=(page.key("challenge"), following),
        )
    if task.id in seen:
        st.info(t(f"challenge.{task.id}.why"))
    if hints:
        connection.remember(page.name, {name: str(count) for name, count in hints.items()}, stays=True)


def _hints(page: Page, hints_given: Sequence[str]) -> None:
    """The newest hint; earlier ones open over the page, for the weights below are to stay on the screen."""
    with st.container(horizontal=True, vertical_alignment="center", key="hints"):
        with st.container(width="stretch"):
            st.markdown(hints_given[-1])
        if hints_given[:-1]:
            with st.popover(page.t("challenge.hints.earlier"), icon=":material/history:", width="content"):
                st.markdown("\n".join(hints_given[:-1]))


def read_hints(stored: Mapping[str, str]) -> dict[str, int]:
    """How many hints each challenge has given, as far as what a browser kept makes sense."""
    counts = {str(count): count for count in range(1, max(task.HINTS for task in CHALLENGES.values()) + 1)}
    return {name: counts[count] for name, count in stored.items() if name in CHALLENGES and count in counts}


def _choose(key: str, name: str) -> None:
    """Chooses a challenge as the list above the stage does."""
    st.session_state[key] = name


def _solve(page: Page) -> None:
    """Puts a solution on the stage, as an edit that can be undone; an edited input stays."""
    task, lab = CHALLENGES[page.state.challenge], current(page).lab
    _answer(None, None)
    solution = LabState.of(task.solution)
    if lab.inputs == solution.inputs:
        solution = replace(solution, x=lab.x, tokens=lab.tokens, columns=lab.columns)
    page.keep(lab_scene.edited(page.state, solution))
