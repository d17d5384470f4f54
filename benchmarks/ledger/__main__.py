"""How fast the ledger is, and how large, when an outlet has millions of URLs.

    python -m benchmarks.ledger [--urls 10000000] [--folder /tmp]

Fills a ledger through its public methods alone (sitemaps of 50,000 URLs, every URL captured once),
then times look-ups, looks recorded, and what is due, over URLs drawn at random. Needs about 0.6 GB
of disk for each million URLs. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from zancrawler.ledger import Advertisement, Kind, Ledger, Outcome, State

T = TypeVar("T")

START = datetime(2026, 1, 1, tzinfo=UTC)
SITEMAP_URLS = 50_000
BATCH = 500
DRAWS = 100_000


def url(number: int) -> str:
    """An article's URL of the usual length: a slug cut at some 60 characters."""
    slug = hashlib.blake2b(str(number).encode(), digest_size=12).hexdigest()
    return f"https://www.outlet.example/post/women-in-kabul-return-to-work-{slug}-{number}"


def digest(number: int, version: int) -> str:
    return "sha256:" + hashlib.sha256(f"{number} {version}".encode()).hexdigest()


def sitemaps(urls: int) -> Iterator[Outcome]:
    for first in range(0, urls, SITEMAP_URLS):
        source = f"https://www.outlet.example/sitemap-{first}.xml"
        adverts = tuple(
            Advertisement(url(n), source, "sitemap", lastmod=START - timedelta(hours=n % 50_000))
            for n in range(first, min(first + SITEMAP_URLS, urls))
        )
        yield Outcome(source, START, State.CAPTURED, kind=Kind.SITEMAP, adverts=adverts)


def look(number: int, version: int, at: datetime) -> Outcome:
    return Outcome(
        url(number),
        at,
        State.CAPTURED,
        etag=f'W/"{digest(number, version)[7:39]}"',
        last_modified="Thu, 01 Jan 2026 00:00:00 GMT",
        content_digest="sha256:" + digest(number, version)[7:59].upper(),
        text_digest=digest(number, version),
        published=START - timedelta(hours=number % 50_000),
    )


def batches(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """itertools.batched, which Python 3.11 has not got."""
    source = iter(items)
    while batch := tuple(islice(source, size)):
        yield batch


def peak_megabytes() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


class Clock:
    """Seconds of wall and processor time since it was made."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def rate(self, count: int) -> dict[str, float]:
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        return {"per_second": round(count / wall), "per_cpu_second": round(count / cpu)}


def run(urls: int, path: Path) -> dict[str, object]:
    chance = random.Random(5)
    figures: dict[str, object] = {"urls": urls, "python": sys.version.split()[0]}
    with Ledger(path) as ledger:
        clock = Clock()
        for outcome in sitemaps(urls):
            ledger.record([outcome])
            print(f"\r{outcome.url}", end="", file=sys.stderr)
        figures["advertised"] = clock.rate(urls)
        clock = Clock()
        for numbers in batches(range(urls), 10_000):
            ledger.record(look(n, 0, START + timedelta(hours=1)) for n in numbers)
            print(f"\rcaptured {numbers[-1]}", end="", file=sys.stderr)
        figures["captured in order"] = clock.rate(urls)
        figures["memory after filling, MB"] = peak_megabytes()

        drawn = [url(chance.randrange(urls)) for _ in range(DRAWS)]
        clock = Clock()
        assert all(ledger.get(known) for known in drawn)
        figures["look-ups, known"] = clock.rate(DRAWS)
        strangers = [url(urls + n) for n in range(DRAWS)]
        clock = Clock()
        assert len(ledger.unknown(strangers)) == DRAWS
        figures["look-ups, unknown"] = clock.rate(DRAWS)

        later = START + timedelta(days=1)
        looks = [
            look(n, chance.random() < 0.1, later) for n in chance.sample(range(urls), DRAWS // 2)
        ]
        clock = Clock()
        for some in batches(looks, BATCH):
            ledger.record(some)
        figures[f"updates, {BATCH} a transaction"] = clock.rate(len(looks))
        clock = Clock()
        for outcome in looks[:5_000]:
            ledger.record([outcome])
        figures["updates, 1 a transaction"] = clock.rate(5_000)

        clock = Clock()
        found = sum(len(ledger.due(later, 1_000)) for _ in range(100))
        figures["due, 1,000 at a time"] = clock.rate(found)
        clock = Clock()
        counted = ledger.coverage()
        assert (counted.advertised, counted.held) == (urls, urls)
        figures["coverage"] = clock.rate(urls)
        figures["peak memory, MB"] = peak_megabytes()
    figures["bytes a URL"] = round(path.stat().st_size / urls)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--urls", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="where the ledger is made, and removed again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        figures = run(options.urls, Path(folder) / "ledger.sqlite")
    print(file=sys.stderr)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
