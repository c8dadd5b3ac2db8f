"""The home page: three ways in that lead somewhere, code that runs, and where one left off."""

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from gates.__main__ import COMMANDS
from gates.course import reader
from gates.exercises.classes import command
from gates.glossary.formulas import CELLS
from gates.scenes.lab.puzzles import strip_puzzle
from gates.scenes.links.course import CourseState
from gates.scenes.registry import HOME, PAGES
from gates.scenes.state import Position
from gates.text import LANGUAGES, markdown_translator, translator
from gates.ui.course import view as course
from gates.ui.home import resume, view
from tests.node import NODE

ROOT = Path(__file__).resolve().parents[2]


def opened(language: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "gates" / "ui" / "main.py"), default_timeout=600)
    app.query_params["lang"] = language
    app.run()
    assert not app.exception, app.exception[0].value
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_ways_in_and_every_page_in_the_list(language: str) -> None:
    app, t = opened(language), translator(language)
    links = [(one.proto.label, one.proto.page) for one in app.get("page_link")]
    labels = [label for label, _ in links]
    for key in ("home.course.title", "home.teach.title"):
        assert f"**{t(key)}**" in labels
    assert any(t("home.own.title") in one.value for one in app.markdown)
    listed = labels[-len(PAGES) + 1 :]
    assert listed == [f"**{t(f'page.{name}.nav')}**" for name in PAGES if name != HOME]
    captions = [one.value for one in app.caption]
    assert all(t(f"home.{name}") in captions for name in PAGES if name != HOME)
    exercise = next(one.proto for one in app.get("page_link") if one.proto.label == t("home.teach.exercises"))
    state, _, problems = PAGES["lab"].read(dict(parse_qsl(exercise.query_string)))
    assert (state.source, state.exercise, problems) == ("exercise", view.CLASSICS[0], [])
    puzzle = next(one.proto for one in app.get("page_link") if one.proto.label == t("home.learn.puzzle"))
    state, _, problems = PAGES["lab"].read(dict(parse_qsl(puzzle.query_string)))
    asked = strip_puzzle(state)
    assert asked is not None and asked.letter == "f" and problems == []
    lessons = [dict(parse_qsl(one.proto.query_string)).get("lesson") for one in app.get("page_link")]
    wanted = [reader.names()[0], *reader.names()[: view.FIRST_LESSONS]]  # the door leads to the first one
    assert [name for name in lessons if name] == wanted
    sheets = next(one.value for one in app.markdown if t("home.teach.sheets") in one.value)
    assert sheets.count("](formulas?cell=") == len(view.SHEETS)
    assert set(view.SHEETS) <= set(CELLS)
    assert [one.value for one in app.code] == [view.COMMAND, view.OWN_MODEL.strip()]


def test_the_lines_for_an_own_model_run_and_give_every_gate() -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    made: dict[str, Any] = {}
    exec(view.OWN_MODEL, made)
    forget = made["run"].layers[0].forward.forget
    assert forget.shape == (20, 4) and 0 < forget.min() < forget.max() < 1


def test_the_command_for_a_class_is_understood(capsys: Any) -> None:
    program, name, *words = view.COMMAND.split()
    assert program == "gatescope" and name in COMMANDS
    assert command.generate(words) == 0
    assert json.loads(capsys.readouterr().out)


def test_where_one_left_off_is_told_by_what_the_browser_keeps() -> None:
    lessons = json.loads(
        json.dumps(
            {
                name: {"number": reader.structure(name)["number"], "title": name, "steps": 6}
                for name in reader.names()
            }
        )
    )
    script = f"""
import {{ unfinishedLesson as left }} from "{(ROOT / "assets" / "resume" / "resume.js").as_uri()}";
import {{ begin }} from "{(ROOT / "assets" / "course" / "lesson" / "player.js").as_uri()}";
import {{ empty, withAttempt }} from "{(ROOT / "assets" / "course" / "storage" / "progress.js").as_uri()}";
const lessons = {json.dumps(lessons)};
const kept = (id, part) => {{
  const progress = withAttempt(empty(), id, {{ ...begin(7, 5), part }});
  return JSON.stringify({{ ...progress, last: {{ lesson: id, at: 9 }} }});
}};
console.log(JSON.stringify([
  left(kept("forget", 3), lessons), left(kept("forget", 40), lessons), left(kept("gone", 1), lessons),
  left(null, lessons), left("{{", lessons), left(JSON.stringify(empty()), lessons),
]));
"""
    ran = subprocess.run(
        [NODE, "--input-type=module", "-e", script], capture_output=True, text=True, timeout=600, check=True
    )
    number = reader.structure("forget")["number"]
    there = {"number": number, "title": "forget", "steps": 6}
    assert json.loads(ran.stdout) == [there | {"step": 4}, there | {"step": 6}, None, None, None, None]


def test_the_words_of_where_one_left_off_are_sent() -> None:
    class Chinese:
        t = translator("zh")

    told = resume.payload(Chinese())  # type: ignore[arg-type]
    assert told["words"].keys() == {"home.resume", "home.resume.go"}
    assert told["lessons"]["forget"]["title"] == reader.words("forget", "zh")["title"]
    assert not urlsplit(told["words"]["home.resume.go"]).scheme


def test_the_course_is_told_which_of_its_places_a_link_may_name() -> None:
    class English:
        t = markdown_translator("en")
        nonce = "opening"
        position = Position()

        def state_as(self, kind: type[CourseState]) -> CourseState:
            return kind(lesson="forget", part=3)

    told = course.payload(English())  # type: ignore[arg-type]
    assert (told["lesson"], told["part"], told["nonce"]) == ("forget", 2, "opening")
    assert (told["link"]["choices"], told["link"]["opens"]) == (["lesson", "part"], False)
