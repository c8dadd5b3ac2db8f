"""What the system refuses: no folder, no process, no room on the disk. It ends one run, and no other."""

import errno
import logging
import math
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gates.text import LANGUAGES, translator
from gates.training.errors import TrainingError
from gates.training.runs import pool as pools
from gates.training.runs.folder import RunFolder
from gates.training.runs.pool import Pool
from gates.training.runs.run import View
from gates.training.runs.worker import ENDED, REFUSED
from tests.training.runs.watching import (
    COMMAND,
    LONG,
    PATIENCE,
    QUICK,
    NewPool,
    end_sentences,
    process_of,
    until,
    working,
)


def ended(view: View) -> bool:
    return view.ended


def goes_on(pool: Pool) -> None:
    """The pool still trains what it is given, by the thread that looks after all runs."""
    done = until(pool, pool.start(QUICK, None, "somebody else"), ended)
    assert (done.status.state, done.status.step) == ("done", 20)


def check_end_sentences(view: View, key: str) -> None:
    assert (view.status.state, view.status.key) == ("failed", key)
    english, chinese = end_sentences(view)
    assert english != chinese and "{" not in english + chinese


def test_a_waiting_run_whose_folder_is_gone_ends_and_the_others_go_on(
    new_pool: NewPool, caplog: pytest.LogCaptureFixture
) -> None:
    pool = new_pool(at_once=1)
    first, second = (pool.start(LONG, "slow", "me") for _ in range(2))
    until(pool, first, working)
    shutil.rmtree(pool.folder / second)
    for run in (first, second):  # that one is looked at is noted on the disk, if it is there
        pool._runs[run].touched = -math.inf
        pool._runs[run].look()
    check_end_sentences(until(pool, second, ended), "training.ended.disk.gone")
    gone = f"Run {second} ended: [Errno {errno.ENOENT}] the folder is gone: '{pool.folder / second}'"
    assert [told for told in map(logging.LogRecord.getMessage, caplog.records) if second in told] == [gone]
    assert pool.stop(first, "me")
    goes_on(pool)


def test_a_run_whose_folder_goes_while_it_trains_ends_with_its_process(new_pool: NewPool) -> None:
    pool = new_pool()
    run = pool.start(LONG, "slow", "me")
    until(pool, run, working)
    process = pool._runs[run].process
    assert process is not None
    shutil.rmtree(pool.folder / run, ignore_errors=True)
    shutil.rmtree(pool.folder / run, ignore_errors=True)  # it may have written between
    check_end_sentences(until(pool, run, ended), "training.ended.disk.gone")
    assert process.wait(timeout=PATIENCE) != 0
    goes_on(pool)


def refusing(number: int) -> Any:
    """What refuses to be called as the system does, with an error number."""

    def refuse(*arguments: Any, **more: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return refuse


def test_a_process_that_cannot_be_started_ends_its_run_with_the_reason(
    new_pool: NewPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = new_pool()
    for number, kind in (
        (errno.ENOMEM, "busy"),
        (errno.EAGAIN, "busy"),
        (errno.EMFILE, "busy"),
        (errno.ENOSPC, "full"),
        (errno.EACCES, "denied"),
        (errno.EIO, "other"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(subprocess, "Popen", refusing(number))
            run = pool.start(QUICK, None, "me")
            view = until(pool, run, ended)
        check_end_sentences(view, f"training.ended.disk.{kind}")
        orders = (pool.stop, pool.pause, pool.resume)
        assert all(order(run, "me") for order in orders), "and nothing is raised"
    assert all("EIO" in sentence for sentence in end_sentences(view))
    goes_on(pool)


def test_what_nobody_foresaw_ends_one_run_only(
    new_pool: NewPool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pool = new_pool()
    run, other = (pool.start(LONG, "slow", "me") for _ in range(2))
    until(pool, run, working)
    until(pool, other, working)
    process, check_on = process_of(pool, run), Pool._check_on

    def stumble(self: Pool, one: Any) -> None:
        if one.id == run:
            raise ZeroDivisionError
        check_on(self, one)

    monkeypatch.setattr(Pool, "_check_on", stumble)
    view = until(pool, run, ended)
    check_end_sentences(view, "training.ended.error")
    assert view.status.values["kind"] == "ZeroDivisionError"
    (told,) = (told for told in caplog.records if run in told.getMessage())
    assert told.getMessage() == f"Run {run} ended by a fault." and told.exc_info
    assert told.exc_info[0] is ZeroDivisionError
    step = until(pool, other, working).status.step
    until(pool, other, lambda view: view.status.step > step)
    assert process.wait(PATIENCE) != ENDED


def test_the_thread_that_looks_after_all_survives_everything(
    new_pool: NewPool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pools, "RETRY", 0.01)
    monkeypatch.setattr(pools, "IDLE", 2 * PATIENCE)  # while a run trains it is looked at sooner
    pool = new_pool()
    survey = Pool._survey
    wrong: list[Exception] = [OSError(errno.EIO, "EIO"), RuntimeError(), MemoryError(), ValueError()]

    def fail(self: Pool) -> None:
        if wrong:
            raise wrong.pop()
        survey(self)

    monkeypatch.setattr(Pool, "_survey", fail)
    goes_on(pool)
    assert not wrong
    again = "The runs could not be looked after; trying again."
    assert [record.getMessage() for record in caplog.records].count(again) == 4


def test_a_server_that_cannot_store_a_run_says_so_and_keeps_nothing_of_it(
    new_pool: NewPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = new_pool()
    for number, kind in (
        (errno.ENOSPC, "full"),
        (errno.EROFS, "denied"),
        (errno.ENOTDIR, "gone"),
        (errno.EMFILE, "busy"),
        (errno.EIO, "other"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(RunFolder, "write_status", refusing(number))
            with pytest.raises(TrainingError) as refused:
                pool.start(QUICK, None, "me")
        key, values = refused.value.key, refused.value.values
        assert key == f"error.training.disk.{kind}"
        assert len({translator(language)(key, **values) for language in LANGUAGES}) == len(LANGUAGES)
        assert not list(pool.folder.iterdir()) and not pool._runs
    goes_on(pool)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a folder that it may not write")
def test_a_folder_that_may_not_be_written_is_a_sentence(new_pool: NewPool) -> None:
    pool = new_pool()
    pool.folder.mkdir(exist_ok=True)
    pool.folder.chmod(0o500)
    try:
        with pytest.raises(TrainingError) as refused:
            pool.start(QUICK, None, "me")
    finally:
        pool.folder.chmod(0o700)
    assert refused.value.key == "error.training.disk.denied"


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files")
@pytest.mark.parametrize("blocks", [0, 1, 12])
def test_a_worker_that_may_write_no_more_ends_with_the_reason(tmp_path: Path, blocks: int) -> None:
    """Past so many blocks the system refuses, as a full disk does: nothing at all, records, checkpoints."""
    limited = ("sh", "-c", f'ulimit -f {blocks} && exec {" ".join(COMMAND)} "$0"')
    pool = Pool(tmp_path / "runs", command=limited)
    try:
        view = until(pool, pool.start(LONG, "slow", "me"), ended)
        check_end_sentences(view, "training.ended.disk.full")
        records, _ = view.folder.records()
        assert [record["step"] for record in records] == list(range(len(records))), "whole lines only"
        assert not list(view.folder.path.rglob("*.part*")), "no half of a file is left"
    finally:
        pool.close()


def test_every_refusal_has_a_status_and_a_sentence_of_its_own() -> None:
    assert len(set(REFUSED.values())) == len(REFUSED)
    assert not set(REFUSED.values()) & {0, 1, 2, 3}, "Python's own, and what a worker says without a pool"
