"""What is withdrawn comes back as it was: each row from the record that it names."""

from __future__ import annotations

from pathlib import Path

from table_rows import OUTLET, capture, sighting, tables_of, url

from zancrawler.archive import Archive
from zancrawler.tables import Access, Tables
from zancrawler.tables.withdrawal import look_of, redact, restore


def test_another_look_at_the_same_text_does_not_take_its_place(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    pages = [capture(number, url("a")) for number in range(2)]
    seen = [
        sighting(page, authors=names)
        for page, names in zip(pages, (["ز. احمدی"], ["Zan News"]), strict=True)
    ]
    Tables(archive, OUTLET).commit(pages, seen)
    before = tables_of(archive)
    redact(archive, OUTLET, [seen[0]["article_id"]])
    assert tables_of(archive)["versions"][0]["authors"] is None
    looks = {look_of(row): row for row in reversed(seen)}
    restore(archive, OUTLET, seen[0]["article_id"], looks, Access.OPEN)
    assert tables_of(archive) == before
