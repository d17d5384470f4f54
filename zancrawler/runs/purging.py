"""Purging: what was withdrawn leaves the archive for good, and nothing else does.

Its captures go with its pictures, and with them every feed, listing, package and other page that
repeats fifteen words of it in a row. An article that is lost that way ("next story" below another,
a quotation) is named; its rows go with its records, and the next crawl asks for it anew.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from zancrawler.archive import Archive, ArchiveError
from zancrawler.capture.cdxj import index_warc, urlkey
from zancrawler.capture.errors import DamagedWarcError
from zancrawler.capture.purge import purge as purge_warc
from zancrawler.capture.purge import tombstones
from zancrawler.capture.reader import Exchange, read_exchanges
from zancrawler.capture.recovery import recover
from zancrawler.capture.views import PageView, read_views
from zancrawler.capture.warcfile import Span, page_warcs
from zancrawler.decisions import Action, Decision, Decisions, record
from zancrawler.exports.encrypting import SUFFIX
from zancrawler.exports.pictures import Pictures, marks_of
from zancrawler.fingerprints import Fingerprints
from zancrawler.ledger import Ledger
from zancrawler.outlets import Catalogue, Outlet
from zancrawler.proofs.entry import Cause
from zancrawler.runs.accounts import recount
from zancrawler.runs.coverage import coverage_rows
from zancrawler.runs.entering import enter_warc, entering, entering_decisions, entering_purge
from zancrawler.runs.provenance import outlet_of, outlets_in, warcs_of
from zancrawler.runs.rebuild import rebuild_index, rebuild_ledger
from zancrawler.runs.rederive import rebuild_tables
from zancrawler.runs.standing import apply_decisions
from zancrawler.runs.stories import refresh_stories
from zancrawler.runs.withdrawing import Known
from zancrawler.tables import Tables, withdrawal

_HOLDER = "a purge"
_GATHERED = "outlets"
"""In `store`: the outlets' own archives, to whose files those of a gathered one are linked."""


@dataclass(slots=True)
class Purged:
    """What a purge took out."""

    exchanges: int = 0
    records: list[str] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    """Exports that held it, and encrypted ones, which may; they were deleted."""
    others: list[str] = field(default_factory=list)
    """URLs of other articles, pages of which carried its words and went as well."""


def purge(
    archive: Archive, articles: Sequence[Known], catalogue: Catalogue, *, reason: str, by: str
) -> Purged:
    """Purges withdrawn articles.

    Stopped half-way, it is finished by calling it again. Raises ArchiveLockedError while an outlet
    is being crawled, and ArchiveError as `refuse_gathered` does, before anything is touched.
    """
    refuse_gathered(archive)
    ids = {article.article_id for article in articles}
    known = Decisions.read(archive)
    latest = known.latest
    words = Fingerprints.union(latest[article_id].fingerprints for article_id in ids)
    marks = marks_of(archive, ids, {decision.article_id for decision in known.withdrawn()})
    marks |= {mark for article_id in ids for mark in latest[article_id].pictures}
    done = Purged()
    with ExitStack() as held:
        outlets = outlets_in(archive)
        for name in outlets:
            held.enter_context(archive.lock(name, _HOLDER))
        pictures = Pictures.of(archive, marks)
        for name in outlets:
            recover(archive, name)
            with entering(archive, [name], Cause.PURGE):
                _purge_outlet(
                    archive, outlet_of(archive, name, catalogue), ids, words, pictures, done
                )
        _purge_unfinished(archive)
        _purge_packages(archive, ids, words, pictures, done)
        _purge_views(archive)
        decisions = [
            Decision(
                action=Action.PURGE,
                article_id=article.article_id,
                outlet=article.outlet,
                url=article.url,
                at=datetime.now(UTC),
                by=by,
                reason=reason,
                text_digests=latest[article.article_id].text_digests,
                fingerprints=words,
                pictures=tuple(sorted(marks)),
                records=tuple(done.records),
            )
            for article in articles
        ]
        with entering_decisions(archive):
            record(archive, decisions)
    refresh_stories(archive, catalogue)
    return done


def refuse_gathered(archive: Archive) -> None:
    """Raises ArchiveError where outlets of a cluster were gathered: their own archives, which lie
    beside it, would keep what is purged here."""
    if (archive.store / _GATHERED).is_dir():
        raise ArchiveError(
            f"{archive.root} was gathered, and --purge must be done in the outlet's own store: "
            "pull that from outlets/NAME of the cluster while no worker runs it, purge, push, "
            "and gather again; until then, withdraw it here without --purge"
        )


def _purge_outlet(
    archive: Archive,
    outlet: Outlet,
    ids: set[str],
    words: Fingerprints,
    pictures: Pictures,
    done: Purged,
) -> None:
    owners = _owners(archive, outlet.name)
    pages = _pages(archive, outlet.name, ids)
    gone: list[tuple[str, int]] = []
    others: dict[str, None] = {}
    unfinished: set[tuple[str, int]] = set()
    for warc in warcs_of(archive, outlet.name):
        name = archive.relative(warc)
        spans = []
        for exchange in read_exchanges(warc):
            owner = owners.get((name, exchange.offset))
            is_picture = any(map(pictures.cover, exchange.records))
            if owner in ids or is_picture or carries(exchange, words):
                spans.append(Span(exchange.offset, exchange.length))
                done.records += [record.record_id for record in exchange.records]
                if owner and owner not in ids:
                    others[exchange.url] = None
        gone += [(name, span.offset) for span in spans]
        for view in read_views(warc):
            if urlkey(view.page) in pages or shows(view, words, pictures):
                spans.append(Span(view.offset, view.length))
                done.records += [record.record_id for record in view.records]
        spans.sort(key=lambda span: span.offset)
        if spans:
            with entering_purge(archive, warc, spans):
                purge_warc(archive, warc, outlet.name, spans, datetime.now(UTC))
        # What an earlier call took out before it was stopped: its rows and index may be there.
        left = {(name, offset) for offset in tombstones(warc)} & owners.keys() - set(gone)
        if left and not spans:
            if warc in page_warcs(archive, outlet.name):
                index_warc(archive, warc)
            enter_warc(archive, warc, Cause.PURGE)
        unfinished |= left
    for torn in archive.warcs(outlet.name).glob("*/*.torn-at-*"):
        # A torn end cannot be looked through, and no row points into it.
        torn.unlink()
    if others or unfinished:
        # Which of their versions are left, only their records can tell. Until then the rows of
        # `captures` stay, so that a call after a crash knows that it has this to do.
        for _ in rebuild_tables(archive, outlet):
            pass
        rebuild_ledger(archive, outlet)
    else:
        withdrawal.remove(archive, outlet.name, ids, gone)
    shutil.rmtree(archive.tables / ".rebuild" / outlet.name, ignore_errors=True)
    with Ledger(archive.ledger(outlet.name)) as ledger:
        apply_decisions(archive, outlet.name, ledger)
        ledger.forget()
        Tables(archive, outlet.name).put_coverage(coverage_rows(ledger))
    recount(archive, outlet.name)
    done.exchanges += len(gone) + len(unfinished)
    done.others += others


def carries(exchange: Exchange, words: Fingerprints) -> bool:
    """Whether its answer holds fifteen running words of one of the texts."""
    response = exchange.response
    if response is None or not words:
        return False
    http = response.http
    kind = (http.header("content-type") or "").partition("/")[0].strip().lower()
    if kind in ("image", "audio", "video", "font"):
        return False
    return words.found_in_bytes(http.body)


def shows(view: PageView, words: Fingerprints, pictures: Pictures) -> bool:
    """Whether what a browser made of a page repeats one of the texts, or shows a picture."""
    texts = (r for r in view.records if not (r.header("Content-Type") or "").startswith("image/"))
    is_told = bool(words) and any(words.found_in_bytes(record.block) for record in texts)
    return is_told or pictures.are_on(view) or any(map(pictures.cover, view.records))


def _pages(archive: Archive, outlet: str, ids: set[str]) -> set[str]:
    """The SURT keys of the URLs at which the articles stood."""
    urls = {d.url for d in Decisions.read(archive).withdrawn() if d.article_id in ids}
    folder = archive.table("captures") / f"site={outlet}"
    if folder.exists():
        theirs = pc.field("article_id").isin(sorted(ids))
        urls |= set(ds.dataset(folder).to_table(["url"], filter=theirs)["url"].to_pylist())
    return set(map(urlkey, urls))


def _owners(archive: Archive, outlet: str) -> dict[tuple[str, int], str | None]:
    """The article that each row of `captures` is of, if any, by WARC and offset."""
    folder = archive.table("captures") / f"site={outlet}"
    if not folder.exists():
        return {}
    rows = ds.dataset(folder).to_table(["warc_filename", "exchange_offset", "article_id"])
    columns = (column.to_pylist() for column in rows.columns)
    return {(name, offset): owner for name, offset, owner in zip(*columns, strict=True)}


def _purge_unfinished(archive: Archive) -> None:
    """Removes what writers left that were killed. One that goes on fails, and is begun again: all
    outlets are held by us, and an export that began before a decision ends in vain.
    """
    for name in ("warc", "cdxj", "tables", "memory", "wacz", "datasets", "browse", "store"):
        for left in list((archive.root / name).rglob(".*.tmp")):
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)


def _purge_packages(
    archive: Archive, ids: set[str], words: Fingerprints, pictures: Pictures, done: Purged
) -> None:
    """Deletes every package that holds its words or pictures: it can be made again without.

    Nobody here can look into one that is encrypted, so none of these stays.
    """
    for path in sorted((archive.root / "wacz").glob("**/*.wacz")):
        if any(
            shows(packed, words, pictures)
            if isinstance(packed, PageView)
            else carries(packed, words) or any(map(pictures.cover, packed.records))
            for packed in _packed(path)
        ):
            path.unlink()
            done.packages.append(archive.relative(path))

    for release in sorted((archive.root / "datasets").glob("*")):
        if any(_tells_of(path, ids) for path in release.rglob("*.parquet")):
            shutil.rmtree(release)
            done.packages.append(archive.relative(release))

    for folder in ("wacz", "datasets"):
        for path in sorted((archive.root / folder).rglob(f"*{SUFFIX}")):
            path.unlink()
            done.packages.append(archive.relative(path))


def _tells_of(path: Path, ids: set[str]) -> bool:
    """Whether a Parquet file has a row of one of the articles; one that is not ours has none."""
    try:
        rows = pq.ParquetFile(path).read(columns=["article_id"])
    except (OSError, pa.ArrowException):
        return False
    return "article_id" in rows.column_names and bool(ids & set(rows["article_id"].to_pylist()))


def _purge_views(archive: Archive) -> None:
    """What is made from the tables, and would hold old words in its free pages."""
    rebuild_index(archive)
    for path in archive.browse_export.parent.glob(f"{archive.browse_export.name}*"):
        path.unlink()


def _packed(package: Path) -> Iterator[Exchange | PageView]:
    with TemporaryDirectory() as folder, zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            if name.startswith("archive/") and name.endswith((".warc.gz", ".warc")):
                try:
                    extracted = Path(archive.extract(name, folder))
                    yield from read_exchanges(extracted)
                    yield from read_views(extracted)
                except DamagedWarcError:
                    continue
