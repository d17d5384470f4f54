"""The awkward cases: each answers as it is named."""

from __future__ import annotations

import gzip
import http.client
import time
from urllib.parse import urlsplit

import pytest
from newsroom_client import Got, get

from zancrawler.newsroom import Newsroom
from zancrawler.newsroom.cases import Case, Outcome

WP, WIX = "newsroom-wp", "newsroom-wix"


@pytest.fixture(scope="module")
def urls(newsroom: Newsroom) -> dict[str, str]:
    return {case.name: url for case, url in newsroom.cases()}


@pytest.fixture(scope="module")
def cases(newsroom: Newsroom) -> dict[str, Case]:
    return {case.name: case for case, _ in newsroom.cases()}


def text_of(newsroom: Newsroom, article: str) -> str:
    (found,) = [each for each in newsroom.truth() if each.id == article]
    return found.text


def whole(newsroom: Newsroom, got: Got, article: str) -> bool:
    """Whether the answer holds the article to its last line."""
    last = text_of(newsroom, article).split("\n")[-1]
    return got.status == 200 and last in got.html.text_content()


def test_names_are_unique_and_every_article_case_is_in_the_truth(newsroom: Newsroom) -> None:
    cases = [case for case, _ in newsroom.cases()]
    assert len({case.name for case in cases}) == len(cases) >= 28
    truth = {each.id for each in newsroom.truth()}
    for case in cases:
        if case.outcome is Outcome.ARTICLE:
            assert case.article in truth, case.name


def test_wrong_language(newsroom: Newsroom, urls: dict[str, str]) -> None:
    got = get(urls["wrong-language"])
    assert got.status == 200
    page = got.html
    assert page.get("lang") == "fa"
    assert page.findtext(".//title") == "Post | Chenar Post"
    assert page.xpath('//meta[@property="og:type"]/@content') == ["website"]
    assert not page.xpath('//script[@type="application/ld+json"]')
    assert "We weigh the child" in page.text_content()


def test_empty_home(urls: dict[str, str]) -> None:
    page = get(urls["empty-home"]).html
    assert page.cssselect('[data-hook="empty-states__title"]')
    assert not page.cssselect('[data-hook="post-list-item"]')


@pytest.mark.parametrize("name", ["heavy-page", "heavy-page-rtl"])
def test_heavy_page(
    newsroom: Newsroom, urls: dict[str, str], cases: dict[str, Case], name: str
) -> None:
    got = get(urls[name])
    assert got.body.index(b'<section class="T0wr5"') > 600_000
    assert whole(newsroom, got, cases[name].article or "")


def test_gzip(newsroom: Newsroom, urls: dict[str, str]) -> None:
    got = get(urls["gzip"], accept_encoding="gzip, deflate")
    assert got.headers["Content-Encoding"] == "gzip"
    assert got.headers["Transfer-Encoding"] == "chunked"
    assert len(gzip.decompress(got.body)) > 3 * len(got.body)
    assert whole(newsroom, got, "wix-fa-carpet")
    assert get(urls["gzip"]).headers["Content-Encoding"] is None


def test_chunked(newsroom: Newsroom, urls: dict[str, str]) -> None:
    got = get(urls["chunked"])
    assert got.headers["Transfer-Encoding"] == "chunked"
    assert got.headers["Content-Length"] is None
    assert whole(newsroom, got, "wp-fa-glass")


@pytest.mark.parametrize("name", ["redirect", "no-slash", "short-link"])
def test_redirects_lead_to_the_article(
    newsroom: Newsroom, urls: dict[str, str], cases: dict[str, Case], name: str
) -> None:
    got = get(urls[name])
    (article,) = [each for each in newsroom.truth() if each.id == cases[name].article]
    assert (got.status, got.headers["Location"]) == (301, article.url)


@pytest.mark.parametrize(("name", "status"), [("not-found", 404), ("gone", 410)])
def test_missing(urls: dict[str, str], name: str, status: int) -> None:
    assert get(urls[name]).status == status


def test_too_many_requests_the_first_time(newsroom: Newsroom, urls: dict[str, str]) -> None:
    first, second = get(urls["too-many-requests"]), get(urls["too-many-requests"])
    assert (first.status, first.headers["Retry-After"]) == (429, "1")
    assert whole(newsroom, second, "wix-en-phone-repair")


def test_unavailable_the_first_time(newsroom: Newsroom, urls: dict[str, str]) -> None:
    assert get(urls["unavailable-once"]).status == 503
    assert whole(newsroom, get(urls["unavailable-once"]), "wp-ps-honey")


def test_challenge(urls: dict[str, str]) -> None:
    got = get(urls["challenge-200"])
    assert got.status == 200
    assert got.html.findtext(".//title") == "Just a moment..."
    assert got.headers["cf-mitigated"] == "challenge"


def test_slow_page(newsroom: Newsroom, urls: dict[str, str]) -> None:
    start = time.monotonic()
    got = get(urls["slow-page"])
    assert time.monotonic() - start > 1
    assert whole(newsroom, got, "wp-en-exam-diary")


def test_cut_the_first_time(newsroom: Newsroom, urls: dict[str, str]) -> None:
    first = get(urls["cut-once"])
    assert len(first.body) < int(first.headers["Content-Length"])
    assert not whole(newsroom, first, "wix-fa-bees")
    assert whole(newsroom, get(urls["cut-once"]), "wix-fa-bees")


def test_cut_every_time(newsroom: Newsroom, urls: dict[str, str]) -> None:
    for _ in range(3):
        got = get(urls["cut-always"])
        assert len(got.body) < int(got.headers["Content-Length"])
    assert "wp-fa-always-cut" not in {each.id for each in newsroom.truth()}


@pytest.mark.parametrize("name", ["two-paths", "tracking-parameters", "repeater-parameter"])
def test_one_article_under_two_addresses(
    newsroom: Newsroom, urls: dict[str, str], cases: dict[str, Case], name: str
) -> None:
    (article,) = [each for each in newsroom.truth() if each.id == cases[name].article]
    got = get(urls[name])
    assert urls[name] != article.url
    assert whole(newsroom, got, article.id)
    canonical = str(got.html.xpath('//link[@rel="canonical"]/@href')[0])
    assert get(canonical).status == 200
    assert "index.php" not in canonical
    assert "?" not in canonical


def test_two_hosts(newsroom: Newsroom, urls: dict[str, str]) -> None:
    parts = urlsplit(urls["two-hosts"])
    assert parts.hostname == "localhost"
    # `localhost` may be an IPv6 address first; the newsroom listens on IPv4.
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)
    connection.request("GET", parts.path, headers={"Host": parts.netloc})
    answer = connection.getresponse()
    got = Got(answer.status, answer.headers, answer.read())
    connection.close()
    assert whole(newsroom, got, "wix-en-courtyard-school")


def test_bogus_links_are_in_the_code_only_and_answer_200(
    newsroom: Newsroom, urls: dict[str, str]
) -> None:
    got = get(newsroom.homes[WIX] + "/")
    assert b"/post/${s" in got.body
    assert not [a for a in got.html.iter("a") if "$" in a.get("href", "")]
    assert get(urls["inline-code"]).status == 200


@pytest.mark.parametrize("outlet", [WP, WIX])
def test_robots(newsroom: Newsroom, outlet: str) -> None:
    got = get(newsroom.homes[outlet] + "/robots.txt")
    assert got.headers["Content-Type"].startswith("text/plain")
    assert b"Crawl-delay: 0.05\n" in got.body
    assert b"Disallow: " in got.body
    assert f"Sitemap: {newsroom.homes[outlet]}/".encode() in got.body


def test_advertised_cases_are_in_a_sitemap(newsroom: Newsroom) -> None:
    sitemaps = get(newsroom.homes[WIX] + "/blog-posts-sitemap.xml").body.decode()
    sitemaps += get(newsroom.homes[WP] + "/wp-sitemap-posts-post-1.xml").body.decode()
    advertised = [(case, url) for case, url in newsroom.cases() if case.advertised]
    assert len(advertised) >= 12
    for case, url in advertised:
        assert f"<loc>{url.replace('&', '&amp;')}</loc>" in sitemaps, case.name


def test_the_calendar_never_ends(urls: dict[str, str]) -> None:
    seen: set[str] = set()
    url = urls["endless-calendar"]
    for _ in range(30):
        page = get(url).html
        page.make_links_absolute(url)
        seen.add(url)
        url = next(a for a in page.xpath("//p/a/@href") if a not in seen)
    assert len(seen) == 30


def test_comments_feed(urls: dict[str, str]) -> None:
    assert b"I wish you had written this sooner." in get(urls["comments-feed"]).body


def test_gzipped_sitemap(newsroom: Newsroom) -> None:
    got = get(newsroom.homes[WP] + "/sitemap-archive.xml.gz")
    assert got.headers["Content-Type"] == "application/gzip"
    assert got.headers["Content-Encoding"] is None
    assert b"<urlset" in gzip.decompress(got.body)


@pytest.mark.parametrize(
    ("outlet", "path"),
    [
        (WIX, "/sitemap.xml"),
        (WIX, "/blog-posts-sitemap.xml"),
        (WIX, "/blog-feed.xml"),
        (WIX, "/post/two-thousand-poems-about-a-door"),
        (WP, "/feed/"),
        (WP, "/wp-sitemap-posts-post-1.xml"),
        (WP, "/2025/08/14/court-of-the-goat/"),
    ],
)
def test_conditional_get(newsroom: Newsroom, outlet: str, path: str) -> None:
    url = newsroom.homes[outlet] + path
    first = get(url)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in ({"if_none_match": etag}, {"if_modified_since": modified}):
        again = get(url, **headers)
        assert (again.status, again.body) == (304, b"")
    assert get(url, if_none_match='"other"', if_modified_since=modified).status == 200


def test_requests_are_logged(newsroom: Newsroom) -> None:
    before, begun = len(newsroom.requests()), time.time()
    get(newsroom.homes[WP] + "/feed/?x=1", user_agent="test/1")
    get(newsroom.homes[WIX] + "/nothing")
    first, second = newsroom.requests()[before:]
    assert (first.outlet, first.method, first.path, first.status, first.user_agent) == (
        WP,
        "GET",
        "/feed/?x=1",
        200,
        "test/1",
    )
    assert (second.outlet, second.path, second.status) == (WIX, "/nothing", 404)
    assert begun <= first.time <= second.time <= time.time()
