"""A lecture: many students connected to one process, each acting every few seconds."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.bench.bench_browser import quantile
from tests.browser.helpers import Server, running_app

STUDENTS = int(os.environ.get("STUDENTS", "200"))
EVERY = 5.0  # seconds between two actions of one student
ACTIONS = 4


async def act(socket: ClientConnection, query: str) -> float:
    """Run the page once, as a changed widget does, and return the seconds until it is finished."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = "lstm"
    start = time.perf_counter()
    await socket.send(message.SerializeToString())
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(await asyncio.wait_for(socket.recv(), 30))
        if answer.WhichOneof("type") == "script_finished":
            return time.perf_counter() - start


async def student(number: int, server: Server, times: list[float], dropped: list[int]) -> None:
    await asyncio.sleep(EVERY * number / STUDENTS)
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    try:
        async with connect(address, max_size=None, subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
            await act(socket, f"lang=en&preset=locker&step={number % 9 + 1}")
            for _ in range(ACTIONS):
                await asyncio.sleep(EVERY)
                times.append(await act(socket, ""))
    except (OSError, TimeoutError) as error:
        dropped.append(number)
        print(f"  student {number} was dropped: {error!r}")


def memory(pid: int) -> float:
    """Megabytes that a process holds in memory (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def listening(port: str) -> int:
    """The process that was started on ``port`` (Linux)."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if port.encode() in words and b"streamlit" in words:
            return int(entry.name)
    raise RuntimeError(f"nobody listens on {port}")


async def lecture(server: Server) -> None:
    warm: list[float] = []
    await student(0, server, warm, [])
    pid = listening(server.url.rpartition(":")[2])
    before = memory(pid)
    times: list[float] = []
    dropped: list[int] = []
    await asyncio.gather(*(student(number, server, times, dropped) for number in range(STUDENTS)))
    share = (memory(pid) - before) / STUDENTS
    p95 = 1e3 * quantile(times, 0.95)
    print(
        f"  {STUDENTS} students, an action each every {EVERY:g} s: {len(times)} answers, "
        f"median {1e3 * statistics.median(times):.0f} ms, p95 {p95:.0f} ms   ≤ 100  "
        f"{'pass' if p95 <= 100 else 'MISS'}"
    )
    print(f"  dropped: {len(dropped)}   0  {'pass' if not dropped else 'MISS'}")
    print(f"  memory: {share:.2f} MB a session   < 2  {'pass' if share < 2 else 'MISS'}")


def main() -> None:
    """Print how long a whole rerun of the page takes while all are connected, and what a session costs."""
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder) / "app.txt") as server:
        asyncio.run(lecture(server))


if __name__ == "__main__":
    main()
