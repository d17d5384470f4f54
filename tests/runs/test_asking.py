"""What the spider asks for, and how, before any answer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scrapy.http import Request
from scrapy.settings import Settings

from zancrawler.ledger import Kind, Ledger, Outcome, State
from zancrawler.outlets import Outlet, Sources
from zancrawler.spiders.outlet import OutletSpider

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
