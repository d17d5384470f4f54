"""Extracting from saved pages: one file, or a list of them over all cores."""

from __future__ import annotations

import gzip
import json
import os
import sys
import threading
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from multiprocessing import forkserver, get_context, parent_process
from pathlib import Path
from typing import Any

from zancrawler.archive import UsageError
from zancrawler.extraction.article import Article
from zancrawler.extraction.normalize import normalized
from zancrawler.interrupts import out_of_reach
from zancrawler.outlets import Catalogue, host_of
from zancrawler.runs.reading import read_page
from zancrawler.runs.rows import (
    EXTRACTOR,
    article_id,
    extractor_version,
    text_digest,
)

_MAX_FILE = 64 * 1024 * 1024
"""Bytes of a page, unpacked: the crawl's own bound."""
_AHEAD = 64
"""Pages of a batch that are under way at once: bounds memory, keeps the order."""


class SavedPageError(UsageError):
    """A saved page, or a list of them, that cannot be read."""


def extract_file(
    path: Path, url: str, catalogue: Catalogue, *, captured_at: datetime
) -> dict[str, Any]:
    """The article in a saved page by the names of the article row, and the page's `kind`.

    Raises SavedPageError when there is no such file or it is larger than 64 MiB.
    """
    reading = read_page(_read(path), url, catalogue.of_url(url), captured_at=captured_at)
    return _told(reading.kind.value, reading.reason, url, reading.article)


def _told(kind: str, reason: str, url: str | None, article: Article | None) -> dict[str, Any]:
    """The same keys and types for every page: null, or empty lists, where there is no article."""
    told: dict[str, Any] = {
        "kind": kind,
        "reason": reason,
        "article_id": None,
        **asdict(article or Article(url="", canonical_url="", title=None, text="")),
        "text_normalized": None,
        "word_count": None,
        "text_digest": None,
        "extractor": EXTRACTOR,
        "extractor_version": extractor_version(None),
    }
    if article is None:
        return told | {"url": url, "canonical_url": None, "text": None}
    return told | {
        "article_id": article_id(article.canonical_url),
        "text_normalized": normalized(article.text),
        "word_count": len(article.text.split()),
        "text_digest": text_digest(article),
    }


def extract_batch(listed: Path, catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """The articles of the pages in a JSON Lines file, in its order, over all cores.

    A line is `{"file", "url", "captured_at"}`; `file` is relative to the list's folder or
    absolute, `captured_at` is ISO 8601 and may be absent. A page that cannot be read yields its
    `url`, the kind `error` and the reason: one bad page does not end a batch.
    """
    try:
        lines = listed.open(encoding="utf-8")
    except OSError as error:
        raise SavedPageError(f"cannot read {listed} ({error.strerror})") from error
    with out_of_reach():
        # That all of the pool are forked from.
        forkserver.ensure_running()
    with (
        lines,
        ProcessPoolExecutor(
            os.cpu_count(), mp_context=get_context("forkserver"), initializer=_end_with_parent
        ) as pool,
    ):
        jobs = (
            pool.submit(_extract_line, line, listed.parent, catalogue)
            for line in lines
            if line.strip()
        )
        waiting: deque[Future[dict[str, Any]]] = deque(islice(jobs, _AHEAD))
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(islice(jobs, 1))


def _end_with_parent() -> None:
    """A process of a pool would wait for ever for the work of a parent that was killed."""
    threading.Thread(target=_wait_for_its_end, daemon=True).start()


def _wait_for_its_end() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _extract_line(line: str, folder: Path, catalogue: Catalogue) -> dict[str, Any]:
    url = None
    try:
        entry = json.loads(line)
        url, name, captured = entry["url"], entry["file"], entry.get("captured_at")
        if not (isinstance(url, str) and isinstance(name, str) and host_of(url)):
            raise ValueError("'url' must be an http or https address and 'file' a path")
        moment = datetime.fromisoformat(captured) if captured else datetime.now(UTC)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        found = Path(name) if Path(name).exists() else folder / name
        return extract_file(found, url, catalogue, captured_at=moment)
    except (SavedPageError, ValueError, KeyError, TypeError) as error:
        return _told("error", f"{type(error).__name__}: {error}", url, None)


def _read(path: Path) -> bytes:
    """What is in a file, unpacked; `-` is standard input."""
    try:
        with sys.stdin.buffer if path == Path("-") else path.open("rb") as file:
            body = file.read(_MAX_FILE + 1)
        if body.startswith(b"\x1f\x8b"):
            body = gzip.GzipFile(fileobj=BytesIO(body)).read(_MAX_FILE + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise SavedPageError(f"cannot read {path} ({reason})") from error
    if len(body) > _MAX_FILE:
        raise SavedPageError(f"{path} is larger than {_MAX_FILE} bytes; no page is")
    return body
