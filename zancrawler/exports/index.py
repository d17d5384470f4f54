"""The index of a package: a sorted CDXJ in compressed blocks, and where these are (ZipNum).

WACZ allows a plain `.cdxj` as well, but of that ReplayWeb.page reads every line before it shows a
page, and pywb does not take it for an index.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice

from zancrawler.archive import Archive, ArchiveError
from zancrawler.capture.cdxj import Capture

from .scratch import scratch
from .selection import Part

BLOCK = 1_024
"""Lines of a compressed block; py-wacz's number."""
COMPRESSED = "index.cdx.gz"


@dataclass(frozen=True, slots=True)
class Index:
    """The lines of a package's index, sorted bytewise."""

    count: int
    lines: Iterator[bytes]


@contextmanager
def sorted_lines(archive: Archive, parts: Iterable[Part]) -> Iterator[Index]:
    """What the archive's own indexes say of the parts, however many lines they are.

    Raises ArchiveError.
    """
    with scratch("lines (line BLOB PRIMARY KEY)") as connection:
        count = 0
        for part in parts:
            rows = ((line,) for line in part_lines(archive, part))
            count += connection.executemany("INSERT INTO lines VALUES (?)", rows).rowcount
        lines = connection.execute("SELECT line FROM lines ORDER BY line")
        yield Index(count, (line for (line,) in lines))


def part_lines(archive: Archive, part: Part) -> Iterator[bytes]:
    """The archive's index lines of the records in a part, as they stand in the package."""
    index, name = archive.cdxj(part.warc), part.name
    try:
        with index.open("rb") as file:
            for line in file:
                capture = Capture.parse(line)
                place = part.place(capture.offset)
                if place is not None:
                    yield replace(capture, offset=place, filename=name).line()
    except (FileNotFoundError, ValueError) as error:
        raise ArchiveError(
            f"{part.warc.name} has no index that can be read ({error}); "
            "`zancrawler rebuild` makes it anew"
        ) from error


def compressed(lines: Iterable[bytes], where: list[bytes]) -> Iterator[bytes]:
    """The lines in compressed blocks; `where` gets the lines of the index of these blocks."""
    meta = {"format": "cdxj-gzip-1.0", "filename": COMPRESSED}
    where.append(f"!meta 0 {json.dumps(meta)}\n".encode())
    waiting = iter(lines)
    offset = 0
    while block := list(islice(waiting, BLOCK)):
        packed = gzip.compress(b"".join(block), mtime=0)
        place = {
            "offset": offset,
            "length": len(packed),
            "digest": f"sha256:{hashlib.sha256(packed).hexdigest()}",
            "filename": COMPRESSED,
        }
        first = b" ".join(block[0].split(b" ", 2)[:2])
        where.append(b"%s %s\n" % (first, json.dumps(place).encode()))
        offset += len(packed)
        yield packed
