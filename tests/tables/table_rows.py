"""Rows as the follower hands them to the tables, for the tests."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from zancrawler.archive import Archive
from zancrawler.tables import read

HERE = Path(__file__).parent
ENVIRONMENT = os.environ | {"PYTHONPATH": str(HERE.parent.parent)}

OUTLET = "zannews"
START = datetime(2026, 3, 21, 8, tzinfo=UTC)
EXCHANGE = 1000
"""Bytes of an exchange: a request record of 100, then the response."""

TEXT = "زنان می‌گویند که آموزش حق آنان است.\n\nښځې وايي چې زده کړه د دوی حق دی."


def warc(serial: int = 0) -> str:
    return f"warc/{OUTLET}/2026/{OUTLET}-20260321080000-{serial:05d}.warc.gz"


def article_id(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:20]


def digest(title: str, text: str) -> str:
    return "sha256:" + hashlib.sha256(f"{title}\n\n{text}".encode()).hexdigest()


def capture(number: int, url: str, *, serial: int = 0, **more: Any) -> dict[str, Any]:
    """The exchange number `number` of a WARC, one an hour."""
    row = {
        "url": url,
        "url_surtkey": "org,zannews)/" + url.rpartition("/")[2],
        "fetch_time": START + timedelta(hours=number),
        "fetch_status": 200,
        "content_digest": "sha256:" + "A" * 52,
        "content_mime_type": "text/html; charset=utf-8",
        "warc_filename": warc(serial),
        "warc_record_offset": number * EXCHANGE + 100,
        "warc_record_length": EXCHANGE - 100,
        "exchange_offset": number * EXCHANGE,
        "exchange_length": EXCHANGE,
        "warc_type": "response",
        "page_kind": "article",
        "x_robots_tag": ["noai", "noimageai"],
        "article_id": article_id(url),
    }
    return row | more


def sighting(of: dict[str, Any], text: str = TEXT, **more: Any) -> dict[str, Any]:
    """The article that a capture shows, the digest of which the capture is told."""
    title = "زنان و آموزش"
    of["text_digest"] = digest(title, text)
    same = ("url", "url_surtkey", "fetch_time", "fetch_status", "content_digest", "warc_filename")
    row = {name: of[name] for name in same} | {
        "article_id": article_id(of["url"]),
        "canonical_url": of["url"],
        "title": title,
        "authors": ["Zan News", "ز. احمدی"],
        "date_published": datetime(2026, 3, 20, 4, 30, tzinfo=UTC),
        "date_published_raw": "۲۹ حوت ۱۴۰۴",
        "date_calendar": "solar-hijri",
        "language": "fa-AF",
        "language_score": 0.75,
        "tags": [],
        "text": text,
        "word_count": len(text.split()),
        "images": [{"url": of["url"] + "/1.jpg", "caption": "کابل", "credit": "AFP", "alt": None}],
        "links": ["https://example.org/"],
        "translations": [{"language": "en", "url": of["url"] + "/en"}],
        "text_digest": digest(title, text),
        "warc_record_offset": of["warc_record_offset"],
        "warc_record_length": of["warc_record_length"],
        "extractor": "zancrawler",
        "warnings": [],
    }
    return row | more


def url(slug: object) -> str:
    return f"https://www.zannews.org/post/{slug}"


def tables_of(archive: Archive) -> dict[str, list[dict[str, Any]]]:
    """All that articles, versions and captures hold, in an order of its own."""
    reader = read.open(archive)
    return {
        "articles": _sorted(reader.articles(), "article_id"),
        "versions": _sorted(reader.versions(), "article_id", "version"),
        "captures": _sorted(reader.captures(), "warc_filename", "exchange_offset"),
    }


def _sorted(rows: pa.Table, *by: str) -> list[dict[str, Any]]:
    return rows.sort_by([(name, "ascending") for name in by]).to_pylist()


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Runs a script of this folder."""
    return subprocess.Popen(
        [sys.executable, str(HERE / script), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
