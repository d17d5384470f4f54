"""The site's hosts: which belong together, and what an outlet on them may be called."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

import tldextract

from zancrawler.outlets import host_of


@cache
def _domains() -> tldextract.TLDExtract:
    """The public suffix list that the package ships: nothing is fetched, nothing is cached."""
    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())


def same_owner(url: str, other: str) -> bool:
    """Whether both are below one name that somebody registered (publicsuffix.org), or one host."""
    registered = _domains()(url).top_domain_under_public_suffix
    if not registered:
        return host_of(url) == host_of(other)
    return registered == _domains()(other).top_domain_under_public_suffix


def name_for(url: str) -> str:
    """A name for the outlet: `zantimes` for zantimes.com, `da-azadiradio` for da.azadiradio.com.

    Where an outlet is a section of a larger site, the section's name too: `bbc-pashto`.
    """
    parts, found = urlsplit(url), _domains()(url)
    host = found.domain if found.suffix else host_of(url)
    subdomain = "" if found.subdomain == "www" else found.subdomain.removeprefix("www.")
    words = [subdomain, host, parts.path]
    return re.sub(r"[^a-z0-9]+", "-", "-".join(filter(None, words)).lower()).strip("-")[:40]
