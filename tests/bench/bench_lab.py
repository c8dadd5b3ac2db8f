"""What a hand on a weight waits for: the preview in the next frame, and NumPy's numbers after release."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from playwright.sync_api import Locator, sync_playwright

from gates import LSTM
from gates.examples.lab.state import LabState
from gates.scenes.lab import scene
from gates.scenes.links.lab import LAB
from gates.scenes.state import State
from tests.bench.bench_browser import FRAME, report
from tests.browser import chromium
from tests.browser.helpers import BROWSER_FLAGS, open_stage, running_app

STEPS, UNITS, INPUTS = 60, 8, 2
RELEASE = 60.0  # milliseconds

HAND = """
const weight = stage.querySelector("[data-testid=editor] td[data-matrix=b]");
const box = weight.getBoundingClientRect();
weight.setPointerCapture = () => {};  // only a pointer that exists can be captured
const send = (type, by = 0) =>
  weight.dispatchEvent(
    new PointerEvent(type, {
      bubbles: true, composed: true, button: 0, clientX: box.left + 9 + by, clientY: box.top + 9,
    }),
  );
const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
"""

DRAG = f"""
async (stage) => {{
  {HAND}
  const times = [];
  send("pointerdown");
  for (let k = 0; k < 220; k += 1) {{
    await frame();
    let begin = 0;
    requestAnimationFrame(() => (begin = performance.now()));  // before the lab's own
    const start = performance.now();
    send("pointermove", 60 + 50 * Math.sin(k / 7));
    const handled = performance.now() - start;
    await new Promise((done) =>
      requestAnimationFrame(() => {{
        stage.getBoundingClientRect();  // style and layout of what has just been written
        const end = performance.now();
        times.push({{ work: handled + end - begin, frame: end - start }});
        done();
      }}),
    );
  }}
  send("pointerup");
  return times.slice(20);
}}
"""

LET_GO = f"""
async (stage) => {{
  {HAND}
  const verdict = stage.querySelector(".gs-lab-verdict");
  const times = [];
  for (let k = 0; k < 60; k += 1) {{
    send("pointerdown");
    for (let n = 0; n < 5; n += 1) {{
      send("pointermove", 10 + (k % 2 ? -1 : 1) * 10 * n);
      await frame();
    }}
    const answered = new Promise((done) => {{
      const watch = new MutationObserver(() => {{
        if (verdict.dataset.verdict !== "agrees") return;
        watch.disconnect();
        requestAnimationFrame(() => done(performance.now() - start));
      }});
      watch.observe(verdict, {{ attributes: true, attributeFilter: ["data-verdict"] }});
      setTimeout(() => done(NaN), 2000);
    }});
    const start = performance.now();
    send("pointerup");
    times.push(await answered);
    await new Promise((done) => setTimeout(done, 60));
  }}
  return times.slice(10);
}}
"""


def address() -> str:
    """A link to an LSTM from scratch that reads sixty steps of noise."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (STEPS, INPUTS))
    lab = LabState.of(LSTM.init(INPUTS, UNITS, rng), x=x, tokens=tuple(map(str, range(1, STEPS + 1))))
    state = State("lstm", in_lab=True, source="scratch", inputs=INPUTS, hidden=UNITS)
    return "/lab?" + urlencode(LAB.write(scene.edited(state, lab)))


def dragging(stage: Locator) -> None:
    times = stage.evaluate(DRAG)
    size = f"T {STEPS}, H {UNITS}"
    report(f"a dragged weight, {size}: work from hand to paint", [time["work"] for time in times], FRAME)
    report(
        f"a dragged weight, {size}: with the wait for the frame", [time["frame"] for time in times], 2 * FRAME
    )


def main() -> None:
    """Print what a movement of a dragged weight costs, and how long NumPy's numbers take after release."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder) / "app.txt") as app,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(BROWSER_FLAGS))
        page = browser.new_context(base_url=app.url, viewport={"width": 1440, "height": 900}).new_page()
        stage = open_stage(page, address())
        stage.locator("[data-testid=editor] td[data-matrix]").first.wait_for()
        dragging(stage)
        report("from letting go to NumPy's numbers on the screen", stage.evaluate(LET_GO), RELEASE)
        browser.close()


if __name__ == "__main__":
    main()
