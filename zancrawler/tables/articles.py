"""The tables `articles` (the version that the outlet shows) and `versions` (all of them)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pyarrow as pa

from zancrawler.tables.columns import (
    FLOAT,
    INT16,
    INT32,
    INT64,
    STRING,
    STRINGS,
    TIME,
    Column,
    Storage,
    Table,
)


class Status(StrEnum):
    """Whether the outlet still shows the article."""

    LIVE = "live"
    GONE = "gone"
    """404, 410 or sent home on three separate days."""


class Access(StrEnum):
    """Whether we may show the article."""

    OPEN = "open"
    HELD = "held"
    """Waits for a person's decision: it vanished, lost more than half of its text, or lost a name
    or a picture beside a text that stayed."""
    WITHDRAWN = "withdrawn"


def article_id(canonical_url: str) -> str:
    """20 hex digits of SHA-256: the same for every capture and version of an article."""
    return hashlib.sha256(canonical_url.encode()).hexdigest()[:20]


IMAGES = pa.list_(
    pa.struct(
        [
            pa.field("url", STRING),
            pa.field("caption", STRING),
            pa.field("credit", STRING),
            pa.field("alt", STRING),
        ]
    )
)
EMBEDS = pa.list_(pa.struct([pa.field("kind", STRING), pa.field("url", STRING)]))
TRANSLATIONS = pa.list_(pa.struct([pa.field("language", STRING), pa.field("url", STRING)]))

_IDENTITY = (
    Column(
        "article_id",
        STRING,
        "First 20 hex digits of the SHA-256 of canonical_url.",
        rdf="schema:identifier",
        required=True,
    ),
    Column(
        "version",
        INT32,
        "Number of this version of the article, from 1, in the order of capture. "
        "In articles: the one that the outlet shows; after a revert, an earlier one.",
        rdf="schema:version",
        required=True,
    ),
)

_LIFE = (
    Column("n_versions", INT32, "How many versions `versions` holds.", required=True),
    Column("first_seen", TIME, "When the article was first captured (UTC).", required=True),
    Column(
        "last_seen",
        TIME,
        "When it was last captured or confirmed unchanged (UTC).",
        required=True,
    ),
    Column(
        "story_id",
        STRING,
        "The article_id of the first captured of all articles that tell the same story, by "
        "`stories`; its own while none is known. Null only in tables of an older zancrawler.",
        rdf="schema:isPartOf",
    ),
)

_CONTENT = (
    Column(
        "url",
        STRING,
        "The URL that was captured, as it was asked for.",
        rdf="schema:url",
        required=True,
        storage=Storage.PREFIXES,
    ),
    Column(
        "canonical_url",
        STRING,
        "The one form of the article's URL: host, path and parameters as the outlet's rules say.",
        rdf="schema:mainEntityOfPage",
        required=True,
        storage=Storage.PREFIXES,
    ),
    Column(
        "url_surtkey",
        STRING,
        "SURT key of url, as CDX indexes sort by.",
        storage=Storage.PREFIXES,
    ),
    Column(
        "outlet",
        STRING,
        "Short name of the newsroom in our catalogue.",
        rdf="schema:publisher",
        required=True,
        storage=Storage.DICTIONARY,
    ),
    Column("title", STRING, "Headline.", rdf="schema:headline", storage=Storage.PROSE),
    Column(
        "subtitle",
        STRING,
        "Second headline, where the page has one.",
        rdf="schema:alternativeHeadline",
        storage=Storage.PROSE,
    ),
    Column(
        "authors",
        STRINGS,
        "Bylines in the order of the page, as of fetch_time; the outlet's own where it has none.",
        rdf="schema:author",
    ),
    Column(
        "translators",
        STRINGS,
        "Who translated the text, where the page says so; photographers are in images.",
        rdf="schema:translator",
    ),
    Column(
        "date_published",
        TIME,
        "When the outlet says that it published (UTC); null where that cannot be read. A day that "
        "is printed without a time of day is 00:00 UTC of that day.",
        rdf="schema:datePublished",
    ),
    Column(
        "date_modified",
        TIME,
        "When the outlet says that it last changed the article (UTC), as of fetch_time.",
        rdf="schema:dateModified",
    ),
    Column(
        "date_published_raw",
        STRING,
        "The publication date as the page writes it, also where that cannot be read.",
        storage=Storage.PROSE,
    ),
    Column(
        "date_calendar",
        STRING,
        "Calendar of date_published_raw: gregorian, solar-hijri or hijri.",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "date_source",
        STRING,
        "Where date_published was read: jsonld, microdata, meta, outlet (the element that its file "
        "names), time (an element by the headline), text (a line there) or url.",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "language",
        STRING,
        "BCP 47 tag by our own judgement of the text: fa-AF (Dari), fa-IR, ps, en.",
        rdf="schema:inLanguage",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "language_declared",
        STRING,
        "The language that the page declares, as it writes it.",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "language_score",
        FLOAT,
        "How sure `language` is, 0 to 1.",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "languages",
        STRINGS,
        "BCP 47 tags of the languages that paragraphs of text are in: `language` first, then by "
        "letters. More than one where the text is mixed.",
    ),
    Column(
        "section",
        STRING,
        "Section or first category.",
        rdf="schema:articleSection",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "tags", STRINGS, "Keywords and further categories, as of fetch_time.", rdf="schema:keywords"
    ),
    Column(
        "description",
        STRING,
        "The page's own summary.",
        rdf="schema:description",
        storage=Storage.PROSE,
    ),
    Column(
        "text",
        STRING,
        "Body as the page has it, zero-width joiners included; a blank line parts paragraphs.",
        rdf="schema:articleBody",
        storage=Storage.PROSE,
    ),
    Column(
        "text_normalized",
        STRING,
        "text folded for matching (letters, digits, joiners, diacritics), by "
        "zancrawler.extraction.normalize.normalized. Not for quotation.",
        storage=Storage.PROSE,
    ),
    Column("word_count", INT32, "Words in text: what white space parts.", rdf="schema:wordCount"),
    Column(
        "images",
        IMAGES,
        "Images of the body at full size, each with caption, credit and alternative text, as of "
        "fetch_time.",
        rdf="schema:image",
    ),
    Column(
        "embeds",
        EMBEDS,
        "Posts, videos, sounds and frames that the body shows from elsewhere, by their URL there; "
        "kind is post, video, audio or frame.",
        rdf="schema:hasPart",
    ),
    Column("links", STRINGS, "Absolute URLs that the body links to.", rdf="schema:citation"),
    Column(
        "translations",
        TRANSLATIONS,
        "The same story in other languages, by the page's own word.",
        rdf="schema:workTranslation",
    ),
    Column(
        "text_digest",
        STRING,
        "'sha256:' and the hex SHA-256 of title, blank line and text in UTF-8. "
        "Another digest is another version, once it counts (zancrawler.tables.versions).",
        required=True,
    ),
    Column(
        "simhash",
        INT64,
        "64-bit SimHash of text_normalized: near copies differ in few bits.",
        storage=Storage.PLAIN,
    ),
)

_STANDING = (
    Column(
        "status",
        STRING,
        "live, or gone: the outlet answered 404, 410, that it is not there, or its home, on three "
        "separate days.",
        required=True,
        storage=Storage.DICTIONARY,
    ),
    Column(
        "access",
        STRING,
        "open, held (a person has to decide whether it may be shown) or withdrawn.",
        rdf="dcterms:accessRights",
        required=True,
        storage=Storage.DICTIONARY,
    ),
)

_EVIDENCE = (
    Column("sensitivity", STRINGS, "Rules that ask a person to look before it is shown."),
    Column(
        "fetch_time",
        TIME,
        "When the capture behind this row was asked for (WARC-Date, UTC): "
        "the first that showed this version. Content and evidence in the row are as of then.",
        rdf="prov:generatedAtTime",
        required=True,
    ),
    Column("fetch_status", INT16, "HTTP status of that capture.", storage=Storage.DICTIONARY),
    Column(
        "warc_filename",
        STRING,
        "WARC that holds the record this row was read from; path from the archive's root.",
        rdf="prov:wasDerivedFrom",
        required=True,
        storage=Storage.DICTIONARY,
    ),
    Column(
        "warc_record_offset",
        INT64,
        "Where in that file the record's gzip member begins, in bytes.",
        required=True,
    ),
    Column("warc_record_length", INT64, "Length of the gzip member, in bytes."),
    Column("warc_record_id", STRING, "WARC-Record-ID of the record."),
    Column("content_digest", STRING, "WARC-Payload-Digest of the record: sha256:BASE32."),
    Column(
        "extractor",
        STRING,
        "What read the article out of the page.",
        rdf="prov:wasGeneratedBy",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "extractor_version",
        STRING,
        "Its release, a digest of its rules, trafilatura's release and the site memory's time: "
        "rows that differ in it may differ by the reading alone.",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "rights",
        STRING,
        "Whose the text is and what was agreed, from the outlet's file.",
        rdf="dcterms:rights",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "crawl_id",
        STRING,
        "Run that captured it: <outlet>-<yyyymmddhhmmss>.",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "warnings",
        STRINGS,
        "What the extraction was not sure of: a code, then a colon and particulars. "
        "docs/researchers.md lists them.",
    ),
)

MAX_ROWS = 2_500
"""A commit rewrites a chunk, and rows with text are large. Against chunks of 5,000 rows these cost
1.5 % more disk and take a quarter off the time of a commit; against 20,000, some 2 % more disk."""

ARTICLES = Table(
    name="articles",
    description="One row per article: the version that the outlet shows.",
    columns=(*_IDENTITY, *_LIFE, *_CONTENT, *_STANDING, *_EVIDENCE),
    key=("article_id",),
    time="first_seen",
    order=("language", "date_published", "url"),
    bloom=("article_id", "url"),
    max_rows=MAX_ROWS,
)

VERSIONS = Table(
    name="versions",
    description=(
        "One row per distinct version of an article: of its title and text. Only a withdrawal, "
        "which empties it, a restoration and a rebuild change a row."
    ),
    columns=(*_IDENTITY, *_CONTENT, *_EVIDENCE),
    key=("article_id", "version"),
    time="fetch_time",
    order=("language", "date_published", "url", "version"),
    bloom=("article_id", "url"),
    max_rows=MAX_ROWS,
)

_TOMBSTONE = frozenset(
    (
        *("article_id", "version", "n_versions", "first_seen", "last_seen", "story_id", "outlet"),
        *("url", "canonical_url", "url_surtkey", "date_published", "date_modified"),
        *("date_calendar", "date_source", "language", "language_declared", "language_score"),
        *("text_digest", "status", "access", "fetch_time", "fetch_status", "warc_filename"),
        *("warc_record_offset", "warc_record_length", "warc_record_id", "content_digest"),
        *("extractor", "extractor_version", "rights", "crawl_id", "warnings"),
    )
)
"""What stays of a withdrawn article. A new column is emptied until somebody puts it here."""

REDACTED = tuple(
    dict.fromkeys(
        name for table in (ARTICLES, VERSIONS) for name in table.names if name not in _TOMBSTONE
    )
)
"""Columns that a withdrawal empties; what is left tells of no word and no person."""


def redacted(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `articles` or `versions` without its content: the tombstone of what is withdrawn."""
    return {name: None if name in REDACTED else value for name, value in row.items()}
