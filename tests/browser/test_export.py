"""An exported file, opened from the disk without a network: alone, and in a sandboxed frame."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import FrameLocator, Locator, Page, expect

from gates.examples.comparisons import COMPARISONS
from gates.examples.lab.state import Clamped
from gates.examples.notation.kinds import CellKind
from gates.examples.presets.registry import preset
from gates.exercises.classics import classic
from gates.exercises.solve import solve
from gates.export import embedded
from gates.export import page as export
from gates.notebook import show
from gates.scenes.lab import scene as lab_scene
from gates.scenes.state import State
from tests.browser.helpers import ROOT, NewPage, Server, step_values, until
from tests.browser.lab.editing import centre, open_tab, state_in_editor, type_weight, value, weight

HOLD = "/lab?begin=challenge&challenge=hold"
LATCH = "/lstm?preset=latch&step=4&lang=en"
KINDS: tuple[CellKind, ...] = ("lstm", "gru", "rnn")
LAB, ASKS = "/lab?cell=lstm&preset=latch", "/lstm?preset=latch&step=2&guess=draw"
TOGETHER, BACK, FILM = "/compare?preset=reset&step=3", "/gradients?cell=gru&T=8&units=2", "/train?step=3"
EXERCISE = "/lab?begin=exercise&exercise=hkust&step=2"
STATES = [LATCH, "/gru?preset=latch", "/rnn?preset=latch", HOLD, LAB, ASKS, TOGETHER, BACK, FILM, EXERCISE]
AGREED = 1e-12
FOCUSED = "document.activeElement.tagName"
(FOLLOWS,) = re.findall("<script>.*?</script>", (ROOT / "docs/embedding.md").read_text("utf-8"), re.DOTALL)
"""What a page has below a frame that is to be as tall as what it shows."""
HEIGHTS = """body => [
  Math.ceil(body.getBoundingClientRect().height), document.documentElement.scrollHeight, innerHeight]"""


def as_tall_as_the_stage(page: Page) -> bool:
    """Whether the frame has been given the height of what it shows."""
    shown = page.frame_locator("iframe").locator("body").evaluate(HEIGHTS)
    return len({int(page.locator("iframe").get_attribute("height") or 0), *shown}) == 1


def walk(shown: Page | FrameLocator, page: Page, kind: CellKind = "lstm") -> None:
    """Steps through the file with keys; at every step its numbers are NumPy's."""
    stage = shown.locator(
        f"[data-testid=stage][data-ready][data-cell={kind}]"
    ).first  # RNN's latch has one beside it
    one = preset(kind, "latch")
    trace = one.build(one.bounded_values({}), one.reset).run(one.sequence.x)
    stage.focus()
    page.keyboard.press("Home")
    for step in range(len(one.sequence)):
        expect(stage).to_have_attribute("data-step", str(step))
        told = stage.locator("td[data-value]").evaluate_all(
            "cells => cells.map((cell) => [cell.closest('tr').dataset.signal, cell.dataset])"
        )
        values = {(signal, int(cell["unit"])): float(cell["value"]) for signal, cell in told}
        for signal in trace.signals:
            assert abs(values[signal, 0] - getattr(trace, signal)[step, 0]) <= AGREED, (step, signal)
        page.keyboard.press("ArrowRight")


def pages_of_more_than_one_run_walk(page: Page) -> None:
    """The cells of a comparison keep step by keys, a film stands at its end, belts run backwards."""
    stage = page.get_by_test_id("stage")
    page.get_by_test_id("choose").select_option(str(STATES.index(TOGETHER)))
    task = COMPARISONS["reset"]
    expect(stage).to_have_count(len(task.entries))
    page.get_by_test_id("stage-bar").press("ArrowRight")
    for index, entry in enumerate(task.entries):
        expect(stage.nth(index)).to_have_attribute("data-step", "3")
        trace = entry.make().run(task.sequence.x)
        for signal, values in step_values(stage.nth(index)).items():
            assert np.abs(np.subtract(values, getattr(trace, signal)[3])).max() <= AGREED, signal
    page.get_by_test_id("choose").select_option(str(STATES.index(BACK)))
    expect(stage).to_have_count(1)
    expect(stage).to_have_attribute("data-direction", "backward")
    page.get_by_test_id("choose").select_option(str(STATES.index(FILM)))
    expect(stage).to_have_attribute("data-checkpoint", "500")
    page.get_by_test_id("choose").select_option(str(STATES.index(EXERCISE)))
    page.locator("details:has([data-lab=way-back]) > summary").click()
    page.locator("[data-lab=way-back]").click()
    expect(stage).to_have_attribute("data-direction", "backward")
    back, told = solve(classic("hkust")).gradients, step_values(stage)
    assert back
    for signal in ("forget", "input", "candidate", "cell", "output", "hidden"):
        assert abs(told[f"grad.{signal}"][0] - back.signals[signal][1, 0]) <= AGREED, signal


def the_filled_screen_offers_every_state(shown: Page | FrameLocator, page: Page) -> None:
    """Whatever stages a state has come onto the screen that is filled, and leaving it shows the same."""
    shown.get_by_test_id("choose").select_option(str(STATES.index(BACK)))
    stage, listed = shown.get_by_test_id("stage"), shown.get_by_test_id("examples").locator("visible=true")
    expect(stage).to_have_attribute("data-direction", "backward")
    stage.press("f")
    expect(listed.locator("option")).to_have_count(len(STATES))
    for link, count in ((TOGETHER, len(COMPARISONS["reset"].entries)), (FILM, 1), (LAB, 1), (LATCH, 1)):
        listed.focus()
        page.keyboard.press("Home")  # a key allows to fill the screen again
        listed.select_option(index=STATES.index(link))
        expect(stage).to_have_count(count)
        expect(shown.locator(".gs-alone")).to_have_count(1)
        expect(shown.locator(".gs-film:visible, .gs-lab:visible")).to_have_count(int(link in (FILM, LAB)))
    expect(listed).to_be_focused()
    shown.locator(".gs-alone").press("f")
    expect(shown.locator(".gs-alone")).to_have_count(0)
    expect(shown.get_by_test_id("choose")).to_have_value(str(STATES.index(LATCH)))


def edits_in_a_file_agree_with_numpy(page: Page, stage: Locator, state: State) -> None:
    """Drags a weight, holds a gate, edits the input; after each the step on show is NumPy's."""
    began = lab_scene.beginning(state)

    def agrees(**edited: Any) -> None:
        expect(stage.locator(".gs-lab-verdict[data-verdict]")).to_have_attribute("data-verdict", "browser")
        lab = replace(state_in_editor(stage, began), **edited)
        trace = lab.run(began.sequence.x if lab.x is None else lab.x)
        step = int(stage.get_attribute("data-step") or -1)
        for signal, values in step_values(stage).items():
            assert np.abs(np.subtract(values, getattr(trace, signal)[step])).max() <= AGREED, signal

    bias = weight(stage, "input", "b", 0, 0)
    before = value(bias)
    x, y = centre(bias)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()
    until(page, lambda: value(bias) > before)
    agrees()

    open_tab(stage, "Clamps")
    stage.locator("[data-lab=clamp-value]").fill("0.25")
    stage.locator("[data-lab=clamp-value]").press("Enter")
    expect(stage.get_by_test_id("clamps").get_by_role("listitem")).to_have_count(1)
    held = stage.locator("[data-lab=clamp-signal]").input_value()
    until(page, lambda: step_values(stage)[held] == [0.25])
    clamps = (Clamped(held, 0.25),)
    agrees(clamps=clamps)

    open_tab(stage, "Input")
    step = int(stage.get_attribute("data-step") or -1)
    given = began.sequence.x.copy()
    given[step, 0] = 0.5
    stage.get_by_test_id("input-editor").locator(f"td[data-row='{step}'][data-column='0']").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("0.5")
    page.keyboard.press("Enter")
    until(page, lambda: step_values(stage)["x"][0] == 0.5)
    agrees(clamps=clamps, x=given, tokens=began.sequence.tokens)


WEBVIEW = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; "
    "child-src https: data:"
)
"""What VS Code's notebooks allow what they show, with its setting for a policy; without it they have none."""


def test_a_file_works_without_a_network_alone_and_in_a_sandbox(new_page: NewPage, tmp_path: Path) -> None:
    file, frame = tmp_path / "latch.html", tmp_path / "frame.html"
    lesson = "/course?lesson=same-cell&part=2"
    file.write_text(export.build(STATES, lesson=lesson), encoding="utf-8")
    sandboxed = '<iframe sandbox="allow-scripts" width="1200" height="300" style="border:0"'
    frame.write_text(f'{sandboxed} src="latch.html"></iframe>{FOLLOWS}')
    page = new_page(base="file:///", offline=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    walk(page, page)

    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    stage = page.get_by_test_id("stage")
    expect(stage).to_have_attribute("data-step", "7")  # another language, the same place
    expect(stage.get_by_test_id("moment")).to_contain_text("保留")
    expect(page.locator("footer")).to_contain_text(f"”：{lesson}")
    page.get_by_test_id("theme").click()
    expect(stage).to_have_attribute("data-theme", "dark")
    size = page.viewport_size or {"width": 0, "height": 0}
    page.set_viewport_size({"width": 560, "height": 800})  # of a frame in a notebook on paper
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(stage).to_have_attribute("data-theme", "light")  # paper is light
    until(page, lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    page.set_viewport_size(size)
    expect(stage).to_have_attribute("data-theme", "dark")
    for index, kind in enumerate(KINDS):
        page.get_by_test_id("choose").select_option(str(index))
        walk(page, page, kind)
    pages_of_more_than_one_run_walk(page)
    the_filled_screen_offers_every_state(page, page)
    page.get_by_test_id("choose").select_option(str(STATES.index(LAB)))
    page.get_by_role("button", name="English").click()
    edits_in_a_file_agree_with_numpy(page, stage, State("lstm", in_lab=True, preset="latch"))
    assert asked == [file.as_uri()]

    asked.clear()
    page.goto(frame.as_uri())
    framed = page.frame_locator("iframe")
    until(page, lambda: as_tall_as_the_stage(page))
    walk(framed, page)
    assert page.evaluate(FOCUSED) == "IFRAME"
    page.keyboard.press("Escape")  # a deck's keys are its own again
    until(page, lambda: page.evaluate(FOCUSED) == "BODY")
    framed.get_by_test_id("choose").select_option(str(STATES.index(ASKS)))  # a file asks
    expect(framed.get_by_test_id("score").get_by_role("slider")).to_have_count(5)
    framed.get_by_role("button", name="I don’t know").click()
    expect(framed.get_by_test_id("guess-verdict")).to_contain_text("This is how it goes.")
    framed.get_by_test_id("choose").select_option(str(STATES.index(HOLD)))
    stage = framed.get_by_test_id("stage")
    expect(stage.get_by_test_id("challenge-state")).not_to_contain_text("Solved")
    type_weight(stage, ("forget", "b", 0, 0), "8")
    expect(stage.get_by_test_id("challenge-state")).to_contain_text("Solved")
    expect(stage.get_by_text("best so far")).to_contain_text("100%")  # though nothing can be stored here
    expect(stage.locator(".gs-lab-verdict[data-verdict]")).to_have_attribute("data-verdict", "browser")
    edits_in_a_file_agree_with_numpy(
        page, stage, State("lstm", in_lab=True, source="challenge", challenge="hold")
    )
    framed.get_by_role("button", name="中文").click()
    expect(stage.get_by_test_id("challenge-state")).to_contain_text("已解决")
    assert asked == [frame.as_uri(), file.as_uri()]

    asked.clear()
    one = preset("lstm", "latch")
    trace = one.build(one.bounded_values({}), one.reset).run(one.sequence.x)
    frame.write_text(
        f'<html theme=dark><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{WEBVIEW}">'
        f"{trace._repr_html_()}{show(trace, lang='en')._repr_html_()}",
        encoding="utf-8",
    )
    output = tmp_path / "output.html"  # a notebook that shows what a cell gave in a frame of another origin
    output.write_text('<iframe sandbox="allow-scripts" width="1200" height="800" src="frame.html"></iframe>')
    page.goto(output.as_uri())
    given = page.frame_locator("iframe")
    expect(given.locator("table th").first).to_be_visible()
    expect(given.locator("table")).to_have_count(1)  # with scripts there is no still picture of show's
    expect(given.locator("iframe")).to_have_css("color-scheme", "dark")
    walk(given.frame_locator("iframe"), page)
    assert [address for address in asked if address != "about:srcdoc"] == [output.as_uri(), frame.as_uri()]


HEARD = """
<script>
  const heard = [];
  addEventListener("message", ({ data }) => heard.push(data));
  const framed = () => document.querySelector("iframe").contentWindow;
  const tell = (order) => framed().postMessage({ gatescope: 1, ...order }, "*");
</script>
"""


def test_a_stage_in_anothers_page_says_where_it_stands_and_goes_where_it_is_asked(
    new_page: NewPage, server: Server, tmp_path: Path
) -> None:
    slide = tmp_path / "slide.html"
    line = str(embedded.line(f"{server.url}/gru?preset=latch&step=3&lang=zh"))
    slide.write_text(f'<!doctype html><meta charset="utf-8">{HEARD}{line}', encoding="utf-8")
    page = new_page(base="file:///")
    page.goto(slide.as_uri())
    stage = page.frame_locator("iframe").locator("[data-testid=stage][data-ready]")
    expect(stage).to_have_attribute("data-step", "2")
    expect(stage).to_have_attribute("lang", "zh-Hans")
    until(page, lambda: stage.evaluate("() => document.documentElement.scrollHeight === innerHeight"))
    page.evaluate("tell({ type: 'goto', step: 5, phase: 'reset' })")
    expect(stage).to_have_attribute("data-step", "4")
    expect(stage).to_have_attribute("data-phase", "reset")
    page.evaluate("tell({ type: 'goto', step: 500 }); tell({ type: 'language', language: 'en' })")
    expect(stage).to_have_attribute("lang", "en")
    expect(stage).to_have_attribute("data-step", "4")
    stage.locator(".gs-guess-toggle").click()
    page.evaluate("tell({ type: 'goto', step: 8 })")
    stage.locator(".gs-guess-field").fill("0.5")
    stage.locator(".gs-guess-field").press("Enter")  # no form is submitted in a sandbox
    expect(stage.get_by_test_id("guess-verdict")).to_be_visible()
    page.wait_for_function("() => heard.some(({ type }) => type === 'answer')")
    heard = page.evaluate("heard")
    assert [data for data in heard if data["type"] == "ready"] == [
        {
            "gatescope": 1, "type": "ready", "page": "gru", "cell": "gru", "units": 1,
            "steps": int(stage.get_attribute("data-steps") or 0),
            "phases": ["look", "reset", "propose", "blend", "carry"],
        }
    ]  # fmt: skip
    places = [(data["step"], data["phase"]) for data in heard if data["type"] == "place"]
    assert places[:2] == [(3, "carry"), (5, "reset")]
    assert max(step for step, _ in places) < 8  # what is still asked is not passed by
    (answer,) = [data for data in heard if data["type"] == "answer"]
    assert (answer["to"], answer["guess"]) == ("guess", 0.5)
    page.locator("iframe").evaluate("(frame) => frame.height = 300")
    page.add_script_tag(content=re.sub("</?script>", "", FOLLOWS))
    page.set_viewport_size({"width": 700, "height": 800})  # it grows taller, and tells it
    until(page, lambda: as_tall_as_the_stage(page))
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link").click()
    expect(opened.value.locator("[data-testid=stage][data-ready]")).to_have_attribute("data-cell", "gru")
