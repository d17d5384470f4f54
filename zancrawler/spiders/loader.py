"""Every outlet is a spider: `scrapy list` and `scrapy crawl NAME` over one spider class."""

from __future__ import annotations

import builtins
from pathlib import Path

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from zancrawler.outlets import Catalogue, UnknownOutletError
from zancrawler.spiders.outlet import OutletSpider


class OutletSpiderLoader:
    """Scrapy's SPIDER_LOADER_CLASS over the catalogue, and over the folder ZANCRAWLER_OUTLETS."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> OutletSpiderLoader:
        own = settings.get("ZANCRAWLER_OUTLETS")
        return cls(Catalogue.open(Path(own) if own else None))

    def load(self, spider_name: str) -> type[Spider]:
        """A spider class for the outlet. Raises KeyError, as Scrapy expects, if there is none."""
        try:
            outlet = self.catalogue.get(spider_name)
        except UnknownOutletError as error:
            raise KeyError(str(error)) from error
        return type("OutletSpider", (OutletSpider,), {"name": outlet.name, "outlet": outlet})

    def find_by_request(self, request: Request) -> builtins.list[str]:
        outlet = self.catalogue.of_url(request.url)
        return [outlet.name] if outlet else []

    def list(self) -> builtins.list[str]:
        return self.catalogue.names()
