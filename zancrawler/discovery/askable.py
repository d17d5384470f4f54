"""Which URLs that a page names may be asked for: those of its outlet, and what is open to all.

Else a page could have us ask the machines around us, and keep what they say.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urldefrag, urljoin, urlsplit

from w3lib.url import safe_url_string

from zancrawler.discovery.trackers import is_tracker
from zancrawler.outlets import MAX_URL_LENGTH, Outlet, UrlKind, host_of, url_kind

_PRIVATE_NAMES = (".local", ".localhost", ".internal", ".intranet", ".lan", ".home.arpa", ".onion")
_PORTS = (None, 80, 443)


def askable(written: str, base: str, outlet: Outlet) -> str | None:
    """The URL to ask for; None for what is none, or may not be asked for."""
    written = written.strip()
    if not written or len(written) > MAX_URL_LENGTH or written.startswith(("#", "data:", "blob:")):
        return None
    url = joined(base, written)
    if url is None or len(url) > MAX_URL_LENGTH or is_tracker(url) or not _is_public(url, outlet):
        return None
    if is_barred(url, outlet):
        return None
    # A hostile page could pass its outlet's articles off as pictures.
    return None if url_kind(url, outlet) in (UrlKind.ARTICLE, UrlKind.LISTING) else url


def is_barred(url: str, outlet: Outlet) -> bool:
    """Whether the outlet's file leaves it out."""
    return any(pattern.search(url) for pattern in outlet.requisites.leave_out)


def joined(base: str, written: str) -> str | None:
    """An absolute http or https URL without fragment; None for what is none."""
    try:
        url = safe_url_string(urldefrag(urljoin(base, written)).url)
        parts = urlsplit(url)
        is_askable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except (ValueError, UnicodeError):
        return None
    return url if is_askable and "@" not in parts.netloc else None


def _is_public(url: str, outlet: Outlet) -> bool:
    """Whether it is on a host of the outlet, or on one that anybody on the Internet can ask."""
    if host_of(url) in outlet.domains:
        return True
    here, there = urlsplit(outlet.home).hostname or "", urlsplit(url).hostname or ""
    try:
        port = urlsplit(url).port
    except ValueError:
        return False
    if is_loopback(here):
        return is_loopback(there)
    try:
        return ip_address(there).is_global and port in _PORTS
    except ValueError:
        # A name that ends in a number is an address in disguise: 127.1, 0x7f.0.0.1.
        is_name = "." in there and not there.rpartition(".")[2][:1].isdigit()
        return is_name and not there.endswith(_PRIVATE_NAMES) and port in _PORTS


def is_loopback(host: str) -> bool:
    """Whether an address, or the name `localhost`, is this machine's own."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
