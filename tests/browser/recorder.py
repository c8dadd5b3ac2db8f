"""What a person did and what the browser sent, in order: the account that a failing test gives of itself."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg

LINES = 60
TRIGGERS = ("trigger_value", "string_trigger_value", "json_trigger_value")
EVENTS = ("pointerdown", "pointerup", "pointercancel", "mousedown", "mouseup", "click")
LISTEN = """events => {
  for (const type of events)
    addEventListener(type, (event) => {
      const path = event.composedPath();
      const button = path.find((node) => node.localName === "button" || node.localName === "a") ?? path[0];
      const about = `${button.localName ?? "?"} “${(button.textContent ?? "").trim().slice(0, 40)}”`;
      const state = button.disabled ? " disabled" : "";
      const prevented = event.defaultPrevented ? " prevented" : "";
      recorded(`${type} on ${about}${state}${prevented}${button.isConnected ? "" : " no longer there"}`);
    }, true);
}"""


@contextmanager
def recorded(page: Page) -> Iterator[None]:
    """Add to an error what was clicked on a page and what it sent, with seconds; begin before it opens."""
    began = time.monotonic()
    account: list[str] = []

    def note(what: str) -> None:
        account.append(f"{time.monotonic() - began:7.3f} {what}")

    def on_websocket(socket: WebSocket) -> None:
        note("connected")
        socket.on("framesent", lambda message: note(f"sent {summary(message)}"))
        socket.on("close", lambda _: note("disconnected"))

    page.on("websocket", on_websocket)
    page.expose_function("recorded", note)
    page.add_init_script(f"({LISTEN})({list(EVENTS)!r})")
    try:
        yield
    except BaseException as error:
        error.add_note("What happened last:\n" + "\n".join(account[-LINES:]))
        raise


def summary(message: str | bytes) -> str:
    """What a message of the browser asks for, and which widgets it says were clicked."""
    if not isinstance(message, bytes):
        return f"text {message[:40]}"
    said = BackMsg.FromString(message)
    kind = str(said.WhichOneof("type"))
    if kind != "rerun_script":
        return kind
    rerun = said.rerun_script
    clicked = [
        each.id.rpartition("-")[2]
        for each in rerun.widget_states.widgets
        if each.WhichOneof("value") in TRIGGERS
    ]
    of = f"fragment {rerun.fragment_id[:8]}" if rerun.fragment_id else "the whole page"
    asked = f"rerun of {of}{' by itself' if rerun.is_auto_rerun else ''}"
    return f"{asked}, clicked {clicked}" if clicked else asked
