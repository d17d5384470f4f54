"""The spiders of a look: they ask one thing after another, and keep what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy.http import Request
from scrapy.settings import BaseSettings

from zancrawler.archive import ArchiveError
from zancrawler.outlets import Outlet
from zancrawler.runs.checks import PURPOSE, Check
from zancrawler.runs.learning.fronts import ProbeError
from zancrawler.runs.learning.learnt import Learnt
from zancrawler.runs.learning.probe import probe
from zancrawler.runs.learning.site import Site
from zancrawler.runs.learning.trial import try_outlet
from zancrawler.spiders.outlet import OutletSpider

_NO_RUN = {"zancrawler.runs.extension.RunExtension": None}


class ProbeSpider(OutletSpider):
    """Learns a site of which `outlet` says no more than where it is.

    It has no run around it (`RunExtension`): what it captures is derived when its outlet is known.
    """

    purpose = PURPOSE
    knows_hosts = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.result: Learnt | ArchiveError = ProbeError(
            f"the look at {self.outlet.home} was cut short; try again"
        )
        self.requests = 0

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        extensions = settings.getdict("EXTENSIONS") | _NO_RUN
        settings.set("EXTENSIONS", extensions, priority="spider")

    async def start(self) -> AsyncIterator[Request]:
        site = Site(self, self.outlet.domains)
        try:
            self.result = await probe(site, self.outlet.home, self.outlet.name)
        except ArchiveError as error:
            self.result = error
        self.requests = site.requests
        return
        yield  # This makes it the asynchronous iterator that Scrapy wants.


class CheckSpider(OutletSpider):
    """Looks whether an outlet's file holds."""

    purpose = PURPOSE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.result: Check | None = None

    async def start(self) -> AsyncIterator[Request]:
        crawl_id = self.settings["ZANCRAWLER_CRAWL_ID"]
        self.result = await try_outlet(Site(self, self.outlet.domains), self.outlet, crawl_id)
        return
        yield  # This makes it the asynchronous iterator that Scrapy wants.


def spider_for(outlet: Outlet, kind: type[OutletSpider]) -> type[OutletSpider]:
    """As the loader makes one for a crawl."""
    return type(kind.__name__, (kind,), {"name": outlet.name, "outlet": outlet})
