"""Whether a crawl is coming to its end."""

from __future__ import annotations

from scrapy.crawler import Crawler


def is_closing(crawler: Crawler) -> bool:
    """Once Scrapy has begun to close it waits for what is under way: nothing may be begun."""
    slot = crawler.engine._slot if crawler.engine else None
    return slot is None or slot.closing is not None
