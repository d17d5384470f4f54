from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zancrawler.discovery import Discovered, UnreadableSource, Via, read_feed
from zancrawler.discovery.feeds import MAX_FEED_BYTES, MAX_FEED_ENTRIES, MAX_FEED_MARKUP

FEED = "https://zan.example/feed/"
ZWNJ = "\u200c"
WIX = Path(__file__).parents[3] / "shared" / "pages" / "wix"


def rss(*items: str, head: str = "", declaration: str = '<?xml version="1.0"?>') -> bytes:
    return (
        f'{declaration}<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
        f'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>Zan</title>{head}{''.join(items)}</channel></rss>"
    ).encode()


def item(title: str = "A", link: str = "https://zan.example/post/a", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def titles(found: Discovered) -> list[str | None]:
    return [advert.title for advert in found.adverts]


def test_rss_2_entries_in_order_with_link_title_and_time_in_utc() -> None:
    found = read_feed(
        rss(
            item("One", "https://zan.example/post/one")
            + item(
                "Two",
                "/post/two#comments",
                "<pubDate>Tue, 03 Sep 2024 10:00:00 +0430</pubDate>"
                "<guid isPermaLink='false'>6a171d693373ba7f8ef348ce</guid>",
            )
        ),
        FEED,
    )
    one, two = found.adverts
    assert (one.url, one.title, one.lastmod) == ("https://zan.example/post/one", "One", None)
    assert two.url == "https://zan.example/post/two"
    assert two.lastmod == datetime(2024, 9, 3, 5, 30, tzinfo=UTC)
    assert {advert.source for advert in found.adverts} == {FEED}
    assert {advert.via for advert in found.adverts} == {Via.FEED}
    assert found.problems == ()


def test_rdf_and_atom() -> None:
    rdf = b"""<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/"
      xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://zan.example/"/>
      <item rdf:about="https://zan.example/1"><title>One</title>
      <link>https://zan.example/1</link><dc:date>2024-05-03T10:00+04:30</dc:date></item></rdf:RDF>"""
    (one,) = read_feed(rdf, FEED).adverts
    assert (one.url, one.lastmod) == (
        "https://zan.example/1",
        datetime(2024, 5, 3, 5, 30, tzinfo=UTC),
    )
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://zan.example/fa/">
      <entry><title type="html">A &lt;b&gt;bold&lt;/b&gt; one</title>
      <link rel="self" href="x.atom"/><link rel="alternate" href="post/1"/>
      <published>2024-05-03T10:00:00Z</published><updated>2024-05-04T11:00:00Z</updated></entry>
      <link rel="next" href="https://zan.example/feed/?page=2"/></feed>"""
    found = read_feed(atom, FEED)
    (one,) = found.adverts
    assert (one.url, one.title) == ("https://zan.example/fa/post/1", "A bold one")
    assert one.lastmod == datetime(2024, 5, 4, 11, tzinfo=UTC)
    assert [advert.url for advert in found.follow] == ["https://zan.example/feed/?page=2"]


@pytest.mark.parametrize(
    "written",
    [
        f"می{ZWNJ}شود",
        "می&zwnj;شود",
        "می&#8204;شود",
        "می&#x200C;شود",
        "<![CDATA[می&zwnj;شود]]>",
        "می&amp;zwnj;شود",
        f"<![CDATA[<b>می{ZWNJ}شود</b>]]>",
    ],
)
def test_zero_width_joiners_survive_however_they_are_written(written: str) -> None:
    assert titles(read_feed(rss(item(written)), FEED)) == [f"می{ZWNJ}شود"]


def test_persian_links_are_percent_encoded_once() -> None:
    raw, encoded = (
        read_feed(rss(item(link=link)), FEED).adverts[0].url
        for link in (
            f"https://zan.example/fa/می{ZWNJ}شود/",
            "https://zan.example/fa/%D9%85%DB%8C%E2%80%8C%D8%B4%D9%88%D8%AF/",
        )
    )
    assert raw == encoded == "https://zan.example/fa/%D9%85%DB%8C%E2%80%8C%D8%B4%D9%88%D8%AF/"


@pytest.mark.parametrize("guid", ["<guid>https://zan.example/post/g</guid>"])
def test_a_permalink_guid_stands_in_for_a_missing_link(guid: str) -> None:
    (advert,) = read_feed(rss(f"<item><title>G</title>{guid}</item>"), FEED).adverts
    assert advert.url == "https://zan.example/post/g"


def test_a_guid_that_is_no_permalink_is_no_link() -> None:
    found = read_feed(
        rss("<item><title>G</title><guid isPermaLink='false'>6a171d69</guid></item>", item()), FEED
    )
    assert [advert.url for advert in found.adverts] == ["https://zan.example/post/a"]
    assert found.problems == ("1 entries without a usable link",)


def test_a_page_advertised_twice_is_one_advert() -> None:
    assert titles(read_feed(rss(item("First"), item("Again")), FEED)) == ["First"]


@pytest.mark.parametrize(
    "body",
    [
        rss(item("A & B", "https://zan.example/?a=1&b=2")),
        rss(item("A & B", "https://zan.example/?a=1&amp;b=2"))[:-20],
        b"<br />\n<b>Warning</b>: x in /y.php on line 3<br />\n"
        + rss(item("A &amp; B", "https://zan.example/?a=1&amp;b=2")),
        b"\n\n  " + rss(item("A &amp; B", "https://zan.example/?a=1&amp;b=2")),
        b"\xef\xbb\xbf" + rss(item("A &amp; B", "https://zan.example/?a=1&amp;b=2")),
        rss(
            item("A &amp; B", "https://zan.example/?a=1&amp;b=2"),
            declaration='<?xml version="1.0" encoding="utf-16"?>',
        )
        .decode()
        .encode("utf-16"),
    ],
)
def test_malformed_feeds_are_read(body: bytes) -> None:
    (advert,) = read_feed(body, FEED).adverts
    assert (advert.title, advert.url) == ("A & B", "https://zan.example/?a=1&b=2")


def test_windows_1256_as_old_persian_sites_send_it() -> None:
    declaration = '<?xml version="1.0" encoding="windows-1256"?>'
    body = rss(item("زنان کابل"), declaration=declaration).decode().encode("cp1256")
    # The code page has a zero-width joiner, and Arabic yeh for Persian: the page's own letters.
    assert titles(read_feed(body, FEED)) == ["زنان کابل"]


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("", None),
        ("<ttl>60</ttl>", 3_600),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3_600),
        (
            "<sy:updatePeriod>\n\tdaily\t</sy:updatePeriod>"
            "<sy:updateFrequency>4</sy:updateFrequency>",
            21_600,
        ),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl><sy:updatePeriod>often</sy:updatePeriod>", None),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            3_600,
        ),
    ],
)
def test_how_often_the_publisher_wants_us(head: str, seconds: int | None) -> None:
    assert read_feed(rss(item(), head=head), FEED).ttl == seconds


@pytest.mark.parametrize(
    "date", ["soon", "99/99/9999", "1403-05-06", "Tue, 03 Sep 99999 10:00:00 GMT"]
)
def test_a_date_that_cannot_be_is_unknown(date: str) -> None:
    (advert,) = read_feed(rss(item(more=f"<pubDate>{date}</pubDate>")), FEED).adverts
    assert advert.lastmod is None


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"<!DOCTYPE html><html><body><p>Checking your browser</p></body></html>", b"{}"],
)
def test_what_is_no_feed_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(UnreadableSource, match="not a feed"):
        read_feed(body, FEED)


def test_a_body_that_names_a_local_file_is_not_opened(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(rss(item()))
    with pytest.raises(UnreadableSource, match="not a feed"):
        read_feed(str(feed).encode(), FEED)


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    levels = "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefghi", "bcdefghij", strict=True)
    )
    bomb = f'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">{levels}]>'
    external = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>'
    started = time.process_time()
    for declaration, title in ((bomb, "&j;"), (external, "&x;")):
        (advert,) = read_feed(rss(item(title), declaration=declaration), FEED).adverts
        assert len(advert.title or "") < 100
        assert "secret" not in (advert.title or "")
    assert time.process_time() - started < 5


def test_size_and_count_are_bounded() -> None:
    with pytest.raises(UnreadableSource, match="at most 5,000,000"):
        read_feed(b" " * (MAX_FEED_BYTES + 1), FEED)
    with pytest.raises(UnreadableSource, match="more than 250,000 tags"):
        read_feed(b"<rss><channel>" + b"<item>" * MAX_FEED_MARKUP, FEED)
    many = (item(link=f"https://zan.example/{n}") for n in range(MAX_FEED_ENTRIES + 5))
    found = read_feed(rss(*many), FEED)
    assert len(found.adverts) == MAX_FEED_ENTRIES
    assert found.problems == (f"only the first 5000 of {MAX_FEED_ENTRIES + 5} entries are read",)


FRAGMENTS = st.sampled_from(
    [
        *(b"<", b">", b"&", b"<![CDATA[", b"]]>", b"<!--", b"<?", b"\x00", b"\xff", b"&#xd800;"),
        *(b"<item>", b"</item>", b"<link>", b"<guid>", b"<title type='xhtml'>", b"&zwnj;"),
        *(b"&#99999999999;", b"<base xml:base='http://['/>", b"<link href='http://[x'/>", b"<![if"),
        b"<pubDate>99/99/9999</pubDate>",
        b"<content type='application/xml' mode='base64'>!!</content>",
    ]
)


@settings(max_examples=150)
@given(st.lists(st.one_of(FRAGMENTS, st.binary(max_size=8)), max_size=12), st.data())
def test_nothing_else_is_raised_and_every_advert_is_whole(
    noise: list[bytes], data: st.DataObject
) -> None:
    body = bytearray(rss(item(), item("B", "https://zan.example/b")))
    for piece in noise:
        at = data.draw(st.integers(0, len(body)))
        body[at:at] = piece
    try:
        found = read_feed(bytes(body), FEED)
    except UnreadableSource as reason:
        assert str(reason)
        return
    for advert in found.adverts:
        assert advert.url.startswith(("http://", "https://"))
        assert advert.url.isascii()


@pytest.mark.skipif(not WIX.is_dir(), reason="no ../shared/pages/wix beside this checkout")
@pytest.mark.parametrize("name", ["blogfeed_cluster.xml", "blogfeed_girlplus.xml"])
def test_the_real_wix_feeds_give_their_20_posts(name: str) -> None:
    found = read_feed((WIX / name).read_bytes(), FEED)
    assert len(found.adverts) == 20
    assert all("/post/" in advert.url for advert in found.adverts)
    assert all(advert.title and advert.lastmod for advert in found.adverts)
    assert found.problems == ()
