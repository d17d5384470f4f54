"""Page requisites: what a browser asks for to show a page, beside the page.

Named is what is shown or shapes what is shown. Never what a reader would send (forms), pages in
pages (frames), or what only tells others who reads (`zancrawler.discovery.trackers`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from urllib.parse import quote

import webencodings
from lxml.html import HtmlElement

from zancrawler.discovery.askable import askable, is_barred, joined
from zancrawler.discovery.credits import Agencies
from zancrawler.discovery.srcset import chosen, matches
from zancrawler.discovery.stylesheets import Wanted, wanted_by, wanted_by_style
from zancrawler.discovery.trackers import is_tracker
from zancrawler.markup import UnreadableMarkup, parse_html
from zancrawler.outlets import Outlet, Take

MAX_SOURCES = 50
"""Elements of a `<picture>` that are looked at for each image in it."""
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original", "data-lazy")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_BACKGROUNDS = ("background", "data-bg", "data-background", "data-background-image")
_PLAYABLE = ("image/webp", "image/avif", "image/jpeg", "image/png", "image/gif", "image/svg+xml")
_WIX_URI = re.compile(r"[\w.~-]{1,200}")


class RequisiteKind(StrEnum):
    """In the order in which they matter to how a page looks."""

    STYLESHEET = "stylesheet"
    IMAGE = "image"
    FONT = "font"
    SCRIPT = "script"


_PRELOADED = MappingProxyType(
    {
        "style": RequisiteKind.STYLESHEET,
        "image": RequisiteKind.IMAGE,
        "font": RequisiteKind.FONT,
        "script": RequisiteKind.SCRIPT,
    }
)
_ORDER = {kind: place for place, kind in enumerate(RequisiteKind)}


@dataclass(frozen=True, slots=True)
class Requisite:
    url: str
    """Absolute and percent-encoded, without fragment: what a browser asks for."""
    kind: RequisiteKind


def page_requisites(
    body: bytes, url: str, outlet: Outlet, charset: str | None = None
) -> tuple[Requisite, ...]:
    """What a page of the outlet needs and may be asked for: at most `[requisites] most_per_page`.

    What matters most to how it looks comes first. A page that cannot be read needs nothing.
    """
    if outlet.requisites.take is Take.NONE:
        return ()
    try:
        tree = _tree(body, charset)
    except UnreadableMarkup:
        return ()
    found: dict[str, Requisite] = {}
    for each in _wanted(tree, _base(tree, url), outlet):
        if each.url != url:
            found.setdefault(each.url, each)
    ordered = sorted(found.values(), key=lambda requisite: _ORDER[requisite.kind])
    return tuple(ordered[: outlet.requisites.most_per_page])


def left_out(
    asked: Collection[str], body: bytes, url: str, outlet: Outlet, charset: str | None = None
) -> frozenset[str]:
    """Which of the URLs that a page asked for are on purpose never captured: pictures that count
    its readers, those of agencies, trackers, and what the outlet's file leaves out.
    """
    by_rule = {each for each in asked if is_tracker(each) or is_barred(each, outlet)}
    try:
        tree = _tree(body, charset)
    except UnreadableMarkup:
        return frozenset(by_rule)
    base = _base(tree, url)
    named = {
        absolute
        for element in tree.iter()
        for written, _ in _named(element)
        if (absolute := joined(base, written.strip()))
    }
    if outlet.requisites.take is not Take.NONE:
        named -= {each.url for each in _wanted(tree, base, outlet)}
    return frozenset(by_rule | named & set(asked))


def stylesheet_requisites(
    body: bytes, url: str, outlet: Outlet, charset: str | None = None
) -> tuple[Requisite, ...]:
    """What a stylesheet needs in its turn, within the same bound as a page."""
    if outlet.requisites.take is Take.NONE:
        return ()
    found = (
        Requisite(named, RequisiteKind(wanted.kind.value))
        for wanted in wanted_by(body, charset)
        if (named := askable(wanted.url, url, outlet)) and named != url
    )
    return tuple(dict.fromkeys(found))[: outlet.requisites.most_per_page]


def redirected_requisite(location: str, url: str, outlet: Outlet) -> str | None:
    """Where a requisite has moved to, if that may be asked for."""
    return askable(location, url, outlet)


def _tree(body: bytes, charset: str | None) -> HtmlElement:
    """By the charsets that browsers know: Python has codecs that are none, and slow ones."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        known = webencodings.lookup(charset) if charset else None
        if known is None:
            return parse_html(body)
        body = known.codec_info.decode(body, "replace")[0].encode("utf-8", "replace")
    return parse_html(body, encoding="utf-8")


def _base(tree: HtmlElement, url: str) -> str:
    for element in tree.iter("base"):
        if href := element.get("href"):
            return joined(url, href) or url
    return url


def _wanted(tree: HtmlElement, base: str, outlet: Outlet) -> Iterator[Requisite]:
    """What may be asked for, in the order of the page; the same may come again."""
    agencies = Agencies(tuple(map(str.casefold, outlet.requisites.not_by)))
    theirs: set[str | None] = set()
    wanted: list[Requisite] = []
    for element in tree.iter():
        is_picture = element.tag in _READERS and element.tag not in ("link", "script", "style")
        if is_picture and _is_pixel(element):
            continue
        named = ((askable(written, base, outlet), kind) for written, kind in _named(element))
        if is_picture and agencies.own(element):
            theirs.update(url for url, _ in named)
        else:
            wanted += (Requisite(url, kind) for url, kind in named if url)
    # A preload or a thumbnail names an agency's picture without its name.
    return (each for each in wanted if each.url not in theirs)


def _named(element: HtmlElement) -> Iterator[tuple[str, RequisiteKind]]:
    """What an element names, as it is written."""
    if read := _READERS.get(element.tag):
        yield from read(element)
    if "url(" in (style := element.get("style") or ""):
        yield from _of_css(wanted_by_style(style))
    for name in _BACKGROUNDS:
        if value := element.get(name):
            yield from (
                _of_css(wanted_by_style(value))
                if "url(" in value
                else ((value, RequisiteKind.IMAGE),)
            )


def _of_link(element: HtmlElement) -> Iterator[tuple[str, RequisiteKind]]:
    rels = (element.get("rel") or "").lower().split()
    href = element.get("href") or ""
    if "stylesheet" in rels and "alternate" not in rels:
        if matches(element.get("media") or ""):
            yield href, RequisiteKind.STYLESHEET
    elif "icon" in rels:
        yield href, RequisiteKind.IMAGE
    elif "modulepreload" in rels:
        yield href, RequisiteKind.SCRIPT
    elif "preload" in rels and (kind := _PRELOADED.get((element.get("as") or "").lower())):
        yield href, kind
        if kind is RequisiteKind.IMAGE:
            for url in chosen(element.get("imagesrcset") or "", element.get("imagesizes") or ""):
                yield url, kind


def _of_script(element: HtmlElement) -> Iterator[tuple[str, RequisiteKind]]:
    if "nomodule" not in element.attrib:
        yield element.get("src") or "", RequisiteKind.SCRIPT


def _of_style(element: HtmlElement) -> Iterator[tuple[str, RequisiteKind]]:
    text = element.text or ""
    if "url(" in text or "@import" in text:
        yield from _of_css(wanted_by(text))


def _of_image(element: HtmlElement) -> Iterator[tuple[str, RequisiteKind]]:
    picture = next(element.iterancestors("picture"), None)
    written = () if picture is None else _of_picture(picture)
    for url in (*written, *_sets(element), *map(element.get, _SOURCES)):
        yield url or "", RequisiteKind.IMAGE


def _of_picture(picture: HtmlElement) -> Iterator[str]:
    """Of its first source that a browser of today can show."""
    # libxml2 takes what follows a source for its content.
    for source in islice(picture.iter(), MAX_SOURCES):
        if source.tag != "source":
            continue
        kind = (source.get("type") or "image/webp").lower()
        if kind in _PLAYABLE and matches(source.get("media") or ""):
            yield from _sets(source)
            return


def _sets(element: HtmlElement) -> Iterator[str]:
    sizes = element.get("sizes") or element.get("data-sizes") or ""
    for name in _SETS:
        if srcset := element.get(name):
            yield from chosen(srcset, sizes)


def _of_wow_image(element: HtmlElement) -> Iterator[tuple[str, RequisiteKind]]:
    """Wix names the uploaded file in JSON; it hangs on the host that serves its resized forms."""
    try:
        uri = json.loads(element.get("data-image-info") or "")["imageData"]["uri"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    if isinstance(uri, str) and _WIX_URI.fullmatch(uri):
        shown = next((image.get("src") or "" for image in element.iter("img")), "")
        before, found, _ = shown.partition(f"/media/{uri}")
        host = before if found else "https://static.wixstatic.com"
        yield f"{host}/media/{quote(uri)}", RequisiteKind.IMAGE


def _of_video(element: HtmlElement) -> Iterator[tuple[str, RequisiteKind]]:
    yield element.get("poster") or "", RequisiteKind.IMAGE


def _of_svg(element: HtmlElement) -> Iterator[tuple[str, RequisiteKind]]:
    for name in ("href", "xlink:href", "{http://www.w3.org/1999/xlink}href"):
        if (value := element.get(name)) and not value.startswith("#"):
            yield value, RequisiteKind.IMAGE


_READERS: MappingProxyType[object, Callable[[HtmlElement], Iterator[tuple[str, RequisiteKind]]]] = (
    MappingProxyType(
        {
            "link": _of_link,
            "script": _of_script,
            "style": _of_style,
            "img": _of_image,
            "wow-image": _of_wow_image,
            "video": _of_video,
            "use": _of_svg,
            "image": _of_svg,
        }
    )
)


def _of_css(wanted: Iterable[Wanted]) -> Iterator[tuple[str, RequisiteKind]]:
    for each in wanted:
        yield each.url, RequisiteKind(each.kind.value)


def _is_pixel(element: HtmlElement) -> bool:
    """A picture that nobody can see is there to count readers."""
    sizes = (element.get("width") or "", element.get("height") or "")
    return any(size.strip().removesuffix("px") in ("0", "1") for size in sizes)
