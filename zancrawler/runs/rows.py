"""Rows: what one exchange and one article become in the tables. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import surt
import tldextract

from zancrawler import __version__
from zancrawler.capture.reader import Exchange
from zancrawler.extraction.article import Article
from zancrawler.extraction.memory import SiteMemory
from zancrawler.extraction.normalize import normalized
from zancrawler.extraction.simhash import simhash
from zancrawler.headers import location
from zancrawler.outlets import Outlet
from zancrawler.runs.answers import Answer, error_of
from zancrawler.runs.code import reading_version
from zancrawler.tables.articles import article_id as article_id

EXTRACTOR = "zancrawler"


@cache
def _release() -> str:
    """Ours, with the rules that read pages, since these change between releases too; and, because
    its release decides the text where no body element does, trafilatura's."""
    return f"{__version__}+rules-{reading_version()}+trafilatura-{version('trafilatura')}"


def extractor_version(memory: SiteMemory | None) -> str:
    """All that an article depends on beside its page and outlet."""
    return _release() + (f"+memory-{memory.learnt_at:%Y%m%d%H%M%S}" if memory else "")


@cache
def _domains() -> tldextract.TLDExtract:
    """The public suffix list that the package ships: nothing is fetched, nothing is cached."""
    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())


def text_digest(article: Article) -> str:
    return digest_of(article.title, article.text)


def digest_of(title: str | None, text: str | None) -> str:
    """What makes a version: title and text, not the page around them."""
    content = f"{title or ''}\n\n{text or ''}"
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()


def article_row(
    article: Article, capture: dict[str, Any], outlet: Outlet, memory: SiteMemory | None = None
) -> dict[str, Any]:
    """One sighting of an article: its own columns, and the pointers of the capture it was seen in.

    The columns that only the table's history can tell (`version`, `n_versions`, `first_seen`,
    `last_seen`, `status`, `access`) are left to the tables.
    """
    canonical = article.canonical_url
    text = normalized(article.text)
    row = asdict(article)
    row.update(
        article_id=article_id(canonical),
        url_surtkey=_surt(canonical),
        outlet=outlet.name,
        text_normalized=text,
        word_count=len(article.text.split()),
        text_digest=text_digest(article),
        simhash=simhash(text),
        warc_record_id=capture["warc_record_id"],
        extractor=EXTRACTOR,
        extractor_version=extractor_version(memory),
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
    exchange: Exchange,
    answer: Answer | None,
    *,
    warc_filename: str,
    outlet: Outlet,
    crawl_id: str,
) -> dict[str, Any]:
    """One HTTP exchange, by the names of Common Crawl's columnar index."""
    record = exchange.response
    url = exchange.url
    parts = _parts(url)
    return {
        "url": url,
        "url_surtkey": _surt(url),
        "url_host_name": parts.hostname,
        "url_host_registered_domain": _domains()(url).top_domain_under_public_suffix or None,
        "url_path": parts.path,
        "url_query": parts.query or None,
        "outlet": outlet.name,
        "crawl_id": crawl_id,
        "fetch_time": exchange.records[0].date,
        "fetch_status": answer.status if answer else None,
        "fetch_redirect": _redirect(answer, url),
        "content_digest": record.payload_digest if record else None,
        "content_mime_type": _mime(answer),
        "content_charset": _charset(answer),
        "content_truncated": record.truncated if record else None,
        "etag": answer.header("etag") if answer else None,
        "last_modified": answer.header("last-modified") if answer else None,
        "x_robots_tag": answer.values("x-robots-tag") if answer else [],
        "tdm_reservation": answer.header("tdm-reservation") if answer else None,
        "warc_filename": warc_filename,
        "warc_record_offset": record.offset if record else None,
        "warc_record_length": record.length if record else None,
        "warc_record_id": record.record_id if record else None,
        "warc_type": record.type if record else None,
        "exchange_offset": exchange.offset,
        "exchange_length": exchange.length,
        "error": error_of(exchange),
    }


def _surt(url: str) -> str | None:
    try:
        return str(surt.surt(url))
    except (ValueError, UnicodeError):
        return None


def _parts(url: str) -> SplitResult:
    """Of a URL that may be none: other people's WARCs hold what they were asked for."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def _redirect(answer: Answer | None, url: str) -> str | None:
    is_redirect = answer is not None and 300 <= (answer.status or 0) < 400
    moved = location(answer.headers) if answer and is_redirect else None
    if not moved:
        return None
    try:
        parts = urlsplit(urljoin(url, moved))
        # A user name and password in it are nobody's business.
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        return None


def _mime(answer: Answer | None) -> str | None:
    value = (answer.header("content-type") or "") if answer else ""
    return value.partition(";")[0].strip().lower() or None


def _charset(answer: Answer | None) -> str | None:
    value = (answer.header("content-type") or "") if answer else ""
    charset = value.lower().partition("charset=")[2]
    return charset.split(";")[0].strip(" \"'") or None
