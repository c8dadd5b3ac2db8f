"""The line is cut or the server starts anew: nothing that a person made is lost, and the screen goes on."""

import random
import re
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from gates.scenes import scene
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.lab import LAB
from gates.scenes.links.step import STEP
from gates.scenes.state import State
from gates.training.runs.claims import FOLDER
from gates.training.runs.folder import RunFolder
from tests.browser.helpers import (
    PAINTED,
    ROOT,
    STAGE,
    NewPage,
    Server,
    end,
    open_stage,
    query_of,
    step_values,
    until,
    wait_until_healthy,
)
from tests.browser.lab.editing import engine_has_answered
from tests.ports import free_port

FORGETFUL = """
import sys
import time
from streamlit.runtime.memory_session_storage import MemorySessionStorage
begin = MemorySessionStorage.__init__
MemorySessionStorage.__init__ = lambda storage, **_: begin(storage, ttl_seconds=0.3)
from gates.ui import connection
from gates.ui.web.routes import lessons
from gates.ui.web.static import compression
lessons.prepare = lambda: None
compression.CODINGS = ()
port, late = sys.argv[1:]
receive = connection.receive
connection.receive = lambda *page: time.sleep(float(late)) or receive(*page)
from streamlit.web.cli import main
sys.argv[1:] = ["run", "app.py", "--server.headless", "true", "--server.port", port]
main()
"""
"""The app on a port, with sessions that are forgotten 0.3 s after their browser has gone, not after 120 s.

Each run of a whole page begins some seconds late, as on a busy machine. No lessons are put
together before somebody asks, and nothing is compressed.
"""


class Line:
    """The only way from the browsers to the server: it can be cut."""

    def __init__(self, server: int) -> None:
        self.server = server
        self.port = 0
        self.sockets: list[socket.socket] = []
        self.listener: socket.socket | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def mend(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def cut(self) -> None:
        assert self.listener is not None
        for each in [self.listener, *self.sockets]:
            with_shutdown(each)
        self.sockets.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                browser, _ = listener.accept()
            except OSError:
                return  # cut
            try:
                server = socket.create_connection(("127.0.0.1", self.server))
            except OSError:
                browser.close()  # no server at the other end
                continue
            self.sockets += [browser, server]
            threading.Thread(target=_pass_on, args=(browser, server), daemon=True).start()


def with_shutdown(each: socket.socket) -> None:
    with suppress(OSError):  # the other side was first
        each.shutdown(socket.SHUT_RDWR)
    each.close()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    ways = {one: other, other: one}
    try:
        while True:
            for source in select.select(list(ways), [], [])[0]:
                data = source.recv(65536)
                if not data:
                    return
                ways[source].sendall(data)
    except (OSError, ValueError):
        return
    finally:
        with_shutdown(one)
        with_shutdown(other)


@contextmanager
def forgetful_app(log: Path, port: int, late: float = 0) -> Iterator[None]:
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", FORGETFUL, str(port), str(late)], cwd=ROOT, stdout=out, stderr=out
        )
    try:
        wait_until_healthy(process, Server(f"http://localhost:{port}", log))
        yield
    finally:
        end(process)


def bias(stage: Locator) -> Locator:
    """The forget bias in the lab's editor."""
    return stage.get_by_test_id("editor").locator("td[data-part=forget][data-matrix=b]").first


def type_bias(stage: Locator, text: str) -> None:
    bias(stage).dblclick()
    field = bias(stage).get_by_role("textbox")
    field.fill(text)
    field.press("Enter")


class Lab:
    """A challenge with a hint read and an edited forget bias, two steps in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stage = open_stage(self.page, "/lab?lang=en&begin=challenge&challenge=hold")
        self.page.get_by_role("button", name="Hint 1").click()
        self.hint = self.page.get_by_text(re.compile(r"^Hint 2 of|Hint 2")).first
        expect(self.hint).to_be_visible()
        type_bias(self.stage, "3.25")
        engine_has_answered(self.stage)
        self.stage.focus()
        self.page.keyboard.press("ArrowRight")
        self.page.wait_for_url(re.compile(r"lab=.*step=2|step=2.*lab="))

    def goes_on(self, text: str) -> None:
        """Without the server a weight is changed, the preview follows, and one steps on."""
        before, step = step_values(self.stage)["forget"], int(self.stage.get_attribute("data-step") or 0)
        type_bias(self.stage, text)
        expect(self.stage.locator(".gs-lab-verdict[data-verdict]")).to_have_attribute(
            "data-verdict", "preview"
        )
        expect(self.page.get_by_test_id("connection")).to_contain_text("connection to the server")
        assert self.page.get_by_role("dialog").filter(has_text="Connection error").count() == 0
        until(self.page, lambda: step_values(self.stage)["forget"] != before)
        self.stage.focus()
        self.page.keyboard.press("ArrowRight")
        expect(self.stage).to_have_attribute("data-step", str(step + 1))
        self.page.evaluate(PAINTED)
        self.shown = step_values(self.stage)

    def is_back(self, text: str) -> None:
        engine_has_answered(self.stage)
        expect(self.page.get_by_test_id("connection")).to_be_hidden()
        expect(self.hint).to_be_visible()
        expect(bias(self.stage)).to_have_attribute("data-value", text)
        shown = {name: pytest.approx(values, abs=1e-9) for name, values in self.shown.items()}
        until(self.page, lambda: shown == step_values(self.stage))
        step = int(self.stage.get_attribute("data-step") or 0)
        self.page.wait_for_url(lambda url: says(url) == (float(text), str(step + 1)))


def says(url: str) -> tuple[float, str]:
    """The forget bias and the step of a lab's address."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    opened = lab_scene.build(LAB.read(query, State("lstm", in_lab=True, source="challenge"))[0])
    return float(opened.cell.b[1]), query["step"]


class Own:
    """A step page with own input that is too long for its link."""

    def __init__(self, page: Page, state: State) -> None:
        self.page = page
        kept = {name: value for name, value in STEP.write(state).items() if name != "data"}
        self.stage = open_stage(self.page, f"/{state.cell}?" + "&".join(f"{k}={v}" for k, v in kept.items()))
        self.field = self.page.locator(f".st-key-{state.cell}-{state.source}, .st-key-shared-{state.source}")
        self.field = self.field.locator("input, textarea").first
        self.text = getattr(state, state.source)
        self.field.fill(self.text)
        self.field.press("Control+Enter" if state.source == "numbers" else "Enter")
        steps = len(scene.read(state))
        self.stage = self.page.locator(f"{STAGE}[data-steps='{steps}']")
        self.stage.wait_for()
        self.stage.focus()
        self.page.keyboard.press("End")
        self.page.wait_for_url(re.compile(rf"step={steps}\b"))
        self.page.evaluate(PAINTED)
        self.shown, self.query = step_values(self.stage), query_of(self.page)
        assert "data" not in self.query

    def is_back(self) -> None:
        self.stage.wait_for()
        expect(self.page.get_by_test_id("connection")).to_be_hidden()
        until(self.page, lambda: step_values(self.stage) == self.shown)
        until(self.page, lambda: query_of(self.page) == self.query)
        expect(self.field).to_have_value(self.text)


def test_nothing_is_lost_by_a_cut_line_or_a_restart(
    new_page: NewPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = tmp_path / "runs"
    monkeypatch.setenv(FOLDER, str(runs))
    log, port = tmp_path / "log.txt", free_port()
    line = Line(port)
    line.mend()
    draw = random.Random(2)
    numbers = "\n".join(" ".join(str(draw.random()) for _ in range(6)) for _ in range(120))
    with forgetful_app(log, port):
        lab = Lab(new_page(base=line.url, errors=False))
        person = lab.page.context
        long = State("gru", source="numbers", numbers=numbers, hidden=3, seed=5, through="random", lang="zh")
        table = Own(person.new_page(), long)
        train = person.new_page()
        open_stage(train, "/train?lang=en&task=parity&cell=lstm&steps=100000")
        train.locator(".st-key-train-start button").first.click()
        learning = train.locator("[data-testid=stProgress]")
        expect(learning).to_contain_text("timesteps a second")
        train.wait_for_url(re.compile(r"[?&]run="))
        run = query_of(train)["run"]

        line.cut()
        lab.goes_on("-2.5")
        expect(table.page.get_by_test_id("connection")).to_contain_text("与服务器的连接中断了")
        line.mend()
        table.page.reload()  # where it comes back without one is seen below
        lab.is_back("-2.5")
        table.is_back()
        expect(train.get_by_test_id("connection")).to_be_hidden()
        before = learning.inner_text()
        expect(learning).not_to_have_text(before)
        expect(train.get_by_role("button", name="Stop")).to_be_visible()
        assert query_of(train)["run"] == run
    lab.goes_on("1.5")
    (folder,) = runs.glob(f"*/{run}")
    seen = RunFolder(folder).status.step
    with forgetful_app(log, port, late=1.0):
        train.locator("[data-test-connection-state=CONNECTED]").wait_for()
        train.get_by_role("button", name="Pause").click()  # as only who began it may; before the page is back
        expect(learning).to_contain_text("paused at step")
        lab.is_back("1.5")
        table.is_back()
        expect(train.get_by_test_id("connection")).to_be_hidden()
        assert query_of(train)["run"] == run
        assert query_of(train)["steps"] == "100000"
        (folder,) = runs.glob(f"*/{run}")
        steps = [record["step"] for record in RunFolder(folder).records()[0]]
        assert steps == list(range(len(steps))), "nothing twice, nothing left out"
        assert len(steps) > seen, "it went on"
    line.cut()
