"""Training as a person does it: press the button, see it learned, scrub, stop, and come back."""

import os
import re
import signal
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from gates.text import translator
from tests.browser.helpers import (
    NewPage,
    axe_findings,
    open_stage,
    pick,
    sent_by,
    step_values,
    until,
    wait_until_idle,
)
from tests.browser.recorder import recorded

LONG = "/train?lang=en&task=parity&cell=lstm&steps=100000"


def press(page: Page, name: str) -> None:
    page.locator(f".st-key-train-{name} button").first.click()


def slider(page: Page) -> Locator:
    return page.locator("[data-film=slider]").first


def scrub(page: Page, place: int) -> None:
    slider(page).evaluate(
        "(input, place) => { input.value = place; input.dispatchEvent(new Event('input')); }", place
    )


def checkpoint(stage: Locator) -> int:
    return int(stage.get_attribute("data-checkpoint") or -1)


def run_of(page: Page) -> str:
    """The run that the address names."""
    page.wait_for_url(re.compile(r"[?&]run="))
    return parse_qs(urlsplit(page.url).query)["run"][0]


def learning(page: Page) -> Locator:
    """The line that says how far a run is."""
    return page.locator("[data-testid=stProgress]")


def mark(stage: Locator) -> None:
    stage.evaluate("stage => { stage.mark = 'the same'; }")


def is_marked(stage: Locator) -> bool:
    """Whether it was never put up anew since then."""
    return bool(stage.evaluate("stage => stage.mark === 'the same'"))


def test_what_is_on_the_screen_is_taken_along_and_two_learned_runs_are_scrubbed_without_the_server(
    new_page: NewPage,
) -> None:
    page = new_page(width=1440)
    stage = open_stage(page, "/train?lang=en")
    expect(page.locator("[data-testid=film]")).to_be_visible()
    expect(stage).to_have_attribute("data-checkpoint", "500")  # a recorded run, before anybody trains
    what_is_taken_along_is_what_is_on_the_screen(page, stage)
    steps = page.locator(".st-key-train-recipe-parity-lstm-steps input")
    steps.fill("64")
    steps.press("Enter")
    pick(page, page.locator(".st-key-train-beside input"), translator("en")("train.beside.rnn"), exact=True)
    press(page, "start")
    run_of(page)
    expect(page.locator("[data-testid=stage][data-checkpoint]")).to_have_count(2)
    mark(stage)
    stages = page.locator("[data-testid=stage][data-checkpoint='64']")
    expect(stages).to_have_count(2)
    expect(page.get_by_text("on data that it has never seen")).to_have_count(2)
    expect(learning(page)).to_have_count(0)
    for index, cell in enumerate(("lstm", "rnn")):
        expect(stages.nth(index)).to_have_attribute("data-cell", cell)
    assert is_marked(stage)
    wait_until_idle(page)
    learned, sent = step_values(stage), sent_by(page)
    scrub(page, 0)
    stages = page.locator("[data-testid=stage][data-checkpoint='0']")
    expect(stages).to_have_count(2)
    until(page, lambda: step_values(stage)["forget"] != learned["forget"])
    untrained = step_values(stage)
    assert all(abs(value - 0.5) < 0.4 for value in untrained["forget"])
    stage.focus()
    page.keyboard.press("End")  # in time, while training stands still
    expect(stages.last).to_have_attribute("data-step", str(int(stage.get_attribute("data-steps") or 0) - 1))
    page.wait_for_url(re.compile(r"checkpoint=0\b"))
    assert sent == [], "moving through training asks nobody"
    assert not axe_findings(page)
    page.get_by_test_id("stage-bar").press("l")  # before a hall one is large: the other's strip has a name
    titles = page.locator(".gs-group-large .gs-group-title:visible")
    expect(titles).to_have_count(1)
    expect(titles).to_contain_text("RNN")


def what_is_taken_along_is_what_is_on_the_screen(page: Page, stage: Locator) -> None:
    scrub(page, 4)
    expect(stage).to_have_attribute("data-checkpoint", "8")
    page.get_by_role("tab", name="Take it along").click()
    taken = page.get_by_role("combobox", name="After step")
    expect(taken).to_have_value("8")
    scrub(page, 10)
    expect(taken).to_have_value("64")
    with page.expect_download() as download:
        page.get_by_role("button", name="Weights").click()
    assert download.value.suggested_filename.endswith("-64.npz")
    page.get_by_role("tab", name="Curves").click()


def worker(run: str) -> int:
    """The process that trains a run."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if "gates.training.runs.worker" in words and any(word.endswith(f"/{run}") for word in words):
            return int(path.parent.name)
    raise AssertionError("no such process")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_run_outlives_a_reload_is_only_watched_elsewhere_and_its_film_outlives_its_worker(
    new_page: NewPage,
) -> None:
    page = new_page(dark=True, fresh=True)
    with recorded(page):
        stage = open_stage(page, LONG)
        mark(stage)
        press(page, "start")
        run = run_of(page)
        expect(page.locator("[data-testid=film][data-live]")).to_be_visible()
        first = checkpoint(stage)
        expect(stage).not_to_have_attribute("data-checkpoint", str(first))
        assert is_marked(stage)
        is_shared_as_it_runs(page, new_page(), run)
        the_film_follows_until_somebody_scrubs(page, stage)
        mark(stage)
        page.get_by_role("button", name="Pause", exact=True).click()
        expect(learning(page)).to_contain_text("paused at step")
        page.get_by_role("button", name="Continue").click()
        expect(learning(page)).to_contain_text("timesteps a second")
        os.kill(worker(run), signal.SIGKILL)
        expect(page.get_by_text("was killed after step")).to_be_visible()
        expect(learning(page)).to_have_count(0)
        wait_until_idle(page)
        assert is_marked(stage)
        scrub(page, 1)
        expect(stage).to_have_attribute("data-checkpoint", "1")
        assert not axe_findings(page)


def is_shared_as_it_runs(page: Page, other: Page, run: str) -> None:
    open_stage(other, f"/train?lang=en&run={run}")
    expect(other.get_by_text("You are watching.")).to_be_visible()
    expect(other.get_by_role("button", name="Stop")).to_have_count(0)
    page.goto("/train")  # no run in this address: the browser has kept it
    expect(learning(page)).to_contain_text("timesteps a second")
    assert run_of(page) == run
    expect(learning(page)).to_contain_text("timesteps a second")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()


def the_film_follows_until_somebody_scrubs(page: Page, stage: Locator) -> None:
    expect(page.locator("[data-testid=film][data-live]")).to_be_visible()
    scrub(page, 2)
    expect(stage).to_have_attribute("data-checkpoint", "2")
    said = learning(page).inner_text()
    expect(learning(page)).not_to_have_text(said)  # it has gone on
    assert checkpoint(stage) == 2
    page.get_by_role("button", name="Follow the training").click()
    until(page, lambda: checkpoint(stage) > 2)


def test_a_file_too_large_is_refused_in_the_readers_language_and_what_was_typed_stays(
    page: Page,
) -> None:
    open_stage(page, "/train?lang=zh&task=text&cell=lstm")
    typed = page.locator("textarea").first
    typed.fill("to be or not to be, that is the question. " * 20)
    typed.press("Control+Enter")
    large = {"name": "long.txt", "mimeType": "text/plain", "buffer": b"a" * 3_000_000}
    page.locator("[data-testid=stFileUploader] input[type=file]").last.set_input_files(large)
    refused = page.get_by_text("long.txt 有 3.0 MB")
    expect(refused).to_be_visible()
    expect(refused).to_contain_text("仍然保留")
    expect(typed).to_have_value(re.compile("^to be or not to be"))
