"""Four people on their way through the app, by clicks alone: nobody types an address, one is sent a link."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from gates.text import Translator, translator
from tests.browser import helpers
from tests.browser.helpers import (
    STAGE,
    NewPage,
    open_stage,
    step_values,
    until,
    wait_until_idle,
)

KINDS = ("lstm", "gru", "rnn")
TEXT = "the gate keeps what the gate was told to keep, and lets go of what it was told to forget. " * 3


def follow(page: Page, t: Translator, name: str) -> Locator:
    """Goes to a page by the navigation; its stage."""
    page.get_by_test_id("stTopNavLink").get_by_text(t(f"page.{name}.nav"), exact=True).click()
    return arrived(page, t, name)


def arrived(page: Page, t: Translator, name: str) -> Locator:
    expect(page.locator("h1")).to_have_text(t(f"page.{name}.title"))
    page.wait_for_url(re.compile(rf"/{name}\?.*\blang={t.language}\b"))
    own = {"lab": ":has([data-testid=editor])"}.get(name, f"[data-cell={name}]" if name in KINDS else "")
    stage = page.locator(f"{STAGE}{own}").first  # the one of the page that was left may still stand there
    stage.wait_for()
    return stage


def pick(page: Page, key: str, label: str) -> None:
    """Chooses from the list of a key."""
    field = page.locator(f".st-key-{key} input")
    helpers.pick(page, field, label, exact=True)
    expect(field).to_have_value(label)


def fill(page: Page, key: str, text: str) -> None:
    """Enters a text; on Train Ctrl+Enter would do more than that: it lets a run begin."""
    field = page.locator(f".st-key-{key}").locator("input, textarea")
    field.fill(text)
    field.press("Control+Enter" if field.evaluate("field => field.matches('textarea')") else "Enter")


def test_a_student_meets_the_gates_and_takes_a_challenge(new_page: NewPage) -> None:
    page, t = new_page(), translator("en")
    open_stage(page, "/")
    page.get_by_test_id("stPageLink-NavLink").filter(has_text=t("page.lstm.nav")).first.click()
    stage = arrived(page, t, "lstm")
    stage.locator(".gs-valve[data-signal=forget]").first.click()
    expect(stage.locator(".gs-ins-head h2")).to_have_text(t("signal.forget"))
    stage = follow(page, t, "gru")
    kept, label = step_values(stage), stage.locator("[data-part=update][data-unit='0']").first
    said = label.text_content()
    page.get_by_role("radio", name=t("input.update.write")).click()
    expect(stage).to_have_attribute("data-update", "write")
    expect(label).not_to_have_text(str(said))
    written = step_values(stage)
    assert written["hidden"] == kept["hidden"]
    assert [1 - z for z in written["update"]] == pytest.approx(kept["update"], abs=1e-15)
    stage = follow(page, t, "lab")
    pick(page, "lab-source", t("lab.page.begin.challenge"))
    goal = page.get_by_text(t("challenge.hold.goal").split("*")[0])  # the stage keeps it too, folded away
    expect(goal.filter(visible=True)).to_be_visible()
    page.get_by_role("button", name=t("challenge.hint", number=1, of=3)).click()
    expect(page.get_by_text(t("challenge.hold.hint.1").split("*")[0])).to_be_visible()
    expect(page).to_have_url(re.compile("begin=challenge"))
    follow(page, t, "gru")
    expect(page.get_by_role("radio", name=t("input.update.write"))).to_be_checked()
    page.go_back()
    arrived(page, t, "lab")
    source = page.locator(".st-key-lab-source input")
    expect(source).to_have_value(t("lab.page.begin.challenge"))


def test_an_instructor_shows_three_examples_in_chinese(new_page: NewPage) -> None:
    page, t = new_page(width=1920, height=1080, locale="zh-CN"), translator("zh")
    open_stage(page, "/")
    shown = []
    for name, example in (("lstm", "locker"), ("gru", "silenced"), ("rnn", "fading")):
        stage = follow(page, t, name)
        pick(page, f"{name}-preset", t(f"preset.{name}.{example}.title"))
        expect(page).to_have_url(re.compile(rf"preset={example}\b"))
        stage.focus()
        page.keyboard.press("Home")
        page.keyboard.press("f")
        expect(stage).to_have_css("width", "1920px")
        for step in ("1", "2"):
            page.keyboard.press("ArrowRight")
            expect(stage).to_have_attribute("data-step", step)
        shown.append(step_values(stage)["hidden"])
        page.keyboard.press("f")
        expect(stage).not_to_have_css("width", "1920px")
        expect(page.get_by_role("radio", name=t("language.zh"), exact=True)).to_be_checked()
    assert len({tuple(values) for values in shown}) == 3


def test_a_practitioner_trains_on_a_text_of_their_own_and_steps_through_it(new_page: NewPage) -> None:
    page, t = new_page(), translator("en")
    open_stage(page, "/")
    follow(page, t, "lstm")
    pick(page, "lstm-source", t("input.source.numbers"))
    fill(page, "shared-numbers", "1 0\n0.5 -1\n0 2")
    stage = page.locator(STAGE).first
    expect(stage).to_have_attribute("data-steps", "3")
    pick(page, "lstm-source", t("input.source.text"))
    fill(page, "shared-text", TEXT)
    expect(stage).to_have_attribute("data-steps", str(len(TEXT.strip())))
    follow(page, t, "train")
    pick(page, "train-task", t("task.text"))
    expect(page.locator(".st-key-train-own-text textarea")).to_have_value(TEXT)
    fill(page, "train-recipe-text-lstm-hidden", "8")
    fill(page, "train-recipe-text-lstm-steps", "4")
    page.locator(".st-key-train-start button").click()
    page.wait_for_url(re.compile(r"[?&]run="))
    expect(page.get_by_text("on data that it has never seen")).to_be_visible()
    expect(page.locator("[data-testid=stProgress]")).to_have_count(0)
    wait_until_idle(page)
    page.get_by_role("tab", name=t("train.tab.takeaway")).click()
    page.get_by_role("button", name=t("train.take.page", page=t("page.lstm.nav"))).click()
    expect(page.get_by_text(t("transfer.about", title="").split("*")[0])).to_be_visible()
    hidden = page.locator(f"{STAGE} [data-testid=step-values] tr[data-signal=hidden] td[data-value]")
    expect(hidden).to_have_count(8)
    page.get_by_role("button", name=t("transfer.back")).click()
    expect(page.locator(".st-key-shared-text input")).to_have_value(TEXT)


def drag(page: Page, target: Locator, within: Locator, across: float, down: float) -> None:
    """Move a finger from the middle of what can be dragged by so many pixels, and lift it there.

    Again where the page moved meanwhile, ``within`` with it: who guesses is led to the question.
    """
    session = page.context.new_cdp_session(page)
    for _ in range(20):
        within.scroll_into_view_if_needed()
        place, box = within.bounding_box(), target.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for share in (0, 0.5, 1):
            point = {"x": x + across * share, "y": y + down * share}
            kind = "touchMove" if share else "touchStart"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        if within.bounding_box() == place:
            break
    session.detach()


def choose(page: Page, radio: Locator) -> None:
    helpers.tap(page, radio, radio.is_checked)


def a_finger_answers_every_kind_of_question(page: Page, stage: Locator, t: Translator) -> None:
    """Slider, points and choices are set by touch alone, and what is told is what was set and how it is."""
    panel, show = stage.get_by_test_id("guess"), stage.get_by_role("button", name=t("guess.commit"))
    plot, point = stage.locator("svg.gs-guess-plot"), stage.locator("circle[role=slider]")
    cells = [{"name": "A", "value": 0.5}, {"name": "B", "value": -1}]
    hidden = {"signal": "hidden", "unit": 1, "step": 3}
    answers: dict[str, Callable[[], object]] = {
        "value": lambda: drag(page, *[panel.get_by_role("slider")] * 2, 30, 0),
        "lane": lambda: drag(page, point, plot, 0, 40),
        "draw": lambda: [drag(page, one, plot, 0, 40) for one in point.all()],
        "unit": lambda: choose(page, panel.get_by_role("radio").nth(1)),
        "cell": lambda: choose(page, panel.get_by_role("radio", name="B")),
    }
    shown, told = step_values(stage), {}
    for kind, answer in answers.items():
        more = {"signal": "update"} if kind == "value" else {"steps": 2} if kind == "draw" else {}
        question = {"kind": kind, **hidden, **more} | ({"cells": cells} if kind == "cell" else {})
        stage.evaluate("(stage, question) => { globalThis.told = stage.ask(question); }", question)
        expect(show).to_be_visible()
        answer()
        helpers.tap(page, show, panel.get_by_test_id("guess-verdict").is_visible)
        told[kind] = page.evaluate("globalThis.told")
    assert 0.55 < told["value"]["guess"] < 0.95
    assert all(guess < 0.7 for guess in (told["lane"]["guess"], *told["draw"]["guess"]))  # pulled down
    assert (told["unit"]["guess"], told["cell"]["guess"]) == (1, 1)
    assert told["value"]["truth"] == shown["update"][0]
    assert told["lane"]["truth"] == told["draw"]["truth"][0] == shown["hidden"][0]
    stage.evaluate("stage => stage.ask(null)")


def test_a_phone_is_sent_a_link_steps_and_edits(new_page: NewPage) -> None:
    page, t = new_page(width=390, height=844, touch=True, still=False), translator("en")
    stage = open_stage(page, "/gru?lang=en&preset=silenced&notation=row&step=2")
    expect(stage).to_have_attribute("data-step", "1")
    tokens = stage.get_by_test_id("track").locator(".gs-token")
    forward = stage.get_by_role("button", name=t("stage.forward"), exact=True)
    for target, step in ((forward, "2"), (tokens.nth(3), "3"), (tokens.nth(2), "2")):
        helpers.tap(page, target, lambda step=step: stage.get_attribute("data-step") == step)
    shown = step_values(stage)
    a_finger_answers_every_kind_of_question(page, stage, t)
    page.get_by_role("button", name=t("lab.page.open")).click()
    stage = arrived(page, t, "lab")
    page.get_by_role("button", name=t("ui.notation")).click()
    expect(page.locator(".st-key-shared-notation input")).to_have_value(t("notation.row"))
    page.keyboard.press("Escape")
    expect(stage).to_have_attribute("data-cell", "gru")
    expect(stage).to_have_attribute("data-step", "2")
    until(page, lambda: step_values(stage)["hidden"] == shown["hidden"])


def test_back_between_two_entries_of_one_page_shows_what_each_says(new_page: NewPage) -> None:
    page, t = new_page(fresh=True), translator("en")
    stage = open_stage(page, "/gru?lang=en&preset=silenced&step=3")
    page.get_by_role("button", name=t("lab.page.open")).click()
    arrived(page, t, "lab")
    page.go_back()
    stage = arrived(page, t, "gru")
    entries = page.evaluate("history.length")
    pick(page, "gru-preset", t("preset.gru.latch.title"))
    page.wait_for_url(re.compile("preset=latch"))
    stage.focus()
    page.keyboard.press("Home")
    page.wait_for_url(re.compile(r"preset=latch.*step=1\b"))
    assert page.evaluate("history.length") == entries, (
        "a choice made an entry where *forward* led, a step none"
    )
    page.go_back()
    expect(page.locator(".st-key-gru-preset input")).to_have_value(t("preset.gru.silenced.title"))
    expect(stage).to_have_attribute("data-step", "2")
    page.go_forward()
    expect(page.locator(".st-key-gru-preset input")).to_have_value(t("preset.gru.latch.title"))
    expect(stage).to_have_attribute("data-step", "0")
    pick(page, "gru-preset", t("preset.gru.silenced.title"))  # and is not taken back by what was told before
    page.wait_for_url(re.compile("preset=silenced"))
    wait_until_idle(page)
    expect(page.locator(".st-key-gru-preset input")).to_have_value(t("preset.gru.silenced.title"))

    stage.focus()
    page.keyboard.press("f")
    stage.get_by_test_id("examples").select_option(label=t("preset.gru.latch.title"))
    page.wait_for_url(re.compile("preset=latch"))
    page.go_back()  # where the page's controls are not
    expect(stage.get_by_test_id("examples").locator("option:checked")).to_have_text(
        t("preset.gru.silenced.title")
    )
    page.go_forward()
    page.wait_for_url(re.compile("preset=latch"))
    assert page.evaluate("document.fullscreenElement !== null")
    stage.focus()
    page.keyboard.press("f")
    expect(page.locator(".st-key-gru-preset input")).to_have_value(t("preset.gru.latch.title"))
