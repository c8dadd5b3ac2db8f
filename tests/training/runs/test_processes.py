"""No process outlives its server, and what a server left behind goes in time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gates.training.errors import TrainingError
from gates.training.runs import claims
from gates.training.runs.folder import LIVE, RunFolder
from gates.training.runs.pool import Pool
from tests.training.runs.watching import COMMAND, LONG, PATIENCE, alive, gone, process_of, until, working

ROOT = Path(__file__).resolve().parents[3]
DAY, MUCH = 86400.0, 10**9
posix = pytest.mark.skipif(os.name != "posix", reason="needs signals and locks")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary folders are made, for this test alone and what it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield tmp_path
    for path in list(claims._claimed):
        claims.release(path)


POOL = f"""
from gates.training.runs.folder import LIVE, RunFolder
from gates.training.runs.pool import Pool
from gates.training.runs.limits import Limits
from gates.training.recipe import Recipe
pool = Pool(limits=Limits(at_once=2), command={COMMAND!r})
run = pool.start(Recipe.of("parity", steps=90_000), "slow", "me")
print(pool.folder, pool._runs[run].process.pid, flush=True)
"""
SCRIPT = f"import sys\n{POOL}\nsys.stdin.readline()"
SERVER = f"""
import uvicorn
from app import app
class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        exec({POOL!r})
Server(uvicorn.Config(app, port=0, log_level="error")).run()
"""


def started(code: str) -> tuple[subprocess.Popen[str], Path, int]:
    """A server, the folder of its runs, and the process of one of them."""
    server = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout
    folder, process = server.stdout.readline().split()
    assert Path(folder).is_dir() and alive(int(process))
    return server, Path(folder), int(process)


@posix
def test_no_worker_outlives_a_server(place: Path) -> None:
    server, folder, process = started(SCRIPT)
    with server:
        claims.sweep(place, 0.0, 0)
        assert folder.exists(), "its server is alive"
        server.kill()
        server.wait(timeout=PATIENCE)
    assert gone(process)
    claims.sweep(place, DAY, MUCH)
    assert folder.exists(), "somebody may come back for the run"
    last = time.monotonic() + PATIENCE
    while (
        folder.exists() and time.monotonic() < last
    ):  # a process that has ended may still have threads that end
        claims.sweep(place, 0.0, MUCH)
        time.sleep(0.05)
    assert not folder.exists(), "the next server cleans up in time"


@posix
def test_a_server_that_is_told_to_end_leaves_no_process_and_its_runs_alone() -> None:
    """By SIGTERM, after which Python runs nothing but what the server calls; SIGINT goes the same way."""
    server, folder, process = started(SERVER)
    with server:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=PATIENCE)
    assert not alive(process)
    (run,) = [path for path in folder.iterdir() if path.is_dir()]
    assert RunFolder(run).status.state in LIVE, "it is to go on"


@posix
@pytest.mark.parametrize("number", [os.getpid(), os.getppid(), 2**22 + 1], ids=["own", "living", "nobody"])
def test_folders_of_the_dead_go_whoever_has_their_number_now(place: Path, number: int) -> None:
    """The number is this process's, a living one's or nobody's; the lock went with its server."""
    left = place / f"{claims.PREFIX}{number}-left"
    (left / "some-run").mkdir(parents=True)
    (left / claims.LOCK).touch()
    other = place / "somebody-elses"
    other.mkdir()
    mine = claims.claim()
    claims.sweep(place, DAY, MUCH)
    assert not left.exists(), "it holds no run"
    assert mine.is_dir() and other.is_dir()


@pytest.mark.parametrize(
    ("number", "stays"),
    [(os.getpid(), False), (os.getppid(), True), (2**22 + 1, False)],
    ids=["own", "living", "nobody"],
)
def test_without_a_lock_the_number_tells(place: Path, number: int, stays: bool) -> None:
    left = place / f"{claims.PREFIX}{number}-left"
    left.mkdir()
    claims.sweep(place, DAY, MUCH)
    assert left.exists() == stays


def test_a_server_keeps_its_own_folders_until_it_lets_them_go(place: Path) -> None:
    first, second = claims.claim(), claims.claim()
    claims.sweep(place, 0.0, 0)
    assert first != second and first.is_dir() and second.is_dir()
    claims.release(first)
    assert not first.exists() and second.is_dir()


def test_a_pool_without_a_folder_claims_one_and_ends_its_processes(place: Path) -> None:
    pool = Pool(command=COMMAND)
    assert pool.folder.parent == place
    run = pool.start(LONG, "slow", "me")
    until(pool, run, working)
    process = process_of(pool, run).pid
    pool.close()
    assert not alive(process)
    assert (pool.folder / run).is_dir(), "for the next one"
    empty = Pool(command=COMMAND)
    empty.close()
    assert not empty.folder.exists()


def test_a_server_without_a_place_for_its_runs_says_so_and_begins_when_there_is_one(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(place / "not" / "there"))
    pool = Pool(command=COMMAND)
    with pytest.raises(TrainingError) as refused:
        pool.start(LONG, "slow", "me")
    assert refused.value.key == "error.training.disk.gone"
    monkeypatch.setattr("tempfile.tempdir", str(place))
    until(pool, pool.start(LONG, "slow", "me"), working)
    pool.close()
