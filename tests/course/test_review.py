"""The browser's reviews, gate test and summary: when they come, what is kept of them, where links lead."""

import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from gates.course import reader
from gates.examples.challenges.catalogue import CHALLENGES
from gates.scenes.registry import PAGES
from gates.ui.course.view import challenge_link
from tests.node import NODE


def test_reviews_sittings_and_the_summary() -> None:
    script = Path(__file__).with_name("review.test.mjs")
    ran = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", str(script)], capture_output=True, text=True, timeout=600
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "# pass 0" not in ran.stdout


def test_a_cell_that_was_made_in_a_lesson_opens_by_the_link_that_the_summary_gives() -> None:
    made = 0
    for name in reader.names():
        for step in reader.structure(name)["steps"]:
            if step["kind"] != "do":
                continue
            link = urlsplit(reader.variant(step, reader.draws_of(step)[0])["after"])
            page = PAGES[link.path[1:]]
            params = dict(parse_qsl(link.query)) | {
                key: str(value) for key, value in step["solution"].items()
            }
            state, _, problems = page.link.read(params, page.opening)
            assert problems == [] and step["solution"].items() <= dict(state.sliders).items()
            made += 1
    assert made >= len(reader.names()) // 2


def test_a_solved_challenge_opens_by_its_link() -> None:
    for name in CHALLENGES:
        link = urlsplit(challenge_link(name))
        state, _, problems = PAGES["lab"].link.read(dict(parse_qsl(link.query)), PAGES["lab"].opening)
        assert problems == [] and (state.source, state.challenge) == ("challenge", name)
