"""What a route knows of a request: whose it is, in which language it is answered, and its body."""

from __future__ import annotations

from starlette.requests import Request

from gates.text import LANGUAGES, Translator, translator
from gates.ui.web.fair_queue import Client

TAB = "x-gatescope-tab"
"""The header in which a browser's tab says which one it is."""


class TooLarge(Exception):
    """A request with more bytes than its route takes."""


def client(request: Request) -> Client:
    """Return whose turn a request takes."""
    return Client(request.client.host if request.client else "", request.headers.get(TAB, "")[:64])


def spoken(request: Request) -> Translator:
    """Return the words of the language that a request asks for, or of the first where it is none of ours."""
    asked = request.headers.get("accept-language", "")
    return translator(asked if asked in LANGUAGES else LANGUAGES[0])


async def body(request: Request, largest: int) -> bytes:
    """Return the bytes of a request.

    Raises:
        TooLarge: they are more than ``largest``.
        ClientDisconnect: whoever asked has gone.
    """
    found = bytearray()
    async for part in request.stream():
        found += part
        if len(found) > largest:
            raise TooLarge
    return bytes(found)
