"""A crawl leaves an index behind, and a rebuild makes it again."""

from __future__ import annotations

from crawled_newsroom import Crawled

from zancrawler.runs.rebuild import rebuild_index
from zancrawler.search import Freshness, Index, Search


def test_what_was_crawled_can_be_searched(crawled: Crawled) -> None:
    assert crawled.archive.search_index.exists()
    hits = Search(crawled.archive).find("میروند")
    assert [hit.title.text for hit in hits] == ["شیشه‌گر شهر کهنه هنوز آبی می‌سازد"]
    assert (crawled.archive.root / hits[0].warc_filename).exists()


def test_a_rebuild_makes_the_index_again(crawled: Crawled) -> None:
    crawled.archive.search_index.write_bytes(b"")
    rebuild_index(crawled.archive)
    assert Index(crawled.archive).refresh(seconds=0) is Freshness.CURRENT
    assert Search(crawled.archive).find("snow leopard")
