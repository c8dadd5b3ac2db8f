"""What becomes of runs: they train, wait, rest, stop, crash, and never outlive the server."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from gates.interop import load
from gates.text import LANGUAGES, translator
from gates.training.errors import TrainingError
from gates.training.recipe import Recipe
from gates.training.runs import pool as pools
from gates.training.runs import worker
from gates.training.runs.limits import DiskUse, most_bytes
from gates.training.runs.pool import Pool
from gates.training.runs.run import View
from tests.training.runs.watching import (
    IDLE,
    LONG,
    PATIENCE,
    QUICK,
    NewPool,
    end_sentences,
    process_of,
    until,
    working,
)


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


def check_stopped(pool: Pool, run: str) -> None:
    view = until(pool, run, lambda view: view.ended)
    assert (view.status.state, view.status.key) == ("stopped", "training.ended.stopped")
    assert end_sentences(view)
    assert 0 in view.folder.checkpoints()
    assert view.folder.status.state == "stopped", "who finds the folder later reads the same"


def test_a_run_that_does_not_hear_is_stopped_within_a_second_and_keeps_what_it_has(new_pool: NewPool) -> None:
    pool = new_pool()
    run = pool.start(LONG, "deaf", "me")  # it would sleep for an hour
    until(pool, run, lambda view: 0 in view.folder.checkpoints())
    assert pool.stop(run, "me")
    check_stopped(pool, run)
    assert pool.limits.grace + 2 * pools.POLL < 1.0, "seconds"


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
    assert pool.pause(run, "me")
    until(pool, run, lambda view: view.folder.status.state == "paused")
    assert pool.stop(run, "me")
    check_stopped(pool, run)


def test_the_killed_run_is_the_only_one_that_ends_and_the_others_records_are_read_on(
    new_pool: NewPool,
) -> None:
    pool = new_pool()
    run, other = (pool.start(LONG, "slow", "me") for _ in range(2))
    until(pool, run, working)
    until(pool, other, working)
    process_of(pool, run).kill()
    view = until(pool, run, lambda view: view.ended)
    assert (view.status.state, view.status.key) == ("lost", "training.ended.killed")
    assert len(set(end_sentences(view))) == len(LANGUAGES)
    assert 0 in view.folder.checkpoints(), "what was there stays"
    first, offset = pool.look(other).folder.records()  # type: ignore[union-attr]
    view = until(pool, other, lambda view: view.status.step > first[-1]["step"])
    more, _ = view.folder.records(offset)
    assert more[0]["step"] == first[-1]["step"] + 1


def test_how_a_run_failed_is_a_sentence(new_pool: NewPool) -> None:
    pool = new_pool()
    view = until(pool, pool.start(QUICK, "crash", "me"), lambda view: view.ended)
    assert (view.status.state, view.status.key) == ("failed", "training.ended.error")
    assert len(set(end_sentences(view))) == len(LANGUAGES)
    assert 0 in view.folder.checkpoints(), "what was there stays"


def test_what_does_not_fit_waits_and_knows_its_place(new_pool: NewPool) -> None:
    pool = new_pool(at_once=1, waiting=2, each=9, command=IDLE)
    runs = [pool.start(LONG, "stays", "me") for _ in range(3)]
    assert [pool.look(run).place for run in runs] == [0, 1, 2]  # type: ignore[union-attr]
    with pytest.raises(TrainingError) as full:
        pool.start(LONG, "stays", "me")
    assert (full.value.key, full.value.values) == ("error.training.pool.full", {"most": 2})
    assert pool.stop(runs[1], "me")
    assert pool.look(runs[1]).ended  # type: ignore[union-attr]  # at once, for it had not begun
    assert pool.look(runs[2]).place == 1  # type: ignore[union-attr]
    assert pool._runs[runs[2]].process is None
    pool.stop(runs[0], "me")
    assert until(pool, runs[2], lambda view: view.place == 0).status.state == "queued", (
        "it has said nothing yet"
    )
    assert pool._runs[runs[2]].process is not None


def test_one_owner_cannot_take_all_places(new_pool: NewPool) -> None:
    pool = new_pool(each=2, command=IDLE)
    for _ in range(2):
        pool.start(LONG, "stays", "me")
    with pytest.raises(TrainingError) as refused:
        pool.start(LONG, "stays", "me")
    assert (refused.value.key, refused.value.values) == ("error.training.pool.own", {"most": 2})
    pool.start(LONG, "stays", "you")


def test_only_its_owner_may_stop_a_run_which_ends_by_itself_if_it_hears(new_pool: NewPool) -> None:
    pool = new_pool(grace=PATIENCE)
    run = pool.start(LONG, "slow", "me")
    until(pool, run, working)
    process = process_of(pool, run)
    assert not any(order(run, "you") for order in (pool.stop, pool.pause, pool.resume, pool.owns))
    assert not pool.stop("nothing", "me")
    assert pool.look("nothing") is None
    assert pool.look(run).status.state == "running"  # type: ignore[union-attr]
    assert pool.stop(run, "me")
    check_stopped(pool, run)
    assert process.wait(PATIENCE) == worker.ENDED


def test_a_run_that_nobody_watches_ends(new_pool: NewPool) -> None:
    pool = new_pool(unwatched=0.5, command=IDLE)
    run = pool.start(LONG, "stays", "me")
    folder = pool.look(run).folder  # type: ignore[union-attr]
    end = time.monotonic() + PATIENCE
    while folder.status.state != "stopped" and time.monotonic() < end:
        time.sleep(0.05)
    view = pool.look(run)
    assert view is not None and view.status.key == "training.ended.unwatched"
    assert end_sentences(view)


def test_too_much_data_and_impossible_recipes_are_refused_before_anything_starts(new_pool: NewPool) -> None:
    pool = new_pool(source=2000)
    with pytest.raises(TrainingError) as refused:
        pool.start(QUICK, "门" * 667, "me")
    values = {"size": "2,001", "most": "2,000"}
    assert (refused.value.key, refused.value.values) == ("error.training.source_size", values)
    assert not list(pool.folder.glob("*"))


def test_old_runs_make_room(new_pool: NewPool) -> None:
    pool = new_pool(kept=2, command=IDLE)
    first, second = (pool.start(QUICK, None, "me") for _ in range(2))
    folder = until(pool, first, lambda view: view.ended).folder
    until(pool, second, lambda view: view.ended)
    pool.limits = replace(pool.limits, kept=1)
    pool._wake.set()
    end = time.monotonic() + PATIENCE
    while folder.path.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert pool.look(first) is None
    assert pool.look(second) is not None, "the one that was looked at last stays"


def suspended(pool: Pool, run: str) -> Callable[[View], bool]:
    """Whether a run is on disk, and no process of it is alive."""
    return lambda view: pool._runs[run].process is None and not pool._runs[run].suspending


def test_paused_runs_do_not_fill_the_memory_and_go_on_where_they_stood(new_pool: NewPool) -> None:
    pool = new_pool(at_once=1, processes=2)
    first, second, third = (pool.start(LONG, "slow", owner) for owner in ("a", "b", "c"))
    for run, owner in ((first, "a"), (second, "b")):
        until(pool, run, working)
        assert pool.pause(run, owner)
    until(pool, third, working)  # for which the one that has been paused longest makes room
    view = until(pool, first, suspended(pool, first))
    assert view.status.state == "paused" and not view.ended
    assert pool._runs[second].process is not None
    assert sum(run.process is not None for run in pool._runs.values()) == 2
    before, _ = view.folder.records()
    assert before[-1]["step"] == view.status.step > 0

    assert pool.resume(first, "a")
    waiting = pool.look(first)
    assert waiting is not None and (waiting.status.state, waiting.place) == ("queued", 1)
    assert pool.stop(third, "c")
    on = until(pool, first, lambda view: view.status.step > before[-1]["step"])
    assert on.status.seconds >= view.status.seconds
    records, _ = on.folder.records()
    assert [record["step"] for record in records] == list(range(len(records))), (
        "nothing twice, nothing left out"
    )
    assert 0 in on.folder.checkpoints()
    assert pool.stop(first, "a")
    assert until(pool, first, lambda view: view.ended).status.key == "training.ended.stopped"


def test_a_run_on_disk_can_be_stopped_and_keeps_what_it_has(new_pool: NewPool) -> None:
    pool = new_pool(at_once=1, processes=1)
    first, second = (pool.start(LONG, "slow", owner) for owner in ("a", "b"))
    until(pool, first, working)
    assert pool.pause(first, "a")
    until(pool, second, working)
    view = until(pool, first, suspended(pool, first))
    assert pool.stop(first, "a")
    ended = pool.look(first)
    assert ended is not None and ended.ended
    assert (ended.status.state, ended.status.key) == ("stopped", "training.ended.stopped")
    assert ended.status.step == view.status.step
    assert str(view.status.step) in end_sentences(ended)[0]
    assert 0 in ended.folder.checkpoints()


def test_one_that_is_called_back_while_it_goes_to_disk_goes_on(new_pool: NewPool) -> None:
    pool = new_pool(at_once=1, processes=1)
    first, second = (pool.start(LONG, "slow", owner) for owner in ("a", "b"))
    until(pool, first, working)
    assert pool.pause(first, "a") and pool._runs[first].suspending
    assert pool.resume(first, "a")
    until(pool, second, working)
    assert pool.stop(second, "b")
    step = pool._runs[first].read().step
    until(pool, first, lambda view: view.status.state == "running" and view.status.step > step)


def test_a_run_without_room_is_refused_and_nothing_is_lost_for_it(new_pool: NewPool) -> None:
    one = most_bytes(QUICK, "stays")
    pool = new_pool(bytes=3 * one, each_bytes=2 * one, command=IDLE)
    first = pool.start(QUICK, "leave", "me")
    until(pool, first, lambda view: view.ended)
    large = Recipe.of("parity", steps=90_000)
    with pytest.raises(TrainingError) as refused:
        pool.start(large, None, "me")
    assert refused.value.key == "error.training.pool.room"
    assert pool.look(first) is not None
    for _ in range(2):
        pool.start(QUICK, "stays", "you")
    with pytest.raises(TrainingError) as refused:
        pool.start(QUICK, "leave", "you")
    assert refused.value.key == "error.training.pool.room"
    assert refused.value.values == {"size": f"{one / 1e6:,.1f}", "free": "0.0"}
    assert pool.look(first) is not None


def test_what_was_removed_says_why_and_what_somebody_has_open_stays_longest(
    new_pool: NewPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {"reader"}
    pool = new_pool(kept=1, watching=lambda watcher: watcher in here, command=IDLE)
    first = pool.start(QUICK, None, "me")
    until(pool, first, lambda view: view.ended)
    pool.look(first, "reader")
    second = pool.start(QUICK, None, "me")
    until_removed(pool, second)
    assert pool.why_removed(second) == "train.gone.room"
    assert pool.look(first) is not None and pool.why_removed(first) is None
    with monkeypatch.context() as patch, pool._lock:
        weighed: list[DiskUse] = []
        patch.setattr(pools, "removable", lambda held, *_: (weighed.extend(held), ({}, 0))[1])
        pool._make_room()
        kept = pool._runs[first]
        assert weighed == [DiskUse(first, kept.owner, kept.folder.size, True, kept.seen, watched=True)]
    assert pool.why_removed("never-was") is None
    assert len({translator(language)("train.gone.room") for language in LANGUAGES}) == len(LANGUAGES)


def until_removed(pool: Pool, run: str) -> None:
    """Its folder goes after its entry."""
    end = time.monotonic() + PATIENCE
    while (run in pool._runs or (pool.folder / run).exists()) and time.monotonic() < end:
        time.sleep(0.05)
    assert run not in pool._runs and not (pool.folder / run).exists()


def test_who_has_a_run_open_need_not_ask_for_it(new_pool: NewPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page in the background asks for nothing; while its browser is there its run goes on."""
    monkeypatch.setattr(pools, "SURVEY", 0.0)
    here = {"reader"}
    pool = new_pool(watching=lambda watcher: watcher in here)
    run = pool.start(LONG, "slow", "me")
    until(pool, run, working)
    pool.look(run, "reader")
    kept = pool._runs[run]

    def nobody_asks_for_long() -> None:
        with pool._lock:
            kept.seen -= 2 * pool.limits.unwatched
        pool._supervise()

    nobody_asks_for_long()
    assert kept.stop_by is None and not kept.reason
    here.clear()
    nobody_asks_for_long()
    assert kept.reason == "training.ended.unwatched"
    until(pool, run, lambda view: kept.ended is not None)
    assert kept.ended is not None and kept.ended.key == "training.ended.unwatched"
