"""A run's film on the page's stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from gates.scenes import training
from gates.scenes.links.train import TrainState
from gates.scenes.training import OfferedRun, ShownRun
from gates.text import subset
from gates.ui.frame import Page
from gates.ui.stage import component
from gates.ui.stage.component import RefusalReason


def state_of(page: Page) -> TrainState:
    """The page's state, which is a training."""
    return page.state_as(TrainState)


def show(
    page: Page,
    state: TrainState,
    runs: Sequence[ShownRun],
    choices: Sequence[OfferedRun],
    refuses: RefusalReason,
) -> None:
    """Shows a run with its film; or two side by side, below one transport and one slider for both.

    Args:
        page: whose stage it is.
        state: what the page shows.
        runs: one, or those beside each other.
        choices: what can be watched instead.
        refuses: what says why one of them cannot be, as of :func:`gates.ui.stage.component.show`.
    """
    extra = {"tell": tab_open(page, "takeaway"), "reported": shown_step(page)}
    first, *others = training.stages(state, runs, page.t.plain, extra=extra)
    first.header["examples"] = training.examples(state, runs, choices, page.t.plain)
    _show_stage(page, first, "stage", refuses)
    if others:
        for index, (container, other) in enumerate(zip(st.columns(len(others)), others, strict=True)):
            with container:
                _show_stage(page, other, f"stage.{index}")


def _show_stage(page: Page, shown: training.Stage, key: str, refuses: RefusalReason | None = None) -> None:
    words = {"strings": subset(page.state.lang, training.PREFIXES)}
    component.show(
        page, shown.scene, key=key, on_film=film_listener(page), arrays=shown.arrays, refuses=refuses,
        **(words | shown.header),
    )  # fmt: skip


def tab_open(page: Page, name: str) -> bool:
    """Whether one of the tabs below the stage is open."""
    return bool(st.session_state.get(f"{page.name}.tabs") == page.t(f"train.tab.{name}"))


def shown_step(page: Page) -> int | None:
    """The training step of the checkpoint on the screen, as far as the browser told of it."""
    step: int | None = st.session_state.get(f"{page.name}.film")
    return step


def film_listener(page: Page) -> Callable[[int], None]:
    """What notes the checkpoint on the screen when the browser tells of it."""

    def keep_step(step: int) -> None:
        st.session_state[f"{page.name}.film"] = step

    return keep_step
