"""What may not leave the archive: what is withdrawn, and what waits for a person's decision; of a
package for research also sensitive articles, pictures, and what names somebody of the list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.dataset as ds

from zancrawler.archive import Archive
from zancrawler.capture.cdxj import urlkey
from zancrawler.capture.reader import Record
from zancrawler.capture.views import PageView, page_of
from zancrawler.decisions import Decisions
from zancrawler.exports.masking import Names
from zancrawler.exports.profile import Profile
from zancrawler.fingerprints import MAX_PAGE, Fingerprints, decoded, unescaped, without_tags
from zancrawler.tables import Access

from .pictures import LOOKS, Pictures, marks_of, rows

_WORDLESS = ("image/", "audio/", "video/", "font/")
_PICTURES = ("image/", "audio/", "video/")
_SIGNATURES = re.compile(
    rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP|BM....\x00{4}|....ftyp|\x00\x00\x01\x00|II\*\x00|MM\x00\*"
    rb"|\s*(?:<\?xml[^>]*>\s*)?(?><!--.*?-->\s*|<!DOCTYPE svg[^>]*>\s*)*<svg[\s>]",
    re.DOTALL | re.IGNORECASE,
)
"""How pictures begin, whatever the server calls them. A comment is never read in two ways: of four
hundred there would be more than anybody can try."""
_BEGINNING = 2_000
_MARKED = (
    *("article_id", "canonical_url", "sensitivity"),
    *("url", "title", "subtitle", "description", "text", "authors", "section", "tags"),
)


@dataclass(frozen=True, slots=True)
class Hidden:
    """By what the records are known that no package may hold."""

    urlkeys: frozenset[str]
    """In SURT form, of hidden articles: what answers there is left out, whatever it is."""
    words: Fingerprints
    """Of their texts: feeds, listings and other stories repeat them."""
    shown: Pictures
    """Of what they show, in every size."""
    pictures: bool = False
    """Whether pictures are left out."""
    names: Names = field(default_factory=Names)
    """What names one of these is left out: in a record, nothing can be covered."""

    @classmethod
    def of(cls, archive: Archive, profile: Profile = Profile.PRIVATE) -> Hidden:
        """Raises ArchiveError when the list of decisions, or of names, cannot be read."""
        is_private = profile is Profile.PRIVATE
        names = Names() if is_private else Names.read(archive.masked_names)
        decisions = Decisions.read(archive)
        articles = {decision.article_id for decision in decisions.withdrawn()}
        urls = {decision.url for decision in decisions.withdrawn()}
        closed = ds.field("access") != Access.OPEN.value
        for row in rows(archive, "articles", ("article_id", "canonical_url"), closed):
            articles.add(row["article_id"])
            urls.add(row["canonical_url"])
        if not is_private:
            for row in rows(archive, "articles", _MARKED, ds.scalar(True)):
                if row["sensitivity"] or names.are_in(row):
                    articles.add(row["article_id"])
                    urls.add(row["canonical_url"])
        theirs = ds.field("article_id").isin(pa.array(sorted(articles), pa.string()))
        urls |= {row["url"] for row in rows(archive, "captures", ("url",), theirs)}
        texts = [row["text"] or "" for row in rows(archive, "versions", ("text",), theirs)]
        words = Fingerprints.union([decisions.fingerprints(), *map(Fingerprints.of, texts)])
        if not is_private:
            requisites = ds.field("page_kind") == "requisite"
            for row in rows(archive, "captures", ("url", "content_mime_type"), requisites):
                kind = (row["content_mime_type"] or "text/css").lower()
                if not kind.startswith(LOOKS) and "font" not in kind:
                    urls.add(row["url"])
        # What was withdrawn has lost its rows' images, and says by its decision which they were.
        shown = Pictures.of(archive, decisions.pictures() | marks_of(archive, articles))
        return cls(frozenset(map(urlkey, urls)), words, shown, not is_private, names)

    @property
    def is_nothing(self) -> bool:
        return not (self.urlkeys or self.words or self.shown or self.pictures or self.names)

    def tells(self, record: Record) -> bool:
        """Whether a metadata record says that a hidden article's page needed something."""
        if record.type != "metadata" or not self.urlkeys:
            return False
        fields = (line.partition(b":") for line in record.block.splitlines())
        said = (value.strip() for name, _, value in fields if name.lower() == b"via")
        return any(urlkey(via.decode("utf-8", "replace")) in self.urlkeys for via in said)

    def covers(self, record: Record) -> bool:
        """Whether a record is of a hidden article's URL or pictures, or repeats fifteen words."""
        if self.shown.cover(record):
            return True
        if urlkey(page_of(record) or record.target_uri or "") in self.urlkeys:
            return True
        if self.names.are_in_url(record.target_uri or ""):
            return True
        if self.is_nothing or not record.block:
            return False
        if record.type in ("response", "request", "revisit"):
            http = record.http
            kind, body = http.header("content-type") or "", http.body
            beside = "\n".join(value for _, value in http.headers)
        else:
            kind, body = record.header("Content-Type") or "", record.block
            beside = body.decode("utf-8", "replace") if "warc-fields" in kind else ""
        # Addresses of other pages stand there.
        if self.names.are_in_url(beside):
            return True
        kind = kind.strip().lower()
        if self.pictures and (kind.startswith(_PICTURES) or _SIGNATURES.match(body[:_BEGINNING])):
            return True
        if kind.startswith(_WORDLESS):
            return False
        if self.names and self._names(decoded(body)):
            return True
        return bool(self.words) and self.words.found_in_bytes(body)

    def _names(self, page: str) -> bool:
        """Whether somebody of the list stands in it as it was sent, or as it is read."""
        plain = unescaped(page[:MAX_PAGE])
        # A tag may stand between two words or in one, as this space of no width may.
        read = (page, plain, without_tags(plain, "\u200b"))
        return any(map(self.names.are_in_text, read))

    def covers_view(self, view: PageView) -> bool:
        """Whether what a browser made of a page may not be shown: one part of it tells of all, for
        in a picture of a page no words can be found."""
        return self.shown.are_on(view) or any(map(self.covers, view.records))
