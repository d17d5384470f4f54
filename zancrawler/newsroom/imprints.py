"""The newsroom's outlets by name: how the site of each is built, and what serves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from zancrawler.newsroom import drupal, mirror, nextjs, pangea, plain, wix, wordpress
from zancrawler.newsroom.cases import Case
from zancrawler.newsroom.edition import Edition
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.site import Site


@dataclass(frozen=True, slots=True)
class Imprint:
    build: Callable[[Masthead, Edition, str, tuple[Case, ...]], Site]
    """From its masthead, the day's edition, the site's base URL and its awkward cases."""
    software: str
    """What the server calls itself."""


IMPRINTS: Mapping[str, Imprint] = MappingProxyType(
    {
        wix.NAME: Imprint(wix.Wix, "Pepyaka"),
        wordpress.NAME: Imprint(wordpress.WordPress, "Apache"),
        wordpress.NEWSPAPER: Imprint(wordpress.newspaper, "LiteSpeed"),
        drupal.NAME: Imprint(drupal.Drupal, "Apache"),
        nextjs.NAME: Imprint(nextjs.Nextjs, "nginx"),
        mirror.NAME: Imprint(mirror.Mirror, "UploadServer"),
        pangea.NAME: Imprint(pangea.Pangea, "nginx"),
        plain.NAME: Imprint(plain.Plain, "Apache/1.3.42 (Unix)"),
    }
)
DEFAULT = (wix.NAME, wordpress.NAME)
"""The two that live through sixty days. The rest keep to their first."""
