"""Asks URLs as the spider of one outlet does, in a process of its own, and says what came of it.

`asking_names.py JOB`: JSON with `home`, `domains`, `archive`, `urls` and, of a name server that
says one thing and then another, its `first` answers.
"""

from __future__ import annotations

import json
import socket
import sys

from zancrawler.outlets import Outlet, Politeness
from zancrawler.runs.learning.spiders import spider_for
from zancrawler.runs.process import crawler_process
from zancrawler.spiders.outlet import OutletSpider

said = []


class Asker(OutletSpider):
    urls = ()

    @classmethod
    def update_settings(cls, settings):
        super().update_settings(settings)
        settings.set("EXTENSIONS", {}, priority="spider")

    async def start(self):
        from scrapy import Request

        for url in self.urls:
            try:
                found = await self.crawler.engine.download_async(Request(url))
                said.append(found.status)
            except Exception as error:
                said.append(f"{type(error).__name__}: {error}")
        return
        yield


def main():
    job = json.loads(sys.argv[1])
    if first := job.get("first"):
        known = socket.getaddrinfo

        def getaddrinfo(host, port, *args, **kwargs):
            return known(first.get(host, host), port, *args, **kwargs)

        socket.getaddrinfo = getaddrinfo
    outlet = Outlet(
        name="asker",
        title="Asker",
        home=job["home"],
        domains=tuple(job["domains"]),
        languages=("en",),
        platform="plain",
        articles=(),
        politeness=Politeness(delay=0),
    )
    process = crawler_process({"ZANCRAWLER_ARCHIVE": job["archive"], "RETRY_TIMES": "0"})
    process.crawl(spider_for(outlet, type("Asker", (Asker,), {"urls": job["urls"]})))
    process.start()
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
