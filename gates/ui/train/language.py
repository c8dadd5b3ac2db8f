"""What the train page shows of language models: samples, and the source texts' own experiment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from gates.errors import GatesError
from gates.figures.plain import number
from gates.scenes.film import Film
from gates.scenes.links.train import FIELDS
from gates.scenes.training import ShownRun
from gates.text import escape
from gates.training.d2l_figures import FIRST_EDITION, SECOND_EDITION, Published, published_recipe
from gates.training.recipe import Recipe
from gates.training.tasks import source_texts
from gates.training.tasks.language import PROMPTS, Vocabulary, continuation
from gates.ui.frame import Page
from gates.ui.train.stage import state_of

LENGTH = 50
"""Characters of a sample, as d2l prints them."""
OPENING = 12
"""Characters of one's own text that a sample begins with."""
MOST_ROWS = 7
"""Checkpoints whose samples stand below each other."""


def text(page: Page) -> None:
    """Shows which text the character model reads; where it cannot be had, says so and offers another."""
    t, state = page.t, state_of(page)
    try:
        with st.spinner(t("train.text.fetching")):
            size = len(source_texts.text(state.corpus))
    except GatesError as wrong:
        st.warning(t(wrong.key, **wrong.values), icon=":material/cloud_off:")
        with st.container(horizontal=True):
            st.button(
                t("train.text.python"), key=f"{page.name}.text.python", icon=":material/menu_book:",
                on_click=_choose, args=(page, "python"),
            )  # fmt: skip
            st.button(
                t("train.text.again"), key=f"{page.name}.text.again", icon=":material/refresh:",
                on_click=source_texts.try_again,
            )  # fmt: skip
        return
    set_published(page)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t(f"train.text.{state.corpus}.about", size=f"{size:,}"), width="content")
        other = next(name for name in source_texts.TEXTS if name != state.corpus)
        st.button(
            t(f"train.text.{other}"), key=f"{page.name}.text.{other}", type="tertiary",
            on_click=_choose, args=(page, other),
        )  # fmt: skip


def _choose(page: Page, corpus: str) -> None:
    page.keep(replace(state_of(page), corpus=corpus))


def set_published(page: Page) -> bool:
    """Makes d2l's recipe the page's where that was asked for; whether there is a text to train on."""
    state, key = state_of(page), f"{page.name}.published"
    try:
        source = state.data
        if source is not None and st.session_state.pop(key, False):
            page.keep(replace(state, changes=published_changes(state.kind, source)))
    except GatesError:
        return False  # the page says what is wrong with the text, and offers another
    return True


def published_changes(kind: str, source: str) -> dict[str, Any]:
    """What d2l's recipe has otherwise than the measured one.

    Raises:
        TrainingError: the text is too short for it.
    """
    usual = Recipe.of("characters", kind, source=source)
    published = published_recipe(kind, source=source)
    return {
        name: getattr(published, name) for name in FIELDS if getattr(published, name) != getattr(usual, name)
    }


def samples(page: Page, runs: Sequence[ShownRun]) -> None:
    """Shows what each model writes, and how well it predicts, beside what the book reports."""
    t = page.t
    for run in runs:
        _perplexities(page, run)
    temperature = float(
        st.slider(
            t("train.temperature"), 0.0, 2.0, 0.0, 0.1, key=f"{page.name}.temperature",
            help=t("train.temperature.help"), width=420,
        )
    )  # fmt: skip
    for run in runs:
        _samples(page, run, temperature)
    if runs[0].film.recipe.task == "characters":
        _published(page, runs)


def _perplexities(page: Page, run: ShownRun) -> None:
    t, film = page.t, run.film
    _, training = film.series("training_perplexity")
    _, validation = film.series("metric")
    if not validation:
        return
    st.markdown(
        t(
            "train.perplexity",
            title=run.title,
            training=number(training[-1], 3) if training else "–",
            validation=number(validation[-1], 3),
            baseline=number(film.task.baseline, 3),
        )
    )


def _samples(page: Page, run: ShownRun, temperature: float) -> None:
    """What the model writes after each beginning, now and at checkpoints before."""
    t, film = page.t, run.film
    steps = film.steps
    chosen = sorted(
        {steps[round(index)] for index in np.linspace(0, len(steps) - 1, MOST_ROWS)}, reverse=True
    )
    prompts = _prompts(film)
    heads = [t("train.sample.step"), *(f"“{escape.markdown(_one_line(prompt))}” …" for prompt in prompts)]
    lines = ["| " + " | ".join(heads) + " |", "|--:" + "|---" * len(prompts) + "|"]
    for step in chosen:
        written = [_written(film, step, prompt, temperature) for prompt in prompts]
        lines.append(f"| {step:,} | " + " | ".join(escape.code(each) for each in written) + " |")
    st.markdown(f"**{escape.markdown(run.title)}**\n\n" + "\n".join(lines))


def _one_line(text: str) -> str:
    return text.replace("\n", "↵")


def _prompts(film: Film) -> tuple[str, ...]:
    if film.recipe.task == "characters":
        return PROMPTS
    return (film.beginning[:OPENING],)


def _written(film: Film, step: int, prompt: str, temperature: float) -> str:
    """A sample: the same checkpoint, beginning and temperature always give the same."""
    key = (step, prompt, temperature)
    if key not in film.samples:
        rng, network = np.random.default_rng(0), film.frames[step].network
        whole = continuation(network, Vocabulary(film.task.answers), prompt, LENGTH, temperature, rng)
        film.samples[key] = whole[len(prompt) :]
    return film.samples[key]


def _published(page: Page, runs: Sequence[ShownRun]) -> None:
    """The published figures beside those measured here."""
    t = page.t
    st.markdown(t("train.published.about"))
    heads = ("what", "training", "validation", "speed")
    lines = ["| " + " | ".join(t(f"train.published.{name}") for name in heads) + " |", "|---|--:|--:|--:|"]
    for run in runs:
        training, validation = (run.film.series(name)[1] for name in ("training_perplexity", "metric"))
        rate = run.view.status.rate if run.view else 0.0
        cells = [number(values[-1], 3) if values else "–" for values in (training, validation)]
        lines.append(
            f"| **{escape.markdown(run.title)}** | **{cells[0]}** | **{cells[1]}** | **{rate:,.0f}** |"
        )
    for edition, figures in (("first", FIRST_EDITION), ("second", SECOND_EDITION)):
        lines += [_line(page, edition, figure) for figure in figures]
    st.markdown("\n".join(lines))
    st.caption(t("train.published.note"))


def _line(page: Page, edition: str, published: Published) -> str:
    t = page.t
    way = t(f"train.scratch.{str(published.scratch).lower()}")
    title = f"{t(f'train.published.{edition}')} · {t(f'train.cell.{published.cell}')} · {way}"
    validation = f"{published.validation:g}" if published.validation else "–"
    speed = f"{published.speed:,}" if published.speed else "–"
    return f"| {title} | {published.training} | {validation} | {speed} |"
