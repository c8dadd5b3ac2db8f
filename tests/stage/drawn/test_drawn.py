"""The stage whole, as it is drawn: every element with its place, its colours and what it hears of.

Node draws runs into a document without styles or layout (document.mjs), where every element has one size, and
does what a person may do there. Sentences stand by their keys, so another wording is no difference. The other
tests say why a picture is as it is; this finds what none of them mentions. Where another picture is meant,
look at it in the app, and write the file again: ``LOOKED_AT=1 python -m pytest tests/stage/drawn``.
"""

import base64
import json
import subprocess
from collections.abc import Iterator
from urllib.parse import parse_qsl

from gates.export import stages
from gates.scenes import gradients, payload
from gates.scenes.links.gradients import GradientState
from gates.scenes.registry import PAGES
from tests.node import NODE
from tests.stage.drawn.records import HERE, WORDS, T, assert_as_kept, brief

RUNS = HERE / "runs.txt"
"""A line for each run: its name, its link, how wide an element is, and what is done (DOES in drawn.mjs)."""

EXAMPLES = {"titles": {"latch": "A", "delay": "B"}, "shown": "latch", "params": {}}


def _jobs() -> Iterator[str]:
    for line in RUNS.read_text(encoding="utf-8").splitlines():
        name, link, width, does = line.split(" | ")
        page, _, query = link.partition("?")
        state, position, problems = PAGES[page].read(dict(parse_qsl(query)))
        assert not problems, link
        packed = []
        for data in stages.of(page, state, T):
            at = {"nonce": name, "acknowledged": 0, **position.as_json()}
            header = data.header | {"strings": {key: WORDS[key] for key in data.header["strings"]}}
            header |= {"examples": EXAMPLES}
            arrays = dict(data.arrays)
            if isinstance(state, GradientState):  # a file's browser would compute them itself
                arrays |= gradients.backward_scene(state, T).arrays()
                del header["asks"], arrays["asked"]
            packed.append(base64.b64encode(payload.pack(header, arrays, at)).decode())
        sent = {"name": name, "width": int(width), "does": does.split("; "), "words": {"en": WORDS}}
        alone = [[run] for run in packed[1:]] or [packed]  # of several each by itself, without the bar
        for number, runs in enumerate([packed] if name.startswith("together") else alone):
            yield json.dumps(sent | {"name": f"{name}.{number}", "runs": runs})


def test_every_picture_is_what_it_was_when_somebody_last_looked_at_it() -> None:
    ran = subprocess.run(
        [NODE, HERE / "drawn.mjs"], input="\n".join(_jobs()), capture_output=True, text=True, timeout=600
    )
    assert ran.returncode == 0, ran.stderr
    assert_as_kept(brief(ran.stdout), HERE / "drawn.txt")
