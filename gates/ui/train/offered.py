"""The trainings that can be watched on a filled screen, where the page's controls are not."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from gates.scenes.links.train import TrainState
from gates.scenes.training import OfferedRun
from gates.text import Translator
from gates.ui import trainings
from gates.ui.train import browser

WATCHED = "training.watched"
"""What this session has had on the stage: ids of a run and of the one beside it."""
MOST = 20


def runs(state: TrainState) -> list[OfferedRun]:
    """Return what this session has watched and what this browser has trained, as far as it can be seen."""
    watched: list[tuple[str, str]] = st.session_state.setdefault(WATCHED, [])
    if state.run and (state.run, state.other) not in watched:
        watched.append((state.run, state.other))
    known = {run.id: run.recipe for run in browser.started() if run.folder.checkpoints()}
    for name in {name for pair in watched for name in pair if name}.difference(known):
        view = trainings.pool().look(name)
        if view is not None and view.folder.checkpoints():
            known[name] = view.recipe
    here = [pair for pair in watched if all(name in known for name in pair if name)]
    beside = {name for pair in here for name in pair}
    alone = [(name, "") for name in known if name not in beside]
    return [
        OfferedRun(run, other, [known[name] for name in (run, other) if name])
        for run, other in [*alone, *here][-MOST:]
    ]


def refusal(query: Mapping[str, str], t: Translator) -> str | None:
    """Return why what was chosen cannot be watched any more; None where it can."""
    names = [query[name] for name in ("run", "other") if query.get(name)]
    return None if all(trainings.look(name) for name in names) else t("train.offered.gone")
