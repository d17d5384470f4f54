"""Plain Scrapy: fetches every page of the site's sitemap, and keeps nothing."""

from __future__ import annotations

import sys

import scrapy
from scrapy.crawler import AsyncCrawlerProcess


class Plain(scrapy.Spider):
    name = "plain"

    async def start(self):
        yield scrapy.Request(self.home + "/sitemap.xml", self.parse_sitemap)

    def parse_sitemap(self, response):
        for loc in response.xpath("//*[local-name()='loc']/text()").getall():
            yield scrapy.Request(loc, self.parse_page)

    def parse_page(self, response):
        return None


def main(home: str) -> None:
    process = AsyncCrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "CONCURRENT_REQUESTS": 1,
            "TELNETCONSOLE_ENABLED": False,
            "EXTENSIONS": {"scrapy.extensions.remote_control.RemoteControl": None},
        }
    )
    process.crawl(Plain, home=home)
    process.start()


if __name__ == "__main__":
    main(sys.argv[1])
