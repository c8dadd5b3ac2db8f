"""Work that may take longer than a click: done in pieces, with its progress in sight and a way to stop it.

A piece is a function without arguments. What is short is done at once, without anything on the screen; what
is not goes on in a fragment that runs by itself, so that the page stays alive meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from gates.ui.frame import Page

Piece = Callable[[], Any]
AT_ONCE, A_WHILE, PAUSE = 0.7, 0.4, 0.15  # seconds: before anything is shown, in one go after that, between


@dataclass
class Work:
    """Pieces of which the first ``len(results)`` are done."""

    made_from: Hashable
    pieces: Sequence[Piece]
    results: list[Any] = field(default_factory=list)
    stopped: bool = False
    reported: bool = False  # the page has drawn what there was when it was stopped

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return len(self.results) == len(self.pieces)

    def work_for(self, seconds: float) -> None:
        """Does pieces, at least one, until ``seconds`` are over."""
        end = time.monotonic() + seconds
        while not self.done:
            self.results.append(self.pieces[len(self.results)]())
            if time.monotonic() >= end:
                return


def results(page: Page, name: str, made_from: Hashable, pieces: Sequence[Piece]) -> list[Any]:
    """The results of the pieces done so far, in order; shows progress and a button to stop if some are left.

    Args:
        page: whose work it is.
        name: tells several works of one page apart.
        made_from: what the results depend on: work goes on from run to run as long as it is equal.
        pieces: what is to be done, each at most some tenths of a second.
    """
    key = f"{page.name}.work.{name}"
    work = st.session_state.get(key)
    if not isinstance(work, Work) or work.made_from != made_from:
        work = st.session_state[key] = Work(made_from, pieces)
        work.work_for(AT_ONCE)
    if not work.done:
        st.fragment(_progress, run_every=None if work.stopped else PAUSE)(page, key)
    return list(work.results)


def _progress(page: Page, key: str) -> None:
    work, t = st.session_state[key], page.t

    def stop() -> None:
        work.stopped = True

    def resume() -> None:
        work.stopped = work.reported = False

    with st.container(horizontal=True, vertical_alignment="center"):
        share = len(work.results) / len(work.pieces)
        st.progress(share, t("gradients.work", done=len(work.results), count=len(work.pieces)))
        if work.stopped:
            st.button(
                t("gradients.resume"), key=f"{key}.resume", on_click=resume, icon=":material/play_arrow:"
            )
            if not work.reported:
                work.reported = True
                st.rerun()
            return
        st.button(t("gradients.stop"), key=f"{key}.stop", on_click=stop, icon=":material/stop:")
    work.work_for(A_WHILE)
    if work.done:
        st.rerun()
