"""A page's state as a small file, for what is too long for a link."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from gates import strict_json
from gates.errors import GatesError
from gates.examples.lab import codec as lab_codec
from gates.exercises.errors import ExerciseError
from gates.exercises.file import from_json
from gates.inputs.sequence import InputError
from gates.scenes.lab import exercises
from gates.scenes.links import codec
from gates.scenes.links.compare import CompareState
from gates.scenes.links.gradients import GradientState
from gates.scenes.links.train import TrainState
from gates.scenes.registry import PAGES
from gates.scenes.state import State
from gates.ui import link
from gates.ui.frame import Page, adopt

LARGEST = 1_000_000
FORMAT = "gatescope"
LARGEST_SENT = 64
"""Megabytes of a file that reaches the server at all. What is too large, but not that large, is refused by
us in the reader's language; Streamlit refuses in English."""


def menu(page: Page) -> None:
    """Offers to save the page's state and to open a saved one; says so where a link cannot hold it."""
    t = page.t
    with st.popover(t("file.menu"), icon=":material/share:", width="content"):
        long = codec.length(_parameters(page.state)) > codec.LONGEST
        st.markdown(t("link.long") if long else t("link.short"))
        if not long:
            link.show(page)
        st.download_button(
            t("file.save"),
            data=save(page.state),
            file_name=f"gatescope-{_kind(page.state)}.json",
            mime="application/json",
            on_click="ignore",
            icon=":material/download:",
        )
        uploaded = st.file_uploader(
            t("file.open"),
            help=t("file.open.help"),
            key=f"{page.name}.file",
            max_upload_size=LARGEST_SENT,
        )
        if uploaded is not None and st.session_state.get(f"{page.name}.opened") != uploaded.file_id:
            try:
                if uploaded.size > LARGEST:
                    raise FileError("file.reason.size")
                query = load(uploaded.getvalue(), _kind(page.state))
            except FileError as wrong:
                key = "file.bad.exercise" if wrong.key.startswith("error.") else "file.bad"
                st.error(t(key, reason=t(wrong.key, **wrong.values)))
                return
            st.session_state[f"{page.name}.opened"] = uploaded.file_id
            adopt(page.name, query)
            st.rerun()


class FileError(GatesError):
    """A file that is no saved state, and why."""


def save(state: State) -> str:
    """The file: the same parameters as in a link, own input as it was typed."""
    return json.dumps(
        {"format": FORMAT, "cell": _kind(state), "parameters": _parameters(state)},
        ensure_ascii=False,
        indent=1,
    )


def _kind(state: State) -> str:
    """What a file says of the page that it belongs to."""
    if isinstance(state, GradientState):
        return "gradients"
    if isinstance(state, CompareState):
        return "compare"
    if isinstance(state, TrainState):
        return "train"
    return "lab" if state.in_lab else state.cell


def _parameters(state: State) -> dict[str, str]:
    """The parameters of a state's link, however long."""
    return PAGES[_kind(state)].link.write(state)


def load(data: bytes, cell: str) -> dict[str, str]:
    """The parameters in a saved file, or of the lab with the exercise that is in an exercise file.

    Raises:
        FileError: if it is too large, no JSON, no state of ours, damaged, or one of another page.
    """
    if len(data) > LARGEST:
        raise FileError("file.reason.size")
    try:
        content: Any = strict_json.loads(data, finite=False)
    except ValueError:
        raise FileError("file.reason.json") from None
    if isinstance(content, dict) and "weights" in content and "format" not in content:
        return _exercise(content, cell)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FileError("file.reason.other")
    parameters = content.get("parameters")
    if not isinstance(parameters, dict) or not all(isinstance(value, str) for value in parameters.values()):
        raise FileError("file.reason.other")
    if content.get("cell") != cell:
        raise FileError("file.reason.cell", page=str(content.get("cell"))[:10].upper())
    if "lab" in parameters:
        try:
            lab_codec.unpack(parameters["lab"])
        except InputError:
            raise FileError("file.reason.other") from None
    return parameters


def _exercise(content: dict[str, Any], cell: str) -> dict[str, str]:
    """The parameters with which the lab opens an exercise; the language stays the reader's."""
    if cell != "lab":
        raise FileError("file.reason.exercise")
    try:
        exercise = from_json(content)
        lab = exercises.to_lab(exercise)
    except (ExerciseError, InputError) as wrong:
        raise FileError(wrong.key, **wrong.values) from None
    state = State(
        lab.kind,
        in_lab=True,
        source="scratch",
        inputs=lab.inputs,
        hidden=lab.hidden,
        reset=exercise.reset if lab.kind == "gru" else "before",  # type: ignore[arg-type]
        update=exercise.update,  # type: ignore[arg-type]
        lab=lab_codec.pack(lab),
    )
    return {name: value for name, value in _parameters(state).items() if name != "lang"}
