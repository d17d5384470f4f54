"""A site that is asked a few things, one after another: politely, into the WARC, within bounds."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Request, Response

from zancrawler.capture.signals import exchange_captured
from zancrawler.discovery.advert import absolute_url
from zancrawler.discovery.blocks import blocked
from zancrawler.headers import first
from zancrawler.outlets import host_of
from zancrawler.spiders.gathering import NO_ANSWER
from zancrawler.spiders.headers import headers_of
from zancrawler.spiders.outlet import MAX_HOPS, OutletSpider

MAX_REQUESTS = 40
"""Of one look at a site: enough for every source and ten articles of all sites that were tried."""
MAX_BYTES = 16_000_000
"""Of one answer. Pages reach 1.4 MB; of a larger sitemap its children say as much."""
MAX_TOTAL = 100_000_000
"""Bytes of all answers together."""
MAX_SECONDS = 1_200.0
"""Of one look: 40 requests at the longest Crawl-delay of ordinary sites, some 20 seconds."""


class Refusal(StrEnum):
    """Why an address gave nothing that can be read."""

    ROBOTS = "robots"
    """robots.txt forbids it to us."""
    BLOCKED = "blocked"
    """A wall stands there, or so many did that the site is left alone."""
    ELSEWHERE = "elsewhere"
    """It leads to another host; `Answer.url` says where."""
    UNREACHABLE = "unreachable"
    HTTP = "http"
    """An error status."""
    TOO_LARGE = "too large"
    BOUND = "bound"
    """Not asked: enough was asked already."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address gave, at the end of its redirects."""

    asked: str
    url: str
    at: datetime
    """Aware, UTC."""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    """Its content encoding undone."""
    refusal: Refusal | None = None
    reason: str = ""
    """A few words: `http-404`, `cloudflare-challenge`, `DownloadTimeoutError`."""

    def header(self, name: str) -> str:
        """Its first value, or nothing."""
        return first(self.headers, name)


class Site:
    """Asks through a spider's engine: its delay, its robots.txt, its capture.

    Nothing is asked for twice, and nothing of a host that is not among `hosts`.
    """

    def __init__(self, spider: OutletSpider, hosts: tuple[str, ...]) -> None:
        self.spider = spider
        self.hosts = set(hosts)
        self.requests = 0
        """All that went over the wire: robots.txt, redirects and second tries too."""
        self._bytes = 0
        self._until = time.monotonic() + MAX_SECONDS
        self._answers: dict[str, Answer] = {}
        spider.crawler.signals.connect(self._captured, exchange_captured)
        spider.crawler.signals.connect(self._received, signals.response_received)

    def _captured(self) -> None:
        self.requests += 1

    def _received(self, response: Response, request: Request) -> None:
        """robots.txt is asked for by Scrapy's own middleware: its answer is kept for `known`."""
        url = request.meta.get("redirect_urls", [request.url])[0]
        if urlsplit(url).path == "/robots.txt":
            answer = Answer(url, response.url, datetime.now(UTC))
            self._answers[url] = self._judged(answer, response)

    @property
    def left(self) -> int:
        return MAX_REQUESTS - self.requests

    async def get(self, url: str) -> Answer:
        """Never raises for what a site does. Raises CaptureError when nothing can be captured."""
        if url not in self._answers:
            answer = await self._follow(url)
            self._answers[url] = answer
            self._answers.setdefault(answer.url, answer)
        return self._answers[url]

    def known(self, url: str) -> Answer | None:
        """What was asked for already."""
        return self._answers.get(url)

    async def _follow(self, url: str) -> Answer:
        here = url
        for _ in range(MAX_HOPS + 1):
            answer = replace(await self._ask(here), asked=url)
            if answer.refusal or not 300 <= (answer.status or 0) < 400:
                return answer
            target = absolute_url(answer.header("location"), here)
            if target is None:
                return _refused(answer, Refusal.HTTP, f"http-{answer.status} to nowhere")
            if host_of(target) not in self.hosts:
                return _refused(replace(answer, url=target), Refusal.ELSEWHERE, host_of(target))
            if target in self._answers:
                return replace(self._answers[target], asked=url)
            here = target
        return _refused(answer, Refusal.HTTP, "too many redirects")

    async def _ask(self, url: str) -> Answer:
        answer = Answer(url, url, datetime.now(UTC))
        if self.left <= 0 or self._bytes >= MAX_TOTAL or time.monotonic() > self._until:
            return _refused(answer, Refusal.BOUND, "enough was asked already")
        request = Request(
            url,
            meta={
                "handle_httpstatus_all": True,
                "dont_redirect": True,
                "download_maxsize": MAX_BYTES,
                "max_retry_times": 1,
            },
            dont_filter=True,
        )
        try:
            assert self.spider.crawler.engine is not None
            response = await self.spider.crawler.engine.download_async(request)
        except IgnoreRequest:
            if tripped := self.spider.breaker.tripped:
                gone = self.spider.breaker.is_unreachable
                return _refused(answer, Refusal.UNREACHABLE if gone else Refusal.BLOCKED, tripped)
            return _refused(answer, Refusal.ROBOTS, "robots.txt")
        except DownloadCancelledError:
            return _refused(answer, Refusal.TOO_LARGE, f"more than {MAX_BYTES:,} bytes")
        except NO_ANSWER as error:
            return _refused(answer, Refusal.UNREACHABLE, type(error).__name__)
        self._bytes += len(response.body)
        return self._judged(replace(answer, at=datetime.now(UTC)), response)

    def _judged(self, answer: Answer, response: Response) -> Answer:
        answer = replace(
            answer, status=response.status, headers=headers_of(response), body=response.body
        )
        self.spider.breaker.note(response)
        if wall := blocked(response.status, answer.headers, response.body):
            return _refused(answer, Refusal.BLOCKED, wall)
        if response.status >= 400:
            return _refused(answer, Refusal.HTTP, f"http-{response.status}")
        return answer


def _refused(answer: Answer, refusal: Refusal, reason: str) -> Answer:
    return replace(answer, refusal=refusal, reason=reason)


def origin_of(url: str) -> str:
    """Scheme and host, without a slash."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
