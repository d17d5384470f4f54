"""Rows: what one exchange and one article become in the tables. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from typing import Any
from urllib.parse import urljoin, urlsplit

import surt
import tldextract

from zancrawler.capture.http import HttpMessage
from zancrawler.capture.reader import Exchange
from zancrawler.extraction.article import Article
from zancrawler.extraction.normalize import normalized
from zancrawler.extraction.simhash import simhash
from zancrawler.outlets import Outlet

EXTRACTOR = "zancrawler"


@cache
def extractor_version() -> str:
    """Ours and, because its release decides the text where no body element does, trafilatura's."""
    return f"{version('zancrawler')}+trafilatura-{version('trafilatura')}"


@cache
def _domains() -> tldextract.TLDExtract:
    """The public suffix list that the package ships: nothing is fetched, nothing is cached."""
    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())


def article_id(canonical_url: str) -> str:
    """20 hex digits of SHA-256: the same for every capture and version of an article."""
    return hashlib.sha256(canonical_url.encode()).hexdigest()[:20]


def text_digest(article: Article) -> str:
    """What makes a version: title and text, not the page around them."""
    content = f"{article.title or ''}\n\n{article.text}"
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()


def article_row(article: Article, capture: dict[str, Any], outlet: Outlet) -> dict[str, Any]:
    """One sighting of an article: its own columns, and the pointers of the capture it was seen in.

    The columns that only the table's history can tell (`version`, `n_versions`, `first_seen`,
    `last_seen`, `status`, `access`) are left to the tables.
    """
    canonical = article.canonical_url
    text = normalized(article.text)
    row = asdict(article)
    row.update(
        article_id=article_id(canonical),
        url_surtkey=surt.surt(canonical),
        outlet=outlet.name,
        text_normalized=text,
        word_count=len(article.text.split()),
        text_digest=text_digest(article),
        simhash=simhash(text),
        warc_record_id=capture["warc_record_id"],
        extractor=EXTRACTOR,
        extractor_version=extractor_version(),
        rights=outlet.rights.licence or outlet.rights.holder,
    )
    row.update({name: capture[name] for name in _POINTERS})
    return row


_POINTERS = (
    "fetch_time",
    "fetch_status",
    "warc_filename",
    "warc_record_offset",
    "warc_record_length",
    "content_digest",
    "crawl_id",
)


def capture_row(
    exchange: Exchange, *, warc_filename: str, outlet: Outlet, crawl_id: str
) -> dict[str, Any]:
    """One HTTP exchange, by the names of Common Crawl's columnar index."""
    records = [r for r in (exchange.request, exchange.response, exchange.metadata) if r]
    answer = exchange.response
    http = answer.http if answer else None
    url = records[0].target_uri
    parts = urlsplit(url)
    return {
        "url": url,
        "url_surtkey": surt.surt(url),
        "url_host_name": parts.hostname,
        "url_host_registered_domain": _domains()(url).top_domain_under_public_suffix or None,
        "url_path": parts.path,
        "url_query": parts.query or None,
        "outlet": outlet.name,
        "crawl_id": crawl_id,
        "fetch_time": records[0].date,
        "fetch_status": http.status if http else None,
        "fetch_redirect": _redirect(http, url),
        "content_digest": answer.payload_digest if answer else None,
        "content_mime_type": _mime(http),
        "content_charset": _charset(http),
        "content_truncated": answer.truncated if answer else None,
        "etag": http.header("etag") if http else None,
        "last_modified": http.header("last-modified") if http else None,
        "x_robots_tag": _values(http, "x-robots-tag"),
        "tdm_reservation": http.header("tdm-reservation") if http else None,
        "warc_filename": warc_filename,
        "warc_record_offset": answer.offset if answer else None,
        "warc_record_length": answer.length if answer else None,
        "warc_record_id": answer.record_id if answer else None,
        "warc_type": answer.type if answer else None,
        "exchange_offset": min(r.offset for r in records),
        "exchange_length": max(r.offset + r.length for r in records)
        - min(r.offset for r in records),
        "error": exchange.error,
    }


def _redirect(http: HttpMessage | None, url: str) -> str | None:
    location = http.header("location") if http and 300 <= (http.status or 0) < 400 else None
    return urljoin(url, location) if location else None


def _values(http: HttpMessage | None, name: str) -> list[str]:
    return [value for key, value in http.headers if key.lower() == name] if http else []


def _mime(http: HttpMessage | None) -> str | None:
    value = http.header("content-type") if http else None
    return value.partition(";")[0].strip().lower() or None if value else None


def _charset(http: HttpMessage | None) -> str | None:
    value = (http.header("content-type") or "") if http else ""
    _, found, charset = value.lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None if found else None
