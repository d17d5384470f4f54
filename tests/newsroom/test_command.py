"""`zancrawler newsroom`, in the foreground and stopped by a signal."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from newsroom_client import get

PORTS = 20_000 + 9 * (os.getpid() % 1_000)
"""Nine of this process alone, below those that systems hand out, so that no connection of others
sits on one."""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_says_where_it_is_and_stops(how: signal.Signals) -> None:
    port = PORTS + 3 * (how == signal.SIGTERM)
    code = f"from zancrawler.newsroom import run; run({port}, 3)"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(7)]
        said = "".join(lines)
        homes = re.findall(r"http://127\.0\.0\.1:\d+/", said)
        assert homes == [f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{port + 1}/"]
        (catalogue,) = re.findall(r"Catalogue: (\S+)", said)
        assert len(list(Path(catalogue).glob("*.toml"))) == 2
        assert get(homes[1] + "feed/").status == 200
        process.send_signal(how)
        assert process.wait(timeout=60) == 0
    assert not Path(catalogue).exists()
    with socket.socket() as again:
        assert again.connect_ex(("127.0.0.1", port)) != 0


def test_tells_programs_where_it_is() -> None:
    port = PORTS + 6
    command = [sys.executable, "-m", "zancrawler", "newsroom", "--json", "--port", str(port)]
    with subprocess.Popen([*command, "newsroom-plain"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told["homes"] == {"newsroom-plain": f"http://127.0.0.1:{port}/"}
        assert get(told["homes"]["newsroom-plain"]).status == 200
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == b""


def test_the_newsroom_is_imported_without_a_reactor() -> None:
    code = "import sys, zancrawler.newsroom; sys.exit('twisted' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
