"""How long a run waits for a server that asks it to."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest
from scrapy.core.engine import ExecutionEngine
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler

from zancrawler.outlets import parse_outlet
from zancrawler.spiders import politeness
from zancrawler.spiders.outlet import OutletSpider
from zancrawler.spiders.politeness import MAX_RETURNS, PolitenessMiddleware

OUTLET = parse_outlet(
    "tester",
    """
title = "Tester"
home = "https://example.org/"
domains = ["example.org"]
languages = ["en"]
platform = "plain"
""",
    where="the test",
)


class Spider(OutletSpider):
    name = "tester"
    outlet = OUTLET


class Engine:
    """In the place of Scrapy's, which has begun nothing here."""

    downloader = SimpleNamespace(slots={})
    closed: str | None = None

    async def close_spider_async(self, *, reason: str) -> None:
        self.closed = reason


@pytest.fixture
def middleware() -> PolitenessMiddleware:
    crawler = get_crawler(Spider)
    crawler.engine = cast(ExecutionEngine, Engine())
    crawler.spider = Spider.from_crawler(crawler)
    return PolitenessMiddleware.from_crawler(crawler)


def answered(
    middleware: PolitenessMiddleware, request: Request, wait: int = 1, status: int = 503
) -> Request | Response:
    response = Response(request.url, status, {"Retry-After": str(wait)})
    return asyncio.run(middleware.process_response(request, response))


def tripped(middleware: PolitenessMiddleware) -> str | None:
    spider = middleware.crawler.spider
    assert isinstance(spider, OutletSpider)
    return spider.breaker.tripped


@pytest.mark.parametrize("status", [429, 503])
def test_it_comes_back_a_few_times_and_is_not_asked_again_by_others(
    middleware: PolitenessMiddleware, status: int
) -> None:
    request: Request | Response = Request("https://example.org/1")
    for _ in range(MAX_RETURNS):
        assert isinstance(request, Request)
        request = answered(middleware, request, 0, status)
        assert isinstance(request, Request)
        assert "dont_retry" not in request.meta
    assert isinstance(request, Request)
    assert isinstance(answered(middleware, request, 0, status), Response)
    assert request.meta["dont_retry"]
    assert tripped(middleware) is None


def test_a_run_waits_for_so_long_in_all(
    middleware: PolitenessMiddleware, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(politeness, "MAX_WAITS", 2)
    for number in range(3):
        assert tripped(middleware) is None
        answered(middleware, Request(f"https://example.org/{number}"))
    assert tripped(middleware) == "it asks us to wait again and again, 3 seconds"


def test_a_busy_server_gives_no_rules(middleware: PolitenessMiddleware) -> None:
    request = Request("https://example.org/robots.txt", meta={"returns": MAX_RETURNS})
    assert isinstance(answered(middleware, request, 0), Response)
    assert tripped(middleware) == "robots.txt answers 503"
