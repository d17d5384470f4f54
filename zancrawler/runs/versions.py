"""The versions of an article, and what changed between two of them, word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from html import escape

import pyarrow.compute as pc
import pyarrow.parquet as pq

from zancrawler.archive import Archive, ArchiveError
from zancrawler.decisions import Decisions
from zancrawler.outlets import Catalogue, canonical_url
from zancrawler.runs.provenance import outlet_of, outlets_in
from zancrawler.runs.rows import article_id

MAX_WORDS = 20_000
"""Words of a text that are compared; beyond, a diff is of no use to anybody."""
MAX_COMPARISONS = 3_000_000
"""Pairs of the same word, one in each version: with more, a diff takes too long to wait for."""
_TOKEN = re.compile(r"\n\n|[^\S\n]*\n?[^\S\n]*\S+")


class UnknownArticleError(ArchiveError):
    """The archive holds no article of that URL."""


class IncomparableError(ArchiveError):
    """Two versions repeat the same words so often that no diff would end in time."""


@dataclass(frozen=True, slots=True)
class Version:
    version: int
    captured: datetime
    title: str
    text: str


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, came or went."""

    change: Change
    text: str


def versions_of(archive: Archive, url: str, catalogue: Catalogue) -> list[Version]:
    """All versions of the article at a URL, in any of its spellings, oldest first.

    Raises UnknownArticleError, also for one that was withdrawn.
    """
    decisions = Decisions.read(archive)
    for name in outlets_in(archive):
        outlet = outlet_of(archive, name, catalogue)
        folder = archive.table("versions") / f"site={name}"
        if not folder.exists():
            continue
        wanted = article_id(canonical_url(url, outlet))
        if decisions.is_withdrawn(wanted):
            raise UnknownArticleError(f"the article of {url} was withdrawn")
        found = pq.read_table(
            folder,
            columns=["version", "fetch_time", "title", "text"],
            filters=pc.field("article_id") == wanted,
        )
        if found.num_rows:
            rows = found.sort_by("version").to_pylist()
            return [
                Version(row["version"], row["fetch_time"], row["title"] or "", row["text"] or "")
                for row in rows
            ]
    raise UnknownArticleError(f"the archive holds no article of {url}")


def word_diff(old: Version, new: Version) -> list[Piece]:
    """What became of the words of title and text. The pieces, joined, hold every character.

    Raises IncomparableError.
    """
    before, after = (_tokens(version) for version in (old, new))
    again = Counter(after)
    if sum(count * again[word] for word, count in Counter(before).items()) > MAX_COMPARISONS:
        raise IncomparableError(
            f"versions {old.version} and {new.version} repeat the same words too often to be "
            "compared; read them in tables/versions"
        )
    pieces: list[Piece] = []
    for operation, i, j, k, m in SequenceMatcher(None, before, after, False).get_opcodes():
        if operation == "equal":
            pieces.append(Piece(Change.SAME, "".join(after[k:m])))
        else:
            pieces.append(Piece(Change.REMOVED, "".join(before[i:j])))
            pieces.append(Piece(Change.ADDED, "".join(after[k:m])))
    return [piece for piece in pieces if piece.text]


def _tokens(version: Version) -> list[str]:
    """Words with the white space before them; a zero-width joiner is part of its word."""
    return _TOKEN.findall(f"{version.title}\n\n{version.text}")[:MAX_WORDS]


def diff_html(old: Version, new: Version) -> str:
    """The change as one page that stands alone. Direction follows each paragraph's own letters."""
    body = "".join(
        f'<p dir="auto">{"".join(map(_marked, line))}</p>'
        for line in paragraphs(word_diff(old, new))
    )
    title = escape(f"{new.title or old.title}: version {old.version} to {new.version}")
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        f"<title>{title}</title><style>"
        "body{max-width:42rem;margin:2rem auto;font:1.1rem/1.8 system-ui,sans-serif}"
        "ins{background:#d7f5dd;text-decoration:none}del{background:#fbdcdc}"
        "time{color:#555}</style></head><body>"
        f"<p><time>{old.captured:%Y-%m-%d %H:%M} UTC</time> (version {old.version}) to "
        f"<time>{new.captured:%Y-%m-%d %H:%M} UTC</time> (version {new.version})</p>"
        f"{body}</body></html>\n"
    )


def _marked(piece: Piece) -> str:
    tag = {Change.ADDED: "ins", Change.REMOVED: "del", Change.SAME: "span"}[piece.change]
    return f"<{tag}>{escape(piece.text)}</{tag}>"


def paragraphs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The pieces, cut at blank lines: bidirectional text must not run over a paragraph's end."""
    line: list[Piece] = []
    for piece in pieces:
        first, *rest = piece.text.split("\n\n")
        line.append(Piece(piece.change, first))
        for part in rest:
            yield line
            line = [Piece(piece.change, part)]
    yield line
