"""What a person waits for, in a real Chromium: the first paint, a step, a slider, another state."""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium
from tests.browser.helpers import (
    BROWSER_FLAGS,
    Server,
    open_stage,
    running_app,
    wait_until_healthy,
)
from tests.ports import free_port

FRAME = 17.0  # milliseconds
STEPPING = "/lstm?input=signal&signal=noise&steps=1000&units=64&through=random"

PRESS = """
async (stage) => {
  const settled = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const times = [];
  stage.focus();
  for (let k = 0; k < 240; k += 1) {
    await settled();
    const start = performance.now();
    stage.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, composed: true }));
    const handled = performance.now() - start;
    const painted = await new Promise((done) =>
      requestAnimationFrame(() => {
        const begin = performance.now();
        stage.getBoundingClientRect();                 // style and layout of what has just been written
        done({ layout: performance.now() - begin, frame: performance.now() - start });
      }),
    );
    times.push({ work: handled + painted.layout, frame: painted.frame });
  }
  return times.slice(40);
}
"""

DRAG = """
async (stage, [count, pause]) => {
  const slider = stage.querySelector("input[data-slider]");
  const table = stage.querySelector("table[data-testid=step-values]");
  const times = [];
  for (let k = 0; k < count; k += 1) {
    slider.value = String(Number(slider.min) + (slider.max - slider.min) * ((k * 7) % 20) / 20);
    const start = performance.now();
    const answered = new Promise((done) => {
      const painted = () => requestAnimationFrame(() => done(performance.now() - start));
      const watch = new MutationObserver(() => (watch.disconnect(), painted()));
      watch.observe(table, { subtree: true, attributes: true, attributeFilter: ["data-value"] });
      setTimeout(() => done(NaN), 2000);
    });
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    times.push(await answered);
    await new Promise((done) => setTimeout(done, pause));
  }
  return times.slice(5);
}
"""


# Links to other examples, steps, phases, notations and sliders in turn, each told when it is on the screen.
GOTO = """
async (stage, links) => {
  const times = [];
  for (const link of links) {
    await new Promise((done) => setTimeout(done, 120));
    const start = performance.now();
    if (!(await stage.goto(link))) throw new Error(link);
    stage.getBoundingClientRect();                       // style and layout of what has just been written
    times.push(performance.now() - start);
  }
  return times;
}
"""
STATES = (
    "/lstm?preset=latch&step=3",
    "/lstm?preset=locker&step=5&phase=forget",
    "/lstm?preset=counter&step=2",
    "/lstm?preset=latch&step=8&sharpness=0.5",
    "/lstm?preset=locker&step=4&view=diagram&notation=concatenated",
    "/lstm?input=signal&signal=noise&steps=60&units=8&through=random&step=30",
    "/lstm?preset=latch&step=3&phase=write",
)


# Asked in every frame, in shadow roots too: Playwright's own wait soon looks only every half second.
SHOWN = """
(selector) => {
  const found = (root) => root.querySelector(selector) ??
    [...root.querySelectorAll("*")].map((each) => each.shadowRoot && found(each.shadowRoot)).find(Boolean);
  globalThis.shownAt = new Promise((done) => {
    const look = () => (found(document) ? done(performance.now()) : requestAnimationFrame(look));
    look();
  });
}
"""


@contextlib.contextmanager
def empty_page(folder: Path) -> Iterator[Server]:
    """A Streamlit page that shows one word, with our server settings."""
    script = folder / "empty.py"
    script.write_text("import streamlit as st\nst.write('empty')\n")
    server = Server(f"http://localhost:{free_port()}", folder / "empty.txt")
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
    command += ["--server.port", server.url.rpartition(":")[2], "--server.fileWatcherType", "none"]
    with server.log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            wait_until_healthy(process, server)
            yield server
        finally:
            process.terminate()


def first_paint(browser: Browser, address: str, shown: str) -> float:
    """Milliseconds from opening ``address`` in a browser that never saw it until ``shown`` is there."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.add_init_script(f"({SHOWN})({json.dumps(shown)})")
    page.goto(address, wait_until="commit")
    elapsed = float(page.evaluate("() => globalThis.shownAt"))
    context.close()
    return elapsed


def quantile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def report(name: str, times: list[float], target: float) -> None:
    p95 = quantile(times, 0.95)
    print(
        f"  {name:<52} median {statistics.median(times):7.1f} ms   p95 {p95:7.1f} ms   "
        f"≤ {target:g}  {'pass' if p95 <= target else 'MISS'}"
    )


def stepping(page: Page) -> None:
    stage = open_stage(page, STEPPING)
    times = stage.evaluate(PRESS)
    report("a step, T 1000, H 64: work from key to paint", [time["work"] for time in times], FRAME)
    report(
        "a step, T 1000, H 64: key to frame, with the wait for it",
        [time["frame"] for time in times],
        2 * FRAME,
    )


def sliding(page: Page) -> None:
    stage = open_stage(page, "/lstm?preset=brackets")
    report("a slider to the engine's numbers on the screen", stage.evaluate(DRAG, [60, 60]), 60)
    report("the same, the page following after each", stage.evaluate(DRAG, [30, 700]), 60)


def opening(page: Page) -> None:
    """States of a step page in a row, without a rerun between them; then each after the page has followed."""
    stage = open_stage(page, "/lstm?preset=latch")
    stage.evaluate(GOTO, list(STATES))  # modules and runs are warm from then on
    report("from one state of a step page to another", stage.evaluate(GOTO, list(STATES) * 10), 100)


def main() -> None:
    """Print first paint as a ratio to an empty page's, and what a step and a slider cost."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder) / "app.txt") as app,
        empty_page(Path(folder)) as empty,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(BROWSER_FLAGS))
        ours: list[float] = []
        theirs: list[float] = []
        for turn in range(9):
            a = first_paint(browser, f"{app.url}/lstm", "[data-testid=stage][data-ready]")
            b = first_paint(browser, empty.url, "[data-testid=stMarkdown]")
            if turn > 1:  # the servers are warm from then on
                ours.append(a)
                theirs.append(b)
        ratio = statistics.median(ours) / statistics.median(theirs)
        print(
            f"  first paint of the LSTM page: {statistics.median(ours):.0f} ms, of an empty page "
            f"{statistics.median(theirs):.0f} ms: ratio {ratio:.2f}   ≤ 1.5  "
            f"{'pass' if ratio <= 1.5 else 'MISS'}"
        )
        page = browser.new_context(base_url=app.url, viewport={"width": 1440, "height": 900}).new_page()
        stepping(page)
        sliding(page)
        opening(page)
        browser.close()


if __name__ == "__main__":
    main()
