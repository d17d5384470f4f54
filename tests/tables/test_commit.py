"""The commit: new, changed and unchanged articles, chunks, standing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from table_rows import OUTLET, START, TEXT, capture, sighting, tables_of, url, warc

from zancrawler.archive import Archive
from zancrawler.tables import Access, Outcome, Status, Tables, read


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def test_a_sighting_becomes_a_row_that_points_to_its_record(archive: Archive) -> None:
    seen = capture(0, url("a"))
    outcomes = Tables(archive, OUTLET).commit([seen], [sighting(seen)])
    assert outcomes == (Outcome.NEW,)
    (row,) = read.open(archive).articles().to_pylist()
    assert row["text"] == TEXT and "\u200c" in row["text"]
    assert (row["version"], row["n_versions"]) == (1, 1)
    assert row["first_seen"] == row["last_seen"] == row["fetch_time"] == START
    assert (row["warc_filename"], row["warc_record_offset"]) == (warc(), 100)
    assert (row["outlet"], row["status"], row["access"]) == (OUTLET, "live", "open")
    assert row["images"][0]["credit"] == "AFP"


def test_the_same_text_moves_last_seen_and_nothing_else(archive: Archive) -> None:
    tables = Tables(archive, OUTLET)
    first, second = capture(0, url("a")), capture(1, url("a"))
    tables.commit([first], [sighting(first)])
    before = read.open(archive).article(url("a"))
    assert tables.commit([second], [sighting(second)]) == (Outcome.UNCHANGED,)
    after = read.open(archive).article(url("a"))
    assert before and after
    assert after.pop("last_seen") == before.pop("last_seen") + timedelta(hours=1)
    assert after == before
    assert read.open(archive).versions().num_rows == 1


def test_another_text_is_another_version(archive: Archive) -> None:
    tables = Tables(archive, OUTLET)
    captures = [capture(n, url("a")) for n in range(3)]
    texts = ["یک", "دو", "درې"]
    outcomes = tables.commit(
        captures, [sighting(c, t) for c, t in zip(captures, texts, strict=True)]
    )
    assert outcomes == (Outcome.NEW, Outcome.CHANGED, Outcome.CHANGED)
    versions = read.open(archive).versions().to_pylist()
    assert [(v["version"], v["text"]) for v in versions] == [(1, "یک"), (2, "دو"), (3, "درې")]
    article = read.open(archive).article(versions[0]["article_id"])
    assert article
    assert (article["version"], article["n_versions"], article["text"]) == (3, 3, "درې")
    assert article["warc_record_offset"] == 2100
    assert article["first_seen"] == START


def test_a_text_that_comes_back_is_shown_and_adds_no_version(archive: Archive) -> None:
    captures = [capture(n, url("a")) for n in range(3)]
    texts = ["یک", "دو", "یک"]
    sightings = [sighting(c, t) for c, t in zip(captures, texts, strict=True)]
    for reopened, (one, seen) in enumerate(zip(captures, sightings, strict=True)):
        outcomes = Tables(archive, OUTLET).commit([one], [seen])
        assert outcomes == ((Outcome.NEW, Outcome.CHANGED, Outcome.CHANGED)[reopened],)
    assert [v["text"] for v in read.open(archive).versions().to_pylist()] == ["یک", "دو"]
    (article,) = read.open(archive).articles().to_pylist()
    assert (article["version"], article["n_versions"], article["text"]) == (1, 2, "یک")
    assert article["warc_record_offset"] == 100
    assert article["last_seen"] == captures[2]["fetch_time"]


OLD = 24 * 10
"""Hours after which the article of the tests is no longer young."""


def looks(*texts: str | int) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    """One a day, of an old article: what each of them found, a text or a status."""
    found = []
    for number, what in enumerate(texts):
        page = capture(OLD + 24 * number, url("a"))
        if isinstance(what, int):
            found.append((page | {"fetch_status": what, "warc_type": "revisit"}, None))
        else:
            found.append((page, sighting(page, what)))
    return found


def texts_after(archive: Archive, *texts: str | int) -> tuple[list[str], str]:
    """The texts of `versions`, and that of `articles`, after one commit a look."""
    work = looks(*texts)
    by_place = {(p["warc_filename"], p["exchange_offset"]): seen for p, seen in work}
    for page, seen in work:
        Tables(archive, OUTLET).commit(
            [page], [seen] if seen else [], lambda *place: by_place[place]
        )
    versions = read.open(archive).versions().to_pylist()
    (article,) = read.open(archive).articles().to_pylist()
    assert article["n_versions"] == len(versions)
    return [v["text"] for v in versions], article["text"]


@pytest.mark.parametrize(
    ("found", "versions", "shown"),
    [
        (("یک", "دو"), ["یک"], "یک"),
        (("یک", "دو", "دو"), ["یک", "دو"], "دو"),
        (("یک", "دو", 304), ["یک", "دو"], "دو"),
        (("یک", "دو", 404, "دو"), ["یک", "دو"], "دو"),
        (("یک", "دو", "یک", "دو"), ["یک"], "یک"),
        (("یک", "دو", "درې", "درې"), ["یک", "درې"], "درې"),
        (("یک", "دو", "دو", "یک"), ["یک", "دو"], "یک"),
        (("یک", "دو", "دو", "یک", "دو", "دو"), ["یک", "دو"], "دو"),
    ],
)
def test_a_new_text_of_an_old_article_counts_when_it_was_seen_twice_in_a_row(
    archive: Archive, found: tuple[str | int, ...], versions: list[str], shown: str
) -> None:
    assert texts_after(archive, *found) == (versions, shown)


def test_the_row_of_a_version_is_that_of_the_first_look_at_it(archive: Archive) -> None:
    texts_after(archive, "یک", "دو", 304)
    version = read.open(archive).versions().to_pylist()[1]
    assert version["fetch_time"] == START + timedelta(hours=OLD + 24)


def test_bytes_that_are_in_the_archive_show_their_version(archive: Archive) -> None:
    """A page that is the same to the byte comes back as a revisit record, with no body."""
    tables = Tables(archive, OUTLET)
    one, two, back = (capture(n, url("a"), content_digest=f"sha256:{n % 2}") for n in range(3))
    tables.commit([one, two], [sighting(one, "یک"), sighting(two, "دو")])
    tables.commit([back | {"warc_type": "revisit"}])
    (article,) = read.open(archive).articles().to_pylist()
    assert (article["version"], article["text"]) == (1, "یک")


def test_the_same_wall_twice_is_no_sighting(archive: Archive) -> None:
    tables = Tables(archive, OUTLET)
    seen, wall = capture(0, url("a")), capture(1, url("a"), content_digest="sha256:wall")
    tables.commit([seen], [sighting(seen)])
    tables.commit([wall | {"warc_type": "revisit"}])
    (article,) = read.open(archive).articles().to_pylist()
    assert article["last_seen"] == START
    for reopened in (tables, Tables(archive, OUTLET)):
        same = capture(2, url("a")) | {"warc_type": "revisit"}
        reopened.commit([same])
        (article,) = read.open(archive).articles().to_pylist()
        assert article["last_seen"] == same["fetch_time"]


def test_what_is_gone_is_held_once_and_a_person_may_lift_it(archive: Archive) -> None:
    tables = Tables(archive, OUTLET)
    first = capture(0, url("a"))
    tables.commit([first], [sighting(first)])
    ids = [first["article_id"], "0" * 20]

    def standing() -> tuple[str, str]:
        (article,) = read.open(archive).articles().to_pylist()
        return article["status"], article["access"]

    assert tables.mark_gone(ids) == 1
    assert standing() == ("gone", "held")
    tables.mark(ids, access=Access.OPEN)
    assert tables.mark_gone(ids) == 0
    assert standing() == ("gone", "open")
    again = capture(1, url("a"))
    tables.commit([again], [sighting(again)])
    tables.mark(ids, access=Access.WITHDRAWN)
    assert tables.mark_gone(ids) == 1
    assert standing() == ("gone", "withdrawn")


@pytest.mark.parametrize(("left", "access"), [(4, "held"), (5, "open")])
def test_what_lost_more_than_half_of_its_text_is_held(
    archive: Archive, left: int, access: str
) -> None:
    tables = Tables(archive, OUTLET)
    whole, cut = capture(0, url("a")), capture(1, url("a"))
    tables.commit([whole, cut], [sighting(whole, "کلمه " * 10), sighting(cut, "کلمه " * left)])
    (article,) = read.open(archive).articles().to_pylist()
    assert (article["version"], article["access"]) == (2, access)


NAMES = ["Zan News", "ز. احمدی"]
PICTURES = [{"url": url("1.jpg")}, {"url": url("2.jpg")}]


@pytest.mark.parametrize(
    ("change", "access"),
    [
        ({}, "open"),
        ({"authors": ["Zan News"]}, "held"),
        ({"authors": []}, "held"),
        ({"authors": ["Zan News", "زهرا احمدی"]}, "open"),
        ({"authors": ["Zan News"], "translators": ["ز. احمدی"]}, "open"),
        ({"images": PICTURES[:1]}, "held"),
        ({"images": []}, "held"),
        ({"images": [PICTURES[0], {"url": url("3.jpg")}]}, "open"),
        ({"authors": [*NAMES, "ن. رحیمی"], "images": [*PICTURES, {"url": url("3.jpg")}]}, "open"),
    ],
)
def test_what_loses_a_name_or_a_picture_is_held(
    archive: Archive, change: dict[str, Any], access: str
) -> None:
    """Its text stays, so that there is no other version, and the row goes on showing the first."""
    first, second = capture(0, url("a")), capture(1, url("a"))
    shown = {"authors": NAMES, "images": PICTURES}
    Tables(archive, OUTLET).commit([first], [sighting(first, **shown)])
    outcome = Tables(archive, OUTLET).commit([second], [sighting(second, **(shown | change))])
    assert outcome == (Outcome.UNCHANGED,)
    (row,) = read.open(archive).articles().to_pylist()
    assert (row["access"], row["authors"], row["n_versions"]) == (access, NAMES, 1)


def test_the_byline_of_the_outlets_file_takes_no_ones_place(archive: Archive) -> None:
    first, second = capture(0, url("a")), capture(1, url("a"))
    Tables(archive, OUTLET).commit([first], [sighting(first, authors=NAMES[1:])], house="Zan News")
    tables = Tables(archive, OUTLET)
    tables.commit([second], [sighting(second, authors=["Zan News"])], house="Zan News")
    assert read.open(archive).articles()["access"].to_pylist() == ["held"]


@pytest.mark.parametrize("at_once", [True, False])
def test_what_a_person_has_released_is_held_again_only_for_what_goes_after_that(
    archive: Archive, at_once: bool
) -> None:
    pages = [capture(number, url("a")) for number in range(5)]
    names = [NAMES, NAMES[:1], NAMES[:1], NAMES[:1], []]
    seen = [sighting(page, authors=who) for page, who in zip(pages, names, strict=True)]
    by_place = {
        (page["warc_filename"], page["exchange_offset"]): one
        for page, one in zip(pages, seen, strict=True)
    }

    def look(*numbers: int) -> str:
        for batch in [numbers] if at_once else [[number] for number in numbers]:
            Tables(archive, OUTLET).commit(
                [pages[number] for number in batch],
                [seen[number] for number in batch],
                lambda *place: by_place[place],
            )
        return str(read.open(archive).articles()["access"][0])

    assert look(0) == "open"
    assert look(1) == "held"
    Tables(archive, OUTLET).mark([seen[0]["article_id"]], access=Access.OPEN)
    assert look(2, 3) == "open"
    assert look(4) == "held"


def test_where_the_look_before_cannot_be_read_again_a_person_decides(archive: Archive) -> None:
    def lost(warc_filename: str, exchange_offset: int) -> dict[str, Any]:
        raise FileNotFoundError(warc_filename)

    for number, names in enumerate([NAMES, []]):
        page = capture(number, url("a"))
        Tables(archive, OUTLET).commit([page], [sighting(page, authors=names)], lost)
    assert read.open(archive).articles()["access"].to_pylist() == ["held"]


def test_not_modified_moves_last_seen(archive: Archive) -> None:
    tables = Tables(archive, OUTLET)
    first = capture(0, url("a"))
    tables.commit([first], [sighting(first)])
    tables.commit([capture(1, url("a"), fetch_status=304, warc_type="revisit")])
    tables.commit([capture(2, url("a"), fetch_status=404)])
    article = read.open(archive).article(url("a"))
    assert article and article["last_seen"] == START + timedelta(hours=1)


def test_standing_is_set_and_a_sighting_makes_it_live_again(archive: Archive) -> None:
    tables = Tables(archive, OUTLET)
    first, other, again = capture(0, url("a")), capture(1, url("b")), capture(2, url("a"))
    tables.commit([first, other], [sighting(first), sighting(other)])
    gone = sighting(first)["article_id"]
    assert tables.mark([gone, "0" * 20], status=Status.GONE, access=Access.HELD) == 1
    standing = {
        r["url"]: (r["status"], r["access"]) for r in read.open(archive).articles().to_pylist()
    }
    assert standing == {url("a"): ("gone", "held"), url("b"): ("live", "open")}
    Tables(archive, OUTLET).commit([again], [sighting(again)])
    article = read.open(archive).article(gone)
    assert article and (article["status"], article["access"]) == ("live", "held")


def test_derived_says_how_far_a_warc_has_come(archive: Archive) -> None:
    tables = Tables(archive, OUTLET)
    assert tables.derived(warc()) == 0
    tables.commit([capture(0, url("a")), capture(1, url("robots.txt"), article_id=None)])
    tables.commit([capture(0, url("a"), serial=1)])
    for reopened in (tables, Tables(archive, OUTLET)):
        assert reopened.derived(warc()) == 2000
        assert reopened.derived(warc(1)) == 1000


def test_chunks_roll_over_and_rows_stay_where_they_are(archive: Archive) -> None:
    tables = Tables(archive, OUTLET, max_rows=3)
    captures = [capture(n, url(n)) for n in range(8)]
    for one in captures:
        tables.commit([one], [sighting(one)])
    edit = capture(8, url(1))
    tables.commit([edit], [sighting(edit, "ویرایش")])
    chunks = sorted(archive.partition("articles", OUTLET, 2026).glob("*"))
    assert [chunk.name for chunk in chunks] == [f"zannews-2026-0000{n}.parquet" for n in range(3)]
    urls = [set(pq.ParquetFile(chunk).read()["url"].to_pylist()) for chunk in chunks]
    assert urls == [{url(n) for n in some} for some in ((0, 1, 2), (3, 4, 5), (6, 7))]
    versions = sorted(archive.partition("versions", OUTLET, 2026).glob("*"))
    assert [pq.read_metadata(chunk).num_rows for chunk in versions] == [3, 3, 3]


def test_an_article_stays_in_the_year_of_its_first_capture(archive: Archive) -> None:
    tables = Tables(archive, OUTLET)
    old = capture(0, url("a"), fetch_time=datetime(2025, 12, 31, 23, 59, tzinfo=UTC))
    new = capture(1, url("a"), fetch_time=datetime(2026, 1, 1, 0, 1, tzinfo=UTC))
    tables.commit([old, new], [sighting(old), sighting(new, "ویرایش")])
    years = {
        table: sorted(path.name for path in (archive.table(table) / f"site={OUTLET}").iterdir())
        for table in ("articles", "versions", "captures")
    }
    assert years == {
        "articles": ["year=2025"],
        "versions": ["year=2025", "year=2026"],
        "captures": ["year=2025", "year=2026"],
    }
    assert read.open(archive).articles()["version"].to_pylist() == [2]


def test_an_unknown_column_is_refused_before_anything_is_written(archive: Archive) -> None:
    seen = capture(0, url("a"))
    with pytest.raises(ValueError, match="articles has no column headline"):
        Tables(archive, OUTLET).commit([seen], [sighting(seen, headline="x")])
    assert not archive.tables.exists()


def test_an_article_without_its_capture_is_refused(archive: Archive) -> None:
    with pytest.raises(ValueError, match="no capture of the article"):
        Tables(archive, OUTLET).commit([capture(1, url("a"))], [sighting(capture(0, url("a")))])
    assert not archive.tables.exists()


def test_what_parquet_cannot_hold_does_not_stop_the_commit(archive: Archive) -> None:
    seen = capture(0, url("a"), fetch_status=99_999)
    hostile = sighting(seen, title="half \ud83d", tags=["\ude00"], fetch_status=None)
    Tables(archive, OUTLET).commit([seen], [hostile])
    article = read.open(archive).article(url("a"))
    assert article and (article["title"], article["tags"]) == ("half \ufffd", ["\ufffd"])
    assert read.open(archive).captures()["fetch_status"].to_pylist() == [None]


def test_coverage_is_what_is_put_and_crawls_are_put_by_their_key(archive: Archive) -> None:
    tables = Tables(archive, OUTLET, max_rows=2)
    advert = {"first_advertised": START, "state": "advertised"}
    tables.put_coverage([advert | {"url": url(n)} for n in range(3)])
    tables.put_coverage([advert | {"url": url(n), "state": "captured"} for n in (1, 3)])
    coverage = read.open(archive).coverage().to_pylist()
    assert sorted((row["url"], row["state"]) for row in coverage) == [
        (url(1), "captured"),
        (url(3), "captured"),
    ]
    tables.put_crawl({"crawl_id": "zannews-20260321080000", "started": START})
    tables.put_crawl({"crawl_id": "zannews-20260321080000", "started": START, "requests": 7})
    assert read.open(archive).crawls()["requests"].to_pylist() == [7]


def test_a_commit_can_be_repeated(archive: Archive) -> None:
    captures = [capture(n, url(n % 2)) for n in range(4)]
    sightings = [sighting(c, f"متن {n // 2}") for n, c in enumerate(captures)]
    Tables(archive, OUTLET).commit(captures, sightings)
    before = tables_of(archive)
    for tables in (Tables(archive, OUTLET),) * 2:
        assert set(tables.commit(captures, sightings)) == {Outcome.COMMITTED}
    assert tables_of(archive) == before


def test_a_capture_out_of_order_is_not_lost(archive: Archive) -> None:
    tables = Tables(archive, OUTLET)
    late, early = capture(5, url("a")), capture(2, url("b"))
    tables.commit([late], [sighting(late)])
    assert tables.commit([early], [sighting(early)]) == (Outcome.NEW,)
    assert read.open(archive).captures().num_rows == 2
