"""Lets the server's answers leave at once, instead of after the other side's acknowledgement."""

from __future__ import annotations

import gc
import socket


def send_at_once() -> list[socket.socket]:
    """Has the connections to come send small packets at once (TCP_NODELAY); returns the sockets that accept.

    Streamlit opens its socket without naming the protocol. What it accepts then names none either, and
    asyncio turns Nagle's algorithm off only where it reads ``IPPROTO_TCP``: each answer of two packets, and
    each message that follows another, waits 40 ms for an acknowledgement. The same fault in uvicorn's own
    socket: https://github.com/Kludex/uvicorn/issues/3149. Connections inherit the option from the socket
    that accepted them, but neither Streamlit nor uvicorn hands that out; hence the search among all objects,
    once, before the first visitor. ``test_streamlits_socket_still_names_no_protocol`` fails when this can go.
    """
    sockets = [thing for thing in gc.get_objects() if issubclass(type(thing), socket.socket)]
    accepting = [each for each in sockets if each.fileno() >= 0 and _accepts(each)]
    for listener in accepting:
        if listener.family in (socket.AF_INET, socket.AF_INET6):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return accepting


def _accepts(candidate: socket.socket) -> bool:
    try:
        return bool(candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:
        return False
