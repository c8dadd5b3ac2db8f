"""The panel from which one takes one's cell home: code, weights and numbers, made when it is opened."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from gates.errors import GatesError
from gates.examples.lab import snippets
from gates.exercises.file import dumps
from gates.exercises.sheets.content import PAPERS
from gates.scenes.lab import exercises, puzzles, worksheet
from gates.scenes.lab.scene import LabScene
from gates.scenes.links.codec import LONGEST, length
from gates.scenes.links.lab import LAB
from gates.ui.frame import Page


def panel(page: Page, scene: LabScene) -> None:
    """Shows the code that computes what the stage shows, and offers weights and trace as files."""
    t, lab, x = page.t, scene.lab, scene.sequence.x
    scaled = page.state.scale == "standard"
    long = length(LAB.write(page.state)) > LONGEST
    st.markdown(t("takeaway.long") if long else t("takeaway.lead"))
    if puzzles.puzzle(page.state) is None:  # a puzzle for paper is its question: gatescope generate
        _paper(page, scene)
    with st.container(horizontal=True):
        _file(page, "weights", lambda: snippets.npz(lab), "gatescope.npz", "application/octet-stream")
        _file(
            page,
            "trace",
            lambda: snippets.table(scene.trace, scene.sequence.tokens),
            "gatescope.csv",
            "text/csv",
        )
        _exercise(page, scene)
    left, right = st.columns(2)
    with left:
        _code(page, "numpy", snippets.numpy_code(lab, x, t.plain, scaled))
    with right:
        _code(page, "torch", snippets.torch_code(lab, x, t.plain, scaled))
        st.caption(t("takeaway.torch.module" if snippets.in_torch(lab) else "takeaway.torch.written"))


def _paper(page: Page, scene: LabScene) -> None:
    """Offers the exercise as a worksheet and its key, to be printed from a page of their own."""
    t, state = page.t, page.state
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input(
            t("takeaway.title"),
            max_chars=worksheet.LONGEST_TITLE,
            key="lab.sheet.title",
            placeholder=t("takeaway.title.help"),
            width=330,
        )
        paper = st.segmented_control(
            t("takeaway.paper"),
            PAPERS,
            format_func=lambda name: t(f"takeaway.paper.{name}"),
            key=page.fill("lab.sheet.paper", PAPERS[0]),
            required=True,
        )
        try:
            worksheet.exercise(scene, state, t.plain, title)
            problem = None
        except GatesError as wrong:
            problem = t(wrong.key, **wrong.values)
        for part, icon in (("worksheet", "edit_note"), ("key", "key")):
            covered = t("lab.check.covered") if part == "key" and state.check else None
            _sheet(page, part, f":material/{icon}:", problem or covered, paper or PAPERS[0], title)


def _sheet(page: Page, part: str, icon: str, problem: str | None, paper: str, title: str) -> None:
    label, state = page.t(f"takeaway.{part}"), page.state
    if length(LAB.write(state)) > LONGEST and not problem:  # too long for an address
        st.download_button(
            label,
            data=lambda: worksheet.page(state, part, paper, title),
            file_name=f"gatescope-{part}.html",
            mime="text/html",
            icon=icon,
            on_click="ignore",
            key=f"lab.sheet.{part}",
        )
        return
    address = worksheet.link(state, part, paper, title)
    st.link_button(
        label, address, icon=icon, disabled=problem is not None, help=problem or page.t("takeaway.sheet.help")
    )


def _exercise(page: Page, scene: LabScene) -> None:
    """Offers the cell as an exercise file."""
    st.download_button(
        page.t("takeaway.exercise"),
        data=lambda: dumps(exercises.of_lab(scene.lab, scene.sequence.x)),
        file_name="gatescope-exercise.json",
        mime="application/json",
        help=page.t("takeaway.exercise.help"),
        icon=":material/download:",
        on_click="ignore",
        key="lab.exercise_file",
    )


def _file(page: Page, which: str, data: Callable[[], bytes | str], name: str, mime: str) -> None:
    covered = which == "trace" and page.state.check  # it is what is to be computed
    st.download_button(
        page.t(f"takeaway.{which}"),
        data="" if covered else data,
        file_name=name,
        mime=mime,
        help=page.t("lab.check.covered" if covered else f"takeaway.{which}.help"),
        disabled=covered,
        icon=":material/download:",
        on_click="ignore",
        key=f"lab.{which}",
    )


def _code(page: Page, which: str, code: str) -> None:
    st.markdown(f"**{page.t(f'takeaway.{which}')}**")
    st.code(code, height=420)
    st.download_button(
        page.t("takeaway.save.code"),
        data=code,
        file_name=f"gatescope_{which}.py",
        mime="text/x-python",
        icon=":material/download:",
        on_click="ignore",
        key=f"lab.code.{which}",
    )
