"""One request of a browser after the other, so that none throws away the click of the one before it.

Streamlit 1.67 drops a click, without a word, where another rerun arrives between the click and the moment
when its callbacks have run: after the script's thread has taken the request it still looks for a newer one,
and turns to that. Callbacks come before a script's first element. So here a browser's request waits until
the server has sent an element for the one before.

And a session that has just begun, as after a restart of the server, knows no part and no button before its
first run of the page has ended: it passes over a part's rerun and forgets a click, while the browser still
shows what it had. So what is asked of the same page waits for the end of that run.

What was typed or chosen is stored where the page's script comes to its control, and was lost where the way to
another page interrupted it before. So another page waits for the end of what was asked of this one.

And a click came twice. The browser keeps it until a timeout of 0 ms sends it, and a part's timer that is due
before that sends it too. So it is taken out of what a timer sends.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

WHOLE_SECONDS, PART_SECONDS, TIMER_SECONDS = 30.0, 10.0, 2.0
"""Seconds that a request waits at most for one before it: of the whole page, of a part, of a part's timer.

A run of the whole page always begins, on a busy machine late. A part that is no more is passed over in
silence: a click there is rare, a timer's last request is not.
"""

_BEGINS, _NAVIGATES, _ENDS = "new_session", "navigation", "script_finished"
_PROGRESS = frozenset({"delta", "ref_hash", _ENDS})
_CLICKS = frozenset({"trigger_value", "string_trigger_value", "json_trigger_value"})
_WHOLE_ENDS = frozenset(
    {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR}  # not FINISHED_EARLY_FOR_RERUN
)


class RerunOrdering:
    """ASGI middleware that holds back a WebSocket's rerun until the callbacks of the one before have run."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on; a WebSocket's messages one after the other."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        line = _Line(receive, send)
        await self.app(scope, line.receive, line.send)


class _Line:
    """One browser's connection."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._settled = asyncio.Event()
        self._settled.set()
        self._begun = False
        self._patience = WHOLE_SECONDS
        self._page_of_part: dict[str, str] = {}
        self._page: str | None = None
        self._knows_page = asyncio.Event()
        self._shown: str | None = None
        self._stored = asyncio.Event()
        self._stored.set()

    async def receive(self) -> Message:
        """Return the browser's next message, a rerun only when the one before is under way."""
        message = await self._receive()
        request = _rerun(message)
        if request is not None:
            await _most(self._settled, self._patience)
            await self._wait_for_page(request)
            await self._wait_for_what_was_entered(request)
            self._patience = self._most_seconds(request)
            self._begun = False
            self._settled.clear()
        return message if request is None or not request.is_auto_rerun else _without_clicks(message)

    def _most_seconds(self, request: ClientState) -> float:
        """Return the seconds that the request after this one waits for it at most.

        None for a part of a page that was left: the browser asks for it once more, of the page that came or
        before it has heard that the server went to another, and the session passes it over.
        """
        page, part = request.page_script_hash, request.fragment_id
        if not part:
            return WHOLE_SECONDS
        if self._page_of_part.setdefault(part, page) != (self._shown or page):
            return 0.0
        return TIMER_SECONDS if request.is_auto_rerun else PART_SECONDS

    async def _wait_for_page(self, request: ClientState) -> None:
        """Wait until the session knows the buttons and parts of the page on which something is asked."""
        if request.page_script_hash == self._page:
            if not request.is_auto_rerun:
                await _most(self._knows_page, WHOLE_SECONDS)
        elif not request.fragment_id:  # a session that outlived a cut line is not asked for the whole page
            self._page = request.page_script_hash

    async def _wait_for_what_was_entered(self, request: ClientState) -> None:
        """Wait, before another page is run, until this one has stored what was entered last."""
        if request.page_script_hash != self._shown:
            if self._settled.is_set():  # else it was passed over
                await _most(self._stored, WHOLE_SECONDS)
            self._stored.set()
        elif not request.is_auto_rerun:
            self._stored.clear()

    async def send(self, message: Message) -> None:
        """Send a message of the server, and note how far the request is that it answers."""
        if not (self._settled.is_set() and self._knows_page.is_set() and self._stored.is_set()):
            self._note(_read(ForwardMsg, message))
        await self._send(message)

    def _note(self, said: Any) -> None:
        kind = said and said.WhichOneof("type")
        if self._begun and kind in _PROGRESS:
            self._settled.set()
        elif kind == _BEGINS:
            self._begun = True
            self._shown = said.new_session.page_script_hash
        elif kind == _NAVIGATES:  # a first run says only then which page it is of
            self._shown = said.navigation.page_script_hash
        if kind != _ENDS:
            return
        if self._begun and said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self._stored.set()
        if said.script_finished in _WHOLE_ENDS:
            self._knows_page.set()


async def _most(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, for some seconds at most."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


def _rerun(message: Message) -> ClientState | None:
    """Return what a WebSocket's message asks to run; None if it asks for nothing of that kind."""
    said = _read(BackMsg, message)
    return said.rerun_script if said is not None and said.WhichOneof("type") == "rerun_script" else None


def _without_clicks(message: Message) -> Message:
    """Return a request without the clicks that the browser is about to send: values that it then forgets."""
    said = _read(BackMsg, message)
    widgets = said.rerun_script.widget_states.widgets
    kept = [widget for widget in widgets if widget.WhichOneof("value") not in _CLICKS]
    if len(kept) == len(widgets):
        return message
    del widgets[:]
    widgets.extend(kept)
    return {**message, "bytes": said.SerializeToString()}


def _read(kind: Any, message: Message) -> Any:
    """Return what a WebSocket's message of Streamlit's says; None if it is no such message."""
    data = message.get("bytes")
    if not data:
        return None
    try:
        return kind.FromString(data)
    except DecodeError:
        return None
