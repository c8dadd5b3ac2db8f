"""What strangers send and no page of ours would: it gets a refusal, never a traceback."""

import asyncio
import copy
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from gates import packing
from gates.examples.lab import codec as lab_codec
from gates.examples.lab.state import LabState
from gates.examples.presets.registry import preset
from gates.inputs.sequence import InputError
from gates.scenes.links.lab import LAB
from gates.scenes.state import State
from gates.training.errors import TrainingError
from gates.training.recipe import Recipe
from gates.ui import files
from gates.ui.web.requests.fair_queue import Limits
from gates.ui.web.routes import preview
from tests.ui.test_lab import LATCH, latch, message
from tests.ui.web.test_preview import asked

APP = Starlette(routes=list(preview.routes(Limits(tab_rate=1e6, address_rate=1e6))))
SCOPE = {"type": "http", "method": "POST", "path": preview.ADDRESS, "query_string": b"", "headers": []}
LOOP = asyncio.Runner()


@pytest.fixture(scope="module", autouse=True)
def _one_loop() -> Iterator[None]:
    """One event loop for all requests, in this thread: a client's own take as long as the answers."""
    with LOOP:
        yield


def post(body: bytes) -> int:
    """Send a request; return the status of its answer. What would be one of 500 is raised."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(answer: Any) -> None:
        sent.append(answer)

    LOOP.run(APP(dict(SCOPE), receive, send))
    return int(sent[0]["status"])


OWN = {"source": "numbers", "numbers": "1 0\n0 1"}
REQUESTS = [
    asked("lstm", State("lstm", preset="locker"), sliders={"preset": "locker", "values": {"sharpness": 1}}),
    asked("gru", State("gru", through="random", **OWN), sliders={"preset": "", "values": {}}),
    asked("lab", LATCH, lab=message(latch())),
    asked("lab", LATCH, sliders={"preset": "latch", "values": {"sharpness": 0.5}}),
]
HOSTILE = [
    "NaN", "-Infinity", "1e999", "-1e999", "1" + "0" * 400, "1" * 5000, "1e308", str(2**53), "-0", "0.5", "3",
    "null", "true", "[]", "{}", '""', '"\\ud800"', '"\\udc00x"', '"\\u0000"', '"\ud83d"', '"1e999"',
    '"' + "9" * 400 + '"', '"preset"', '"numbers"', '"latch"', '"scratch"', '"challenge"', "[[[[]]]]",
    "[" * 3000 + "]" * 3000, '"' + "A" * 5000 + '"',
]  # fmt: skip
"""Values as JSON spells them, in place of any value of a request."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where all values of a request are, those that hold others too."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*path, key))


def with_values(request: dict[str, Any], values: dict[tuple[Any, ...], str]) -> str:
    """Return the JSON of a request with other values, spelled as given, at some places."""
    spelled = {f"\x00{number}\x00": text for number, text in enumerate(values.values())}
    changed = copy.deepcopy(request)
    for path, mark in zip(values, spelled, strict=True):
        inner = changed
        try:
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = mark
        except (TypeError, KeyError, IndexError):  # inside a value that was replaced before
            continue
    body = json.dumps(changed)
    for mark, text in spelled.items():
        body = body.replace(json.dumps(mark), text)
    return body


def read_alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the same code reads both: that of the lab, or that of a cell's page."""
    return (one["page"] == "lab") == (other["page"] == "lab")


@pytest.mark.parametrize("number", range(len(REQUESTS)))
def test_a_hostile_value_anywhere_in_a_request_is_refused_and_never_an_error(number: int) -> None:
    request = REQUESTS[number]
    before = {path for one in REQUESTS[:number] if read_alike(one, request) for path in places(one)}
    own = [path for path in places(request) if path not in before]
    assert own
    for path in own:
        for text in HOSTILE:
            body = with_values(request, {path: text}) if path else text
            assert post(body.encode("utf-8", "surrogatepass")) in (200, 422), (path, text)


KEYS = ["input", "data", "lab", "units", "seed", "through", "bias", "reset", "cell", "begin", "steps", "lang"]
VALUES = st.one_of(st.text(max_size=30), st.sampled_from(["numbers", "text", "rnn", "-1", "65"]))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    request=st.sampled_from(REQUESTS),
    picks=st.lists(st.tuples(st.integers(0, 60), st.sampled_from(HOSTILE)), max_size=4),
    params=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4),
)
def test_several_at_once_and_links_of_any_kind(request, picks, params) -> None:
    at = list(places(request))[1:]
    chosen = {at[place % len(at)]: text for place, text in picks}
    body = with_values(request | {"params": request["params"] | params}, chosen)
    assert post(body.encode("utf-8", "surrogatepass")) in (200, 422)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_of_any_kind(body: bytes) -> None:
    assert post(body) == 422


def test_a_body_that_is_cut_off_is_nobodys_error(caplog: pytest.LogCaptureFixture) -> None:
    parts = [{"type": "http.request", "body": b'{"page":', "more_body": True}, {"type": "http.disconnect"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return parts.pop(0)

    async def send(answer: Any) -> None:
        sent.append(answer)

    with caplog.at_level(logging.DEBUG):
        LOOP.run(APP(dict(SCOPE), receive, send))
    assert not parts and sent[0]["status"] == 400
    assert not [record for record in caplog.records if record.exc_info]


def spoiled(lab: LabState) -> str:
    """The lab's state as text, a token in it half of a surrogate pair."""
    version, body = lab_codec._body(lab)
    body = body.replace(b'"@@@@@@"', b'"\\ud800"')
    return packing.to_text(bytes([version]) + packing.deflate(body))


def test_a_link_or_file_with_half_a_surrogate_pair_is_refused_with_a_sentence() -> None:
    cell = preset("lstm", "latch").build()
    whole = LabState.of(cell, x=[[0, 1], [1, 0]], tokens=("@@@@@@", "b"))
    assert lab_codec.unpack(lab_codec.pack(whole)) == whole
    text = spoiled(whole)
    with pytest.raises(InputError, check=lambda wrong: wrong.key == "error.lab.damaged"):
        lab_codec.unpack(text)
    _, _, problems = LAB.read({"lab": text}, LATCH)
    assert [problem.key for problem in problems] == ["error.lab.damaged"]
    with pytest.raises(InputError, check=lambda wrong: wrong.key == "error.lab.labels"):
        LabState.of(cell, x=[[0, 1]], tokens=("\ud800",))
    good = json.loads(files.save(LATCH))
    for name, value in {"lab": text, "lang": "\ud800", "data": "x\udfff"}.items():
        content = json.dumps(good | {"parameters": good["parameters"] | {name: value}})
        with pytest.raises(files.FileError):
            files.load(content.encode(), "lab")
    with pytest.raises(TrainingError, match="no recipe"):
        Recipe.from_json('{"task": "\\ud800"}')
