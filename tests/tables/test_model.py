"""Any history, cut short anywhere and taken up again, gives what a few lines of Python give."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st
from table_rows import EXCHANGE, OUTLET, capture, sighting, tables_of, url, warc

from zancrawler.archive import Archive
from zancrawler.tables import Tables, chunks

MAX_ROWS = 3
Exchange = tuple[dict[str, Any], dict[str, Any] | None]

TEXTS = ["یک", "دو", "درې"]
SEEN = st.tuples(
    st.sampled_from("abcd"),
    st.tuples(st.sampled_from(TEXTS), st.integers(0, 2), st.integers(0, 2)),
)
"""An article, and what it shows: its text, how many names, and how many pictures."""
UNCHANGED = st.tuples(st.sampled_from("abcd"), st.just(304))
MISSING = st.tuples(st.sampled_from("abcd"), st.just(404))
Credits = tuple[int, int]
HISTORY = st.lists(st.one_of(SEEN, SEEN, UNCHANGED, MISSING), min_size=1, max_size=25)
RUNS = st.lists(st.tuples(st.integers(1, 12), st.one_of(st.none(), st.integers(0, 6))), max_size=12)
"""Batches: how many exchanges, and how many files are written before the disk is full."""


def exchanges_of(history: list[tuple[str, tuple[str, int, int] | int]]) -> list[Exchange]:
    work: list[Exchange] = []
    for number, (slug, what) in enumerate(history):
        # Half of them in the year before, so that batches cross New Year, both ways.
        time = datetime.fromisoformat(f"{2025 + number % 2}-06-01T00:{number:02}:00Z")
        page = capture(number, url(slug), fetch_time=time)
        if isinstance(what, int):
            work.append((page | {"fetch_status": what}, None))
        else:
            text, names, pictures = what
            authors = [f"نویسنده {n}" for n in range(names)]
            images = [{"url": url(f"{number}-{n}.jpg")} for n in range(pictures)]
            work.append((page, sighting(page, text, authors=authors, images=images)))
    return work


def credits_of(article: dict[str, Any]) -> Credits:
    return len(article["authors"]), len(article["images"])


def lacks(now: Credits, before: Credits) -> bool:
    return any(n < b for n, b in zip(now, before, strict=True))


def expected(work: list[Exchange]) -> dict[str, Any]:
    """The model: what the tables should say."""
    versions: dict[str, list[tuple[str, int, Credits]]] = {}
    shown: dict[str, int] = {}
    last: dict[str, tuple[str, int, Credits]] = {}
    look: dict[str, tuple[str, Credits]] = {}
    held: set[str] = set()
    seen: dict[str, list[datetime]] = {}
    for page, article in work:
        key = page["article_id"]
        if not article and (page["fetch_status"] != 304 or key not in last):
            continue
        text, offset, now = last.get(key, ("", 0, (0, 0)))
        if article:
            text, offset = article["text"], page["warc_record_offset"]
            now = credits_of(article)
        texts = versions.setdefault(key, [])
        known = [one for one, _, _ in texts]
        is_young = page["fetch_time"].year == 2025
        if text in known:
            shown[key] = known.index(text) + 1
        elif not texts or text == last[key][0] or (article and is_young):
            texts.append(last[key] if texts and text == last[key][0] else (text, offset, now))
            shown[key] = len(texts)
        if article:
            of, _, row = texts[shown[key] - 1]
            before = look.get(key, ("", now))
            if of == text and lacks(now, row) and (before[0] != text or lacks(now, before[1])):
                held.add(key)
            look[key] = (text, now)
            if key not in last or text != last[key][0]:
                last[key] = (text, offset, now)
        seen.setdefault(key, []).append(page["fetch_time"])
    return {
        "articles": {
            key: (
                shown[key],
                len(texts),
                *texts[shown[key] - 1][:2],
                seen[key][0],
                max(seen[key]),
                "held" if key in held else "open",
            )
            for key, texts in versions.items()
        },
        "versions": {
            (key, number): (text, offset)
            for key, texts in versions.items()
            for number, (text, offset, _) in enumerate(texts, start=1)
        },
        "captures": [page["exchange_offset"] for page, _ in work],
    }


def actual(archive: Archive) -> dict[str, Any]:
    tables = tables_of(archive)
    columns = ("version", "n_versions", "text", "warc_record_offset", "first_seen", "last_seen")
    columns = (*columns, "access")
    articles = {
        row["article_id"]: tuple(row[name] for name in columns) for row in tables["articles"]
    }
    versions = {
        (row["article_id"], row["version"]): (row["text"], row["warc_record_offset"])
        for row in tables["versions"]
    }
    assert (len(articles), len(versions)) == (len(tables["articles"]), len(tables["versions"]))
    return {
        "articles": articles,
        "versions": versions,
        "captures": [row["exchange_offset"] for row in tables["captures"]],
    }


@contextmanager
def disk_full_after(files: int | None) -> Iterator[None]:
    left = [float("inf") if files is None else files]

    def put(written: Path, path: Path) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real_put(written, path)

    real_put = chunks.put
    with patch.object(chunks, "put", put):
        yield


@settings(max_examples=50, deadline=None)
@given(HISTORY, RUNS, st.booleans())
def test_the_tables_equal_the_model(
    history: list[tuple[str, tuple[str, int, int] | int]],
    runs: list[tuple[int, int | None]],
    reopen: bool,
) -> None:
    work = exchanges_of(history)
    by_place = {(page["warc_filename"], page["exchange_offset"]): seen for page, seen in work}

    def recall(warc_filename: str, exchange_offset: int) -> dict[str, Any] | None:
        return by_place[warc_filename, exchange_offset]

    with TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        tables = Tables(archive, OUTLET, max_rows=MAX_ROWS)
        for size, files in [*runs, (len(work), None)]:
            start = tables.derived(warc()) // EXCHANGE
            batch = work[start : start + size]
            try:
                with disk_full_after(files):
                    tables.commit([page for page, _ in batch], [a for _, a in batch if a], recall)
            except OSError:
                if reopen:
                    tables = Tables(archive, OUTLET, max_rows=MAX_ROWS)
        tables.commit([page for page, _ in work], [a for _, a in work if a], recall)
        assert actual(archive) == expected(work)
        for path in archive.tables.rglob("*.parquet"):
            assert 0 < pq.read_metadata(path).num_rows <= MAX_ROWS
