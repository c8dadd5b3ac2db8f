"""A server is gone, however that came: the next one takes its runs over, and they come to the same."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gates.training.recipe import Recipe
from gates.training.runs import claims
from gates.training.runs.folder import Log, ResumePoint, RunFolder, Status
from gates.training.runs.limits import Limits
from gates.training.runs.pool import Pool
from gates.training.runs.run import View
from tests.training.runs.pretending import pretend
from tests.training.runs.watching import COMMAND, IDLE, LONG, PATIENCE, QUICK, gone, until, working

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals and locks")

ROOT = Path(__file__).resolve().parents[3]
RECIPE = Recipe.of("parity", steps=2000)
PRETENDING = """
import sys
from gates.training.runs import worker
from tests.training.runs import pretending
if sys.argv[1] == "fast":
    pretending.act = lambda manner, step: None
else:
    worker.RESUME_POINT_EVERY = float(sys.argv[1])
sys.exit(worker.main(sys.argv[2], pretending.Pretended))
"""
"""A worker that ends as soon as it can, or puts its run on disk every so many seconds."""
SERVER = """
import signal
import sys
from gates.training.runs.pool import Pool
from gates.training.runs.limits import Limits
from gates.training.recipe import Recipe
command, recipe, source = eval(sys.argv[1])
pool = Pool(limits=Limits(at_once=1), command=command)
runs = [pool.start(Recipe.from_json(recipe), source, "me") for _ in range(3)]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(pool.close()))  # as the app does
print(*runs, pool._runs[runs[0]].process.pid, flush=True)
for line in sys.stdin:
    getattr(pool, line.split()[0])(line.split()[1], "me")
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where servers make their folders, for this test alone and what it starts."""
    monkeypatch.setenv(claims.FOLDER, str(tmp_path / "servers"))
    yield tmp_path / "servers"
    for path in list(claims._claimed):
        claims.release(path)


class Server:
    """Another server: one run trains, two wait; orders go to its standard input."""

    def __init__(self, command: tuple[str, ...], recipe: Recipe, source: str | None = None) -> None:
        asked = repr((command, recipe.to_json(), source))
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, asked],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout
        self.run, self.second, self.third, worker = self.process.stdout.readline().split()
        self.worker = int(worker)

    def folder(self, run: str) -> RunFolder:
        (found,) = claims.runs_folder().glob(f"{claims.PREFIX}*/{run}")
        return RunFolder(found)

    def order(self, *words: str) -> None:
        assert self.process.stdin
        print(*words, file=self.process.stdin, flush=True)

    def wait(self, wanted: Any) -> None:
        end = time.monotonic() + PATIENCE
        while not wanted(self.folder(self.run).status) and time.monotonic() < end:
            time.sleep(0.01)
        assert wanted(self.folder(self.run).status)

    def end(self, how: signal.Signals) -> None:
        with self.process:
            self.process.send_signal(how)
            self.process.wait(timeout=PATIENCE)


@pytest.fixture
def next_server() -> Iterator[Any]:
    made: list[Pool] = []

    def make(command: tuple[str, ...] = COMMAND, **limits: float) -> Pool:
        limited = Limits(**({"at_once": 1} | limits))  # type: ignore[arg-type]
        made.append(Pool(limits=limited, command=command))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.mark.parametrize("worker_too", [False, True], ids=["server killed", "all killed at once"])
def test_a_run_goes_on_under_the_next_server_as_if_nothing_had_been(
    next_server: Any, worker_too: bool
) -> None:
    """Its records are the same to the byte, and its networks too, as of one that nobody interrupted."""
    server = Server((sys.executable, "-c", PRETENDING, "0" if worker_too else "10"), RECIPE, "slow")
    server.wait(lambda status: status.step > 10)
    if worker_too:
        os.kill(server.worker, signal.SIGSTOP)  # so that it has no time for anything
    server.end(signal.SIGKILL)
    if worker_too:
        os.kill(server.worker, signal.SIGKILL)
    assert gone(server.worker)
    left = server.folder(server.run)
    kept = left.resume_point
    assert kept is not None and 0 < kept.status.step < RECIPE.steps
    if not worker_too:
        assert kept.status == left.status, "nothing is trained twice"

    pool = next_server((sys.executable, "-c", PRETENDING, "fast"))
    view = pool.look(server.run)
    assert view is not None and not view.ended and view.status.step == kept.status.step
    view = until(pool, server.run, lambda view: view.ended)
    assert (view.status.state, view.status.step) == ("done", RECIPE.steps)
    records, _ = view.folder.records()
    straight = RunFolder.create(claims.runs_folder() / "straight", RECIPE.to_json(), None)
    log, whole = Log(straight, RECIPE.steps), list(pretend(RECIPE, "slow"))
    for progress in whole:
        if progress.network is not None:
            log.checkpoint(progress.step, progress.network)
    assert view.status.tokens == whole[-1].tokens
    assert [record["loss"] for record in records] == [progress.loss for progress in whole]
    assert [record["metric"] for record in records] == [progress.metric for progress in whole]
    networks = {step: path.read_bytes() for step, path in view.folder.checkpoints().items()}
    assert networks == {step: path.read_bytes() for step, path in straight.checkpoints().items()}
    assert view.folder.resume_point is None, "what has ended needs nothing to go on with"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_each_run_comes_back_as_it_was_and_to_its_owner_alone(next_server: Any, how: signal.Signals) -> None:
    server = Server(COMMAND, LONG, "slow")
    server.wait(lambda status: status.step > 2)
    server.order("pause", server.run)
    server.wait(lambda status: status.state == "paused")
    server.end(how)
    assert gone(server.worker)

    pool = next_server()
    paused = pool.look(server.run)
    assert paused is not None and paused.status.state == "paused" and paused.status.step > 2
    until(pool, server.second, working)
    waiting = pool.look(server.third)
    assert waiting is not None and (waiting.status.state, waiting.place) == ("queued", 1)
    for run in (server.run, server.second, server.third):
        assert not any(order(run, "you") for order in (pool.stop, pool.pause, pool.resume))
        assert pool.owns(run, "me")
    assert pool.stop(server.second, "me") and pool.stop(server.third, "me")
    assert pool.resume(server.run, "me")
    view = until(pool, server.run, lambda view: working(view) and view.status.step > paused.status.step)
    records, _ = view.folder.records()
    assert [record["step"] for record in records] == list(range(len(records)))


def test_what_has_ended_is_found_again_with_all_that_it_learned(place: Path, next_server: Any) -> None:
    server = Server(COMMAND, QUICK)
    server.wait(lambda status: status.state == "done")
    server.end(signal.SIGKILL)
    for number in ("1", "10", str(2**22 + 1), str(2**23)):  # others, before it and after it in any order
        RunFolder.create(place / f"{claims.PREFIX}{number}-left" / ("o" * 16), QUICK.to_json(), None)
    first, other = next_server(), next_server()
    found: list[View | None] = []
    threads = [threading.Thread(target=lambda: found.append(first.look(server.run))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and None not in found, "it is taken over once, and whoever asks meanwhile waits"
    view = found[0]
    assert view is not None and view.ended and view.status.state == "done"
    assert list(view.folder.checkpoints()) == [0, 1, 2, 4, 8, 16, 20]
    assert other.look(server.run) is None, "it is the first one's now, which is alive"


def test_a_run_that_its_owner_had_stopped_is_not_brought_to_life(next_server: Any) -> None:
    """Also where the server ends before the run has heard of it."""
    first = next_server()
    run = first.start(LONG, "deaf", "me")
    until(first, run, lambda view: view.folder.status.state == "running")
    assert first.stop(run, "me")
    first.close()
    view = next_server().look(run)
    assert view is not None
    assert (view.status.state, view.status.key) == ("stopped", "training.ended.stopped")


def test_a_process_that_is_ended_alone_goes_on_in_another(next_server: Any) -> None:
    """As a system does that ends a service: it tells all its processes, the server's and the runs'."""
    pool = next_server()
    run = pool.start(LONG, "slow", "me")
    until(pool, run, working)
    first = pool._runs[run].process
    os.kill(first.pid, signal.SIGTERM)
    first.wait(timeout=PATIENCE)
    view = until(pool, run, lambda view: pool._runs[run].process not in (None, first) and working(view))
    records, _ = view.folder.records()
    assert [record["step"] for record in records] == list(range(len(records)))


def test_a_living_servers_runs_stay_its_own_until_it_ends_and_no_name_leads_out_of_the_folder(
    place: Path, next_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, other = next_server(IDLE), next_server(IDLE)
    run, waiting = (pool.start(LONG, "stays", "me") for _ in range(2))
    monkeypatch.setattr(claims, "time", SimpleNamespace(monotonic=time.monotonic))  # without a sleep
    for name in (run, "../x", "", "a" * 16, "..", f"{run}/", "ä" * 16, "x" * 4096):
        assert other.look(name) is None, "it does not wait for a server that is alive"
    assert pool.look(run) is not None
    folder = pool.look(waiting).folder
    folder.write_status(Status("paused"))  # of its process, before it was told to go on in its turn
    pool.close()
    assert folder.status.state == other.look(waiting).status.state == "queued", "it goes on with the next"


@pytest.mark.parametrize("what", ["no owner", "a list", "no recipe", "a link to elsewhere"])
def test_what_is_no_run_is_none(
    place: Path, next_server: Any, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    name, left = "r" * 16, place / f"{claims.PREFIX}{2**22 + 1}-left"
    folder = RunFolder.create(left / name, QUICK.to_json(), None)
    owner = folder.path / "owner.json"
    owner.write_text('{"mark": "m", "bytes": 9}', encoding="utf-8")
    if what == "no owner":
        owner.unlink()
    elif what == "a list":
        owner.write_text("[1, 2]", encoding="utf-8")
    elif what == "no recipe":
        (folder.path / "recipe.json").write_text("{}", encoding="utf-8")
    else:
        folder.path.rename(place / "elsewhere")
        folder.path.symlink_to(place / "elsewhere")
    assert next_server().look(name) is None
    told = [record.getMessage().partition(": ")[::2] for record in caplog.records]
    assert told == ([] if "link" in what else [("A run could not be taken over", told[0][1])])
    assert "link" in what or ("no recipe" if what == "no recipe" else name) in told[0][1]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_nobody_elses_folder_is_taken(place: Path, next_server: Any) -> None:
    name, left = "r" * 16, place / f"{claims.PREFIX}{2**22 + 1}-left"
    folder = RunFolder.create(left / name, QUICK.to_json(), None)
    (folder.path / "owner.json").write_text('{"mark": "m", "bytes": 9}', encoding="utf-8")
    os.chown(left, 12345, 12345)
    assert next_server().look(name) is None
    claims.sweep(place, 0.0, 0)
    assert folder.path.exists()


def test_what_servers_left_is_bounded_by_age_and_by_bytes_the_oldest_first(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = place / f"{claims.PREFIX}{2**22 + 1}-left"
    runs = [left / (letter * 16) for letter in "abcd"]
    for age, run in zip((500, 400, 300, 2000), runs, strict=True):
        RunFolder.create(run, QUICK.to_json(), "x" * 10_000)
        os.utime(run, (time.time() - age,) * 2)
    with monkeypatch.context() as patch:

        def first(self: Path, target: Path) -> None:
            raise FileNotFoundError(self)

        patch.setattr(Path, "rename", first)
        assert claims.take_over(runs[0].name, place / "own", 0.0) is None, "another server was first"
    one = claims.size_of(runs[0])
    claims.sweep(place, 1000.0, 10**6)
    assert [run.exists() for run in runs] == [True, True, True, False]
    claims.sweep(place, 1000.0, 2 * one)
    assert [run.exists() for run in runs] == [False, True, True, False]
    claims.sweep(place, 1000.0, 2 * one - 1)
    assert [run.exists() for run in runs] == [False, False, True, False]
    claims.sweep(place, 1000.0, -1)
    assert not left.exists()


def test_a_pool_sweeps_by_itself_and_leaves_room_for_its_own(place: Path, next_server: Any) -> None:
    left = place / f"{claims.PREFIX}{2**22 + 1}-left" / ("a" * 16)
    RunFolder.create(left, QUICK.to_json(), "x" * 10_000)
    pool = next_server(bytes=9_000)
    end = time.monotonic() + PATIENCE
    while left.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not left.exists()
    assert pool.folder.is_dir()


@pytest.mark.parametrize("how", ["cut", "no json", "nothing", "records are missing"])
def test_damaged_progress_begins_anew(tmp_path: Path, how: str) -> None:
    folder = RunFolder.create(tmp_path / "run", QUICK.to_json(), None)
    (folder.path / "records.jsonl").write_text('{"step": 0}\n{"step": 1}\n', encoding="utf-8")
    folder.write_resume_point(ResumePoint(Status("running", 1, 20), 24, b"state"))
    kept = folder.path / "parked"
    if how == "cut":
        kept.write_bytes(kept.read_bytes()[:20])
    elif how == "no json":
        kept.write_bytes(b"\x80\nstate")
    elif how == "nothing":
        kept.unlink()
    else:
        (folder.path / "records.jsonl").write_text('{"step": 0}\n', encoding="utf-8")
    shutil.copytree(folder.path, tmp_path / "again")
    assert folder.rewind() is None
    assert folder.records() == ([], 0)


def test_what_came_after_is_forgotten(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", QUICK.to_json(), None)
    records = folder.path / "records.jsonl"
    records.write_text('{"step": 0}\n{"step": 1}\n', encoding="utf-8")
    for step in (0, 1, 2):
        (folder.path / "checkpoints" / f"{step}.safetensors").touch()
    folder.write_resume_point(ResumePoint(Status("running", 1, 20, 7, 0.5), 24, b"\n\x00state\n"))
    with records.open("a", encoding="utf-8") as file:
        file.write('{"step": 2}\n{"st')
    kept = folder.rewind()
    assert kept == ResumePoint(Status("running", 1, 20, 7, 0.5), 24, b"\n\x00state\n")
    assert [record["step"] for record in folder.records()[0]] == [0, 1]
    assert list(folder.checkpoints()) == [0, 1]
