"""What stories cost: `python -m benchmarks.stories --rows 100000`.

Makes an archive's `articles` of that many rows in three languages, every tenth of them a copy or an
edited reprint of another. Then:

- the first refresh, which sketches every text, and the next, which finds nothing new;
- on a sample, the pairs found against all pairs compared exactly;
- the same sample with datasketch's MinHash and MinHashLSH, if that is installed.

CPU seconds are of this process, all threads; memory is the largest it ever was.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.stories.measure import measure, timed
from benchmarks.tables.synthetic import LETTERS, Prose
from zancrawler.archive import Archive
from zancrawler.stories.near import NEAR, near_pairs, signatures_of
from zancrawler.stories.sketch import PLACES, SHINGLE, sketches_of
from zancrawler.tables.articles import ARTICLES
from zancrawler.tables.chunks import Chunks

START = datetime(2020, 1, 1, tzinfo=UTC)
OUTLETS = 20
CHUNK = 5_000
Pair = tuple[int, int]


def texts(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Language and text of made articles; of ten, one is another once more, edited or not."""
    chance = random.Random(seed)
    prose = {language: Prose(letters, chance) for language, letters in LETTERS.items()}
    recent: list[tuple[str, str]] = []
    for number in range(count):
        if number % 10 == 9:
            language, text = chance.choice(recent)
            share = chance.choice([0.0, 0.02, 0.05, 0.1])
            words = [w if chance.random() >= share else w[::-1] for w in text.split(" ")]
            yield language, " ".join(words)
            continue
        language = chance.choice(list(LETTERS))
        made = language, prose[language].text()
        recent = [*recent[-200:], made]
        yield made


def fill(archive: Archive, count: int) -> int:
    """Writes `articles`; returns the words in them."""
    waiting: dict[str, list[dict[str, Any]]] = {}
    words = 0

    def write(outlet: str) -> None:
        chunks = Chunks(archive, ARTICLES, outlet, CHUNK)
        rows = waiting.pop(outlet)
        for path, row in zip(list(chunks.place(rows)), rows, strict=True):
            by_path.setdefault(path, []).append(row)
        for path, group in by_path.items():
            chunks.rewrite(path, group)
        by_path.clear()

    by_path: dict[Path, list[dict[str, Any]]] = {}
    for number, (language, text) in enumerate(texts(count)):
        outlet = f"outlet{number % OUTLETS:02}"
        url = f"https://{outlet}.example/news/{number}"
        name = hashlib.sha256(url.encode()).hexdigest()[:20]
        at = START + timedelta(minutes=number)
        words += len(text.split())
        row = {
            "article_id": name,
            "story_id": name,
            "url": url,
            "canonical_url": url,
            "outlet": outlet,
            "language": language,
            "title": f"title {text[:40]}",
            "text": text,
            "text_normalized": text,
            "text_digest": "sha256:" + hashlib.sha256(text.encode()).hexdigest(),
            "date_published": at,
            "first_seen": at,
            "last_seen": at,
            "fetch_time": at,
            "images": [{"url": f"https://{outlet}.example/{number}.jpg"}],
            "version": 1,
            "n_versions": 1,
            "status": "live",
            "access": "open",
            "warc_filename": "made.warc.gz",
            "warc_record_offset": number,
        }
        waiting.setdefault(outlet, []).append(row)
        if len(waiting[outlet]) == CHUNK:
            write(outlet)
    for outlet in list(waiting):
        write(outlet)
    return words


def ours(sample: list[str]) -> set[Pair]:
    sketches = sketches_of(sample)
    rows = signatures_of([sketch.signature for sketch in sketches])
    return {(one, other) for one, other, _ in near_pairs(rows)}


def runs_of(text: str) -> set[str]:
    words = text.split()
    return {" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}


def exact(sample: list[str]) -> dict[Pair, float]:
    runs = [runs_of(text) for text in sample]
    shares = {}
    for one, other in combinations(range(len(runs)), 2):
        shared = len(runs[one] & runs[other])
        share = shared / (len(runs[one]) + len(runs[other]) - shared)
        if share >= NEAR:
            shares[one, other] = share
    return shares


def datasketch(sample: list[str]) -> set[Pair]:
    """Raises ImportError where it is not installed."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=NEAR, num_perm=PLACES)
    hashes = []
    for number, text in enumerate(sample):
        minhash = MinHash(num_perm=PLACES)
        minhash.update_batch([run.encode() for run in runs_of(text)])
        hashes.append(minhash)
        index.insert(number, minhash)
    return {
        (number, other)
        for number, minhash in enumerate(hashes)
        for other in index.query(minhash)
        if number < other and minhash.jaccard(hashes[other]) >= NEAR
    }


def compare(count: int) -> None:
    sample = [text for _, text in texts(count, seed=2)]
    sketches_of(sample[:10])
    with timed("ours, sketches and pairs", count):
        found = ours(sample)
    with timed("all pairs exactly", count):
        true = exact(sample)
    right = found & true.keys()
    print(
        f"  pairs: {len(true)} share {NEAR} or more; ours found {len(found)}, {len(right)} of them "
        f"(precision {len(right) / len(found):.3f}, recall {len(right) / len(true):.3f})"
    )
    try:
        with timed("datasketch, sketches and pairs", count):
            theirs = datasketch(sample)
    except ImportError:
        print("datasketch is not installed; see benchmarks/stories/requirements.txt")
        return
    right = theirs & true.keys()
    print(
        f"  found {len(theirs)} pairs "
        f"(precision {len(right) / len(theirs):.3f}, recall {len(right) / len(true):.3f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=2_000)
    options = parser.parse_args()
    compare(options.sample)
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        words = fill(archive, options.rows)
        print(f"{options.rows:,} articles of {words / options.rows:.0f} words")
        for what in ("first refresh", "second refresh"):
            child = get_context("spawn").Process(target=measure, args=(what, archive.root))
            child.start()
            child.join()
        size = sum(path.stat().st_size for path in archive.table("stories").rglob("*.parquet"))
        print(f"tables/stories: {size / 1e6:.1f} MB, {size / options.rows:.0f} bytes a row")


if __name__ == "__main__":
    main()
