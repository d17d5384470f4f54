"""What discovery finds, in the ledger's words."""

from __future__ import annotations

from collections.abc import Iterable

from zancrawler.discovery import Advert
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
