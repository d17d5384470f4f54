"""Pictures: each image of the article by its original URL, with caption, credit and alt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from zancrawler.extraction.article import Image
from zancrawler.extraction.headline import Surroundings
from zancrawler.extraction.lines import credit_in
from zancrawler.extraction.structured import Node, Structured
from zancrawler.extraction.titles import element_text
from zancrawler.outlets import ArticleRules

MAX_IMAGES = 200
SMALLEST = 50
"""Pixels of width or height: smaller images are icons, and pixels that count readers."""
MAX_CAPTION = 500
"""Characters; what is longer is an element of another kind."""

# Resized forms hang below the file that was uploaded (Wix), or carry their size (WordPress).
_WIX_FILE = re.compile(r"(https?://[^/]+/media/[^/?#]+?(?:~mv2)?[^/?#]*\.\w+)/v1/")
_WORDPRESS_SIZE = re.compile(r"(/wp-content/uploads/.+?)-\d{2,4}x\d{2,4}(\.\w+)$")
_AVATAR = re.compile(
    r"^(?:writer|author|foto del escritor|profile picture)\b|avatar|gravatar|googleusercontent",
    re.IGNORECASE,
)
_SOURCES = ("data-orig-file", "data-original", "data-lazy-src", "data-src", "src")
_CREDIT_AT_END = re.compile(
    r"[\s|(\[–—]*\b(?:photo(?:graph)?|image|picture|credit|source|عکس|تصویر|انځور)s?"
    r"(?:\s+(?:source|credit|by|courtesy(?:\s+of)?))?\s*:?\s[^.]{2,80}$",
    re.IGNORECASE,
)


def pictures_of(
    body: HtmlElement | None,
    surroundings: Surroundings,
    structured: Structured,
    node: Node | None,
    rules: ArticleRules | None,
    base: str,
) -> tuple[Image, ...]:
    """Those between the headline and the end of the article's element, after the one that the page
    itself puts first in its metadata. Avatars are left out: they are personal data."""
    found: dict[str, Image] = {}
    lead = _lead(node) or structured.first("og:image", "twitter:image")
    if lead and (url := original_url(lead, base)) and not _AVATAR.search(url):
        found[url] = Image(url)
    dropped = {e for s in (rules.drop if rules else ()) for e in _select(body, s)}
    for element in islice(_images(body, surroundings), MAX_IMAGES):
        if dropped and not dropped.isdisjoint(element.iterancestors()):
            continue
        image = _image(element, base)
        if image and (image.url not in found or found[image.url] == Image(image.url)):
            found[image.url] = image
    return tuple(found.values())


def original_url(url: str, base: str) -> str | None:
    """Absolute, and the file that was uploaded where the URL is a resized form of it."""
    try:
        absolute = urljoin(base, url.strip())
        if urlsplit(absolute).scheme not in ("http", "https"):
            return None
    except ValueError:
        return None
    if wix := _WIX_FILE.match(unquote(absolute)):
        return wix[1]
    return _WORDPRESS_SIZE.sub(r"\1\2", absolute)


def caption_and_credit(text: str) -> tuple[str | None, str | None]:
    """`Women in Kabul. Photo: A/B` is `Women in Kabul.` by `A/B`; either may be missing."""
    if whole := credit_in(text):
        return None, whole
    found = _CREDIT_AT_END.search(text)
    if found and found.start() and (credit := credit_in(found[0].strip(" |–—()[]"))):
        return text[: found.start()].rstrip(" |–—([") or None, credit
    return text or None, None


def _select(body: HtmlElement | None, selector: str) -> list[HtmlElement]:
    return [] if body is None else body.cssselect(selector)


def _images(body: HtmlElement | None, surroundings: Surroundings) -> Iterator[HtmlElement]:
    """The body's images; before them those that stand beside the headline, in the innermost
    element that holds both (unless that is the whole page)."""
    if body is None:
        return
    if surroundings.headline is not None:
        above = set(body.iterancestors())
        shared = next(
            (e for e in surroundings.headline.element.iterancestors() if e in above), None
        )
        if shared is not None and shared.tag not in ("body", "html"):
            for element in shared.iter("img", body.tag):
                if element is body:
                    break
                if element.tag == "img":
                    yield element
    yield from body.iter("img")


def _image(element: HtmlElement, base: str) -> Image | None:
    alt = element.get("alt") or None
    url = next((u for u in _urls(element, base) if u and not u.startswith("data:")), None)
    if url is None or _AVATAR.search(alt or "") or _AVATAR.search(url) or _tiny(element):
        return None
    absolute = original_url(url, base)
    if absolute is None:
        return None
    text, credit = caption_and_credit(_caption(element))
    return Image(absolute, text, credit, alt)


def _caption(element: HtmlElement) -> str:
    """Of its figure, or of the nearest of three elements around it that holds a caption."""
    figure = next(element.iterancestors("figure"), None)
    around = [figure] if figure is not None else list(islice(element.iterancestors(), 3))
    for holder in around:
        for caption in holder.xpath(".//figcaption | .//*[contains(@class, 'caption')]"):
            text = element_text(caption)
            if text and len(text) <= MAX_CAPTION:
                return text
    return ""


def _urls(element: HtmlElement, base: str) -> Iterator[str | None]:
    holder = next(element.iterancestors("wow-image"), None)
    if holder is not None:
        yield _wix_file(holder.get("data-image-info", ""), element.get("src", ""), base)
    for name in _SOURCES:
        yield element.get(name)


def _wix_file(info: str, shown: str, base: str) -> str | None:
    """The file that the image's data names, on the host that serves the shown form of it."""
    try:
        uri = json.loads(info)["imageData"]["uri"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(uri, str):
        return None
    before, found, _ = urljoin(base, shown).partition(f"/media/{uri}")
    return f"{before}{found}" if found else f"https://static.wixstatic.com/media/{uri}"


def _tiny(element: HtmlElement) -> bool:
    sizes = (element.get("width", ""), element.get("height", ""))
    return any(size.isdigit() and int(size) < SMALLEST for size in sizes)


def _lead(node: Node | None) -> str | None:
    value = (node or {}).get("image")
    while isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("contentUrl") or value.get("url")
    return value if isinstance(value, str) else None
