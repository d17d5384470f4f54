"""The extractors that are compared, each behind one function: a saved page to what it found."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec


@dataclass(frozen=True, slots=True)
class SavedPage:
    body: bytes
    url: str
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """`kind` is what the page is called; an extractor that has no such notion says `article`."""

    text: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    """ISO 8601, the day."""
    language: str | None = None
    kind: str = "article"

    @property
    def is_article(self) -> bool:
        return self.kind == "article" and bool(self.text and self.text.strip())


TEXT = frozenset(("text", "precision", "recall", "zwnj", "articles", "others", "ms"))
ALL = TEXT | {"title", "author", "date", "language"}


@dataclass(frozen=True, slots=True)
class Extractor:
    read: Callable[[SavedPage], Result]
    module: str
    """What must be installed."""
    gives: frozenset[str] = TEXT
    """The columns that it can be scored in."""


def _zancrawler(page: SavedPage) -> Result:
    """As `zancrawler extract FILE --url URL` reads a page of a site it does not know."""
    from zancrawler.runs.reading import read_page

    reading = read_page(page.body, page.url, None, captured_at=page.captured_at)
    article = reading.article
    if article is None:
        return Result(kind=str(reading.kind))
    date = article.date_published
    day = f"{date:%Y-%m-%d}" if date else None
    return Result(article.text, article.title, article.authors, day, article.language)


def _trafilatura(page: SavedPage) -> Result:
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = bare_extraction(page.body, url=page.url, with_metadata=True, include_comments=False)
    if found is None:
        return Result()
    authors = tuple(n.strip() for n in (found.author or "").split(";") if n.strip())
    return Result(found.text, found.title, authors, found.date)


def _newspaper4k(page: SavedPage) -> Result:
    from newspaper import Article

    article = Article(page.url, fetch_images=False)
    article.download(input_html=page.body)
    article.parse()
    date = article.publish_date
    day = f"{date:%Y-%m-%d}" if isinstance(date, datetime) else None
    return Result(article.text, article.title, tuple(article.authors), day, article.meta_lang)


def _readability(page: SavedPage) -> Result:
    from lxml.html import fromstring
    from readability import Document

    document = Document(page.body, url=page.url)
    summary = document.summary(html_partial=True)
    text = "\n".join(fromstring(summary).itertext()) if re.search(r"\w", summary) else None
    return Result(text, document.short_title())


def _resiliparse(page: SavedPage) -> Result:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding
    from resiliparse.parse.lang import detect_fast

    html = bytes_to_str(page.body, detect_encoding(page.body, html5_compatible=True))
    text = extract_plain_text(html, main_content=True, comments=False, alt_texts=False, links=False)
    return Result(text, language=detect_fast(text)[0])


def _justext(page: SavedPage) -> Result:
    from justext import get_stoplist
    from justext import justext as paragraphs

    stopwords = get_stoplist("English") | get_stoplist("Persian")
    kept = [p.text for p in paragraphs(page.body, stopwords) if not p.is_boilerplate]
    return Result("\n".join(kept))


EXTRACTORS = {
    "zancrawler": Extractor(_zancrawler, "zancrawler", ALL),
    "trafilatura": Extractor(_trafilatura, "trafilatura", ALL - {"language"}),
    "newspaper4k": Extractor(_newspaper4k, "newspaper", ALL),
    "readability": Extractor(_readability, "readability", TEXT | {"title"}),
    "resiliparse": Extractor(_resiliparse, "resiliparse", TEXT | {"language"}),
    "justext": Extractor(_justext, "justext"),
}


def absent(extractor: Extractor) -> bool:
    return find_spec(extractor.module) is None
