"""What discovery finds, in the ledger's words."""

from __future__ import annotations

from collections.abc import Iterable

from zancrawler.discovery import Advert, Via
from zancrawler.ledger import Advertisement, Kind
from zancrawler.outlets import Outlet, UrlKind, canonical_url, url_kind


def advertisements(adverts: Iterable[Advert], outlet: Outlet) -> list[Advertisement]:
    """Discovery's adverts in the ledger's words: canonical, and only what may be asked for."""
    return [
        Advertisement(
            url=canonical_url(advert.url, outlet),
            source=advert.source,
            via=advert.via.value,
            kind=Kind.ARTICLE,
            title=advert.title,
            lastmod=advert.lastmod,
        )
        for advert in adverts
        if url_kind(advert.url, outlet) is UrlKind.ARTICLE
    ]


def further_sources(follow: Iterable[Advert], outlet: Outlet) -> list[Advertisement]:
    """More documents of the same kind: child sitemaps, and next pages of anything else."""
    return [
        Advertisement(
            url=canonical_url(advert.url, outlet),
            source=advert.source,
            via=advert.via.value,
            kind=Kind.SITEMAP if advert.via is Via.SITEMAP else Kind.NEXT_PAGE,
            lastmod=advert.lastmod,
        )
        for advert in follow
        if url_kind(advert.url, outlet) is not UrlKind.FOREIGN
    ]
