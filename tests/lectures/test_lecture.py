"""What a lecture's windows know, in Node; and the routes that give them, which are sent no run of show."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gates import paths
from gates.examples.comparisons import COLUMNS, COMPARISONS
from gates.lectures import reader, runs
from gates.scenes import modules
from gates.scenes.links.codec import CONTROLS
from gates.text import LANGUAGES, translator
from gates.ui.web import server
from gates.ui.web.routes import lecture, share
from gates.ui.web.static import assets
from tests.node import NODE, kinds

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def browser() -> TestClient:
    routes = [*assets.routes(), *lecture.routes()]
    return TestClient(Starlette(routes=routes, middleware=server.middleware()))


def test_runs_of_show_sessions_and_what_a_browser_keeps() -> None:
    command = [NODE, "--test", "--test-reporter=tap", str(HERE / "lecture.test.mjs")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600, env=kinds())
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "# pass 0" not in ran.stdout


def test_what_the_windows_style_is_there_under_the_same_name() -> None:
    code = "\n".join(path.read_text("utf-8") for path in paths.ASSETS.rglob("*.js"))
    told = set(re.findall(r"[\w-]+", code))
    for style in (paths.ASSETS / "lecture").rglob("*.css"):
        named = set(re.findall(r"\.(gl-[\w-]+)", style.read_text("utf-8")))
        assert named <= told, style.name


@pytest.mark.parametrize("window", lecture.WINDOWS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_window_runs_its_own_script_alone_and_is_sent_no_notes(
    browser: TestClient, window: str, language: str
) -> None:
    answer = browser.get(f"/lecture/{window}?lang={language}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert translator(language)(f"lecture.{window}.title") in answer.text
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self' blob: 'sha256-" in policy and "unsafe-eval" not in policy
    (loader,) = re.findall(r'import\("([^"]+)"\)', answer.text)
    code = browser.get(loader)
    assert code.status_code == 200 and modules.modules_path(modules.LECTURE_BASE) in code.text
    sent = answer.text + code.text + browser.get(modules.modules_path(modules.LECTURE_BASE)).text
    for name in reader.names():
        for state in reader.compiled(name, language)["states"]:
            assert state["notes"] not in sent and json.dumps(state["notes"])[1:-1] not in sent


def test_the_link_of_the_projected_window_says_how_it_looks() -> None:
    def told(query: dict[str, str]) -> dict[str, object]:
        (found,) = re.findall(r'id="told">(.*?)</script>', lecture.page("screen", query))
        return dict(json.loads(found))

    stages = {"address": lecture.STAGES, "pages": list(runs.TOGETHER)}
    assert told({})["routes"] == {"link": share.ADDRESS, "links": lecture.LINKS, "stages": stages}
    assert told({})["without"] == [name for name in CONTROLS if name not in lecture.USUAL]
    assert told({"with": "sliders score nonsense"})["without"] == [
        "transport",
        "phases",
        "views",
        "inspector",
    ]
    assert told({"with": ""})["without"] == list(CONTROLS)
    assert (told({"theme": "dark"})["theme"], told({"theme": "</script>"})["theme"]) == ("dark", "light")
    assert (told({"lang": "zh"})["lang"], told({"lang": "<b>"})["lang"]) == ("zh", "en")


def test_links_are_read_by_the_app_and_nonsense_is_refused(browser: TestClient) -> None:
    def asked(body: object, language: str = "en") -> list[dict[str, str]] | int:
        text = body if isinstance(body, str) else json.dumps(body)
        answer = browser.post(lecture.LINKS, content=text, headers={"accept-language": language})
        return answer.json() if answer.status_code == 200 else answer.status_code

    found = asked(
        {"links": ["/gru?preset=latch&step=2", "/compare?step=3", "/train?step=4", "/course"]}, "zh"
    )
    good, several, trained, bad = found
    assert good["title"].startswith("GRU") and good["step"] == 2
    assert several["title"].startswith(translator("zh")("page.compare.nav")) and several["step"] == 3
    assert several["signals"] == [], "of several cells nothing is asked, but what one of them has is hidden"
    assert {"forget", "reset", "kept"} <= {name for name, _, _ in several["parts"]}
    assert "course" in bad["problem"] and "课堂" in bad["problem"]
    t = translator("zh")
    recorded = t("train.recorded", task=t("task.parity"))
    assert (trained["title"], trained["step"]) == (f"{t('page.train.nav')} · {recorded}", 4)
    names = {name for name, _, _ in trained["signals"]}
    assert "forget" in names and "reset" not in names, "the recorded training is an LSTM's"
    (gone,) = asked({"links": ["/train?run=nowhere-1"]}, "zh")
    assert gone["problem"] == t("lecture.link.run") and gone["page"] == "train", "which may be mended"
    assert asked({"links": ["/course"]}, "zh") == [{"problem": bad["problem"]}]
    for body in (
        "x",
        "[]",
        "{}",
        {"links": "x"},
        {"links": [1]},
        {"links": ["/"] * (lecture.MOST_LINKS + 1)},
    ):
        assert asked(body) == 422, body
    assert asked(" " * (lecture.LARGEST + 1)) == 413
    assert browser.get("/lecture/nothing").status_code == 404
    assert browser.get("/lecture/code/nothing.js").status_code == 404


def test_the_browser_knows_the_same_controls_as_the_links() -> None:
    source = (paths.STAGE / "lecture" / "settings.js").read_text(encoding="utf-8")
    for name, controls in (("CONTROLS", CONTROLS), ("DEFAULT_CONTROLS", lecture.USUAL)):
        (listed,) = re.findall(rf"export const {name} = (\[.*?\]);", source)
        assert tuple(json.loads(listed)) == controls


def _unpacked(body: bytes) -> list[dict[str, Any]]:
    headers = []
    while body:
        length = int.from_bytes(body[:4], "little")
        run, body = body[4 : 4 + length], body[4 + length :]
        headers.append(json.loads(run[4 : 4 + int.from_bytes(run[:4], "little")]))
    return headers


def test_the_projected_window_is_given_every_stage_of_a_comparison_and_a_run_with_its_way_back(
    browser: TestClient,
) -> None:
    def asked(page: str, **params: str) -> Any:
        body = {"page": page, "params": params, "settings": {"lang": "zh"}, "nonce": "n/1", "request": 7}
        return browser.post(lecture.STAGES, content=json.dumps(body))

    bar, *columns = _unpacked(asked("compare", preset="first", step="3", phase="look").content)
    kinds = [entry.column for entry in COMPARISONS["first"].entries]
    assert bar["bar"] and [column["cell"] for column in columns] == [COLUMNS[kind] for kind in kinds]
    assert all(column["follow"] and column["link"] is None for column in columns)
    assert {one["steps"] for one in (bar, *columns)} == {len(COMPARISONS["first"].sequence)}
    for one in (bar, *columns):
        assert (one["at"]["step"], one["at"]["phase"], one["at"]["nonce"]) == (2, "look", "n/1")
        assert one["lang"] == "zh" and one["guesses"] is None
    (back,) = _unpacked(asked("gradients", cell="gru", T="20", step="4").content)
    assert (back["cell"], back["steps"], back["gradient"]["at"]) == ("gru", 20, 19)
    assert "grad.update" in {array["name"] for array in back["arrays"]}
    assert back["strings"]["gradient.backward"] == translator("zh")("gradient.backward")
    (film,) = _unpacked(asked("train", checkpoint="0", step="2").content)
    assert (film["film"]["at"], film["at"]["step"], film["guesses"]) == (0, 1, None)
    assert film["film"]["steps"][0] == 0 and "film.forget" in {array["name"] for array in film["arrays"]}
    assert film["strings"]["film.play"] == translator("zh")("film.play")
    lost = browser.post(
        lecture.STAGES,
        content=json.dumps({"page": "train", "params": {"run": "nowhere-1"}}),
        headers={"accept-language": "zh"},
    )
    assert (lost.status_code, lost.text) == (422, translator("zh")("lecture.link.run"))
    refused = (asked("lstm"), asked("compare", preset="nothing"), asked("gradients", T="x"))
    assert [answer.status_code for answer in refused] == [422] * 3
    assert browser.post(lecture.STAGES, content="[]").status_code == 422
