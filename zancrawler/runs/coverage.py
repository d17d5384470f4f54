"""Coverage: what was advertised against what is held, from the ledgers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from zancrawler.archive import Archive, ArchiveError, UsageError
from zancrawler.ledger import Entry, Kind, Ledger, Month, SourceCoverage
from zancrawler.runs.provenance import outlets_in
from zancrawler.runs.rows import article_id

NO_LEDGER = (
    "the ledger of {0} is not there, and only it knows what was advertised; make it from the WARCs "
    "with `zancrawler rebuild --ledger {0}`"
)


@dataclass(frozen=True, slots=True)
class Gap:
    """An advertised article that the archive does not hold."""

    url: str
    state: str
    reason: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class OutletCoverage:
    outlet: str
    advertised: int
    held: int
    months: tuple[Month, ...]
    sources: tuple[SourceCoverage, ...]
    missing: tuple[Gap, ...]
    trapped: tuple[str, ...]
    """URL explosions that were stopped, described."""

    def as_json(self) -> dict[str, Any]:
        return {
            "outlet": self.outlet,
            "advertised": self.advertised,
            "held": self.held,
            "sources": [asdict(source) for source in self.sources],
            "missing": [asdict(gap) for gap in self.missing],
            "trapped": list(self.trapped),
            "months": [
                {
                    "month": month.month,
                    "advertised": month.advertised,
                    "held": month.held,
                    "states": {state.value: count for state, count in month.states.items()},
                }
                for month in self.months
            ],
        }


def coverage_of(
    archive: Archive, outlets: Sequence[str] | None = None, month: str | None = None
) -> list[OutletCoverage]:
    """Of each outlet; of one `yyyy-mm` where a month is given.

    Raises UsageError for an outlet that the archive does not know, ArchiveError for one whose
    ledger is gone.
    """
    known = sorted(path.stem for path in (archive.root / "ledger").glob("*.sqlite"))
    lost = without_ledger(archive) if outlets else []
    for name in outlets or ():
        if name in lost:
            raise ArchiveError(NO_LEDGER.format(name))
        if name not in known:
            raise UsageError(f"the archive knows no outlet '{name}'; it knows {', '.join(known)}")
    return [_of_outlet(archive, name, month) for name in outlets or known]


def without_ledger(archive: Archive) -> list[str]:
    """The outlets of which there are records or rows, and no ledger to tell what is missing."""
    return [name for name in outlets_in(archive) if not archive.ledger(name).exists()]


def _of_outlet(archive: Archive, name: str, month: str | None) -> OutletCoverage:
    with Ledger.to_read(archive.ledger(name)) as ledger:
        found = ledger.coverage()
        months = tuple(m for m in found.months if month is None or m.month == month)
        return OutletCoverage(
            outlet=name,
            advertised=sum(m.advertised for m in months),
            held=sum(m.held for m in months),
            months=months,
            sources=found.sources if month is None else (),
            missing=tuple(
                Gap(entry.url, entry.state.value, entry.reason, entry.title)
                for entry in ledger.missing(month)
            ),
            trapped=tuple(
                f"{shape.name} ({shape.urls} URLs, {shape.refused} refused: {shape.trap})"
                for shape in found.trapped
            ),
        )


def coverage_rows(ledger: Ledger) -> list[dict[str, Any]]:
    """Rows of the table `coverage`: one per article URL that was ever advertised."""
    return [coverage_row(ledger, entry) for entry in ledger.entries(Kind.ARTICLE)]


def coverage_row(ledger: Ledger, entry: Entry) -> dict[str, Any]:
    """The row of one of them."""
    sightings = ledger.sightings(entry.url)
    return {
        "url": entry.url,
        "article_id": article_id(entry.url) if entry.text_digest else None,
        "title": entry.title,
        "via": sorted({sighting.via for sighting in sightings}),
        "sources": [sighting.source for sighting in sightings],
        "first_advertised": entry.first_advertised,
        "last_advertised": max((s.last for s in sightings), default=None),
        "lastmod": entry.lastmod,
        "state": entry.state.value,
        "reason": entry.reason,
        "state_time": entry.last_look,
        "tries": entry.looks,
        "next_due": entry.next_due,
    }
