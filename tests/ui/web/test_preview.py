import asyncio
import json
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.testclient import TestClient

from gates.course.figures import value_of
from gates.course.runs import Runs
from gates.course.states import link_of
from gates.examples.demonstrations import DEMONSTRATIONS
from gates.examples.lab.state import Clamped
from gates.examples.presets.registry import PRESETS
from gates.scenes import gradients, payload, readouts, scene
from gates.scenes import header as stage_header
from gates.scenes.lab import header as lab_header
from gates.scenes.lab import scene as lab_scene
from gates.scenes.links.codec import compress
from gates.scenes.links.compare import CompareState
from gates.scenes.links.gradients import GradientState
from gates.scenes.registry import PAGES
from gates.scenes.state import State
from gates.text import LANGUAGES, translator
from gates.ui.web.requests import incoming
from gates.ui.web.requests.fair_queue import Limits
from gates.ui.web.routes import preview
from tests.scenes.lab_messages import LATCH, latch, message, with_bias
from tests.scenes.packed import unpack

AT = {"nonce": "1", "acknowledged": 3}
EVERY = [(kind, one) for kind, those in PRESETS.items() for one in those if one.sliders]


def asked(page: str, state: State, **moved) -> dict:
    """A request as assets/stage/shell/recompute/recompute.js makes it."""
    request = {
        "page": page,
        "params": PAGES[page].link.write(state),
        "nonce": "1",
        "request": 3,
        "lab_nonce": "1/x",
    }
    return json.loads(json.dumps(request | moved))


def post(body: bytes | str, **more):
    return TestClient(Starlette(routes=list(preview.routes()))).post(preview.ADDRESS, content=body, **more)


@pytest.mark.parametrize(("kind", "one"), EVERY, ids=lambda value: getattr(value, "id", value))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_moved_slider_gives_what_the_page_would_show(kind, one, lang):
    state = State(kind, preset=one.id, lang=lang, reset=one.reset, update="write", notation="concatenated")
    values = {slider.id: slider.minimum + 0.37 * (slider.maximum - slider.minimum) for slider in one.sliders}
    moved = replace(state, sliders=stage_header.slider_values(one, values))
    shown = scene.build(moved)
    header = stage_header.describe(kind, moved, translator(lang), shown)
    expected = payload.pack(header, payload.arrays(shown.trace) | readouts.arrays(shown), AT)
    answer = preview.run(asked(kind, state, sliders={"preset": one.id, "values": values}))
    assert answer == expected
    assert answer != preview.run(asked(kind, state, sliders={"preset": one.id, "values": {}}))


@pytest.mark.parametrize("row", ["steps", "inputs"])
def test_scaled_numbers_are_recomputed_as_the_page_shows_them(row):
    numbers = "3 50\n4 20\nNA 1\n9 80" if row == "steps" else "3 50"
    state = State("lstm", source="numbers", numbers=numbers, row=row, scale="standard", through="latch")
    header, found = unpack(
        preview.run(asked("lstm", state, sliders={"preset": "latch", "values": {"sharpness": 0.5}}))
    )
    shown = scene.build(replace(state, sliders={"sharpness": 0.5}))
    assert header["link"]["params"].items() >= {"scale": "standard"}.items()
    np.testing.assert_array_equal(found["x"], shown.sequence.x)
    np.testing.assert_array_equal(found["forget"], shown.trace.forget)
    assert shown.sequence.x.std(axis=0) == pytest.approx(1 if row == "steps" else 0)


@pytest.mark.parametrize("loss", [{}, {"reads": "cell"}, {"unit": 1, "step": 5}, {"direction": 3}], ids=str)
def test_a_lesson_gets_the_way_back_from_its_loss_and_its_figures_say_the_same(loss):
    state = {"cell": "lstm", "through": "latch", "tokens": ["S–––R––"], "at": {"step": 7}, "loss": loss}
    page, _, query = link_of(state)[1:].partition("?")
    request = {"page": page, "params": dict(parse_qsl(query)), "nonce": "1", "request": 3, "opens": True}
    header, found = unpack(preview.run(request | {"loss": loss}))
    step = {"state": state}
    for at in (1, 4, 7):
        for signal in ("cell", "hidden", "forget"):
            figure = {"gradient": {"signal": signal, "step": at}}
            assert found[f"grad.{signal}"][at - 1, 0] == value_of(figure, Runs(step, {}))
    assert header["gradient"]["at"] == loss.get("step", 7) - 1
    assert ("c" if "reads" in loss else "h") in header["gradient"]["loss"]
    assert header["strings"]["gradient.title"] and header["at"]["step"] == 6
    plain, alone = unpack(preview.run(request))
    assert "gradient" not in plain and not any(name.startswith("grad.") for name in alone)


def test_own_numbers_and_text_go_the_short_way_too():
    state = State("lstm", source="numbers", numbers="1 0\n0 0\n0 1\n0 0", through="latch")
    values = {"preset": "latch", "values": {"sharpness": 0.5}}
    header, found = unpack(preview.run(asked("lstm", state, sliders=values)))
    again = scene.build(replace(state, sliders={"sharpness": 0.5}))
    assert header["link"]["params"]["sharpness"] == "0.5"
    np.testing.assert_array_equal(found["forget"], again.trace.forget)


def test_an_edited_weight_gives_what_the_lab_would_show():
    edit = with_bias(latch(), 2.25)
    header, found = unpack(preview.run(asked("lab", LATCH, lab=message(edit))))
    np.testing.assert_array_equal(found["b"], edit.b.astype(np.float64))
    np.testing.assert_array_equal(found["cell"], edit.run(found["x"]).cell)
    shown = lab_scene.build(lab_scene.edited(LATCH, edit))
    assert header["lab"] == json.loads(
        json.dumps(lab_header.lab(shown, translator("en"), "1/x", reply=7, problem=None))
    )
    assert header["link"]["params"]["lab"]


def test_a_refused_edit_says_why_and_leaves_the_run_as_it_was():
    sent = message(latch(), weights="AAAA")
    header, found = unpack(preview.run(asked("lab", LATCH, lab=sent)))
    assert header["lab"]["problem"]
    assert header["lab"]["reply"] == 7
    np.testing.assert_array_equal(found["W"], latch().W.astype(np.float64))


def test_an_examples_slider_moves_the_weights_that_nobody_edited():
    state = lab_scene.edited(LATCH, with_bias(latch(), 2.25))
    values = {"preset": "latch", "values": {"sharpness": 1.0}}
    _, found = unpack(preview.run(asked("lab", state, sliders=values)))
    assert found["b"][1] == 2.25
    assert found["W"].max() > latch().W.max()


@pytest.mark.parametrize("state", [State("gru", preset="counter", lang="zh"), replace(LATCH, lang="zh")])
def test_a_link_alone_is_resolved_to_its_run(state):
    page = "lab" if state.in_lab else state.cell
    answer = post(json.dumps({"page": page, "params": PAGES[page].link.write(state)}))
    assert answer.status_code == 200
    header, found = unpack(answer.content)
    shown = (lab_scene if state.in_lab else scene).build(state)
    assert (header["preset"], header["lang"]) == (shown.preset.id, "zh")
    assert header["at"] == {"nonce": "", "acknowledged": 0} and header.get("lab", {}).get("nonce", "") == ""
    assert np.array_equal(found["hidden"], shown.trace.hidden)


def test_a_run_travels_as_bytes_that_nobody_keeps():
    answer = post(json.dumps(asked("gru", State("gru", preset="silenced"), sliders={"preset": "silenced"})))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert unpack(answer.content)[0]["cell"] == "gru"


FINE = asked("lstm", State("lstm", preset="locker"), sliders={"preset": "locker", "values": {}})


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "null", "{", "[" * 100_000, b"\xff\xfe", "{}",
        json.dumps(FINE | {"page": "compare"}),
        json.dumps(FINE | {"page": []}),
        json.dumps(FINE | {"params": None}),
        json.dumps(FINE | {"params": {"preset": "locker", "notation": "runes"}}),
        json.dumps(FINE | {"params": {"input": "numbers", "data": "AAAA"}}),
        json.dumps(FINE | {"sliders": 3}),
        json.dumps(FINE | {"sliders": {"preset": "locker", "values": 3}}),
        json.dumps(asked("lab", LATCH, lab={"serial": "one"})),
        json.dumps(asked("lab", LATCH, lab=3)),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_left_to_the_page(body):
    assert post(body).status_code == 422


def test_a_request_has_a_largest_size():
    assert post(" " * (preview.LARGEST + 1)).status_code == 413


LARGE = State("lstm", source="signal", signal="sine", steps=1000, through="random", hidden=64)


def browser(**limits):
    return TestClient(Starlette(routes=list(preview.routes(Limits(**limits)))))


@pytest.fixture
def no_time_passes(monkeypatch):
    """What may be asked in a second is not refilled, however long a busy machine takes for it."""
    monkeypatch.setattr(preview, "FairQueue", partial(preview.FairQueue, clock=lambda: 0.0))


def large() -> str:
    return json.dumps(asked("lstm", LARGE, sliders={"preset": "", "values": {}}))


@pytest.mark.parametrize(
    ("state", "cost"),
    [
        (LARGE, 64_000),
        (replace(LARGE, hidden=3, steps=7), 21),
        (State("lstm", preset="locker"), 0),
        (LATCH, 0),
        (State("lstm", source="numbers", numbers="no numbers"), 0),
        (CompareState(source="signal", steps=50, hidden=8, columns=("lstm", "rnn")), 800),
        (State("lstm", source="text", text="hello", through="random", hidden=5), 25),
    ],
)
def test_what_a_run_costs_is_known_before_it_is_computed(state, cost):
    assert scene.cost(state) == cost


def test_a_large_run_comes_whole_and_uncompressed():
    app = Starlette(routes=list(preview.routes()), middleware=[Middleware(GZipMiddleware)])
    answer = TestClient(app).post(preview.ADDRESS, content=large(), headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "identity"
    assert answer.content == preview.run(json.loads(large()))
    assert len(answer.content) > 20 * preview.PART
    small = TestClient(app).post(
        preview.ADDRESS, content=json.dumps(FINE), headers={"accept-encoding": "gzip"}
    )
    assert small.headers["content-encoding"] == "gzip"


@pytest.mark.usefixtures("no_time_passes")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_asks_too_often_is_told_when_to_come_again_and_others_are_served(lang):
    client = browser(tab_rate=1.0)
    headers = {incoming.TAB: "hasty", "accept-language": lang}
    codes = [
        client.post(preview.ADDRESS, content=json.dumps(FINE), headers=headers).status_code for _ in range(3)
    ]
    assert codes[:2] == [200, 200]
    answer = client.post(preview.ADDRESS, content=json.dumps(FINE), headers=headers)
    assert answer.status_code == 429
    assert answer.text == translator(lang)("error.busy")
    assert answer.headers["retry-after"] == "1"
    assert (
        client.post(preview.ADDRESS, content=json.dumps(FINE), headers={incoming.TAB: "calm"}).status_code
        == 200
    )
    elsewhere = TestClient(client.app, client=("elsewhere", 1))
    assert elsewhere.post(preview.ADDRESS, content=json.dumps(FINE), headers=headers).status_code == 200


@pytest.mark.usefixtures("no_time_passes")
def test_a_large_run_counts_for_several():
    client = browser(tab_rate=2.0)
    codes = [client.post(preview.ADDRESS, content=large()).status_code for _ in range(2)]
    assert codes == [429, 429], "five tokens of four"
    client = browser(tab_rate=3.0)
    codes = [client.post(preview.ADDRESS, content=large()).status_code for _ in range(2)]
    assert codes == [200, 429]


def test_a_large_answer_that_nobody_takes_is_given_up(monkeypatch):
    monkeypatch.setattr(preview, "SECONDS", 0.05)
    sent, gone = [], []

    async def send(message):
        sent.append(message)
        if len(sent) == 3:
            await asyncio.Event().wait()  # the line is stuck

    answer = preview.Packed(bytes(5 * preview.PART), lambda: gone.append(True))
    asyncio.run(answer({"type": "http"}, None, send))
    assert len(sent) == 3
    assert gone == [True]
    monkeypatch.setattr(preview, "SECONDS", 60)
    sent[:] = ["as many as", "one that stuck", "and one more"]
    asyncio.run(preview.Packed(bytes(2 * preview.PART + 1))({"type": "http"}, None, send))
    assert [(len(one["body"]), one["more_body"]) for one in sent[4:]] == [
        (preview.PART, True), (preview.PART, True), (1, False),
    ]  # fmt: skip


def opened(link: str, page: str = "lstm", **more) -> dict:
    """What a stage gets for a link."""
    params = dict(parse_qsl(link))
    header, _ = unpack(preview.run({"page": page, "params": params, "nonce": "v/g1", "opens": True} | more))
    return header


@pytest.mark.parametrize(
    "page", [name for name, entry in PAGES.items() if entry.recomputes and name != "gradients"]
)
def test_a_link_opens_as_its_page_shows_it_with_its_place(page):
    link = "preset=latch&step=4&unit=1&view=diagram&speed=2&lang=zh"
    header = opened(link, page)
    assert header["at"] == {
        "nonce": "v/g1", "acknowledged": 0, "step": 3, "phase": None, "unit": 0, "view": "diagram",
        "move": None, "speed": 2.0, "guess": None, "lecture": None, "large": None,
    }  # fmt: skip
    assert (header["preset"], header["lang"], header["examples"]["shown"]) == ("latch", "zh", "latch")
    assert header["link"]["opens"]
    if page == "lab":
        assert header["lab"]["nonce"].startswith("v/g1/")
        assert header["lab"]["nonce"] == lab_header.nonce(LATCH, "v/g1")


def test_a_link_has_the_phases_of_its_own_cell_and_clamps_weights_and_input():
    held = replace(latch(), clamps=(Clamped("forget", 0.25, (0,), (1, 3)),))
    state = lab_scene.edited(LATCH, held)
    query = urlencode(PAGES["lab"].link.write(state) | {"phase": "write"})
    header = opened(query, "lab")
    assert header["at"]["phase"] == "write"
    assert header["clamps"] == [{"signal": "forget", "units": None, "steps": [1, 3], "value": 0.25}]
    own = opened("input=numbers&through=random&units=3&seed=5&data=" + compress("1 2\n3 4"))
    assert (own["steps"], own["inputs"], own["units"], own["random"]) == (2, 2, 3, True)
    assert own["examples"]["shown"] is None


def test_what_the_reader_chose_for_all_pages_counts_where_a_link_is_silent():
    chosen = {"settings": {"lang": "zh", "notation": "concatenated", "z": "write"}}
    silent, speaking = opened("preset=latch", "gru", **chosen), opened("z=keep&lang=en", "gru", **chosen)
    assert (silent["lang"], silent["notation"], silent["update"]) == ("zh", "concatenated", "write")
    assert (speaking["lang"], speaking["notation"], speaking["update"]) == ("en", "concatenated", "keep")


def test_a_page_without_parameters_opens_with_its_own_example_and_step():
    header = opened("", "gru", settings={"lang": "zh"})
    assert (header["reset"], header["lang"], header["at"]["step"]) == ("after", "zh", 1)


def test_every_example_that_is_offered_opens_by_its_link():
    for page in ("lstm", "gru", "rnn"):
        offered = opened("notation=concatenated&z=write" if page == "gru" else "", page)["examples"]
        assert list(offered["titles"]) == [one.id for one in PRESETS[page]]
        for name in offered["titles"]:
            shown = opened(urlencode(offered["params"] | {"preset": name}), page)
            assert shown["examples"] == offered | {"shown": name}


@pytest.mark.parametrize(
    "shown",
    [
        GradientState(lang="zh", notation="pytorch", cell="gru", seed=3),
        GradientState(gain=2.0, cell="rnn", aim="unit", loss_unit=2),
        GradientState(demo="latch", cell="rnn", hidden=1, steps=20, weight=1.5),
    ],
    ids=["demonstration", "own", "latch"],
)
def test_every_demonstration_is_offered_through_every_cell_and_opens_with_its_way_back(shown):
    t = translator(shown.lang)
    offered = gradients.examples(shown, t)
    titles, cells = offered["titles"], ("rnn", "lstm", "gru")
    free = [one.id for one in DEMONSTRATIONS if one.view == "cells"]
    own = [] if gradients.on_show(shown) else [f"own.{cell}" for cell in cells]
    assert set(titles) == {
        *own,
        "latch",
        "cliff",
        "decay",
        *(f"{one}.{cell}" for one in free for cell in cells),
    }
    assert len(set(titles.values())) == len(titles)
    for name in titles:
        header, arrays = unpack(
            preview.run(
                {"page": "gradients", "params": offered["params"] | offered["each"][name], "opens": True}
            )
        )
        assert header["examples"]["shown"] == name
        assert titles[name].startswith(f"{header['cell'].upper()} · ")
        assert (header["lang"], header["notation"]) == (shown.lang, shown.notation)
        assert arrays["grad.hidden"].shape == arrays["hidden"].shape and header["gradient"]["loss"]
    same, _, _ = PAGES["gradients"].read(offered["params"] | offered["each"][offered["shown"]])
    assert same == shown


def test_a_choice_that_cannot_be_drawn_is_refused_in_a_sentence_where_what_is_shown_stays():
    params = {"cell": "rnn", "activation": "relu", "init": "identity", "gain": "1e9", "T": "60"}
    header, arrays = unpack(preview.run({"page": "gradients", "params": params, "opens": True}))
    overran = len(arrays["hidden"]) + 1
    assert "gradient" not in header and header["watch"].startswith("At step ") and overran < 60
    broken = {"page": "gradients", "params": {"input": "text", "lang": "zh"}, "opens": True}
    answer = post(json.dumps(broken | {"stays": True}), headers={"accept-language": "zh"})
    assert (answer.status_code, answer.text) == (422, translator("zh")("error.text.empty"))
    assert post(json.dumps(broken)).status_code == 204


def test_an_example_that_its_page_shows_beside_another_one_is_left_to_the_page():
    asked = {"page": "rnn", "params": {"preset": "latch"}, "opens": True}
    assert post(json.dumps(asked | {"pairs": True})).status_code == 204
    assert post(json.dumps(asked)).status_code == 200
    fading = asked | {"params": {"preset": "fading"}, "pairs": True}
    assert post(json.dumps(fading)).status_code == 200


@pytest.mark.parametrize(
    ("page", "link"),
    [("lstm", "preset=nonsense"), ("lstm", "input=text"), ("train", "task=adding"), ("lab", "lab=AAAA")],
)
def test_a_link_that_only_the_page_can_open_is_left_to_it_without_an_error(page, link):
    asked = {"page": page, "params": dict(parse_qsl(link)), "opens": True}
    answer = post(json.dumps(asked))
    assert (answer.status_code, answer.content) == (204, b"")
    assert post(json.dumps(asked | {"opens": False})).status_code == 422
