from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zancrawler.discovery import UnreadableSource, Via, read_robots, read_sitemap, sitemaps
from zancrawler.discovery.advert import w3c_datetime
from zancrawler.discovery.sitemaps import (
    MAX_ELEMENTS,
    MAX_ENTRY_ELEMENTS,
    MAX_INDEX_DEPTH,
    MAX_ROBOTS_SITEMAPS,
    MAX_SITEMAP_BYTES,
    MAX_SITEMAP_URLS,
    MAX_TAG_BYTES,
)

SITEMAP = "https://zan.example/sitemap.xml"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
WIX = Path(__file__).parents[3] / "shared" / "pages" / "wix"


def urlset(*urls: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return f"{head}<urlset {NAMESPACES}>{''.join(urls)}</urlset>".encode()


def entry(loc: str, more: str = "") -> str:
    return f"<url><loc>{loc}</loc>{more}</url>"


def index(*locs: str) -> bytes:
    children = "".join(f"<sitemap><loc>{loc}</loc></sitemap>" for loc in locs)
    return f"<sitemapindex {NAMESPACES}>{children}</sitemapindex>".encode()


def locs(body: bytes) -> list[str]:
    return [advert.url for advert in read_sitemap(body, SITEMAP).adverts]


def test_urls_with_their_lastmod() -> None:
    found = read_sitemap(
        urlset(
            entry("https://zan.example/post/a", "<lastmod>2024-05-03</lastmod>"),
            entry("\n https://zan.example/post/b \n"),
        ),
        SITEMAP,
    )
    assert [(advert.url, advert.lastmod) for advert in found.adverts] == [
        ("https://zan.example/post/a", datetime(2024, 5, 3, tzinfo=UTC)),
        ("https://zan.example/post/b", None),
    ]
    assert {(advert.via, advert.source) for advert in found.adverts} == {(Via.SITEMAP, SITEMAP)}


def test_an_index_gives_its_children_to_follow() -> None:
    body = index(
        "https://zan.example/blog-posts-sitemap.xml",
        "https://zan.example/dynamic-items___1-sitemap.xml</loc><lastmod>2024-05-03</lastmod><loc>",
    )
    found = read_sitemap(body, SITEMAP)
    assert found.adverts == ()
    assert [(child.url, child.lastmod) for child in found.follow] == [
        ("https://zan.example/blog-posts-sitemap.xml", None),
        (
            "https://zan.example/dynamic-items___1-sitemap.xml",
            datetime(2024, 5, 3, tzinfo=UTC),
        ),
    ]


def test_an_index_that_leads_in_circles_ends() -> None:
    deep = read_sitemap(index("https://zan.example/again.xml"), SITEMAP, MAX_INDEX_DEPTH)
    assert deep.follow == ()
    assert deep.problems == ("an index below 3 indexes is not followed",)
    assert read_sitemap(index(SITEMAP), SITEMAP).follow == ()


def test_raw_persian_locations_equal_encoded_ones() -> None:
    assert locs(urlset(entry("https://zan.example/post/زنان‌کابل"))) == [
        "https://zan.example/post/%D8%B2%D9%86%D8%A7%D9%86%E2%80%8C%DA%A9%D8%A7%D8%A8%D9%84"
    ]


def test_news_image_and_language_extensions() -> None:
    found = read_sitemap(
        urlset(
            entry(
                "https://zan.example/post/a",
                "<image:image><image:loc>https://static.example/a.jpg</image:loc>"
                "<image:title>Photo</image:title></image:image>"
                "<news:news><news:publication><news:name>Zan</news:name></news:publication>"
                "<news:publication_date>2024-05-03T10:00:00+04:30</news:publication_date>"
                "<news:title>Women &amp; work</news:title></news:news>"
                '<xhtml:link rel="alternate" hreflang="fa" href="https://zan.example/fa/post/a"/>'
                '<xhtml:link rel="alternate" media="only screen" href="https://m.example/a"/>',
            )
        ),
        SITEMAP,
    )
    article, persian = found.adverts
    assert (article.title, article.lastmod) == (
        "Women & work",
        datetime(2024, 5, 3, 5, 30, tzinfo=UTC),
    )
    assert (persian.url, persian.via) == ("https://zan.example/fa/post/a", Via.HREFLANG)


def test_other_languages_take_no_place_of_the_articles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_SITEMAP_URLS", 4)
    homes = [f"https://zan.example/{language}/a" for language in ("en", "fa", "ps")]
    links = "".join(f'<xhtml:link rel="alternate" hreflang="x" href="{url}"/>' for url in homes)
    dated = "<lastmod>2024-05-03</lastmod>" + links
    found = read_sitemap(urlset(*(entry(url, dated) for url in homes)), SITEMAP)
    assert [(advert.url, advert.via) for advert in found.adverts] == [
        (url, Via.SITEMAP) for url in homes
    ]
    assert all(advert.lastmod for advert in found.adverts)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-05", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024-05-03", datetime(2024, 5, 3, tzinfo=UTC)),
        ("2024-05-03T10:00Z", datetime(2024, 5, 3, 10, tzinfo=UTC)),
        ("2024-05-03T10:00:30+04:30", datetime(2024, 5, 3, 5, 30, 30, tzinfo=UTC)),
        ("2024-05-03T10:00:30.123456789-05:00", datetime(2024, 5, 3, 15, 0, 30, tzinfo=UTC)),
        ("2024-05-03 10:00:30 +0430", datetime(2024, 5, 3, 5, 30, 30, tzinfo=UTC)),
        ("2024-05-03T10:00:30", datetime(2024, 5, 3, 10, 0, 30, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2024-13-03", None),
        ("2024-02-30", None),
        ("1403-05-03", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("9999-12-31T23:59:59-23:00", None),
        ("٢٠٢٤-٠٥-٠٣", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_w3c_dates(written: str, moment: datetime | None) -> None:
    assert w3c_datetime(written) == moment


@given(st.text(max_size=40) | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d[+-]\d\d:\d\d"))
def test_w3c_dates_never_raise(text: str) -> None:
    moment = w3c_datetime(text)
    assert moment is None or moment.tzinfo is UTC


def test_gzip_whatever_the_name_says() -> None:
    assert locs(gzip.compress(urlset(entry("https://zan.example/a")))) == ["https://zan.example/a"]


def test_plain_text() -> None:
    body = b"\xef\xbb\xbfhttps://zan.example/a\r\n\r\nhttps://zan.example/b\nnot a url://\n"
    assert locs(body) == ["https://zan.example/a", "https://zan.example/b"]


def test_a_feed_serves_as_a_sitemap() -> None:
    body = (
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>Z</title><item><title>A</title>'
        b"<link>https://zan.example/a</link></item></channel></rss>"
    )
    assert locs(body) == ["https://zan.example/a"]


@pytest.mark.parametrize(
    "body",
    [
        urlset(entry("https://zan.example/?a=1&b=2"), entry("https://zan.example/c")),
        urlset(entry("https://zan.example/?a=1&amp;b=2"), entry("https://zan.example/c"))[:-9],
        urlset(entry("https://zan.example/?a=1&b=2\x08"), entry("https://zan.example/c")),
    ],
)
def test_malformed_sitemaps_are_mended_and_said_to_be(body: bytes) -> None:
    found = read_sitemap(body, SITEMAP)
    assert [advert.url for advert in found.adverts] == [
        "https://zan.example/?a=1&b=2",
        "https://zan.example/c",
    ]
    assert found.problems[0].startswith("not well formed (")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<!DOCTYPE html><html><body>Not here</body></html>", "DTD|not a sitemap"),
        (b"<html><body>Not here</body></html>", "not a sitemap"),
        (b"Not found", "neither XML nor a list of URLs"),
        (b"\x1f\x8b broken", "broken gzip"),
    ],
)
def test_what_is_no_sitemap_is_said_to_be_none(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        read_sitemap(body, SITEMAP)


def test_empty_urlset_is_a_sitemap() -> None:
    assert read_sitemap(urlset(), SITEMAP).adverts == ()


def test_entities_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://zan.example/secret")
    levels = "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefghi", "bcdefghij", strict=True)
    )
    started = time.process_time()
    for head, loc in (
        (f'<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa">{levels}]>', "&j;"),
        (f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{secret}">]>', "&x;"),
        (f'<!DOCTYPE urlset SYSTEM "file://{secret}">', "https://zan.example/a"),
    ):
        with pytest.raises(UnreadableSource, match="DTD"):
            read_sitemap(urlset(entry(loc), head=head), SITEMAP)
    assert time.process_time() - started < 2


def test_gzip_in_several_members_is_read_to_its_end() -> None:
    whole = urlset(*(entry(f"https://zan.example/{n}") for n in range(20)))
    parts = gzip.compress(whole[:600]) + gzip.compress(whole[600:]) + bytes(9)
    assert len(locs(parts)) == 20
    lines = [f"https://zan.example/{n}\n".encode() for n in range(20)]
    assert len(locs(b"".join(map(gzip.compress, lines)))) == 20


def test_gzip_members_are_bounded() -> None:
    with pytest.raises(UnreadableSource, match="1,000 parts"):
        read_sitemap(gzip.compress(b"") * 500_000, SITEMAP)
    bomb = gzip.compress(b" " * (MAX_SITEMAP_BYTES // 2))
    with pytest.raises(UnreadableSource, match="52,428,800"):
        read_sitemap(bomb * 3, SITEMAP)


def test_bytes_are_bounded_even_when_a_small_file_inflates() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * MAX_SITEMAP_BYTES)
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableSource, match="52,428,800"):
        read_sitemap(bomb, SITEMAP)
    with pytest.raises(UnreadableSource, match="52,428,800"):
        read_sitemap(b" " * (MAX_SITEMAP_BYTES + 1), SITEMAP)


def test_urls_are_bounded_in_xml_and_text() -> None:
    many = [f"https://zan.example/{n}" for n in range(MAX_SITEMAP_URLS + 3)]
    for body in (urlset(*map(entry, many)), "\n".join(many).encode()):
        found = read_sitemap(body, SITEMAP)
        assert len(found.adverts) == MAX_SITEMAP_URLS
        assert found.problems == ("only the first 50,000 locations are read",)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            b"<urlset><url>" + b"<b/>" * (MAX_ENTRY_ELEMENTS + 1) + b"</url></urlset>",
            "more elements",
        ),
        (b"<urlset><url " + b"".join(b'a%d="" ' % n for n in range(150_000)), "1,000,000 bytes"),
        (b"<urlset><url><loc>" + b"&" * (MAX_TAG_BYTES + 1), "1,000,000 bytes"),
    ],
)
def test_elements_and_tags_are_bounded(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        read_sitemap(body, SITEMAP)


def test_elements_are_bounded_in_all_entries_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a hundredth of the bound: up to it the standard's 50,000 entries take many seconds."""
    assert MAX_ELEMENTS > 20 * MAX_SITEMAP_URLS
    monkeypatch.setattr(sitemaps, "MAX_ELEMENTS", MAX_ELEMENTS // 100)
    body = b"<urlset>" + b"<b/>" * (MAX_ELEMENTS // 100 - 1)
    assert read_sitemap(body + b"</urlset>", SITEMAP).adverts == ()
    with pytest.raises(UnreadableSource, match="more elements"):
        read_sitemap(body + b"<b/></urlset>", SITEMAP)


def test_deep_nesting_is_no_harm() -> None:
    with pytest.raises(UnreadableSource):
        read_sitemap(b"<a>" * 100_000, SITEMAP)


def test_robots_names_sitemaps() -> None:
    body = (
        b"User-agent: *\r\nDisallow: /x\r\nSitemap: https://zan.example/sitemap.xml # all\r\n"
        b"SITEMAP:/news.xml\nsitemap: ftp://zan.example/no.xml\nSitemap: /news.xml\n"
    )
    found = read_robots(body, "https://zan.example/robots.txt")
    assert [advert.url for advert in found.follow] == [
        "https://zan.example/sitemap.xml",
        "https://zan.example/news.xml",
    ]
    many = b"".join(b"Sitemap: /%d.xml\n" % n for n in range(1_000))
    assert len(read_robots(many, SITEMAP).follow) == MAX_ROBOTS_SITEMAPS


FRAGMENTS = st.sampled_from(
    [
        *(b"<", b">", b"&", b"<![CDATA[", b"]]>", b"<!--", b"<?", b"\x00", b"\xff", b"&#xd800;"),
        *(
            b"<url>",
            b"</url>",
            b"<loc>",
            b"</loc>",
            b"<loc>http://[</loc>",
            b"&zwnj;",
            b"</urlset>",
        ),
        *(b"<sitemap><loc>/x</loc></sitemap>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"xmlns:a='"),
    ]
)


@settings(max_examples=300)
@given(st.lists(st.one_of(FRAGMENTS, st.binary(max_size=8)), max_size=12), st.data())
def test_nothing_else_is_raised_and_every_advert_is_whole(
    noise: list[bytes], data: st.DataObject
) -> None:
    body = bytearray(urlset(entry("https://zan.example/a", "<lastmod>2024</lastmod>")))
    for piece in noise:
        at = data.draw(st.integers(0, len(body)))
        body[at:at] = piece
    try:
        found = read_sitemap(bytes(body), SITEMAP)
    except UnreadableSource as reason:
        assert str(reason)
        return
    for advert in (*found.adverts, *found.follow):
        assert advert.url.startswith(("http://", "https://"))
        assert advert.url.isascii()


@given(st.binary(max_size=200))
def test_robots_never_raises(body: bytes) -> None:
    read_robots(b"Sitemap: " + body, "https://zan.example/robots.txt")


@pytest.mark.skipif(not WIX.is_dir(), reason="no ../shared/pages/wix beside this checkout")
def test_the_real_wix_sitemaps() -> None:
    posts = read_sitemap((WIX / "blog_posts_sitemap_fenicio.xml").read_bytes(), SITEMAP)
    assert len(posts.adverts) == 21
    assert all(advert.lastmod for advert in posts.adverts)
    assert any("%C3%B3" in advert.url for advert in posts.adverts)
    assert len(read_sitemap((WIX / "pages_sitemap_ccte.xml").read_bytes(), SITEMAP).adverts) == 21
    for name in ("sitemap_index_cluster.xml", "sitemap_index_girlplus.xml"):
        assert len(read_sitemap((WIX / name).read_bytes(), SITEMAP).follow) == 3
