"""No click is lost when the page is rerun as a whole right behind it."""

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.helpers import NewPage, open_stage
from tests.browser.recorder import TRIGGERS


class Chaser:
    """Sends, right behind each click, the rerun of the whole page that any other widget may ask for."""

    def __init__(self, page: Page) -> None:
        self.clicks = 0
        page.route_web_socket(re.compile("/_stcore/stream"), self._between)

    def _between(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            server.send(message)
            said = BackMsg.FromString(message) if isinstance(message, bytes) else BackMsg()
            clicked = [
                w for w in said.rerun_script.widget_states.widgets if w.WhichOneof("value") in TRIGGERS
            ]
            if clicked:
                self.clicks += any(w.WhichOneof("value") == "trigger_value" for w in clicked)  # a button's
                server.send(self._without(said).SerializeToString())

        browser.on_message(pass_on)

    @staticmethod
    def _without(said: BackMsg) -> BackMsg:
        """The same message as Streamlit's front end sends next: of the whole page, the click forgotten."""
        rerun = said.rerun_script
        kept = [w for w in rerun.widget_states.widgets if w.WhichOneof("value") not in TRIGGERS]
        del rerun.widget_states.widgets[:]
        rerun.widget_states.widgets.extend(kept)
        rerun.fragment_id = ""
        return said


def test_training_begins_pauses_and_stops_whatever_follows_the_click(new_page: NewPage) -> None:
    page = new_page(fresh=True)
    chaser = Chaser(page)
    open_stage(page, "/train?lang=en&task=parity&cell=lstm&steps=100000")
    page.locator(".st-key-train-start button").click()
    learning = page.locator("[data-testid=stProgress]")
    expect(learning).to_contain_text("timesteps a second")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(learning).to_contain_text("paused at step")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Stopped after step")).to_be_visible()
    page.wait_for_url(re.compile(r"[?&]run="))
    first = page.url.partition("run=")[2].partition("&")[0]
    page.locator(".st-key-train-experiment-parity button").first.click()
    page.wait_for_url(lambda url: "run=" in url and first not in url)  # another run has begun
    stop = page.get_by_role("button", name="Stop", exact=True)
    stop.or_(page.get_by_text("on data that it has never seen")).first.click()  # lest it trains on
    assert chaser.clicks in (4, 5)  # no click twice; the last one is a Stop only where it still trains


@pytest.mark.parametrize(
    ("address", "button", "then"),
    [
        ("/lstm?lang=en&preset=latch", ".st-key-lstm-edit", "/lab"),
        ("/lab?lang=en&begin=challenge&challenge=hold", ".st-key-challenge-hint", "Hint 2"),
    ],
)
def test_other_buttons_keep_their_click_too(new_page: NewPage, address: str, button: str, then: str) -> None:
    page = new_page(fresh=True)
    chaser = Chaser(page)
    open_stage(page, address)
    page.locator(f"{button} >> button").first.click()
    if then.startswith("Hint"):
        expect(page.locator(button)).to_contain_text(then)
    else:
        page.wait_for_url(lambda url: then in url)
    assert chaser.clicks == 1
