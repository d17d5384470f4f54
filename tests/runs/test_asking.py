"""What the spider asks for, and how."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from scrapy.core.downloader import Slot
from scrapy.http import Request, Response
from scrapy.settings import Settings

from zancrawler.ledger import Kind, Ledger, Outcome, State
from zancrawler.outlets import Outlet, Sources
from zancrawler.spiders.outlet import OutletSpider
from zancrawler.spiders.politeness import PolitenessMiddleware

FEED = "https://zan.example/feed"


class Zan(OutletSpider):
    name = "zan"
    outlet = Outlet(
        name="zan",
        title="Zan",
        home="https://zan.example/",
        domains=("zan.example",),
        platform="plain",
        languages=("fa",),
        sources=Sources(feeds=(FEED,)),
        articles=(),
    )


def first_request(ledger: Ledger) -> Request:
    async def ask() -> Request:
        return await anext(spider.start())

    spider = Zan()
    spider.settings = Settings()
    spider.ledger = ledger
    return asyncio.run(ask())


@pytest.mark.parametrize(("looks", "conditional"), [(1, True), (8, True), (9, False), (10, True)])
def test_every_tenth_look_at_a_source_wants_the_whole_answer(
    tmp_path: Path, looks: int, conditional: bool
) -> None:
    at = datetime.now(UTC) - timedelta(days=30)
    seen = Outcome(FEED, at, State.CAPTURED, kind=Kind.FEED, etag='"1"')
    article = Outcome("https://zan.example/a", at, State.CAPTURED, kind=Kind.ARTICLE)
    with Ledger(tmp_path / "zan.sqlite") as ledger:
        ledger.record([article] + [seen] * looks)
        assert ("If-None-Match" in first_request(ledger).headers) is conditional


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_crawl_delay_is_kept_to_the_second(mark: bytes) -> None:
    slot = Slot(1, 0.1, 0.5)
    manners = PolitenessMiddleware(
        SimpleNamespace(  # type: ignore[arg-type]
            spider=None,
            settings=Settings({"USER_AGENT": "zancrawler"}),
            engine=SimpleNamespace(downloader=SimpleNamespace(slots={"zan.example": slot})),
        )
    )
    robots = "https://zan.example/robots.txt"
    asked = Request(robots, meta={"download_slot": "zan.example"})
    answer = Response(robots, body=mark + b"User-agent: *\nCrawl-delay: 2\n")
    asyncio.run(manners.process_response(asked, answer))
    assert {slot.download_delay() for _ in range(9)} == {2.0}
