"""`kill -9` at any moment of a crawl: nothing durable is lost, nothing is fetched twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from crawled_newsroom import zancrawler

from zancrawler.archive import Archive
from zancrawler.capture.reader import read_exchanges
from zancrawler.newsroom import Newsroom, serve

OUTLET = "newsroom-wix"


def crawl(archive: Archive, newsroom: Newsroom) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "zancrawler.runs", OUTLET, "LOG_LEVEL=ERROR"],
        stdout=subprocess.DEVNULL,
        env={
            **os.environ,
            "ZANCRAWLER_ARCHIVE": str(archive.root),
            "ZANCRAWLER_OUTLETS": str(newsroom.catalogue),
        },
        start_new_session=True,
    )


def kill(run: subprocess.Popen[bytes]) -> None:
    """The crawl and its follower, as when the power goes."""
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def captured(archive: Archive) -> Counter[str]:
    """Pages in the WARCs, by URL; what a torn tail lost is not among them."""
    found: Counter[str] = Counter()
    for warc in archive.warcs(OUTLET).glob("*/*.warc.gz"):
        if "-failed-" not in warc.name:
            found.update(
                exchange.url
                for exchange in read_exchanges(warc)
                if exchange.response and exchange.response.http.status == 200
            )
    return found


def rows_match_their_records(archive: Archive) -> None:
    for path in archive.table("articles").glob("**/*.parquet"):
        for row in pq.read_table(path).to_pylist():
            warc = archive.root / row["warc_filename"]
            standing = warc if warc.exists() else warc.with_name(warc.name + ".open")
            exchange = next(read_exchanges(standing, row["warc_record_offset"]))
            assert exchange.response is not None
            assert exchange.response.record_id == row["warc_record_id"]


def killed_crawl(tmp_path: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    archive = Archive.open(tmp_path / "archive")
    with serve() as newsroom:
        # What answers badly once is put off to a later hour, when a kill came just then.
        put_off = {
            case.article
            for case, _ in newsroom.cases()
            if case.scenario in ("busy_once", "down_once", "cut_once")
        }
        true = [article for article in newsroom.truth() if article.outlet == OUTLET]
        articles = {article.url for article in true if article.id not in put_off}
        for _ in range(kills):
            run = crawl(archive, newsroom)
            time.sleep(chance.uniform(0.5, 9.0))
            kill(run)
            rows_match_their_records(archive)
        run = crawl(archive, newsroom)
        assert run.wait(timeout=300) == 0
        before = captured(archive)
        assert {url for url in before if url in articles} == articles
        assert not [url for url in articles if before[url] > 1], "fetched again though durable"
        found = pq.read_table(archive.table("articles"), columns=["canonical_url"])
        rows = Counter(found["canonical_url"].to_pylist())
        assert rows.keys() - {article.url for article in true} == set()
        assert articles <= rows.keys()
        assert set(rows.values()) == {1}
        zancrawler("verify", "--archive", archive.root, "--outlets", newsroom.catalogue)


def test_killed_a_few_times(tmp_path: Path) -> None:
    killed_crawl(tmp_path, kills=3, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 20))
def test_killed_two_hundred_times(tmp_path: Path, seed: int) -> None:
    killed_crawl(tmp_path, kills=20, seed=seed)
