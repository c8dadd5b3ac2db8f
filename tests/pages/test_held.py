"""A session holds what a reader chose, not the arrays computed of it: a hall has hundreds of sessions."""

import gc

import pytest

from gates.core.trace import Trace
from gates.scenes import scene
from tests.pages.test_navigation import opened

STEPS, UNITS = 977, 7  # of no other run of the tests
OWN = {"input": "signal", "signal": "sine", "steps": str(STEPS), "through": "random", "units": str(UNITS)}


def held(steps: int) -> list[str]:
    """The runs of so many steps that are alive."""
    gc.collect()
    traces = [thing for thing in gc.get_objects() if issubclass(type(thing), Trace)]
    return [type(trace).__name__ for trace in traces if trace.hidden.shape == (steps, UNITS)]


@pytest.mark.parametrize(
    ("name", "link", "steps"),
    [
        ("lstm", OWN, STEPS),
        ("gru", OWN, STEPS),
        ("rnn", OWN, STEPS),
        ("compare", {**OWN, "cells": "lstm,gru-after"}, STEPS),
        ("lab", {"begin": "scratch", "cell": "lstm", "inputs": "5", "units": str(UNITS)}, 22),
    ],
)
def test_a_session_holds_no_run(name: str, link: dict[str, str], steps: int) -> None:
    app = opened(name, **link)
    app.run()
    assert app.session_state["states"][name].hidden == UNITS
    assert not app.exception
    scene.RUNS.forget(-1.0)  # what the server keeps for all is bounded: tests/ui/test_shared.py
    assert held(steps) == []
