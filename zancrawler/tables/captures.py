"""The table `captures`: one row per HTTP exchange, with Common Crawl's column names."""

from __future__ import annotations

from zancrawler.tables.columns import INT16, INT64, STRING, STRINGS, TIME, Column, Storage, Table

_COMMON_CRAWL = (
    Column(
        "url",
        STRING,
        "The URL that was asked for.",
        rdf="schema:url",
        required=True,
        storage=Storage.PREFIXES,
    ),
    Column("url_surtkey", STRING, "SURT key of url.", storage=Storage.PREFIXES),
    Column("url_host_name", STRING, "Host name in lower case.", storage=Storage.DICTIONARY),
    Column(
        "url_host_registered_domain",
        STRING,
        "The part of the host name that is registered under a public suffix.",
        storage=Storage.DICTIONARY,
    ),
    Column("url_path", STRING, "Path of url, as asked for.", storage=Storage.PREFIXES),
    Column("url_query", STRING, "Query of url without the '?'.", storage=Storage.PREFIXES),
    Column(
        "fetch_time",
        TIME,
        "When the request was issued (WARC-Date, UTC).",
        rdf="prov:generatedAtTime",
        required=True,
    ),
    Column(
        "fetch_status",
        INT16,
        "HTTP status; null where no answer came, see error.",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "fetch_redirect",
        STRING,
        "Absolute URL that a 3xx answer points to.",
        storage=Storage.PREFIXES,
    ),
    Column(
        "content_digest",
        STRING,
        "WARC-Payload-Digest: sha256:BASE32 of the body as it was sent, chunks joined.",
    ),
    Column("content_mime_type", STRING, "Content-Type as declared.", storage=Storage.DICTIONARY),
    Column(
        "content_mime_detected",
        STRING,
        "Always null: no media type is guessed from the bytes. Common Crawl has this column.",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "content_charset",
        STRING,
        "Character encoding that the Content-Type header declares; a page may be in another.",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "content_languages",
        STRING,
        "Always null: see language and languages of articles. Common Crawl has this column.",
        rdf="schema:inLanguage",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "content_truncated",
        STRING,
        "WARC-Truncated: length, time, disconnect or unspecified; null when whole.",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "warc_filename",
        STRING,
        "WARC that holds the exchange; path from the archive's root.",
        rdf="prov:wasDerivedFrom",
        required=True,
        storage=Storage.DICTIONARY,
    ),
    Column(
        "warc_record_offset",
        INT64,
        "Where the gzip member of the response or revisit record begins, in bytes; "
        "null where no answer came.",
    ),
    Column("warc_record_length", INT64, "Length of that gzip member, in bytes."),
)

_OURS = (
    Column(
        "outlet",
        STRING,
        "Short name of the newsroom in our catalogue.",
        rdf="schema:publisher",
        required=True,
        storage=Storage.DICTIONARY,
    ),
    Column(
        "crawl_id",
        STRING,
        "Run that captured it: <outlet>-<yyyymmddhhmmss>.",
        storage=Storage.DICTIONARY,
    ),
    Column(
        "warc_type",
        STRING,
        "response or revisit; null where no answer came.",
        storage=Storage.DICTIONARY,
    ),
    Column("warc_record_id", STRING, "WARC-Record-ID of the response or revisit record."),
    Column(
        "exchange_offset",
        INT64,
        "Where the first record of the exchange (request, answer, metadata) begins, in bytes.",
        required=True,
    ),
    Column("exchange_length", INT64, "Length of all its records together.", required=True),
    Column("etag", STRING, "ETag as sent, quotes and W/ included."),
    Column("last_modified", STRING, "Last-Modified as sent."),
    Column(
        "page_kind",
        STRING,
        "article, listing, blocked, empty, wrong_language, error, requisite (what a page needs to "
        "be shown: content_mime_type says what it is) or other.",
        storage=Storage.DICTIONARY,
    ),
    Column("page_reason", STRING, "Why page_kind is what it is.", storage=Storage.DICTIONARY),
    Column("article_id", STRING, "The article that this page showed."),
    Column(
        "text_digest",
        STRING,
        "text_digest of the article as this capture showed it, new version or not.",
    ),
    Column(
        "x_robots_tag",
        STRINGS,
        "Values of X-Robots-Tag headers, in their order.",
    ),
    Column(
        "tdm_reservation",
        STRING,
        "TDM-Reservation header (W3C TDMRep): 1 when text and data mining is reserved.",
        storage=Storage.DICTIONARY,
    ),
    Column("error", STRING, "What went wrong on the wire.", storage=Storage.DICTIONARY),
)

CAPTURES = Table(
    name="captures",
    description="One row per HTTP exchange: a columnar CDX with Common Crawl's column names.",
    columns=(*_COMMON_CRAWL, *_OURS),
    key=("warc_filename", "exchange_offset"),
    time="fetch_time",
    order=("url_surtkey", "fetch_time", "warc_filename", "exchange_offset"),
    bloom=("article_id", "url"),
)
