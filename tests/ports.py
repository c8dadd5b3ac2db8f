"""Ports for the servers that tests start."""

import random
import socket


def free_port() -> int:
    """A port on which nobody listens, and below those that the system gives to connections."""
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
