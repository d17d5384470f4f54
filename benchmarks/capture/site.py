"""A loopback site that costs its client's machine as little as it can.

    python -m benchmarks.capture.site PAGES

Prints its port. `/gzip/N` and `/plain/N` are the same page of about 125 KB, each N another one.
"""

from __future__ import annotations

import asyncio
import random
import sys

from isal import isal_zlib

PAGE_SIZE = 125_000
WORDS = 6_000


def page(number: int) -> bytes:
    """News-like HTML that gzip makes about a quarter of."""
    dice = random.Random(number)
    words = [
        "".join(chr(dice.randrange(0x627, 0x6CC)) for _ in range(dice.randrange(2, 6)))
        for _ in range(WORDS // 4)
    ]
    parts = [f"<html><head><meta charset=utf-8><title>{number}</title></head><body>"]
    size = 0
    while size < PAGE_SIZE:
        text = " ".join(dice.choices(words, k=25))
        parts.append(
            f'<div class="post-item css-1x{dice.randrange(9)}">'
            f'<a href="/post/{dice.randrange(999)}">'
            f'<img src="/static/media/thumb.jpg" loading="lazy"></a><p dir="rtl">{text}</p></div>\n'
        )
        size += len(parts[-1].encode())
    return "".join(parts).encode()


def responses(pages: int) -> dict[bytes, bytes]:
    table: dict[bytes, bytes] = {}
    for number in range(pages):
        body = page(number)
        for kind, data, header in (
            ("gzip", isal_zlib.compress(body, 3, 31), "Content-Encoding: gzip\r\n"),
            ("plain", body, ""),
        ):
            head = (
                "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/html; charset=utf-8\r\n"
                f"{header}Content-Length: {len(data)}\r\n\r\n"
            )
            table[f"/{kind}/{number}".encode()] = head.encode() + data
    return table


class Server(asyncio.Protocol):
    table: dict[bytes, bytes]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._request = b""

    def data_received(self, data: bytes) -> None:
        self._request += data
        while b"\r\n\r\n" in self._request:
            head, _, self._request = self._request.partition(b"\r\n\r\n")
            self._transport.write(self.table[head.split(b" ", 2)[1]])


async def main() -> None:
    Server.table = responses(int(sys.argv[1]))
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
