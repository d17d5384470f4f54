"""Which pictures go out of sight with an article: a face says more than a name.

Two rules, and both err on the side of hiding. A picture that the article itself shows (`images`) is
hidden in every size and at every page, unless three other stories show it as theirs: then it is the
outlet's, such as a picture that stands in where there is none. And whatever else its page needed
goes with it where no page that may be shown needed it too: pictures, and what its scripts asked for
in a browser. Stylesheets, scripts and fonts stay.

Pictures are known by marks (`zancrawler.pictures`), which tell nothing to who has not the picture's
URL, and by the digests of their bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from zancrawler.archive import Archive, ArchiveError
from zancrawler.capture.reader import Record
from zancrawler.capture.views import PageView
from zancrawler.ledger import Ledger
from zancrawler.pictures import answer_mark, picture_mark

USUAL = 3
"""Other stories with the same picture, from which on it is the outlet's and not the story's."""
MAX_STEPS = 10
"""From a page over stylesheets and redirects to what is needed in the end."""
LOOKS = ("text/css", "text/javascript", "application/javascript", "application/x-javascript")
"""What a page needs that shows nobody; with fonts."""
_REQUISITE = ds.field("page_kind") == "requisite"


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures that may not be shown, wherever they stand."""

    marks: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    """Of their payloads: the same bytes may stand at another URL."""

    @classmethod
    def of(cls, archive: Archive, marks: frozenset[str]) -> Pictures:
        """With the digests of what the archive holds of them."""
        if not marks:
            return cls()
        captured = rows(archive, "captures", ("url", "content_digest"), _REQUISITE)
        digests = {row["content_digest"] for row in captured if is_marked(row["url"], marks)}
        return cls(marks, frozenset(digests - {None}))

    def __bool__(self) -> bool:
        return bool(self.marks)

    def cover(self, record: Record) -> bool:
        """Whether a record is of one of them, or holds its bytes."""
        if not self.marks:
            return False
        is_theirs = is_marked(record.target_uri or "", self.marks)
        return is_theirs or record.payload_digest in self.digests

    def are_on(self, view: PageView) -> bool:
        """Whether a page showed one of them, so that they are on the picture of it."""
        return bool(self.marks) and any(is_marked(url, self.marks) for url in view.requests())


def is_marked(url: str, marks: Collection[str]) -> bool:
    return picture_mark(url) in marks or answer_mark(url) in marks


def marks_of(
    archive: Archive, articles: Collection[str], hidden: Collection[str] = ()
) -> frozenset[str]:
    """The marks of the pictures that are hidden with the articles; `hidden` are others that are.

    Raises ArchiveError where the ledger is gone that tells which pages need what.
    """
    if not articles:
        return frozenset()
    return frozenset(_own(archive, articles) | _alone(archive, articles, hidden))


def _own(archive: Archive, articles: Collection[str]) -> set[str]:
    """Of what they show themselves, in any version."""
    theirs = ds.field("article_id").isin(pa.array(sorted(articles), pa.string()))
    own = {
        picture_mark(image["url"])
        for table in ("versions", "articles")
        for row in rows(archive, table, ("images",), theirs)
        for image in row["images"] or ()
    }
    if not own:
        return own
    stories = {row["story_id"] for row in rows(archive, "articles", ("story_id",), theirs)}
    shown: dict[str, set[str]] = defaultdict(set)
    for row in rows(archive, "articles", ("article_id", "story_id", "images"), ~theirs):
        # A translation is the same story, and shows the same face.
        story = row["story_id"] or row["article_id"]
        if row["story_id"] is None or story not in stories:
            for image in row["images"] or ():
                shown[picture_mark(image["url"])].add(story)
    return {mark for mark in own if len(shown[mark]) < USUAL}


def _alone(archive: Archive, articles: Collection[str], hidden: Collection[str]) -> set[str]:
    """Of what their pages, and no page that may be shown, needed: all that is not known to be of a
    page's looks."""
    kinds: dict[str, dict[str, str | None]] = defaultdict(dict)
    for row in rows(archive, "captures", ("outlet", "url", "content_mime_type"), _REQUISITE):
        kinds[row["outlet"]][row["url"]] = row["content_mime_type"]
    found: set[str] = set()
    for outlet, mimes in kinds.items():
        pages = _pages(archive, outlet, articles)
        if not pages:
            continue
        closed = pages | _pages(archive, outlet, hidden)
        for url in _needed_alone(_wanted(archive, outlet), pages, closed):
            mime = mimes.get(url) or "image/"
            if mime.startswith("image/"):
                found.add(picture_mark(url))
            elif not mime.startswith(LOOKS) and "font" not in mime:
                found.add(answer_mark(url))
    return found


def _needed_alone(wanted: dict[str, set[str]], pages: set[str], closed: set[str]) -> Iterator[str]:
    """What leads to nothing but `closed` pages, to one of `pages` among them."""
    reached, theirs = set(closed), set(pages)
    for _ in range(MAX_STEPS):
        new = {url for url, by in wanted.items() if by <= reached and url not in reached}
        if not new:
            return
        reached |= new
        of_theirs = {url for url in new if wanted[url] & theirs}
        theirs |= of_theirs
        yield from of_theirs


def _pages(archive: Archive, outlet: str, articles: Collection[str]) -> set[str]:
    """The URLs at which the articles were captured."""
    theirs = ds.field("article_id").isin(pa.array(sorted(articles), pa.string()))
    of_outlet = theirs & (ds.field("outlet") == outlet)
    return {row["url"] for row in rows(archive, "captures", ("url",), of_outlet)}


def _wanted(archive: Archive, outlet: str) -> dict[str, set[str]]:
    """Each requisite, and what needed it."""
    path = archive.ledger(outlet)
    if not path.exists():
        raise ArchiveError(
            f"the ledger of {outlet} is gone, and only it tells which pictures are a hidden "
            f"article's alone; make it anew with `zancrawler rebuild --ledger {outlet}`"
        )
    wanted: dict[str, set[str]] = defaultdict(set)
    with Ledger.to_read(path) as ledger:
        for url, by in ledger.wanted():
            wanted[url].add(by)
    return wanted


def rows(
    archive: Archive, table: str, columns: tuple[str, ...], where: ds.Expression
) -> Iterator[dict[str, Any]]:
    """Rows of a table that may not be there yet."""
    folder = archive.table(table)
    if folder.is_dir():
        for batch in ds.dataset(folder).to_batches(columns=list(columns), filter=where):
            yield from batch.to_pylist()
