"""Embeds: other people's posts, videos and sounds that an article shows within its text.

They are kept apart from the text, which holds the words of the outlet's own page: marks within it
would count as words, and a post's words come from a script that no capture of the page holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from zancrawler.extraction.article import Embed, EmbedKind
from zancrawler.extraction.links import absolute
from zancrawler.outlets import ArticleRules

MAX_EMBEDS = 100

_HOSTS = {
    EmbedKind.POST: "twitter.com x.com instagram.com t.me threads.net bsky.app reddit.com",
    EmbedKind.VIDEO: "youtube.com youtube-nocookie.com youtu.be vimeo.com dailymotion.com"
    " aparat.com tiktok.com rumble.com brightcove.net jwplayer.com",
    EmbedKind.AUDIO: "soundcloud.com spotify.com anchor.fm podcasts.apple.com castbox.fm",
}
_KIND_OF_HOST = {host: kind for kind, hosts in _HOSTS.items() for host in hosts.split()}
_UNSEEN = (
    *("googletagmanager.com", "doubleclick.net", "googlesyndication.com", "recaptcha.net"),
    *("googleadservices.com", "accounts.google.com", "disqus.com"),
)
"""Hosts of frames that show a reader nothing of the story."""
_SOURCES = ("data-orig-src", "data-lazy-src", "data-src", "src")


def embeds_of(body: HtmlElement | None, rules: ArticleRules | None, base: str) -> tuple[Embed, ...]:
    """Those within the article's element, each once, in order."""
    if body is None:
        return ()
    dropped = {e for s in (rules.drop if rules else ()) for e in body.cssselect(s)}
    found: dict[str, Embed] = {}
    for kind, address, element in _embeds(body):
        url = absolute(address, base)
        if url is None or not dropped.isdisjoint((element, *element.iterancestors())):
            continue
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        if not host.endswith(_UNSEEN):
            found.setdefault(url, Embed(kind or _kind(url, host), url))
    return tuple(islice(found.values(), MAX_EMBEDS))


def _embeds(body: HtmlElement) -> Iterator[tuple[EmbedKind | None, str, HtmlElement]]:
    """The kind where the element tells it, the address as it stands, and the element."""
    for element in body.iter(
        "iframe", "amp-iframe", "embed", "video", "audio", "blockquote", "div"
    ):
        tag, names = element.tag, f" {element.get('class', '')} "
        if tag in ("iframe", "amp-iframe", "embed"):
            if address := next(filter(None, map(element.get, _SOURCES)), None):
                yield None, address, element
        elif tag in ("video", "audio"):
            kind = EmbedKind.VIDEO if tag == "video" else EmbedKind.AUDIO
            places = (element, *element.iter("source"))
            if address := next(
                (a for e in places if (a := e.get("src") or e.get("data-src"))), None
            ):
                yield kind, address, element
        elif " twitter-tweet " in names or " twitter-video " in names:
            # The last link is the post's own, its date; those before it stand in its words.
            if links := [a.get("href", "") for a in element.iter("a")]:
                yield EmbedKind.POST, links[-1], element
        elif address := element.get("data-instgrm-permalink"):
            yield EmbedKind.POST, address, element
        elif " tiktok-embed " in names and (address := element.get("cite")):
            yield EmbedKind.VIDEO, address, element
        elif (" fb-post " in names or " fb-video " in names) and (
            address := element.get("data-href")
        ):
            yield EmbedKind.POST if " fb-post " in names else EmbedKind.VIDEO, address, element
        elif " wp-block-embed__wrapper " in names:
            # WordPress leaves the bare address where it could not fetch the frame.
            address = (element.text or "").strip()
            if address.startswith("http"):
                yield None, address, element


def _kind(url: str, host: str) -> EmbedKind:
    if host.endswith("facebook.com"):
        return EmbedKind.VIDEO if "video" in url else EmbedKind.POST
    labels = host.split(".")
    for start in range(len(labels) - 1):
        if kind := _KIND_OF_HOST.get(".".join(labels[start:])):
            return kind
    return EmbedKind.FRAME
