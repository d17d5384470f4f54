"""Full-text search over the articles, in Dari, Pashto and English."""

from zancrawler.search.finding import Hit, NoIndexError, Search
from zancrawler.search.index import Freshness, Index
from zancrawler.search.marks import Marked
from zancrawler.search.query import Query

__all__ = ["Freshness", "Hit", "Index", "Marked", "NoIndexError", "Query", "Search"]
