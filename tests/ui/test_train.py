"""The train page's state and link, and a film: what the browser gets is what the engine computes."""

import csv
import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gates.examples.lab import codec as lab_codec
from gates.examples.lab.state import MOST, MOST_INPUTS
from gates.interop import load
from gates.scenes import film as films
from gates.scenes import training
from gates.scenes.film import EXAMPLE, Film
from gates.scenes.links.train import TRAIN, TrainState, example
from gates.scenes.state import Position
from gates.text import markdown_translator, translator
from gates.training.d2l_figures import FIRST_EDITION, SECOND_EDITION
from gates.training.recipe import CELLS, Recipe
from gates.training.runs.folder import RECORDS, Log, RunFolder, Status
from gates.training.runs.run import View
from gates.ui import trainings
from gates.ui.frame import Page
from gates.ui.train import language, takeaway, view
from tests.training.runs.recorded import recorded_run

PAGE = Page("train", "lstm", markdown_translator("en"), Position(), "1")
CHANGED = TrainState(
    task="recall",
    kind="gru",
    beside="lstm",
    changes={"hidden": 5, "lr": 0.003, "clip": None, "forget_bias": 2.5, "optimiser": "sgd", "scratch": True},
    run="aB-3_x",
    other="zz",
    layer=1,
)


def test_a_link_says_everything_and_nothing_that_goes_without_saying() -> None:
    assert TRAIN.write(TrainState()) == {"lang": "en", "task": "parity", "cell": "lstm"}
    query = TRAIN.write(CHANGED)
    assert (query["units"], query["rate"], query["clip"], query["scratch"]) == ("5", "0.003", "none", "1")
    state, _, problems = TRAIN.read(query, TrainState())
    assert state == CHANGED and not problems
    assert set(query) <= set(TRAIN.names)


def test_own_text_travels_packed_and_comes_back() -> None:
    own = "läuft? 运行!\n" * 40
    state, _, problems = TRAIN.read(TRAIN.write(TrainState(task="text", own=own)), TrainState())
    assert isinstance(state, TrainState) and state.data == own and not problems


def test_a_long_text_is_left_out_of_the_link() -> None:
    assert "data" not in TRAIN.write(TrainState(task="text", own="ab " * 100_000))


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"task": "chess"}, "task"),
        ({"units": "0"}, "units"),
        ({"rate": "NaN"}, "rate"),
        ({"run": "../../etc/passwd"}, "run"),
        ({"layer": "9"}, "layer"),
        ({"data": "!!", "task": "text"}, None),
        ({"cell": "rnn", "bias": "1"}, None),
    ],
)
def test_nonsense_is_named_and_the_rest_counts(query: dict[str, str], named: str | None) -> None:
    state, _, problems = TRAIN.read({"seed": "3"} | query, TrainState())
    assert isinstance(state, TrainState)
    assert len(problems) == 1
    if named:
        assert problems[0].values["name"] == named
        assert state.changes == {"seed": 3}
    state.recipe()  # what is left can be trained


@pytest.mark.parametrize("beside", ["bias0", "scratch", "rnn", "lstm", "gru-before"])
def test_beside_differs_in_nothing_but_what_is_compared(beside: str) -> None:
    state = TrainState(task="recall", kind="lstm", beside=beside, changes={"hidden": 6, "seed": 5})  # type: ignore[arg-type]
    own, other = state.recipe(), state.second_recipe()
    assert other is not None
    assert (other.hidden, other.seed, other.steps, other.task) == (6, 5, own.steps, own.task)
    differing = {name for name in vars(own) if getattr(own, name) != getattr(other, name)}
    allowed = {"bias0": {"forget_bias"}, "scratch": {"scratch"}}.get(beside, {"cell", "forget_bias", "lr"})
    assert differing <= allowed
    if beside != "lstm":
        assert differing


@pytest.mark.parametrize("task", ["text", "series"])
def test_the_tasks_on_own_data_begin_with_an_example(task: str) -> None:
    state = TrainState(task=task, beside="gru")
    assert state.recipe() == Recipe.of(task, "lstm", source=example(task))
    assert state.second_recipe() == Recipe.of(task, "gru", source=example(task))
    own = "so it goes. " * 20 if task == "text" else "\n".join(map(str, range(60)))
    state = replace(state, own=own)
    assert state.data == own and state.recipe() == Recipe.of(task, "lstm", source=own)
    second = state.second_recipe()
    assert second == Recipe.of(task, "gru", source=own)
    assert second.batch == (4 if task == "text" else 64), "what the own text's length allows"


@pytest.mark.parametrize(
    ("status", "place", "said"),
    [
        (Status("queued", steps=500), 2, "waiting, place 2 in the queue"),
        (Status("paused", 1200, 5000, 9, 1.0), 0, "paused at step 1,200 of 5,000"),
        (Status("running", 0, 5000), 0, "starting…"),
        (
            Status("running", 1, 5000, 2000, 0.01), 0,
            "step 1 of 5,000 · 200,000 timesteps a second · about 50 s left",
        ),
        (
            Status("running", 1000, 4000, 1234, 50.0), 0,
            "step 1,000 of 4,000 · 25 timesteps a second · about 2 min left",
        ),
    ],
)  # fmt: skip
def test_how_far_a_run_is_is_said(status: Status, place: int, said: str, tmp_path: Path) -> None:
    run = View("run", Recipe.of("recall"), RunFolder(tmp_path), status, place)
    assert view._progress(PAGE, run) == said


def test_a_time_is_said_as_one_says_it() -> None:
    said = [view.duration(PAGE, seconds) for seconds in (0.04, 9.96, 10, 89.9, 90, 3600)]
    assert said == ["0.0 s", "10.0 s", "10 s", "90 s", "2 min", "60 min"]


def test_the_published_figures_stand_beside_those_measured_here(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(language, "st", SimpleNamespace(markdown=said.append, caption=said.append))

    def run(title: str, training: list[float], metric: list[float], status: Status | None) -> Any:
        series = {"training_perplexity": ([1], training), "metric": ([1], metric)}
        shown = None if status is None else SimpleNamespace(status=status)
        return SimpleNamespace(title=title, film=SimpleNamespace(series=series.__getitem__), view=shown)

    status = Status("running", 10, 20, 30_000, 2.0)
    language._published(PAGE, [run("GRU *a*", [9.0, 1.234], [2.5], status), run("LSTM", [], [], None)])
    about, table, note = said
    assert (about, note) == (PAGE.t("train.published.about"), PAGE.t("train.published.note"))
    lines = table.splitlines()
    assert lines[:5] == [
        "| Model | Training perplexity | Validation perplexity | Tokens a second |",
        "|---|--:|--:|--:|",
        r"| **GRU \*a\*** | **1.23** | **2.5** | **15,000** |",
        "| **LSTM** | **–** | **–** | **0** |",
        "| d2l 0.17 · GRU, reset before · from scratch | 1.1 | – | 26,805 |",
    ]
    first = 4 + len(FIRST_EDITION)
    assert lines[first] == "| d2l 1.0 · GRU, reset before · from scratch | 5.73 | 6.74 | – |"
    assert len(lines) == first + len(SECOND_EDITION)


def test_the_lab_takes_one_layer_that_is_small_enough() -> None:
    sizes = [(1, MOST, MOST_INPUTS), (2, 4, 4), (1, MOST + 1, 4), (1, 4, MOST_INPUTS + 1), (2, MOST + 1, 4)]
    assert [takeaway.editable(*size) for size in sizes] == [True, False, False, False, False]


# The film


def test_the_recorded_run_is_what_its_recipe_says() -> None:
    film = films.film(EXAMPLE)
    assert film.recipe == Recipe.of("parity")
    last = film.steps[-1]
    network = load(film.folder.checkpoints()[last])
    batch = film.task.held_out()
    scored = film.task.score(network.run(batch.x).scores, batch)
    _, metrics = film.series("metric")
    assert scored == metrics[-1] == 1.0
    assert film.folder.status.state == "done"


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("cell", CELLS)
def test_the_browser_gets_the_engines_numbers_of_every_checkpoint(
    tmp_path: Path, cell: str, layer: int
) -> None:
    film = films.film(recorded_run(tmp_path / "run", cell, layers=2))
    arrays = films.stacked(film, layer, film.steps)
    for index, path in enumerate(film.folder.checkpoints().values()):
        run = films.as_float64(load(path)).run(film.probe.x)
        trace = run.layers[layer].forward
        assert trace is not None
        for signal in trace.signals:
            if signal != "x" or layer:
                assert np.array_equal(arrays[f"film.{signal}"][index], getattr(trace, signal)), signal
        assert np.array_equal(arrays["film.W"][index], trace.source.W)
        assert np.allclose(arrays["film.answers"][index].sum(axis=1), 1)
    assert ("film.x" in arrays) == bool(layer)


def test_a_film_grows_with_its_run(tmp_path: Path) -> None:
    folder = recorded_run(tmp_path / "run", "lstm", checkpoints=(0,))
    assert films.film(folder).steps == [0]
    Log(folder, 8).checkpoint(2, load(folder.checkpoints()[0]))
    film = films.film(folder)
    assert film.steps == [0, 2]
    known = list(film.records)
    line = b'{"step": 3, "loss": 0.5}\n'  # where the folder was removed, the run begins another file
    (folder.path / RECORDS).write_bytes(b" " * (film.offset - 9) + line)
    assert films.film(folder).records == known
    (folder.path / RECORDS).write_bytes(b" " * film.offset + line)
    assert films.film(folder).records == [*known, {"step": 3, "loss": 0.5}]


def test_what_is_too_much_is_thinned_with_first_and_last_kept_and_a_sentence(tmp_path: Path) -> None:
    film = films.film(recorded_run(tmp_path / "run", "lstm", checkpoints=(0, 1, 2, 3, 4)))
    assert films.fitting_checkpoints(film, 0, 10**9) == [0, 1, 2, 3, 4]
    few = films.fitting_checkpoints(film, 0, 1)
    assert few == [0, 4]
    shown = training.ShownRun(None, film, "title")
    described = training.describe(TrainState(), shown, 0, few, PAGE.t.plain, main={})
    assert described["note"] == translator("en")("train.film.thinned", shown=2, count=5)
    assert described["loss"] == [1.0, 0.2] and described["metric"] == [0.5, 0.5]
    assert set(described["gates"]) == {"forget", "input", "output"}


def test_decided_is_the_share_near_the_ends(tmp_path: Path) -> None:
    film: Film = films.film(EXAMPLE)
    frame = film.frames[film.steps[-1]]
    gate = frame.traces[0].forget
    assert frame.decided[0]["forget"] == np.mean((gate < 0.1) | (gate > 0.9))
    assert film.frames[0].decided[0] == {"forget": 0, "input": 0, "output": 0}, "drawn gates are half open"


def test_records_are_csv_with_a_column_for_each_measure(tmp_path: Path) -> None:
    film = films.film(recorded_run(tmp_path / "run", "rnn"))
    rows = list(csv.DictReader(io.StringIO(takeaway.records(film))))
    assert [row["step"] for row in rows] == ["0", "1", "4"]
    assert [row["metric"] for row in rows] == ["0.5", "", "0.5"]


@pytest.mark.parametrize("cell", CELLS)
def test_the_lab_gets_the_very_weights(tmp_path: Path, cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    film = films.film(recorded_run(tmp_path / "run", cell))
    monkeypatch.setattr(Page, "state", TrainState())
    lab = lab_codec.unpack(takeaway.in_the_lab(PAGE, film, 4).lab)
    cell_there = film.frames[4].network.cells[0]
    assert np.array_equal(lab.W, cell_there.W) and np.array_equal(lab.U, cell_there.U)
    assert np.array_equal(lab.run().hidden, film.frames[4].traces[0].hidden)


def test_a_run_is_watched_while_a_browser_shows_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing serves pages, as in a script, nobody watches."""
    assert not trainings._open("any")
    server = SimpleNamespace(is_active_session={"open": True, "closed": False}.__getitem__)
    monkeypatch.setattr(trainings.runtime, "exists", lambda: True)
    monkeypatch.setattr(trainings.runtime, "get_instance", lambda: server)
    assert trainings._open("open") and not trainings._open("closed")
