"""A release that can be cited: Parquet, what describes it, and checksums. Same inputs, same bytes.

README.md          data card, with the front matter that the Hugging Face hub reads
data/              articles/, versions/: one Parquet file an outlet
coverage.csv       per outlet and month: advertised URLs and what became of them
warcs.csv          the WARCs that the rows point into, with size and SHA-256
croissant.json     MLCommons Croissant 1.0
datapackage.json   Frictionless Data Package
CITATION.cff       Citation File Format 1.2
SHA256SUMS         of all the others
"""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zancrawler import __version__
from zancrawler.archive import Archive, ArchiveError, UsageError, sync_folder
from zancrawler.decisions import Decisions
from zancrawler.exports.card import card
from zancrawler.exports.describing import citation, croissant, data_package
from zancrawler.exports.encrypting import Recipients
from zancrawler.exports.release import STATES, CoverageMonth, DataFile, OutletPart, Release
from zancrawler.exports.rows import Wanted, articles, outlets_of, require_same, versions
from zancrawler.exports.scratch import holding, remove_abandoned
from zancrawler.outlets import Catalogue, Outlet, UnknownOutletError
from zancrawler.storage.pruned import digest_of
from zancrawler.tables.articles import ARTICLES, VERSIONS
from zancrawler.tables.chunks import Chunks
from zancrawler.tables.columns import Column, Table
from zancrawler.tables.coverage import COVERAGE

ZSTD_LEVEL = 9
"""A release is written once and fetched often: 12 % smaller than what a crawl writes."""
_PIECE = 1 << 20


def export_dataset(archive: Archive, catalogue: Catalogue, wanted: Wanted, out: Path) -> Release:
    """Writes a release into a folder that is new or empty.

    Raises UsageError where there is something already, ArchiveError with nothing to release.
    """
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty; name a new folder with --out")
    with _unfinished(archive, out.parent, out) as unfinished:
        release = _released(archive, catalogue, wanted, unfinished)
        if out.exists():
            out.rmdir()
        unfinished.rename(out)
        sync_folder(out.parent)
    return release


@contextmanager
def _unfinished(archive: Archive, beside: Path, out: Path) -> Iterator[Path]:
    """A folder to write a release to; it is gone afterwards, or with the next release."""
    remove_abandoned(archive.root / "datasets", out)
    folder = beside / f".{out.name}.{os.getpid()}.tmp"
    folder.mkdir(parents=True)
    try:
        with holding(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def export_encrypted(
    archive: Archive, catalogue: Catalogue, wanted: Wanted, out: Path, recipients: Recipients
) -> Release:
    """Writes a release as one encrypted TAR file.

    What it is made of is in the archive's own `datasets` meanwhile, beside which it is no secret.
    Raises ArchiveError.
    """
    if out.exists():
        raise UsageError(f"{out} is there already; name a new file with --out")
    with _unfinished(archive, archive.root / "datasets", out) as unfinished:
        release = _released(archive, catalogue, wanted, unfinished)
        name = out.name.split(".")[0]
        with recipients.writing(out) as file, tarfile.open(fileobj=file, mode="w|") as package:
            for path in sorted(path for path in unfinished.rglob("*") if path.is_file()):
                inner = f"{name}/{path.relative_to(unfinished).as_posix()}"
                package.add(path, inner, filter=_anonymous)
    return release


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without who packed it and when."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime, entry.mode = 0, 0o644
    return entry


def _released(archive: Archive, catalogue: Catalogue, wanted: Wanted, out: Path) -> Release:
    before = Decisions.read(archive)
    release = _write(archive, catalogue, wanted, out)
    require_same(archive, before)
    return release


def _write(archive: Archive, catalogue: Catalogue, wanted: Wanted, out: Path) -> Release:
    outlets = outlets_of(archive, wanted)
    files: list[DataFile] = []
    parts: list[OutletPart] = []
    warcs: set[str] = set()
    for name in outlets:
        tally = _Tally()
        for table, rows in (
            (ARTICLES, articles(archive, name, wanted)),
            (VERSIONS, versions(archive, name, wanted)),
        ):
            path = out / "data" / table.name / f"{name}.parquet"
            if count := _write_table(path, table, wanted, tally.watched(table, rows)):
                files.append(DataFile(path.relative_to(out).as_posix(), table.name, count))
        if tally.languages:
            parts.append(tally.part(_outlet(catalogue, name), name))
            warcs |= tally.warcs
    if not parts:
        raise ArchiveError("there is nothing to release: no article fits what was asked for")
    release = Release(
        profile=wanted.sharing.profile,
        software=f"zancrawler {__version__}",
        latest=max(part.latest for part in parts),
        outlets=tuple(parts),
        files=tuple(files),
        coverage=tuple(_coverage(archive, [part.name for part in parts])),
        columns={table.name: _columns(table, wanted) for table in (ARTICLES, VERSIONS)},
        until=wanted.until,
    )
    _write_csv(
        out / "coverage.csv",
        ("outlet", "month", "advertised", "held", *STATES, "never_tried"),
        ((m.outlet, m.month, m.advertised, m.held, *m.missing) for m in release.coverage),
    )
    _write_csv(
        out / "warcs.csv",
        ("warc_filename", "bytes", "sha256"),
        (
            (name, found.size, found.sha256)
            for name in sorted(warcs)
            for found in (digest_of(archive.root / name),)
        ),
    )
    sums = {file.path: _sha256(out / file.path) for file in files}
    (out / "README.md").write_text(card(release), encoding="utf-8")
    (out / "CITATION.cff").write_text(citation(release), encoding="utf-8")
    (out / "croissant.json").write_text(croissant(release, sums), encoding="utf-8")
    (out / "datapackage.json").write_text(data_package(release, sums, out), encoding="utf-8")
    _write_sums(out)
    return release


@dataclass(slots=True)
class _Tally:
    """What went by of one outlet."""

    languages: Counter[str] = field(default_factory=Counter)
    warcs: set[str] = field(default_factory=set)
    earliest: datetime | None = None
    latest: datetime | None = None

    def watched(self, table: Table, rows: Iterable[pa.Table]) -> Iterator[pa.Table]:
        for batch in rows:
            if batch.num_rows:
                self.warcs.update(pc.unique(batch["warc_filename"]).to_pylist())
                times = pc.min_max(batch["fetch_time"]).as_py()
                self.earliest = min(filter(None, (self.earliest, times["min"])))
                self.latest = max(filter(None, (self.latest, times["max"])))
                if table is ARTICLES:
                    self.languages.update(v or "und" for v in batch["language"].to_pylist())
            yield batch

    def part(self, outlet: Outlet | None, name: str) -> OutletPart:
        assert self.earliest is not None and self.latest is not None
        return OutletPart(
            name=name,
            title=outlet.title if outlet else name,
            home=outlet.home if outlet else None,
            rights=outlet.rights if outlet else None,
            languages=dict(sorted(self.languages.items())),
            earliest=self.earliest,
            latest=self.latest,
        )


def _write_table(path: Path, table: Table, wanted: Wanted, rows: Iterable[pa.Table]) -> int:
    """Returns how many rows there were; without any there is no file."""
    schema = wanted.sharing.schema(table).with_metadata(table.schema.metadata)
    options = table.writer_options()
    kept = {column.name for column in table.columns if column.name in schema.names}
    for name in ("use_dictionary", "write_statistics"):
        options[name] = [p for p in options[name] if p.partition(".")[0] in kept]
    options["column_encoding"] = {
        p: how for p, how in options["column_encoding"].items() if p.partition(".")[0] in kept
    }
    options["compression_level"] = ZSTD_LEVEL
    size = options.pop("row_group_size")
    count = 0
    writer: pq.ParquetWriter | None = None
    try:
        for batch in rows:
            if batch.num_rows:
                if writer is None:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    writer = pq.ParquetWriter(
                        path, schema, **options | {"compression_level": ZSTD_LEVEL}
                    )
                writer.write_table(batch.cast(schema), row_group_size=size)
                count += batch.num_rows
    finally:
        if writer:
            writer.close()
    return count


def _coverage(archive: Archive, outlets: list[str]) -> Iterator[CoverageMonth]:
    """By the month in which a URL was first advertised, or of its lastmod where that is earlier."""
    for outlet in outlets:
        months: dict[str, Counter[str]] = {}
        chunks = Chunks(archive, COVERAGE, outlet, COVERAGE.max_rows)
        for _, rows in chunks.scan(["first_advertised", "lastmod", "state", "article_id"]):
            for row in rows.to_pylist():
                born = min(filter(None, (row["first_advertised"], row["lastmod"])))
                is_held = row["article_id"] is not None
                state = "held" if is_held else row["state"]
                months.setdefault(f"{born:%Y-%m}", Counter())[state] += 1
        for month, states in sorted(months.items()):
            yield CoverageMonth(outlet, month, states)


def _columns(table: Table, wanted: Wanted) -> tuple[Column, ...]:
    kept = wanted.sharing.schema(table).names
    return tuple(column for column in table.columns if column.name in kept)


def _outlet(catalogue: Catalogue, name: str) -> Outlet | None:
    try:
        return catalogue.get(name)
    except UnknownOutletError:
        return None


def _write_csv(path: Path, head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def _write_sums(out: Path) -> None:
    """As `sha256sum -c` reads them."""
    paths = sorted(path for path in out.rglob("*") if path.is_file())
    lines = [f"{_sha256(path)}  {path.relative_to(out).as_posix()}\n" for path in paths]
    (out / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
