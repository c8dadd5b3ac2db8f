"""What becomes of runs: they train, wait, rest, stop, crash, and never outlive the server."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gates.interop import load
from gates.text import LANGUAGES
from gates.training.errors import TrainingError
from gates.training.recipe import Recipe
from gates.training.runs import pool as pools
from tests.training.watching import (
    COMMAND,
    LONG,
    PATIENCE,
    QUICK,
    NewPool,
    said,
    until,
    worker_of,
    working,
)

ROOT = Path(__file__).resolve().parents[2]


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not (state.exists() and ") Z" in state.read_text())


def test_a_run_trains_to_its_end_and_keeps_what_it_learned(new_pool: NewPool) -> None:
    pool = new_pool()
    run = pool.start(QUICK, None, "me")
    view = until(pool, run, lambda view: view.ended)
    assert (view.status.state, view.status.step, view.status.tokens) == ("done", 20, 400)
    records, _ = view.folder.records()
    assert [record["step"] for record in records] == list(range(21))
    assert records[1] == {"step": 1, "loss": 0.5, "metric": 0.05}
    kept = view.folder.checkpoints()
    assert list(kept) == [0, 1, 2, 4, 8, 16, 20]
    assert load(kept[20]).readout is not None
    assert Recipe.from_json(view.folder.recipe) == view.recipe == QUICK


def test_records_are_read_on_from_where_one_stopped(new_pool: NewPool) -> None:
    pool = new_pool()
    run = pool.start(LONG, "slow", "me")
    first, offset = until(pool, run, working).folder.records()
    until(pool, run, lambda view: view.status.step > first[-1]["step"])
    more, _ = pool.look(run).folder.records(offset)  # type: ignore[union-attr]
    assert more[0]["step"] == first[-1]["step"] + 1


@pytest.mark.parametrize("manner", ["slow", "deaf"])
def test_a_run_stops_within_a_second_and_keeps_what_it_has(new_pool: NewPool, manner: str) -> None:
    pool = new_pool()
    run = pool.start(LONG, manner, "me")
    until(pool, run, lambda view: 0 in view.folder.checkpoints())
    assert pool.stop(run, "me")
    view = until(pool, run, lambda view: view.ended, 10.0)  # the deaf one would sleep for a minute
    assert pool.limits.grace + 2 * pools.PULSE < 1.0
    assert view.status.state == "stopped"
    assert said(view)
    assert 0 in view.folder.checkpoints()
    assert view.folder.status.state == "stopped", "who finds the folder later reads the same"


def test_a_paused_run_stands_still_gives_up_its_place_and_goes_on(new_pool: NewPool) -> None:
    pool = new_pool(at_once=1)
    run, other = (pool.start(LONG, "slow", owner) for owner in ("me", "you"))
    assert until(pool, run, working).place == 0
    assert pool.look(other).place == 1  # type: ignore[union-attr]
    assert pool.pause(run, "me")
    paused = until(pool, run, lambda view: view.folder.status.state == "paused")
    until(pool, other, working)
    time.sleep(0.2)
    assert pool.look(run).status.step == paused.status.step  # type: ignore[union-attr]
    assert pool.resume(run, "me")
    waiting = pool.look(run)
    assert waiting is not None and (waiting.status.state, waiting.place) == ("queued", 1)
    pool.stop(other, "you")
    until(pool, run, lambda view: view.status.step > paused.status.step)
    assert pool.look(run).status.seconds < 20  # type: ignore[union-attr]


def test_a_paused_run_can_be_stopped(new_pool: NewPool) -> None:
    pool = new_pool()
    run = pool.start(LONG, "slow", "me")
    until(pool, run, working)
    pool.pause(run, "me")
    until(pool, run, lambda view: view.folder.status.state == "paused")
    pool.stop(run, "me")
    assert until(pool, run, lambda view: view.ended).status.state == "stopped"


def test_the_killed_run_is_the_only_one_that_ends(new_pool: NewPool) -> None:
    pool = new_pool()
    run, other = (pool.start(LONG, "slow", "me") for _ in range(2))
    until(pool, run, working)
    until(pool, other, working)
    os.kill(worker_of(pool, run), signal.SIGKILL)
    view = until(pool, run, lambda view: view.ended)
    assert view.status.state == "lost"
    assert len(set(said(view))) == len(LANGUAGES)
    step = pool.look(other).status.step  # type: ignore[union-attr]
    until(pool, other, lambda view: view.status.step > step)


@pytest.mark.parametrize(
    ("manner", "state", "key"),
    [
        ("crash", "failed", "training.ended.error"),
        ("killed", "lost", "training.ended.killed"),
        ("hungry", "failed", "training.ended.memory"),
        ("broken", "failed", "training.ended.memory"),
        ("nan", "failed", "training.ended.diverged"),
    ],
)
def test_how_a_run_failed_is_a_sentence(new_pool: NewPool, manner: str, state: str, key: str) -> None:
    pool = new_pool()
    view = until(pool, run := pool.start(QUICK, manner, "me"), lambda view: view.ended)
    assert (view.status.state, view.status.key) == (state, key), run
    assert len(set(said(view))) == len(LANGUAGES)
    assert 0 in view.folder.checkpoints(), "what was there stays"


def test_what_does_not_fit_waits_and_knows_its_place(new_pool: NewPool) -> None:
    pool = new_pool(at_once=1, waiting=2, each=9)
    runs = [pool.start(LONG, "slow", "me") for _ in range(3)]
    assert [pool.look(run).place for run in runs] == [0, 1, 2]  # type: ignore[union-attr]
    with pytest.raises(TrainingError) as full:
        pool.start(LONG, "slow", "me")
    assert full.value.key == "error.training.pool.full"
    assert pool.stop(runs[1], "me")
    assert pool.look(runs[1]).ended  # type: ignore[union-attr]  # at once, for it had not begun
    assert pool.look(runs[2]).place == 1  # type: ignore[union-attr]
    pool.stop(runs[0], "me")
    until(pool, runs[2], working)


def test_one_owner_cannot_take_all_places(new_pool: NewPool) -> None:
    pool = new_pool(each=2)
    for _ in range(2):
        pool.start(LONG, "slow", "me")
    with pytest.raises(TrainingError) as refused:
        pool.start(LONG, "slow", "me")
    assert refused.value.key == "error.training.pool.own"
    pool.start(LONG, "slow", "you")


def test_only_its_owner_may_stop_a_run(new_pool: NewPool) -> None:
    pool = new_pool()
    run = pool.start(LONG, "slow", "me")
    until(pool, run, working)
    assert not any(order(run, "you") for order in (pool.stop, pool.pause, pool.resume, pool.owns))
    assert not pool.stop("nothing", "me")
    assert pool.look("nothing") is None
    assert pool.look(run).status.state == "running"  # type: ignore[union-attr]


def test_a_run_that_nobody_watches_ends(new_pool: NewPool) -> None:
    pool = new_pool(unwatched=0.5)
    run = pool.start(LONG, "slow", "me")
    folder = pool.look(run).folder  # type: ignore[union-attr]
    end = time.monotonic() + PATIENCE
    while folder.status.state != "stopped" and time.monotonic() < end:
        time.sleep(0.05)
    view = pool.look(run)
    assert view is not None and view.status.key == "training.ended.unwatched"
    assert said(view)


def test_a_run_ends_at_its_time(new_pool: NewPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGEST", "0.2")
    pool = new_pool()
    view = until(pool, pool.start(LONG, "slow", "me"), lambda view: view.ended)
    assert (view.status.state, view.status.key) == ("stopped", "training.ended.time")
    assert said(view)


def test_too_much_data_and_impossible_recipes_are_refused_before_anything_starts(new_pool: NewPool) -> None:
    pool = new_pool(source=1000)
    with pytest.raises(TrainingError) as refused:
        pool.start(QUICK, "x" * 1001, "me")
    assert refused.value.key == "error.training.source_size"
    assert not list(pool.folder.glob("*"))


def test_old_runs_make_room(new_pool: NewPool) -> None:
    pool = new_pool(kept=1)
    first, second = (pool.start(QUICK, None, "me") for _ in range(2))
    folder = until(pool, first, lambda view: view.ended).folder
    until(pool, second, lambda view: view.ended)
    end = time.monotonic() + PATIENCE
    while folder.path.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert pool.look(first) is None
    assert pool.look(second) is not None, "the one that was looked at last stays"


SERVER = f"""
import sys
from gates.training.runs.pool import Limits, Pool
from gates.training.recipe import Recipe
pool = Pool(limits=Limits(at_once=2), command={COMMAND!r})
run = pool.start(Recipe.of("parity", steps=90_000), "slow", "me")
print(pool.folder, pool._runs[run].process.pid, flush=True)
sys.stdin.readline()
"""


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_no_worker_outlives_a_server(end: signal.Signals) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin and server.stdout
    with server:
        folder, process = server.stdout.readline().split()
        assert alive(int(process))
        server.send_signal(end)
        server.wait(timeout=10)
    last = time.monotonic() + PATIENCE
    while alive(int(process)) and time.monotonic() < last:
        time.sleep(0.05)
    assert not alive(int(process))
    pools.sweep(Path(folder).parent)
    assert not Path(folder).exists(), "the next server cleans up"
