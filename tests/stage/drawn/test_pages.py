"""The views that fill a page, held whole as test_drawn.py holds the stage: course, lecture, glossary."""

import base64
import json
import re
import subprocess
from pathlib import Path
from typing import Any

from gates.course import reader
from gates.course.gatetest import reader as gatetest
from gates.export import stages
from gates.glossary import terms, uses
from gates.lectures import links
from gates.scenes import payload
from gates.scenes.links.course import COURSE
from gates.scenes.links.glossary import GLOSSARY
from gates.scenes.links.lecture import LECTURE
from gates.scenes.registry import PAGES
from tests.node import NODE
from tests.stage.drawn.records import HERE, WORDS, T, assert_as_kept, brief

LESSONS = ("write", "by-hand", "read-out", "learning")
Job = dict[str, Any]
SHOW: Job = {
    "id": "own",
    "title": "A",
    "states": [
        {"id": "a", "link": "/lstm?preset=latch&step=2", "title": "B", "notes": "C", "minutes": 3},
        {"id": "b", "link": "/gru?preset=latch&step=3", "hide": "hidden", "because": "D"},
        {
            "id": "c",
            "link": "/rnn?preset=latch&step=3",
            "question": {"kind": "value", "signal": "hidden", "step": 4, "unit": 1},
        },
    ],
}


def _masked(value: Any, key: str = "") -> Any:
    """Content with its sentences by their keys."""
    if isinstance(value, dict):
        return {name: _masked(each, name) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(each, key) for each in value]
    if isinstance(value, str) and re.search(r"[^\W\d_]{2}.* ", value) and not value.startswith("/"):
        return " ".join([key, *sorted(set(re.findall(r"\{\w+\}", value)))])
    return value


def _words(*prefixes: str) -> dict[str, str]:
    return {key: text for key, text in WORDS.items() if key.startswith(prefixes)}


def _common(page: str) -> dict[str, Any]:
    state = PAGES[page].read({})[0]
    header = {"course": COURSE, "glossary": GLOSSARY, "lecture": LECTURE}[page].header(state)
    return {
        "nonce": "n",
        "lang": "en",
        "notation": "pytorch",
        "link": header | {"choices": [], "opens": False},
    }


def _jobs() -> list[Job]:
    titles = [{"id": name, "number": k + 1, "title": name} for k, name in enumerate(LESSONS)]
    course = _common("course") | {
        "part": 0, "place": {}, "challenges": [{"id": "hold", "title": "hold", "link": "/lab"}],
        "words": _words("course.", "misconception.", "mistake."), "source": "/lessons", "made": True,
        "take": "/take", "titles": titles, "lesson": None,
    }  # fmt: skip
    glossary = _common("glossary") | {
        "term": None, "terms": _terms(), "notations": {"pytorch": "P", "lower": "L"},
        "libraries": {"pytorch": "PyTorch", "keras": "Keras"}, "sheets": [["LSTM", "/formulas"]],
        "words": _words("glossary.", "formulas.links"),
    }  # fmt: skip
    lecture = _common("lecture") | {
        "role": "list", "open": None, "ready": [_masked(_ready())], "words": _words("lecture."),
        "routes": {"link": "/s", "links": "/links", "file": "/f", "stages": {"address": "/r", "pages": []}},
        "windows": {"screen": "/screen", "presenter": "/presenter", "handout": "/handout"},
        "without": [], "theme": "light",
    }  # fmt: skip
    stored = {"gatescope.lectures": {"version": 1, "shows": {"own": SHOW}, "current": "own"}}
    edits = ["unfold", "press .gl-grip", "poke .gl-present *", "poke .gl-states *", "poke .gl-row *"]
    lectures: list[Job] = [
        {"name": "lecture, ready", "data": lecture, "does": ["poke *"]},
        {"name": "lecture", "data": lecture, "stored": stored, "does": edits},
        {"name": "lecture, again", "data": lecture, "stored": stored, "does": ["poke .gl-present button"]},
    ]
    keys = [f"key {key}" for key in ("PageDown", "b", "b", "q", "q", "p", "c", "PageDown", "PageUp")]
    windows: list[Job] = [
        {"name": f"lecture, {role}", "data": lecture | {"role": role}, "keeps": True, "does": does}
        for role, does in (("screen", keys), ("presenter", ["poke *", *keys]))
    ]
    does = ["poke .gc-text *", "poke .gs-guess *"] * 4
    beside = ["poke [data-testid=course] > :not(.gc-body) *"] * 8
    courses: list[Job] = [
        {"name": f"course, {name}", "data": course | {"lesson": name}, "does": does} for name in LESSONS
    ]
    courses.append({"name": "course", "data": course, "keeps": True, "does": beside})
    tested = {"gatescope.course": {"version": 2, "lessons": {}, "last": None, "sittings": _sittings()}}
    shown = ["unfold", "click [data-testid=gatetest-offer] button", "unfold", "poke .gc-keep button"]
    courses.append({"name": "course, tested", "data": course, "stored": tested, "does": shown})
    jobs: list[Job] = [
        {"name": "glossary", "module": "glossary/glossary.js", "data": glossary, "does": ["poke *"]}
    ]
    jobs += [{"module": "lecture/lecture.js", **job} for job in [*lectures, *windows]]
    jobs += [{"module": "course/course.js", **job} for job in courses]
    return [
        {"width": 1200, "stored": {}, **job, "module": f"../../../assets/{job['module']}"} for job in jobs
    ]


def _items() -> Any:
    return _masked(gatetest.compiled("en")[:5])


def _sittings() -> Job:
    """Both forms of the gate test: better, worse, right and wrong in both, and not known in either."""
    found: Job = {}
    for form, rights in ((1, (False, True, True, False, None)), (2, (True, False, True, False, None))):
        answers = {
            item["id"]: {
                "option": _option(item, right),
                "sure": None if right is None else "rather",
                "at": form,
            }
            for item, right in zip(_items(), rights, strict=True)
        }
        found[f"3 {form}"] = {"seed": 3, "begun": form, "form": form, "answers": answers, "skipped": False}
    return found


def _option(item: Job, right: bool | None) -> str | None:
    wrong = next(one for one in item["options"] if one != item["right"])
    return None if right is None else item["right"] if right else wrong


def _terms() -> list[dict[str, Any]]:
    """Some terms, related to each other alone."""
    found = _masked(terms.described("en")[:6])
    known = {term["id"] for term in found}
    return [term | {"related": [one for one in term["related"] if one in known]} for term in found]


def _ready() -> Job:
    states = [
        {"title": "", "notes": "", "minutes": 2, "hide": "", "because": ""} | one for one in SHOW["states"]
    ]
    return {**SHOW, "id": "ready", "name": "lstm", "about": "D", "states": states}


def _answer(address: str, body: Any) -> dict[str, Any]:
    if address == "/lessons":
        lessons = [_masked(reader.compiled(name, "en")) for name in LESSONS]
        known = {name for lesson in lessons for step in lesson["steps"] for name in step["terms"]}
        found = {
            "lessons": lessons,
            "glossary": _masked(uses.explanations(known, "en")),
            "gatetest": _items(),
        }
        return {"status": 200, "text": json.dumps(found)}
    if address == "/links":
        return {"status": 200, "text": json.dumps(links.all_described(body["links"], T))}
    if address == "/runs" and "loss" not in body:
        return {"status": 200, "bytes": base64.b64encode(_run(body)).decode()}
    return {"status": 422}


def _run(asked: dict[str, Any]) -> bytes:
    state, position, problems = PAGES[asked["page"]].read(asked["params"])
    assert not problems, asked
    (data, *_) = stages.of(asked["page"], state, T)
    at = {"nonce": asked["nonce"], "acknowledged": asked.get("request", 0), **position.as_json()}
    strings = {key: WORDS[key] for key in data.header["strings"]}
    return payload.pack(data.header | {"strings": strings}, data.arrays, at)


def test_every_view_is_what_it_was_when_somebody_last_looked_at_it() -> None:
    command = [NODE, str(HERE / "pages.mjs")]
    drawn = []
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as ran:
        assert ran.stdin and ran.stdout
        for job in _jobs():
            print(json.dumps(job), file=ran.stdin, flush=True)
            for line in ran.stdout:
                if line == "!\n":
                    break
                if line.startswith("? "):
                    print(json.dumps(_answer(*json.loads(line[2:]))), file=ran.stdin, flush=True)
                else:
                    drawn.append(line)
        ran.stdin.close()
    assert ran.returncode == 0
    assert_as_kept(brief("".join(drawn)), Path(HERE / "pages.txt"))
