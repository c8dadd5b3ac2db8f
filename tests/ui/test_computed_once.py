"""Each own input is parsed once, however often a page asks for it, and a moved slider runs the cell once."""

from collections import Counter
from dataclasses import replace

import pytest

from gates.cells.lstm import LSTM
from gates.examples.lab.state import LabState
from gates.examples.presets.readings import PresetRun
from gates.examples.presets.registry import preset
from gates.inputs import parse
from gates.scenes import scene
from gates.scenes.cache import SharedCache
from gates.scenes.lab import scene as lab_scene
from gates.scenes.registry import PAGES
from gates.scenes.scene import InputError
from gates.scenes.state import State
from gates.ui.web.routes import preview
from tests.pages.visits import opened

CALLS = {
    "numbers": (parse, "parse_numbers"),
    "text": (parse, "from_text"),
    "brackets": (parse, "brackets"),
    "run": (LSTM, "run"),
}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts the calls of what parses and of what runs, from now on; nothing has been read yet."""
    monkeypatch.setattr(scene, "_OWN", scene._InputCache(scene._OWN.limit))
    monkeypatch.setattr(scene, "RUNS", SharedCache(scene.RUNS.most_bytes, scene.RUNS.most))
    scene._as_made(preset("lstm", "latch"), "en")  # what the example says of itself is kept
    counted: Counter[str] = Counter()

    def counting(name, function):
        def call(*given, **named):
            counted[name] += 1
            return function(*given, **named)

        return call

    for name, (owner, attribute) in CALLS.items():
        monkeypatch.setattr(owner, attribute, counting(name, getattr(owner, attribute)))
    of = PresetRun.of

    def apart(*given, **named):
        """What is said of an example's own short sequence needs a run of that one."""
        before = counted["run"]
        reading = of(*given, **named)
        counted["run"] = before
        return reading

    monkeypatch.setattr(PresetRun, "of", apart)
    return counted


def test_a_page_parses_own_numbers_once_through_all_its_reruns(calls):
    app = opened("lstm", "en")
    app.selectbox(key="lstm.source").set_value("numbers").run()
    calls.clear()
    app.text_area(key="shared.numbers").set_value("1 0\n0 0\n0 1").run()
    assert not app.exception
    assert calls == {"numbers": 1, "run": 1}
    app.selectbox(key="shared.notation").set_value("concatenated").run()
    assert calls == {"numbers": 1, "run": 1}, "how it is written down changes no number"


def test_what_is_no_input_is_parsed_once_too_and_refused_each_time(calls):
    app = opened("lstm", "en")
    app.selectbox(key="lstm.source").set_value("numbers").run()
    calls.clear()
    app.text_area(key="shared.numbers").set_value("1 0\n0 x").run()
    app.selectbox(key="shared.notation").set_value("concatenated").run()
    assert "“x”" in app.error[0].value
    assert calls["numbers"] == 1


def asked(state: State, value: float) -> dict:
    moved = {"preset": state.through or state.preset, "values": {"sharpness": value}}
    page = "lab" if state.in_lab else "lstm"
    return {
        "page": page,
        "params": PAGES[page].link.write(state),
        "nonce": "1",
        "request": 1,
        "sliders": moved,
        "lab_nonce": "1",
    }


@pytest.mark.parametrize(
    "own",
    [
        {"source": "numbers", "numbers": "1 0\n0 0\n0 1", "through": "latch"},
        {"source": "text", "text": "S--R--", "through": "latch"},
    ],
)
def test_a_moved_slider_parses_and_runs_once(calls, own):
    state = State("lstm", **own)
    for moves, value in enumerate((0.5, 0.75, 1.0), start=1):
        preview.run(asked(state, value))
        assert calls == {own["source"]: 1, "run": moves}


def test_a_moved_slider_in_the_lab_runs_once(calls):
    latch = preset("lstm", "latch")
    state = State("lstm", preset="latch", in_lab=True)
    preview.run(asked(state, 0.5))
    assert calls == {"run": 1}
    lab = LabState.of(latch.build(), tokens=(), x=None)
    edited = lab_scene.edited(state, replace(lab, b=lab.b + 1))
    calls.clear()
    preview.run(asked(edited, 0.5))
    assert calls == {"run": 1}


def test_the_readings_that_are_kept_have_an_end(calls):
    scene._OWN.limit = 20_000
    for count in range(1, 60):
        for _ in range(2):
            assert len(scene.own_input(State("lstm", source="numbers", numbers="1 " * count))) == count
        assert scene._OWN.size <= 20_000
    assert calls["numbers"] == 59
    scene.own_input(State("lstm", source="numbers", numbers="1 "))
    assert calls["numbers"] == 60, "the oldest were given up"
    for _ in range(2):
        with pytest.raises(InputError, check=lambda wrong: wrong.key == "error.numbers.letters"):
            scene.own_input(State("lstm", source="numbers", numbers="x" * 19_000))
    assert scene._OWN.size <= 20_000
