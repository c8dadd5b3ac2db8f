"""Bodies compressed once and sent many times, in the best coding that a browser takes."""

from __future__ import annotations

import gzip
from collections.abc import Iterable

import brotli
from starlette.datastructures import Headers
from starlette.types import Scope

CODINGS = ("br", "gzip")
"""What we can send, best first. Browsers take Brotli from https and from this machine alone."""

_NEGOTIATED = {b"accept-encoding", b"range", b"if-none-match", b"if-modified-since", b"if-range"}
"""The headers of a request by which an answer is shortened: without them it is the whole and plain one."""
_OF_A_BODY = {
    b"content-length",
    b"content-encoding",
    b"vary",
    b"etag",
    b"last-modified",
    b"accept-ranges",
}
"""The headers of an answer that are wrong once its body is another one, or in another coding."""

_PACKED = ("font/woff", "image/png", "image/gif", "image/jpeg", "image/webp")
LEAST_BYTES = 500  # bytes below which compressing saves no packet


def uncompressed_request(scope: Scope) -> Scope:
    """Return the scope of a request that asks for the whole answer, uncompressed."""
    return {**scope, "headers": [each for each in scope["headers"] if each[0] not in _NEGOTIATED]}


def without_body(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer that say nothing of its body's length, coding or version."""
    return [each for each in headers if each[0].lower() not in _OF_A_BODY]


def coding(headers: Headers, content_type: str, size: int) -> str:
    """Return the coding for a body: ``"br"``, ``"gzip"``, or ``""`` for as it is.

    Args:
        headers: of the request.
        content_type: of the body.
        size: its bytes.
    """
    if size < LEAST_BYTES or content_type.startswith(_PACKED):
        return ""
    accepted = {}
    for part in headers.get("accept-encoding", "").split(","):
        name, _, weight = part.partition(";")
        accepted[name.strip().lower()] = weight.replace(" ", "").lower() not in {
            "q=0",
            "q=0.0",
            "q=0.00",
            "q=0.000",
        }
    return next((each for each in CODINGS if accepted.get(each)), "")


def compressed(body: bytes, name: str) -> bytes:
    """Return the body in the coding ``name``; slow and small, for what is kept."""
    if name == "br":
        return bytes(brotli.compress(body, quality=9))
    if name == "gzip":
        return gzip.compress(body, 9, mtime=0)
    return body
