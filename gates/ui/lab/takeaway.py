"""The panel from which one takes one's cell home: code, weights and numbers, made when it is opened."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from gates.examples.lab import snippets
from gates.exercises.file import dumps
from gates.scenes.lab import exercises
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


def _exercise(page: Page, scene: LabScene) -> None:
    """Offers the cell as an exercise file, or says what such a file cannot say."""
    missing = exercises.beyond(scene.lab)
    st.download_button(
        page.t("takeaway.exercise"),
        data=(lambda: dumps(exercises.of_lab(scene.lab, scene.sequence.x))) if missing is None else "",
        file_name="gatescope-exercise.json",
        mime="application/json",
        help=page.t("takeaway.exercise.help" if missing is None else missing),
        icon=":material/download:",
        on_click="ignore",
        disabled=missing is not None,
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
