"""The process that trains: with the project's own loop, within its limits, and never alone."""

import contextlib
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from gates.interop import load
from gates.text import LANGUAGES, translator
from gates.training.loop import train
from gates.training.recipe import Recipe
from gates.training.runs import folder as folders
from gates.training.runs import worker
from gates.training.runs.folder import Log, ResumePoint, RunFolder, Status
from gates.training.tasks.registry import make_task
from tests.training.runs.watching import PATIENCE

ROOT = Path(__file__).resolve().parents[3]
RECIPE = Recipe.of("parity", hidden=2, batch=4, steps=12, length=6)


def test_it_goes_when_its_input_ends(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", Recipe.of("parity", steps=90_000).to_json(), "slow")
    command = [sys.executable, "-m", "tests.training.runs.pretending", str(folder.path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.close()
        assert process.wait(timeout=PATIENCE) == worker.ALONE


class Silence:
    """A standard input on which nothing ever comes, and which does not end."""

    def __iter__(self) -> Iterator[str]:
        import threading

        threading.Event().wait()
        return iter(())


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the worker run in this process, without limiting this process."""
    monkeypatch.setattr(sys, "stdin", Silence())
    monkeypatch.setattr(worker, "_lower_priority", lambda: None)
    monkeypatch.setattr(worker, "_limit_memory", lambda most: None)
    monkeypatch.setattr(worker, "_suspend_on_sigterm", lambda orders: None)


@pytest.mark.usefixtures("here")
def test_it_learns_what_the_loop_learns_though_it_is_killed_and_keeps_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut:
        def __init__(self, *given: Any) -> None:
            self.training = train(*given)
            self.state = self.training.state

        def __iter__(self) -> Iterator[Any]:
            yield from itertools.takewhile(lambda progress: progress.step < 6, self.training)
            raise KeyboardInterrupt

    folder = RunFolder.create(tmp_path / "run", RECIPE.to_json(), None)
    monkeypatch.setattr(worker, "RESUME_POINT_EVERY", -1.0)
    with pytest.raises(KeyboardInterrupt):
        worker.main(str(folder.path), Cut)
    assert folder.resume_point is not None and folder.resume_point.status.step == 5
    torch.set_num_threads(2)
    assert worker.main(str(folder.path)) == worker.ENDED
    assert torch.get_num_threads() == 1
    assert (folder.status.state, folder.status.step) == ("done", 12)
    expected = list(train(RECIPE))
    records, _ = folder.records()
    assert [record["loss"] for record in records] == [progress.loss for progress in expected]
    assert [record["metric"] for record in records] == [progress.metric for progress in expected]
    network, task = load(folder.checkpoints()[12]), make_task("parity", length=6)
    batch = task.held_out()
    assert task.score(network.run(batch.x).scores, batch) == pytest.approx(records[-1]["metric"])


def step(number: int, **more: Any) -> SimpleNamespace:
    values = {"loss": 0.5, "metric": None, "tokens": 0, "network": None, "more": {}, "diverged": False}
    return SimpleNamespace(step=number, **(values | more))


@pytest.mark.usefixtures("here")
def test_what_is_no_number_is_null_in_the_records(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", RECIPE.to_json(), None)

    def train(recipe: Recipe, source: str | None) -> Iterator[Any]:
        assert folder.status == Status("running", steps=RECIPE.steps)
        yield step(0, loss=np.float32(0.25), more={"epoch": 1.0})
        yield step(1, loss=float("inf"), diverged=True, tokens=7)

    worker.main(str(folder.path), train)
    records, _ = folder.records()
    assert records == [
        {"step": 0, "loss": 0.25, "metric": None, "epoch": 1.0},
        {"step": 1, "loss": None, "metric": None},
    ]
    how = {"key": "training.ended.diverged", "values": {"step": 1}}
    assert replace(folder.status, seconds=0.0) == Status("failed", 1, RECIPE.steps, 7, **how)


@pytest.mark.usefixtures("here")
def test_a_run_is_put_on_disk_as_often_as_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, points = SimpleNamespace(now=0.0), []

    class Training:
        state = bytes

        def __iter__(self) -> Iterator[Any]:
            for number in range(10):
                clock.now = 4.0 * number
                yield step(number)

    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=time.sleep))
    monkeypatch.setattr(Log, "write_resume_point", lambda log, state: points.append(log.status.step))
    worker.main(str(RunFolder.create(tmp_path / "run", RECIPE.to_json(), None).path), lambda *_: Training())
    assert worker.RESUME_POINT_EVERY == 10 and points == [3, 6, 9]


def test_a_pause_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([10.0, 13.0, 20.0, 21.0])  # it begins, is paused, goes on, and is asked
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: next(times)))
    clock, going = worker.Clock(before=5.0), threading.Event()
    going.set()
    clock.wait(going)
    assert clock.seconds == 5 + 3 + 1


ALLOCATOR = RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("wrong", "state", "key", "values"),
    [
        (ZeroDivisionError(), "failed", "training.ended.error", {"kind": "ZeroDivisionError"}),
        (RuntimeError("memory"), "failed", "training.ended.error", {"kind": "RuntimeError"}),
        (RuntimeError("allocated"), "failed", "training.ended.error", {"kind": "RuntimeError"}),
        (MemoryError(), "failed", "training.ended.memory", {}),
        (ALLOCATOR, "failed", "training.ended.memory", {}),
        (None, "stopped", "training.ended.time", {"minutes": "0"}),
    ],
)
def test_how_a_run_ended_is_a_sentence(
    tmp_path: Path, wrong: Exception | None, state: str, key: str, values: dict[str, str]
) -> None:
    folder = RunFolder.create(tmp_path / "run", RECIPE.to_json(), None)

    def train(recipe: Recipe, source: str | None) -> Iterator[Any]:
        yield step(0, tokens=7)
        if wrong is not None:
            raise wrong
        yield step(1)

    with pytest.raises(type(wrong)) if wrong and "kind" in values else contextlib.nullcontext():
        longest = worker.LONGEST if wrong else 0.0
        assert worker.main(str(folder.path), train, longest=longest) == worker.ENDED
    ended = replace(folder.status, seconds=0.0)
    assert ended == Status(state, 0, RECIPE.steps, 7, key=key, values=values)  # type: ignore[arg-type]
    sentences = {translator(language)(key, **values) for language in LANGUAGES}
    assert len(sentences) == len(LANGUAGES)


@pytest.mark.usefixtures("here")
def test_data_that_cannot_be_trained_on_end_the_run_in_their_own_sentence(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", RECIPE.to_json().replace("parity", "text"), "aaaa")
    worker.main(str(folder.path))
    how = {"key": "error.training.text.same", "values": {"symbol": "a"}}
    assert folder.status == Status("failed", steps=RECIPE.steps, **how)
    folder = RunFolder.create(tmp_path / "other", "{}", None)
    worker.main(str(folder.path))
    assert folder.status == Status("failed", key="error.training.json")
    folder.write_resume_point(ResumePoint(folder.status, 0, b"state"))
    log = Log(folder, 9)
    log.resume(Status("paused", 3, 9, 70, 2.0))
    log.fail("training.ended.disk.full", code="ENOSPC")
    how = {"key": "training.ended.disk.full", "values": {"code": "ENOSPC"}}
    assert folder.status == Status("failed", 3, 9, 70, 2.0, **how)
    for state, change in (("paused", lambda: log.pause(True)), ("running", lambda: log.pause(False))):
        change()
        assert folder.status == Status(state, 3, 9, 70, 2.0) and folder.resume_point is not None
    log.end("stopped", "training.ended.time", minutes="1")
    assert folder.status == Status("stopped", 3, 9, 70, 2.0, "training.ended.time", {"minutes": "1"})
    assert folder.resume_point is None


def test_a_log_goes_to_the_disk_ten_times_a_second_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(folders, "time", SimpleNamespace(monotonic=lambda: now[0]))
    folder = RunFolder.create(tmp_path / "run", RECIPE.to_json(), None)
    log = Log(folder, 12)
    for number, (later, written) in enumerate(((0, 1), (0.0625, 1), (0.125, 3), (0.1875, 3), (0.25, 5))):
        now[0] = 100 + later
        log.record(number, 10 * number, 1.23456, {"loss": 0.5})
        assert [record["step"] for record in folder.records()[0]] == list(range(written))
        assert folder.status == Status("running", written - 1, 12, 10 * (written - 1), 1.235)


@pytest.mark.usefixtures("here")
def test_a_folder_that_grew_too_large_loses_every_other_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.training.runs.pretending import network

    monkeypatch.setattr("gates.training.runs.folder.MOST_BYTES", 9_000)
    folder = RunFolder.create(tmp_path / "run", RECIPE.to_json(), None)

    def train(recipe: Recipe, source: str | None) -> Iterator[Any]:
        for number in range(12):
            yield step(number, network=network(number, 2, 2))

    worker.main(str(folder.path), train)
    kept = list(folder.checkpoints())
    assert kept[0] == 0 and kept[-1] == 11 and len(kept) < 12
    assert sum(path.stat().st_size for path in folder.checkpoints().values()) <= 9_000
