"""What the browser tests share: a running app, the stage as a person or a screen reader finds it, and axe."""

import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, WebSocket, expect
from playwright.sync_api import TimeoutError as NotInTime

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
STAGE = "[data-testid=stage][data-ready]"
START_SECONDS = 180
SETTLES = 30
"""Seconds that a busy browser may take to lay out and paint what it has: what lasts longer is a fault."""
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""To be evaluated: a step is marked at once, the pictures and the panel follow in the next frame."""
PATIENCE = 180_000  # ms: a busy machine is waited for, and what never comes is the rare case

# Chromium must not phone home, and the app must not need to: every name but this machine's is unknown.
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
    # A test's page ends before code that was compiled again, to run faster, has paid for that.
    "--js-flags=--no-turbofan --no-maglev",
)

# On a link to an inner page Streamlit first looks for its server below that page, then at the root.
ALLOWED_ERRORS = re.compile(r"404 \(Not Found\) \(http://localhost:\d+/\w+/_stcore/(health|host-config)\)")


@dataclass(frozen=True)
class Server:
    """A running app: its address, and everything that it printed."""

    url: str
    log: Path

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def running_app(log: Path, script: Path = ROOT / "app.py") -> Iterator[Server]:
    """Start the app on a free port as a person does, and end it by its own process id.

    Raises:
        RuntimeError: if it does not answer in time; the message holds what it printed.
    """
    server = Server(f"http://localhost:{free_port()}", log)
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
    command += ["--server.port", server.url.rpartition(":")[2]]
    with log.open("wb") as out, subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out) as process:
        try:
            wait_until_healthy(process, server)
            yield server
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End an app by its own process id, whatever it is busy with."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until_healthy(process: subprocess.Popen[bytes], server: Server) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5):
                return
        except OSError:  # refused, cut off, or late
            time.sleep(0.1)
    raise RuntimeError(f"The app did not start:\n{server.printed()}")


def watch_errors(page: Page) -> list[str]:
    """A list that grows by each console error and uncaught exception of ``page`` that nobody allowed."""
    errors: list[str] = []

    def note(text: str) -> None:
        if not ALLOWED_ERRORS.search(text):
            errors.append(text)

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            note(f"console: {message.text} ({message.location['url']})")

    page.on("console", on_console)
    page.on("pageerror", lambda error: note(f"uncaught: {error.stack or error}"))
    return errors


def begin_watching_messages(page: Page) -> None:
    """Keep each message that a page sends, for :func:`sent_by`. Call it before the page is opened."""
    sent = SENT[page] = []

    def on_websocket(socket: WebSocket) -> None:
        socket.on("framesent", lambda message: sent.append(message))

    page.on("websocket", on_websocket)


def sent_by(page: Page) -> list[str | bytes]:
    """A list that grows by each message that a page of ``new_page`` sends from now on."""
    SENT[page].clear()
    return SENT[page]


@contextmanager
def requests_elsewhere(page: Page) -> Iterator[list[str]]:
    """A list that grows by each address beyond this machine that the page asks for."""
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("http://localhost:", "data:", "blob:")):
            elsewhere.append(request.url)

    page.on("request", note)
    yield elsewhere
    page.remove_listener("request", note)


def open_stage(page: Page, url: str) -> Locator:
    """Open ``url``, wait until its first stage is painted and Streamlit has nothing left to run."""
    page.goto(url)
    stage = page.locator(STAGE).first
    stage.wait_for()
    wait_until_idle(page)
    return stage


def open_alone(page: Page, address: str) -> Locator:
    """Open a page's stage as it stands in another's page, for what needs no app: a fifth of the work."""
    page.goto(f"/embed{address}")
    stage = page.locator(STAGE).first
    stage.wait_for()
    return stage


def wait_until_idle(page: Page) -> None:
    """Wait until no script runs. A click's rerun may not have begun: better wait for what it shows."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=PATIENCE)


def step_values(stage: Locator) -> dict[str, list[float]]:
    """The text alternative as numbers: a list over the units for each signal that the phase shows."""
    rows: list[tuple[str, list[tuple[int, str]]]] = stage.locator(
        "table[data-testid=step-values] tr[data-signal]:not([data-later])"
    ).evaluate_all(
        """rows => rows.map(row => {
             const cells = [...row.querySelectorAll("td[data-unit]")];
             return [row.dataset.signal, cells.map(cell => [+cell.dataset.unit, cell.dataset.value])];
           })"""
    )
    return {signal: [float(value) for _, value in sorted(cells)] for signal, cells in rows}


def all_stages(page: Page, count: int) -> list[Locator]:
    """Wait until so many stages are painted, and return each."""
    stages = page.locator(STAGE)
    expect(stages).to_have_count(count)
    return [stages.nth(k) for k in range(count)]


def top(part: Locator) -> float:
    """Where a part begins, in CSS px from the top of the window."""
    return float(part.evaluate("part => part.getBoundingClientRect().top"))


def query_of(page: Page) -> dict[str, str]:
    """What the address of a page says behind its question mark."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def until(page: Page, holds: Callable[[], object]) -> None:
    """Wait until ``holds()`` is true, for what no locator can be asked."""
    end = time.monotonic() + PATIENCE / 1000
    while not holds() and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert holds()


def lasting(page: Page, find: Callable[[], list[str]]) -> list[str]:
    """What ``find`` finds amiss and goes on finding; nothing, as soon as it finds nothing."""
    end = time.monotonic() + SETTLES
    while (found := find()) and time.monotonic() < end:
        page.wait_for_timeout(100)
    return found


def tap(page: Page, target: Locator, holds: Callable[[], object]) -> None:
    """Tap until ``holds()``: a finger that a busy machine lifts late presses long, which clicks nothing."""
    for seconds in range(2, 22, 2):
        target.tap()
        end = time.monotonic() + seconds
        while not (done := holds()) and time.monotonic() < end:
            page.wait_for_timeout(50)
        if done:
            return
    raise AssertionError(f"no tap on {target} did it")


def pick(page: Page, field: Locator, label: str, exact: bool = False, search: bool = False) -> None:
    """Choose from a list, once nothing runs that could close it again.

    A list that lost the focus to the stage takes the first click for one that closes it. One that is longer
    than what it shows at once is searched: the label is typed.
    """
    wait_until_idle(page)
    option = page.get_by_role("option", name=label, exact=exact).first
    for seconds in (1, 2, 4, 8, 16):
        field.click()
        if search:
            field.fill(label)
        with suppress(NotInTime):
            option.wait_for(timeout=1000 * seconds)
            break
    option.click()
    wait_until_idle(page)


def record_attribute(stage: Locator, name: str) -> Callable[[], list[str]]:
    """Keep each value that an attribute of a stage takes from now on; the function returned reads them."""
    stage.evaluate(
        """(stage, name) => {
             const seen = stage.seen = [];
             new MutationObserver(() => seen.push(stage.getAttribute(name)))
               .observe(stage, { attributeFilter: [name] });
           }""",
        name,
    )
    return lambda: list(stage.evaluate("stage => stage.seen"))


AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
WITH_AXE = f"() => {{ if (globalThis.axe) return;\n{AXE}\n}}"
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "preload": False,  # for experimental rules alone; and a stage alone may fetch nothing
    "rules": {
        "label-content-name-mismatch": {"enabled": True}
    },  # off by itself, as all that are experimental
}


def axe_findings(page: Page, impacts: tuple[str, ...] = ("serious", "critical")) -> list[str]:
    """What axe-core finds on the whole page, open shadow roots included, one line a finding.

    Headings that leave out a level count too, though axe calls that moderate.
    """
    page.evaluate(WITH_AXE)

    def find() -> list[str]:
        violations = page.evaluate("options => axe.run(options).then(found => found.violations)", AXE_OPTIONS)
        return [
            f"{one['impact']} {one['id']}: {one['help']}: {node['target']} {node['html'][:200]}"
            for one in violations
            if one["impact"] in impacts or one["id"] == "heading-order"
            for node in one["nodes"]
        ]

    return lasting(page, find)


def unreachable_by_keys(page: Page) -> list[str]:
    """What scrolls and no key reaches, by axe's own rule, whose answer depends on the width."""
    page.evaluate(WITH_AXE)

    def find() -> list[str]:
        violations = page.evaluate(
            "() => axe.run({ runOnly: ['scrollable-region-focusable'] }).then(found => found.violations)"
        )
        return [node["html"][:200] for violation in violations for node in violation["nodes"]]

    return lasting(page, find)


def sticking_out(page: Page) -> list[str]:
    """What makes the page scroll sideways, once laid out: nothing, or what reaches beyond the window."""
    return lasting(page, lambda: list(page.evaluate(STICKING_OUT)))


STICKING_OUT = """() => {
  const boxes = [document.scrollingElement, document.querySelector("[data-testid=stMain]")];
  if (!boxes.some(box => box && box.scrollWidth > box.clientWidth + 1)) return [];
  const edge = document.documentElement.clientWidth + 1;
  const found = ["the page is wider than its window"];
  const visit = root => {
    for (const element of root.querySelectorAll("*")) {
      const right = element.getBoundingClientRect().right;
      const name = `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`;
      if (right > edge) found.push(`${name} reaches to ${Math.round(right)}`);
      if (element.shadowRoot) visit(element.shadowRoot);
    }
  };
  visit(document);
  return found;
}"""


def wrong_on_paper(page: Page) -> list[str]:
    """What a print of a dark page would show amiss: darkness, controls, what leaves its card, numbers closed.

    The page is afterwards as it was, or that is in the list too.
    """
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    found = lasting(page, lambda: list(page.evaluate(WRONG_ON_PAPER)))
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    other = page.locator("[data-testid=stage]:not([data-theme=dark]), [data-testid=stage]:has(details[open])")
    return found + lasting(page, lambda: ["a stage is not again as it was"] * other.count())


WRONG_ON_PAPER = """() => {
  const found = [];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const page = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor;
  if (Math.min(...page.match(/[\\d.]+/g).slice(0, 3).map(Number)) < 200) found.push("a dark page");
  const set = "[aria-checked=true], [aria-pressed=true], [aria-current], table *, .gs-inspector *, .gc-term";
  const visit = (root) => {
    for (const control of root.querySelectorAll("button, select, input[type=range], nav"))
      if (seen(control) && !control.matches(set)) found.push(`a control: ${control.outerHTML.slice(0, 160)}`);
    for (const stage of root.querySelectorAll("[data-testid=stage]")) {
      if (stage.dataset.theme !== "light") found.push("a dark stage");
      if (!seen(stage.querySelector("[data-testid=step-values]"))) found.push("the numbers are closed");
      const card = stage.getBoundingClientRect();
      if (card.width > 690) found.push(`a card of ${card.width} px`);
      for (const part of stage.querySelectorAll(".gs-picture svg, .gs-score canvas")) {
        const { left, right } = part.getBoundingClientRect();
        if (left < card.left || right > card.right) found.push(`cut: ${left} to ${right} of ${card.right}`);
      }
    }
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) visit(element.shadowRoot);
  };
  visit(document);
  return found;
}"""

SENT: WeakKeyDictionary[Page, list[str | bytes]] = WeakKeyDictionary()
NewPage = Callable[..., Page]


_LETTERS = """(root) => [...root.querySelectorAll("*")].flatMap((element) => {
  const said = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  if (!said || element.closest(".gs-hidden, option") || !element.getBoundingClientRect().width) return [];
  if (!element.checkVisibility({ visibilityProperty: true })) return [];
  const drawn = element.ownerSVGElement && element.getScreenCTM();
  return [parseFloat(getComputedStyle(element).fontSize) * (drawn ? Math.hypot(drawn.b, drawn.d) : 1)];
})"""


def letter_sizes(root: Locator) -> list[float]:
    """Sizes of all text that is seen within an element, in CSS px as they are drawn."""
    sizes: list[float] = root.evaluate(_LETTERS)
    assert len(sizes) > 20, "text was found"
    return sizes
