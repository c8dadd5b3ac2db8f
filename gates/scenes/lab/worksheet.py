"""The exercise on the lab's stage as a sheet to print, and the address that gives it. Pure."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from gates.exercises.classics import CLASSICS
from gates.exercises.generate import TEMPLATES
from gates.exercises.model import Exercise
from gates.exercises.sheets.content import Options, check_size
from gates.exercises.sheets.sheet import sheet
from gates.scenes.lab import check
from gates.scenes.lab.scene import LabScene, build
from gates.scenes.links.lab import LAB
from gates.scenes.state import State
from gates.text import Translator, translator

ADDRESS = "/worksheet"
"""Where the server gives a sheet (``gates/ui/web/routes/worksheets.py``)."""
LONGEST_TITLE = 120


def exercise(scene: LabScene, state: State, t: Translator, title: str = "") -> Exercise:
    """Return what is printed: the exercise on the stage, by ``title`` or by the name that it has in the list.

    Raises:
        GatesError: it does not fit on paper.
    """
    task = check.exercise(scene)
    if not title and task is scene.beginning.exercise:
        title = _listed(state, t)
    task = replace(task, title=title[:LONGEST_TITLE])
    check_size(task)
    return task


def _listed(state: State, t: Translator) -> str:
    name = state.exercise
    if name in TEMPLATES:
        return t("generate.title", title=t(f"template.{name}"), number=state.seed)
    return t(f"exercise.{name}.title") if name in CLASSICS else ""


def page(state: State, part: str, paper: str, title: str = "") -> str:
    """Return a sheet as HTML.

    Raises:
        GatesError: the state cannot be read, or what :func:`exercise` says.
    """
    t = translator(state.lang)
    task = exercise(build(state), state, t, title)
    return sheet(task, ".html", Options(state.lang, state.notation, paper, part=part))


def link(state: State, part: str, paper: str, title: str = "") -> str:
    """Return the address of a sheet, relative to the pages'."""
    parameters = LAB.write(replace(state, check=False)) | {"part": part, "paper": paper}
    return f"{ADDRESS[1:]}?{urlencode(parameters | ({'title': title} if title else {}))}"
