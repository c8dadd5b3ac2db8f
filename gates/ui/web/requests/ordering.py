"""One request of a browser after the other, so that none throws away the click of the one before it.

Streamlit 1.67 drops a click, without a word, where another rerun arrives between the click and the moment
when its callbacks have run: after the script's thread has taken the request it still looks for a newer one,
and turns to that. Callbacks come before a script's first element. So here a browser's request waits until
the server has sent an element for the one before.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

WHOLE_SECONDS, PART_SECONDS, TIMER_SECONDS = 30.0, 10.0, 2.0
"""Seconds that a request waits at most for one before it: of the whole page, of a part, of a part's timer.

A run of the whole page always begins, on a busy machine late. A part that is no more is passed over in
silence: a click there is rare, a timer's last request is not.
"""

_BEGINS = "new_session"
_PROGRESS = frozenset({"delta", "ref_hash", "script_finished"})


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

    async def receive(self) -> Message:
        """Return the browser's next message, a rerun only when the one before is under way."""
        message = await self._receive()
        if _is_message(BackMsg, message, {"rerun_script"}):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._settled.wait(), self._patience)
            self._patience = _most_seconds(message)
            self._begun = False
            self._settled.clear()
        return message

    async def send(self, message: Message) -> None:
        """Send a message of the server, and note how far the request is that it answers."""
        if not self._settled.is_set():
            if self._begun and _is_message(ForwardMsg, message, _PROGRESS):
                self._settled.set()
            elif not self._begun and _is_message(ForwardMsg, message, {_BEGINS}):
                self._begun = True
        await self._send(message)


def _most_seconds(rerun: Message) -> float:
    """Return the seconds that the request after this one waits for it at most."""
    request = BackMsg.FromString(rerun["bytes"]).rerun_script
    if not request.fragment_id:
        return WHOLE_SECONDS
    return TIMER_SECONDS if request.is_auto_rerun else PART_SECONDS


def _is_message(kind: Any, message: Message, types: frozenset[str] | set[str]) -> bool:
    """Whether a WebSocket's message is one of Streamlit's of one of the types."""
    data = message.get("bytes")
    if not data:
        return False
    try:
        return kind.FromString(data).WhichOneof("type") in types
    except DecodeError:
        return False
