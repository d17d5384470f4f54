"""The WordPress REST API's list of posts (`/wp-json/wp/v2/posts`)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from zancrawler.discovery.advert import (
    Advert,
    Discovered,
    UnreadableSource,
    Via,
    absolute_url,
    plain_title,
    w3c_datetime,
)

MAX_API_BYTES = 20_000_000
MAX_API_POSTS = 1_000
"""WordPress itself gives at most 100 a page."""


def read_api(body: bytes, url: str, total_pages: int | None = None) -> Discovered:
    """The posts of one page of the API.

    `total_pages` is the answer's `X-WP-TotalPages`; without it no next page is followed. Raises
    UnreadableSource, with WordPress' own error code where it gives one.
    """
    if len(body) > MAX_API_BYTES:
        raise UnreadableSource(f"an API answer of more than {MAX_API_BYTES:,} bytes")
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise UnreadableSource("not JSON") from fault
    if not isinstance(answer, list):
        code = answer.get("code") if isinstance(answer, dict) else None
        raise UnreadableSource(f"no list of posts ({str(code or type(answer).__name__)[:80]})")
    adverts: dict[str, Advert] = {}
    for post in answer[:MAX_API_POSTS]:
        advert = _advert(post, url) if isinstance(post, dict) else None
        if advert:
            adverts.setdefault(advert.url, advert)
    problems = []
    if len(adverts) < len(answer):
        problems.append(f"{len(answer) - len(adverts)} posts without a usable link, or twice")
    return Discovered(tuple(adverts.values()), _next_page(url, total_pages), tuple(problems))


def _advert(post: dict[str, Any], source: str) -> Advert | None:
    link = post.get("link")
    url = absolute_url(link, source) if isinstance(link, str) else None
    if url is None:
        return None
    title = post.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else title
    # The `_gmt` fields carry no zone and are UTC; the others are the site's local time.
    moment = post.get("modified_gmt") or post.get("date_gmt")
    return Advert(
        url=url,
        source=source,
        via=Via.API,
        title=plain_title(rendered) if isinstance(rendered, str) else None,
        lastmod=w3c_datetime(moment) if isinstance(moment, str) else None,
    )


def _next_page(url: str, total_pages: int | None) -> tuple[Advert, ...]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    page = query.get("page", "1")
    number = int(page[:9]) if page.isascii() and page.isdigit() else 1
    if total_pages is None or number >= total_pages:
        return ()
    query["page"] = str(number + 1)
    following = absolute_url(urlunsplit(parts._replace(query=urlencode(query))), url)
    return (Advert(url=following, source=url, via=Via.API),) if following else ()
