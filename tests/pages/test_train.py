"""The train page as Streamlit runs it."""

import errno
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gates.scenes.links.train import TRAIN, TrainState
from gates.scenes.registry import HOME
from gates.text import translator
from gates.training.recipe import Recipe
from gates.training.runs.folder import RunFolder
from gates.training.runs.limits import Limits
from gates.training.runs.pool import Pool
from gates.training.runs.run import View
from gates.training.tasks import source_texts
from gates.training.tasks.registry import TASKS
from gates.ui import components, connection
from tests.pages.languages import in_turn
from tests.pages.record import same
from tests.pages.visits import files_of, go, opened
from tests.training.runs.recorded import recorded_run
from tests.training.runs.watching import COMMAND

SECONDS = 300.0
RUNNING = pytest.mark.unheld("how far its runs have got is a matter of time")


@pytest.fixture(autouse=True)
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pool:
    """Runs of this test alone, which pretend to train."""
    made = Pool(tmp_path / "runs", limits=Limits(at_once=2, each=2), command=COMMAND)
    monkeypatch.setattr("gates.ui.trainings.pool", lambda: made)
    yield made  # type: ignore[misc]
    made.close()


def until(app: AppTest, wanted: Callable[[AppTest], bool]) -> AppTest:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        app.run()
        assert not app.exception
        if wanted(app):
            return app
        time.sleep(0.1)
    raise AssertionError("it did not come")


def at_address(app: AppTest, query: dict[str, str]) -> None:
    """Run the page as it runs once its stage has told of another address (`adopt` in gates/ui/frame.py)."""
    app.session_state["states"]["train"] = TRAIN.read(query, TrainState())[0]
    app.session_state["visit"] += 1
    app.run()
    assert not app.exception


def said(parts: object) -> str:
    return "\n".join(part.value for part in parts)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("task", "language"), in_turn(task for task in TASKS if task != "characters"))
def test_each_task_opens_with_its_sentences(task: str, language: str) -> None:
    t = translator(language)
    app = opened("train", language, task=task)
    assert not app.exception and not app.error and not app.warning
    assert app.title[0].value == t("page.train.title")
    assert t(f"task.{task}.about") in said(app.markdown)
    assert t(f"task.{task}.gates") in said(app.markdown)


def test_where_the_picture_is_of_something_else_than_is_chosen_that_is_said() -> None:
    t = translator("en")
    recorded = t("train.recorded", task=t("task.parity"))

    def sentence(title: str, task: str) -> str:
        asked = f"{t(f'task.{task}')} · {t('train.cell.lstm')}"
        return t("train.elsewhere", title=title, asked=asked, start=t("train.start"))

    app = opened("train", "en")
    assert sentence(recorded, "parity") in said(app.info)
    app.selectbox(key="train.task").set_value("sentiment").run()
    assert sentence(recorded, "sentiment") in said(app.info)
    app.selectbox(key="train.task").set_value("parity").run()
    app.number_input(key="train.recipe.parity.lstm.steps").set_value(30).run()
    app.button(key="train.start").click().run()
    until(app, lambda app: bool(app.success))
    begins = t("train.elsewhere", title="|", asked="", start="").partition("|")[0]
    assert begins not in said(app.info), "the run itself is shown"
    app.selectbox(key="train.task").set_value("sentiment").run()
    own = f"{t('task.parity')} · {t('train.cell.lstm')}"
    assert sentence(own, "sentiment") in said(app.info)


def test_a_run_is_started_seen_and_ended() -> None:
    app = opened("train", "zh")
    app.number_input(key="train.recipe.parity.lstm.steps").set_value(30).run()
    app.button(key="train.start").click().run()
    assert not app.exception
    state = app.session_state["states"]["train"]
    assert state.changes == {"steps": 30} and TRAIN.write(state)["run"] == state.run
    until(app, lambda app: bool(app.success))
    assert "100%" in app.success[0].value
    assert not app.error


@RUNNING
def test_a_run_can_be_paused_continued_and_stopped_by_its_browser(pool: Pool) -> None:
    t = translator("en")
    app = opened("train", "en", task="text", steps="90000")
    app.text_area(key="train.own.text").set_value("slow " + "the cat sat on the mat. " * 60).run()
    app.button(key="train.start").click().run()
    run = app.session_state["states"]["train"].run
    until(app, lambda app: not app.button(key="train.pause.0").disabled and pool.look(run).status.step > 0)  # type: ignore[union-attr]
    app.session_state["train.tabs"] = t("train.tab.samples")
    app.button(key="train.pause.0").click().run()
    until(app, lambda app: app.button(key="train.pause.0").label == t("train.continue"))
    assert t("train.sample.step") in said(app.markdown)
    assert app.slider(key="train.temperature").value == 0
    app.button(key="train.pause.0").click().run()
    until(app, lambda app: app.button(key="train.pause.0").label == t("train.pause"))
    app.button(key="train.stop.0").click().run()
    until(app, lambda app: bool(app.warning))
    assert not app.exception


@RUNNING
def test_another_browser_watches_and_has_nothing_to_stop_it_by(pool: Pool) -> None:
    app = opened("train", "en", task="text", steps="90000")
    app.text_area(key="train.own.text").set_value("slow " + "the cat sat on the mat. " * 60).run()
    app.button(key="train.start").click().run()
    run = app.session_state["states"]["train"].run
    other = opened("train", "en", run=run)
    assert translator("en")("train.watching") in said(other.caption)
    assert not [button for button in other.button if button.key in ("train.stop.0", "train.pause.0")]
    assert pool.look(run) is not None and not pool.look(run).ended  # type: ignore[union-attr]


@RUNNING
def test_a_browser_finds_its_run_again_and_may_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("train", "en", task="text", steps="90000")
    app.text_area(key="train.own.text").set_value("slow " + "the cat sat on the mat. " * 60).run()
    app.button(key="train.start").click().run()
    state, (word,) = app.session_state["states"]["train"], app.session_state["training.words"]
    kept: dict[str, object] = {"words": ["", "w" * 65, 3, word], "link": TRAIN.write(state)}
    inline = components.inline

    def storage(*, key: str, **_: object) -> None:
        st.session_state[key] = {"kept": {"session": connection.session()} | kept}

    monkeypatch.setattr(
        components,
        "inline",
        lambda name, *at, **how: storage if name == "storage" else inline(name, *at, **how),
    )
    again = go(opened(HOME, "zh"), "train")
    shown = again.session_state["states"]["train"]
    assert (shown.run, shown.lang) == (state.run, "zh")
    assert (
        again.session_state["training.words"][0] == word and len(again.session_state["training.words"]) == 2
    )
    assert [button.key for button in again.button if button.key == "train.stop.0"]
    kept["session"] = "another"  # of which a browser told before its line was cut
    assert not go(opened(HOME, "en"), "train").session_state["states"]["train"].run
    del kept["session"]
    assert not opened("train", "en", task="recall").session_state["states"]["train"].run, "a link counts"


@RUNNING
def test_two_runs_begin_with_one_click() -> None:
    app = opened("train", "zh")
    app.button(key="train.experiment.bias").click().run()
    state = app.session_state["states"]["train"]
    assert state.run and state.other and state.run != state.other
    assert app.selectbox(key="train.task").value == "recall"
    assert app.selectbox(key="train.beside").value == "bias0"


def test_two_runs_stand_side_by_side_with_their_layers_and_what_they_came_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = {
        "one": recorded_run(tmp_path / "one", "lstm", layers=2),
        "two": recorded_run(tmp_path / "two", "gru"),
    }
    views = {
        name: View(name, Recipe.from_json(folder.recipe), folder, folder.status, 0)
        for name, folder in folders.items()
    }
    monkeypatch.setattr("gates.ui.trainings.look", views.get)
    app = opened("train", "en", task="recall", run="one", other="two")
    assert not app.exception
    same(app)
    app.session_state["train.tabs"] = translator("en")("train.tab.takeaway")
    app.button_group(key="train.layer").set_value(1).run()
    assert not app.exception and app.session_state["states"]["train"].layer == 1
    same(app)
    app.button(key="train.take.1.compare").click().run()
    assert not app.exception
    assert [part.kind for part in app.session_state["trained"]["compare"].parts] == ["gru", "lstm"]


def test_a_run_that_waits_for_room_is_stopped_but_not_paused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = recorded_run(tmp_path / "one", "lstm")
    for state, waits in (("queued", True), ("running", False), ("paused", False)):
        status = replace(folder.status, state=state)
        view = View("one", Recipe.from_json(folder.recipe), folder, status, int(waits))
        monkeypatch.setattr("gates.ui.trainings.look", {"one": view}.get)
        monkeypatch.setattr("gates.ui.train.browser.owner_token", {"one": "word"}.get)
        app = opened("train", "en", task="recall", run="one")
        assert not app.exception
        assert app.button(key="train.pause.0").disabled == waits


@RUNNING
def test_a_third_run_is_refused_in_a_sentence(pool: Pool) -> None:
    app = opened("train", "en", steps="90000", task="text", beside="gru")
    app.text_area(key="train.own.text").set_value("slow " + "the cat sat on the mat. " * 60).run()
    app.button(key="train.start").click().run()
    app.button(key="train.start").click().run()
    assert translator("en")("error.training.pool.own", most=2) in said(app.error)


@pytest.mark.parametrize(
    ("task", "typed", "key", "language"),
    in_turn(
        [
            ("text", "", "error.training.text.empty"),
            ("text", "a", "error.training.text.same"),
            ("text", "aaaaaaaa" * 200, "error.training.text.same"),
            ("text", "abc", "error.training.text.short"),
            ("series", "3\n" * 200, "error.training.constant"),
            ("series", "1\n2\n3", "error.training.series.short"),
        ]
    ),
)
def test_what_cannot_be_learned_is_a_sentence_and_stays(
    task: str, typed: str, key: str, language: str
) -> None:
    app = opened("train", language, task=task)
    app.text_area(key=f"train.own.{task}").set_value(typed).run()
    assert not app.exception
    longest = max(re.split(r"\{\w+\}", translator(language).catalogue[key]), key=len)
    assert longest in app.error[0].value
    assert app.text_area(key=f"train.own.{task}").value == typed
    app.button(key="train.start").click().run()
    assert not app.exception and not app.session_state["states"]["train"].run


def test_a_run_that_the_server_lost_is_a_sentence() -> None:
    app = opened("train", "zh", run="no-such-run", task="recall")
    assert not app.exception
    assert translator("zh")("train.gone") in said(app.warning)


@pytest.mark.parametrize(("why", "language"), in_turn(["old", "room"]))
def test_a_run_that_the_server_removed_says_why_at_its_link(pool: Pool, language: str, why: str) -> None:
    pool._removed["removed-run"] = f"train.gone.{why}"
    app = opened("train", language, run="no-such-run", other="removed-run", task="recall")
    t = translator(language)
    assert [one.value for one in app.warning] == [t("train.gone"), t(f"train.gone.{why}")]


@RUNNING
def test_a_run_that_the_system_ended_says_so_on_the_page(pool: Pool) -> None:
    t = translator("zh")
    app = opened("train", "zh", task="text", steps="90000")
    app.text_area(key="train.own.text").set_value("slow " + "the cat sat on the mat. " * 60).run()
    app.button(key="train.start").click().run()
    run = app.session_state["states"]["train"].run
    until(app, lambda app: pool.look(run).status.step > 0)  # type: ignore[union-attr]
    shutil.rmtree(pool.folder / run, ignore_errors=True)
    until(app, lambda app: t("training.ended.disk.gone") in said(app.error))
    app.text_area(key="train.own.text").set_value("quick " + "the cat sat on the mat. " * 60).run()
    app.button(key="train.start").click().run()
    assert not app.exception and app.session_state["states"]["train"].run != run


def test_a_full_disk_is_a_sentence_and_the_settings_stay(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: RunFolder, status: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    app = opened("train", "zh", task="recall", units="7")
    monkeypatch.setattr(RunFolder, "write_status", full)
    app.button(key="train.start").click().run()
    assert translator("zh")("error.training.disk.full") in said(app.error)
    assert app.number_input(key="train.recipe.recall.lstm.hidden").value == 7
    assert not app.exception and not app.session_state["states"]["train"].run


def test_without_the_text_another_one_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATESCOPE_TIMEMACHINE", "/no/such/file")
    source_texts.try_again()
    app = opened("train", "zh")
    waits: list[str] = []
    spinner = st.spinner
    monkeypatch.setattr(st, "spinner", lambda text: waits.append(text) or spinner(text))
    app.button(key="train.experiment.timemachine").click().run()
    assert set(waits) == {translator("zh")("train.text.fetching")} and len(waits) == 2
    assert not app.exception and len(app.warning) == 1 and not app.error
    same(app)
    assert not app.session_state["states"]["train"].run
    app.button(key="train.text.python").click().run()
    state = app.session_state["states"]["train"]
    assert not app.exception and not app.warning
    assert (state.corpus, state.beside, state.changes["hidden"]) == ("python", "scratch", 256)
    same(app)
    app.button(key="train.text.timemachine").click().run()
    assert app.warning and app.session_state["states"]["train"].corpus == "timemachine"
    monkeypatch.setattr(source_texts, "_text", lambda name: "the time traveller for so " * 200)
    assert app.run().warning, "it was asked for anew without being told to"
    app.button(key="train.text.again").click().run()
    assert not app.exception and not app.warning
    source_texts.try_again()


def test_a_choice_of_task_begins_with_its_own_recipe() -> None:
    app = opened("train", "en", units="7", seed="3")
    assert app.number_input(key="train.recipe.parity.lstm.hidden").value == 7
    app.selectbox(key="train.task").set_value("recall").run()
    assert app.session_state["states"]["train"].changes == {"seed": 3}
    assert app.number_input(key="train.recipe.recall.lstm.forget_bias").value == 4
    app.session_state["states"]["train"] = replace(app.session_state["states"]["train"], own="1 2")
    app.selectbox(key="train.kind").set_value("rnn").run()
    assert not app.exception
    assert not [one for one in app.number_input if str(one.key).endswith("forget_bias")]
    assert app.session_state["states"]["train"].own == "1 2"
    app.selectbox(key="train.task").set_value("parity").run()
    assert app.session_state["states"]["train"].own is None, "the data were those of the task before"


def test_an_emptied_field_means_what_its_help_says() -> None:
    app = opened("train", "en", task="recall")
    app.number_input(key="train.recipe.recall.lstm.forget_bias").set_value(None).run()
    assert app.session_state["states"]["train"].changes == {"forget_bias": None}
    app.number_input(key="train.recipe.recall.lstm.steps").set_value(None).run()
    assert not app.exception
    assert "steps" not in app.session_state["states"]["train"].changes


@pytest.mark.parametrize("tab", ["curves", "gates", "takeaway"])
def test_every_panel_opens(tab: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("train", "en")
    app.session_state["train.tabs"] = translator("en")(f"train.tab.{tab}")
    files = files_of(app, monkeypatch)
    if tab == "takeaway":
        assert files == {
            None: ("gatescope-train.json", "application/json"),
            "train.take.0.weights": ("gatescope-parity-lstm-500.npz", None),
            "train.take.0.records": ("gatescope-parity-lstm.csv", "text/csv"),
        }


@pytest.mark.parametrize(("name", "language"), in_turn(["lstm", "compare", "gradients"]))
def test_a_trained_network_is_shown_on_other_pages_until_one_goes_back(name: str, language: str) -> None:
    t = translator(language)
    app = opened("train", language)
    app.session_state["train.tabs"] = t("train.tab.takeaway")
    app.run()
    app.button(key=f"train.take.0.{name}").click().run()
    assert not app.exception
    assert app.title[0].value == t(f"page.{name}.title")
    title = t("transfer.title", title=t("train.recorded", task=t("task.parity")), step="500")
    assert app.info[0].value == t("transfer.about", title=title)
    same(app)
    app.button(key=f"{name}.trained.back").click().run()
    assert not app.exception
    assert not [button for button in app.button if str(button.key).endswith("trained.back")]


def test_what_is_taken_along_is_the_checkpoint_on_the_screen_until_another_is_chosen() -> None:
    app = opened("train", "en")
    app.session_state["train.tabs"] = translator("en")("train.tab.takeaway")
    app.run()
    choice = app.selectbox(key="train.take.0")
    assert choice.value == 500
    for on_screen, taken in ((64, 64), (60, 60), (63, 64)):
        app.session_state["train.film"] = on_screen
        app.run()
        assert app.selectbox(key="train.take.0").value == taken
    app.selectbox(key="train.take.0").set_value(2).run()
    assert app.selectbox(key="train.take.0").value == 2
    app.session_state["train.film"] = 500
    app.run()
    assert app.selectbox(key="train.take.0").value == 500
    assert not app.exception


def test_a_trained_network_goes_into_the_lab_as_it_is() -> None:
    app = opened("train", "en")
    app.session_state["train.tabs"] = translator("en")("train.tab.takeaway")
    app.run()
    app.button(key="train.take.0.lab").click().run()
    assert not app.exception and not app.error
    assert app.title[0].value == translator("en")("page.lab.title")
    assert app.session_state["states"]["lab"].lab


@RUNNING
def test_a_text_too_long_for_a_link_comes_back_with_its_run(pool: Pool) -> None:
    letters = np.random.default_rng(0).choice(list("abcdefghijklmnop "), 20_000)
    long = "quick " + "".join(letters).strip()
    app = opened("train", "en", task="text", steps="20")
    app.text_area(key="train.own.text").set_value(long).run()
    for task in ("parity", "text"):  # nothing entered is lost by a look at something else
        app.selectbox(key="train.task").set_value(task).run()
    assert app.text_area(key="train.own.text").value == long
    app.button(key="train.start").click().run()
    query = TRAIN.header(app.session_state["states"]["train"])["params"]
    assert query["run"] and "data" not in query
    again = opened("train", "en", **query)
    assert not again.exception
    assert again.text_area(key="train.own.text").value == long
    app.text_area(key="train.own.text").set_value(f"{long} more").run()
    at_address(app, query)  # of the run before, by *back* or from the stage's list
    assert app.text_area(key="train.own.text").value == f"{long} more"


def test_how_own_numbers_were_read_is_said() -> None:
    app = opened("train", "zh", task="series")
    rising = "\n".join(str(k) for k in range(60))
    app.text_area(key="train.own.series").set_value(f"{rising}\nnan\n61").run()
    assert not app.exception and not app.error
    assert translator("zh")("note.numbers.gaps", count=1, rows="61") in said(app.caption)
