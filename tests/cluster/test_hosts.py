"""Workers on several hosts, as far as one machine can be several: network namespaces."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from s3_server import s3_server
from test_workers import (
    OUTLETS,
    SPACING,
    TERM,
    asked_for,
    gathered,
    nothing_is_left,
    same,
    slowed,
    undisturbed,
)
from workers import Cluster, one_at_a_time

from zancrawler.newsroom import Newsroom, serve

pytestmark = pytest.mark.long
FORWARDING = Path(__file__).with_name("forwarding.py")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=20)


@dataclass
class Host:
    """A namespace with a cable to ours; on its loopback the newsroom is found at its own ports."""

    name: str
    ours: str
    """The address of our end of the cable."""

    @property
    def before(self) -> list[str]:
        """What a command there begins with."""
        return ["ip", "netns", "exec", self.name, "unshare", "--uts", "sh", "-c"]

    def command(self) -> list[str]:
        return [*self.before, f'hostname {self.name}; exec "$@"', "sh"]

    def pull_the_cable(self) -> None:
        ip("link", "set", f"{self.name}o", "down")

    def mend_the_cable(self) -> None:
        ip("link", "set", f"{self.name}o", "up")


@pytest.fixture
def hosts(newsroom: Newsroom) -> Iterator[list[Host]]:
    if not shutil.which("ip") or os.geteuid() != 0:
        pytest.skip("network namespaces need iproute2 and root")
    made = [Host(f"zan{os.getpid() % 10_000}{n}", f"10.213.{n}.1") for n in (1, 2)]
    processes: list[subprocess.Popen[str]] = []
    ports = [str(urlsplit(home).port) for home in newsroom.homes.values()]
    try:
        for number, host in enumerate(made, 1):
            try:
                ip("netns", "add", host.name)
                ip(
                    "link",
                    "add",
                    f"{host.name}o",
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "eth0",
                    "netns",
                    host.name,
                )
            except subprocess.CalledProcessError as error:
                pytest.skip(f"no network namespaces here: {error.stderr.decode().strip()}")
            ip("addr", "add", f"{host.ours}/24", "dev", f"{host.name}o")
            ip("link", "set", f"{host.name}o", "up")
            inside = ("netns", "exec", host.name, "ip")
            ip(*inside, "addr", "add", f"10.213.{number}.2/24", "dev", "eth0")
            ip(*inside, "link", "set", "eth0", "up")
            ip(*inside, "link", "set", "lo", "up")
            for before, here, there in (
                ([], host.ours, "127.0.0.1"),
                (["ip", "netns", "exec", host.name], "127.0.0.1", host.ours),
            ):
                command = [*before, sys.executable, str(FORWARDING), here, there, *ports]
                process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
                processes.append(process)
                assert process.stdout and process.stdout.readline() == "ready\n"
        yield made
    finally:
        for process in processes:
            process.kill()
            process.wait()
        for host in made:
            subprocess.run(["ip", "netns", "del", host.name], check=False, capture_output=True)


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve(outlets=OUTLETS[:2]) as newsroom:
        yield newsroom


@pytest.fixture
def port() -> Iterator[int]:
    """Of a store that is found at each host's end of the cable."""
    with s3_server("0.0.0.0") as port:
        yield port


def test_a_host_whose_cable_is_pulled_is_taken_over_and_asks_for_nothing_more(
    hosts: list[Host],
    newsroom: Newsroom,
    port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its worker lives on, and so do its runs if nothing ends them."""
    wanted = undisturbed(newsroom, tmp_path / "alone")
    slowed(newsroom)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "an-id-of-nobody",
        "AWS_SECRET_ACCESS_KEY": "a-secret-of-nobody",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3").create_bucket(Bucket="workers")
    first, second = hosts
    cluster = Cluster("s3://workers/a", newsroom, tmp_path, TERM, since=time.time())
    with closing(cluster):
        lost = cluster.start(
            "a", before=first.command(), AWS_ENDPOINT_URL=f"http://{first.ours}:{port}"
        )
        cluster.until(lambda: asked_for(cluster, 4))
        cluster.start("b", before=second.command(), AWS_ENDPOINT_URL=f"http://{second.ours}:{port}")
        first.pull_the_cable()
        cluster.until(cluster.all_pushed)
        assert lost.run.poll() is None
        taken = [event["message"] for event in cluster.said("trouble")]
        assert [text for text in taken if f"taken over from {first.name}:" in text]
        # What it has is taken in when it is on the net again, and it never stopped running.
        first.mend_the_cable()
        cluster.until(lambda: any("taken in" in reason(event) for event in lost.events("ended")))
        cluster.until(lambda: nothing_is_left(cluster))
        assert [worker.stop() for worker in cluster.workers] == [0, 0]
    one_at_a_time(cluster.asked(), SPACING)
    same(gathered(cluster), wanted)


def reason(event: dict[str, Any]) -> str:
    return event["summary"]["reason"] or ""
