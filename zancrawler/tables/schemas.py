"""The six tables by name."""

from __future__ import annotations

from zancrawler.tables.articles import ARTICLES, VERSIONS
from zancrawler.tables.captures import CAPTURES
from zancrawler.tables.columns import Table
from zancrawler.tables.coverage import COVERAGE, CRAWLS
from zancrawler.tables.stories import STORIES

TABLES: tuple[Table, ...] = (ARTICLES, VERSIONS, CAPTURES, COVERAGE, CRAWLS, STORIES)
