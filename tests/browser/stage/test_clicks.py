"""Nothing is lost by what follows at once: a click by a rerun of the page, what was typed by another page."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from gates.text import translator
from tests.browser.helpers import NewPage, Server, open_stage, wait_until_idle
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
                of_button = any(w.WhichOneof("value") == "trigger_value" for w in clicked)
                # What a part's timer sends along the server takes out again.
                self.clicks += of_button and not said.rerun_script.is_auto_rerun
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
    assert chaser.clicks == 3, "no click is sent twice"


def test_what_is_typed_is_stored_before_another_page_is_run(server: Server) -> None:
    """Sent as the browser sends it, but for the hand between: it would take a second, and the run less."""
    stream = server.url.replace("http", "ws") + "/_stcore/stream"
    with connect(stream, subprotocols=["streamlit"], max_size=None) as line:  # type: ignore[list-item]
        first = rerun(page_name="compare", query_string="input=text&lang=en")
        line.send(first.SerializeToString())
        said = list(answers(line))
        pages = {
            page.url_pathname: page.page_script_hash for one in said for page in one.navigation.app_pages
        }
        typed, left = (rerun(page_script_hash=pages[name]) for name in ("compare", "lstm"))
        field = typed.rerun_script.widget_states.widgets.add()
        (field.id, _), *_ = text_fields(said)
        field.string_value = "left at once"
        line.send(typed.SerializeToString())
        line.send(left.SerializeToString())
        list(answers(line))
        assert [text for _, text in text_fields(answers(line))] == ["left at once"]


def test_what_is_typed_is_there_where_a_finger_taps_another_page_at_once_and_goes_back(
    new_page: NewPage,
) -> None:
    """A finger's click takes the focus away in the same moment, and the other page was asked for first."""
    page = new_page(width=1180, height=820, locale="zh-CN", touch=True)
    t, title = translator("zh"), page.get_by_role("heading", level=1)
    open_stage(page, "/compare?input=text&lang=zh")
    field = page.locator(".st-key-shared-text input")
    field.fill("left at once")
    page.get_by_test_id("stTopNavLink").get_by_text(t("page.lstm.nav"), exact=True).tap()
    expect(title).to_have_text(t("page.lstm.title"))
    wait_until_idle(page)
    expect(field).to_have_value("left at once")
    page.go_back()
    expect(title).to_have_text(t("page.compare.title"))
    wait_until_idle(page)
    expect(field).to_have_value("left at once")


def rerun(**fields: str) -> BackMsg:
    said = BackMsg()
    for name, value in fields.items():
        setattr(said.rerun_script, name, value)
    return said


def answers(line: ClientConnection) -> Iterator[ForwardMsg]:
    """What the server says until a run has ended."""
    said = ForwardMsg()
    while said.WhichOneof("type") != "script_finished":
        said = ForwardMsg.FromString(line.recv(timeout=180))  # type: ignore[arg-type]
        yield said


def text_fields(said: Iterator[ForwardMsg] | list[ForwardMsg]) -> list[tuple[str, str]]:
    """Each text field that is shown: its widget's name, and what stands in it."""
    elements = [one.delta.new_element for one in said]
    return [(one.text_input.id, one.text_input.value) for one in elements if one.HasField("text_input")]
