"""The tables `coverage` (what became of each advertised URL) and `crawls` (what each run did)."""

from __future__ import annotations

from zancrawler.tables.columns import (
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

_OUTLET = Column(
    "outlet",
    STRING,
    "Short name of the newsroom in our catalogue.",
    rdf="schema:publisher",
    required=True,
    storage=Storage.DICTIONARY,
)

COVERAGE = Table(
    name="coverage",
    description="One row per advertised URL and what became of it.",
    columns=(
        Column(
            "url",
            STRING,
            "The advertised URL in its canonical form.",
            rdf="schema:url",
            required=True,
            storage=Storage.PREFIXES,
        ),
        Column("article_id", STRING, "The article behind it; null while none was read there."),
        _OUTLET,
        Column("title", STRING, "Title that the outlet advertised it with.", rdf="schema:headline"),
        Column(
            "via",
            STRINGS,
            "Kinds of source that advertised it: feed, sitemap, listing, link, api, hreflang.",
        ),
        Column("sources", STRINGS, "URLs of the feeds, sitemaps and listings that did."),
        Column("first_advertised", TIME, "When we first saw it advertised (UTC).", required=True),
        Column("last_advertised", TIME, "When we last saw it advertised (UTC)."),
        Column("lastmod", TIME, "Time of last change that the outlet advertised (UTC)."),
        Column(
            "state",
            STRING,
            "advertised, captured, unchanged, redirected, blocked, disallowed, gone, failed or "
            "withdrawn.",
            required=True,
            storage=Storage.DICTIONARY,
        ),
        Column("reason", STRING, "Why it is in that state.", storage=Storage.DICTIONARY),
        Column("state_time", TIME, "Since when (UTC)."),
        Column("fetch_status", INT16, "Always null; see `captures`.", storage=Storage.DICTIONARY),
        Column(
            "tries",
            INT32,
            "Looks at it; a request that failed and was repeated at once is one of them.",
        ),
        Column("next_due", TIME, "When it is to be asked for again (UTC); null for never."),
    ),
    key=("url",),
    time="first_advertised",
    order=("url",),
    bloom=("article_id", "url"),
)

CRAWLS = Table(
    name="crawls",
    description="One row per run and outlet.",
    columns=(
        Column("crawl_id", STRING, "<outlet>-<yyyymmddhhmmss>.", required=True),
        _OUTLET,
        Column("started", TIME, "UTC.", rdf="prov:startedAtTime", required=True),
        Column(
            "finished",
            TIME,
            "UTC; null for a run that died, or of which only its records are left.",
            rdf="prov:endedAtTime",
        ),
        Column("outcome", STRING, "Why the run ended.", storage=Storage.DICTIONARY),
        Column("software", STRING, "zancrawler and its version.", storage=Storage.DICTIONARY),
        Column("requests", INT64, "Exchanges on the wire, robots.txt and retries included."),
        Column("bytes_received", INT64, "Bytes of answers as they went over the wire."),
        Column("advertised", INT64, "URLs that the sources advertised."),
        Column("advertised_new", INT64, "Those never advertised before."),
        Column("articles_new", INT64, "Articles captured for the first time."),
        Column("articles_changed", INT64, "Articles that got a new version."),
        Column("articles_unchanged", INT64, "Articles looked at again and found the same."),
        Column("blocked", INT64, "Answers that were a wall in place of a page."),
        Column("disallowed", INT64, "Requests that robots.txt forbade, and that were not made."),
        Column("gone", INT64, "Answers 404 or 410."),
        Column("failed", INT64, "URLs that gave nothing usable after all retries."),
        Column("warc_filenames", STRINGS, "WARCs that the run wrote."),
        Column("alarms", STRINGS, "Alarms that the run raised."),
        Column("stats", STRING, "Scrapy's statistics as a JSON object.", storage=Storage.PROSE),
    ),
    key=("crawl_id",),
    time="started",
    order=("started",),
)
