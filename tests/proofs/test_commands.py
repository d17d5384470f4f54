"""What a crawl enters, and `verify`, `checkpoint` and `prove` as a user types them."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from crawled_newsroom import Crawled, zancrawler

from zancrawler.archive import Archive
from zancrawler.proofs.entry import Cause, FilesWritten, WarcClosed, parse_line
from zancrawler.proofs.log import read_lines

pytestmark = pytest.mark.slow


@pytest.fixture
def archive(crawled: Crawled, tmp_path: Path) -> Archive:
    return Archive(Path(shutil.copytree(crawled.archive.root, tmp_path / "archive")))


def test_a_crawl_enters_what_it_wrote_as_its_own(crawled: Crawled) -> None:
    entries = [parse_line(line) for line in read_lines(crawled.archive)]
    warcs = {entry.path for entry in entries if isinstance(entry, WarcClosed)}
    closed = crawled.archive.root.glob("warc/*/*/*.warc.gz")
    assert warcs == {crawled.archive.relative(path) for path in closed}
    told = [entry for entry in entries if isinstance(entry, WarcClosed | FilesWritten)]
    assert {entry.cause for entry in told} <= {Cause.CRAWL, Cause.STORIES}


def test_the_commands(archive: Archive, crawled: Crawled, tmp_path: Path) -> None:
    end = ("--archive", archive.root)
    published = tmp_path / "published"
    text = zancrawler("checkpoint", "--output", published, *end)
    assert published.read_text() == text
    url = crawled.articles[0].url
    bundle = tmp_path / "proof.zip"
    said = zancrawler("prove", url, "--output", bundle, "--checkpoint", published, *end)
    assert said.endswith(f"{text}\n")
    with zipfile.ZipFile(bundle) as content:
        assert json.loads(content.read("article.json"))["url"] == url
    path = next(archive.root.glob("cdxj/newsroom-wp/*/*.cdxj"))
    path.write_bytes(path.read_bytes().replace(b'"mime": "text/html"', b'"mime": "text/htmx"', 1))
    said = zancrawler("verify", "--since-checkpoint", published, *end, code=1)
    assert "only grew" in said
    assert f"{archive.relative(path)}: changed-file: " in said
    published.write_text(text.replace("zancrawler/", "zancrawler/0"))
    assert "and that was" in zancrawler("verify", "--since-checkpoint", published, *end, code=1)
