"""Which strip is f? A run's gates without names, to be told from c and h; the stage shows it afterwards."""

from __future__ import annotations

import streamlit as st

from gates.exercises.arithmetic.writers import exact, rounded
from gates.exercises.puzzles.strips import DECIMALS, LETTERS, SIGNS, Strips, feedback
from gates.scenes import header
from gates.scenes.lab.scene import LabScene
from gates.text import escape
from gates.ui.frame import Page
from gates.ui.stage import component

_ANSWERED = "lab.strips"
"""In the session: the first answer to each puzzle, by its number."""


def ask(page: Page, task: Strips, scene: LabScene) -> bool:
    """Shows the strips and takes an answer, or says what it is worth; tells whether there is one."""
    answer = st.session_state.get(_ANSWERED, {}).get(page.state.seed)
    if answer is None:
        key = f"lab.strip.{page.state.seed}"
        question = page.t("lab.page.strips.which", gate=task.letter)
        st.segmented_control(question, LETTERS, key=key, on_change=_keep_answer, args=(key, page.state.seed))
        st.html(table(page, task, named=False))
        with st.container(key="lab-strips-link"):  # writes the address, and holds nothing of the run
            component.show(page, scene, key="bar", **header.bar([(1, "lstm")]))
        return False
    _show_verdict(page, task, answer)
    st.html(table(page, task, named=True))
    st.caption(page.t("lab.page.strips.below"))
    return True


def _keep_answer(key: str, seed: int) -> None:
    """Keeps an answer; the first one to a puzzle counts."""
    st.session_state.setdefault(_ANSWERED, {}).setdefault(seed, st.session_state[key])


def _show_verdict(page: Page, task: Strips, answer: str) -> None:
    verdict, because = (page.t(key, **values) for key, values in feedback(task, answer))
    sentences = page.t("text.sentences", one=verdict, other=because)
    if answer == task.answer:
        st.success(sentences, icon=":material/check_circle:")
    else:
        st.info(sentences, icon=":material/target:")


def table(page: Page, task: Strips, *, named: bool) -> str:
    """Return the strips as a table, a row each and a column a step, with their names where they are known."""
    t = page.t.plain
    names = {letter: SIGNS[gate] for letter, gate in zip(LETTERS, task.order, strict=True)} if named else {}
    head = "".join(f'<th scope="col">{step}</th>' for step in range(1, task.exercise.steps + 1))
    rows = []
    for name, values in task.rows.items():
        label = f"{name} = {names[name]}" if name in names else name
        largest = max(1.0, float(abs(values).max()))
        cells = "".join(
            f'<td data-sign="{"gate" if name in LETTERS else "minus" if value < 0 else "plus"}" '
            f'style="--size: {abs(value) / largest:.2f}">{rounded(float(value), DECIMALS)}</td>'
            for value in values
        )
        rows.append(f'<tr data-strip="{name}"><th scope="row">{label}</th>{cells}</tr>')
    start = escape.in_html(t("puzzle.start", c=exact(task.start)))
    return (
        f'<table class="strips"><caption>{escape.in_html(t("lab.page.strips.caption"))} {start}</caption>'
        f'<thead><tr><th scope="col">t</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )
