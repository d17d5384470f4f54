"""The pages as served: every story is there, as its outlet's software would print it."""

from __future__ import annotations

import json
import re
from datetime import datetime
from urllib.parse import unquote

import lxml.etree
import lxml.html
import pytest
from newsroom_client import get

from zancrawler.newsroom import Newsroom, TruthArticle, serve

WP, WIX = "newsroom-wp", "newsroom-wix"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def body_of(article: TruthArticle, page: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    if article.outlet == WP:
        (body,) = page.cssselect(".entry-content")
    elif "/news/" in article.url:
        (body,) = page.cssselect("#comp-lx8gig9b")
    else:
        (body,) = page.cssselect('article[data-hook="post"] section[data-hook="post-description"]')
    return body


def words(text: str) -> str:
    return " ".join(text.split())


def locs(url: str) -> list[str]:
    tree = lxml.etree.fromstring(get(url).body)
    return [element.text or "" for element in tree.iter(f"{SITEMAP}loc")]


@pytest.mark.parametrize("day", [0, 41])
def test_every_paragraph_of_the_truth_is_in_its_page(day: int) -> None:
    with serve(day) as newsroom:
        once_bad = {url for case, url in newsroom.cases() if case.scenario.endswith("_once")}
        for url in once_bad:
            get(url)
        truth = newsroom.truth()
        assert len(truth) >= 60
        for article in truth:
            page = get(article.url).html
            body = body_of(article, page)
            text = words(body.text_content())
            for paragraph in article.text.split("\n"):
                assert words(paragraph) in text, (article.id, paragraph)
            titles = [words(h1.text_content()) for h1 in page.iter("h1")]
            assert words(article.title) in titles, article.id
            for author in article.authors:
                assert author in page.text_content(), article.id
            assert page.get("lang", "").startswith(article.language[:2])


def test_wix_posts_say_who_and_when_in_json_ld_and_meta(newsroom: Newsroom) -> None:
    posts = [a for a in newsroom.truth() if a.outlet == WIX and "/post/" in a.url]
    for article in posts[:6]:
        page = get(article.url).html
        (script,) = page.xpath('//script[@type="application/ld+json"]/text()')
        data = json.loads(script)
        assert data["@type"] == "BlogPosting"
        assert data["headline"] == article.title
        assert data["datePublished"] == article.date_published
        assert data["dateModified"] == article.date_modified
        (published,) = page.xpath('//meta[@property="article:published_time"]/@content')
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", published)
        shown = page.cssselect('article [data-hook="time-ago"]')
        assert len(shown) == (2 if article.date_modified != article.date_published else 1)
        assert all("2025" not in (each.text or "") for each in shown)
        assert len(page.cssselect('article[data-hook="post"] [data-hook="post-title"]')) == 2


def test_wix_original_pictures_are_in_the_image_info(newsroom: Newsroom) -> None:
    (article,) = [a for a in newsroom.truth() if a.id == "wix-en-midwives"]
    page = get(article.url).html
    body = body_of(article, page)
    infos = [json.loads(each.get("data-image-info", "")) for each in body.iter("wow-image")]
    originals = [f"{newsroom.homes[WIX]}/media/{info['imageData']['uri']}" for info in infos]
    assert originals == [image.url for image in article.images]
    assert all("blur_2" in image.get("src", "") for image in body.iter("img"))
    picture = get(article.images[0].url)
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.body.startswith(b"\x89PNG\r\n\x1a\n")


def test_wix_news_pages_have_other_stories_dates_and_no_json_ld(newsroom: Newsroom) -> None:
    news = [a for a in newsroom.truth() if "/news/" in a.url]
    assert len(news) >= 5
    for article in news:
        page = get(article.url).html
        assert not page.xpath('//script[@type="application/ld+json"]')
        assert not page.xpath('//meta[starts-with(@property, "article:")]')
        latest = page.get_element_by_id("comp-lx8gigng").text_content()
        assert len(re.findall(r"[A-Z][a-z]{2} \d+, 20\d\d", latest)) == 4


def test_wix_sitemaps_list_everything_raw(newsroom: Newsroom) -> None:
    home = newsroom.homes[WIX]
    maps = locs(f"{home}/sitemap.xml")
    assert sum("dynamic-news" in each for each in maps) == 2
    listed = {each for sitemap in maps for each in locs(sitemap)}
    truth = {a.url for a in newsroom.truth() if a.outlet == WIX}
    assert {unquote(url) for url in truth} <= {unquote(url) for url in listed}
    assert any("مکتب" in url for url in listed), "non-ASCII locs are raw"
    assert get(f"{home}/sitemap_index.xml").status == 400


@pytest.mark.parametrize(
    ("outlet", "path", "items"),
    [
        (WIX, "/blog-feed.xml", 20),
        (WIX, "/fa/blog-feed.xml", 9),
        (WP, "/feed/", 10),
        (WP, "/en/feed/", 6),
    ],
)
def test_feeds(newsroom: Newsroom, outlet: str, path: str, items: int) -> None:
    tree = lxml.etree.fromstring(get(newsroom.homes[outlet] + path).body)
    urls = {unquote(url) for url in tree.xpath("//item/link/text()")}
    assert len(urls) == items
    truth = {unquote(a.url) for a in newsroom.truth()}
    assert {url.split("?")[0] for url in urls} <= truth


def walk(url: str, rel: str) -> set[str]:
    """All links of a listing, page after page."""
    seen: set[str] = set()
    links: set[str] = set()
    while url not in seen:
        seen.add(url)
        page = get(url).html
        page.make_links_absolute(url)
        links |= {unquote(a.get("href", "")) for a in page.iter("a")}
        url = next(iter(page.xpath(rel)), url)
    return links


def test_listings_reach_every_article(newsroom: Newsroom) -> None:
    wix, wp = newsroom.homes[WIX], newsroom.homes[WP]
    following = '//link[@rel="next"]/@href'
    links = walk(f"{wix}/search?type=blogs", following)
    links |= walk(f"{wp}/", '//a[@class="page_nav next"]/@href')
    links |= walk(f"{wp}/en/", '//a[@class="page_nav next"]/@href')
    links |= walk(f"{wp}/ps/", '//a[@class="page_nav next"]/@href')
    by_language = walk(f"{wix}/blog", following) | walk(f"{wix}/fa/blog", following)
    by_language |= walk(f"{wix}/ps/blog", following)
    truth = {unquote(a.url) for a in newsroom.truth() if "/news/" not in a.url}
    assert truth <= links
    assert {url for url in truth if url.startswith(wix)} <= by_language


@pytest.mark.parametrize(
    ("outlet", "path", "article"),
    [
        (WIX, "/blog/categories/culture", "wix-en-rubab"),
        (WIX, "/fa/blog/tags/شعر", "wix-fa-poem-contest"),
        (WP, "/category/گزارش/", "wp-fa-exam"),
        (WP, "/en/tag/drought/", "wp-en-well-diggers"),
        (WP, "/author/پروین نیکزاد/", "wp-fa-taxi"),
    ],
)
def test_shelves_hold_their_own(newsroom: Newsroom, outlet: str, path: str, article: str) -> None:
    page = get(newsroom.homes[outlet] + path).html
    page.make_links_absolute(newsroom.homes[outlet])
    links = {unquote(a.get("href", "")) for a in page.iter("a")}
    shown = {a.id for a in newsroom.truth() if unquote(a.url) in links}
    assert article in shown
    assert len(shown) < 12


def test_wordpress_prints_solar_hijri_dates_and_the_day_of_today(newsroom: Newsroom) -> None:
    by_id = {a.id: a for a in newsroom.truth()}
    dari = get(by_id["wp-fa-radio-drama"].url).html
    assert dari.cssselect(".jeg_meta_date")[0].text_content() == "پنج‌شنبه، ۶ سنبله ۱۴۰۴"
    assert dari.cssselect(".jeg_top_date")[0].text_content() == "دوشنبه، ۱۰ سنبله ۱۴۰۴"
    assert not dari.xpath("//time")
    pashto = get(by_id["wp-ps-goat"].url).html
    assert pashto.cssselect(".jeg_meta_date")[0].text_content() == "جمعه، ۲۴ زمری ۱۴۰۴"
    assert {by_id["wp-ps-goat"].date_precision, by_id["wp-en-goat"].date_precision} == {
        "day",
        "second",
    }


def test_wordpress_api_pages_through_everything(newsroom: Newsroom) -> None:
    base = newsroom.homes[WP] + "/wp-json/wp/v2/posts?per_page=20"
    first = get(base)
    pages = int(first.headers["X-WP-TotalPages"])
    posts = [post for n in range(1, pages + 1) for post in json.loads(get(f"{base}&page={n}").body)]
    truth = {a.url: a for a in newsroom.truth() if a.outlet == WP}
    assert {post["link"] for post in posts} == set(truth)
    assert first.headers["X-WP-Total"] == str(len(truth))
    for post in posts:
        published = datetime.fromisoformat(truth[post["link"]].date_published)
        assert post["date_gmt"] == f"{published:%Y-%m-%dT%H:%M:%S}"
    assert get(f"{base}&page={pages + 1}").status == 400
    pashto = json.loads(get(base + "&lang=ps").body)
    assert {post["lang"] for post in pashto} == {"ps"}
    recent = json.loads(get(base + "&modified_after=2025-08-31T00:00:00").body)
    assert 0 < len(recent) < 10


def test_wordpress_sitemaps(newsroom: Newsroom) -> None:
    maps = locs(newsroom.homes[WP] + "/wp-sitemap.xml")
    listed = {url for sitemap in maps for url in locs(sitemap)}
    assert {a.url for a in newsroom.truth() if a.outlet == WP} <= listed
    assert any(url.isascii() and "%D9" in url for url in listed), "non-ASCII locs are encoded"


def test_plugins_stand_in_the_body_and_out_of_the_truth(newsroom: Newsroom) -> None:
    articles = [a for a in newsroom.truth() if a.outlet == WP]
    page = get(articles[0].url).html
    body = body_of(articles[0], page).text_content()
    for article in articles:
        for word in ("Email Address", "indicates required", "neighbour says the same"):
            assert word not in article.text
    assert "Email Address" in body
    assert page.cssselect("#comments .comment-content p")


def test_translations_name_each_other(newsroom: Newsroom) -> None:
    by_url = {a.url: a for a in newsroom.truth()}
    translated = [a for a in by_url.values() if a.translations]
    assert len(translated) >= 9
    for article in translated:
        page = get(article.url).html
        alternates = {unquote(url) for url in page.xpath("//link[@hreflang]/@href")}
        assert alternates == {unquote(article.url)} | {unquote(u) for _, u in article.translations}
        for language, url in article.translations:
            assert by_url[url].language == language
            assert (article.language, article.url) in by_url[url].translations
