"""The lab in a file: its own engine gives NumPy's numbers, and judges a challenge as the app does."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gates.examples.challenges.catalogue import CHALLENGES
from gates.examples.lab.state import Clamped, LabState
from gates.examples.lab.task import Task
from gates.export import page
from gates.scenes.lab import header as lab_header
from gates.text import translator
from tests.export.files import AGREED, Parsed, answers, answers_of_files
from tests.pages.languages import in_turn
from tests.scenes.lab_messages import message

TARGETS = np.random.default_rng(1).dirichlet(np.ones(3), 12)


def random_lab(kind: Any, inputs: int, hidden: int, seed: int, **options: Any) -> LabState:
    """A cell with distinct random weights."""
    rng = np.random.default_rng(seed)
    parts = {"lstm": 4, "gru": 3, "rnn": 1}[kind] * hidden
    if options.pop("peepholes", False):
        options["peephole"] = rng.normal(size=(3, hidden))
    if kind == "gru" and options.get("reset", "after") == "after":
        options["b_hn"] = rng.normal(size=hidden)
    weights = [rng.normal(size=shape) for shape in ((parts, inputs), (parts, hidden), (parts,))]
    return LabState(kind, *weights, **options)


CLAMPS = (Clamped("hidden", 0.25, (0,), (2, 4)),)
EDITED = [
    random_lab("lstm", 2, 3, 0),
    random_lab(
        "lstm", 2, 8, 1, peepholes=True, clamps=(Clamped("forget", 1.0), Clamped("cell", -2.0, (1,), (3, 3)))
    ),
    random_lab("lstm", 2, 2, 2, coupled=True),
    random_lab("lstm", 2, 2, 3, without=["output"]),
    random_lab("gru", 2, 4, 4, clamps=CLAMPS),
    random_lab("gru", 2, 4, 5, reset="before"),
    random_lab("rnn", 2, 3, 6, clamps=CLAMPS),
    random_lab("rnn", 2, 3, 7, activation="relu"),
    random_lab(
        "lstm",
        2,
        2,
        10,
        candidate_activation="identity",
        cell_activation="softsign",
        initial_hidden=[0.5, -1.0],
        initial_cell=[2.0, 0.0],
        task=Task(V=[[0.3, -2.0]], b=[0.7], activation="tanh"),
    ),
    random_lab("gru", 2, 3, 11, gate_activation="hard_sigmoid", initial_hidden=[1.0, 0.1, -0.3]),
    random_lab(
        "rnn",
        2,
        3,
        12,
        activation="elu",
        task=Task(targets=TARGETS[:8], loss="mean_squared", learning_rate=0.5),
    ),
    random_lab(
        "rnn",
        2,
        3,
        13,
        activation="sigmoid",
        x=np.random.default_rng(9).normal(size=(12, 2)),
        tokens=("t",) * 12,
        task=Task(
            V=np.random.default_rng(2).normal(size=(3, 3)),
            b=np.ones(3),
            activation="softmax",
            loss="cross_entropy",
            targets=np.where(np.arange(12)[:, None] % 3, np.nan, TARGETS),
        ),
    ),
    random_lab("lstm", 5, 2, 8, x=np.random.default_rng(9).normal(size=(7, 5)), tokens=tuple("abcdefg")),
]


@pytest.fixture(scope="module")
def latch() -> Any:
    return Parsed(page.build(["/lab?cell=lstm&preset=latch&lang=en"])).data


def test_an_edited_cell_has_the_numbers_of_numpy(latch: Any) -> None:
    (given,) = answers(latch, [{"state": 0, "lang": "en"}])
    assert given["header"]["at"]["step"] == 0, "where nothing else is said, not where a state before stood"
    x = np.reshape(given["arrays"]["x"], (-1, 2))
    asked = [
        {"state": 0, "lang": "en", "lab": message(lab, serial=serial, sliders={})}
        for serial, lab in enumerate(EDITED)
    ]
    for serial, (lab, found) in enumerate(zip(EDITED, answers(latch, asked), strict=True)):
        trace = lab.run(x if lab.x is None else lab.x)
        for name in (*trace.signals, "initial_hidden"):
            ours = np.reshape(found["arrays"][name], getattr(trace, name).shape)
            assert np.abs(ours - getattr(trace, name)).max() <= AGREED, (lab.options, name)
        if lab.task.is_asked:
            outputs, losses, _ = lab.task.outcome(trace.hidden)
            for name, ours in (("outputs", outputs), ("losses", losses)):
                assert (
                    ours is None or np.abs(np.ravel(ours) - found["arrays"][f"task.{name}"]).max() <= AGREED
                )
        told = found["header"]
        assert (told["cell"], told["steps"], told["units"]) == (lab.kind, len(trace.hidden), lab.hidden)
        assert told["description"]["name"].lower().startswith(lab.kind)
        assert told["lab"]["reply"] == serial
        assert told["lab"]["engine"] == "browser"
        assert len(told["columns"]) == lab.inputs
    assert "engine" not in given["header"]["lab"]


def test_what_the_example_says_is_marked_as_the_examples_once_it_is_edited(latch: Any) -> None:
    edit = message(replace(EDITED[0]))
    as_made, edited, other = answers(
        latch,
        [
            {"state": 0, "lang": "zh"},
            {
                "state": 0,
                "lang": "zh",
                "lab": edit | {"hidden": 1, "weights": message(random_lab("lstm", 2, 1, 1))["weights"]},
            },
            {"state": 0, "lang": "zh", "lab": edit},
        ],
    )
    said = translator("zh").catalogue["preset.elsewhere"].partition("{")[0]
    assert not as_made["header"]["watch"].startswith(said)
    assert edited["header"]["watch"].startswith(said)
    assert other["header"]["watch"] is None  # three units are no latch any more


def tries(challenge: Any) -> list[LabState]:
    """Cells to judge: the start, the solution, what lies about them, and what does not fit."""
    start, solution = LabState.of(challenge.start), LabState.of(challenge.solution)
    rng = np.random.default_rng(1)
    near = [replace(one, b=one.b + rng.normal(size=one.b.shape)) for one in (start, solution)]
    other = random_lab("rnn" if start.kind != "rnn" else "gru", start.inputs, 2, 3)
    wide = random_lab(start.kind, start.inputs + 1, 2, 4)
    wide = replace(wide, x=np.zeros((3, start.inputs + 1)), tokens=tuple("abc"))
    clamped = replace(solution, clamps=(Clamped("hidden", 0.0),))
    return [
        start,
        solution,
        *near,
        other,
        wide,
        clamped,
        random_lab(start.kind, start.inputs, start.hidden, 5),
    ]


def test_every_challenge_is_judged_as_in_the_app() -> None:
    tried = [(name, language, tries(CHALLENGES[name])) for name, language in in_turn(CHALLENGES)]
    files = []
    for name, language, labs in tried:
        data = Parsed(page.build([f"/lab?begin=challenge&challenge={name}&lang={language}"])).data
        files.append(
            (data, [{"state": 0, "lang": language, "lab": message(lab, sliders={})} for lab in labs])
        )
    for (name, language, labs), judged in zip(tried, answers_of_files(files), strict=True):
        challenge, t = CHALLENGES[name], translator(language)
        for lab, found in zip(labs, judged, strict=True):
            told = found["header"]["lab"]["challenge"]
            result = challenge.judge(lab, challenge.sequence.x if lab.x is None else lab.x)
            said = lab_header.sentences(challenge, result, t)
            assert told["solved"] == result.solved, name
            assert told["near"] == pytest.approx(result.near, abs=AGREED), name
            assert (told["changes"], told["sentences"]) == (result.changes, said), name
            assert told["hidden"]["right"] == result.hidden.right, name
        assert [found["header"]["lab"]["challenge"]["solved"] for found in judged[:2]] == [False, True]


def test_an_edited_input_is_not_judged_by_what_was_asked_of_another() -> None:
    challenge = CHALLENGES["hold"]
    data = Parsed(page.build(["/lab?begin=challenge&challenge=hold"])).data
    solution = LabState.of(challenge.solution)
    moved = replace(solution, x=-challenge.sequence.x, tokens=challenge.sequence.tokens)
    same = replace(solution, x=challenge.sequence.x, tokens=challenge.sequence.tokens)
    told = [
        found["header"]["lab"]["challenge"]
        for found in answers(
            data, [{"state": 0, "lang": "en", "lab": message(lab, sliders={})} for lab in (moved, same)]
        )
    ]
    assert [one["solved"] for one in told] == [True, True]  # by the hidden sequences
    assert [one["shown"] is None for one in told] == [True, False]
    assert [one["wanted"] == [] for one in told] == [True, False]


def test_a_link_to_a_state_of_the_file_is_found_wherever_it_stands_there():
    links = ["/lstm?preset=latch&step=3", "/lstm?preset=latch&sharpness=0.5", "/?preset=locker"]
    links += ["/train?task=parity", "/train?checkpoint=8"]
    data = Parsed(page.build(links)).data
    asked = [
        {"page": "lstm", "params": {"preset": "latch", "step": "7", "lang": "zh", "view": "diagram"}},
        {"page": "lstm", "params": {"step": "2", "sharpness": "0.5", "preset": "latch"}},
        {"page": "home", "params": {"preset": "locker"}},
        {"page": "lstm", "params": {"preset": "latch", "sharpness": "0.6"}},
        {"page": "gru", "params": {"preset": "latch"}},
        {"page": "train", "params": {"task": "parity", "cell": "lstm", "checkpoint": "8"}},
    ]
    assert answers(data, asked) == [0, 1, 2, -1, -1, 3]
    films = answers(data, [{"state": state, "lang": "en"} for state in (3, 4)])
    assert len({film["header"]["film"]["run"] for film in films}) == 2, "each has a checkpoint of its own"
