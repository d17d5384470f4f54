"""Adopting other people's WARCs: Browsertrix's WACZ, Common Crawl's, wget's, into the archive.

A file is kept in the series of each outlet that it holds pages of; the tables are then made of it
as of our own. It is kept as it is, or, where it is not gzipped record by record, with each of its
records as it is and a gzip member for each.
"""

from __future__ import annotations

import hashlib
import lzma
import re
import shutil
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from zancrawler.archive import Archive, ArchiveError, UsageError, put_durably
from zancrawler.capture.errors import DamagedWarcError
from zancrawler.capture.reader import read_records
from zancrawler.capture.repacking import is_gzipped_by_record, repack
from zancrawler.capture.wacz import WARC_SUFFIXES, growth_fault
from zancrawler.outlets import Outlet, host_of
from zancrawler.proofs.entry import Cause
from zancrawler.runs.entering import enter_warc

_NO_BLOCK = 1
"""Bytes of a block that are read to see whose page it is."""
_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Adopted:
    """One file, and whose pages it holds."""

    file: str
    records: dict[str, int]
    """HTTP answers by outlet."""
    strangers: dict[str, int]
    """Answers of hosts that no outlet has, the most frequent ten."""


def adopt(archive: Archive, files: Iterable[Path], outlets: Iterable[Outlet]) -> Iterator[Adopted]:
    """Copies each WARC, or the WARCs of each WACZ, into the series of the outlets it is about.

    Again with the same file it changes nothing. Raises UsageError where there is no such
    file, ArchiveError for one that is neither.
    """
    by_host = {host: o.name for o in outlets for host in (*o.domains, *o.mirrors)}
    for file in files:
        if not file.is_file():
            raise UsageError(f"there is no file {file}")
        with _warcs(file) as warcs:
            for warc in warcs:
                yield _adopt(archive, warc, by_host)


def _adopt(archive: Archive, warc: Path, by_host: dict[str, str]) -> Adopted:
    found: Counter[str] = Counter()
    strangers: Counter[str] = Counter()
    first = datetime.now(UTC)
    try:
        gzipped = is_gzipped_by_record(warc)
        for record in read_records(warc, max_block=_NO_BLOCK):
            host = host_of(record.target_uri or "")
            if record.type in ("response", "revisit") and host:
                first = min(first, record.date)
                if host in by_host:
                    found[by_host[host]] += 1
                else:
                    strangers[host] += 1
    except DamagedWarcError as error:
        raise ArchiveError(f"{error}; nothing of it was adopted") from error
    with warc.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()[:12]
    for outlet in found:
        # Not the form of our own names, so that it cannot be taken for a run of ours.
        name = f"{outlet}-adopted-{digest}-{_PLAIN.sub('-', _stem(warc))}.warc.gz"
        place = archive.warcs(outlet) / f"{first:%Y}" / name
        if not place.exists():
            with put_durably(place) as temporary:
                if gzipped:
                    shutil.copyfile(warc, temporary)
                else:
                    repack(warc, temporary)
        enter_warc(archive, place, Cause.ADOPTION)
    return Adopted(warc.name, dict(found), dict(strangers.most_common(10)))


def _stem(warc: Path) -> str:
    """Its name without the suffixes of WARCs."""
    return warc.name.partition(".warc")[0]


@contextmanager
def _warcs(file: Path) -> Iterator[list[Path]]:
    """The WARC itself, or those in a WACZ, unpacked for as long as this lasts."""
    if not zipfile.is_zipfile(file):
        yield [file]
        return
    with zipfile.ZipFile(file) as package, tempfile.TemporaryDirectory() as folder:
        if growth := growth_fault(package, file.stat().st_size):
            raise ArchiveError(f"{file}: {growth}; nothing of it was adopted")
        unpacked = []
        for number, member in enumerate(package.infolist()):
            if member.filename.endswith(WARC_SUFFIXES):
                path = Path(folder) / f"{file.stem}-{number}-{Path(member.filename).name}"
                try:
                    with package.open(member) as source, path.open("wb") as target:
                        shutil.copyfileobj(source, target)
                # zipfile's words for an encrypted member and for a compression that it lacks.
                except (RuntimeError, lzma.LZMAError, zlib.error) as error:
                    raise ArchiveError(f"{member.filename} in {file}: {error}") from error
                unpacked.append(path)
        yield unpacked
