"""From one state of a ready lecture to another by a key: what the hall waits for, what the browser works."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from gates.lectures import reader
from tests.browser import chromium
from tests.browser.helpers import BROWSER_FLAGS, PATIENCE, Server, running_app

TARGET = 100.0  # milliseconds between two states of a step page
REST = 1500  # milliseconds for which a state is looked at: the next one is laid out meanwhile

# Presses a key, and tells when what it brings has been painted; null where it brings nothing.
PRESS = """key => new Promise((done) => {
  const screen = document.querySelector(".gl-screen");
  const place = () => [screen.dataset.at, screen.dataset.open, screen.dataset.walked].join();
  const [before, state, start] = [place(), screen.dataset.at, performance.now()];
  dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const painted = () => setTimeout(() => done([performance.now() - start, screen.dataset.at !== state]));
  const look = () => {
    if (place() !== before && screen.dataset.shown === "true") requestAnimationFrame(painted);
    else if (performance.now() - start > 5000) done(null);
    else setTimeout(look);
  };
  look();
})"""


def processor(session: CDPSession) -> float:
    """Milliseconds that the page's process has computed by now."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(one["value"] for one in metrics if one["name"] == "ProcessTime")


def walked(screen: Page, session: CDPSession, key: str) -> list[tuple[float, float]]:
    """Press a key until it leads on no more; return wall and processor time of each change of state."""
    times = []
    while True:
        screen.wait_for_timeout(REST)
        before = processor(session)
        told = screen.evaluate(PRESS, key)
        if told is None:
            return times
        wall, another = told
        if another:
            times.append((wall, processor(session) - before))


def report(name: str, times: list[float]) -> None:
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"{name:34} median {statistics.median(times):5.0f} ms   p95 {p95:5.0f} ms   (target {TARGET:.0f})")


def give(browser: Browser, server: Server, name: str, language: str) -> list[tuple[float, float]]:
    """Give a lecture forward and back; return the times of each change of state."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{server.url}/lecture?show={name}&lang={language}")
    with context.expect_page() as coming:
        page.get_by_test_id("lecture-screen-open").click()
    screen = coming.value
    screen.set_viewport_size({"width": 1920, "height": 1080})
    screen.wait_for_selector(".gl-screen[data-shown=true]")
    session = context.new_cdp_session(screen)
    session.send("Performance.enable")
    times = [*walked(screen, session, "PageDown"), *walked(screen, session, "PageUp")]
    context.close()
    return times


def main() -> None:
    """Print what the ready lectures take, forward and back."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder) / "log.txt") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(BROWSER_FLAGS))
        for name in reader.names():
            times = give(browser, server, name, "en")
            report(f"{name}: key to paint", [wall for wall, _ in times])
            report(f"{name}: processor", [work for _, work in times])


if __name__ == "__main__":
    main()
