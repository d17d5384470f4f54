"""The tables: schemas, the commit, versions, reading. The WARC is the record; these are views."""

from zancrawler.tables.articles import Access, Status
from zancrawler.tables.chunks import SchemaMismatchError
from zancrawler.tables.commit import Outcome, Recall, Tables
from zancrawler.tables.schemas import TABLES

__all__ = ["TABLES", "Access", "Outcome", "Recall", "SchemaMismatchError", "Status", "Tables"]
