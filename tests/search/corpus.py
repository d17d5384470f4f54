"""The newsroom's articles in tables of their own, without crawling them."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from zancrawler.archive import Archive
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.edition import LAST_DAY, Annals
from zancrawler.tables import Outcome, Tables

WRITERS = ("newsroom-wix", "newsroom-wp")
"""The outlets that write their own stories; the others print theirs once more."""
DAY = timedelta(days=1)


def published() -> list[Article]:
    """Every article of the sixty days, as it last stood."""
    return [each.article for each in Annals.read(WRITERS).edition(LAST_DAY).standings]


def commit(archive: Archive, articles: Iterable[Article], *, step: int = 0) -> list[Outcome]:
    """Commits the articles as one crawl of each outlet would; a later crawl is a higher `step`."""
    outcomes: list[Outcome] = []
    by_outlet: dict[str, list[Article]] = {}
    for article in articles:
        by_outlet.setdefault(article.outlet, []).append(article)
    for outlet, group in by_outlet.items():
        rows = [_row(article, step, place) for place, article in enumerate(group)]
        captures = [capture(row) for row in rows]
        outcomes += Tables(archive, outlet).commit(captures, rows)
    return outcomes


@contextmanager
def index_lock(archive: Archive) -> Iterator[None]:
    """The index as it is while another process refreshes it."""
    path = archive.search_index.with_suffix(".lock")
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _row(article: Article, step: int, place: int) -> dict[str, Any]:
    text = f"{article.title}\n\n{article.text}"
    return {
        "article_id": article.id,
        "outlet": article.outlet,
        "url": f"https://{article.outlet}.example{article.path}",
        "canonical_url": f"https://{article.outlet}.example{article.path}",
        "title": article.title,
        "text": article.text,
        "language": article.language,
        "date_published": article.published.astimezone(UTC),
        "text_digest": "sha256:" + hashlib.sha256(text.encode()).hexdigest(),
        "word_count": len(article.text.split()),
        "fetch_time": datetime(2025, 11, 1, tzinfo=UTC) + step * DAY,
        "fetch_status": 200,
        "warc_filename": f"warc/{article.outlet}/2025/{article.outlet}-{step:05}.warc.gz",
        "warc_record_offset": place * 1000 + 300,
        "warc_record_length": 600,
        "warc_record_id": f"<urn:uuid:{article.id}>",
        "content_digest": "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:32].upper(),
    }


def capture(row: dict[str, Any]) -> dict[str, Any]:
    """The capture that shows an article."""
    names = (
        *("url", "fetch_time", "fetch_status", "warc_filename", "warc_record_offset"),
        *("warc_record_length", "content_digest", "article_id", "text_digest"),
    )
    offset = row["warc_record_offset"] - 300
    return {name: row[name] for name in names} | {
        "exchange_offset": offset,
        "exchange_length": 1000,
    }
