"""The extractors that are compared, each behind one function: (body, url) to what it found."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec


@dataclass(frozen=True, slots=True)
class Result:
    """`kind` is what the page is called; an extractor that has no such notion says `article`."""

    text: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    kind: str = "article"


Extractor = Callable[[bytes, str], Result]


def zancrawler(body: bytes, url: str) -> Result:
    """As `zancrawler extract FILE --url URL` reads a page of a site it does not know."""
    from zancrawler.runs.reading import read_page

    reading = read_page(body, url, None, captured_at=datetime.now(UTC))
    article = reading.article
    if article is None:
        return Result(kind=str(reading.kind))
    date = article.date_published
    return Result(
        article.text, article.title, article.authors, f"{date:%Y-%m-%d}" if date else None
    )


def trafilatura(body: bytes, url: str) -> Result:
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = bare_extraction(body, url=url, with_metadata=True, include_comments=False)
    if found is None:
        return Result()
    authors = tuple(n.strip() for n in (found.author or "").split(";") if n.strip())
    return Result(found.text, found.title, authors, found.date)


def newspaper4k(body: bytes, url: str) -> Result:
    from newspaper import Article

    article = Article(url, fetch_images=False)
    article.download(input_html=body.decode("utf-8", "replace"))
    article.parse()
    date = article.publish_date
    day = f"{date:%Y-%m-%d}" if isinstance(date, datetime) else None
    return Result(article.text, article.title, tuple(article.authors), day)


def readability(body: bytes, url: str) -> Result:
    from lxml.html import fromstring
    from readability import Document

    document = Document(body.decode("utf-8", "replace"), url=url)
    summary = document.summary(html_partial=True)
    text = "\n".join(fromstring(summary).itertext()) if re.search(r"\w", summary) else None
    return Result(text, document.short_title())


def resiliparse(body: bytes, url: str) -> Result:
    from resiliparse.extract.html2text import extract_plain_text

    html = body.decode("utf-8", "replace")
    return Result(extract_plain_text(html, main_content=True, alt_texts=False, links=False))


def justext(body: bytes, url: str) -> Result:
    from justext import get_stoplist
    from justext import justext as paragraphs

    kept = [p.text for p in paragraphs(body, get_stoplist("English")) if not p.is_boilerplate]
    return Result("\n".join(kept))


_NEEDS = (
    (zancrawler, "zancrawler"),
    (trafilatura, "trafilatura"),
    (newspaper4k, "newspaper"),
    (readability, "readability"),
    (resiliparse, "resiliparse"),
    (justext, "justext"),
)


def installed() -> dict[str, Extractor]:
    return {function.__name__: function for function, module in _NEEDS if find_spec(module)}
