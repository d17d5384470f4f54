"""What may not leave the archive: what is withdrawn, and what waits for a person's decision."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.dataset as ds

from zancrawler.archive import Archive
from zancrawler.capture.cdxj import urlkey
from zancrawler.capture.reader import Record
from zancrawler.decisions import Decisions
from zancrawler.fingerprints import Fingerprints
from zancrawler.tables import Access

from .pictures import Pictures, marks_of, rows

_WORDLESS = ("image/", "audio/", "video/", "font/")


@dataclass(frozen=True, slots=True)
class Hidden:
    """By what the records are known that no package may hold."""

    urlkeys: frozenset[str]
    """In SURT form, of hidden articles: what answers there is left out, whatever it is."""
    words: Fingerprints
    """Of their texts: feeds, listings and other stories repeat them."""
    shown: Pictures
    """Of what they show, in every size."""

    @classmethod
    def of(cls, archive: Archive) -> Hidden:
        """Raises ArchiveError when the list of decisions cannot be read."""
        decisions = Decisions.read(archive)
        articles = {decision.article_id for decision in decisions.withdrawn()}
        urls = {decision.url for decision in decisions.withdrawn()}
        closed = ds.field("access") != Access.OPEN.value
        for row in rows(archive, "articles", ("article_id", "canonical_url"), closed):
            articles.add(row["article_id"])
            urls.add(row["canonical_url"])
        theirs = ds.field("article_id").isin(pa.array(sorted(articles), pa.string()))
        urls |= {row["url"] for row in rows(archive, "captures", ("url",), theirs)}
        texts = [row["text"] or "" for row in rows(archive, "versions", ("text",), theirs)]
        words = Fingerprints.union([decisions.fingerprints(), *map(Fingerprints.of, texts)])
        # What was withdrawn has lost its rows' images, and says by its decision which they were.
        marks = decisions.pictures() | marks_of(archive, articles)
        return cls(frozenset(map(urlkey, urls)), words, Pictures.of(archive, marks))

    @property
    def is_nothing(self) -> bool:
        return not self.urlkeys and not self.words and not self.shown

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
        if urlkey(_http_part(record.target_uri or "")) in self.urlkeys:
            return True
        if not self.words or not record.block:
            return False
        if record.type not in ("response", "request"):
            return self.words.found_in_bytes(record.block)
        http = record.http
        if (http.header("content-type") or "").strip().lower().startswith(_WORDLESS):
            return False
        return self.words.found_in_bytes(http.body)


def _http_part(uri: str) -> str:
    """The page that a record like `urn:view:https://...` is of."""
    start = uri.find("http")
    return uri[start:] if start > 0 and uri.startswith("urn:") else uri
