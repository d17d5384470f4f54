"""Five thousand outlets on paper: what a year of them takes, and which part gives way first.

    python -m benchmarks.engines.scale [--outlets 5000] [--captures 200000000]

Every figure that goes in is named below with where it comes from; change one and see what follows.
`docs/decisions/0003-scale.md` discusses the result.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

YEAR = 365 * 24 * 3600.0
TB = 1e12


@dataclass(frozen=True)
class Measured:
    """By the benchmarks of this project, on one machine with two cores."""

    warc: float = 23_200.0
    """Bytes of WARC a page of 115 KB (benchmarks.engines, 6,000 pages)."""
    index: float = 300.0
    """Bytes of CDXJ a capture (benchmarks.engines)."""
    article: float = 3_470.0
    """Bytes of `articles` a row (benchmarks.tables, 17,505 rows of 20 outlets)."""
    version: float = 3_550.0
    """Bytes of `versions` an article there."""
    capture: float = 185.0
    """Bytes of `captures` a row there."""
    extraction: float = 0.0066
    """Processor seconds a page: reading, judging, extracting, writing the part."""
    rebuild: float = 0.0078
    """The same with the commit and all else that a rebuild does (47.1 s for 6,000 pages)."""
    fallback: float = 1 / 26
    """Seconds a page where no body element is known and trafilatura looks for one: 25 to 28 pages
    a second and core, over 20,000 real pages."""
    chunk: float = 3.03 / 20
    """Processor seconds of a small commit, which rewrites a chunk of each table (there)."""


@dataclass(frozen=True)
class Assumed:
    """By nobody measured; each could be off by half."""

    articles: float = 0.35
    """Of the captures: the rest are listings, feeds, answers that nothing changed, pictures."""
    bodies: float = 0.6
    """Of the captures that bring bytes: the others are 304s and revisits of about 1 KB."""
    small: float = 1_000.0
    """Bytes of such a record."""
    runs: float = 24.0
    """Runs a day and outlet; each commits at its end and has its lease renewed and given back."""
    run: float = 120.0
    """Seconds of a run, most of them spent waiting between two requests to one host."""
    renewal: float = 45.0
    """Seconds between two renewals of a lease."""
    turn: float = 33.0
    """Seconds for which a run keeps its turn at a host, and leaves it to others."""
    others: float = 2.0
    """Hosts that a run asks for pictures and the like, for no longer than one turn."""
    delay: float = 5.0
    """Seconds between two requests to a host."""
    look: float = 90.0
    """Seconds between two looks of a worker at a lease that another holds; at a free one it looks
    when it is due."""
    free: float = 0.7
    """How busy the workers are: so many more of them there must be."""
    side_by_side: int = 8
    """Runs that one worker has going."""
    ledger: float = 250.0
    """Bytes a URL (SQLite, measured when the ledger was designed)."""
    indexed: float = 2_390.0
    """Bytes of full-text index an article (FTS5 without its content, 100,000 articles)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--outlets", type=int, default=5_000)
    parser.add_argument("--captures", type=float, default=200e6, help="a year, of all outlets")
    arguments = parser.parse_args()
    for title, lines in scale(arguments.outlets, arguments.captures).items():
        print(title)
        for name, value in lines.items():
            print(f"  {name:58}{value:>14}")


def scale(outlets: int, captures: float) -> dict[str, dict[str, str]]:
    """What follows, by heading and name."""
    m, a = Measured(), Assumed()
    warc = captures * (a.bodies * m.warc + (1 - a.bodies) * a.small)
    tables = captures * (a.articles * (m.article + m.version) + m.capture)
    runs = outlets * a.runs
    running = runs * a.run / (24 * 3600)
    workers = max(1.0, running / a.side_by_side / a.free)
    # A lease is written when it is taken and given back, and renewed between.
    writes = running / a.renewal + 2 * runs / (24 * 3600)
    # Each worker with room looks when it is due, and again until it is free.
    looks = workers * (1 + -(-a.run // a.look)) * runs / (24 * 3600)
    # A turn is read and written when it is taken, and written when it is given back.
    turns = runs * (-(-a.run // a.turn) + a.others) / (24 * 3600)
    commits = runs * m.chunk
    again = 10 * TB / m.warc
    return {
        "stored a year": {
            "WARC": f"{warc / TB:.2f} TB",
            "CDXJ": f"{captures * m.index / TB:.2f} TB",
            "tables": f"{tables / TB:.2f} TB",
            "ledgers, if every capture were a URL of its own": f"{captures * a.ledger / TB:.2f} TB",
            "full-text index, if it were one": f"{captures * a.articles * a.indexed / TB:.2f} TB",
            "WARC files, one a run": f"{365 * runs / 1e6:,.1f} million",
            "bytes of such a file": f"{warc / (365 * runs) / 1e3:,.0f} kB",
        },
        "asked of the outlets": {
            "requests a second, all of them": f"{captures / YEAR:.1f}",
            "seconds between two requests to one outlet": f"{YEAR * outlets / captures:,.0f}",
            "runs at once": f"{running:,.0f}",
            f"workers with room for {a.side_by_side} runs each": f"{workers:,.0f}",
        },
        "asked of the store for leases": {
            "writes a second to take, renew and give back": f"{writes:,.1f}",
            "reads a second, of all workers, at the most": f"{looks:,.0f}",
            "dollars a day, at 5 a million writes and 0.4 reads": (
                f"{86_400 * (writes * 5e-6 + looks * 0.4e-6):,.1f}"
            ),
        },
        "asked of the store for turns at hosts": {
            "writes a second to take and give back": f"{2 * turns:,.1f}",
            "dollars a day, at 5 a million writes and 0.4 reads": (
                f"{86_400 * turns * (2 * 5e-6 + 0.4e-6):,.1f}"
            ),
            "requests a year that one host hears, at most": f"{YEAR / a.delay / 1e6:.1f} million",
            "of all captures": f"{YEAR / a.delay / captures:.1%}",
        },
        "worked": {
            "cores busy extracting what is captured": f"{captures * m.extraction / YEAR:.3f}",
            "cores busy committing at the end of runs": f"{commits / (24 * 3600):.2f}",
        },
        "10 TB of WARC extracted again": {
            "pages": f"{again / 1e6:,.0f} million",
            "core-hours, at the most": f"{again * m.fallback / 3600:,.0f}",
            "core-hours, where outlets are described": f"{again * m.rebuild / 3600:,.0f}",
            "days on 64 cores, outlets side by side": f"{again * m.rebuild / 64 / 86400:.2f}",
            "bytes a second that 64 cores read": f"{64 * m.warc / m.rebuild / 1e6:,.0f} MB",
            "dollars at 0.04 a core-hour": f"{again * m.rebuild / 3600 * 0.04:,.0f}",
        },
    }


if __name__ == "__main__":
    main()
