"""What a page does with what its stage tells: a moved slider, an opened link, a guess, solved challenges."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gates.examples.lab import codec
from gates.scenes.registry import PAGES
from gates.text import translator
from gates.ui import components, frame
from tests.pages.visits import opened
from tests.scenes import test_lab as edits
from tests.scenes.packed import unpack as unpacked


class Told:
    """Stands where the browser's stages would be: keeps what each is told, and tells a page what one says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stages: dict[str, dict[str, Any]] = {}
        self.waiting: dict[str, Any] = {}
        monkeypatch.setattr(components, "assembled", lambda name, base: self._mount)
        prepare = frame.prepare_session

        def begin(language: str) -> None:
            prepare(language)
            self._deliver()

        monkeypatch.setattr(frame, "prepare_session", begin)

    def _mount(self, *, key: str, **given: Any) -> None:
        self.stages[key] = given

    def _deliver(self) -> None:
        """Calls what waits for the messages, before the page runs, as Streamlit does."""
        import streamlit as st

        waiting, self.waiting = self.waiting, {}
        for name, message in waiting.items():
            key, _, trigger = name.rpartition("/")
            st.session_state[key] = {trigger: message}
            self.stages[key][f"on_{trigger}_change"]()

    def say(self, app: AppTest, stage: str, **messages: Any) -> AppTest:
        """Run the page as after these messages of a stage."""
        self.waiting = {f"{stage}/{trigger}": message for trigger, message in messages.items()}
        app.run()
        assert not app.exception, app.exception[0].value
        return app


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(monkeypatch)


def test_a_moved_slider_and_an_opened_link_are_taken_once(told: Told) -> None:
    app = opened("lstm", lang="en")
    state = lambda: app.session_state["states"]["lstm"]  # noqa: E731
    moved = {"request": 1, "preset": "locker", "values": {"sharpness": 0.5}}
    told.say(app, "lstm.stage", sliders=moved)
    assert state().sliders == {"sharpness": 0.5}
    for again in (moved, moved | {"request": None}, None, moved | {"request": 0}):
        told.say(app, "lstm.stage", sliders=again and again | {"values": {"sharpness": 0.75}})
        assert state().sliders == {"sharpness": 0.5}
    link = {"preset": "latch", "step": 3, "lang": "zh"}
    told.say(app, "lstm.stage", opened={"request": 2, "params": link})
    assert (state().preset, state().lang) == ("latch", "en"), "what was chosen for all pages stays"
    assert app.session_state["lstm.arrival"][0].step == 3
    told.say(app, "lstm.stage", opened={"request": 2, "params": {"preset": "delay"}})
    told.say(app, "lstm.stage", opened={"request": 3, "params": "delay"})
    assert state().preset == "latch"
    for nonce, taken in (("there/1", True), ("n" * 60, True), ("", False), ("n" * 61, False), (7, False)):
        own = {"request": told_requests(app) + 1, "params": {"preset": "delay"}, "nonce": nonce}
        told.say(app, "lstm.stage", opened=own | {"page": "lstm"})
        assert state().preset == "delay"
        assert (app.session_state["lstm.arrival"][1] == nonce) == taken
    elsewhere = {"request": told_requests(app) + 1, "params": {"lang": "zh"}, "page": "gru"}
    told.say(app, "lstm.stage", opened=elsewhere)
    assert app.title[0].value == translator("zh")("page.gru.title")


def told_requests(app: AppTest) -> int:
    found: int = app.session_state["lstm.stage.acknowledged"]
    return found


def test_what_cannot_be_watched_is_refused_and_the_checkpoint_on_the_screen_is_noted(told: Told) -> None:
    app = opened("train", lang="en")
    before = app.session_state["states"]["train"]
    choice = {"request": 4, "params": {"run": "no-such-run"}, "nonce": "there/2"}
    told.say(app, "train.stage", opened=choice)
    assert app.session_state["states"]["train"] == before
    refused = {"request": 4, "sentence": translator("en")("train.offered.gone")}
    assert app.session_state["train.stage.refused"] == refused
    assert b'"refused": {"request": 4' in told.stages["train.stage"]["data"]
    for sent, noted in (({"step": 64}, 64), ({"step": "60"}, 64), (None, 64)):
        told.say(app, "train.stage", film=sent)
        assert app.session_state["train.film"] == noted
    told.say(app, "train.stage", opened={"request": 5, "params": {"task": "recall"}})
    assert app.session_state["states"]["train"].task == "recall"
    assert app.session_state["train.stage.refused"] is None


def test_a_guess_covers_the_panels_and_solved_challenges_are_ticked(told: Told) -> None:
    app = opened("lstm", lang="en")
    app.session_state["lstm.tabs"] = translator("en")("tab.heatmaps")
    covered = translator("en")("ui.guess.covered")
    for guessing, shown in ((True, True), ("yes", False), (None, False)):
        told.say(app, "lstm.stage", guessing=guessing)
        assert (covered in [one.value for one in app.info]) == shown
    app = opened("lab", lang="en", begin="challenge")
    for sent in ({"ids": "hold"}, None, {"ids": ["hold", "none"]}):
        assert not any("✓" in title for title in app.selectbox(key="lab.challenge").options)
        told.say(app, "lab.stage", solved=sent)
    ticked = [title for title in app.selectbox(key="lab.challenge").options if "✓" in title]
    assert ticked and len(ticked) == 1 and translator("en")("challenge.hold.title") in ticked[0]
    assert PAGES["lab"].link.write(app.session_state["states"]["lab"])["begin"] == "challenge"
    app = opened("lab", lang="en")
    moved = {"request": 1, "preset": "latch", "values": {"sharpness": 0.5}}
    told.say(app, "lab.stage", sliders=moved)
    assert app.session_state["states"]["lab"].sliders == {"sharpness": 0.5}
    assert app.session_state["lab.answer"] == {"reply": None, "problem": None}
    told_of = unpacked(told.stages["lab.stage"]["data"])[0]["lab"]
    edit = edits.message(edits.with_bias(edits.latch(), 1.5)) | {"nonce": told_of["nonce"], "request": 2}
    told.say(app, "lab.stage", lab=edit)
    assert app.session_state["lab.answer"] == {"reply": edit["serial"], "problem": None}
    assert codec.unpack(app.session_state["states"]["lab"].lab).b[1] == 1.5
