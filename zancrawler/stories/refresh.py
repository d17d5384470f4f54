"""Telling all articles of an archive by their stories again, from its tables alone.

What costs, the sketch of each text, is kept in `stories` and made for new texts only. The rest is
done anew each time, so that the result is the same whether it was come to in steps or at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zancrawler.archive import Archive, ArchiveLockedError
from zancrawler.outlets import Outlet
from zancrawler.pictures import picture_key
from zancrawler.stories.addresses import Addresses
from zancrawler.stories.links import links
from zancrawler.stories.member import Evidence, Link, Member, Placed
from zancrawler.stories.places import placed
from zancrawler.stories.sketch import KIND, Sketch, sketches_of
from zancrawler.tables.articles import Access
from zancrawler.tables.chunks import Row, open_chunk
from zancrawler.tables.stories import put_stories

HOLDER = "the refresh of stories"
MAX_PICTURES = 50
"""Of an article that are compared."""
MAX_TRANSLATIONS = 50
_TEXT = ["article_id", "text_digest"]
_BATCH = 1_000
"""Texts sketched at a time."""
_COLUMNS = (
    *("article_id", "outlet", "language", "canonical_url", "date_published", "first_seen"),
    *("text_digest", "access", "images", "translations"),
)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh found and did."""

    articles: int
    stories: int
    shared: int
    """Stories of more than one article."""
    sketched: int
    """Texts that were new."""
    moved: int
    """Articles that came to another story."""
    busy: tuple[str, ...] = ()
    """Outlets that are being crawled: their rows follow with the next refresh."""


@dataclass(slots=True)
class _Known:
    """What the tables say, as the rules need it."""

    members: list[Member] = field(default_factory=list)
    sketches: dict[str, Sketch] = field(default_factory=dict)
    """By text_digest."""
    sketched: int = 0
    links: list[Link] = field(default_factory=list)
    """Those that the last refresh wrote."""
    withdrawn: set[str] = field(default_factory=set)

    def kept_links(self) -> list[Link]:
        """Links of what is withdrawn, made while it had its text.

        Who withdraws an article wants to know of its copies after that too.
        """
        ids = {member.article_id for member in self.members}
        return [
            link
            for link in self.links
            if {link.one, link.other} & self.withdrawn and {link.one, link.other} <= ids
        ]


def has_new_articles(archive: Archive, outlet: str) -> bool:
    """Whether an article's text is not the one that `stories` was told by, or is not there."""
    articles, stories = (
        {
            row
            for path in _chunks(archive, table, outlet)
            for row in zip(
                *(column.to_pylist() for column in open_chunk(path).read(columns=_TEXT).columns),
                strict=True,
            )
        }
        for table in ("articles", "stories")
    )
    return articles != stories


def refresh(
    archive: Archive, outlets: Sequence[Outlet], only: Collection[str] | None = None
) -> Refreshed:
    """Compares all articles and writes what came of it.

    `outlets` are those of the archive, to read their URLs by. Rows are written for the outlets
    named in `only`, or for all; each under its lock, and left where somebody else holds that. Holds
    about 5 KB per article in memory. Raises SchemaMismatchError, UnreadableTableError.
    """
    addresses = Addresses.of(outlets)
    known = _Known()
    folders = [*archive.table("articles").glob("site=*"), *archive.table("stories").glob("site=*")]
    names = sorted({path.name.removeprefix("site=") for path in folders})
    for name in names:
        _read(archive, name, addresses, known)
    signatures = {digest: sketch.signature for digest, sketch in known.sketches.items()}
    found = [*links(known.members, signatures), *known.kept_links()]
    places = {place.article_id: place for place in placed(known.members, found)}
    moved, busy = 0, []
    for name in names:
        if only is not None and name not in only:
            continue
        rows = {
            member.article_id: _row(member, places[member.article_id], known)
            for member in known.members
            if member.outlet == name
        }
        try:
            with archive.lock(name, HOLDER):
                moved += put_stories(archive, name, rows)
        except ArchiveLockedError:
            busy.append(name)
    stories = {place.story_id for place in places.values()}
    shared = {place.story_id for place in places.values() if place.related_to}
    return Refreshed(len(places), len(stories), len(shared), known.sketched, moved, tuple(busy))


def _read(archive: Archive, outlet: str, addresses: Addresses, known: _Known) -> None:
    """Adds an outlet's articles, one chunk in memory at a time."""
    kept = _read_stories(archive, outlet, known)
    for path in _chunks(archive, "articles", outlet):
        file = open_chunk(path)
        rows = file.read(columns=list(_COLUMNS)).to_pylist()
        digests = {row["text_digest"] for row in rows if row["access"] != Access.WITHDRAWN}
        digests -= known.sketches.keys()
        known.sketches.update((digest, kept[digest]) for digest in digests & kept.keys())
        known.sketches.update(_sketched(file, digests - kept.keys()))
        known.sketched += len(digests - kept.keys())
        for row in rows:
            known.members.append(_member(row, addresses, known.sketches))
            if row["access"] == Access.WITHDRAWN:
                known.withdrawn.add(row["article_id"])


def _read_stories(archive: Archive, outlet: str, known: _Known) -> dict[str, Sketch]:
    """What the last refresh wrote: its links go to `known`, its sketches are returned."""
    sketches: dict[str, Sketch] = {}
    for path in _chunks(archive, "stories", outlet):
        for row in open_chunk(path).read().to_pylist():
            if row["related_to"]:
                known.links.append(
                    Link(
                        row["related_to"],
                        row["article_id"],
                        Evidence(row["evidence"]),
                        row["similarity"],
                    )
                )
            if row["minhash"] and row["minhash_kind"] == KIND:
                sketches[row["text_digest"]] = Sketch(
                    row["words"], frozenset(row["numbers"]), row["minhash"]
                )
    return sketches


def _chunks(archive: Archive, table: str, outlet: str) -> list[Path]:
    return sorted(archive.table(table).glob(f"site={outlet}/year=*/*.parquet"))


def _sketched(file: pq.ParquetFile, digests: Collection[str]) -> Iterator[tuple[str, Sketch]]:
    """Sketches of the texts of a chunk that have these digests."""
    if not digests:
        return
    rows = file.read(columns=["text_digest", "text_normalized"])
    rows = rows.filter(pc.is_in(rows["text_digest"], pa.array(sorted(digests))))
    for batch in rows.to_batches(max_chunksize=_BATCH):
        names, texts = (column.to_pylist() for column in batch.columns)
        yield from zip(names, sketches_of([text or "" for text in texts]), strict=True)


def _member(row: dict[str, Any], addresses: Addresses, sketches: Mapping[str, Sketch]) -> Member:
    sketch = sketches.get(row["text_digest"])
    urls = [each["url"] for each in row["translations"] or () if each["url"]][:MAX_TRANSLATIONS]
    images = [each["url"] for each in row["images"] or () if each["url"]][:MAX_PICTURES]
    return Member(
        article_id=row["article_id"],
        outlet=row["outlet"],
        language=row["language"],
        published=row["date_published"],
        first_seen=row["first_seen"],
        text_digest=row["text_digest"],
        words=sketch.words if sketch else 0,
        numbers=sketch.numbers if sketch else frozenset(),
        pictures=tuple(sorted(set(filter(None, map(picture_key, images))))),
        translations=tuple(sorted({name for url in urls for name in addresses.ids(url)})),
        mirror_of=addresses.origin(row["canonical_url"], row["outlet"]),
    )


def _row(member: Member, place: Placed, known: _Known) -> Row:
    """A row of `stories`. Of what is withdrawn no trace of its words is kept."""
    row = asdict(place) | {
        "outlet": member.outlet,
        "language": member.language,
        "first_seen": member.first_seen,
        "text_digest": member.text_digest,
    }
    sketch = known.sketches.get(member.text_digest)
    if sketch and member.article_id not in known.withdrawn:
        row |= {
            "words": sketch.words,
            "numbers": sorted(sketch.numbers),
            "minhash": sketch.signature,
            "minhash_kind": KIND,
        }
    return row
