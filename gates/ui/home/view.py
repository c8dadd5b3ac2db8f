"""Three ways in, by who one is; below the living picture the list of all pages."""

from __future__ import annotations

import streamlit as st

from gates import paths
from gates.course import reader
from gates.exercises.classics import CLASSICS
from gates.exercises.puzzles.strips import STRIP
from gates.glossary import formulas
from gates.scenes.registry import HOME, PAGES
from gates.ui.frame import Page
from gates.ui.home import resume

OWN_MODEL = """\
import torch
from gates.interop import load
from gates.notebook import show
net = load(torch.nn.LSTM(3, 4))
run = net.run(torch.randn(20, 3))
show(run.layers[0].forward)
"""
"""What ``tests/ui/test_home.py`` runs: every gate of one's own model, on the stage in a notebook."""
FIRST_LESSONS = 3
SHEETS = ("lstm", "gru-after", "gru-before", "rnn")
COMMAND = "gatescope generate --template lstm-two --seeds 7"


def entrances(page: Page) -> None:
    """Shows the three ways in: to learn, to teach, and into a model of one's own."""
    with st.container(horizontal=True, gap="small", key="doors"):
        with st.container(border=True, width="stretch", gap="xsmall", key="learn"):
            _learn(page)
        with st.container(border=True, width="stretch", gap="xsmall", key="teach"):
            _teach(page)
        with st.container(border=True, width="stretch", gap="xsmall", key="own"):
            _own(page)


def _learn(page: Page) -> None:
    t = page.t
    first = {"lesson": reader.names()[0]}  # a link to a step leads to its question, past the list of lessons
    st.page_link(
        paths.PAGES / "course.py",
        label=f"**{t('home.course.title')}**",
        icon=PAGES["course"].icon,
        query_params=first,
    )
    st.caption(t("home.course"))
    if resume.show(page):
        st.switch_page(paths.PAGES / "course.py")
    for name in reader.names()[:FIRST_LESSONS]:
        number, title = reader.structure(name)["number"], reader.words(name, t.language)["title"]
        label = t("home.learn.lesson", number=number, title=title)
        st.page_link(paths.PAGES / "course.py", label=label, query_params={"lesson": name})
    puzzle = {"begin": "exercise", "exercise": STRIP, "seed": "1"}  # which asks for f
    lab = paths.PAGES / "lab.py"
    st.page_link(lab, label=t("home.learn.puzzle"), icon=":material/extension:", query_params=puzzle)
    st.page_link(paths.PAGES / "glossary.py", label=t("home.learn.glossary"), icon=PAGES["glossary"].icon)


def _teach(page: Page) -> None:
    t = page.t
    _page_link(page, "lecture", t("home.teach.title"))
    st.caption(t("home.teach"))
    lab = paths.PAGES / "lab.py"
    query = {"begin": "exercise", "exercise": CLASSICS[0]}
    st.page_link(lab, label=t("home.teach.exercises"), icon=":material/calculate:", query_params=query)
    st.markdown(t("home.teach.sheets") + t.plain.between + " · ".join(_sheets(page)))
    st.caption(t("home.teach.command"))
    st.code(COMMAND, language="sh", wrap_lines=True)


def _sheets(page: Page) -> list[str]:
    """Links to the formula sheets, in the notation chosen."""
    t, state = page.t, page.state
    links = (formulas.link(cell, t.language, state.notation, state.update) for cell in SHEETS)
    return [f"[{t(f'compare.column.{cell}')}]({link})" for cell, link in zip(SHEETS, links, strict=True)]


def _own(page: Page) -> None:
    t = page.t
    st.markdown(f"**{t('home.own.title')}**")
    st.caption(t("home.own"))
    st.code(OWN_MODEL)
    st.caption(t("home.own.docs"))


def pages(page: Page) -> None:
    """Lists all pages, a line each."""
    st.markdown(f"**{page.t('home.pages')}**")
    with st.container(gap=None, key="all-pages"):
        for entry in PAGES.values():
            if entry.name == HOME:
                continue
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _page_link(page, entry.name, page.t(f"page.{entry.name}.nav"))
                st.caption(page.t(f"home.{entry.name}"))


def _page_link(page: Page, name: str, label: str) -> None:
    st.page_link(paths.PAGES / f"{name}.py", label=f"**{label}**", icon=PAGES[name].icon)
