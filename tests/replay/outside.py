"""A port of this machine that stands for the rest of the world, and keeps what reaches it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread


@dataclass
class Outside:
    port: int
    reached: list[str] = field(default_factory=list)
    """The first line of whatever came, or `connection` where nothing was said; `datagram`."""


@contextmanager
def outside() -> Iterator[Outside]:
    """Listens for TCP and UDP on one port, at every address of loopback."""
    streams = socket.create_server(("127.0.0.1", 0))
    port = streams.getsockname()[1]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", port))
    listening = Outside(port)

    def hear_streams() -> None:
        while True:
            try:
                connection, _ = streams.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(0.5)
                try:
                    said = connection.recv(1000).decode("latin-1")
                except OSError:
                    said = ""
                listening.reached.append(said.partition("\r\n")[0] or "connection")

    def hear_datagrams() -> None:
        while True:
            try:
                datagrams.recvfrom(1000)
            except OSError:
                return
            listening.reached.append("datagram")

    threads = [Thread(target=hear, daemon=True) for hear in (hear_streams, hear_datagrams)]
    for thread in threads:
        thread.start()
    try:
        yield listening
    finally:
        streams.shutdown(socket.SHUT_RDWR)
        streams.close()
        datagrams.close()
