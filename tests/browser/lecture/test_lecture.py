"""A lecture as it is given: collected from pages, moved in two windows by PageDown, PageUp and B."""

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, Request, expect

from gates.lectures import reader
from tests.browser.helpers import (
    STAGE,
    NewPage,
    axe_findings,
    letter_sizes,
    open_stage,
    step_values,
    until,
    watch_errors,
)

NOTE = "Ask the back row first, slowly."
SMALLEST = 20
"""CSS px of the smallest text on a projector of 1920 × 1080."""
LETTER = 279.4 - 2 * 12
"""Millimetres of height that a sheet of the lower of two usual sizes has within a handout's margins."""
_THREE_SHEETS = """() => {
  const [title, sheet] = ["header", ".gl-sheet"].map((name) => document.querySelector(`.gl-handout ${name}`));
  const below = parseFloat(getComputedStyle(title).marginBottom);
  return ((title.offsetHeight + below + 3 * sheet.offsetHeight) / 96) * 25.4;
}"""


_LISTENS = {
    "screen": "[data-testid=lecture-screen][data-at]",
    "presenter": "[data-testid=lecture-presenter][data-at]",
    "handout": "[data-testid=lecture-handout][data-drawn]",
}
"""What a window has once keys move it, or its sheets are drawn: before that it hears nothing."""


def opened(page: Page, name: str) -> Page:
    """A window of the lecture, once it can be used."""
    with page.context.expect_page() as coming:
        page.get_by_test_id(f"lecture-{name}-open").click()
    coming.value.locator(_LISTENS[name]).wait_for()
    return coming.value


def value_of(stage: Locator, signal: str) -> Locator:
    """The number of a signal of one unit in the step that is shown; none where it is concealed."""
    return stage.locator(
        f"[data-testid=step-values] tr[data-signal={signal}]:not([data-later]) td[data-value]"
    )


def overlap(one: Locator, other: Locator) -> bool:
    above, below = sorted((part.bounding_box() or {} for part in (one, other)), key=lambda box: box["y"])
    return above["y"] + above["height"] > below["y"]


def test_a_lecture_is_collected_given_from_two_windows_and_survives_both(
    new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page(fresh=True, still=True)
    open_stage(page, "/lstm?preset=latch&step=3&phase=look")
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Add to lecture").click()
    expect(page.get_by_text("Added to “My lecture”")).to_be_visible()
    page.goto("/lecture")
    states = page.get_by_test_id("lecture-state")
    for count, link in enumerate(("/lstm?preset=locker&step=2", "/compare?preset=latch&step=3"), 2):
        page.get_by_role("textbox", name="Link of the app").fill(link)
        page.evaluate("dispatchEvent(new StorageEvent('storage', { key: 'gatescope.lectures' }))")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(states).to_have_count(count)
    page.get_by_role("button", name="Add", exact=True).click()  # nothing typed is no state
    expect(page.get_by_test_id("lecture-status")).to_contain_text("This is no link")
    states.nth(1).locator(".gl-grip").drag_to(states.nth(0).locator(".gl-grip"))
    expect(states.nth(0)).to_contain_text("Locker")
    states.nth(0).get_by_role("textbox", name="Notes").fill(NOTE)
    states.nth(2).get_by_test_id("lecture-more").locator("summary").click()
    states.nth(2).get_by_label("Question to the hall").select_option("cell")
    for label, number in (("in step", "2"), ("steps", "6")):  # the second leaves the first as it is
        states.nth(2).get_by_label(label, exact=True).fill(number)
    states.nth(1).get_by_test_id("lecture-more").locator("summary").click()
    states.nth(1).get_by_label("Question to the hall").select_option("value")
    states.nth(1).get_by_label("Title of state 2").fill("What is f?")
    page.reload()
    expect(states.nth(1).get_by_label("Title of state 2")).to_have_value("What is f?")
    expect(states.nth(0)).to_contain_text("Locker")  # where it was dragged to
    assert not axe_findings(page)

    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(f"{request.url} {request.post_data or ''}")

    screen = opened(page, "screen")
    screen.on("request", note)
    screen.set_viewport_size({"width": 1920, "height": 1080})
    errors = watch_errors(screen)
    at = screen.get_by_test_id("lecture-screen")
    front = screen.locator(".gl-front")
    stage = front.get_by_test_id("stage")
    expect(at).to_have_attribute("data-shown", "true")
    presenter = opened(page, "presenter")
    expect(presenter.get_by_test_id("lecture-notes")).to_have_text(NOTE)
    expect(presenter.get_by_test_id("lecture-next")).to_contain_text("What is f?")
    preview = presenter.get_by_test_id("lecture-preview")
    expect(preview.locator("svg")).to_have_count(1)
    assert not any(preview.locator("td").all_inner_texts()), "what is asked is not to be read there either"

    screen.keyboard.press("b")
    expect(at).to_have_attribute("data-blank", "true")
    expect(presenter.get_by_role("button", name="Picture again")).to_be_visible()
    screen.keyboard.press("PageDown")
    expect(at).to_have_attribute("data-blank", "false")
    expect(at).to_have_attribute("data-at", "0")
    document = screen.evaluate("() => (globalThis.same = Math.random())")
    presenter.keyboard.press("PageDown")
    expect(at).to_have_attribute("data-at", "1")
    field = front.locator(".gs-guess-field")
    expect(field).to_be_visible()
    asking = step_values(stage)
    field.fill("0.25")
    front.get_by_test_id("lecture-keep").click()
    field.fill("0.75")
    screen.keyboard.press("PageDown")
    guesses = front.get_by_test_id("lecture-guesses")
    expect(guesses).to_contain_text("The run")
    (truth,) = step_values(stage)["forget"]
    assert asking.get("forget") != [truth], "what is asked for is not in the document"
    for said in ("First guess 0.25", "After talking 0.75", f"The run {truth:.2f}"):
        expect(guesses).to_contain_text(said)
    until(page, lambda: min(letter_sizes(front)) >= SMALLEST)
    screen.keyboard.press("PageDown")
    expect(at).to_have_attribute("data-at", "2")
    one_column = re.compile(
        r"^\S+$"
    )  # the arithmetic that a lone stage has beside its picture leaves its room
    expect(front.locator(".gs-large > .gs-main")).to_have_css("grid-template-columns", one_column)
    front.get_by_role("radio", name="LSTM").check()
    front.get_by_test_id("lecture-keep").click()
    front.get_by_role("radio", name="GRU").check()
    screen.keyboard.press("PageDown")
    for said in ("First guess LSTM", "After talking GRU", "The run GRU"):
        expect(guesses).to_contain_text(said)
    expect(front.get_by_test_id("guess-verdict").first).to_contain_text("The memory at step 7: RNN")
    until(page, lambda: min(letter_sizes(front)) >= SMALLEST)  # of several cells one is large
    assert screen.evaluate("globalThis.same") == document, "nothing was loaded again"
    screen.keyboard.press("PageUp")
    expect(at).to_have_attribute("data-at", "1")

    presenter.close()
    screen.reload()
    expect(at).to_have_attribute("data-at", "1")
    for said in ("First guess 0.25", "After talking 0.75", f"The run {truth:.2f}"):
        expect(guesses).to_contain_text(said)
    presenter = opened(page, "presenter")
    expect(presenter.get_by_test_id("lecture-where")).to_contain_text("State 2 of 3")
    screen.keyboard.press("PageUp")
    expect(at).to_have_attribute("data-at", "0")
    expect(presenter.get_by_test_id("lecture-notes")).to_have_text(NOTE)
    expect(at).to_have_attribute("data-shown", "true")

    handout = opened(page, "handout")
    sheets = handout.get_by_test_id("lecture-sheet")
    expect(sheets).to_have_count(3)
    assert sheets.nth(0).locator("svg").count() and "f = 0.01" in sheets.nth(0).inner_text()
    assert "f =" not in sheets.nth(1).inner_text(), "what is asked in the hall is not answered on paper"
    numbers = [sheets.nth(k).locator(".gl-numbers td").all_inner_texts() for k in (0, 1)]
    expect(sheets.nth(2).locator(".gl-numbers")).to_have_count(3)
    assert "0.01" in numbers[0] and not any(numbers[1]), "a row of numbers, or of fields to fill in"
    until(page, lambda: handout.evaluate(_THREE_SHEETS) <= LETTER)
    assert NOTE not in handout.content()

    with page.expect_download() as download:
        page.get_by_test_id("lecture-file").click()
    download.value.save_as(tmp_path / "lecture.html")
    alone = page.context.new_page()
    alone.goto((tmp_path / "lecture.html").as_uri())
    own = alone.get_by_test_id("stage")
    expect(own).to_have_attribute("data-ready", "")
    alone.keyboard.press("PageDown")
    reveal = alone.get_by_role("button", name="Reveal")
    expect(alone.locator(".gs-guess-field")).to_be_visible()
    asking = step_values(own)
    reveal.click()
    expect(alone.get_by_test_id("guess-verdict")).to_contain_text(f"{truth:.2f}")
    expect(value_of(own, "forget")).to_have_attribute("data-value", str(truth))
    assert asking.get("forget") != [truth]
    alone.keyboard.press("PageDown")
    alone.get_by_role("radio", name="LSTM").check()
    alone.keyboard.press("PageDown")
    expect(alone.get_by_test_id("guess-verdict").first).to_contain_text("The memory at step 7: RNN")
    assert NOTE not in alone.content() and NOTE not in (tmp_path / "lecture.html").read_text("utf-8")

    known = screen.content() + json.dumps(asked)
    assert "/runs" in known and "latch" in known, "the search looks where something is"
    assert NOTE not in known and NOTE not in screen.title() and "gl-preview" not in known
    assert not errors


def test_a_ready_lecture_is_given_from_two_windows_by_three_keys_and_outlasts_both(new_page: NewPage) -> None:
    """Each press by the window whose turn it is; expected is what the run of show says, state by state.

    The states up to the first that hides something: there are questions and walks among them.
    """
    show = reader.compiled("lstm", "en")
    places = []
    for at, state in enumerate(show["states"]):
        if state.get("hide") or state.get("question"):
            places.append((at, False, 0))
        moves = state["walk"]["moves"] if state.get("walk") else 0
        places += [(at, True, walked) for walked in range(moves + 1)]
        if state.get("hide"):
            break
    assert len(places) > 20

    page = new_page(fresh=True, still=True)
    page.goto("/lecture?show=lstm&lang=en")
    page.get_by_test_id("lecture-screen-open").wait_for()
    asked: list[str] = []
    screen = opened(page, "screen")
    screen.on("request", lambda request: asked.append(f"{request.url} {request.post_data or ''}"))
    screen.set_viewport_size({"width": 1920, "height": 1080})
    errors = watch_errors(screen)
    presenter = opened(page, "presenter")

    def stands(place: tuple[int, bool, int], blank: str = "false") -> None:
        at, revealed, walked = place
        said = {"at": at, "open": str(revealed).lower(), "walked": walked, "blank": blank, "shown": "true"}
        where = "".join(f'[data-{name}="{value}"]' for name, value in said.items())
        expect(screen.locator(f".gl-screen{where}")).to_be_attached()

    stands(places[0])
    seen = [screen.content()]
    for press, place in enumerate(places[1:], 1):
        (presenter if press % 2 else screen).keyboard.press("PageDown")
        stands(place)
        if press == len(places) // 3:
            presenter.keyboard.press("b")
            stands(place, blank="true")
            screen.keyboard.press("PageDown")
            stands(place)
        if press == len(places) // 2:
            presenter.close()
            screen.reload()
            stands(place)
            presenter = opened(page, "presenter")
            note = show["states"][place[0]]["notes"].split("\n")[0]
            expect(presenter.get_by_test_id("lecture-notes")).to_contain_text(note)
        if place[1] and place[0] != places[min(press + 1, len(places) - 1)][0]:
            seen.append(screen.content())
    screen.keyboard.press("PageUp")
    stands(places[-3])  # from what was concealed too, back leads to the state before
    known = "\n".join([*seen, *asked])
    assert "/runs" in known and show["states"][5]["title"] in known, "the search looks where something is"
    for state in show["states"][: places[-1][0] + 1]:
        note = state["notes"][:40].partition("\n")[0]
        assert len(note) > 20 and note not in known
    assert not errors


def test_any_stage_gives_a_lecture_that_its_link_holds(new_page: NewPage) -> None:
    page = new_page(fresh=True, still=True)
    open_stage(page, "/lstm?preset=latch&step=3")
    stage, row = page.get_by_test_id("stage"), page.get_by_test_id("lecture-row")
    (f,) = step_values(stage)["forget"]
    stage.press("l")
    row.get_by_role("combobox").select_option("forget")
    expect(row).to_contain_text("What is f in step 3?")
    expect(value_of(stage, "forget")).to_have_count(0)
    expect(page).to_have_url(re.compile("hide-forget-3"))
    assert not axe_findings(page)
    page.reload()
    page.locator(STAGE).wait_for()
    expect(row).to_contain_text("What is f in step 3?")
    assert "forget" not in step_values(stage), "what a link hides is on no screen before"
    stage.press("PageDown")
    expect(value_of(stage, "forget")).to_have_attribute("data-value", str(f))
    stage.press("PageDown")
    expect(row).to_contain_text("What is f in step 4?")
    stage.press("a")
    expect(page.get_by_test_id("connection")).to_contain_text("state 1")
    (kept,) = page.evaluate(
        "() => Object.values(JSON.parse(localStorage.getItem('gatescope.lectures')).shows)"
    )
    assert [(state["link"], state["hide"]) for state in kept["states"]] == [
        ("/lstm?preset=latch&step=4&phase=look", "forget")
    ]
    page.set_viewport_size({"width": 390, "height": 844})
    until(page, lambda: not overlap(row, stage.locator(".gs-time")))
    row.get_by_role("button", name="End").click()
    expect(row).to_have_count(0)
    expect(page).not_to_have_url(re.compile("lecture="))
