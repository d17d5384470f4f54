"""From the bytes of feeds, sitemaps, listings, APIs and pages to the URLs they advertise."""

from zancrawler.discovery.advert import Advert, Discovered, UnreadableSource, Via
from zancrawler.discovery.apis import read_api
from zancrawler.discovery.feeds import read_feed
from zancrawler.discovery.links import Link, PageLinks, page_links
from zancrawler.discovery.listings import Walk, read_listing
from zancrawler.discovery.sitemaps import read_robots, read_sitemap

__all__ = [
    "Advert",
    "Discovered",
    "Link",
    "PageLinks",
    "UnreadableSource",
    "Via",
    "Walk",
    "page_links",
    "read_api",
    "read_feed",
    "read_listing",
    "read_robots",
    "read_sitemap",
]
