"""A session holds what a reader chose, not the arrays computed of it: a hall has hundreds of sessions."""

import gc

from gates.core.trace import Trace
from gates.scenes import scene
from tests.pages.visits import opened

STEPS, UNITS = 977, 7  # of no other run of the tests
OWN = {"input": "signal", "signal": "sine", "steps": str(STEPS), "through": "random", "units": str(UNITS)}
LINKS = {
    "lstm": OWN,
    "gru": OWN,
    "rnn": OWN,
    "compare": {**OWN, "cells": "lstm,gru-after"},
    "lab": {"begin": "scratch", "cell": "lstm", "inputs": "5", "units": str(UNITS)},
}
RUNS = ((STEPS, UNITS), (22, UNITS))
"""The runs of these links: steps and units."""


def held() -> list[tuple[str, tuple[int, ...]]]:
    """Those that are alive."""
    gc.collect()
    traces = [thing for thing in gc.get_objects() if issubclass(type(thing), Trace)]
    return [(type(trace).__name__, trace.hidden.shape) for trace in traces if trace.hidden.shape in RUNS]


def test_a_session_holds_no_run() -> None:
    sessions = []
    for name, link in LINKS.items():
        app = opened(name, **link)
        app.run()
        assert app.session_state["states"][name].hidden == UNITS
        assert not app.exception
        sessions.append(app)
    scene.RUNS.forget(-1.0)  # what the server keeps for all is bounded: tests/ui/test_shared.py
    assert len(sessions) == len(LINKS)
    assert held() == []
