"""A lecture: many students connected to one process, each acting every few seconds."""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from gates.scenes.links.step import STEP
from gates.scenes.state import State
from gates.ui.web.requests import incoming
from gates.ui.web.routes import preview
from tests.bench.bench_browser import quantile
from tests.browser.helpers import Server, running_app

STUDENTS = int(os.environ.get("STUDENTS", "200"))
HEAVY = int(os.environ.get("HEAVY", "4"))
EVERY = 5.0  # seconds between two actions of one student
ACTIONS = 4
LINES = httpx.Limits(max_connections=STUDENTS, max_keepalive_connections=STUDENTS, keepalive_expiry=2.0)
"""A line that rests is given up before the server does so, after 5 s: where both do at the same moment a
request is lost. A browser sends it again by itself."""
LARGE = STEP.write(State("lstm", source="signal", signal="sine", steps=1000, through="random", hidden=64))
LAG_EVERY = 0.01  # seconds
REST = 0.25  # seconds after which the stage tells the page (assets/stage/shell/recompute/recompute.js)


@dataclass(frozen=True)
class Opened:
    """What a student's page is to the server: the stage's part of it, and its component."""

    fragment: str
    stage: str


@dataclass
class Waits:
    """Seconds that students waited: for the run on the stage, and for the page to follow."""

    run: list[float]
    page: list[float]
    dropped: list[int]


async def rerun(socket: ClientConnection, message: BackMsg) -> tuple[float, Opened | None]:
    """Have a page run, and return the seconds until it is finished and what it showed."""
    start = time.perf_counter()
    await socket.send(message.SerializeToString())
    opened = None
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(await asyncio.wait_for(socket.recv(), 30))
        if answer.delta.new_element.WhichOneof("type") == "bidi_component":
            opened = Opened(answer.delta.fragment_id, answer.delta.new_element.bidi_component.id)
        if answer.WhichOneof("type") == "script_finished":
            return time.perf_counter() - start, opened


def visit() -> BackMsg:
    message = BackMsg()
    message.rerun_script.query_string = "lang=en&preset=locker"
    message.rerun_script.page_name = "lstm"
    return message


def told(opened: Opened, sliders: dict[str, Any], number: int) -> BackMsg:
    """What the stage tells the page when the hand rests."""
    message = BackMsg()
    message.rerun_script.query_string = "lang=en&preset=locker"
    message.rerun_script.fragment_id = opened.fragment
    state = message.rerun_script.widget_states.widgets.add()
    state.id = opened.stage
    state.json_value = json.dumps({"sliders": sliders | {"request": number}})
    return message


async def until(due: float) -> None:
    await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))


async def move(client: httpx.AsyncClient, tab: str, sliders: dict[str, Any], number: int) -> float:
    """Ask for a run as a moved slider does, and return the seconds until it is there."""
    params = {"lang": "en", "preset": "locker"}
    asked = {"page": "lstm", "params": params, "nonce": "1", "request": number, "sliders": sliders}
    start = time.perf_counter()
    answer = await client.post(preview.ADDRESS, json=asked, headers={incoming.TAB: tab})
    answer.raise_for_status()
    return time.perf_counter() - start


async def student(
    number: int, begins: float, server: Server, client: httpx.AsyncClient, waits: Waits
) -> None:
    """Open the page ``begins`` seconds from now and then act every five seconds by the clock.

    By the clock, and not so long after the last answer: else one pause would herd all who waited in it.
    """
    begun = asyncio.get_running_loop().time() + begins
    await until(begun)
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    try:
        async with connect(address, max_size=None, subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
            _, opened = await rerun(socket, visit())
            assert opened is not None
            for turn in range(1, ACTIONS + 1):
                await until(begun + turn * EVERY)
                value = 0.2 + (number * 7 + turn) % 80 / 100
                sliders = {"preset": "locker", "values": {"sharpness": value}}
                waits.run.append(await move(client, str(number), sliders, turn))
                await asyncio.sleep(REST)
                waits.page.append((await rerun(socket, told(opened, sliders, turn)))[0])
    except (OSError, TimeoutError, httpx.HTTPError) as error:
        waits.dropped.append(number)
        print(f"  student {number} was dropped: {error!r}")


def memory(pid: int) -> float:
    """Megabytes that a process holds in memory (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def processor(pid: int) -> float:
    """Seconds of processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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


async def heavy(number: int, server: Server, over: asyncio.Event, seconds: list[float]) -> None:
    """Ask for the largest run again and again, as one who drags a slider over 1,000 steps × 64 units."""
    asked = {
        "page": "lstm",
        "params": LARGE,
        "nonce": "1",
        "request": 1,
        "sliders": {"preset": "", "values": {}},
    }
    async with httpx.AsyncClient(base_url=server.url, timeout=600, limits=LINES) as client:
        while not over.is_set():
            start = time.perf_counter()
            answer = await client.post(preview.ADDRESS, json=asked, headers={incoming.TAB: f"heavy {number}"})
            if answer.status_code == 429:
                await asyncio.sleep(float(answer.headers["retry-after"]))
                continue
            answer.raise_for_status()
            seconds.append(time.perf_counter() - start)


async def feel_lag(over: asyncio.Event, lags: list[float]) -> None:
    """Note by how much this process wakes too late: so much of every wait is the client's own."""
    while not over.is_set():
        start = time.perf_counter()
        await asyncio.sleep(LAG_EVERY)
        lags.append(time.perf_counter() - start - LAG_EVERY)


async def lecture(server: Server, heavies: int) -> None:
    """Let all students act for a while beside some heavy clients, and print what they waited."""
    lags: list[float] = []
    own = time.process_time()
    began = time.perf_counter()
    waits, over = Waits([], [], []), asyncio.Event()
    async with httpx.AsyncClient(base_url=server.url, timeout=30, limits=LINES) as client:
        pid = listening(server.url.rpartition(":")[2])
        before, worked = memory(pid), processor(pid)
        seconds: list[float] = []
        load = [asyncio.create_task(heavy(k, server, over, seconds)) for k in range(heavies)]
        load.append(asyncio.create_task(feel_lag(over, lags)))
        begins = random.Random(0).choices(range(int(1e3 * EVERY)), k=STUDENTS)  # milliseconds
        await asyncio.gather(
            *(student(number, begin / 1e3, server, client, waits) for number, begin in enumerate(begins))
        )
        held, worked = memory(pid), processor(pid) - worked
        own, passed = time.process_time() - own, time.perf_counter() - began
        over.set()
        await asyncio.gather(*load)
    print(f"  {STUDENTS} students, each moving a slider every {EVERY:g} s; on the server's own cores")
    if heavies:
        middle = statistics.median(seconds)
        print(f"  beside {heavies} heavy clients: {len(seconds)} runs, median {middle:.2f} s")
    for name, times, target in (
        ("the run on the stage", waits.run, 60 if heavies else 40),
        ("the page that follows", waits.page, 60),
    ):
        p95 = 1e3 * quantile(times, 0.95)
        print(
            f"  {name:<24} {len(times)} answers, median {1e3 * statistics.median(times):.0f} ms, "
            f"p95 {p95:.0f} ms   ≤ {target}  {'pass' if p95 <= target else 'MISS'}"
        )
    print(f"  dropped: {len(waits.dropped)}   0  {'MISS' if waits.dropped else 'pass'}")
    print(f"  the server's processor time: {1e3 * worked / max(1, len(waits.page)):.1f} ms a moved slider")
    busy = [f"{100 * used / passed:.0f}% ({who})" for used, who in ((worked, "server"), (own, "clients"))]
    print(f"  of one core: {', '.join(busy)}; load average {os.getloadavg()[0]:.1f}")
    late = f"median {1e3 * statistics.median(lags):.1f} ms, p95 {1e3 * quantile(lags, 0.95):.1f} ms"
    print(f"  the clients' own lag, a part of each wait: {late}")
    share = (held - before) / STUDENTS
    print(f"  memory: {before:.0f} MB before, {held:.0f} MB with all; {share:.2f} MB a session", flush=True)


async def lectures(server: Server) -> None:
    """A lecture, and the same beside heavy clients; one student comes first, whom nobody counts."""
    async with httpx.AsyncClient(base_url=server.url, timeout=30, limits=LINES) as client:
        await student(0, 0.0, server, client, Waits([], [], []))
    for heavies in (0, HEAVY):
        await lecture(server, heavies)


def main() -> None:
    """Print how long a student waits for a run while all are connected, and what a session costs."""
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder) / "app.txt") as server:
        asyncio.run(lectures(server))


if __name__ == "__main__":
    main()
