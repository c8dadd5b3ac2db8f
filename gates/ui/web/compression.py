"""Bodies compressed once and sent many times, in the best coding that a browser takes."""

from __future__ import annotations

import gzip

import brotli
from starlette.datastructures import Headers

CODINGS = ("br", "gzip")
"""What we can send, best first. Browsers take Brotli from https and from this machine alone."""

_PACKED = ("font/woff", "image/png", "image/gif", "image/jpeg", "image/webp")
SMALLEST = 500  # bytes below which compressing saves no packet


def coding(headers: Headers, content_type: str, size: int) -> str:
    """Return the coding for a body: ``"br"``, ``"gzip"``, or ``""`` for as it is.

    Args:
        headers: of the request.
        content_type: of the body.
        size: its bytes.
    """
    if size < SMALLEST or content_type.startswith(_PACKED):
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
