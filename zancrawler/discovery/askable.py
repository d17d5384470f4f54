"""Which URLs that a page names may be asked for: those of its outlet, and what is open to all.

Else a page could have us ask the machines around us, and keep what they say.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urldefrag, urljoin, urlsplit

from w3lib.url import safe_url_string

from zancrawler.discovery.trackers import is_tracker
from zancrawler.outlets import MAX_URL_LENGTH, Outlet, UrlKind, host_of, url_kind

_PRIVATE_NAMES = (".local", ".localhost", ".internal", ".intranet", ".lan", ".home.arpa", ".onion")
_PORTS = (None, 80, 443)
_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that anybody was given (RFC 4291, 2.4)."""
_CARRIERS = (
    (IPv6Network("::/96"), 0),  # IPv4-compatible, RFC 4291 2.5.5.1
    (IPv6Network("::ffff:0:0/96"), 0),  # IPv4-mapped, RFC 4291 2.5.5.2
    (IPv6Network("::ffff:0:0:0/96"), 0),  # IPv4-translated, RFC 2765 2.1
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64, RFC 6052 2.1
    (IPv6Network("2002::/16"), 80),  # 6to4, RFC 3056 2
)
"""Where an IPv6 address holds one of IPv4, and how many bits follow it."""


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
    there = (urlsplit(url).hostname or "").removesuffix(".")
    try:
        port = urlsplit(url).port
    except ValueError:
        return False
    if is_at_home(outlet):
        return _is_loopback(there)
    try:
        return is_open_to_all(ip_address(there)) and port in _PORTS
    except ValueError:
        # A name that ends in a number is an address in disguise: 127.1, 0x7f.0.0.1.
        is_name = "." in there and not there.rpartition(".")[2][:1].isdigit()
        return is_name and not there.endswith(_PRIVATE_NAMES) and port in _PORTS


def is_at_home(outlet: Outlet) -> bool:
    """Whether the outlet stands on this machine, as the newsroom does, and its pictures too."""
    return _is_loopback(urlsplit(outlet.home).hostname or "")


def may_be_reached(address: str, outlet: Outlet) -> bool:
    """Whether a connection may go to an address, for a host that is none of the outlet's."""
    if is_at_home(outlet):
        return _is_loopback(address)
    try:
        return is_open_to_all(ip_address(address))
    except ValueError:
        return False


def is_open_to_all(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is one host on the Internet, that anybody can ask (IANA's special registries).

    An address that holds one of IPv4 leads there, and is what that is.
    """
    if isinstance(address, IPv6Address):
        for network, after in _CARRIERS:
            if address in network:
                return is_open_to_all(IPv4Address(int(address) >> after & 0xFFFFFFFF))
        return address.is_global and address in _UNICAST
    return address.is_global and not address.is_multicast


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
