"""Names as the crawl connects to them: the outlet's own hosts, and else what is open to all.

A name server can say one address when it is asked whether a host is open (`strangers`) and another
when the connection is made, so the address that is connected to is looked at as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from zancrawler.discovery.askable import may_be_reached
from zancrawler.spiders.outlet import OutletSpider


class GuardedResolver(CachingThreadedResolver):
    """For Scrapy's TWISTED_DNS_RESOLVER. Literal addresses go through it too."""

    _process: Any

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        # There is one resolver for all crawls of a process, and it is the process that is given.
        resolver._process = crawler
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802
        return super().getHostByName(name, timeout).addCallback(self._checked, name.lower())

    def _checked(self, address: str, name: str) -> str:
        if not self._may_connect(address, name):
            raise DNSLookupError(f"{name} is at {address}, which may not be asked")
        return address

    def _may_connect(self, address: str, name: str) -> bool:
        spiders = list(self._spiders())
        own = (domain for spider in spiders for domain in spider.outlet.domains)
        # A proxy of the user's, as Scrapy takes it from the environment, may be on this machine.
        proxies = (url.rpartition("//")[2] for url in getproxies().values())
        if any(name == urlsplit(f"//{host}").hostname for host in (*own, *proxies)):
            return True
        return all(
            not spider.knows_hosts or may_be_reached(address, spider.outlet) for spider in spiders
        )

    def _spiders(self) -> Iterator[OutletSpider]:
        for crawler in self._process.crawlers:
            if isinstance(crawler.spider, OutletSpider):
                yield crawler.spider
