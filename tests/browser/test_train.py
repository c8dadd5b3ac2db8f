"""Training as a person does it: press the button, see it learned, scrub, stop, and come back."""

import os
import re
import signal
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.helpers import NewPage, axe_findings, open_stage, sent_by, step_values
from tests.browser.recorder import recorded

PATIENCE = 60_000
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
    page.wait_for_url(re.compile(r"[?&]run="), timeout=PATIENCE)
    return parse_qs(urlsplit(page.url).query)["run"][0]


def learning(page: Page) -> Locator:
    """The line that says how far a run is."""
    return page.locator("[data-testid=stProgress]")


def test_parity_is_learned_and_its_film_is_scrubbed_without_the_server(new_page: NewPage) -> None:
    page = new_page()
    sent = sent_by(page)
    stage = open_stage(page, "/train?lang=en")
    expect(page.locator("[data-testid=film]")).to_be_visible()
    assert checkpoint(stage) == 500, "a recorded run is there before anybody trains"
    stage.evaluate("stage => { stage.mark = 'the same'; }")
    press(page, "start")
    run_of(page)
    expect(page.get_by_text("on data that it has never seen")).to_be_visible(timeout=PATIENCE)
    expect(stage).to_have_attribute("data-checkpoint", "500", timeout=PATIENCE)
    assert stage.evaluate("stage => stage.mark") == "the same", "the stage was never put up anew"
    page.wait_for_timeout(1000)
    learned = step_values(stage)
    count = len(sent)
    scrub(page, 0)
    expect(stage).to_have_attribute("data-checkpoint", "0")
    untrained = step_values(stage)
    assert untrained["forget"] != learned["forget"]
    assert all(abs(value - 0.5) < 0.4 for value in untrained["forget"])
    page.keyboard.press("End")  # in time, while training stands still
    page.wait_for_url(re.compile(r"checkpoint=0\b"))
    assert len(sent) == count, "moving through training asks nobody"
    assert not axe_findings(page)


def test_what_is_taken_along_is_what_is_on_the_screen(new_page: NewPage) -> None:
    page = new_page()
    stage = open_stage(page, "/train?lang=en")
    scrub(page, 4)
    expect(stage).to_have_attribute("data-checkpoint", "8")
    page.get_by_role("tab", name="Take it along").click()
    taken = page.get_by_role("combobox", name="After step")
    expect(taken).to_have_value("8", timeout=PATIENCE)
    scrub(page, 10)
    expect(taken).to_have_value("64", timeout=PATIENCE)
    with page.expect_download() as download:
        page.get_by_role("button", name="Weights").click()
    assert download.value.suggested_filename.endswith("-64.npz")


def test_a_run_outlives_a_reload_and_another_browser_only_watches(new_page: NewPage) -> None:
    page = new_page()
    open_stage(page, LONG)
    press(page, "start")
    run = run_of(page)
    expect(learning(page)).to_contain_text("timesteps a second", timeout=PATIENCE)
    page.reload()
    expect(learning(page)).to_contain_text("timesteps a second", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Stop")).to_be_visible(timeout=PATIENCE)

    other = new_page()
    open_stage(other, f"/train?lang=en&run={run}")
    expect(other.get_by_text("You are watching.")).to_be_visible(timeout=PATIENCE)
    expect(other.get_by_role("button", name="Stop")).to_have_count(0)
    other.context.close()

    page.goto("/lstm?lang=en")
    page.goto("/train")  # no run in this address: the browser has kept it
    expect(learning(page)).to_contain_text("timesteps a second", timeout=PATIENCE)
    assert run_of(page) == run
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped after step")).to_be_visible(timeout=PATIENCE)
    expect(learning(page)).to_have_count(0)


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
def test_the_film_follows_a_run_until_somebody_scrubs_and_outlives_its_worker(new_page: NewPage) -> None:
    page = new_page(dark=True, fresh=True)
    with recorded(page):
        stage = open_stage(page, LONG)
        press(page, "start")
        run = run_of(page)
        expect(page.locator("[data-testid=film][data-live]")).to_be_visible(timeout=PATIENCE)
        first = checkpoint(stage)
        expect(stage).not_to_have_attribute("data-checkpoint", str(first), timeout=PATIENCE)
        scrub(page, 2)
        page.wait_for_timeout(1500)
        assert checkpoint(stage) == 2
        page.get_by_role("button", name="Follow the training").click()
        assert checkpoint(stage) > 2
        page.get_by_role("button", name="Pause", exact=True).click()
        expect(learning(page)).to_contain_text("paused at step", timeout=PATIENCE)
        page.get_by_role("button", name="Continue").click()
        expect(learning(page)).to_contain_text("timesteps a second", timeout=PATIENCE)
        os.kill(worker(run), signal.SIGKILL)
        expect(page.get_by_text("was killed after step")).to_be_visible(timeout=PATIENCE)
        scrub(page, 1)
        expect(stage).to_have_attribute("data-checkpoint", "1")
        assert not axe_findings(page)


def test_two_runs_stand_side_by_side_and_move_together(new_page: NewPage) -> None:
    page = new_page(width=1440)
    open_stage(page, "/train?lang=en")
    press(page, "experiment-cells")
    stages = page.locator("[data-testid=stage][data-checkpoint]")
    expect(stages).to_have_count(2, timeout=PATIENCE)
    expect(page.get_by_text("on data that it has never seen")).to_have_count(2, timeout=PATIENCE)
    assert [stages.nth(place).get_attribute("data-cell") for place in range(2)] == ["lstm", "rnn"]
    page.wait_for_timeout(1500)
    scrub(page, 5)
    expect(stages.nth(1)).to_have_attribute(
        "data-checkpoint", stages.nth(0).get_attribute("data-checkpoint") or ""
    )
    stages.nth(0).focus()
    page.keyboard.press("End")
    expect(stages.nth(1)).to_have_attribute("data-step", "29")


def test_a_file_too_large_is_refused_in_the_readers_language_and_what_was_typed_stays(
    new_page: NewPage,
) -> None:
    page = new_page()
    open_stage(page, "/train?lang=zh&task=text&cell=lstm")
    typed = page.locator("textarea").first
    typed.fill("to be or not to be, that is the question. " * 20)
    typed.press("Control+Enter")
    large = {"name": "long.txt", "mimeType": "text/plain", "buffer": b"a" * 3_000_000}
    page.locator("[data-testid=stFileUploader] input[type=file]").last.set_input_files(large)
    refused = page.get_by_text("long.txt 有 3.0 MB")
    expect(refused).to_be_visible(timeout=PATIENCE)
    expect(refused).to_contain_text("仍然保留")
    assert typed.input_value().startswith("to be or not to be")
