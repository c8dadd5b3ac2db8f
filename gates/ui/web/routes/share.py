"""The link to hand on: an address that others can open, and its QR code."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from streamlit import config

from gates import strict_json
from gates.export.embedded import line
from gates.ui.web.requests import incoming

ADDRESS = "/link"
CONFIGURED = "GATESCOPE_ADDRESS"
"""The environment variable that says how the world reaches the server, as ``https://gates.example.org``."""
LARGEST = 2**16
"""Bytes of a request; a link of ours has some 6,000 characters at most."""

_ALL_INTERFACES = {"", "0.0.0.0", "::"}
_UNUSED_ADDRESS = "192.0.2.1"  # reserved for documentation: nobody is there, and nothing is sent


def routes() -> Sequence[BaseRoute]:
    """The route that makes of a browser's address a link to hand on."""
    return [Route(ADDRESS, _answer, methods=["POST"])]


@incoming.guarded(LookupError, TypeError, ValueError, AttributeError)
async def _answer(request: Request) -> Response:
    """Give the link, its QR code, and whether it opens on this machine only; 422 for what is no address."""
    address = strict_json.loads(await incoming.body(request, LARGEST))["address"]
    return JSONResponse(await run_in_threadpool(shared, address), headers={"cache-control": "no-store"})


def shared(address: str) -> dict[str, Any]:
    """Return what is handed on for the address in a reader's browser.

    ``link``: the same page where others reach it; ``here``: whether that is this machine only; ``code``: a QR
    code as the address of an image, None where the link is too long for one. ``frame``: the line of HTML that
    shows it in a page of somebody's own, None where that is not offered.

    Raises:
        ValueError: for what is no address of a page.
    """
    link = reachable(address)
    here = loopback(urlsplit(link).hostname or "")
    return {"link": link, "here": here, "code": code(link), "frame": line(link)}


def reachable(address: str) -> str:
    """Return the link under which others reach the page that a reader's browser shows, as far as it is known.

    Raises:
        ValueError: for what is no address of a page.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(address[:40])
    base = f"{parts.scheme}://{parts.netloc}"
    if configured := os.environ.get(CONFIGURED, "").rstrip("/"):
        base = configured
    elif loopback(parts.hostname) and (host := network()):
        base = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    return f"{base}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def code(link: str) -> str | None:
    """Return a link's QR code as a ``data:`` address, black on white; None where it is too long for one."""
    import segno
    from segno.encoder import DataOverflowError

    try:
        return segno.make_qr(link, error="l").svg_data_uri(scale=4, border=4, light="#fff")
    except DataOverflowError:
        return None


def loopback(host: str) -> bool:
    """Whether a name or address means the machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def network() -> str | None:
    """Return this machine's address in its network, where the server listens there; else None."""
    host = config.get_option("server.address") or ""
    if host not in _ALL_INTERFACES:
        return None if loopback(host) else str(host)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_UNUSED_ADDRESS, 9))  # of a datagram socket: chooses the way, and sends nothing
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if loopback(address) else address
