"""Pictures: each image of the article by its original URL, with caption, credit and alt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from zancrawler.extraction.article import Image
from zancrawler.extraction.structured import Node, Structured
from zancrawler.extraction.titles import element_text

MAX_IMAGES = 200
_WIX_MEDIA = re.compile(r"(https?://static\.wixstatic\.com/media/[^/?#]+)")
_AVATAR = re.compile(
    r"^(?:writer|author|foto del escritor|profile picture)\b|avatar|gravatar|googleusercontent",
    re.IGNORECASE,
)
_SOURCES = ("data-orig-file", "data-original", "data-lazy-src", "data-src", "src")


def pictures_of(
    body: HtmlElement | None, structured: Structured, node: Node | None, base: str
) -> tuple[Image, ...]:
    """Those within the article's element, after the one that the page itself puts first."""
    found: dict[str, Image] = {}
    lead = _lead(node) or structured.first("og:image", "twitter:image")
    if lead and (url := original_url(lead, base)):
        found[url] = Image(url)
    for element in _elements(body):
        image = _image(element, base)
        if image and (image.url not in found or found[image.url] == Image(image.url)):
            found[image.url] = image
        if len(found) >= MAX_IMAGES:
            break
    return tuple(found.values())


def original_url(url: str, base: str) -> str | None:
    """Absolute; for Wix the file that was uploaded, below which its resized forms hang."""
    try:
        absolute = urljoin(base, url.strip())
        if urlsplit(absolute).scheme not in ("http", "https"):
            return None
    except ValueError:
        return None
    if wix := _WIX_MEDIA.match(unquote(absolute)):
        return wix[1]
    return absolute


def _elements(body: HtmlElement | None) -> Iterable[HtmlElement]:
    return () if body is None else body.iter("img")


def _image(element: HtmlElement, base: str) -> Image | None:
    alt = element.get("alt") or None
    url = next((u for u in _urls(element) if u and not u.startswith("data:")), None)
    if url is None or _AVATAR.search(alt or "") or _AVATAR.search(url) or _tiny(element):
        return None
    absolute = original_url(url, base)
    figure = next(element.iterancestors("figure"), None)
    caption = figure.find(".//figcaption") if figure is not None else None
    text = element_text(caption) if caption is not None else ""
    return Image(absolute, caption=text or None, alt=alt) if absolute else None


def _urls(element: HtmlElement) -> Iterator[str | None]:
    holder = next(element.iterancestors("wow-image"), None)
    if holder is not None:
        yield _wix_uri(holder.get("data-image-info", ""))
    for name in _SOURCES:
        yield element.get(name)


def _wix_uri(info: str) -> str | None:
    try:
        uri = json.loads(info)["imageData"]["uri"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return f"https://static.wixstatic.com/media/{uri}" if isinstance(uri, str) else None


def _tiny(element: HtmlElement) -> bool:
    """Pixels that count readers, and icons."""
    sizes = [element.get("width", ""), element.get("height", "")]
    return any(size.isdigit() and int(size) < 50 for size in sizes)


def _lead(node: Node | None) -> str | None:
    value = (node or {}).get("image")
    while isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("contentUrl") or value.get("url")
    return value if isinstance(value, str) else None
